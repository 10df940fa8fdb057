//! Sigma files into rules.

use std::sync::Arc;

use rsigma_parser::{CorrelationRule, FilterRule, SigmaRule};

use super::check;
use crate::detect::Level;
use crate::diagnostic::{Code, Diagnostic, SourceText};

/// The rules of any number of files.
#[derive(Debug, Default)]
pub struct SigmaRuleSet {
    pub(super) rules: Vec<Parsed<SigmaRule>>,
    pub(super) correlations: Vec<Parsed<CorrelationRule>>,
    pub(super) filters: Vec<Parsed<FilterRule>>,
    /// How many YAML files held no rule and looked like none.
    pub other_files: usize,
}

/// One document and the text that it stands in.
#[derive(Debug)]
pub struct Parsed<T> {
    pub(super) document: T,
    pub(super) source: Arc<SourceText>,
}

impl SigmaRuleSet {
    /// How many rules, correlations, and filters the set holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rules.len() + self.correlations.len() + self.filters.len()
    }

    /// Whether the set holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds the rules of another set behind those of this one.
    pub fn append(&mut self, mut other: Self) {
        self.rules.append(&mut other.rules);
        self.correlations.append(&mut other.correlations);
        self.filters.append(&mut other.filters);
        self.other_files += other.other_files;
    }

    /// The rules' ids with a top-level attribute of theirs, as text.
    pub fn attributes<'a>(
        &'a self,
        name: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a Arc<SourceText>, &'a str)> {
        self.rules.iter().filter_map(move |parsed| {
            let value = parsed.document.custom_attributes.get(name)?.as_str()?;
            let id = parsed.document.id.as_deref().unwrap_or_default();
            Some((id, &parsed.source, value))
        })
    }

    /// Keeps only what `keep` accepts: rules and correlations by id, name, and
    /// title. Rules that a kept correlation refers to stay, filters too.
    pub fn retain(&mut self, keep: impl Fn(&[&str]) -> bool) {
        let mut referred: Vec<String> = Vec::new();
        loop {
            let before = referred.len();
            for parsed in &self.correlations {
                let document = &parsed.document;
                let names = names(&document.id, &document.name, &document.title);
                let is_referred = names
                    .iter()
                    .any(|name| referred.iter().any(|referred| referred == name));
                if keep(&names) || is_referred {
                    for name in &document.rules {
                        if !referred.contains(name) {
                            referred.push(name.clone());
                        }
                    }
                }
            }
            if referred.len() == before {
                break;
            }
        }
        let is_referred = |names: &[&str]| {
            names
                .iter()
                .any(|name| referred.iter().any(|referred| referred == name))
        };
        self.correlations.retain(|parsed| {
            let document = &parsed.document;
            let names = names(&document.id, &document.name, &document.title);
            keep(&names) || is_referred(&names)
        });
        self.rules.retain(|parsed| {
            let document = &parsed.document;
            let names = names(&document.id, &document.name, &document.title);
            keep(&names) || is_referred(&names)
        });
    }

    /// The titles, names, and ids of all rules and correlations, for
    /// suggestions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let rules = self.rules.iter().flat_map(|parsed| {
            let document = &parsed.document;
            names(&document.id, &document.name, &document.title)
        });
        let correlations = self.correlations.iter().flat_map(|parsed| {
            let document = &parsed.document;
            names(&document.id, &document.name, &document.title)
        });
        rules.chain(correlations)
    }
}

fn names<'a>(id: &'a Option<String>, name: &'a Option<String>, title: &'a str) -> Vec<&'a str> {
    id.iter()
        .chain(name)
        .map(String::as_str)
        .chain([title])
        .collect()
}

/// Reads one file. A file that is YAML but no rule, such as the `info.yml` of a
/// regression suite, is counted and left alone.
#[must_use]
pub fn parse(source: &Arc<SourceText>) -> (SigmaRuleSet, Vec<Diagnostic>) {
    let mut set = SigmaRuleSet::default();
    if source.text.trim().is_empty() {
        let problem = Diagnostic::error(Code::SIGMA_INVALID, "the file is empty")
            .in_file(&source.file)
            .help("remove it, or write a rule");
        return (set, vec![problem]);
    }
    if !looks_like_a_rule(&source.text) {
        set.other_files = 1;
        return (set, Vec::new());
    }
    // libyaml needs the last line to end, or a block scalar there loses it.
    let ended;
    let text = if source.text.ends_with('\n') {
        &source.text
    } else {
        ended = format!("{}\n", source.text);
        &ended
    };
    let collection = match rsigma_parser::parse_sigma_yaml(text) {
        Ok(collection) => collection,
        Err(error) => return (set, refused(source, &[error.to_string()])),
    };
    fn with<T>(documents: Vec<T>, source: &Arc<SourceText>) -> Vec<Parsed<T>> {
        let parsed = documents.into_iter().map(|document| Parsed {
            document,
            source: Arc::clone(source),
        });
        parsed.collect()
    }
    set.rules = with(collection.rules, source);
    set.correlations = with(collection.correlations, source);
    set.filters = with(collection.filters, source);
    if collection.errors.is_empty() {
        if set.is_empty() {
            let problem = "the file holds no rule".to_owned();
            return (set, refused(source, &[problem]));
        }
        return (set, Vec::new());
    }
    let problems = refused(source, &collection.errors);
    (set, problems)
}

/// Whether a YAML text is meant to be a rule: one of a rule's keys stands at the
/// start of a line.
fn looks_like_a_rule(text: &str) -> bool {
    const KEYS: [&str; 6] = [
        "title:",
        "logsource:",
        "detection:",
        "correlation:",
        "filter:",
        "action:",
    ];
    text.trim_start_matches('\u{feff}')
        .lines()
        .any(|line| KEYS.iter().any(|key| line.starts_with(key)))
}

fn refused(source: &Arc<SourceText>, errors: &[String]) -> Vec<Diagnostic> {
    let found = check::findings(source);
    if !found.is_empty() {
        return found;
    }
    errors
        .iter()
        .map(|error| {
            let quoted: Vec<_> = error.split(['\'', '`', '"']).skip(1).step_by(2).collect();
            let limit = error.contains("limit exceeded");
            let code = if limit {
                Code::YAML_LIMIT
            } else {
                Code::SIGMA_INVALID
            };
            Diagnostic::error(code, format!("the rule cannot be read: {error}"))
                .at(check::place_of_words(source, &quoted))
                .help("see the Sigma specification for what a rule looks like")
        })
        .collect()
}

/// A level in our terms.
pub(super) fn level(level: rsigma_parser::Level) -> Level {
    match level {
        rsigma_parser::Level::Informational => Level::Informational,
        rsigma_parser::Level::Low => Level::Low,
        rsigma_parser::Level::Medium => Level::Medium,
        rsigma_parser::Level::High => Level::High,
        rsigma_parser::Level::Critical => Level::Critical,
    }
}
