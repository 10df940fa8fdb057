//! The conditions of `search`, `tstats … where`, and `inputlookup … where`.

use super::command::Pipeline;
use super::name::Field;
use super::span::Spanned;
use super::value::SearchValue;

/// A condition and where it was written.
pub type SearchExpression = Spanned<SearchExpressionKind>;

/// What a condition is.
///
/// `NOT` binds tightest, then `OR`, then `AND`, which is also what terms side
/// by side mean: `a b OR c` is `a AND (b OR c)`. Only the capital words are
/// operators; `and` is a keyword to look for.
#[derive(Debug, Clone, PartialEq)]
pub enum SearchExpressionKind {
    /// `*`, or nothing at all.
    Everything,
    /// All of them; at least two.
    And(Vec<SearchExpression>),
    /// One of them; at least two.
    Or(Vec<SearchExpression>),
    /// Not this one.
    Not(Box<SearchExpression>),
    /// A field compared with a value.
    Comparison {
        /// The field.
        field: Field,
        /// How.
        operator: SearchOperator,
        /// The value.
        value: Spanned<SearchValue>,
    },
    /// `field IN (value, …)`.
    In {
        /// The field.
        field: Field,
        /// The values, wildcards allowed.
        values: Vec<Spanned<SearchValue>>,
    },
    /// Something to find anywhere in the event.
    Keyword(SearchValue),
    /// `earliest=-1h` and the like: a bound on time, not a field.
    TimeModifier {
        /// Which bound.
        modifier: TimeModifier,
        /// Its value.
        value: Spanned<SearchValue>,
    },
    /// `[search …]`, whose result stands in its place.
    Subsearch(Pipeline),
}

/// How `search` compares a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SearchOperator {
    /// `=` or `==`.
    Equal,
    /// `!=`: the field is there and is not this.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
}

/// A bound on time that `search` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeModifier {
    /// `earliest`.
    Earliest,
    /// `latest`.
    Latest,
    /// `_index_earliest`.
    IndexEarliest,
    /// `_index_latest`.
    IndexLatest,
}

impl TimeModifier {
    /// Its name in SPL.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            TimeModifier::Earliest => "earliest",
            TimeModifier::Latest => "latest",
            TimeModifier::IndexEarliest => "_index_earliest",
            TimeModifier::IndexLatest => "_index_latest",
        }
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [
            TimeModifier::Earliest,
            TimeModifier::Latest,
            TimeModifier::IndexEarliest,
            TimeModifier::IndexLatest,
        ]
        .into_iter()
        .find(|modifier| modifier.name().eq_ignore_ascii_case(name))
    }
}
