//! The rules, and the pages that they are documented on.

use crate::detect::Language;
use crate::detect::lint::{Page, Remedy, Rule};
use crate::diagnostic::{Code, Severity};

/// Every rule.
pub const RULES: &[&Rule] = &[
    &QUOTED_WILDCARD,
    &EVAL,
    &ASSIGNMENT,
    &UNKNOWN_OPERATOR,
    &UNKNOWN_FUNCTION,
    &FOREIGN_FIELD,
    &RAW_KEY,
    &BARE_VALUE,
    &LOST_FIELD,
    &DUPLICATE_FIELD,
    &NULL_COMPARISON,
    &WILDCARD_IN_EQUALITY,
    &WILDCARD_IN_CONTAINS,
    &SQL_WILDCARD,
    &REGEX_IN_QUOTES,
    &IMPOSSIBLE_CASE,
    &CASE_SENSITIVE,
    &FILE_NAME_AS_PATH,
    &ESCAPED_LETTER,
    &LAZY_PARSE,
    &OPEN_NAME,
    &LEADING_ANY_TEXT,
    &UNESCAPED_DOT,
    &CONTRADICTION,
    &ABSENT_FIELD,
    &NUMBERS_IN_LIST,
    &SYNTAX,
    &INVALID,
    &UNSUPPORTED,
    &REPAIRED,
    &EXTRACTED,
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
        language: Language::Sumo,
        severity,
        meaning,
        page,
        remedy,
    }
}

const fn page(title: &'static str, address: &'static str) -> Page {
    Page { title, address }
}

const METADATA_PAGE: Page = page(
    "Built-in Metadata: Searching metadata",
    "https://www.sumologic.com/help/docs/search/get-started-with-search/search-basics/built-in-metadata/",
);
const FIELDS_OF_ALL_PAGE: Page = page(
    "Built-in Metadata",
    "https://www.sumologic.com/help/docs/search/get-started-with-search/search-basics/built-in-metadata/",
);
const EXPRESSIONS_PAGE: Page = page(
    "Field Expressions",
    "https://www.sumologic.com/help/docs/search/search-query-language/field-expressions/",
);
const OPERATORS_PAGE: Page = page(
    "Search Operators",
    "https://www.sumologic.com/help/docs/search/search-query-language/search-operators/",
);
const LANGUAGE_PAGE: Page = page(
    "Search Query Language",
    "https://www.sumologic.com/help/docs/search/search-query-language/",
);
const CHEATS_PAGE: Page = page(
    "Log Operators Cheat Sheet",
    "https://www.sumologic.com/help/docs/search/search-cheat-sheets/log-operators/",
);
const WHERE_PAGE: Page = page(
    "where Search Operator",
    "https://www.sumologic.com/help/docs/search/search-query-language/search-operators/where/",
);
const MATCHES_PAGE: Page = page(
    "matches Search Operator",
    "https://www.sumologic.com/help/docs/search/search-query-language/search-operators/matches/",
);
const CONTAINS_PAGE: Page = page(
    "contains Search Operator",
    "https://www.sumologic.com/help/docs/search/search-query-language/search-operators/contains/",
);
const FIELDS_PAGE: Page = page(
    "fields Search Operator",
    "https://www.sumologic.com/help/docs/search/search-query-language/search-operators/fields/",
);
const NULLS_PAGE: Page = page(
    "isNull, isEmpty, isBlank Search Operators",
    "https://www.sumologic.com/help/docs/search/search-query-language/search-operators/isnull-isempty-isblank/",
);
const CASTS_PAGE: Page = page(
    "Casting Data to a Number or String",
    "https://www.sumologic.com/help/docs/search/search-query-language/search-operators/manually-cast-data-string-number/",
);
const ANCHORS_PAGE: Page = page(
    "Parse Predictable Patterns Using an Anchor",
    "https://www.sumologic.com/help/docs/search/search-query-language/parse-operators/parse-predictable-patterns-using-an-anchor/",
);
const RE2_PAGE: Page = page(
    "RE2 regular expression syntax reference",
    "https://github.com/google/re2/wiki/Syntax",
);
const SYSMON_PAGE: Page = page(
    "Sysmon: Events",
    "https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon#events",
);
const EXTRACTION_PAGE: Page = page(
    "Field Extraction Rules",
    "https://www.sumologic.com/help/docs/manage/field-extractions/",
);
const LOWER_PAGE: Page = page(
    "toLowerCase, toUpperCase Search Operators",
    "https://www.sumologic.com/help/docs/search/search-query-language/search-operators/tolowercase-touppercase/",
);
const OURS_PAGE: Page = page("misfire: docs/sumo.md", "");

/// A field of the scope that is compared with a wildcard in quotes.
pub(super) const QUOTED_WILDCARD: Rule = rule(
    Code::of_rule("misfire::lint::sumo::quoted_wildcard"),
    Severity::Error,
    "Quotes and wildcards cannot be used together: within quotes, an asterisk is an asterisk.",
    METADATA_PAGE,
    Remedy::Certain,
);

/// `eval`.
pub(super) const EVAL: Rule = rule(
    Code::of_rule("misfire::lint::sumo::eval"),
    Severity::Error,
    "There is no operator `eval`; a value gets its name by `as`.",
    EXPRESSIONS_PAGE,
    Remedy::Certain,
);

/// `x = y` where an operator should stand.
pub(super) const ASSIGNMENT: Rule = rule(
    Code::of_rule("misfire::lint::sumo::assignment"),
    Severity::Error,
    "`x = y` is a comparison and no assignment; a value gets its name by `as`.",
    EXPRESSIONS_PAGE,
    Remedy::Certain,
);

/// A word that is no operator.
pub(super) const UNKNOWN_OPERATOR: Rule = rule(
    Code::of_rule("misfire::lint::sumo::unknown_operator"),
    Severity::Error,
    "Only documented operators may follow a pipe.",
    OPERATORS_PAGE,
    Remedy::Proposed,
);

/// A function of another product.
pub(super) const UNKNOWN_FUNCTION: Rule = rule(
    Code::of_rule("misfire::lint::sumo::unknown_function"),
    Severity::Warning,
    "The documentation does not have this function, and another product or another spelling does.",
    CHEATS_PAGE,
    Remedy::Certain,
);

/// The name of a field of another product.
pub(super) const FOREIGN_FIELD: Rule = rule(
    Code::of_rule("misfire::lint::sumo::foreign_field"),
    Severity::Error,
    "No message has this field: it is what another product calls one that every message has.",
    FIELDS_OF_ALL_PAGE,
    Remedy::Certain,
);

/// A field that only field extraction rules make, where there are none.
pub(super) const RAW_KEY: Rule = rule(
    Code::of_rule("misfire::lint::sumo::raw_key"),
    Severity::Error,
    "Only field extraction rules make this field, and the deployment has none for it; the key of the message is longer.",
    EXTRACTION_PAGE,
    Remedy::Proposed,
);

/// A text without quotes.
pub(super) const BARE_VALUE: Rule = rule(
    Code::of_rule("misfire::lint::sumo::bare_value"),
    Severity::Error,
    "A word without quotes is the name of a field, and not a text.",
    WHERE_PAGE,
    Remedy::Proposed,
);

/// A field that an operator before has taken away.
pub(super) const LOST_FIELD: Rule = rule(
    Code::of_rule("misfire::lint::sumo::lost_field"),
    Severity::Error,
    "After an aggregation only its keys and results are left, and after `fields` only what it keeps.",
    FIELDS_PAGE,
    Remedy::Proposed,
);

/// A field that `fields` names twice.
pub(super) const DUPLICATE_FIELD: Rule = rule(
    Code::of_rule("misfire::lint::sumo::duplicate_field"),
    Severity::Error,
    "A search fails if `fields` names a field twice.",
    FIELDS_PAGE,
    Remedy::Certain,
);

/// A comparison with `null`.
pub(super) const NULL_COMPARISON: Rule = rule(
    Code::of_rule("misfire::lint::sumo::null_comparison"),
    Severity::Warning,
    "No page has a comparison with `null`; whether there is a value is asked by `isNull`.",
    NULLS_PAGE,
    Remedy::Certain,
);

/// `=` with a wildcard.
pub(super) const WILDCARD_IN_EQUALITY: Rule = rule(
    Code::of_rule("misfire::lint::sumo::wildcard_in_equality"),
    Severity::Error,
    "Only `matches` has wildcards: in any other comparison an asterisk is an asterisk.",
    WHERE_PAGE,
    Remedy::Certain,
);

/// `contains` with a wildcard.
pub(super) const WILDCARD_IN_CONTAINS: Rule = rule(
    Code::of_rule("misfire::lint::sumo::wildcard_in_contains"),
    Severity::Warning,
    "`contains` looks for the whole text anywhere, asterisks included.",
    CONTAINS_PAGE,
    Remedy::Certain,
);

/// `matches` with the wildcards of SQL.
pub(super) const SQL_WILDCARD: Rule = rule(
    Code::of_rule("misfire::lint::sumo::sql_wildcard"),
    Severity::Error,
    "The wildcard of `matches` is `*`; a percent sign is a percent sign.",
    MATCHES_PAGE,
    Remedy::Certain,
);

/// A regular expression in quotes.
pub(super) const REGEX_IN_QUOTES: Rule = rule(
    Code::of_rule("misfire::lint::sumo::regex_in_quotes"),
    Severity::Error,
    "A regular expression stands between slashes: in quotes everything but `*` is plain text.",
    MATCHES_PAGE,
    Remedy::Proposed,
);

/// A text of one case that is compared with the other.
pub(super) const IMPOSSIBLE_CASE: Rule = rule(
    Code::of_rule("misfire::lint::sumo::impossible_case"),
    Severity::Error,
    "A text in lower case never equals one with capital letters, as comparisons regard case.",
    LOWER_PAGE,
    Remedy::Certain,
);

/// A comparison that regards case where values do not.
pub(super) const CASE_SENSITIVE: Rule = rule(
    Code::of_rule("misfire::lint::sumo::case_sensitive"),
    Severity::Warning,
    "Comparisons regard case, and these values are logged in more than one case.",
    MATCHES_PAGE,
    Remedy::Proposed,
);

/// A whole path that is compared with the name of a file.
pub(super) const FILE_NAME_AS_PATH: Rule = rule(
    Code::of_rule("misfire::lint::sumo::file_name_as_path"),
    Severity::Error,
    "The field holds a whole path, which never equals the name of a file.",
    SYSMON_PAGE,
    Remedy::Proposed,
);

/// A path of Windows with single backslashes.
pub(super) const ESCAPED_LETTER: Rule = rule(
    Code::of_rule("misfire::lint::sumo::escaped_letter"),
    Severity::Warning,
    "A backslash makes a line break or a tab of the letter after it. Of the tab no page tells.",
    ANCHORS_PAGE,
    Remedy::Proposed,
);

/// `parse` that is to split a path at its last separator.
pub(super) const LAZY_PARSE: Rule = rule(
    Code::of_rule("misfire::lint::sumo::lazy_parse"),
    Severity::Warning,
    "A wildcard takes as little as it can, so that the first separator ends it. What the last one takes is on no page.",
    ANCHORS_PAGE,
    Remedy::Proposed,
);

/// The name of a file that nothing stands before.
pub(super) const OPEN_NAME: Rule = rule(
    Code::of_rule("misfire::lint::sumo::open_name"),
    Severity::Warning,
    "A regular expression is found anywhere, so that a name also matches the end of a longer one. No page says so, but rules of the vendor need it.",
    MATCHES_PAGE,
    Remedy::Proposed,
);

/// `.*` at the beginning of a regular expression.
pub(super) const LEADING_ANY_TEXT: Rule = rule(
    Code::of_rule("misfire::lint::sumo::leading_any_text"),
    Severity::Note,
    "A regular expression is found anywhere, so that `.*` in front of it says nothing. No page says so, but rules of the vendor need it.",
    MATCHES_PAGE,
    Remedy::Proposed,
);

/// A dot without a backslash in the name of a file.
pub(super) const UNESCAPED_DOT: Rule = rule(
    Code::of_rule("misfire::lint::sumo::unescaped_dot"),
    Severity::Note,
    "In a regular expression a dot is any letter.",
    RE2_PAGE,
    Remedy::Certain,
);

/// Conditions that exclude each other.
pub(super) const CONTRADICTION: Rule = rule(
    Code::of_rule("misfire::lint::sumo::contradiction"),
    Severity::Error,
    "A field has one value in a message, so that both conditions never hold.",
    WHERE_PAGE,
    Remedy::None,
);

/// A condition on a field that the events do not have.
pub(super) const ABSENT_FIELD: Rule = rule(
    Code::of_rule("misfire::lint::sumo::absent_field"),
    Severity::Error,
    "Events of this id do not have the field, and a comparison with nothing does not hold.",
    SYSMON_PAGE,
    Remedy::None,
);

/// `in` with numbers.
pub(super) const NUMBERS_IN_LIST: Rule = rule(
    Code::of_rule("misfire::lint::sumo::numbers_in_list"),
    Severity::Warning,
    "`in` compares texts with texts: fields have to be cast before they equal numbers.",
    CASTS_PAGE,
    Remedy::Proposed,
);

/// A query that cannot be read.
const SYNTAX: Rule = rule(
    Code::SUMO_SYNTAX,
    Severity::Error,
    "The query cannot be read.",
    LANGUAGE_PAGE,
    Remedy::None,
);

/// A query that is rejected.
const INVALID: Rule = rule(
    Code::SUMO_INVALID,
    Severity::Error,
    "The product rejects the query.",
    LANGUAGE_PAGE,
    Remedy::None,
);

/// What is not evaluated.
const UNSUPPORTED: Rule = rule(
    Code::SUMO_UNSUPPORTED,
    Severity::Warning,
    "misfire does not evaluate this, and says nothing of the query.",
    OURS_PAGE,
    Remedy::None,
);

/// What is read as it was meant.
const REPAIRED: Rule = rule(
    Code::SUMO_REPAIRED,
    Severity::Note,
    "The query is read as its author meant it, which the product does not.",
    OURS_PAGE,
    Remedy::None,
);

/// A field that only field extraction rules make.
const EXTRACTED: Rule = rule(
    Code::SUMO_EXTRACTED,
    Severity::Note,
    "The field is there only if a field extraction rule of the site makes it.",
    EXTRACTION_PAGE,
    Remedy::None,
);
