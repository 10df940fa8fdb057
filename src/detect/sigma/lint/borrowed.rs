//! What the linter of `rsigma-parser` finds, in our words and at the exact places.
//!
//! Left out of it is what the loader tells better, with the places of the faults
//! ([`super::super::check`]); what is a matter of taste (a description, an author); what
//! is of the library and not of Sigma (windows, arrays, exemplars, strategies); and
//! `all_with_re`, since several expressions that must all match are no fault.

use std::collections::HashMap;
use std::sync::Arc;

use rsigma_parser::lint::{LintRule, LintWarning, lint_yaml_value};
use serde::Deserialize;

use super::edits;
use super::path::{Target, resolve};
use super::rules;
use crate::detect::lint::{Edit, Finding, Remedy, Rule};
use crate::diagnostic::{SourceText, YamlNode, did_you_mean};

/// What is wrong with the documents of a file.
pub(super) fn findings(source: &Arc<SourceText>, documents: &[YamlNode<'_>]) -> Vec<Finding> {
    let values: Vec<serde_yaml::Value> = serde_yaml::Deserializer::from_str(&source.text)
        .map_while(|document| serde_yaml::Value::deserialize(document).ok())
        .filter(serde_yaml::Value::is_mapping)
        .collect();
    let nodes: Vec<_> = documents.iter().filter(|node| node.is_mapping()).collect();
    if nodes.len() != values.len() {
        return Vec::new();
    }
    let file = File {
        is_joined: documents.iter().any(|node| node.get("action").is_some()),
        correlates: documents
            .iter()
            .any(|node| node.get("correlation").is_some()),
    };
    let mut findings = Vec::new();
    for (node, value) in nodes.into_iter().zip(&values) {
        let mut seen = HashMap::new();
        for warning in lint_yaml_value(value) {
            let count = seen
                .entry((warning.rule, warning.path.clone()))
                .or_insert(0);
            findings.extend(file.finding(*node, &warning, *count));
            *count += 1;
        }
    }
    findings
}

/// What the documents of a file are together.
struct File {
    /// Whether documents take in others, so that they need not say everything.
    is_joined: bool,
    /// Whether some of them are correlations, to whose rules levels do not matter.
    correlates: bool,
}

impl File {
    /// What a warning says, the `count`th of its kind about its path.
    fn finding(&self, node: YamlNode<'_>, warning: &LintWarning, count: usize) -> Option<Finding> {
        let rule = rule_of(warning.rule)?;
        if self.is_as_it_should_be(warning.rule) {
            return None;
        }
        let targets = resolve(node, &warning.path);
        let mut targets = targets
            .into_iter()
            .filter(|target| is_meant(warning.rule, *target));
        let Some(target) = targets.nth(count) else {
            return Some(missing(rule, warning.rule, node));
        };
        told(rule, warning, node, target)
    }

    fn is_as_it_should_be(&self, rule: LintRule) -> bool {
        match rule {
            LintRule::MissingLevel => self.is_joined || self.correlates,
            LintRule::MissingGroupBy | LintRule::MissingFilterLogsource => self.is_joined,
            _ => false,
        }
    }
}

fn rule_of(rule: LintRule) -> Option<&'static Rule> {
    Some(match rule {
        LintRule::EmptyTitle => &rules::EMPTY_TITLE,
        LintRule::TitleTooLong => &rules::TITLE_TOO_LONG,
        LintRule::NameTooLong => &rules::NAME_TOO_LONG,
        LintRule::TaxonomyTooLong => &rules::TAXONOMY_TOO_LONG,
        LintRule::MissingLevel => &rules::MISSING_LEVEL,
        LintRule::InvalidId => &rules::INVALID_ID,
        LintRule::InvalidStatus => &rules::INVALID_STATUS,
        LintRule::InvalidLevel => &rules::INVALID_LEVEL,
        LintRule::InvalidDate => &rules::INVALID_DATE,
        LintRule::InvalidModified => &rules::INVALID_MODIFIED,
        LintRule::ModifiedBeforeDate => &rules::MODIFIED_BEFORE_DATE,
        LintRule::NonLowercaseKey => &rules::NON_LOWERCASE_KEY,
        LintRule::UnknownKey => &rules::UNKNOWN_KEY,
        LintRule::InvalidRelatedId => &rules::INVALID_RELATED_ID,
        LintRule::DeprecatedWithoutRelated => &rules::DEPRECATED_WITHOUT_RELATED,
        LintRule::InvalidTag => &rules::INVALID_TAG,
        LintRule::UnknownTagNamespace => &rules::UNKNOWN_TAG_NAMESPACE,
        LintRule::DuplicateTags => &rules::DUPLICATE_TAGS,
        LintRule::DuplicateReferences => &rules::DUPLICATE_REFERENCES,
        LintRule::DuplicateFields => &rules::DUPLICATE_FIELDS,
        LintRule::FalsepositiveTooShort => &rules::FALSEPOSITIVE_TOO_SHORT,
        LintRule::ScopeTooShort => &rules::SCOPE_TOO_SHORT,
        LintRule::LogsourceValueNotLowercase => &rules::LOGSOURCE_VALUE_NOT_LOWERCASE,
        LintRule::MissingGroupBy => &rules::MISSING_GROUP_BY,
        LintRule::FilterHasLevel => &rules::FILTER_HAS_LEVEL,
        LintRule::FilterHasStatus => &rules::FILTER_HAS_STATUS,
        LintRule::MissingFilterLogsource => &rules::MISSING_FILTER_LOGSOURCE,
        LintRule::NullInValueList => &rules::NULL_IN_VALUE_LIST,
        LintRule::WildcardOnlyValue => &rules::WILDCARD_ONLY_VALUE,
        _ => return None,
    })
}

/// Of several nodes at one path, those that the warning can be about.
fn is_meant(rule: LintRule, target: Target<'_>) -> bool {
    let value = target.value;
    match rule {
        LintRule::NullInValueList => value.elements().any(YamlNode::is_null),
        LintRule::WildcardOnlyValue => only_wildcard(value).is_some(),
        _ => true,
    }
}

fn only_wildcard(value: YamlNode<'_>) -> Option<YamlNode<'_>> {
    let mut elements = value.elements();
    let only = match (elements.next(), elements.next()) {
        (Some(only), None) => only,
        _ => value,
    };
    (only.as_str() == Some("*")).then_some(only)
}

/// A finding about something that is not there.
fn missing(rule: &'static Rule, kind: LintRule, node: YamlNode<'_>) -> Finding {
    let (message, help) = match kind {
        LintRule::MissingLevel => (
            "the rule has no `level`",
            "say how bad a match is, as in `level: medium`",
        ),
        LintRule::MissingGroupBy => (
            "the correlation has no `group-by`, so events of all hosts and users count together",
            "name the fields that must be the same, as in `group-by: [Computer]`",
        ),
        LintRule::MissingFilterLogsource => (
            "the filter has no `logsource`",
            "add that of the rules that it is for",
        ),
        _ => (rule.meaning, ""),
    };
    let place = match node.pair("correlation") {
        Some((key, _)) => key.place(),
        None => node
            .pair("title")
            .map_or_else(|| node.first_line(), |(_, title)| title.place()),
    };
    let finding = Finding::new(rule, message, place);
    match help {
        "" => finding,
        help => finding.help(help),
    }
}

/// What a warning says of the node that it leads to. None where it is not so.
fn told(
    rule: &'static Rule,
    warning: &LintWarning,
    document: YamlNode<'_>,
    target: Target<'_>,
) -> Option<Finding> {
    let Target { key, value } = target;
    let text = value.as_str().unwrap_or_default();
    let of_value = |message: String| Finding::new(rule, message, value.first_line());
    let of_key = |message: String| {
        let place = key.map_or_else(|| value.first_line(), YamlNode::place);
        Finding::new(rule, message, place)
    };
    let too_long = |what: &str| of_value(format!("the {what} has {} characters", text.len()));
    Some(match warning.rule {
        LintRule::EmptyTitle => {
            of_value("the title is empty".to_owned()).help("say in a few words what the rule finds")
        }
        LintRule::TitleTooLong => too_long("title").help("write at most 256"),
        LintRule::NameTooLong => too_long("name").help("write at most 256"),
        LintRule::TaxonomyTooLong => too_long("taxonomy").help("write at most 256"),
        LintRule::InvalidId => of_value(format!("`{text}` is no UUID"))
            .help("give the rule a random one, as in `929a690e-bef0-4204-a928-ef5e620d6fcc`"),
        LintRule::InvalidRelatedId => {
            of_value(format!("`{text}` is no UUID")).help("name the related rule by its id")
        }
        LintRule::InvalidStatus => word(rule, value, "status", &STATUSES),
        LintRule::InvalidLevel => word(rule, value, "level", &LEVELS),
        LintRule::InvalidDate | LintRule::InvalidModified => date(rule, value),
        LintRule::ModifiedBeforeDate => {
            of_value(format!("the rule is changed on {text}, before it is made"))
                .help("correct one of the two dates")
        }
        LintRule::NonLowercaseKey => return lower_case_key(rule, document, key?),
        LintRule::UnknownKey => return unknown_key(rule, document, key?),
        LintRule::DeprecatedWithoutRelated => {
            of_value("the rule is deprecated and does not say by which other".to_owned())
                .help("name it below `related:`, with its id and a type")
        }
        LintRule::InvalidTag => return tag(rule, value, text),
        LintRule::UnknownTagNamespace => namespace(rule, value, text),
        LintRule::DuplicateTags => duplicate(rule, value, "tag"),
        LintRule::DuplicateReferences => duplicate(rule, value, "reference"),
        LintRule::DuplicateFields => duplicate(rule, value, "field"),
        LintRule::FalsepositiveTooShort | LintRule::ScopeTooShort => {
            of_value("the entry has fewer than two characters".to_owned())
                .help("say what is meant, or remove it")
        }
        LintRule::LogsourceValueNotLowercase => log_source_name(rule, value, text),
        LintRule::FilterHasLevel | LintRule::FilterHasStatus => {
            let key = key?;
            let name = key.as_str()?;
            of_key(format!("a filter has no `{name}`")).fix(
                Remedy::Certain,
                "remove it",
                edits::without_pair(key, value).into_iter().collect(),
            )
        }
        LintRule::NullInValueList => {
            let null = value.elements().find(|element| element.is_null())?;
            Finding::new(
                rule,
                "`null` may not stand in a list with other values",
                null.place(),
            )
            .help("give it a part of its own, and join the two by `or`")
        }
        LintRule::WildcardOnlyValue => lone_wildcard(rule, key?, value)?,
        _ => return None,
    })
}

const STATUSES: [&str; 5] = [
    "stable",
    "test",
    "experimental",
    "deprecated",
    "unsupported",
];

const LEVELS: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

/// One of a few words, misspelled.
fn word(rule: &'static Rule, value: YamlNode<'_>, what: &str, known: &[&str]) -> Finding {
    let text = value.as_str().unwrap_or_default();
    let finding = Finding::new(
        rule,
        format!("`{text}` is not a {what} that there is"),
        value.first_line(),
    );
    match did_you_mean(text, known.iter().copied()) {
        Some(meant) => finding.fix(
            Remedy::Certain,
            format!("write `{meant}`"),
            edits::value(value, meant).into_iter().collect(),
        ),
        None => finding.help(format!("write one of {}", known.join(", "))),
    }
}

fn date(rule: &'static Rule, value: YamlNode<'_>) -> Finding {
    let written = value.source().text.get(value.bytes()).unwrap_or_default();
    let text = written.trim_matches(['\'', '"']);
    let finding = Finding::new(
        rule,
        format!("`{text}` is not a date written as YYYY-MM-DD"),
        value.first_line(),
    );
    let meant = iso_date(text);
    match meant.and_then(|meant| Some((edits::raw(value, &meant)?, meant))) {
        Some((edit, meant)) => finding.fix(Remedy::Certain, format!("write `{meant}`"), vec![edit]),
        None => finding.help("write year, month, and day, as in `2025-08-02`"),
    }
}

/// A date with the year in front, in Sigma's form.
fn iso_date(text: &str) -> Option<String> {
    let mut numbers = text.split(['/', '.', '-']);
    let year = numbers.next().filter(|year| year.len() == 4)?;
    let month: u8 = numbers.next()?.parse().ok()?;
    let day: u8 = numbers.next()?.parse().ok()?;
    let year: i16 = year.parse().ok()?;
    let day = i8::try_from(day).ok()?;
    let month = i8::try_from(month).ok()?;
    let date = jiff::civil::Date::new(year, month, day).ok()?;
    numbers.next().is_none().then(|| date.to_string())
}

/// The keys that Sigma has for a document.
const KEYS: [&str; 22] = [
    "author",
    "correlation",
    "date",
    "description",
    "detection",
    "falsepositives",
    "fields",
    "filter",
    "generate",
    "id",
    "level",
    "license",
    "logsource",
    "modified",
    "name",
    "references",
    "related",
    "scope",
    "status",
    "tags",
    "taxonomy",
    "title",
];

fn lower_case_key(
    rule: &'static Rule,
    document: YamlNode<'_>,
    key: YamlNode<'_>,
) -> Option<Finding> {
    let name = key.as_str()?;
    let lower = name.to_ascii_lowercase();
    let is_free = KEYS.contains(&lower.as_str()) && document.get(&lower).is_none();
    is_free.then(|| {
        Finding::new(
            rule,
            format!("`{name}` is written with capital letters, so that it is not `{lower}`"),
            key.place(),
        )
        .fix(
            Remedy::Certain,
            format!("write `{lower}`"),
            edits::value(key, &lower).into_iter().collect(),
        )
    })
}

fn unknown_key(rule: &'static Rule, document: YamlNode<'_>, key: YamlNode<'_>) -> Option<Finding> {
    let name = key.as_str()?;
    // Capital letters have a rule of their own, and what is there already is not meant.
    let meant = did_you_mean(name, KEYS)
        .filter(|meant| document.get(meant).is_none() && !meant.eq_ignore_ascii_case(name))?;
    Some(
        Finding::new(
            rule,
            format!("`{name}` is not a key of Sigma's and is left out"),
            key.place(),
        )
        .fix(
            Remedy::Proposed,
            format!("did you mean `{meant}`?"),
            edits::value(key, meant).into_iter().collect(),
        ),
    )
}

fn is_tag(text: &str) -> bool {
    let is_in = |text: &str, more: &[char]| {
        let is_right = |character: char| {
            character.is_ascii_lowercase()
                || character.is_ascii_digit()
                || more.contains(&character)
        };
        !text.is_empty() && text.chars().all(is_right)
    };
    text.split_once('.')
        .is_some_and(|(space, name)| is_in(space, &['_', '-']) && is_in(name, &['_', '-', '.']))
}

fn tag(rule: &'static Rule, value: YamlNode<'_>, text: &str) -> Option<Finding> {
    // Sigma's own example of D3FEND's artifacts has capital letters.
    if text.starts_with("d3fend.") {
        return None;
    }
    let meant = text.trim().to_lowercase().replace(' ', "-");
    let is_techniques = meant.starts_with('t')
        && meant.len() >= 5
        && meant[1..]
            .chars()
            .all(|character| character.is_ascii_digit() || character == '.');
    let meant = if is_techniques {
        format!("attack.{meant}")
    } else {
        meant
    };
    let finding = Finding::new(
        rule,
        format!("`{text}` is not a namespace, a dot, and a name in lower case"),
        value.first_line(),
    );
    Some(if is_tag(&meant) {
        finding.fix(
            Remedy::Certain,
            format!("write `{meant}`"),
            edits::value(value, &meant).into_iter().collect(),
        )
    } else {
        finding.help("write it as in `attack.t1059`")
    })
}

fn namespace(rule: &'static Rule, value: YamlNode<'_>, text: &str) -> Finding {
    const KNOWN: [&str; 7] = ["attack", "car", "cve", "d3fend", "detection", "stp", "tlp"];
    let space = text.split('.').next().unwrap_or_default();
    let finding = Finding::new(
        rule,
        format!("`{space}` is not a namespace that Sigma defines"),
        edits::place_in(value, 0..space.len()),
    );
    match did_you_mean(space, KNOWN) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.help(format!("Sigma defines {}", KNOWN.join(", "))),
    }
}

fn duplicate(rule: &'static Rule, value: YamlNode<'_>, what: &str) -> Finding {
    let edits: Vec<Edit> = edits::without_element(value).into_iter().collect();
    Finding::new(
        rule,
        format!("the {what} stands there twice"),
        value.first_line(),
    )
    .fix(Remedy::Certain, "remove it", edits)
}

fn log_source_name(rule: &'static Rule, value: YamlNode<'_>, text: &str) -> Finding {
    let meant = text.trim().to_ascii_lowercase().replace(' ', "_");
    let is_right = |character: char| {
        character.is_ascii_lowercase()
            || character.is_ascii_digit()
            || matches!(character, '_' | '.' | '-')
    };
    let finding = Finding::new(
        rule,
        format!("`{text}` is not written in lower case, as the names of log sources are"),
        value.first_line(),
    );
    if !meant.is_empty() && meant.chars().all(is_right) {
        finding.fix(
            Remedy::Certain,
            format!("write `{meant}`"),
            edits::value(value, &meant).into_iter().collect(),
        )
    } else {
        finding.help("use letters, digits, `_`, `-`, and `.`")
    }
}

fn lone_wildcard(rule: &'static Rule, key: YamlNode<'_>, value: YamlNode<'_>) -> Option<Finding> {
    let wildcard = only_wildcard(value)?;
    let field = key.as_str()?.split('|').next()?;
    let edits = [
        edits::value(key, &format!("{field}|exists")),
        edits::raw(value, "true"),
    ];
    let finding = Finding::new(
        rule,
        format!("the value is nothing but a wildcard, which asks only whether `{field}` is there"),
        wildcard.place(),
    );
    let title = format!("ask for it: `{field}|exists: true`");
    let edits: Option<Vec<_>> = edits.into_iter().collect();
    Some(finding.fix(Remedy::Proposed, title, edits.unwrap_or_default()))
}
