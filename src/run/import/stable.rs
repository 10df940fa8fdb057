//! What of a value stays the same from run to run.
//!
//! A value is taken apart into text that stays, names of arguments and of facts of
//! the host that stand for their values, and gaps: numbers of processes, GUIDs,
//! times, addresses, and folders of users.

use std::sync::LazyLock;

use regex::Regex;

/// A value that is shorter than this is no sign of an argument.
const SHORTEST: usize = 3;

/// Text that is another one in the next run.
static GAPS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?",
        r"|S-1-5-21(?:-\d+){3,}",
        r"|\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?",
        r"|0x[0-9a-f]{2,}",
        r"|\b(?:\d{1,3}\.){3}\d{1,3}\b",
        r"|\bpid[ :=]+\d+",
        r"|\b[0-9a-f]{16,}\b",
        r"|\d{5,}",
        r#"|\b[a-z]:\\users\\[^\\"/:*?<>|]+"#,
        r"|/home/[^/\s]+",
        // What may be secret is not put into another file.
        r#"|\b(?:password|passwd|pwd|secret|token|api[_-]?key)["']?[=: ]+["']?[^\s"']+"#,
        r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\beyJ[\w.-]{20,}|\bgh[pousr]_\w{20,}",
        r"|#\{",
        r"|[\p{Cc}\u{FFFD}]+",
    ))
    .ok()
});

/// A part of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Text that stays.
    Text(String),
    /// The name of an argument, or `host.KEY`.
    Variable(String),
    /// Text that is another one in the next run.
    Gap,
}

/// Values that have names: arguments, and facts of the host.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// The value in ASCII lower case, and its name; the longest first.
    values: Vec<(String, String)>,
}

impl Names {
    /// The names of these values; pairs of name and value.
    pub(super) fn new<'v>(values: impl IntoIterator<Item = (String, &'v str)>) -> Self {
        let mut values: Vec<_> = values
            .into_iter()
            .filter(|(_, value)| value.chars().count() >= SHORTEST)
            .map(|(name, value)| (value.to_ascii_lowercase(), name))
            .collect();
        values.sort_by(|left, right| (right.0.len(), &left.1).cmp(&(left.0.len(), &right.1)));
        Self { values }
    }

    /// Whether a text holds one of the values.
    pub(super) fn is_in(&self, text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        self.next(&lower, 0).is_some()
    }

    /// The first of the values in a text in lower case: where, how long, and its
    /// name.
    fn next(&self, lower: &str, from: usize) -> Option<(usize, usize, &str)> {
        let found = self.values.iter().filter_map(|(value, name)| {
            let at = lower[from..]
                .match_indices(value.as_str())
                .map(|(at, _)| from + at)
                .find(|at| stands_alone(lower, *at, value.len()))?;
            Some((at, value.len(), name.as_str()))
        });
        // Of values at one place the longest, which stands first in the list.
        found.min_by_key(|(at, ..)| *at)
    }

    /// Takes a value apart.
    pub(super) fn parts(&self, text: &str) -> Vec<Part> {
        let lower = text.to_ascii_lowercase();
        let mut parts = Vec::new();
        let mut from = 0;
        while let Some((at, length, name)) = self.next(&lower, from) {
            gapped(&text[from..at], &mut parts);
            parts.push(Part::Variable(name.to_owned()));
            from = at + length;
        }
        gapped(&text[from..], &mut parts);
        parts
    }
}

/// Whether no letter or digit stands around a part of a text.
fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + length..].chars().next();
    let first = text[at..].chars().next();
    let last = text[..at + length].chars().next_back();
    let joins = |one: Option<char>, other: Option<char>| {
        one.is_some_and(char::is_alphanumeric) && other.is_some_and(char::is_alphanumeric)
    };
    !joins(before, first) && !joins(last, after)
}

fn gapped(text: &str, parts: &mut Vec<Part>) {
    let mut from = 0;
    for gap in GAPS.iter().flat_map(|gaps| gaps.find_iter(text)) {
        if gap.start() > from {
            parts.push(Part::Text(text[from..gap.start()].to_owned()));
        }
        parts.push(Part::Gap);
        from = gap.end();
    }
    if from < text.len() {
        parts.push(Part::Text(text[from..].to_owned()));
    }
}

/// The stretches between gaps.
pub(super) fn stretches(parts: &[Part]) -> impl Iterator<Item = &[Part]> {
    parts
        .split(|part| *part == Part::Gap)
        .filter(|stretch| !stretch.is_empty())
}

/// Whether nothing in a value changes.
pub(super) fn is_whole(parts: &[Part]) -> bool {
    !parts.is_empty() && !parts.contains(&Part::Gap)
}

/// Whether a stretch holds the name of a value.
pub(super) fn has_variable(stretch: &[Part]) -> bool {
    stretch.iter().any(|part| matches!(part, Part::Variable(_)))
}

/// A stretch as it is compared: gaps and names of values are signs.
pub(super) fn signature(parts: &[Part]) -> String {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(part) => text.push_str(&part.to_lowercase()),
            Part::Variable(name) => {
                text.push('\u{1}');
                text.push_str(name);
                text.push('\u{1}');
            }
            Part::Gap => text.push('\u{2}'),
        }
    }
    text
}

/// A stretch as a value of Sigma's, in which only what must be is escaped.
pub(super) fn escaped(stretch: &[Part]) -> String {
    let mut value = String::new();
    for (place, part) in stretch.iter().enumerate() {
        match part {
            Part::Text(text) => {
                let is_before_name = matches!(stretch.get(place + 1), Some(Part::Variable(_)));
                escape(text, is_before_name, &mut value);
            }
            Part::Variable(name) => {
                value.push_str("#{");
                value.push_str(name);
                value.push('}');
            }
            Part::Gap => {}
        }
    }
    value
}

fn escape(text: &str, is_before_name: bool, value: &mut String) {
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let doubles = match character {
            '*' | '?' => true,
            // A backslash is itself, unless it would escape what follows.
            '\\' => match rest.peek() {
                Some(next) => matches!(next, '\\' | '*' | '?'),
                None => is_before_name,
            },
            _ => false,
        };
        if doubles {
            value.push('\\');
        }
        value.push(character);
    }
}

/// How many characters of text a stretch has; a name counts as many.
pub(super) fn weight(stretch: &[Part]) -> usize {
    stretch
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.chars().filter(|c| c.is_alphanumeric()).count(),
            Part::Variable(_) => 40,
            Part::Gap => 0,
        })
        .sum()
}

/// A stretch without blanks around it, and at most so many characters of text
/// long.
pub(super) fn trimmed(stretch: &[Part], most: usize) -> Vec<Part> {
    let mut trimmed = Vec::new();
    let mut left = most;
    for part in stretch {
        match part {
            Part::Text(text) if text.chars().count() > left => {
                trimmed.push(Part::Text(text.chars().take(left).collect()));
                break;
            }
            Part::Text(text) => left -= text.chars().count(),
            Part::Variable(_) | Part::Gap => {}
        }
        trimmed.push(part.clone());
    }
    if let Some(Part::Text(text)) = trimmed.first_mut() {
        *text = text.trim_start().to_owned();
    }
    if let Some(Part::Text(text)) = trimmed.last_mut() {
        *text = text.trim_end().to_owned();
    }
    trimmed.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
    trimmed
}

#[cfg(test)]
mod tests {
    use super::{Names, Part, escaped, is_whole, stretches};

    fn names() -> Names {
        Names::new([
            ("tunnel_name".to_owned(), "build-box"),
            ("host.temp".to_owned(), r"C:\Users\avery\AppData\Local\Temp"),
            ("short".to_owned(), "ab"),
        ])
    }

    fn taken(text: &str) -> Vec<String> {
        let parts = names().parts(text);
        stretches(&parts).map(escaped).collect()
    }

    #[test]
    fn values_get_their_names_and_whatever_changes_leaves_a_gap() {
        assert_eq!(
            taken(r"tunnel --name Build-Box --pid 4711"),
            ["tunnel --name #{tunnel_name} --"]
        );
        assert_eq!(
            taken(r"c:\users\AVERY\appdata\local\temp\x.exe"),
            [r"#{host.temp}\x.exe"]
        );
        assert_eq!(taken(r"C:\Users\kim\x.exe"), [r"\x.exe"]);
        assert_eq!(
            taken("a {7c1d0a52-545b-6ae8-5e0e-000000001b00} 10.0.0.1 b"),
            ["a ", " ", " b"]
        );
        assert_eq!(taken("build-boxes and ab"), ["build-boxes and ab"]);
    }

    #[test]
    fn only_what_sigma_would_misread_is_escaped() {
        assert_eq!(taken(r"\Windows\x.exe"), [r"\Windows\x.exe"]);
        assert_eq!(taken(r"\\server\share"), [r"\\\server\share"]);
        assert_eq!(taken(r"dir *.log?"), [r"dir \*.log\?"]);
        assert_eq!(taken(r"\*"), [r"\\\*"]);
        assert_eq!(taken(r"HKU\build-box"), [r"HKU\\#{tunnel_name}"]);
        assert_eq!(taken(r"ends with \"), [r"ends with \"]);
    }

    #[test]
    fn what_looks_like_the_name_of_an_argument_is_a_gap() {
        assert_eq!(taken("echo #{x} y"), ["echo ", "x} y"]);
    }

    #[test]
    fn what_may_be_secret_is_a_gap() {
        assert_eq!(
            taken("net use /user:x password: hunter2 z"),
            ["net use /user:x ", " z"]
        );
        assert_eq!(taken("--token=abc --x"), ["--", " --x"]);
        assert_eq!(taken("key AKIAIOSFODNN7EXAMPLE"), ["key "]);
    }

    #[test]
    fn control_characters_are_gaps() {
        assert_eq!(names().parts("a\u{1b}[31mb").len(), 3);
        assert!(!is_whole(&names().parts("a\nb")));
        assert!(is_whole(&[Part::Text("a".to_owned())]));
    }
}
