//! Regular expressions of several flavours.
//!
//! The `regex` crate first, which takes time in proportion to the text; what it does
//! not know (look-around, back references, possessive repetition) goes to
//! `fancy-regex` with a limit on its steps.

mod literal;
mod lucene;
mod pcre;
mod replacement;

use std::collections::BTreeMap;

use super::compare::Case;
use replacement::{Part, parts_of};

/// Whose regular expressions they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// Perl-compatible ones.
    Pcre,
    /// Google's RE2.
    Re2,
    /// Java's.
    Java,
    /// Lucene's, in which nothing is an anchor and some signs are operators.
    Lucene,
}

/// Which part of a text must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Anchoring {
    /// Any part.
    Find,
    /// The whole text.
    Full,
}

/// A compiled regular expression.
#[derive(Debug, Clone)]
pub struct Regex {
    written: String,
    engine: Compiled,
    /// Under which names its groups are told, where these are not their own.
    groups: BTreeMap<String, String>,
}

#[derive(Debug, Clone)]
enum Compiled {
    Plain(regex::Regex),
    Fancy(Box<fancy_regex::Regex>),
}

/// A place in which something was found.
enum Place<'t> {
    Plain(regex::Captures<'t>),
    Fancy(fancy_regex::Captures<'t, str>),
}

impl<'t> Place<'t> {
    /// What a group has captured; the whole match is the first one.
    fn get(&self, group: usize) -> Option<&'t str> {
        match self {
            Self::Plain(captures) => captures.get(group).map(|group| group.as_str()),
            Self::Fancy(captures) => captures.get(group).map(|group| group.as_str()),
        }
    }

    fn name(&self, group: &str) -> Option<&'t str> {
        match self {
            Self::Plain(captures) => captures.name(group).map(|group| group.as_str()),
            Self::Fancy(captures) => captures.name(group).map(|group| group.as_str()),
        }
    }

    /// Where the whole match is.
    fn range(&self) -> std::ops::Range<usize> {
        match self {
            Self::Plain(captures) => captures.get(0).map(|whole| whole.range()),
            Self::Fancy(captures) => captures.get(0).map(|whole| whole.range()),
        }
        .unwrap_or_default()
    }
}

/// A text that is no regular expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RegexError {
    /// What is wrong with it.
    pub message: String,
}

/// A regular expression took more steps than it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the regular expression takes too many steps on this text")]
pub struct TooManySteps;

/// A pattern in the words of the crates.
struct Translated {
    pattern: String,
    engine: Needs,
}

/// Which crate a pattern needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Either; the one that takes linear time is tried first.
    Either,
    /// The one that backtracks: the other one reads the pattern as something else.
    Backtracking,
}

/// So many steps may a match with look-around take.
const MOST_STEPS: usize = 200_000;

/// A compiled expression takes so much memory at most, in bytes.
const LARGEST: usize = 16 << 20;

/// A pattern has so many bytes at most.
const LONGEST: usize = 1 << 20;

impl Regex {
    /// Compiles a regular expression.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn new(
        written: &str,
        flavour: Flavour,
        anchoring: Anchoring,
        case: Case,
    ) -> Result<Self, RegexError> {
        if written.len() > LONGEST {
            return Err(told("the pattern is too long"));
        }
        let translated = match flavour {
            Flavour::Pcre | Flavour::Java => pcre::translate(written),
            Flavour::Lucene => lucene::translate(written)?,
            Flavour::Re2 => Translated {
                pattern: written.to_owned(),
                engine: Needs::Either,
            },
        };
        let pattern = match anchoring {
            Anchoring::Find => translated.pattern,
            Anchoring::Full => format!(r"\A(?:{})\z", translated.pattern),
        };
        let plain = regex::RegexBuilder::new(&pattern)
            .case_insensitive(case == Case::Insensitive)
            .size_limit(LARGEST)
            .build();
        let engine = match plain {
            Ok(plain) if translated.engine == Needs::Either => Compiled::Plain(plain),
            Err(error) if matches!(flavour, Flavour::Re2 | Flavour::Lucene) => {
                return Err(told(&error.to_string()));
            }
            _ => Compiled::Fancy(Box::new(
                fancy_regex::RegexBuilder::new(&pattern)
                    .case_insensitive(case == Case::Insensitive)
                    .backtrack_limit(MOST_STEPS)
                    .delegate_size_limit(LARGEST)
                    .build()
                    .map_err(|error| told(&error.to_string()))?,
            )),
        };
        Ok(Self {
            written: written.to_owned(),
            engine,
            groups: BTreeMap::new(),
        })
    }

    /// The expression as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The same, whose groups are told under other names.
    #[must_use]
    pub fn with_groups(mut self, names: BTreeMap<String, String>) -> Self {
        self.groups = names;
        self
    }

    /// Whether it finds anything in a text.
    ///
    /// # Errors
    ///
    /// It takes too many steps.
    pub fn is_match(&self, text: &str) -> Result<bool, TooManySteps> {
        match &self.engine {
            Compiled::Plain(regex) => Ok(regex.is_match(text)),
            Compiled::Fancy(regex) => regex.is_match(text).map_err(|_| TooManySteps),
        }
    }

    /// Whether any group has a name.
    #[must_use]
    pub fn has_names(&self) -> bool {
        !self.group_names().is_empty()
    }

    /// The names of its groups, in their order.
    #[must_use]
    pub fn group_names(&self) -> Vec<&str> {
        match &self.engine {
            Compiled::Plain(regex) => regex.capture_names().flatten().collect(),
            Compiled::Fancy(regex) => regex.capture_names().flatten().collect(),
        }
    }

    /// Visits what is found, in so many places at most.
    fn each<'t>(
        &self,
        text: &'t str,
        most: usize,
        mut visit: impl FnMut(Place<'t>),
    ) -> Result<(), TooManySteps> {
        match &self.engine {
            Compiled::Plain(regex) => {
                let places = regex.captures_iter(text).take(most);
                places.map(Place::Plain).for_each(visit);
            }
            Compiled::Fancy(regex) => {
                for place in regex.captures_iter(text).take(most) {
                    visit(Place::Fancy(place.map_err(|_| TooManySteps)?));
                }
            }
        }
        Ok(())
    }

    /// What each named group captures, in so many places at most; a group that takes
    /// no part in a match captures nothing there.
    ///
    /// # Errors
    ///
    /// It takes too many steps.
    pub fn named_captures(
        &self,
        text: &str,
        most: usize,
    ) -> Result<BTreeMap<String, Vec<String>>, TooManySteps> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let names = self.group_names();
        self.each(text, most, |place| {
            for name in &names {
                if let Some(group) = place.name(name) {
                    let told = self.groups.get(*name).map_or(*name, String::as_str);
                    let texts = found.entry(told.to_owned()).or_default();
                    texts.push(group.to_owned());
                }
            }
        })?;
        Ok(found)
    }

    /// What the first group captures in every place; the whole match where there is
    /// no group.
    ///
    /// # Errors
    ///
    /// It takes too many steps.
    pub fn first_captures(&self, text: &str) -> Result<Vec<String>, TooManySteps> {
        let mut found = Vec::new();
        self.each(text, usize::MAX, |place| {
            let group = place.get(1).or_else(|| place.get(0));
            found.extend(group.map(str::to_owned));
        })?;
        Ok(found)
    }

    /// The text with everything that is found replaced. `\1`, `\g1`, `\g{1}`, and
    /// `\g<name>` stand for a group, `\0` for the whole match, `\\` for a backslash.
    ///
    /// # Errors
    ///
    /// It takes too many steps.
    pub fn replace_all(&self, text: &str, replacement: &str) -> Result<String, TooManySteps> {
        self.replace(text, replacement, usize::MAX)
    }

    /// The same in so many places at most.
    ///
    /// # Errors
    ///
    /// It takes too many steps.
    pub fn replace(
        &self,
        text: &str,
        replacement: &str,
        most: usize,
    ) -> Result<String, TooManySteps> {
        let parts = parts_of(replacement);
        let mut out = String::with_capacity(text.len());
        let mut last = 0;
        self.each(text, most, |place| {
            let whole = place.range();
            out.push_str(text.get(last..whole.start).unwrap_or_default());
            last = whole.end;
            for part in &parts {
                out.push_str(match part {
                    Part::Text(text) => text,
                    Part::Group(number) => place.get(*number).unwrap_or_default(),
                    Part::Name(name) => place.name(name).unwrap_or_default(),
                });
            }
        })?;
        out.push_str(text.get(last..).unwrap_or_default());
        Ok(out)
    }

    /// Texts of which a matching text must hold one, case aside; none if there is no
    /// such set.
    #[must_use]
    pub fn required_literals(&self) -> Option<Vec<String>> {
        let Compiled::Plain(regex) = &self.engine else {
            return None;
        };
        literal::required(regex.as_str())
    }
}

fn told(message: &str) -> RegexError {
    // The crates draw the pattern over several lines; the last one says what is wrong.
    let last = message.lines().last().unwrap_or(message).trim();
    let message = last.strip_prefix("error: ").unwrap_or(last);
    RegexError {
        message: message.to_owned(),
    }
}
