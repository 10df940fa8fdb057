//! The rules, and the pages that they are documented on.

use std::sync::LazyLock;

use super::pages;
use crate::detect::Language;
use crate::detect::lint::{Page, Remedy, Rule};
use crate::diagnostic::{Code, Severity};

/// Every rule: those of the library, ours, and what the loader tells.
#[must_use]
pub fn rules() -> &'static [&'static Rule] {
    static ALL: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| [BORROWED, OURS, LOADERS].concat());
    &ALL
}

const fn rule(
    code: Code,
    severity: Severity,
    remedy: Remedy,
    page: Page,
    meaning: &'static str,
) -> Rule {
    Rule {
        code,
        language: Language::Sigma,
        severity,
        meaning,
        page,
        remedy,
    }
}

macro_rules! rules {
    ($($name:ident = $code:literal, $severity:ident, $remedy:ident, $page:ident, $meaning:literal;)+) => {
        $(pub(super) const $name: Rule = rule(
            Code::of_rule(concat!("misfire::lint::sigma::", $code)),
            Severity::$severity,
            Remedy::$remedy,
            pages::$page,
            $meaning,
        );)+
    };
}

// Found by the linter of `rsigma-parser`.
rules! {
    EMPTY_TITLE = "empty_title", Warning, None, TITLE,
        "The title is empty; every rule must have one.";
    TITLE_TOO_LONG = "title_too_long", Warning, None, TITLE,
        "The title has more than 256 characters, which is the most there may be.";
    NAME_TOO_LONG = "name_too_long", Warning, None, NAME,
        "The name has more than 256 characters, which is the most there may be.";
    TAXONOMY_TOO_LONG = "taxonomy_too_long", Warning, None, TAXONOMY,
        "The taxonomy has more than 256 characters, which is the most there may be.";
    MISSING_LEVEL = "missing_level", Note, None, LEVEL,
        "A rule without a level says nothing of how bad a match is.";
    INVALID_ID = "invalid_id", Warning, None, IDENTIFICATION,
        "The id is no UUID, which Sigma's own tools refuse.";
    INVALID_STATUS = "invalid_status", Error, Certain, STATUS,
        "The status is none of the five that there are; Sigma's own tools refuse the rule.";
    INVALID_LEVEL = "invalid_level", Error, Certain, LEVEL,
        "The level is none of the five that there are; Sigma's own tools refuse the rule.";
    INVALID_DATE = "invalid_date", Warning, Certain, DATE,
        "The date is not written as YYYY-MM-DD.";
    INVALID_MODIFIED = "invalid_modified", Warning, Certain, MODIFIED,
        "The date of the last change is not written as YYYY-MM-DD.";
    MODIFIED_BEFORE_DATE = "modified_before_date", Note, None, MODIFIED,
        "The date of the last change is before that of the creation.";
    NON_LOWERCASE_KEY = "non_lowercase_key", Warning, Certain, STRUCTURE,
        "A key of Sigma's is written with capital letters, so that it is another, custom key.";
    UNKNOWN_KEY = "unknown_key", Warning, Proposed, STRUCTURE,
        "A key is a custom one that is spelled nearly as one of Sigma's.";
    INVALID_RELATED_ID = "invalid_related_id", Note, None, IDENTIFICATION,
        "The id of a related rule is no UUID.";
    DEPRECATED_WITHOUT_RELATED = "deprecated_without_related", Note, None, STATUS,
        "A deprecated rule does not say by `related` which rule replaces it.";
    INVALID_TAG = "invalid_tag", Warning, Certain, TAGS,
        "A tag is not a namespace, a dot, and a name in lower-case letters, digits, underscores, and hyphens.";
    UNKNOWN_TAG_NAMESPACE = "unknown_tag_namespace", Note, None, NAMESPACES,
        "The namespace of a tag is none that Sigma defines.";
    DUPLICATE_TAGS = "duplicate_tags", Note, Certain, TAGS,
        "A tag stands there twice.";
    DUPLICATE_REFERENCES = "duplicate_references", Note, Certain, REFERENCES,
        "A reference stands there twice.";
    DUPLICATE_FIELDS = "duplicate_fields", Note, Certain, FIELDS,
        "A field that is to be shown stands there twice.";
    FALSEPOSITIVE_TOO_SHORT = "falsepositive_too_short", Note, None, FALSE_POSITIVES,
        "An entry of the known false positives has fewer than two characters.";
    SCOPE_TOO_SHORT = "scope_too_short", Note, None, SCOPE,
        "An entry of the scope has fewer than two characters.";
    LOGSOURCE_VALUE_NOT_LOWERCASE = "logsource_value_not_lowercase", Warning, Certain, LOG_SOURCE,
        "A log source is not named in lower case, with underscores for blanks; tools compare the names as they are.";
    MISSING_GROUP_BY = "missing_group_by", Note, None, GROUPING,
        "A correlation without `group-by` counts the events of all hosts and users together.";
    FILTER_HAS_LEVEL = "filter_has_level", Note, Certain, FILTER_SYNTAX,
        "A filter has no level; it changes rules that have one.";
    FILTER_HAS_STATUS = "filter_has_status", Note, Certain, FILTER_SYNTAX,
        "A filter has no status; it changes rules that have one.";
    MISSING_FILTER_LOGSOURCE = "missing_filter_logsource", Warning, None, FILTER_LOG_SOURCE,
        "A filter does not say for which log source it is, which it must.";
    NULL_IN_VALUE_LIST = "null_in_value_list", Warning, None, SPECIAL,
        "`null` stands in a list with other values, where it may not stand.";
    WILDCARD_ONLY_VALUE = "wildcard_only_value", Note, Proposed, EXISTENCE,
        "A value is nothing but a wildcard; `exists` asks whether a field is there.";
}

// Found by ours.
rules! {
    UNKNOWN_FIELD = "unknown_field", Warning, Proposed, TAXONOMY_FIELDS,
        "A field is one that no event of the log source has.";
    FIELD_OF_OTHERS = "field_of_others", Note, None, TAXONOMY_FIELDS,
        "A field is one that Windows and Sysmon do not log in such events; only other sensors do.";
    EVENT_ID = "event_id", Error, None, WINDOWS_CATEGORIES,
        "An event ID is none of those that the category stands for.";
    UNKNOWN_LOG_SOURCE = "unknown_log_source", Warning, Proposed, LOG_SOURCES,
        "A log source is spelled otherwise than in Sigma's taxonomy.";
    EMPTY_LOG_SOURCE = "empty_log_source", Warning, None, LOG_SOURCES,
        "The parts of a log source have no log in common.";
    BARE_NAME = "bare_name", Error, Proposed, PROCESS_CREATION,
        "A file's name alone is compared with a field that holds full paths.";
    BARE_START = "bare_start", Error, Proposed, PROCESS_CREATION,
        "A path is said to start as no path does.";
    NO_SEPARATOR = "no_separator", Warning, Proposed, GENERIC_MODIFIERS,
        "A path is said to end with a file's name, without the backslash in front of it: longer names end so, too.";
    ESCAPED_WILDCARD = "escaped_wildcard", Warning, Proposed, ESCAPE,
        "A backslash in front of `*` or `?` takes the wildcard's meaning away and is not itself part of the value.";
    HELP_FLAG = "help_flag", Warning, Proposed, WILDCARD,
        "A `?` behind a dash or a slash is a wildcard, so that every flag of one letter matches.";
    QUESTION_MARK = "question_mark", Note, Proposed, WILDCARD,
        "The `?` in front of an address's query is a wildcard, which any character matches.";
    REDUNDANT_WILDCARD = "redundant_wildcard", Note, Certain, WILDCARD,
        "A wildcard stands where anything is let through anyway.";
    UNDONE_MODIFIER = "undone_modifier", Warning, Proposed, GENERIC_MODIFIERS,
        "A wildcard at the end that a modifier ties down undoes the modifier.";
    WILDCARDS_FOR_MODIFIER = "wildcards_for_modifier", Note, Certain, WILDCARD,
        "Wildcards at the ends of a value say what a modifier says more plainly.";
    CONTROL_CHARACTER = "control_character", Warning, Proposed, GENERAL,
        "A value has a control character that double quotes of YAML have made of a backslash.";
    EMPTY_VALUE = "empty_value", Warning, None, GENERIC_MODIFIERS,
        "An empty text is in every text, so that such a value matches everything.";
    PLACEHOLDER = "placeholder", Warning, Proposed, PLACEHOLDERS,
        "A standard placeholder is a plain text without `expand`.";
    HASH = "hash", Error, Proposed, PROCESS_CREATION,
        "`Hashes` holds a list of hashes with their kinds, which a single hash does not equal.";
    HASH_LENGTH = "hash_length", Error, None, PROCESS_CREATION,
        "A hash is longer or shorter than those of its kind, or is none.";
    BASE64_OFFSET = "base64_offset", Warning, Proposed, ENCODING,
        "A part of an encoded text is encoded in one of three ways, of which `base64` finds one.";
    BASE64_WHOLE = "base64_whole", Warning, Proposed, ENCODING,
        "A part of an encoded text is compared with all of a field.";
    WINDASH = "windash", Note, Certain, STRING_MODIFIERS,
        "`windash` changes dashes, of which no value has any.";
    HOST_BITS = "host_bits", Warning, Certain, NETWORKS,
        "A network has bits set behind its prefix, which Sigma's own tools refuse.";
    REGEX_CASE = "regex_case", Note, Proposed, REGEX,
        "A regular expression heeds letter case, and Windows does not heed it in what it is compared with.";
    REGEX_DOT = "regex_dot", Note, Proposed, REGEX,
        "The dot in front of a file's extension is any character.";
    REGEX_GLOB = "regex_glob", Warning, Proposed, REGEX,
        "A regular expression has `*` where a wildcard seems to be meant; it repeats the character before it.";
    REGEX_PATH = "regex_path", Warning, Proposed, REGEX,
        "The backslash of a path starts a class of characters in a regular expression.";
    DUPLICATE_VALUE = "duplicate_value", Note, Certain, LISTS,
        "A value stands there twice.";
    SWALLOWED_VALUE = "swallowed_value", Note, Proposed, LISTS,
        "Whatever matches a value matches another of the list, too.";
    UNUSED_PART = "unused_part", Warning, None, CONDITION,
        "A part of the detection is named by no condition.";
    NEVER_HOLDS = "never_holds", Error, None, CONDITION,
        "No event can meet the condition.";
    ALWAYS_HOLDS = "always_holds", Warning, None, CONDITION,
        "Every event meets the condition.";
    IDLE_PART = "idle_part", Note, None, CONDITION,
        "The condition holds for the same events without a part of it.";
    IMPOSSIBLE_PART = "impossible_part", Error, None, MAPS,
        "A part asks of one field what no value can meet at once.";
    FILTER_REQUIRED = "filter_required", Warning, None, CONDITION,
        "`all of them` asks for the filters, too.";
    ONE_OF_ONE = "one_of_one", Note, Proposed, CONDITION,
        "A selector means a single part.";
    TIMEFRAME = "timeframe", Warning, None, CORRELATIONS,
        "A `timeframe` does nothing; Sigma 2 counts events by correlations.";
}

/// Told by the loader.
const LOADERS: &[&Rule] = &[
    &rule(
        Code::SIGMA_INVALID,
        Severity::Error,
        Remedy::None,
        pages::STRUCTURE,
        "What is written is not Sigma, so that the rule, or the part of it, is left out.",
    ),
    &rule(
        Code::SIGMA_UNSUPPORTED,
        Severity::Error,
        Remedy::None,
        pages::PLACEHOLDERS,
        "The rule is well formed and needs something that is not known or not evaluated here.",
    ),
    &rule(
        Code::SIGMA_UNKNOWN_RULE,
        Severity::Error,
        Remedy::None,
        pages::RELATED_RULES,
        "A correlation or a filter names a rule that is not there.",
    ),
    &rule(
        Code::SIGMA_DUPLICATE_ID,
        Severity::Error,
        Remedy::None,
        pages::IDENTIFICATION,
        "Two rules have one id.",
    ),
];

const BORROWED: &[&Rule] = &[
    &EMPTY_TITLE,
    &TITLE_TOO_LONG,
    &NAME_TOO_LONG,
    &TAXONOMY_TOO_LONG,
    &MISSING_LEVEL,
    &INVALID_ID,
    &INVALID_STATUS,
    &INVALID_LEVEL,
    &INVALID_DATE,
    &INVALID_MODIFIED,
    &MODIFIED_BEFORE_DATE,
    &NON_LOWERCASE_KEY,
    &UNKNOWN_KEY,
    &INVALID_RELATED_ID,
    &DEPRECATED_WITHOUT_RELATED,
    &INVALID_TAG,
    &UNKNOWN_TAG_NAMESPACE,
    &DUPLICATE_TAGS,
    &DUPLICATE_REFERENCES,
    &DUPLICATE_FIELDS,
    &FALSEPOSITIVE_TOO_SHORT,
    &SCOPE_TOO_SHORT,
    &LOGSOURCE_VALUE_NOT_LOWERCASE,
    &MISSING_GROUP_BY,
    &FILTER_HAS_LEVEL,
    &FILTER_HAS_STATUS,
    &MISSING_FILTER_LOGSOURCE,
    &NULL_IN_VALUE_LIST,
    &WILDCARD_ONLY_VALUE,
];

const OURS: &[&Rule] = &[
    &UNKNOWN_FIELD,
    &FIELD_OF_OTHERS,
    &EVENT_ID,
    &UNKNOWN_LOG_SOURCE,
    &EMPTY_LOG_SOURCE,
    &BARE_NAME,
    &BARE_START,
    &NO_SEPARATOR,
    &ESCAPED_WILDCARD,
    &HELP_FLAG,
    &QUESTION_MARK,
    &REDUNDANT_WILDCARD,
    &UNDONE_MODIFIER,
    &WILDCARDS_FOR_MODIFIER,
    &CONTROL_CHARACTER,
    &EMPTY_VALUE,
    &PLACEHOLDER,
    &HASH,
    &HASH_LENGTH,
    &BASE64_OFFSET,
    &BASE64_WHOLE,
    &WINDASH,
    &HOST_BITS,
    &REGEX_CASE,
    &REGEX_DOT,
    &REGEX_GLOB,
    &REGEX_PATH,
    &DUPLICATE_VALUE,
    &SWALLOWED_VALUE,
    &UNUSED_PART,
    &NEVER_HOLDS,
    &ALWAYS_HOLDS,
    &IDLE_PART,
    &IMPOSSIBLE_PART,
    &FILTER_REQUIRED,
    &ONE_OF_ONE,
    &TIMEFRAME,
];
