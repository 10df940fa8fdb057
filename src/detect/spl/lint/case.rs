//! Letter case in `where` and `eval`.

use std::collections::BTreeSet;

use super::expression::text_of;
use super::rules::{CASE_SENSITIVE, LETTER_CASE};
use super::{Linter, Weight, as_bad_as};
use crate::detect::lint::Remedy;
use crate::detect::spl::syntax::{Expression, ExpressionKind};
use crate::diagnostic::Severity;

/// The case that a value is always in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LetterCase {
    /// `lower(…)`.
    Lower,
    /// `upper(…)`.
    Upper,
}

impl LetterCase {
    fn of(self, text: &str) -> String {
        match self {
            Self::Lower => text.to_lowercase(),
            Self::Upper => text.to_uppercase(),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Upper => "upper",
        }
    }
}

/// Fields whose values are all in one case.
pub(super) type Cased = BTreeSet<(String, LetterCase)>;

/// The case that an expression's value is always in.
pub(super) fn case_of(expression: &Expression, cased: &Cased) -> Option<LetterCase> {
    match &expression.node {
        ExpressionKind::Call { function, .. } if function == "lower" => Some(LetterCase::Lower),
        ExpressionKind::Call { function, .. } if function == "upper" => Some(LetterCase::Upper),
        ExpressionKind::Call {
            function,
            arguments,
        } if matches!(function.as_str(), "trim" | "ltrim" | "rtrim") && arguments.len() == 1 => {
            case_of(arguments.first()?, cased)
        }
        ExpressionKind::Field(name) => cased
            .iter()
            .find(|(field, _)| *field == name.text)
            .map(|(_, case)| *case),
        _ => None,
    }
}

/// Fields that hold text whose case varies.
const VARYING: &[&str] = &[
    "Image",
    "ParentImage",
    "CommandLine",
    "ParentCommandLine",
    "TargetFilename",
    "TargetObject",
    "NewProcessName",
    "ScriptBlockText",
    "process",
    "process_name",
    "process_path",
    "parent_process",
    "parent_process_name",
    "parent_process_path",
    "file_name",
    "file_path",
    "registry_path",
];

impl Linter<'_> {
    /// A text that is compared with a value which is always in one case.
    pub(super) fn letter_case(
        &mut self,
        subject: &Expression,
        text: &Expression,
        cased: &Cased,
        severity: Severity,
    ) {
        let (Some(case), Some(value)) = (case_of(subject, cased), text_of(text)) else {
            return;
        };
        if case.of(value) == value {
            return;
        }
        let raw = self.source(text.span).map(str::to_owned);
        let message = format!(
            "no value of `{}()` has this letter case, so they are never the same",
            case.name()
        );
        let edits = raw.map(|raw| self.replace(text.span, case.of(&raw)));
        self.tell(&LETTER_CASE, text.span, message, |_, finding| {
            as_bad_as(severity)(finding).fix(
                Remedy::Certain,
                format!("write it in {} case", case.name()),
                edits.unwrap_or_default(),
            )
        });
    }

    /// A regular expression that is looked for in a value which is always in one case.
    pub(super) fn letter_case_of_regex(
        &mut self,
        subject: &Expression,
        pattern: &Expression,
        cased: &Cased,
        severity: Severity,
    ) {
        let (Some(case), Some(text)) = (case_of(subject, cased), text_of(pattern)) else {
            return;
        };
        if text.contains("(?i") || !needs_case(text, case) {
            return;
        }
        let message = format!(
            "no value of `{}()` has this letter case, so it is never found",
            case.name()
        );
        let edits = self.flagged(pattern);
        self.tell(&LETTER_CASE, pattern.span, message, |_, finding| {
            as_bad_as(severity)(finding).fix(
                Remedy::Certain,
                "look for it without regard to case: `(?i)`",
                edits,
            )
        });
    }

    /// A value of varying case that is compared with regard to it.
    pub(super) fn case_sensitive(
        &mut self,
        subject: &Expression,
        text: &Expression,
        weight: Weight,
        cased: &Cased,
    ) {
        let (ExpressionKind::Field(field), Some(value)) = (&subject.node, text_of(text)) else {
            return;
        };
        let name = field.text.rsplit('.').next().unwrap_or_default();
        let has_letters = value.chars().any(char::is_alphabetic);
        if weight == Weight::Excluded
            || !VARYING.contains(&name)
            || !has_letters
            || case_of(subject, cased).is_some()
        {
            return;
        }
        let message = format!("`{}` is compared with regard to letter case", field.text);
        self.tell(&CASE_SENSITIVE, text.span, message, |_, finding| {
            finding.help(format!(
                "compare `lower({})` with a text in lower case",
                field.text
            ))
        });
    }

    /// The same of a regular expression.
    pub(super) fn case_sensitive_regex(
        &mut self,
        subject: &Expression,
        pattern: &Expression,
        weight: Weight,
        cased: &Cased,
    ) {
        let (ExpressionKind::Field(field), Some(text)) = (&subject.node, text_of(pattern)) else {
            return;
        };
        let name = field.text.rsplit('.').next().unwrap_or_default();
        let is_cased = needs_case(text, LetterCase::Lower) || needs_case(text, LetterCase::Upper);
        if weight == Weight::Excluded
            || !VARYING.contains(&name)
            || text.contains("(?i")
            || !is_cased
            || case_of(subject, cased).is_some()
        {
            return;
        }
        let message = format!(
            "`{}` is looked through with regard to letter case",
            field.text
        );
        let edits = self.flagged(pattern);
        self.tell(&CASE_SENSITIVE, pattern.span, message, |_, finding| {
            finding.fix(
                Remedy::Proposed,
                "look for it without regard to case: `(?i)`",
                edits,
            )
        });
    }

    fn flagged(&self, pattern: &Expression) -> Vec<crate::detect::lint::Edit> {
        let source = self.source(pattern.span);
        let inner = source.and_then(|source| source.strip_prefix('"'));
        inner.map_or_else(Vec::new, |inner| {
            self.replace(pattern.span, format!("\"(?i){inner}"))
        })
    }
}

/// Whether a regular expression needs a letter that is not in this case: one outside of
/// escapes, classes, and groups' names, and not one of several alternatives.
fn needs_case(pattern: &str, case: LetterCase) -> bool {
    if pattern.contains('|') {
        return false;
    }
    let mut letters = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if letters.peek() == Some(&'?') => {
                for inner in letters.by_ref() {
                    if matches!(inner, ':' | '>' | ')' | '=' | '!') {
                        break;
                    }
                }
            }
            _ if in_class || !letter.is_alphabetic() => {}
            _ => {
                let may_be_missing = matches!(letters.peek(), Some('?' | '*' | '{'));
                let own = case.of(&letter.to_string());
                if !may_be_missing && own != letter.to_string() {
                    return true;
                }
            }
        }
    }
    false
}
