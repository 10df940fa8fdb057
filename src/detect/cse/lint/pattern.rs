//! Texts, patterns, and regular expressions that something is compared with.

use super::rules::{
    CASE_SENSITIVE, ESCAPED_WILDCARD, GLOB_IN_LIKE, IMPOSSIBLE_CASE, LEADING_ANY_TEXT, OPEN_NAME,
    SQL_WILDCARD, UNESCAPED_DOT, WILDCARD_IN_EQUALITY,
};
use super::{Linter, Polarity, as_warning};
use crate::detect::cse::syntax::{Expression, ExpressionKind, Span, Text};
use crate::detect::lint::{
    Edit, Finding, Holds, Letters, RegexRules, Remedy, WrittenRegex, between, is_glob, sql_pattern,
    varies,
};
use crate::diagnostic::Severity;

/// A text that something is compared with.
pub(super) struct Compared<'t> {
    /// What is compared with it.
    pub(super) subject: &'t Expression,
    /// How.
    pub(super) how: How,
    /// The sign between the two, if it stands alone there.
    pub(super) sign: Option<Span>,
    /// The text.
    pub(super) text: &'t Text,
    /// Where it stands.
    pub(super) span: Span,
}

/// How something is compared with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Equal,
    NotEqual,
    /// `LIKE`, with its escape.
    Like(char),
    /// `matches '…'`.
    Glob,
    /// The second argument of `contains`.
    Contains,
    /// One of the values of `IN`.
    Among,
}

const REGEX_RULES: RegexRules = RegexRules {
    impossible_case: &IMPOSSIBLE_CASE,
    case_sensitive: &CASE_SENSITIVE,
    open_name: &OPEN_NAME,
    leading_any_text: &LEADING_ANY_TEXT,
    unescaped_dot: &UNESCAPED_DOT,
};

impl Linter<'_> {
    /// Tells the first thing that is wrong with a text.
    pub(super) fn compared(&mut self, compared: &Compared<'_>) {
        let known = self.known(compared.subject);
        let says = compared.text.value();
        if self.wildcard(compared, &says, known.holds) {
            return;
        }
        self.escaped_wildcard(compared, &says);
        let _ = self.impossible_case(compared, &says, known.case)
            || (known.case.is_none() && self.regards_case(compared, &says, known.holds));
    }

    /// Another text in the place of one, between the same marks.
    fn replaced(&self, compared: &Compared<'_>, says: &str) -> Edit {
        self.quoted(compared.text, compared.span, says)
    }

    fn quoted(&self, text: &Text, span: Span, says: &str) -> Edit {
        let mark = text.quote().mark();
        let escaped = says.replace(mark, &format!("\\{mark}"));
        Edit::replace(&self.query, span, format!("{mark}{escaped}{mark}"))
    }

    /// Tells of a condition on a text that never holds, as far as that matters.
    fn tell_of_text(&mut self, finding: Finding, how: How) {
        match how {
            // It always holds then, or other values are left.
            How::NotEqual | How::Among => self.tell(as_warning(finding)),
            _ => self.tell_of_never(finding),
        }
    }

    /// Wildcards where there are none, or other ones.
    fn wildcard(&mut self, compared: &Compared<'_>, says: &str, holds: Option<Holds>) -> bool {
        match compared.how {
            How::Equal | How::NotEqual | How::Among => {
                self.wildcard_in_equality(compared, says, holds)
            }
            How::Like(_) => self.glob_in_like(compared, says, holds),
            How::Glob => self.sql_wildcard(compared, says, holds),
            How::Contains => false,
        }
    }

    fn wildcard_in_equality(
        &mut self,
        compared: &Compared<'_>,
        says: &str,
        holds: Option<Holds>,
    ) -> bool {
        let sql = sql_pattern(says, holds);
        let like = match sql {
            Some(pattern) => between(pattern, "%"),
            None if is_glob(says, holds) && !says.contains('%') => says.replace('*', "%"),
            None => return false,
        };
        let message = format!(
            "{} is compared with its {}: `=` and `IN` have no wildcards",
            compared.text,
            if sql.is_some() {
                "percent signs"
            } else {
                "asterisks"
            }
        );
        let finding = Finding::new(
            &WILDCARD_IN_EQUALITY,
            message,
            self.query.place(compared.span),
        );
        let finding = match (compared.how, compared.sign) {
            (How::Equal, Some(sign)) => finding.fix(
                Remedy::Certain,
                "compare with `LIKE`",
                vec![
                    Edit::replace(&self.query, sign, "LIKE"),
                    self.replaced(compared, &like),
                ],
            ),
            (How::NotEqual, Some(sign)) => finding.fix(
                Remedy::Proposed,
                "compare with `NOT LIKE`",
                vec![
                    Edit::replace(&self.query, sign, "NOT LIKE"),
                    self.replaced(compared, &like),
                ],
            ),
            _ => finding.help("compare with `LIKE`"),
        };
        self.tell_of_text(finding, compared.how);
        true
    }

    fn glob_in_like(&mut self, compared: &Compared<'_>, says: &str, holds: Option<Holds>) -> bool {
        if says.contains('%') || !is_glob(says, holds) {
            return false;
        }
        let finding = Finding::new(
            &GLOB_IN_LIKE,
            format!(
                "{} is matched with its asterisks: the wildcard of `LIKE` is `%`",
                compared.text
            ),
            self.query.place(compared.span),
        )
        .fix(
            Remedy::Certain,
            "write percent signs for the asterisks",
            vec![self.replaced(compared, &says.replace('*', "%"))],
        );
        self.tell_of_text(finding, compared.how);
        true
    }

    fn sql_wildcard(&mut self, compared: &Compared<'_>, says: &str, holds: Option<Holds>) -> bool {
        let Some(pattern) = sql_pattern(says, holds) else {
            return false;
        };
        let finding = Finding::new(
            &SQL_WILDCARD,
            format!(
                "{} is matched with its percent signs: the wildcard of `matches` is `*`",
                compared.text
            ),
            self.query.place(compared.span),
        )
        .fix(
            Remedy::Certain,
            "write asterisks for the percent signs",
            vec![self.replaced(compared, &between(pattern, "*"))],
        );
        self.tell_of_text(finding, compared.how);
        true
    }

    /// `LIKE 'C:\Users\%'`: the backslash makes the percent sign a plain one.
    fn escaped_wildcard(&mut self, compared: &Compared<'_>, says: &str) {
        let Some(before) = says.strip_suffix("\\%") else {
            return;
        };
        let is_folder = before.contains('\\') && !before.ends_with('\\');
        let is_variable = before
            .rsplit_once("\\%")
            .is_some_and(|(_, name)| name.chars().all(|c| c.is_alphanumeric() || c == '_'));
        if compared.how != How::Like('\\') || !is_folder || is_variable {
            return;
        }
        let end = compared.span.end.saturating_sub(1);
        let span = Span::new(end.saturating_sub(2), end);
        if self.text(span) != "\\%" {
            return;
        }
        let finding = Finding::new(
            &ESCAPED_WILDCARD,
            "this is a percent sign and no wildcard, as a backslash stands before it",
            self.query.place(span),
        )
        .fix(
            Remedy::Proposed,
            "write two backslashes",
            vec![Edit::before(&self.query, span, "\\")],
        );
        self.tell(finding);
    }

    /// Letters of a case that the other side never has.
    fn impossible_case(
        &mut self,
        compared: &Compared<'_>,
        says: &str,
        case: Option<Letters>,
    ) -> bool {
        let Some(case) = case.filter(|case| says.chars().any(|c| case.other().include(c))) else {
            return false;
        };
        let finding = Finding::new(
            &IMPOSSIBLE_CASE,
            format!(
                "{} holds letters in {} case, and it is compared with a text in {} case",
                compared.text,
                case.other().name(),
                case.name()
            ),
            self.query.place(compared.span),
        )
        .fix(
            Remedy::Certain,
            format!("write it in {} case", case.name()),
            vec![self.replaced(compared, &case.of(says))],
        );
        self.tell_of_text(finding, compared.how);
        true
    }

    /// A comparison that regards case, with values of more than one.
    fn regards_case(&mut self, compared: &Compared<'_>, says: &str, holds: Option<Holds>) -> bool {
        let Some(holds) = holds.filter(|holds| varies(*holds, says)) else {
            return false;
        };
        // A list is told of as one.
        if compared.how == How::Among {
            return false;
        }
        let edits = vec![
            Edit::before(&self.query, compared.subject.span, "lower("),
            Edit::after(&self.query, compared.subject.span, ")"),
            self.replaced(compared, &says.to_lowercase()),
        ];
        self.tell_of_case(compared.span, holds, edits);
        true
    }

    /// The same for the values of `IN`.
    pub(super) fn list_regards_case(
        &mut self,
        tree: &Expression,
        operand: &Expression,
        values: &[Expression],
    ) {
        let known = self.known(operand);
        let Some(holds) = known.holds.filter(|_| known.case.is_none()) else {
            return;
        };
        let texts: Option<Vec<(&Text, Span)>> = values
            .iter()
            .map(|value| match &value.node {
                ExpressionKind::Text(text) => Some((text, value.span)),
                _ => None,
            })
            .collect();
        let Some(texts) = texts else {
            return;
        };
        let says = || texts.iter().map(|(text, _)| text.value());
        let is_told_already = says()
            .any(|says| is_glob(&says, Some(holds)) || sql_pattern(&says, Some(holds)).is_some());
        if is_told_already || !says().any(|says| varies(holds, &says)) {
            return;
        }
        let mut edits = vec![
            Edit::before(&self.query, operand.span, "lower("),
            Edit::after(&self.query, operand.span, ")"),
        ];
        let lowered = texts
            .iter()
            .map(|(text, span)| self.quoted(text, *span, &text.value().to_lowercase()));
        edits.extend(lowered);
        self.tell_of_case(tree.span, holds, edits);
    }

    fn tell_of_case(&mut self, span: Span, holds: Holds, edits: Vec<Edit>) {
        let finding = Finding::new(
            &CASE_SENSITIVE,
            format!(
                "case matters here, and {} may be logged in another case",
                holds.told()
            ),
            self.query.place(span),
        )
        .fix(
            Remedy::Proposed,
            "compare `lower(…)` with small letters",
            edits,
        );
        let finding = self.weighed(finding, holds);
        self.tell(finding);
    }

    /// Programs and options may be written in any case, but seldom are; and what is left
    /// out is mostly one path that is known.
    fn weighed(&self, mut finding: Finding, holds: Holds) -> Finding {
        if holds == Holds::Command || self.polarity == Polarity::Refused {
            finding.diagnostic.severity = Severity::Note;
        }
        finding
    }

    /// `RLIKE '…'` and `matches /…/`.
    pub(super) fn regex(&mut self, subject: &Expression, regex: &str, span: Span) {
        let known = self.known(subject);
        let written = WrittenRegex {
            text: regex,
            span,
            holds: known.holds,
            case: known.case,
        };
        let found = written.findings(&self.query, &REGEX_RULES);
        if let Some(never) = found.never {
            self.tell_of_never(never);
        }
        if let (Some(finding), Some(holds)) = (found.case, known.holds) {
            let finding = self.weighed(finding, holds);
            self.tell(finding);
        }
        for finding in found.others {
            self.tell(finding);
        }
    }
}
