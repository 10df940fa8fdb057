//! Sigma files into rules.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use rsigma_parser::{CorrelationRule, FilterRule, LogSource, SigmaRule};

use super::check;
use super::document::Parsed;
use super::sound::{is_sound, is_sound_detection};
use crate::detect::Level;
use crate::diagnostic::{Code, Diagnostic, Severity, SourceText, YamlSource, has_error};

/// The rules of any number of files.
#[derive(Debug, Default)]
pub struct SigmaRuleSet {
    pub(super) rules: Vec<Parsed<SigmaRule>>,
    pub(super) correlations: Vec<Parsed<CorrelationRule>>,
    pub(super) filters: Vec<Parsed<FilterRule>>,
    /// How many YAML files held no rule and looked like none.
    pub other_files: usize,
    /// What the rules go by that were left out on purpose.
    pub(super) left_out: HashSet<String>,
    /// The fields that every firing is to carry, besides those that matched.
    pub(super) kept: BTreeSet<String>,
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

    /// Whether anything in the set can fire: a rule or a correlation.
    #[must_use]
    pub fn can_fire(&self) -> bool {
        !self.rules.is_empty() || !self.correlations.is_empty()
    }

    /// The files that the rules, correlations, and filters stand in, in their order.
    #[must_use]
    pub fn sources(&self) -> Vec<&Arc<SourceText>> {
        let rules = self.rules.iter().map(|parsed| &parsed.source);
        let correlations = self.correlations.iter().map(|parsed| &parsed.source);
        let filters = self.filters.iter().map(|parsed| &parsed.source);
        let mut known = HashSet::new();
        rules
            .chain(correlations)
            .chain(filters)
            .filter(|source| known.insert(Arc::as_ptr(source)))
            .collect()
    }

    /// Adds the rules of another set behind those of this one.
    pub fn append(&mut self, mut other: Self) {
        self.rules.append(&mut other.rules);
        self.correlations.append(&mut other.correlations);
        self.filters.append(&mut other.filters);
        self.other_files += other.other_files;
        self.left_out.extend(other.left_out);
        self.kept.extend(other.kept);
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

    /// The ids of the rules and correlations that may fire otherwise if some files
    /// change: those in them, and correlations that count on those; every one, if
    /// one of the files holds a filter.
    #[must_use]
    pub fn affected_by(&self, is_changed: impl Fn(&Path) -> bool) -> BTreeSet<String> {
        let is_filter_changed = self
            .filters
            .iter()
            .any(|parsed| is_changed(&parsed.source.file));
        let mut affected: BTreeSet<String> = BTreeSet::new();
        for parsed in &self.rules {
            if is_filter_changed || is_changed(&parsed.source.file) {
                let document = &parsed.document;
                let names = names(&document.id, &document.name, &document.title);
                affected.extend(names.into_iter().map(Into::into));
            }
        }
        loop {
            let before = affected.len();
            for parsed in &self.correlations {
                let document = &parsed.document;
                let counts_on = document.rules.iter().any(|rule| affected.contains(rule));
                if is_filter_changed || counts_on || is_changed(&parsed.source.file) {
                    let names = names(&document.id, &document.name, &document.title);
                    affected.extend(names.into_iter().map(Into::into));
                }
            }
            if affected.len() == before {
                return affected;
            }
        }
    }

    /// Whether a rule, a correlation, or a filter is from this file.
    #[must_use]
    pub fn is_written_in(&self, file: &Path) -> bool {
        let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        let is_it = |source: &SourceText| {
            source.file == file || source.file.canonicalize().is_ok_and(|own| own == file)
        };
        self.rules.iter().any(|parsed| is_it(&parsed.source))
            || self.correlations.iter().any(|parsed| is_it(&parsed.source))
            || self.filters.iter().any(|parsed| is_it(&parsed.source))
    }

    /// The ids and titles of all rules and correlations that have an id.
    pub fn titles(&self) -> impl Iterator<Item = (&str, &str)> {
        let written = |parsed: &&Parsed<SigmaRule>| parsed.companion.is_none();
        let rules = self.rules.iter().filter(written);
        let rules = rules.map(|parsed| (&parsed.document.id, &parsed.document.title));
        let correlations = self
            .correlations
            .iter()
            .map(|parsed| (&parsed.document.id, &parsed.document.title));
        rules
            .chain(correlations)
            .filter_map(|(id, title)| Some((id.as_deref()?, title.as_str())))
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
        let left_out = &mut self.left_out;
        let mut is_kept = |names: &[&str]| {
            let is_kept = keep(names) || is_referred(names);
            if !is_kept {
                left_out.extend(names.iter().map(ToString::to_string));
            }
            is_kept
        };
        self.correlations.retain(|parsed| {
            let document = &parsed.document;
            is_kept(&names(&document.id, &document.name, &document.title))
        });
        self.rules.retain(|parsed| {
            let document = &parsed.document;
            is_kept(&names(&document.id, &document.name, &document.title))
        });
    }

    /// The titles, names, and ids of all rules and correlations, for
    /// suggestions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let written = |parsed: &&Parsed<SigmaRule>| parsed.companion.is_none();
        let rules = self.rules.iter().filter(written).flat_map(|parsed| {
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

/// A larger file is taken for an attack.
const LARGEST: usize = 64 << 20;

/// Reads one file. A file that is YAML but no rule, such as the `info.yml` of a
/// regression suite, is counted and left alone.
///
/// Every fault is told, not only the first; documents without faults are in the
/// set whatever else is in their file.
#[must_use]
pub fn parse(source: &Arc<SourceText>) -> (SigmaRuleSet, Vec<Diagnostic>) {
    let mut set = SigmaRuleSet::default();
    if source
        .text
        .trim_matches(['\u{feff}', ' ', '\n', '\r', '\t'])
        .is_empty()
    {
        let problem = Diagnostic::error(Code::SIGMA_INVALID, "the file is empty")
            .in_file(&source.file)
            .help("remove it, or write a rule");
        return (set, vec![problem]);
    }
    if !looks_like_a_rule(&source.text) && !check::is_meant_as_a_rule(source) {
        set.other_files = 1;
        return (set, Vec::new());
    }
    if let Some(problem) = too_much(source) {
        return (set, vec![problem]);
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
    set.rules = with(collection.rules.into_iter().map(slim).collect(), source);
    set.correlations = with(collection.correlations, source);
    set.filters = with(collection.filters, source);
    let unsound_rules = set.rules.iter().any(|parsed| !is_sound(&parsed.document));
    // Of correlations and filters the parser drops what it does not understand.
    let is_plain = set.correlations.is_empty() && set.filters.is_empty();
    let is_whole = is_plain && !unsound_rules && !set.is_empty() && !lacks_keys(&set, text);
    if collection.errors.is_empty() && is_whole {
        return (set, Vec::new());
    }
    let mut problems = refused(source, &collection.errors);
    let before = set.len();
    set.rules.retain(|parsed| {
        is_sound_detection(&parsed.document.detection)
            && has_its_log_source(parsed)
            && is_sound_log_source(&parsed.document.logsource)
    });
    set.filters.retain(|parsed| {
        let log_source = parsed.document.logsource.as_ref();
        is_sound_detection(&parsed.document.detection) && log_source.is_none_or(is_sound_log_source)
    });
    if !has_error(&problems) && (before == 0 || set.len() < before) {
        problems.push(unexplained(source));
    }
    let is_told = problems
        .iter()
        .any(|problem| problem.code == Code::SIGMA_UNSUPPORTED);
    if is_told || has_error(&problems) {
        set.rules.iter_mut().for_each(Parsed::mark_as_told);
        set.correlations.iter_mut().for_each(Parsed::mark_as_told);
        set.filters.iter_mut().for_each(Parsed::mark_as_told);
    }
    (set, problems)
}

/// A rule without what only its text is for; thousands are kept.
fn slim(mut rule: SigmaRule) -> SigmaRule {
    rule.description = None;
    rule.author = None;
    rule.license = None;
    rule.references = Vec::new();
    rule.falsepositives = Vec::new();
    rule.fields = Vec::new();
    rule.related = Vec::new();
    rule.detection.condition_strings = Vec::new();
    rule
}

fn with<T>(documents: Vec<T>, source: &Arc<SourceText>) -> Vec<Parsed<T>> {
    let parsed = documents
        .into_iter()
        .enumerate()
        .map(|(number, document)| Parsed {
            document,
            source: Arc::clone(source),
            number: Some(number),
            is_told: false,
            companion: None,
        });
    parsed.collect()
}

/// Whether the parser has passed over a key that is there, since its value is
/// no text.
fn lacks_keys(set: &SigmaRuleSet, text: &str) -> bool {
    let is_written = |key: &str| {
        text.lines().any(|line| {
            let line = line.trim_start_matches([' ', '{', '"', '\'']);
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
        })
    };
    set.rules.iter().any(|parsed| {
        let rule = &parsed.document;
        (rule.id.is_none() && is_written("id"))
            || (rule.level.is_none() && is_written("level"))
            || (rule.status.is_none() && is_written("status"))
            || (rule.name.is_none() && is_written("name"))
            || log_source_parts(rule)
                .into_iter()
                .any(|(key, part)| part.is_none() && text.contains(key))
    })
}

fn log_source_parts(rule: &SigmaRule) -> [(&'static str, &Option<String>); 3] {
    let source = &rule.logsource;
    [
        ("product:", &source.product),
        ("category:", &source.category),
        ("service:", &source.service),
    ]
}

/// Whether no key of a log source is a misspelling, which would widen it.
fn is_sound_log_source(log_source: &LogSource) -> bool {
    let mut keys = log_source.custom.keys();
    keys.all(|key| check::misspelled_log_source_key(key).is_none())
}

/// Whether the log source of a rule names all that its text does.
fn has_its_log_source(parsed: &Parsed<SigmaRule>) -> bool {
    let is_whole = parsed.visit("logsource", |node| {
        log_source_parts(&parsed.document)
            .into_iter()
            .all(|(key, part)| part.is_some() || node.get(key.trim_end_matches(':')).is_none())
    });
    is_whole.unwrap_or(true)
}

/// Whether one of a rule's keys stands at the start of a line, as in nearly all
/// rules; thousands need not be read twice then.
fn looks_like_a_rule(text: &str) -> bool {
    const KEYS: [&str; 6] = [
        "title",
        "logsource",
        "detection",
        "correlation",
        "filter",
        "action",
    ];
    let is_key = |line: &str| {
        let line = line.strip_prefix(['"', '\'', '{']).unwrap_or(line);
        KEYS.iter().any(|key| {
            line.strip_prefix(key)
                .is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
        })
    };
    text.trim_start_matches('\u{feff}').lines().any(is_key)
}

/// Files that cannot be read in bounded time and memory.
fn too_much(source: &Arc<SourceText>) -> Option<Diagnostic> {
    let text = &source.text;
    let limit =
        |message: String| Diagnostic::error(Code::YAML_LIMIT, message).in_file(&source.file);
    if text.len() > LARGEST {
        return Some(
            limit(format!("the file is larger than {} MiB", LARGEST >> 20))
                .help("split it into several"),
        );
    }
    // Every document takes in all of a global one, or of the one before it.
    let documents = text.lines().filter(|line| line.starts_with("---")).count();
    let is_shared = text.contains("action") && documents > 1;
    if is_shared && documents.saturating_mul(text.len()) > 4 * LARGEST {
        return Some(
            limit("the file's documents repeat too much of each other".to_owned())
                .help("split it into several"),
        );
    }
    let yaml = YamlSource::new(source);
    if let Some(problem) = yaml.too_deep() {
        return Some(problem);
    }
    // The parser counts aliases, not what they stand for.
    if has_aliases(text) {
        let problem = yaml.visit(|_| ()).err()?;
        return (problem.code == Code::YAML_LIMIT).then_some(*problem);
    }
    None
}

/// Whether anything in the text can be an anchor and anything else an alias.
fn has_aliases(text: &str) -> bool {
    let has = |sign: char| {
        text.match_indices(sign).any(|(place, _)| {
            let before = text[..place].chars().next_back();
            let behind = text[place + 1..].chars().next();
            before.is_none_or(|before| before.is_whitespace() || "[{,:-".contains(before))
                && behind.is_some_and(|behind| !behind.is_whitespace())
        })
    };
    has('&') && has('*')
}

/// What is wrong with a text that the parser refused or that is not sound.
fn refused(source: &Arc<SourceText>, errors: &[String]) -> Vec<Diagnostic> {
    if errors.iter().any(|error| error.contains("limit exceeded")) {
        let problem = Diagnostic::error(
            Code::YAML_LIMIT,
            "the file is nested too deeply, or has aliases that stand for too much",
        )
        .in_file(&source.file)
        .help("write out what is meant, one level below the other");
        return vec![problem];
    }
    let mut found = check::findings(source);
    let is_explained = found
        .iter()
        .any(|problem| problem.severity == Severity::Error)
        || errors.iter().all(|error| is_only_a_warning(error));
    if !is_explained {
        found.push(unexplained(source));
    }
    found
}

/// Whether the parser has only left something out, and kept the document.
fn is_only_a_warning(error: &str) -> bool {
    [
        "invalid level",
        "invalid status",
        "invalid sigma-version",
        "related[",
        "'related'",
    ]
    .iter()
    .any(|start| error.starts_with(start))
}

/// A fault that is there and that we have no words for.
fn unexplained(source: &Arc<SourceText>) -> Diagnostic {
    Diagnostic::error(
        Code::SIGMA_INVALID,
        "the file cannot be understood as Sigma",
    )
    .at(check::first_line(source))
    .help("compare it with the Sigma specification, or with a rule that loads")
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
