//! Percentiles.

use super::super::value::Value;
use super::Percentile;

/// Of so many numbers any percentile is exact.
const MOST_EXACT: usize = 1000;

/// A percentile of numbers; null if there are none.
pub(super) fn of(numbers: &[f64], p: f64, kind: Percentile) -> Value {
    let Some(last) = numbers.len().checked_sub(1) else {
        return Value::Null;
    };
    let mut numbers = numbers.to_vec();
    let part = (p / 100.0).clamp(0.0, 1.0);
    match kind {
        Percentile::Nearest => at(&mut numbers, place(part * float(last + 1), last)),
        Percentile::Upper if last >= MOST_EXACT => {
            at(&mut numbers, place((part * float(last)).ceil(), last))
        }
        Percentile::Exact | Percentile::Upper => {
            let rank = part * float(last);
            let lower = place(rank, last);
            let low = at(&mut numbers, lower).as_number().unwrap_or_default();
            let high = at(&mut numbers, (lower + 1).min(last)).as_number();
            let share = rank - float(lower);
            Value::number(low + (high.unwrap_or(low) - low) * share)
        }
    }
}

/// The number at a place, were they in order.
fn at(numbers: &mut [f64], place: usize) -> Value {
    if place >= numbers.len() {
        return Value::Null;
    }
    let (_, number, _) = numbers.select_nth_unstable_by(place, f64::total_cmp);
    Value::number(*number)
}

#[expect(clippy::cast_precision_loss, reason = "nobody has as many numbers")]
fn float(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "ranks are rounded down and not negative"
)]
fn place(rank: f64, last: usize) -> usize {
    (rank as usize).min(last)
}
