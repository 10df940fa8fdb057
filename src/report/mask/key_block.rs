//! Private keys that are written over several lines.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

static KEY_LINE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]{2,}={0,2}\s*$").ok());
static KEY_START: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----").ok());

/// The lines of a private key that is written over several.
#[derive(Debug, Default)]
pub(super) struct KeyBlock {
    is_open: bool,
}

impl KeyBlock {
    pub(super) fn is_idle(&self) -> bool {
        !self.is_open
    }

    /// Masks a line of a key; any other is left as it was masked otherwise.
    pub(super) fn mask<'t>(&mut self, line: &'t str, masked: Cow<'t, str>) -> Cow<'t, str> {
        let (Some(start), Some(inner)) = (KEY_START.as_ref(), KEY_LINE.as_ref()) else {
            return masked;
        };
        if let Some(begin) = start.find_iter(line).last() {
            self.is_open = !line[begin.end()..].contains("-----END");
            return masked;
        }
        if !self.is_open {
            return masked;
        }
        if line.contains("-----END") || !inner.is_match(line) {
            self.is_open = false;
            return masked;
        }
        Cow::Owned(
            inner
                .replace_all(line, |found: &Captures<'_>| {
                    let run = found.get(0).map_or("", |run| run.as_str());
                    let end = &run[run.trim_end().len()..];
                    format!("{}{end}", super::masked("private-key"))
                })
                .into_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_pattern_compiles() {
        assert!(super::KEY_LINE.is_some() && super::KEY_START.is_some());
    }
}
