//! The rules, and the pages that they are documented on.

use crate::detect::Language;
use crate::detect::lint::{Page, Remedy, Rule};
use crate::diagnostic::{Code, Severity};

/// Every rule.
pub const RULES: &[&Rule] = &[&EVAL];

/// `eval`.
pub(super) const EVAL: Rule = Rule {
    code: Code::of_rule("misfire::lint::sumo::eval"),
    language: Language::Sumo,
    severity: Severity::Error,
    meaning: "There is no operator `eval`; a value gets its name by `as`.",
    page: Page {
        title: "Search Operators: Field Expressions",
        address: "https://www.sumologic.com/help/docs/search/search-query-language/field-expressions/",
    },
    remedy: Remedy::Certain,
};
