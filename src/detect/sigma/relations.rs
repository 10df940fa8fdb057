//! What the rules of a set say about each other: ids that several have, filters, and
//! rules that correlations and filters name.

use std::collections::{BTreeSet, HashMap, HashSet};

use rsigma_parser::{FilterRule, FilterRuleTarget, SigmaRule};

use super::compile;
use super::document::{Document, Parsed};
use super::filter;
use super::parse::SigmaRuleSet;
use crate::diagnostic::{Code, Diagnostic};

pub(super) fn duplicates(set: &SigmaRuleSet) -> BTreeSet<Box<str>> {
    let rules = set.rules.iter().map(|parsed| &parsed.document.id);
    let correlations = set.correlations.iter().map(|parsed| &parsed.document.id);
    let mut seen = HashSet::new();
    rules
        .chain(correlations)
        .filter_map(Option::as_deref)
        .filter(|id| !seen.insert(*id))
        .map(Into::into)
        .collect()
}

pub(super) fn duplicate_ids(set: &SigmaRuleSet) -> Vec<Diagnostic> {
    let mut first: HashMap<&str, &Parsed<SigmaRule>> = HashMap::new();
    let mut problems = Vec::new();
    for parsed in &set.rules {
        let Some(id) = parsed.document.id.as_deref() else {
            continue;
        };
        match first.get(id) {
            None => {
                first.insert(id, parsed);
            }
            Some(earlier) => problems.push(
                Diagnostic::warning(
                    Code::SIGMA_DUPLICATE_ID,
                    format!(
                        "`{id}` is also the id of `{}` in {}",
                        earlier.document.title,
                        earlier.source.file.display()
                    ),
                )
                .at(parsed.place(&["id"], id))
                .help("give one of the rules a new id"),
            ),
        }
    }
    problems
}

pub(super) fn apply_filters(
    rules: &mut [Parsed<SigmaRule>],
    filters: &[Parsed<FilterRule>],
    left_out: &HashSet<String>,
    problems: &mut Vec<Diagnostic>,
) {
    for (number, parsed) in filters.iter().enumerate() {
        let filter = &parsed.document;
        if let Some(rule) = rules.first()
            && let Err(found) = compile::try_filter(parsed, &rule.document)
        {
            problems.extend(found);
            continue;
        }
        let mut is_missing = false;
        if let FilterRuleTarget::Specific(names) = &filter.rules {
            for name in names {
                let is_there = rules
                    .iter()
                    .any(|rule| filter::is_called(&rule.document, name))
                    || left_out.contains(name);
                if !is_there {
                    is_missing = true;
                    let others = left_out.iter().map(String::as_str);
                    problems.push(unknown_rule(parsed, name, rules, others, "filter"));
                }
            }
        }
        let mut applied = false;
        for rule in rules.iter_mut() {
            if !filter::applies(filter, &rule.document) {
                continue;
            }
            applied = true;
            if filter::join(&mut rule.document, filter, number).is_err() {
                problems.push(
                    Diagnostic::error(
                        Code::SIGMA_UNSUPPORTED,
                        format!(
                            "the filter cannot be joined to `{}`, since one of their conditions chooses from too many parts",
                            rule.document.title
                        ),
                    )
                    .at(parsed.place(&["filter", "condition"], ""))
                    .help("name the parts in the condition one by one"),
                );
            }
        }
        if !applied && !is_missing && left_out.is_empty() {
            problems.push(
                Diagnostic::warning(
                    Code::SIGMA_UNKNOWN_RULE,
                    "the filter applies to no rule that is loaded",
                )
                .at(parsed.place(&["logsource"], ""))
                .help("compare its log source with that of the rules that it names"),
            );
        }
    }
}

/// A correlation or filter that names a rule which is not there.
pub(super) fn unknown_rule<'a, T: Document>(
    parsed: &Parsed<T>,
    name: &str,
    rules: &'a [Parsed<SigmaRule>],
    others: impl Iterator<Item = &'a str>,
    kind: &str,
) -> Diagnostic {
    let known = rules.iter().flat_map(|rule| {
        let document = &rule.document;
        document
            .id
            .iter()
            .chain(&document.name)
            .map(String::as_str)
            .chain([document.title.as_str()])
    });
    let help = crate::diagnostic::did_you_mean(name, known.chain(others)).map_or_else(
        || "load the rule as well, or correct its id".to_owned(),
        |meant| format!("did you mean `{meant}`?"),
    );
    Diagnostic::error(
        Code::SIGMA_UNKNOWN_RULE,
        format!("the {kind} names the rule `{name}`, which is not loaded"),
    )
    .at(parsed.place(&[kind, "rules"], name))
    .help(help)
}
