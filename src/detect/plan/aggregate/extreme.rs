//! The smallest and the largest value.

use super::super::value::Value;

/// The smallest and the largest.
type Both<T> = (T, T);

/// The extremes of values: numbers are less than text.
///
/// Source: Splunk, "Aggregate functions: max, min".
#[derive(Debug, Clone, Default)]
pub(super) struct Extremes {
    numbers: Option<Both<Value>>,
    texts: Option<Both<Box<str>>>,
}

impl Extremes {
    pub(super) fn add(&mut self, item: &Value) {
        let Some(number) = item.as_number() else {
            self.add_text(&item.to_text());
            return;
        };
        match &mut self.numbers {
            None => self.numbers = Some((item.clone(), item.clone())),
            Some((least, greatest)) => {
                if least.as_number().is_some_and(|least| number < least) {
                    *least = item.clone();
                }
                if greatest
                    .as_number()
                    .is_some_and(|greatest| number > greatest)
                {
                    *greatest = item.clone();
                }
            }
        }
    }

    fn add_text(&mut self, text: &str) {
        match &mut self.texts {
            None => self.texts = Some((text.into(), text.into())),
            Some((least, greatest)) => {
                if *text < **least {
                    *least = text.into();
                } else if *text > **greatest {
                    *greatest = text.into();
                }
            }
        }
    }

    /// About how many bytes the values take.
    pub(super) fn size(&self) -> usize {
        let texts = self.texts.as_ref();
        texts.map_or(0, |(least, greatest)| least.len() + greatest.len())
    }

    pub(super) fn least(&self) -> Value {
        let texts = || self.texts.as_ref().map(|(least, _)| Value::text(least));
        let numbers = self.numbers.as_ref().map(|(least, _)| of_number(least));
        numbers.or_else(texts).unwrap_or(Value::Null)
    }

    pub(super) fn greatest(&self) -> Value {
        let texts = self.texts.as_ref();
        let texts = texts.map(|(_, greatest)| Value::text(greatest));
        let numbers = || {
            self.numbers
                .as_ref()
                .map(|(_, greatest)| of_number(greatest))
        };
        texts.or_else(numbers).unwrap_or(Value::Null)
    }
}

/// A number that was text is a number.
fn of_number(value: &Value) -> Value {
    value.as_number().map_or(Value::Null, Value::number)
}
