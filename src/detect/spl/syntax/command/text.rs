//! Commands that take text apart and change it.

use crate::detect::spl::syntax::name::Field;
use crate::detect::spl::syntax::options::{choices, options};
use crate::detect::spl::syntax::span::Spanned;
use crate::detect::spl::syntax::value::SearchValue;

/// `rex`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rex {
    /// The options.
    pub options: RexOptions,
    /// The regular expression, or with `mode=sed` the script; without quotes
    /// and escapes.
    pub pattern: Spanned<String>,
}

options! {
    /// The options of `rex`.
    RexOptions {
        /// Where to look; `_raw` if it does not say.
        field: Field = "field",
        /// What the pattern is; a regular expression if it does not say.
        mode: RexMode = "mode",
        /// How many matches at most; zero for all.
        max_match: u64 = "max_match",
        /// The field for where the matches stand.
        offset_field: Field = "offset_field",
    }
}

choices! {
    /// What the pattern of `rex` is.
    RexMode {
        /// A script of substitutions.
        Sed = "sed",
    }
}

/// `regex`.
#[derive(Debug, Clone, PartialEq)]
pub struct Regex {
    /// Where to look; `_raw` if it does not say.
    pub field: Option<Field>,
    /// Which events stay.
    pub test: RegexTest,
    /// The regular expression, without quotes and escapes.
    pub pattern: Spanned<String>,
}

/// Which events `regex` keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegexTest {
    /// `=`: those that match.
    Matches,
    /// `!=`: those that do not.
    DiffersFrom,
}

/// `makemv`.
#[derive(Debug, Clone, PartialEq)]
pub struct MakeMv {
    /// The options.
    pub options: MakeMvOptions,
    /// The field to split.
    pub field: Field,
}

options! {
    /// The options of `makemv`.
    MakeMvOptions {
        /// What stands between values.
        delimiter: String = "delim",
        /// A regular expression whose first group is a value.
        tokenizer: String = "tokenizer",
        /// Keep empty values.
        allow_empty: bool = "allowempty",
        /// Keep the joined text, too.
        set_sv: bool = "setsv",
    }
}

/// `convert`.
#[derive(Debug, Clone, PartialEq)]
pub struct Convert {
    /// How times are written, if it says.
    pub time_format: Option<String>,
    /// What to convert; never empty.
    pub conversions: Vec<Conversion>,
}

options! {
    /// The options of `convert`.
    ConvertOptions {
        /// How times are written.
        time_format: String = "timeformat",
    }
}

/// One conversion.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// How, in lower case (`ctime`, `num`).
    pub function: String,
    /// The field, or a pattern for several.
    pub field: Field,
    /// The name of the result, if it has its own.
    pub alias: Option<Field>,
}

/// `replace`.
#[derive(Debug, Clone, PartialEq)]
pub struct Replace {
    /// What becomes what; never empty.
    pub replacements: Vec<Replacement>,
    /// Where; empty for every field.
    pub fields: Vec<Field>,
}

/// One value that becomes another; both may have wildcards.
#[derive(Debug, Clone, PartialEq)]
pub struct Replacement {
    /// The old value.
    pub from: Spanned<SearchValue>,
    /// The new one.
    pub to: Spanned<SearchValue>,
}

/// `spath`.
#[derive(Debug, Clone, PartialEq)]
pub struct Spath {
    /// The options, with a path that stands alone among them.
    pub options: SpathOptions,
}

options! {
    /// The options of `spath`.
    SpathOptions {
        /// What to read; `_raw` if it does not say.
        input: Field = "input",
        /// The field for the result; the path if it does not say.
        output: Field = "output",
        /// What to take; everything if it does not say.
        path: Field = "path",
    }
}

/// `xmlkv`.
#[derive(Debug, Clone, PartialEq)]
pub struct XmlKv {
    /// What to read; `_raw` if it does not say.
    pub field: Option<Field>,
    /// How many events at a time, if it says.
    pub max_inputs: Option<u64>,
}

options! {
    /// The options of `xmlkv`.
    XmlKvOptions {
        /// How many events at a time.
        max_inputs: u64 = "maxinputs",
        /// What to read.
        field: Field = "field",
    }
}
