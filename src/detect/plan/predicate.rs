//! Predicates: what a row is asked.

use super::compare::{Case, Coercion, CompareOp};
use super::expression::Expr;
use super::field::Span;
use super::pattern::Glob;
use super::regex::Regex;

/// A predicate with its place in the query.
#[derive(Debug, Clone)]
pub struct Predicate {
    /// What is asked.
    pub kind: PredicateKind,
    /// Where it stands.
    pub span: Span,
}

/// What a predicate asks.
#[derive(Debug, Clone)]
pub enum PredicateKind {
    /// Always the same.
    Constant(Truth),
    /// All parts.
    All(Vec<Predicate>),
    /// Any part.
    Any(Vec<Predicate>),
    /// The contrary. The contrary of unknown is unknown.
    Not(Box<Predicate>),
    /// Two values, compared.
    Compare {
        /// The left one.
        left: Expr,
        /// How.
        operator: CompareOp,
        /// The right one.
        right: Expr,
        /// The modes.
        modes: Modes,
    },
    /// A value of which one of several patterns must match.
    Matches {
        /// The value.
        subject: Expr,
        /// The patterns.
        pattern: Pattern,
        /// The modes.
        modes: Modes,
    },
    /// A value that is there. Never unknown.
    Exists(Expr),
    /// An expression that yields a truth value; null is unknown.
    Holds(Expr),
    /// A text anywhere in the record.
    Keyword(Keyword),
}

/// A pattern that a text may match.
#[derive(Debug, Clone)]
pub enum Pattern {
    /// One of these, as a whole, with wildcards.
    Globs(Vec<Glob>),
    /// A regular expression; anchoring, flavour, and case are its own modes.
    Regex(Box<Regex>),
    /// An address inside one of these networks.
    Networks(Vec<Network>),
}

/// A text anywhere in a record.
#[derive(Debug, Clone)]
pub struct Keyword {
    /// What is looked for.
    pub glob: Glob,
    /// Where a match may begin and end.
    pub bounds: Bounds,
    /// In which texts of the record it is looked for.
    pub within: Within,
}

/// In which texts of a record a keyword is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// In its values.
    Values,
    /// In its values, the names of its keys, and its own text, where that is at hand as
    /// the product keeps it.
    Message,
}

/// Where a match in a text may begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounds {
    /// Anywhere.
    Anywhere,
    /// At the bounds of tokens: white space and punctuation separate them.
    Tokens,
    /// At the bounds of terms: what joins the parts of addresses and names does not
    /// separate them.
    Terms,
}

/// How a predicate takes what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Modes {
    /// Whether case counts.
    pub case: Case,
    /// What null means.
    pub nulls: Nulls,
    /// Which items of a list count.
    pub items: Items,
    /// When text is a number.
    pub coercion: Coercion,
}

/// What a predicate is where a value is null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// False: logic of two values.
    False,
    /// Unknown: logic of three values.
    Unknown,
    /// Null is as empty text.
    Empty,
}

/// Which items of a list must be as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Items {
    /// Any of them.
    Any,
    /// All of them.
    All,
    /// The first one.
    First,
    /// The list as one text.
    Whole,
}

/// A truth value of three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// No.
    False,
    /// There is no telling.
    Unknown,
    /// Yes.
    True,
}

impl Truth {
    /// Whether it is true.
    #[must_use]
    pub fn is_true(self) -> bool {
        self == Self::True
    }

    /// The contrary.
    #[must_use]
    pub fn contrary(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

/// A network: an address and how many of its leading bits count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: std::net::IpAddr,
    bits: u8,
}

impl Network {
    /// Reads `10.0.0.0/8` or `2001:db8::/32`; `None` if it is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.trim().split_once('/')?;
        let address: std::net::IpAddr = address.parse().ok()?;
        let bits: u8 = bits.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        (bits <= most).then_some(Self { address, bits })
    }

    /// Whether an address is inside.
    #[must_use]
    pub fn holds(&self, address: std::net::IpAddr) -> bool {
        use std::net::IpAddr::{V4, V6};
        match (self.address, address) {
            (V4(own), V4(other)) => {
                let mask = u32::MAX
                    .checked_shl(32 - u32::from(self.bits))
                    .unwrap_or_default();
                own.to_bits() & mask == other.to_bits() & mask
            }
            (V6(own), V6(other)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.bits))
                    .unwrap_or_default();
                own.to_bits() & mask == other.to_bits() & mask
            }
            _ => false,
        }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl Predicate {
    /// A predicate at a place.
    #[must_use]
    pub fn new(kind: PredicateKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// All of several predicates.
    #[must_use]
    pub fn all(parts: Vec<Self>, span: Span) -> Self {
        Self::joined(parts, span, PredicateKind::All)
    }

    /// Any of several predicates.
    #[must_use]
    pub fn any(parts: Vec<Self>, span: Span) -> Self {
        Self::joined(parts, span, PredicateKind::Any)
    }

    /// The contrary of this one.
    #[must_use]
    pub fn negated(self) -> Self {
        let span = self.span;
        Self::new(PredicateKind::Not(Box::new(self)), span)
    }

    fn joined(mut parts: Vec<Self>, span: Span, of: fn(Vec<Self>) -> PredicateKind) -> Self {
        match parts.len() {
            1 => parts.remove(0),
            _ => Self::new(of(parts), span),
        }
    }
}
