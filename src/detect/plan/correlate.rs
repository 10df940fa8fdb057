//! The stage that looks for rows of a group that lie close together in time.

use std::sync::Arc;

use super::expression::Expr;
use super::predicate::Predicate;
use super::stage::Output;

/// Looks for rows of a group that lie close together in time, and together are what is
/// asked for.
///
/// A window ends with each row, and takes in the rows of its group that are not older
/// than it by more than the span. There is one row for the first window of each stretch
/// of windows that are as asked; the next ones tell of the same. Of a group that never is
/// as asked, the row that came closest is left, so that a filter behind it can tell how
/// close that was.
#[derive(Debug, Clone)]
pub struct Correlate {
    /// The ways in which rows are grouped, each apart. A row that lacks a value belongs to
    /// no group.
    pub groupings: Vec<Vec<Expr>>,
    /// How long a window is, in seconds; both ends belong to it.
    pub span: f64,
    /// What is computed of the rows of a window.
    pub outputs: Vec<Output>,
    /// What must come in this order; nothing if it is empty.
    pub in_order: Vec<Step>,
    /// Under which name stands how many rows came in that order.
    pub in_order_name: Arc<str>,
    /// What must hold of what is computed.
    pub condition: Predicate,
}

/// One of several things that come one after another.
#[derive(Debug, Clone)]
pub struct Step {
    /// Which rows it takes.
    pub predicate: Predicate,
    /// How many of them.
    pub count: u64,
}
