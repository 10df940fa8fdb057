//! Aggregations: what is computed of many values.
//!
//! Source: Splunk, "Statistical and charting functions": "Aggregate functions", "Event
//! order functions", "Multivalue stats and chart functions", "Time functions".

mod extreme;
mod moments;
mod percentile;
mod timed;

use std::collections::{BTreeSet, HashMap};

use extreme::Extremes;
use moments::Moments;
use timed::Timed;

use super::value::Value;

/// What is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aggregation {
    /// How many values there are.
    Count,
    /// How many different ones.
    DistinctCount,
    /// The sum of the numbers.
    Sum,
    /// The mean of the numbers.
    Average,
    /// The smallest: of the numbers if all are numbers, else of the texts.
    Min,
    /// The largest, likewise.
    Max,
    /// Each different one, as text and in the order of texts.
    Values,
    /// All of them in the order in which they come, up to a hundred.
    List,
    /// All of them in the order of time; of one time, the one that came last first, since
    /// rows come newest first.
    ByTime,
    /// The first that comes.
    First,
    /// The last that comes.
    Last,
    /// The one with the earliest time; the first of several.
    Earliest,
    /// The one with the latest time; the last of several.
    Latest,
    /// The time of the earliest.
    EarliestTime,
    /// The time of the latest.
    LatestTime,
    /// The standard deviation of the numbers.
    StandardDeviation(Spread),
    /// The variance of the numbers.
    Variance(Spread),
    /// The distance of the largest number from the smallest.
    Range,
    /// The number in the middle; the larger of two.
    Median,
    /// The most frequent one; the one that came first of several.
    Mode,
    /// The number below which a part of the numbers lies.
    Percentile {
        /// The part, in hundredths.
        p: f64,
        /// Which number it is.
        kind: Percentile,
    },
    /// The sum of the squares of the numbers.
    SumOfSquares,
    /// How much the value grows a second, from the earliest to the latest.
    Rate,
}

/// What the numbers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Spread {
    /// Some of many.
    Sample,
    /// All there are.
    Population,
}

/// Which number a percentile is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Percentile {
    /// The one at the rank that is the part of the count, counted from zero and rounded
    /// down.
    Nearest,
    /// One between the neighbours of the exact rank, in proportion.
    Exact,
    /// The same of up to a thousand numbers; of more, the one at the exact rank or above
    /// it.
    Upper,
}

/// A list keeps so many values.
const MOST_LISTED: usize = 100;

/// About how many bytes a value takes in a set besides its text.
const ENTRY: usize = 48;

/// An aggregation on its way.
#[derive(Debug, Clone)]
pub struct Accumulator {
    state: State,
    size: usize,
}

#[derive(Debug, Clone)]
enum State {
    Count(u64),
    Distinct(BTreeSet<Box<str>>),
    Values(BTreeSet<Box<str>>),
    List(Vec<Value>),
    ByTime(Vec<(f64, Value)>),
    First(Option<Value>),
    Last(Option<Value>),
    Extremes(Extremes, Sought),
    Timed(Timed, Moment),
    Moments(Moments, Statistic),
    Numbers(Vec<f64>, f64, Percentile),
    Mode(HashMap<Box<str>, Frequency>),
}

#[derive(Debug, Clone, Copy)]
enum Sought {
    Min,
    Max,
}

#[derive(Debug, Clone, Copy)]
enum Moment {
    Earliest,
    Latest,
    EarliestTime,
    LatestTime,
    Rate,
}

#[derive(Debug, Clone, Copy)]
enum Statistic {
    Sum,
    Average,
    Deviation(Spread),
    Variance(Spread),
    Range,
    SumOfSquares,
}

#[derive(Debug, Clone)]
struct Frequency {
    value: Value,
    count: u64,
    /// How many different values came before.
    rank: usize,
}

impl Accumulator {
    /// An aggregation of nothing so far.
    #[must_use]
    pub fn new(aggregation: &Aggregation) -> Self {
        let moments = |statistic| State::Moments(Moments::default(), statistic);
        let timed = |moment| State::Timed(Timed::default(), moment);
        let state = match *aggregation {
            Aggregation::Count => State::Count(0),
            Aggregation::DistinctCount => State::Distinct(BTreeSet::new()),
            Aggregation::Values => State::Values(BTreeSet::new()),
            Aggregation::List => State::List(Vec::new()),
            Aggregation::ByTime => State::ByTime(Vec::new()),
            Aggregation::First => State::First(None),
            Aggregation::Last => State::Last(None),
            Aggregation::Min => State::Extremes(Extremes::default(), Sought::Min),
            Aggregation::Max => State::Extremes(Extremes::default(), Sought::Max),
            Aggregation::Earliest => timed(Moment::Earliest),
            Aggregation::Latest => timed(Moment::Latest),
            Aggregation::EarliestTime => timed(Moment::EarliestTime),
            Aggregation::LatestTime => timed(Moment::LatestTime),
            Aggregation::Rate => timed(Moment::Rate),
            Aggregation::Sum => moments(Statistic::Sum),
            Aggregation::Average => moments(Statistic::Average),
            Aggregation::StandardDeviation(spread) => moments(Statistic::Deviation(spread)),
            Aggregation::Variance(spread) => moments(Statistic::Variance(spread)),
            Aggregation::Range => moments(Statistic::Range),
            Aggregation::SumOfSquares => moments(Statistic::SumOfSquares),
            Aggregation::Median => State::Numbers(Vec::new(), 50.0, Percentile::Nearest),
            Aggregation::Percentile { p, kind } => State::Numbers(Vec::new(), p, kind),
            Aggregation::Mode => State::Mode(HashMap::new()),
        };
        Self {
            state,
            size: size_of::<Self>(),
        }
    }

    /// Takes a value of a row, and the time of the row. Every item of a list counts.
    pub fn add(&mut self, value: &Value, time: Option<f64>) {
        match &mut self.state {
            State::Count(count) => *count += value.items().count() as u64,
            State::Distinct(texts) | State::Values(texts) => {
                for item in value.items() {
                    let text = item.to_text();
                    if !texts.contains(&*text) {
                        self.size += ENTRY + text.len();
                        texts.insert(text.into());
                    }
                }
            }
            State::List(listed) => {
                for item in value.items().take(MOST_LISTED - listed.len()) {
                    self.size += item.size();
                    listed.push(item.clone());
                }
            }
            State::ByTime(listed) => {
                for item in value.items() {
                    self.size += size_of::<f64>() + item.size();
                    listed.push((time.unwrap_or_default(), item.clone()));
                }
            }
            State::First(first) => {
                if first.is_none() && !value.is_null() {
                    self.size += value.size();
                    *first = Some(value.clone());
                }
            }
            State::Last(last) => {
                if !value.is_null() {
                    let before = last.as_ref().map_or(0, Value::size);
                    self.size = self.size.saturating_sub(before) + value.size();
                    *last = Some(value.clone());
                }
            }
            State::Extremes(extremes, _) => {
                for item in value.items() {
                    extremes.add(item);
                }
            }
            State::Timed(timed, _) => {
                if let (Some(time), false) = (time, value.is_null()) {
                    timed.add(value, time);
                }
            }
            State::Moments(moments, _) => {
                for item in value.items() {
                    moments.add(item);
                }
            }
            State::Numbers(numbers, ..) => {
                let before = numbers.len();
                numbers.extend(value.items().filter_map(Value::as_number));
                self.size += (numbers.len() - before) * size_of::<f64>();
            }
            State::Mode(frequencies) => {
                for item in value.items() {
                    let text = item.to_text();
                    if let Some(known) = frequencies.get_mut(&*text) {
                        known.count += 1;
                        continue;
                    }
                    self.size += 2 * ENTRY + text.len() + item.size();
                    let new = Frequency {
                        value: item.clone(),
                        count: 1,
                        rank: frequencies.len(),
                    };
                    frequencies.insert(text.into(), new);
                }
            }
        }
    }

    /// What has been computed so far; null of nothing, but for counts.
    #[must_use]
    pub fn finish(&self) -> Value {
        match &self.state {
            State::Count(count) => whole(*count),
            State::Distinct(texts) => whole(texts.len() as u64),
            State::Values(texts) => {
                Value::list(texts.iter().map(|text| Value::text(text)).collect())
            }
            State::List(listed) => Value::list(listed.clone()),
            State::ByTime(listed) => {
                let mut listed: Vec<_> = listed.iter().rev().collect();
                listed.sort_by(|(left, _), (right, _)| left.total_cmp(right));
                Value::list(listed.into_iter().map(|(_, value)| value.clone()).collect())
            }
            State::First(value) | State::Last(value) => value.clone().unwrap_or_default(),
            State::Extremes(extremes, Sought::Min) => extremes.least(),
            State::Extremes(extremes, Sought::Max) => extremes.greatest(),
            State::Timed(timed, moment) => match moment {
                Moment::Earliest => timed.earliest(),
                Moment::Latest => timed.latest(),
                Moment::EarliestTime => timed.earliest_time(),
                Moment::LatestTime => timed.latest_time(),
                Moment::Rate => timed.rate(),
            },
            State::Moments(moments, statistic) => match statistic {
                Statistic::Sum => moments.sum(),
                Statistic::Average => moments.average(),
                Statistic::Deviation(spread) => moments.deviation(*spread),
                Statistic::Variance(spread) => moments.variance(*spread),
                Statistic::Range => moments.range(),
                Statistic::SumOfSquares => moments.sum_of_squares(),
            },
            State::Numbers(numbers, p, kind) => percentile::of(numbers, *p, *kind),
            State::Mode(frequencies) => frequencies
                .values()
                .max_by_key(|known| (known.count, std::cmp::Reverse(known.rank)))
                .map(|known| known.value.clone())
                .unwrap_or_default(),
        }
    }

    /// About how many bytes of memory it takes.
    #[must_use]
    pub fn approximate_size(&self) -> usize {
        self.size
            + match &self.state {
                State::Extremes(extremes, _) => extremes.size(),
                State::Timed(timed, _) => timed.size(),
                _ => 0,
            }
    }
}

fn whole(count: u64) -> Value {
    i64::try_from(count).map_or(Value::Null, Value::Integer)
}
