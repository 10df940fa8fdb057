//! Operators that make fields of texts.

use std::fmt;

use super::{listed, optional, separated};
use crate::detect::sumo::syntax::operator::{
    Extracted, Json, JsonArrays, JsonMode, KeyValue, KeyValueMode, Occurrences, Parse, ParseRegex,
    ParseTerm, ParseXml, References, Split, Unmatched,
};
use crate::detect::sumo::syntax::text::Text;

impl fmt::Display for Parse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("parse ")?;
        if let Some(field) = &self.field {
            write!(f, "field={field} ")?;
        }
        separated(f, &self.terms, ", ")?;
        nodrop(f, self.unmatched)
    }
}

impl fmt::Display for ParseTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pattern.fmt(f)?;
        listed(f, "as", &self.names)
    }
}

fn nodrop(f: &mut fmt::Formatter<'_>, unmatched: Unmatched) -> fmt::Result {
    match unmatched {
        Unmatched::Drop => Ok(()),
        Unmatched::Keep => f.write_str(" nodrop"),
    }
}

fn refonly(f: &mut fmt::Formatter<'_>, references: References) -> fmt::Result {
    match references {
        References::Any => Ok(()),
        References::Named => f.write_str(" refonly"),
    }
}

impl fmt::Display for ParseRegex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("parse regex ")?;
        if let Some(field) = &self.field {
            write!(f, "field={field} ")?;
        }
        separated(f, &self.patterns, ", ")?;
        if self.occurrences == Occurrences::Every {
            f.write_str(" multi")?;
        }
        nodrop(f, self.unmatched)
    }
}

impl fmt::Display for ParseXml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("parse xml ")?;
        if let Some(field) = &self.field {
            write!(f, "field={field} ")?;
        }
        separated(f, &self.paths, ", ")?;
        listed(f, "as", &self.names)?;
        nodrop(f, self.unmatched)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("json")?;
        match &self.mode {
            JsonMode::Paths { paths, names } => {
                optional(f, " field=", self.field.as_ref())?;
                f.write_str(" ")?;
                separated(f, paths, ", ")?;
                listed(f, "as", names)?;
            }
            JsonMode::Auto {
                max_depth,
                arrays,
                keys,
                names,
                references,
            } => {
                f.write_str(" auto")?;
                optional(f, " field=", self.field.as_ref())?;
                optional(f, " maxdepth ", max_depth.as_ref())?;
                if *arrays == JsonArrays::Extracted {
                    f.write_str(" extractarrays")?;
                }
                listed(f, "keys", keys)?;
                listed(f, "as", names)?;
                refonly(f, *references)?;
            }
        }
        nodrop(f, self.unmatched)
    }
}

impl fmt::Display for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("keyvalue")?;
        optional(f, " field=", self.field.as_ref())?;
        match &self.mode {
            KeyValueMode::Infer => f.write_str(" infer")?,
            KeyValueMode::Auto => f.write_str(" auto")?,
            KeyValueMode::Regex(regex) => write!(f, " regex {regex}")?,
        }
        optional(f, " delim ", self.delimiter.as_ref())?;
        listed(f, "keys", &self.keys)?;
        listed(f, "as", &self.names)?;
        refonly(f, self.references)?;
        nodrop(f, self.unmatched)
    }
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.field)?;
        letter(f, "escape", self.escape.as_deref())?;
        letter(f, "delim", self.delimiter.as_deref())?;
        letter(f, "quote", self.quote.as_deref())?;
        listed(f, "extract", &self.extracted)
    }
}

fn letter(f: &mut fmt::Formatter<'_>, name: &str, value: Option<&str>) -> fmt::Result {
    match value {
        None => Ok(()),
        Some(value) if value.chars().count() == 1 => write!(f, " {name}='{value}'"),
        Some(value) => write!(f, " {name}={}", Text::new(value)),
    }
}

impl fmt::Display for Extracted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Extracted::At { index, name } => write!(f, "{index} as {name}"),
            Extracted::Next(name) => name.fmt(f),
            Extracted::Skipped => f.write_str("_"),
        }
    }
}
