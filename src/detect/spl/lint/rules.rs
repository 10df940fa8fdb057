//! The rules, and the pages that they are documented on.

use crate::detect::Language;
use crate::detect::lint::{Page, Remedy, Rule};
use crate::diagnostic::{Code, Severity};

const fn page(title: &'static str, address: &'static str) -> Page {
    Page { title, address }
}

const BOOLEAN: Page = page(
    "Search Manual: Boolean expressions with logical operators",
    "https://help.splunk.com/en/splunk-enterprise/search/search-manual/9.3/expressions-and-predicates",
);
const NOT_PAGE: Page = page(
    "Search Manual: Difference between != and NOT",
    "https://docs.splunk.com/Documentation/Splunk/9.0.9/Search/NOTexpressions",
);
const WILDCARDS: Page = page(
    "Search Manual: Wildcards",
    "https://docs.splunk.com/Documentation/SplunkCloud/9.3.2408/Search/Wildcards",
);
const REGULAR: Page = page(
    "Search Manual: SPL and regular expressions",
    "https://docs.splunk.com/Documentation/SplunkCloud/9.1.2312/Search/SPLandregularexpressions",
);
const FIELDS: Page = page(
    "Search Manual: Use fields to retrieve events",
    "https://docs.splunk.com/Documentation/SplunkCloud/9.2.2403/Search/Usefieldstoretrieveevents",
);
const FIELD: Page = page(
    "Splexicon: Field",
    "https://docs.splunk.com/Splexicon:Field",
);
const SEARCH: Page = page(
    "Search Reference: search",
    "https://help.splunk.com/splunk-enterprise/spl-search-reference/9.2/search-commands/search",
);
const WHERE: Page = page(
    "Search Reference: where",
    "https://help.splunk.com/splunk-enterprise/search/spl-search-reference/9.4/search-commands/where",
);
const FUNCTIONS: Page = page(
    "Search Reference: Evaluation functions",
    "https://help.splunk.com/splunk-enterprise/search/spl-search-reference/9.0/evaluation-functions/evaluation-functions",
);
const CONDITIONAL: Page = page(
    "Search Reference: Comparison and Conditional functions",
    "https://docs.splunk.com/Documentation/SplunkCloud/9.3.2408/SearchReference/ConditionalFunctions",
);
const SYNTAX: Page = page(
    "Search Reference: Understanding SPL syntax",
    "https://docs.splunk.com/Documentation/SplunkCloud/9.3.2408/SearchReference/UnderstandingSPLsyntax",
);
const STATS: Page = page(
    "Search Reference: stats",
    "https://docs.splunk.com/Documentation/SplunkCloud/9.3.2408/SearchReference/Stats",
);
const TSTATS: Page = page(
    "Search Reference: tstats",
    "https://docs.splunk.com/Documentation/Splunk/8.2.3/SearchReference/Tstats",
);
const ENDPOINT: Page = page(
    "Common Information Model Add-on Manual: Endpoint, and the page of each other data model",
    "https://docs.splunk.com/Documentation/CIM/6.0.1/User/Endpoint",
);
const MACROS: Page = page(
    "Knowledge Manager Manual: Use search macros in searches",
    "https://docs.splunk.com/Documentation/Splunk/9.4.0/Knowledge/Usesearchmacros",
);
const LOOKUP: Page = page(
    "Search Reference: lookup",
    "https://docs.splunk.com/Documentation/SplunkCloud/8.2.2107/SearchReference/lookup",
);
const SYSMON: Page = page(
    "Splunk Add-on for Sysmon",
    "https://splunkbase.splunk.com/app/5709/",
);

/// Declares rules and the list of all of them.
macro_rules! rules {
    ($($name:ident, $code:expr, $severity:ident, $remedy:ident, $page:expr, $meaning:literal;)*) => {
        $(
            pub(super) const $name: Rule = Rule {
                code: $code,
                language: Language::Spl,
                severity: Severity::$severity,
                meaning: $meaning,
                page: $page,
                remedy: Remedy::$remedy,
            };
        )*

        /// Every rule.
        pub const RULES: &[&Rule] = &[$(&$name),*];
    };
}

/// The code of a rule of this linter.
macro_rules! own {
    ($name:literal) => {
        Code::of_rule(concat!("misfire::lint::spl::", $name))
    };
}

rules! {
    LOWERCASE_OPERATOR, own!("lowercase_operator"), Warning, Certain, BOOLEAN,
        "Operators of `search` are written in capitals; `and`, `or`, and `not` are words to find in the events.";
    PRECEDENCE, own!("precedence"), Warning, Proposed, BOOLEAN,
        "`search` joins `OR` before `AND`, so pairs of conditions with `OR` between them need parentheses.";
    WHERE_PRECEDENCE, own!("where_precedence"), Note, Proposed, BOOLEAN,
        "`where` and `eval` join `AND` before `OR`, the other way round than `search` does.";
    NOT_BEFORE_OR, own!("not_before_or"), Warning, Proposed, BOOLEAN,
        "`NOT` takes only the term that follows it, so an alternative of the same field behind it adds nothing.";
    ALWAYS_TRUE, own!("always_true"), Warning, Proposed, BOOLEAN,
        "Of two different values a field always differs from one, so the alternatives exclude nothing.";
    CONTRADICTION, own!("contradiction"), Error, None, SEARCH,
        "Conditions that no event can meet together.";
    NOT_EQUAL_DROPS, own!("not_equal_drops"), Warning, Proposed, NOT_PAGE,
        "`!=` wants the field to be there, so it leaves out every event that has no such field.";
    PERCENT_WILDCARD, own!("percent_wildcard"), Warning, Proposed, WILDCARDS,
        "The wildcard of `search` is `*`; `%` is a character as any other.";
    LIKE_ASTERISK, own!("like_asterisk"), Error, Certain, WILDCARDS,
        "The wildcards of `like` are `%` and `_`; `*` is a character as any other.";
    WHERE_WILDCARD, own!("where_wildcard"), Error, Certain, WILDCARDS,
        "`=` of `where` and `eval` knows no wildcards; `*` is a character as any other.";
    SINGLE_QUOTES, own!("single_quotes"), Error, Certain, SEARCH,
        "Single quotes are part of a value of `search`; text stands in double quotes.";
    TEXT_FOR_FIELD, own!("text_for_field"), Error, Proposed, WHERE,
        "A name in double quotes is a text in `where` and `eval`, so two texts are compared.";
    FIELD_FOR_TEXT, own!("field_for_text"), Error, Proposed, WHERE,
        "What stands in single quotes is the name of a field in `where` and `eval`, not a text.";
    TYPOGRAPHIC_QUOTES, own!("typographic_quotes"), Error, Certain, SYNTAX,
        "Quotes as word processors set them are characters as any other; only straight ones quote.";
    NULL_COMPARISON, own!("null_comparison"), Error, Certain, CONDITIONAL,
        "A comparison with null is never true; `isnull()` and `isnotnull()` ask for it.";
    LETTER_CASE, own!("letter_case"), Error, Certain, WHERE,
        "`where` and `eval` compare with regard to case, so a value in lower case never has a capital, nor the other way round.";
    CASE_SENSITIVE, own!("case_sensitive"), Note, Proposed, WHERE,
        "`where` compares with regard to case, and the case of paths and command lines varies.";
    GLOB_REGEX, own!("glob_regex"), Error, Proposed, REGULAR,
        "A regular expression cannot begin with `*`; it is found anywhere without one.";
    REGEX_BACKSLASH, own!("regex_backslash"), Warning, Proposed, REGULAR,
        "In the string of a regular expression a backslash of a path takes four: the string halves them, and so does the expression.";
    PROGRAM_BOUNDARY, own!("program_boundary"), Warning, Proposed, WILDCARDS,
        "Without a backslash before it, the name of a program is also the end of longer names.";
    ANY_CHARACTER, own!("any_character"), Note, Certain, REGULAR,
        "A dot of a regular expression is any character unless a backslash stands before it.";
    SINGLE_BACKSLASH, own!("single_backslash"), Note, Certain, SEARCH,
        "A backslash in a value of `search` is written twice; that a single one is taken as it is before most characters is not documented.";
    UNKNOWN_FUNCTION, own!("unknown_function"), Error, Proposed, FUNCTIONS,
        "There is no such function of `eval` and `where`, so the search is rejected.";
    UNKNOWN_COMMAND, own!("unknown_command"), Error, Proposed, SYNTAX,
        "There is no such command, so the search is rejected.";
    OBSOLETE_SOURCETYPE, own!("obsolete_sourcetype"), Warning, Proposed, SYSMON,
        "Today's add-ons name the channel of a Windows event log in `source`; their source types are `XmlWinEventLog` and `WinEventLog`.";
    FIELD_CASE, own!("field_case"), Error, Certain, FIELD,
        "Names of fields are compared with regard to case.";
    UNKNOWN_FIELD, own!("unknown_field"), Warning, Proposed, FIELDS,
        "The events that are searched have no such field.";
    MODEL_FIELD, own!("model_field"), Error, Proposed, ENDPOINT,
        "The data model has no such field, so it is null in every row.";
    MODEL_PREFIX, own!("model_prefix"), Error, Certain, TSTATS,
        "Fields of a data model stand behind the name of their dataset in `tstats`.";
    DOTTED_NAME, own!("dotted_name"), Error, Certain, WHERE,
        "A dot joins two texts in `where` and `eval`; a name with a dot stands in single quotes.";
    GONE_FIELD, own!("gone_field"), Error, Proposed, STATS,
        "A command such as `stats` or `table` leaves only the fields that it names, and `rename` leaves the new name only.";
    ALWAYS_COUNTED, own!("always_counted"), Note, None, STATS,
        "A row of `stats … by` stands for at least one event, so its count is never 0.";
    LOADED_SYNTAX, Code::SPL_SYNTAX, Error, None, SYNTAX,
        "The search is not written as searches are.";
    LOADED_INVALID, Code::SPL_INVALID, Error, None, FUNCTIONS,
        "Splunk refuses a part of the search.";
    LOADED_MACRO, Code::SPL_MACRO, Warning, None, MACROS,
        "A macro cannot be put in, so the search cannot be read.";
    LOADED_UNSUPPORTED, Code::SPL_UNSUPPORTED, Warning, None, SYNTAX,
        "A part of the search is not evaluated by misfire.";
    LOADED_REPAIRED, Code::SPL_REPAIRED, Note, None, SEARCH,
        "A part of the search is read as its author meant it.";
    LOADED_LOOKUP, Code::SPL_MISSING_LOOKUP, Warning, None, LOOKUP,
        "A lookup table is not at hand and taken as empty.";
    LOADED_SETTING, Code::SPL_BAD_SETTING, Error, None, LOOKUP,
        "A macro, a lookup, or the definition of one cannot be read.";
}
