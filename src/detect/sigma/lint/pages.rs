//! Where things are documented.

use crate::detect::lint::Page;

macro_rules! pages {
    ($($name:ident: $title:literal, $document:ident, $section:literal;)+) => {
        $(pub(super) const $name: Page = Page {
            title: $title,
            address: concat!($document!(), "#", $section),
        };)+
    };
}

macro_rules! rules {
    () => {
        "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-rules-specification.md"
    };
}

macro_rules! modifiers {
    () => {
        "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md"
    };
}

macro_rules! taxonomy {
    () => {
        "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-taxonomy.md"
    };
}

macro_rules! tags {
    () => {
        "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-tags.md"
    };
}

macro_rules! correlations {
    () => {
        "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-correlation-rules-specification.md"
    };
}

macro_rules! filters {
    () => {
        "https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-filters-specification.md"
    };
}

pages! {
    TITLE: "Sigma Rules Specification: Title", rules, "title";
    IDENTIFICATION: "Sigma Rules Specification: Identification", rules, "identification";
    NAME: "Sigma Rules Specification: Name", rules, "name";
    TAXONOMY: "Sigma Rules Specification: Taxonomy", rules, "taxonomy";
    STATUS: "Sigma Rules Specification: Status", rules, "status";
    REFERENCES: "Sigma Rules Specification: References", rules, "references";
    DATE: "Sigma Rules Specification: Date", rules, "date";
    MODIFIED: "Sigma Rules Specification: Modified", rules, "modified";
    LOG_SOURCE: "Sigma Rules Specification: LogSource", rules, "logsource";
    STRUCTURE: "Sigma Rules Specification: File Structure", rules, "file-structure";
    GENERAL: "Sigma Rules Specification: General", rules, "general";
    WILDCARD: "Sigma Rules Specification: String Wildcard", rules, "string-wildcard";
    ESCAPE: "Sigma Rules Specification: Escape Character", rules, "escape-character";
    LISTS: "Sigma Rules Specification: Lists", rules, "lists";
    MAPS: "Sigma Rules Specification: Maps", rules, "maps";
    SPECIAL: "Sigma Rules Specification: Special Field Values", rules, "special-field-values";
    EXISTENCE: "Sigma Rules Specification: Field Existence", rules, "field-existence";
    PLACEHOLDERS: "Sigma Rules Specification: Placeholders", rules, "placeholders";
    CONDITION: "Sigma Rules Specification: Condition", rules, "condition";
    FIELDS: "Sigma Rules Specification: Fields", rules, "fields";
    FALSE_POSITIVES: "Sigma Rules Specification: FalsePositives", rules, "falsepositives";
    LEVEL: "Sigma Rules Specification: Level", rules, "level";
    SCOPE: "Sigma Rules Specification: Scope", rules, "scope";
    TAGS: "Sigma Rules Specification: Tags", rules, "tags";
    NAMESPACES: "Sigma Tags: Namespaces", tags, "namespaces";
    GENERIC_MODIFIERS: "Sigma Modifiers: Generic Modifiers", modifiers, "generic-modifiers";
    STRING_MODIFIERS: "Sigma Modifiers: String Modifiers", modifiers, "string-modifiers";
    REGEX: "Sigma Modifiers: Regular Expression", modifiers, "regular-expression";
    ENCODING: "Sigma Modifiers: Encoding", modifiers, "encoding";
    NETWORKS: "Sigma Modifiers: IP (Internet Protocol) Modifiers", modifiers, "ip-internet-protocol-modifiers";
    LOG_SOURCES: "Sigma Taxonomy: Log Sources", taxonomy, "log-sources";
    TAXONOMY_FIELDS: "Sigma Taxonomy: Fields", taxonomy, "fields";
    PROCESS_CREATION: "Sigma Taxonomy: Process Creation Events", taxonomy, "process-creation-events";
    WINDOWS_CATEGORIES: "Sigma Taxonomy: Windows Folder, Category", taxonomy, "category-2";
    GROUPING: "Sigma Correlation Rules Specification: Grouping", correlations, "grouping";
    CORRELATIONS: "Sigma Correlation Rules Specification: Expression of Relationships In The Condition of Sigma Rules", correlations, "expression-of-relationships-in-the-condition-of-sigma-rules";
    RELATED_RULES: "Sigma Correlation Rules Specification: Related rules", correlations, "related-rules";
    FILTER_SYNTAX: "Sigma Filters Specification: Syntax", filters, "syntax";
    FILTER_LOG_SOURCE: "Sigma Filters Specification: Log source", filters, "log-source";
}
