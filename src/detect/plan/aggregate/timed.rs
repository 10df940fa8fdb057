//! What came earliest and latest.

use super::super::value::Value;

/// The earliest and the latest value with their times.
#[derive(Debug, Clone, Default)]
pub(super) struct Timed {
    earliest: Option<(f64, Value)>,
    latest: Option<(f64, Value)>,
}

impl Timed {
    pub(super) fn add(&mut self, value: &Value, time: f64) {
        if self
            .earliest
            .as_ref()
            .is_none_or(|(known, _)| time < *known)
        {
            self.earliest = Some((time, value.clone()));
        }
        if self.latest.as_ref().is_none_or(|(known, _)| time >= *known) {
            self.latest = Some((time, value.clone()));
        }
    }

    /// About how many bytes the values take.
    pub(super) fn size(&self) -> usize {
        let both = [&self.earliest, &self.latest].into_iter().flatten();
        both.map(|(_, value)| value.size()).sum()
    }

    pub(super) fn earliest(&self) -> Value {
        value_of(self.earliest.as_ref())
    }

    pub(super) fn latest(&self) -> Value {
        value_of(self.latest.as_ref())
    }

    pub(super) fn earliest_time(&self) -> Value {
        time_of(self.earliest.as_ref())
    }

    pub(super) fn latest_time(&self) -> Value {
        time_of(self.latest.as_ref())
    }

    /// How much the value grows a second; null if no time passes.
    pub(super) fn rate(&self) -> Value {
        let (Some((start, from)), Some((end, to))) = (&self.earliest, &self.latest) else {
            return Value::Null;
        };
        match (from.as_number(), to.as_number()) {
            (Some(from), Some(to)) => Value::number((to - from) / (end - start)),
            _ => Value::Null,
        }
    }
}

fn value_of(known: Option<&(f64, Value)>) -> Value {
    known.map_or(Value::Null, |(_, value)| value.clone())
}

fn time_of(known: Option<&(f64, Value)>) -> Value {
    known.map_or(Value::Null, |(time, _)| Value::number(*time))
}
