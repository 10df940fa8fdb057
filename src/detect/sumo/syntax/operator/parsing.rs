//! Operators that make fields of texts.

use crate::detect::sumo::syntax::name::Field;
use crate::detect::sumo::syntax::span::Spanned;
use crate::detect::sumo::syntax::text::Text;

/// What becomes of a row that does not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unmatched {
    /// It goes.
    Drop,
    /// `nodrop`: it stays.
    Keep,
}

/// `parse` with anchors.
#[derive(Debug, Clone, PartialEq)]
pub struct Parse {
    /// What is parsed, if not the whole message.
    pub field: Option<Field>,
    /// The patterns; never empty.
    pub terms: Vec<ParseTerm>,
    /// What becomes of rows that do not match.
    pub unmatched: Unmatched,
}

/// A pattern and the names of its wildcards.
#[derive(Debug, Clone, PartialEq)]
pub struct ParseTerm {
    /// Text with `*` for every field.
    pub pattern: Spanned<Text>,
    /// The fields, one for every wildcard.
    pub names: Vec<Field>,
}

/// `parse regex` or `extract`.
#[derive(Debug, Clone, PartialEq)]
pub struct ParseRegex {
    /// What is parsed, if not the whole message.
    pub field: Option<Field>,
    /// Regular expressions with named groups; never empty.
    pub patterns: Vec<Spanned<Text>>,
    /// Which matches count.
    pub occurrences: Occurrences,
    /// What becomes of rows that do not match.
    pub unmatched: Unmatched,
}

/// Which matches of a pattern count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occurrences {
    /// The first.
    First,
    /// `multi`: every one, each in a row of its own.
    Every,
}

/// `parse xml`.
#[derive(Debug, Clone, PartialEq)]
pub struct ParseXml {
    /// What is parsed, if not the whole message.
    pub field: Option<Field>,
    /// Paths; never empty.
    pub paths: Vec<Spanned<Text>>,
    /// The fields, one for every path, or none.
    pub names: Vec<Field>,
    /// What becomes of rows that do not match.
    pub unmatched: Unmatched,
}

/// `json`.
#[derive(Debug, Clone, PartialEq)]
pub struct Json {
    /// What is parsed, if not the whole message.
    pub field: Option<Field>,
    /// What is taken from it.
    pub mode: JsonMode,
    /// What becomes of rows that do not match.
    pub unmatched: Unmatched,
}

/// What `json` takes.
#[derive(Debug, Clone, PartialEq)]
pub enum JsonMode {
    /// What paths lead to.
    Paths {
        /// The paths; never empty.
        paths: Vec<Spanned<Text>>,
        /// The fields, one for every path, or none.
        names: Vec<Field>,
    },
    /// `auto`: whatever is there.
    Auto {
        /// How deep objects are taken apart.
        max_depth: Option<u64>,
        /// What becomes of arrays.
        arrays: JsonArrays,
        /// Keys that are looked for, whatever their case.
        keys: Vec<Spanned<Text>>,
        /// The fields, one for every key, or none.
        names: Vec<Field>,
        /// Which keys become fields.
        references: References,
    },
}

/// What becomes of flat arrays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JsonArrays {
    /// They stay one value.
    Whole,
    /// `extractarrays`: every element is a field.
    Extracted,
}

/// Which keys become fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum References {
    /// All.
    Any,
    /// `refonly`: those that are named.
    Named,
}

/// `keyvalue` or `kv`.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyValue {
    /// What is parsed, if not the whole message.
    pub field: Option<Field>,
    /// How pairs are found.
    pub mode: KeyValueMode,
    /// What stands between a key and its value.
    pub delimiter: Option<Spanned<Text>>,
    /// The keys.
    pub keys: Vec<Spanned<Text>>,
    /// The fields, one for every key, or none.
    pub names: Vec<Field>,
    /// Which keys become fields.
    pub references: References,
    /// What becomes of rows that do not match.
    pub unmatched: Unmatched,
}

/// How `keyvalue` finds pairs.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyValueMode {
    /// `infer`, or nothing: the keys as they usually stand.
    Infer,
    /// `auto`: any pair.
    Auto,
    /// `regex "…"`.
    Regex(Spanned<Text>),
}

/// `csv` or `split`.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// Which of them.
    pub kind: SplitKind,
    /// What is split.
    pub field: Field,
    /// What stands between values.
    pub delimiter: Option<String>,
    /// What takes the meaning from the next letter.
    pub escape: Option<String>,
    /// What stands around values.
    pub quote: Option<String>,
    /// Which values become fields; never empty.
    pub extracted: Vec<Extracted>,
}

/// The operator that splits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SplitKind {
    /// `csv`.
    Csv,
    /// `split`.
    Split,
}

impl SplitKind {
    /// The operator's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            SplitKind::Csv => "csv",
            SplitKind::Split => "split",
        }
    }
}

/// A value that becomes a field.
#[derive(Debug, Clone, PartialEq)]
pub enum Extracted {
    /// `2 as name`: by its place, from one.
    At {
        /// The place.
        index: u64,
        /// The field.
        name: Field,
    },
    /// `name`: the next one.
    Next(Field),
    /// `_`: the next one is left out.
    Skipped,
}
