//! The pipes that an expression may hold.

use super::expression::Expression;
use super::field::Field;
use super::span::Spanned;
use super::text::Text;

/// `| json … | where condition`: the only pipes of the rule language. An
/// expression has this form as a whole or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Piped {
    /// The `json` pipes, in order.
    pub extractions: Vec<Extraction>,
    /// The condition of the only `where`.
    pub condition: Box<Expression>,
}

/// `json field=source "path", … as alias, …`.
#[derive(Debug, Clone, PartialEq)]
pub struct Extraction {
    /// The field that holds the document; mostly `fields`.
    pub source: Field,
    /// What is taken out and what it is called: as many paths as names, and
    /// never none.
    pub outputs: Vec<(Spanned<Text>, Spanned<String>)>,
}
