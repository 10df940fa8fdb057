//! What is computed from records.

use crate::detect::cse::syntax::expression::Expression;

/// A named result of many records.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// `name`: what the trigger calls it.
    pub name: String,
    /// `function`.
    pub function: AggregateFunction,
    /// `arguments`: for counts, conditions or fields; for others, values.
    pub arguments: Vec<Expression>,
}

/// How a result is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregateFunction {
    /// `avg`.
    Average,
    /// `count`.
    Count,
    /// `count_distinct`.
    CountDistinct,
    /// `first`.
    First,
    /// `last`.
    Last,
    /// `max`.
    Maximum,
    /// `min`.
    Minimum,
    /// `sum`.
    Sum,
}

impl AggregateFunction {
    const WORDS: [(&'static str, AggregateFunction); 8] = [
        ("avg", AggregateFunction::Average),
        ("count", AggregateFunction::Count),
        ("count_distinct", AggregateFunction::CountDistinct),
        ("first", AggregateFunction::First),
        ("last", AggregateFunction::Last),
        ("max", AggregateFunction::Maximum),
        ("min", AggregateFunction::Minimum),
        ("sum", AggregateFunction::Sum),
    ];

    /// The names of all functions.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        Self::WORDS.iter().map(|(word, _)| *word)
    }

    /// The function with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(word, _)| *word == name)
            .map(|(_, function)| *function)
    }
}
