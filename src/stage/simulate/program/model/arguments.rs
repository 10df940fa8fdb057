//! What a program is started with, as its model reads it.

use std::collections::BTreeMap;

use super::schema::{Options, Style};

/// Arguments, sorted into options and words.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    /// All, as they are.
    pub all: Vec<String>,
    /// Those that are no options, and the places where they stand among all.
    pub words: Vec<(usize, String)>,
    options: BTreeMap<String, Vec<String>>,
}

impl Arguments {
    /// Sorts arguments.
    #[must_use]
    pub fn read(options: &Options, arguments: &[String]) -> Self {
        let mut read = Self {
            all: arguments.to_vec(),
            ..Self::default()
        };
        let mut at = 0;
        while let Some(argument) = arguments.get(at) {
            let Some(name) = option_name(options.style, argument) else {
                read.words.push((at, argument.clone()));
                at += 1;
                continue;
            };
            let (name, value) = match name.split_once([':', '=']) {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (name, None),
            };
            let name = name.to_lowercase();
            let takes_value = options
                .values
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&name));
            let value = match (value, takes_value) {
                (Some(value), _) => value,
                (None, true) => {
                    at += 1;
                    arguments.get(at).cloned().unwrap_or_default()
                }
                (None, false) => String::new(),
            };
            read.options.entry(name).or_default().push(value);
            at += 1;
        }
        read
    }

    /// Whether an option is there.
    #[must_use]
    pub fn has(&self, option: &str) -> bool {
        self.options.contains_key(&option.to_lowercase())
    }

    /// The value of an option: the last one, empty if it has none.
    #[must_use]
    pub fn option(&self, option: &str) -> Option<&str> {
        let values = self.options.get(&option.to_lowercase())?;
        values.last().map(String::as_str)
    }

    /// A word by its place from 0.
    #[must_use]
    pub fn word(&self, at: usize) -> Option<&str> {
        self.words.get(at).map(|(_, word)| word.as_str())
    }

    /// All arguments from a word on, options included.
    #[must_use]
    pub fn from_word(&self, at: usize) -> Option<&[String]> {
        let (place, _) = self.words.get(at)?;
        self.all.get(*place..)
    }
}

fn option_name(style: Style, argument: &str) -> Option<&str> {
    let name = match style {
        Style::Words => None,
        Style::Slash => argument.strip_prefix(['/', '-']),
        Style::Dash => argument
            .strip_prefix("--")
            .or_else(|| argument.strip_prefix('-')),
    }?;
    (!name.is_empty()).then_some(name)
}

/// Whether a text fits a pattern in which `*` is anything, without regard to case.
#[must_use]
pub fn fits(pattern: &str, text: &str) -> bool {
    let pattern = pattern.to_lowercase();
    let text = text.to_lowercase();
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(part) = last.replace(part) {
            match rest.find(part) {
                Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
                None => return false,
            }
        }
    }
    match last {
        Some(last) => rest.ends_with(last),
        None => rest.is_empty(),
    }
}
