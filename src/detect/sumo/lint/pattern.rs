//! Texts, patterns, and regular expressions that something is compared with.

use super::compare::{Compared, How};
use super::rules::{
    CASE_SENSITIVE, ESCAPED_LETTER, FILE_NAME_AS_PATH, IMPOSSIBLE_CASE, LEADING_ANY_TEXT,
    OPEN_NAME, REGEX_IN_QUOTES, SQL_WILDCARD, UNESCAPED_DOT, WILDCARD_IN_CONTAINS,
    WILDCARD_IN_EQUALITY,
};
use super::{Linter, Polarity};
use crate::detect::lint::{
    Edit, Finding, Holds, Letters, RegexRules, RegexShape, Remedy, WrittenRegex, between, is_glob,
    sql_pattern, varies,
};
use crate::detect::sumo::syntax::{Expression, ExpressionKind, Span, Text};
use crate::diagnostic::Severity;

impl Linter<'_> {
    /// Tells the first thing that is wrong with a text.
    pub(super) fn compared(&mut self, compared: &Compared<'_>) {
        let known = self.fields.known(compared.subject);
        let says = compared.text.text();
        let _ = self.escaped_letter(compared, known.holds)
            || self.regex_in_quotes(compared, &says)
            || self.wildcard(compared, &says, known.holds)
            || self.impossible_case(compared, &says, known.case)
            || self.file_name_as_path(compared, &says, known.holds)
            || (known.case.is_none() && self.regards_case(compared, &says, known.holds));
    }

    fn replaced(&self, span: Span, says: &str) -> Edit {
        Edit::replace(&self.query, span, Text::new(says).to_string())
    }

    /// A path with single backslashes, one of which makes a tab or a line break.
    fn escaped_letter(&mut self, compared: &Compared<'_>, holds: Option<Holds>) -> bool {
        let raw = compared.text.raw();
        let mut letters = raw.chars().peekable();
        let mut made = None;
        let mut singles = 0;
        let mut doubled = String::new();
        while let Some(letter) = letters.next() {
            doubled.push(letter);
            if letter != '\\' {
                continue;
            }
            match letters.peek().copied() {
                Some(next @ ('\\' | '"')) => {
                    doubled.push(next);
                    letters.next();
                }
                next => {
                    doubled.push('\\');
                    singles += 1;
                    let mut ahead = letters.clone();
                    ahead.next();
                    let goes_on = ahead.next().is_some_and(|c| c.is_ascii_lowercase());
                    if let Some(next @ ('t' | 'n' | 'r')) = next
                        && goes_on
                    {
                        made.get_or_insert(next);
                    }
                }
            }
        }
        let is_path = singles > 1 || holds.is_some_and(|holds| holds != Holds::Operation);
        let Some(made) = made.filter(|_| is_path) else {
            return false;
        };
        let what = match made {
            't' => "a tab",
            _ => "a line break",
        };
        let edit = Edit::replace(&self.query, compared.span, format!("\"{doubled}\""));
        let finding = Finding::new(
            &ESCAPED_LETTER,
            format!("`\\{made}` is {what} and no backslash"),
            self.query.place(compared.span),
        )
        .fix(
            Remedy::Proposed,
            "write two backslashes for one",
            vec![edit],
        );
        self.tell(finding);
        true
    }

    fn regex_in_quotes(&mut self, compared: &Compared<'_>, says: &str) -> bool {
        if !matches!(compared.how, How::Equal | How::Matches) || !is_regex(says) {
            return false;
        }
        let escaped = says.replace("\\/", "/").replace('/', "\\/");
        let mut edits = vec![Edit::replace(
            &self.query,
            compared.span,
            format!("/{escaped}/"),
        )];
        match (compared.how, compared.sign) {
            (How::Matches, _) => {}
            (_, Some(sign)) => edits.push(Edit::replace(&self.query, sign, "matches")),
            (_, None) => edits.clear(),
        }
        let finding = Finding::new(
            &REGEX_IN_QUOTES,
            format!(
                "{} is no regular expression: it is in quotes",
                compared.text
            ),
            self.query.place(compared.span),
        )
        .fix(
            Remedy::Proposed,
            "write it behind `matches` and between slashes",
            edits,
        );
        self.tell_of_text(finding, compared.how);
        true
    }

    /// Wildcards where there are none, or other ones.
    fn wildcard(&mut self, compared: &Compared<'_>, says: &str, holds: Option<Holds>) -> bool {
        match compared.how {
            How::Equal | How::NotEqual | How::Among(_) => {
                self.wildcard_in_equality(compared, says, holds)
            }
            How::Contains => self.wildcard_in_contains(compared, says, holds),
            How::Matches => self.sql_wildcard(compared, says, holds),
        }
    }

    fn wildcard_in_equality(
        &mut self,
        compared: &Compared<'_>,
        says: &str,
        holds: Option<Holds>,
    ) -> bool {
        if !is_glob(says, holds) {
            return false;
        }
        let mut finding = Finding::new(
            &WILDCARD_IN_EQUALITY,
            format!(
                "{} is compared with its asterisks: only `matches` has wildcards",
                compared.text
            ),
            self.query.place(compared.span),
        );
        finding = match (compared.how, compared.sign) {
            (How::Equal, Some(sign)) => finding.fix(
                Remedy::Certain,
                "compare with `matches`",
                vec![Edit::replace(&self.query, sign, "matches")],
            ),
            (How::NotEqual, Some(sign)) => finding.fix(
                Remedy::Proposed,
                "write `!(… matches …)`",
                vec![
                    Edit::before(&self.query, compared.whole, "!("),
                    Edit::replace(&self.query, sign, "matches"),
                    Edit::after(&self.query, compared.whole, ")"),
                ],
            ),
            _ => finding.help("compare with `matches`"),
        };
        self.tell_of_text(finding, compared.how);
        true
    }

    fn wildcard_in_contains(
        &mut self,
        compared: &Compared<'_>,
        says: &str,
        holds: Option<Holds>,
    ) -> bool {
        let Some(inner) = says
            .strip_prefix('*')
            .and_then(|rest| rest.strip_suffix('*'))
        else {
            return false;
        };
        if inner.contains('*') || !inner.contains(char::is_alphanumeric) {
            return false;
        }
        // Command lines hold asterisks.
        let remedy = match holds.is_none_or(|holds| holds == Holds::Command) {
            true => Remedy::Proposed,
            false => Remedy::Certain,
        };
        let finding = Finding::new(
            &WILDCARD_IN_CONTAINS,
            format!(
                "{} is looked for with its asterisks: `contains` has no wildcards",
                compared.text
            ),
            self.query.place(compared.span),
        )
        .fix(
            remedy,
            "leave the asterisks out: `contains` finds it anywhere",
            vec![self.replaced(compared.span, inner)],
        );
        self.tell(finding);
        true
    }

    fn sql_wildcard(&mut self, compared: &Compared<'_>, says: &str, holds: Option<Holds>) -> bool {
        let Some(pattern) = sql_pattern(says, holds) else {
            return false;
        };
        let better = between(pattern, "*");
        let finding = Finding::new(
            &SQL_WILDCARD,
            format!(
                "{} is matched with its percent signs: the wildcard is `*`",
                compared.text
            ),
            self.query.place(compared.span),
        )
        .fix(
            Remedy::Certain,
            "write asterisks for the percent signs",
            vec![self.replaced(compared.span, &better)],
        );
        self.tell_of_text(finding, compared.how);
        true
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
            vec![self.replaced(compared.span, &case.of(says))],
        );
        self.tell_of_text(finding, compared.how);
        true
    }

    fn file_name_as_path(
        &mut self,
        compared: &Compared<'_>,
        says: &str,
        holds: Option<Holds>,
    ) -> bool {
        let is_whole = match compared.how {
            How::Matches => !says.contains('*'),
            How::Contains => false,
            _ => true,
        };
        if holds != Some(Holds::Path) || !is_whole || !is_file_name(says) {
            return false;
        }
        let finding = Finding::new(
            &FILE_NAME_AS_PATH,
            format!(
                "{} is only the name of a file, and the field holds its whole path",
                compared.text
            ),
            self.query.place(compared.span),
        );
        let better = self.replaced(compared.span, &format!("*\\{says}"));
        let finding = match (compared.how, compared.sign) {
            (How::Matches, _) => {
                finding.fix(Remedy::Proposed, "match the end of the path", vec![better])
            }
            (How::Equal, Some(sign)) => finding.fix(
                Remedy::Proposed,
                "match the end of the path",
                vec![better, Edit::replace(&self.query, sign, "matches")],
            ),
            _ => finding.help("match the end of the path: `… matches \"*\\\\name.exe\"`"),
        };
        self.tell_of_text(finding, compared.how);
        true
    }

    /// A comparison that regards case, with values of more than one.
    fn regards_case(&mut self, compared: &Compared<'_>, says: &str, holds: Option<Holds>) -> bool {
        let Some(holds) = holds.filter(|holds| varies(*holds, says)) else {
            return false;
        };
        // A list is told of as one.
        if matches!(compared.how, How::Among(_)) {
            return false;
        }
        let edits = vec![
            Edit::before(&self.query, compared.subject.span, "toLowerCase("),
            Edit::after(&self.query, compared.subject.span, ")"),
            self.replaced(compared.span, &says.to_lowercase()),
        ];
        let finding = Finding::new(
            &CASE_SENSITIVE,
            format!(
                "case matters here, and {} may be logged in another case",
                holds.told()
            ),
            self.query.place(compared.span),
        )
        .fix(
            Remedy::Proposed,
            "compare `toLowerCase(…)` with small letters",
            edits,
        );
        self.tell_of_case(finding, holds);
        true
    }

    /// The same for the values of `in`.
    pub(super) fn list_regards_case(
        &mut self,
        tree: &Expression,
        operand: &Expression,
        values: &[Expression],
    ) {
        let known = self.fields.known(operand);
        let Some(holds) = known.holds.filter(|_| known.case.is_none()) else {
            return;
        };
        let texts: Option<Vec<_>> = values
            .iter()
            .map(|value| match &value.node {
                ExpressionKind::Text(text) => Some((value.span, text.text())),
                _ => None,
            })
            .collect();
        let Some(texts) = texts else {
            return;
        };
        let is_told_already = texts
            .iter()
            .any(|(_, says)| is_glob(says, Some(holds)) || is_file_name(says));
        if is_told_already || !texts.iter().any(|(_, says)| varies(holds, says)) {
            return;
        }
        let mut edits = vec![
            Edit::before(&self.query, operand.span, "toLowerCase("),
            Edit::after(&self.query, operand.span, ")"),
        ];
        edits.extend(
            texts
                .iter()
                .map(|(span, says)| self.replaced(*span, &says.to_lowercase())),
        );
        let finding = Finding::new(
            &CASE_SENSITIVE,
            format!(
                "case matters here, and {} may be logged in another case",
                holds.told()
            ),
            self.query.place(tree.span),
        )
        .fix(
            Remedy::Proposed,
            "compare `toLowerCase(…)` with small letters",
            edits,
        );
        self.tell_of_case(finding, holds);
    }

    fn tell_of_case(&mut self, mut finding: Finding, holds: Holds) {
        // Programs and options may be written in any case, but seldom are; and what is
        // left out is mostly one path that is known.
        if holds == Holds::Command || self.polarity == Polarity::Refused {
            finding.diagnostic.severity = Severity::Note;
        }
        self.tell(finding);
    }

    /// `subject matches /…/`.
    pub(super) fn regex(&mut self, subject: &Expression, regex: &str, span: Span) {
        let known = self.fields.known(subject);
        let written = WrittenRegex {
            text: regex,
            span: Span::new(span.start + 1, span.start + 1 + regex.len()),
            holds: known.holds,
            case: known.case,
        };
        let found = written.findings(&self.query, &REGEX_RULES);
        if let Some(never) = found.never {
            self.tell_of_never(never);
        }
        if let (Some(finding), Some(holds)) = (found.case, known.holds) {
            self.tell_of_case(finding, holds);
        }
        for finding in found.others {
            self.tell(finding);
        }
    }
}

const REGEX_RULES: RegexRules = RegexRules {
    impossible_case: &IMPOSSIBLE_CASE,
    case_sensitive: &CASE_SENSITIVE,
    open_name: &OPEN_NAME,
    leading_any_text: &LEADING_ANY_TEXT,
    unescaped_dot: &UNESCAPED_DOT,
};

/// The name of a program or library, without a folder.
fn is_file_name(says: &str) -> bool {
    let lower = says.to_lowercase();
    !says.contains(['\\', '/', '*'])
        && [".exe", ".dll", ".com", ".scr", ".sys"]
            .iter()
            .any(|end| lower.len() > end.len() && lower.ends_with(end))
}

/// Whether a text is written as a regular expression, and is one.
fn is_regex(says: &str) -> bool {
    let ends = says.ends_with('$') && !says.ends_with("\\$");
    let has = |part: &str| says.contains(part);
    let looks = says.starts_with("(?i)")
        || (says.starts_with('^') && (ends || has(".*") || has("\\d") || has("\\\\")))
        || (ends && (has("\\.") || has(".*") || has("|")))
        || (has(".*") && (has("\\.") || has("\\d") || has("\\s") || has("(")));
    looks && RegexShape::read(says).is_some()
}
