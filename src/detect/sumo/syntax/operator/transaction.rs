//! Operators that put rows together which belong to one course of events.

use super::{Aggregation, Parameter, Query};
use crate::detect::sumo::syntax::name::Field;
use crate::detect::sumo::syntax::span::Spanned;
use crate::detect::sumo::syntax::text::Text;
use crate::detect::sumo::syntax::time::Duration;

/// `transaction`.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    /// What is equal within a transaction; never empty.
    pub on: Vec<Field>,
    /// How near to the ends of the time range a transaction is left out.
    pub fringe: Option<Duration>,
    /// What a transaction goes through.
    pub states: States,
    /// What the rows are.
    pub results: Option<TransactionResults>,
    /// `showing`: functions of the rows of a transaction.
    pub showing: Vec<Showing>,
}

/// The states of a transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum States {
    /// `with "pattern" as name`, again and again.
    Matches(Vec<StateMatch>),
    /// `with states a, b in field`: the values of a field.
    Values {
        /// The values; never empty.
        states: Vec<StateName>,
        /// The field, if not the message.
        field: Option<Field>,
    },
}

/// `"pattern" in field as name`.
#[derive(Debug, Clone, PartialEq)]
pub struct StateMatch {
    /// Text with `*` as wildcards.
    pub pattern: Spanned<Text>,
    /// The field, if not the message.
    pub field: Option<Field>,
    /// The state.
    pub name: Field,
}

/// `state as name`.
#[derive(Debug, Clone, PartialEq)]
pub struct StateName {
    /// The value.
    pub state: Field,
    /// Another name.
    pub name: Option<Field>,
}

/// What the rows of `transaction` are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionResults {
    /// One for a transaction.
    Transactions,
    /// One for a state.
    States,
    /// One for a step from state to state.
    Flow,
}

/// `max(field) for state as name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Showing {
    /// The function and the field that it becomes.
    pub aggregation: Aggregation,
    /// The state whose rows it takes, if not all.
    pub state: Option<Field>,
}

/// `transactionize`.
#[derive(Debug, Clone, PartialEq)]
pub struct Transactionize {
    /// Fields of which one has to be equal; never empty.
    pub fields: Vec<Field>,
    /// What the names of the new fields begin with, if not `_group`.
    pub name: Option<Field>,
    /// `maxSpan`, `maxPause`, `maxLogs`, `startsWith`, `endsWith`, and
    /// `keepOrphans`.
    pub parameters: Vec<Parameter>,
    /// What is done with every group.
    pub query: Option<Query>,
}

/// A field of `merge`.
#[derive(Debug, Clone, PartialEq)]
pub struct Merge {
    /// The field.
    pub field: Field,
    /// What becomes of its values, if they are not joined by line breaks.
    pub strategy: Option<MergeStrategy>,
    /// Another name.
    pub name: Option<Field>,
}

/// One value of many.
#[derive(Debug, Clone, PartialEq)]
pub enum MergeStrategy {
    /// `takeDistinct`.
    TakeDistinct,
    /// `takeFirst`.
    TakeFirst,
    /// `takeLast`.
    TakeLast,
    /// `join with "…"`.
    Join(Option<Text>),
}
