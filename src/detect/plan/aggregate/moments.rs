//! Sums, means, and what follows from them.

use super::super::value::Value;
use super::Spread;

/// Sums of numbers.
///
/// The spread is kept as Welford did, lest the difference of two large sums be noise.
#[derive(Debug, Clone)]
pub(super) struct Moments {
    count: f64,
    sum: f64,
    /// The sum of whole numbers, as long as there are no others.
    whole: Option<i128>,
    mean: f64,
    deviations: f64,
    squares: f64,
    least: f64,
    greatest: f64,
}

impl Default for Moments {
    fn default() -> Self {
        Self {
            count: 0.0,
            sum: 0.0,
            whole: Some(0),
            mean: 0.0,
            deviations: 0.0,
            squares: 0.0,
            least: f64::INFINITY,
            greatest: f64::NEG_INFINITY,
        }
    }
}

impl Moments {
    /// Takes a value; what is no number does not count.
    pub(super) fn add(&mut self, item: &Value) {
        let Some(number) = item.as_number() else {
            return;
        };
        let whole = match item {
            Value::Integer(whole) => Some(*whole),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        self.whole = self
            .whole
            .zip(whole)
            .and_then(|(sum, whole)| sum.checked_add(i128::from(whole)));
        self.count += 1.0;
        self.sum += number;
        let before = number - self.mean;
        self.mean += before / self.count;
        self.deviations += before * (number - self.mean);
        self.squares += number * number;
        self.least = self.least.min(number);
        self.greatest = self.greatest.max(number);
    }

    fn of_some(&self, number: f64) -> Value {
        if self.count > 0.0 {
            Value::number(number)
        } else {
            Value::Null
        }
    }

    pub(super) fn sum(&self) -> Value {
        match self.whole.map(i64::try_from) {
            Some(Ok(whole)) if self.count > 0.0 => Value::Integer(whole),
            _ => self.of_some(self.sum),
        }
    }

    pub(super) fn average(&self) -> Value {
        self.of_some(self.sum / self.count)
    }

    pub(super) fn range(&self) -> Value {
        self.of_some(self.greatest - self.least)
    }

    pub(super) fn sum_of_squares(&self) -> Value {
        self.of_some(self.squares)
    }

    pub(super) fn variance(&self, spread: Spread) -> Value {
        self.of_some(self.spread(spread))
    }

    pub(super) fn deviation(&self, spread: Spread) -> Value {
        self.of_some(self.spread(spread).sqrt())
    }

    /// A single number does not spread.
    fn spread(&self, spread: Spread) -> f64 {
        let degrees = match spread {
            Spread::Population => self.count,
            Spread::Sample => self.count - 1.0,
        };
        if degrees > 0.0 {
            self.deviations.max(0.0) / degrees
        } else {
            0.0
        }
    }
}
