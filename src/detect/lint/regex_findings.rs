//! What is found in regular expressions, whatever the language of the query.

use super::catalogue::{Remedy, Rule};
use super::finding::{Edit, Finding};
use super::holds::Holds;
use super::regex_shape::{Letters, OpenLeft, RegexShape};
use crate::detect::query::Query;
use crate::detect::syntax::Span;
use crate::diagnostic::Severity;

/// The rules of a language for its regular expressions.
#[derive(Debug, Clone, Copy)]
pub(in crate::detect) struct RegexRules {
    /// Letters of a case that the other side never has.
    pub(in crate::detect) impossible_case: &'static Rule,
    /// Case is regarded where values have more than one.
    pub(in crate::detect) case_sensitive: &'static Rule,
    /// The name of a file that nothing stands before.
    pub(in crate::detect) open_name: &'static Rule,
    /// `.*` in front.
    pub(in crate::detect) leading_any_text: &'static Rule,
    /// A dot in the name of a file.
    pub(in crate::detect) unescaped_dot: &'static Rule,
}

/// A regular expression of a query.
#[derive(Debug, Clone, Copy)]
pub(in crate::detect) struct WrittenRegex<'r> {
    /// The expression, letter by letter as it stands in the query.
    pub(in crate::detect) text: &'r str,
    /// Where it stands, without what is around it.
    pub(in crate::detect) span: Span,
    /// What is held against it.
    pub(in crate::detect) holds: Option<Holds>,
    /// The case that all letters of that have.
    pub(in crate::detect) case: Option<Letters>,
}

/// What was found in a regular expression.
#[derive(Debug, Default)]
pub(in crate::detect) struct RegexFindings {
    /// Why it never matches.
    pub(in crate::detect) never: Option<Finding>,
    /// Why it misses values in another case.
    pub(in crate::detect) case: Option<Finding>,
    /// Everything else.
    pub(in crate::detect) others: Vec<Finding>,
}

impl WrittenRegex<'_> {
    fn at(&self, start: usize, end: usize) -> Span {
        Span::new(self.span.start + start, self.span.start + end)
    }

    /// Looks it over.
    pub(in crate::detect) fn findings(
        &self,
        query: &Query<'_>,
        rules: &RegexRules,
    ) -> RegexFindings {
        let mut found = RegexFindings::default();
        let Some(shape) = RegexShape::read(self.text) else {
            return found;
        };
        match self.case {
            Some(case) => self.impossible_case(query, rules, &shape, case, &mut found),
            None => found.case = self.case_sensitive(query, rules, &shape),
        }
        found.others.extend(self.open_name(query, rules, &shape));
        if let Some(range) = shape.any_text_first() {
            let span = self.at(range.start, range.end);
            let finding = Finding::new(
                rules.leading_any_text,
                "a regular expression is found anywhere, so this says nothing",
                query.place(span),
            );
            let edit = Edit::replace(query, span, "");
            found
                .others
                .push(finding.fix(Remedy::Proposed, "leave it out", vec![edit]));
        }
        for dot in shape.dots_in_names() {
            let span = self.at(dot, dot + 1);
            let finding = Finding::new(
                rules.unescaped_dot,
                "this dot is any letter",
                query.place(span),
            );
            let edit = Edit::replace(query, span, "\\.");
            let title = "write a backslash before it";
            found
                .others
                .push(finding.fix(Remedy::Certain, title, vec![edit]));
        }
        found
    }

    fn impossible_case(
        &self,
        query: &Query<'_>,
        rules: &RegexRules,
        shape: &RegexShape,
        case: Letters,
        found: &mut RegexFindings,
    ) {
        let other = case.other();
        if !shape.has(other) {
            return;
        }
        let is_never = shape.requires(other);
        let what = match is_never {
            true => "the regular expression",
            false => "a part of the regular expression",
        };
        let message = format!(
            "{what} holds letters in {} case, and it is matched with a text in {} case",
            other.name(),
            case.name()
        );
        let better = shape.in_case(self.text, case);
        let mut finding = Finding::new(rules.impossible_case, message, query.place(self.span)).fix(
            Remedy::Certain,
            format!("write it in {} case", case.name()),
            vec![Edit::replace(query, self.span, better)],
        );
        if is_never {
            found.never = Some(finding);
        } else {
            finding.diagnostic.severity = Severity::Warning;
            found.others.push(finding);
        }
    }

    fn case_sensitive(
        &self,
        query: &Query<'_>,
        rules: &RegexRules,
        shape: &RegexShape,
    ) -> Option<Finding> {
        let holds = self.holds?;
        if !shape.regards_case() || !holds.varies_in(&self.text.replace("\\/", "/")) {
            return None;
        }
        let message = format!(
            "case matters here, and {} may be logged in another case",
            holds.told()
        );
        let finding = Finding::new(rules.case_sensitive, message, query.place(self.span));
        Some(finding.fix(
            Remedy::Proposed,
            "begin the regular expression with `(?i)`",
            vec![Edit::before(query, self.span, "(?i)")],
        ))
    }

    fn open_name(
        &self,
        query: &Query<'_>,
        rules: &RegexRules,
        shape: &RegexShape,
    ) -> Option<Finding> {
        if !matches!(self.holds?, Holds::Path | Holds::PathPart) {
            return None;
        }
        let put = |place: usize, text: &str| Edit::before(query, self.at(place, place), text);
        let (edits, start) = match shape.open_left()? {
            OpenLeft::At(place) => (vec![put(place, r"(?:^|\\)")], place),
            OpenLeft::Around(place, end) => (
                vec![
                    put(place, r"(?:^|\\)(?:"),
                    Edit::after(query, self.at(place, end), ")"),
                ],
                place,
            ),
        };
        let finding = Finding::new(
            rules.open_name,
            "a longer name that ends in one of these matches as well",
            query.place(self.at(start, self.text.len())),
        );
        let title = r"put `(?:^|\\)` before the name";
        Some(finding.fix(Remedy::Proposed, title, edits))
    }
}
