//! The values that `search` compares with.

use super::rules::{PERCENT_WILDCARD, PROGRAM_BOUNDARY, SINGLE_BACKSLASH, SINGLE_QUOTES};
use super::{Linter, Weight, as_bad_as};
use crate::detect::lint::Remedy;
use crate::detect::spl::syntax::{Field, Piece, SearchValue, Spanned, ValueForm};

/// Fields that hold the path of a program.
const PROGRAMS: &[&str] = &[
    "Image",
    "ParentImage",
    "SourceImage",
    "TargetImage",
    "NewProcessName",
    "ParentProcessName",
    "New_Process_Name",
    "Creator_Process_Name",
    "process_path",
    "parent_process_path",
];

/// Whether a field holds the path of a program.
pub(super) fn is_program_path(field: &str) -> bool {
    let name = field.rsplit('.').next().unwrap_or(field);
    PROGRAMS.contains(&name)
}

/// Whether two values are the same text, as `search` compares.
pub(super) fn same_text(one: &SearchValue, other: &SearchValue) -> bool {
    one.text().to_lowercase() == other.text().to_lowercase()
}

impl Linter<'_> {
    /// One value of a comparison with a field.
    pub(super) fn value(&mut self, field: &Field, value: &Spanned<SearchValue>, weight: Weight) {
        self.single_quotes(value, weight);
        self.percent(value, weight);
        self.single_backslash(value);
        if is_program_path(&field.node.text) && weight != Weight::Excluded {
            self.open_program(field, value);
        }
    }

    fn single_quotes(&mut self, value: &Spanned<SearchValue>, weight: Weight) {
        let raw = value.node.raw();
        if value.node.form() != ValueForm::Bare || !raw.starts_with('\'') {
            return;
        }
        let inner = raw
            .strip_prefix('\'')
            .and_then(|rest| rest.strip_suffix('\''))
            .filter(|inner| !inner.is_empty() && !inner.contains('\''));
        let edits = inner.map(|inner| self.quoted_anew(value.span, inner));
        let message = "the single quotes are part of the value";
        self.tell(&SINGLE_QUOTES, value.span, message, |_, finding| {
            let finding = as_bad_as(weight.of_never())(finding);
            finding
                .fix(
                    Remedy::Certain,
                    "write double quotes",
                    edits.unwrap_or_default(),
                )
                .help("write double quotes")
        });
    }

    fn percent(&mut self, value: &Spanned<SearchValue>, weight: Weight) {
        let raw = value.node.raw();
        if value.node.has_wildcard() || !is_like_pattern(raw) {
            return;
        }
        let message = "`%` is no wildcard of `search`";
        let new = raw.replace('%', "*");
        let edits = match value.node.form() {
            ValueForm::Bare => self.replace(value.span, new),
            ValueForm::Quoted => self.quoted_anew(value.span, &new),
            ValueForm::Term | ValueForm::Case => Vec::new(),
        };
        let _ = weight;
        self.tell(&PERCENT_WILDCARD, value.span, message, |_, finding| {
            finding.fix(Remedy::Proposed, "write `*`", edits)
        });
    }

    fn single_backslash(&mut self, value: &Spanned<SearchValue>) {
        let raw = value.node.raw();
        if !matches!(value.node.form(), ValueForm::Bare | ValueForm::Quoted) {
            return;
        }
        let Some(new) = doubled(raw) else {
            return;
        };
        let edits = match value.node.form() {
            ValueForm::Bare => self.replace(value.span, new),
            _ => self.quoted_anew(value.span, &new),
        };
        let message = "a backslash of this value stands alone";
        self.tell(&SINGLE_BACKSLASH, value.span, message, |_, finding| {
            finding.fix(Remedy::Certain, "write it twice", edits)
        });
    }

    /// `Image="*code.exe"`.
    fn open_program(&mut self, field: &Field, value: &Spanned<SearchValue>) {
        let [Piece::Wildcard, Piece::Literal(name), rest @ ..] = value.node.pieces() else {
            return;
        };
        let lower = name.to_lowercase();
        let is_program = lower.ends_with(".exe")
            && name.len() > 4
            && !name.contains(['\\', '/', ' '])
            && name.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            && rest.iter().all(|piece| *piece == Piece::Wildcard);
        if !is_program {
            return;
        }
        let message = format!(
            "`{}` holds as well for a program whose name only ends in `{name}`",
            field.node.text
        );
        let new = value.node.raw().replacen('*', r"*\\", 1);
        let edits = match value.node.form() {
            ValueForm::Bare => self.replace(value.span, new),
            ValueForm::Quoted => self.quoted_anew(value.span, &new),
            ValueForm::Term | ValueForm::Case => Vec::new(),
        };
        self.tell(&PROGRAM_BOUNDARY, value.span, message, |_, finding| {
            finding.fix(
                Remedy::Proposed,
                r"write a backslash before it: `*\\`",
                edits,
            )
        });
    }
}

/// Whether a text looks like a pattern of `like`; `%TEMP%` and `%2e` do not.
fn is_like_pattern(raw: &str) -> bool {
    let inner = raw.strip_prefix('%').unwrap_or(raw);
    let inner = inner.strip_suffix('%').unwrap_or(inner);
    let (starts, ends) = (raw.starts_with('%'), raw.len() > 1 && raw.ends_with('%'));
    // Windows writes the names of objects as `%{…}`.
    let is_object = raw.starts_with("%{");
    if inner.is_empty() || inner.contains('%') || is_object || !(starts || ends) {
        return false;
    }
    let is_number = inner.chars().all(|letter| letter.is_ascii_digit());
    let is_variable = inner
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || "_()".contains(letter));
    let is_escape = starts
        && inner.len() >= 2
        && inner
            .chars()
            .take(2)
            .all(|letter| letter.is_ascii_hexdigit());
    let is_other = match (starts, ends) {
        (true, true) => is_variable,
        _ => is_escape,
    };
    !is_number && !is_other
}

/// A raw value with every backslash that stands alone written twice.
fn doubled(raw: &str) -> Option<String> {
    let mut new = String::with_capacity(raw.len() + 8);
    let mut found = false;
    let mut letters = raw.chars().peekable();
    while let Some(letter) = letters.next() {
        new.push(letter);
        if letter != '\\' {
            continue;
        }
        match letters.peek() {
            Some(&next @ ('\\' | '"')) => {
                new.push(next);
                letters.next();
            }
            _ => {
                new.push('\\');
                found = true;
            }
        }
    }
    found.then_some(new)
}
