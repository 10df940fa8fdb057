//! The rules, and the pages that they are documented on.

use crate::detect::Language;
use crate::detect::lint::{Page, Remedy, Rule};
use crate::diagnostic::{Code, Severity};

/// Every rule.
pub const RULES: &[&Rule] = &[
    &GLOB_IN_LIKE,
    &WILDCARD_IN_EQUALITY,
    &SQL_WILDCARD,
    &ESCAPED_WILDCARD,
    &INFIX_CONTAINS,
    &NULL_COMPARISON,
    &IMPOSSIBLE_CASE,
    &CASE_SENSITIVE,
    &UNKNOWN_FIELD,
    &UNKNOWN_FUNCTION,
    &OPEN_NAME,
    &LEADING_ANY_TEXT,
    &UNESCAPED_DOT,
    &CONTRADICTION,
    &UNREADABLE,
    &INVALID,
    &UNSUPPORTED,
];

const fn rule(
    code: Code,
    severity: Severity,
    meaning: &'static str,
    page: Page,
    remedy: Remedy,
) -> Rule {
    Rule {
        code,
        language: Language::SumoCse,
        severity,
        meaning,
        page,
        remedy,
    }
}

const fn page(title: &'static str, address: &'static str) -> Page {
    Page { title, address }
}

const SYNTAX_PAGE: Page = page(
    "Cloud SIEM Rules Syntax",
    "https://www.sumologic.com/help/docs/cse/rules/cse-rules-syntax/",
);
const LIKE_PAGE: Page = page(
    "Cloud SIEM Rules Syntax: like",
    "https://www.sumologic.com/help/docs/cse/rules/cse-rules-syntax/#like",
);
const EQUAL_PAGE: Page = page(
    "Cloud SIEM Rules Syntax: =",
    "https://www.sumologic.com/help/docs/cse/rules/cse-rules-syntax/",
);
const MATCHES_PAGE: Page = page(
    "Cloud SIEM Rules Syntax: matches",
    "https://www.sumologic.com/help/docs/cse/rules/cse-rules-syntax/#matches",
);
const CONTAINS_PAGE: Page = page(
    "Cloud SIEM Rules Syntax: contains",
    "https://www.sumologic.com/help/docs/cse/rules/cse-rules-syntax/#contains",
);
const LOWER_PAGE: Page = page(
    "Cloud SIEM Rules Syntax: toLowerCase",
    "https://www.sumologic.com/help/docs/cse/rules/cse-rules-syntax/#tolowercase",
);
const SCHEMA_PAGE: Page = page(
    "Cloud SIEM Schema Attributes",
    "https://www.sumologic.com/help/docs/cse/schema/schema-attributes/",
);
const RE2_PAGE: Page = page(
    "RE2 regular expression syntax reference",
    "https://github.com/google/re2/wiki/Syntax",
);
const OURS_PAGE: Page = page("misfire: docs/sumo-cse.md", "");

/// `LIKE` with asterisks.
pub(super) const GLOB_IN_LIKE: Rule = rule(
    Code::of_rule("misfire::lint::cse::glob_in_like"),
    Severity::Error,
    "The wildcards of `LIKE` are `%` and `_`; an asterisk is an asterisk.",
    LIKE_PAGE,
    Remedy::Certain,
);

/// `=` or `IN` with a wildcard.
pub(super) const WILDCARD_IN_EQUALITY: Rule = rule(
    Code::of_rule("misfire::lint::cse::wildcard_in_equality"),
    Severity::Error,
    "`=` and `IN` have no wildcards: percent signs and asterisks are what they are.",
    EQUAL_PAGE,
    Remedy::Certain,
);

/// `matches` with the wildcards of `LIKE`.
pub(super) const SQL_WILDCARD: Rule = rule(
    Code::of_rule("misfire::lint::cse::sql_wildcard"),
    Severity::Error,
    "The wildcard of `matches` is `*`; a percent sign is a percent sign.",
    MATCHES_PAGE,
    Remedy::Certain,
);

/// A folder at the end of a pattern of `LIKE`.
pub(super) const ESCAPED_WILDCARD: Rule = rule(
    Code::of_rule("misfire::lint::cse::escaped_wildcard"),
    Severity::Note,
    "By the page a backslash before a percent sign takes its meaning away, though rules of the vendor end in folders so.",
    LIKE_PAGE,
    Remedy::Proposed,
);

/// `contains` between two values.
pub(super) const INFIX_CONTAINS: Rule = rule(
    Code::of_rule("misfire::lint::cse::infix_contains"),
    Severity::Error,
    "`contains` is a function of two arguments, and no operator as in log searches.",
    CONTAINS_PAGE,
    Remedy::Certain,
);

/// A comparison with `null`.
pub(super) const NULL_COMPARISON: Rule = rule(
    Code::of_rule("misfire::lint::cse::null_comparison"),
    Severity::Error,
    "A comparison with `null` never holds; `IS NULL` asks for it.",
    EQUAL_PAGE,
    Remedy::Certain,
);

/// A text of one case that is compared with the other.
pub(super) const IMPOSSIBLE_CASE: Rule = rule(
    Code::of_rule("misfire::lint::cse::impossible_case"),
    Severity::Error,
    "A text in lower case never equals one with capital letters, as comparisons regard case.",
    LOWER_PAGE,
    Remedy::Certain,
);

/// A comparison that regards case where values do not.
pub(super) const CASE_SENSITIVE: Rule = rule(
    Code::of_rule("misfire::lint::cse::case_sensitive"),
    Severity::Warning,
    "Comparisons regard case, and these values are logged in more than one case.",
    LIKE_PAGE,
    Remedy::Proposed,
);

/// A misspelled attribute.
pub(super) const UNKNOWN_FIELD: Rule = rule(
    Code::of_rule("misfire::lint::cse::unknown_field"),
    Severity::Warning,
    "The schema has no such attribute, and one that is spelled almost so. The case of names matters.",
    SCHEMA_PAGE,
    Remedy::Proposed,
);

/// A function of another product.
pub(super) const UNKNOWN_FUNCTION: Rule = rule(
    Code::of_rule("misfire::lint::cse::unknown_function"),
    Severity::Error,
    "The rule language has no such function.",
    SYNTAX_PAGE,
    Remedy::Certain,
);

/// The name of a file that nothing stands before.
pub(super) const OPEN_NAME: Rule = rule(
    Code::of_rule("misfire::lint::cse::open_name"),
    Severity::Warning,
    "A regular expression is found anywhere, so that a name also matches the end of a longer one. No page says so of `matches`, but rules of the vendor need it.",
    MATCHES_PAGE,
    Remedy::Proposed,
);

/// `.*` at the beginning of a regular expression.
pub(super) const LEADING_ANY_TEXT: Rule = rule(
    Code::of_rule("misfire::lint::cse::leading_any_text"),
    Severity::Note,
    "A regular expression is found anywhere, so that `.*` in front of it says nothing. No page says so of `matches`, but rules of the vendor need it.",
    MATCHES_PAGE,
    Remedy::Proposed,
);

/// A dot without a backslash in the name of a file.
pub(super) const UNESCAPED_DOT: Rule = rule(
    Code::of_rule("misfire::lint::cse::unescaped_dot"),
    Severity::Note,
    "In a regular expression a dot is any letter.",
    RE2_PAGE,
    Remedy::Certain,
);

/// Conditions that exclude each other.
pub(super) const CONTRADICTION: Rule = rule(
    Code::of_rule("misfire::lint::cse::contradiction"),
    Severity::Error,
    "An attribute has one value in a record, so that both conditions never hold.",
    EQUAL_PAGE,
    Remedy::None,
);

/// An expression that cannot be read.
const UNREADABLE: Rule = rule(
    Code::CSE_SYNTAX,
    Severity::Error,
    "The expression cannot be read.",
    SYNTAX_PAGE,
    Remedy::None,
);

/// An expression that is rejected.
const INVALID: Rule = rule(
    Code::CSE_INVALID,
    Severity::Error,
    "The product rejects the expression.",
    SYNTAX_PAGE,
    Remedy::None,
);

/// What is not evaluated.
const UNSUPPORTED: Rule = rule(
    Code::CSE_UNSUPPORTED,
    Severity::Warning,
    "misfire does not evaluate this, and says nothing of the expression.",
    OURS_PAGE,
    Remedy::None,
);
