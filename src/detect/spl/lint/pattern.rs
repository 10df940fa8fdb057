//! Regular expressions.

use super::expression::{Role, text_of};
use super::fields::Rows;
use super::rules::{ANY_CHARACTER, GLOB_REGEX, PROGRAM_BOUNDARY, REGEX_BACKSLASH};
use super::value::is_program_path;
use super::{Linter, Weight};
use crate::detect::lint::Remedy;
use crate::detect::spl::syntax::{Expression, ExpressionKind, Span};

/// First letters of these names have another meaning behind a backslash, or none.
const FOLDERS: &[&str] = &[
    "appdata",
    "currentversion",
    "desktop",
    "documents",
    "downloads",
    "drivers",
    "local",
    "microsoft",
    "perflogs",
    "program",
    "programdata",
    "public",
    "roaming",
    "software",
    "startup",
    "syswow64",
    "system32",
    "temp",
    "users",
    "windows",
];

impl Linter<'_> {
    /// `match(subject, "pattern")`.
    pub(super) fn regex(
        &mut self,
        subject: &Expression,
        pattern: &Expression,
        role: Role,
        rows: &Rows,
    ) {
        let Some(text) = text_of(pattern) else {
            return;
        };
        self.letter_case_of_regex(subject, pattern, &rows.cased, role.of_never());
        if let Role::Filter(weight) = role {
            self.case_sensitive_regex(subject, pattern, weight, &rows.cased);
        }
        let is_wanted = !matches!(role, Role::Filter(Weight::Excluded));
        let field = field_in(subject).filter(|_| is_wanted);
        self.regex_text(pattern.span, text, field);
    }

    /// A regular expression that is looked for in a field, if one is known.
    pub(super) fn regex_text(&mut self, span: Span, text: &str, field: Option<&str>) {
        let Some(raw) = self.source(span).map(str::to_owned) else {
            return;
        };
        if text.starts_with('*') {
            let inner = text.trim_start_matches('*');
            let is_plain = inner
                .trim_end_matches('*')
                .chars()
                .all(|letter| letter.is_alphanumeric() || " _-".contains(letter));
            let new = raw.trim_matches(['"', '*']);
            let edits = if is_plain {
                self.quoted_anew(span, new)
            } else {
                Vec::new()
            };
            self.tell(
                &GLOB_REGEX,
                span,
                "a regular expression cannot begin with `*`",
                |_, finding| {
                    finding
                        .fix(Remedy::Proposed, "leave the asterisks out", edits)
                        .help("leave the asterisks out, or write `.*`")
                },
            );
            return;
        }
        self.backslashes(span, &raw);
        self.any_character(span, &raw);
        if let Some(field) = field.filter(|field| is_program_path(field))
            && let Some(name) = open_program(text)
        {
            let message =
                format!("`{name}` is found as well at the end of a longer name of a program");
            self.tell(&PROGRAM_BOUNDARY, span, message, |_, finding| {
                finding
                    .label(format!("`{field}` is a path"))
                    .help(format!(r"write a backslash before it: `\\\\{name}`"))
            });
        }
    }

    fn backslashes(&mut self, span: Span, raw: &str) {
        let places = path_backslashes(raw);
        if places.is_empty() {
            return;
        }
        let mut new = String::new();
        let mut at = 0;
        for place in &places {
            new.push_str(raw.get(at..*place).unwrap_or_default());
            new.push_str(r"\\");
            at = *place;
        }
        new.push_str(raw.get(at..).unwrap_or_default());
        let edits = self.replace(span, new);
        self.tell(
            &REGEX_BACKSLASH,
            span,
            "two backslashes of this string are one in the expression, which gives the next letter another meaning",
            |_, finding| finding.fix(Remedy::Proposed, "write four backslashes", edits),
        );
    }

    fn any_character(&mut self, span: Span, raw: &str) {
        let places = open_dots(raw);
        if places.is_empty() {
            return;
        }
        let mut new = String::new();
        let mut at = 0;
        for place in &places {
            new.push_str(raw.get(at..*place).unwrap_or_default());
            new.push('\\');
            at = *place;
        }
        new.push_str(raw.get(at..).unwrap_or_default());
        let edits = self.replace(span, new);
        self.tell(
            &ANY_CHARACTER,
            span,
            "a dot of this expression is any character",
            |_, finding| finding.fix(Remedy::Certain, r"write `\.`", edits),
        );
    }
}

/// The field whose value an expression is, letter case and blanks aside.
fn field_in(tree: &Expression) -> Option<&str> {
    match &tree.node {
        ExpressionKind::Field(field) => Some(&field.text),
        ExpressionKind::Call {
            function,
            arguments,
        } if matches!(function.as_str(), "lower" | "upper" | "trim") => {
            field_in(arguments.first()?)
        }
        _ => None,
    }
}

/// Where two backslashes stand before a part of a path.
fn path_backslashes(raw: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(found) = raw.get(at..).and_then(|rest| rest.find('\\')) {
        let start = at + found;
        let rest = raw.get(start..).unwrap_or_default();
        let run = rest.len() - rest.trim_start_matches('\\').len();
        at = start + run;
        let behind = raw.get(at..).unwrap_or_default();
        let word: String = behind
            .chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'))
            .collect();
        let after = behind.get(word.len()..).unwrap_or_default();
        let is_program = after.starts_with(r"\.exe") || after.starts_with(r"\.dll");
        let is_path =
            FOLDERS.contains(&word.to_ascii_lowercase().as_str()) || (is_program && word.len() > 3);
        if run == 2 && is_path {
            places.push(start);
        }
    }
    places
}

/// Where a dot before the suffix of a program stands without a backslash.
fn open_dots(raw: &str) -> Vec<usize> {
    const SUFFIXES: [&str; 5] = ["exe", "dll", "ps1", "bat", "vbs"];
    let mut places = Vec::new();
    for (place, _) in raw.match_indices('.') {
        let before = raw.get(..place).and_then(|text| text.chars().next_back());
        let behind = raw.get(place + 1..).unwrap_or_default();
        let is_named = before.is_some_and(|letter| letter.is_ascii_alphanumeric());
        let is_suffix = SUFFIXES.iter().any(|suffix| {
            behind.strip_prefix(suffix).is_some_and(|rest| {
                rest.chars()
                    .next()
                    .is_none_or(|next| !next.is_ascii_alphanumeric())
            })
        });
        if is_named && is_suffix {
            places.push(place);
        }
    }
    places
}

/// A program's name that nothing stands before.
fn open_program(pattern: &str) -> Option<&str> {
    for (dot, _) in pattern.match_indices(r"\.exe") {
        let before = pattern.get(..dot)?;
        let name = before
            .rsplit(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-')))
            .next()
            .unwrap_or_default();
        let start = dot - name.len();
        let is_escape = before
            .get(..start)
            .is_some_and(|text| text.ends_with('\\') && !text.ends_with(r"\\"));
        if name.len() >= 2 && !is_escape && is_open(pattern.get(..start)?) {
            return pattern.get(start..dot + r"\.exe".len());
        }
    }
    None
}

/// Whether what stands before a place lets anything stand there.
fn is_open(before: &str) -> bool {
    let mut before = before;
    loop {
        before = before
            .trim_end_matches("(?i)")
            .trim_end_matches(".*?")
            .trim_end_matches(".*");
        let Some(last) = before.chars().next_back() else {
            return true;
        };
        match last {
            '(' => before = before.get(..before.len() - 1).unwrap_or_default(),
            '|' => match group_start(before) {
                Some(start) => before = before.get(..start).unwrap_or_default(),
                None => return true,
            },
            ':' if before.ends_with("(?:") => {
                before = before.get(..before.len() - 3).unwrap_or_default();
            }
            _ => return false,
        }
    }
}

/// Where the innermost group that is still open begins.
fn group_start(before: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (place, letter) in before.char_indices().rev() {
        let is_escaped = before
            .get(..place)
            .is_some_and(|text| text.ends_with('\\') && !text.ends_with(r"\\"));
        match letter {
            _ if is_escaped => {}
            ')' => depth += 1,
            '(' if depth == 0 => return Some(place),
            '(' => depth -= 1,
            _ => {}
        }
    }
    None
}
