//! Rules into groups, one a log source, each with an engine of its own.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rsigma_eval::{CompiledRule, Engine};
use rsigma_parser::fieldpath::unescape_brackets;
use rsigma_parser::{Detection as Part, FilterRule, Modifier, SigmaRule, SigmaValue};

use super::document::{Document, Parsed};
use super::parse::{SigmaRuleSet, level};
use super::repair::{Nulls, repaired};
use super::view::FieldTable;
use super::{check, filter, signal, xml_path};
use crate::detect::{Detection, DetectionId, Language, ProgramId, Reading};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::event::catalogue::{Catalogue, FieldCondition, Routing, ViewLanguage};
use crate::event::{LogSource, Names, NamesBuilder, Origin};

/// A rule with more values than this, all spellings counted, stays out of the
/// engine's substring index, which would spend megabytes on it.
///
/// Measured with all 3,757 public rules: at 400 the rules and a search take
/// 171 MiB, at 80 they take 151 and are a tenth slower, at 0 they take 104.
const MOST_INDEXED_VALUES: usize = 80;

/// The rules of one log source.
pub(super) struct Group {
    pub(super) log_source: LogSource,
    pub(super) reach: Reach,
    /// The rules that the engine holds; results come back under the rule's id,
    /// which is the program's number.
    pub(super) indexed: Engine,
    /// Rules outside the index.
    pub(super) large: Vec<(ProgramId, CompiledRule)>,
    pub(super) programs: Vec<ProgramId>,
}

/// What a group of rules looks at.
pub(super) enum Reach {
    /// Records that take any of these routes.
    Routes(Vec<GroupRoute>),
    /// Only streams that are declared to be of its log source.
    Declared {
        why: String,
        /// How such streams show their fields.
        fields: FieldTable,
    },
}

/// One way for records to reach a group.
pub(super) struct GroupRoute {
    pub(super) route: crate::event::catalogue::Route,
    pub(super) fields: FieldTable,
}

impl Group {
    /// The routes that a record of that origin may take into this group.
    pub(super) fn routes_of<'g>(
        &'g self,
        origin: &Origin,
    ) -> Vec<(&'g [FieldCondition], &'g FieldTable)> {
        match &self.reach {
            Reach::Routes(routes) => routes
                .iter()
                .filter(|route| route.route.covers(origin.borrowed()) || self.declared(origin))
                .map(|route| (route.route.conditions.as_slice(), &route.fields))
                .take(if self.declared(origin) { 1 } else { usize::MAX })
                .collect(),
            Reach::Declared { fields, .. } if self.declared(origin) => vec![(&[], fields)],
            Reach::Declared { .. } => Vec::new(),
        }
    }

    /// Whether the origin is a stream that says it is of this log source.
    fn declared(&self, origin: &Origin) -> bool {
        matches!(origin, Origin::Stream(stream) if self.log_source.includes(stream))
    }
}

/// Adds every field name that the rules use to the table of names.
pub(super) fn intern(set: &SigmaRuleSet, names: &mut NamesBuilder) {
    for parsed in &set.rules {
        intern_all(fields_of_rule(&parsed.document), names);
    }
    for parsed in &set.filters {
        for part in parsed.document.detection.named.values() {
            intern_all(fields_of(part), names);
        }
    }
    for parsed in &set.correlations {
        intern_all(fields_of_correlation(&parsed.document), names);
    }
    intern_all(set.kept.iter().map(String::as_str).collect(), names);
}

fn intern_all(fields: Vec<&str>, names: &mut NamesBuilder) {
    for field in fields {
        let field = xml_path::split(field).map_or(field, |(field, _)| field);
        names.intern(&unescape_brackets(field));
    }
}

/// The fields that a correlation groups by or counts.
pub(super) fn fields_of_correlation(correlation: &rsigma_parser::CorrelationRule) -> Vec<&str> {
    let counted = match &correlation.condition {
        rsigma_parser::CorrelationCondition::Threshold { field, .. } => field.as_ref(),
        rsigma_parser::CorrelationCondition::Extended(_) => None,
    };
    let aliased = correlation
        .aliases
        .iter()
        .flat_map(|alias| alias.mapping.values());
    correlation
        .group_by
        .iter()
        .chain(aliased)
        .chain(counted.into_iter().flatten())
        .map(String::as_str)
        .collect()
}

/// What a detection of this set is, for people.
pub(super) fn describe(parsed: &Parsed<SigmaRule>) -> Detection {
    let rule = &parsed.document;
    let file = parsed.source.file.clone();
    Detection {
        id: rule
            .id
            .as_deref()
            .map_or_else(|| parsed.fallback_id(), DetectionId::new),
        name: rule.name.clone(),
        title: rule.title.clone(),
        language: Language::Sigma,
        reading: Reading::Strict,
        level: rule.level.map(level),
        tags: rule.tags.clone(),
        log_source: filter::log_source(&rule.logsource).to_string(),
        file,
        companion: parsed.companion,
        agrees_with: Vec::new(),
    }
}

/// Whether null and empty are one in the logs of a log source: they are where
/// all its records are in the form of the Windows event log.
fn nulls_of(log_source: &LogSource) -> Nulls {
    if let Some(route) = signal::own_route(log_source)
        && !matches!(route.reach, crate::event::catalogue::Reach::Stream(_))
    {
        return Nulls::SameAsEmpty;
    }
    match Catalogue::bundled().routes(log_source) {
        Routing::Routes(routes)
            if !routes
                .iter()
                .any(|route| matches!(route.reach, crate::event::catalogue::Reach::Stream(_))) =>
        {
            Nulls::SameAsEmpty
        }
        _ => Nulls::Distinct,
    }
}

/// The rule as the engine is to see it.
pub(super) fn prepare(rule: &SigmaRule, program: ProgramId) -> SigmaRule {
    let nulls = nulls_of(&filter::log_source(&rule.logsource));
    let mut rule = rule.clone();
    for part in rule.detection.named.values_mut() {
        *part = repaired(part, nulls);
    }
    rule.id = Some(program.0.to_string());
    // Results carry clones of these; nobody reads them there.
    rule.tags = Vec::new();
    rule.description = None;
    rule.falsepositives = Vec::new();
    rule.custom_attributes.clear();
    rule
}

/// Compiles the rules of a set, grouped by log source; a rule that cannot be
/// compiled becomes a problem and is left out.
pub(super) fn groups(
    rules: &[Parsed<SigmaRule>],
    correlated: &BTreeSet<String>,
    names: &Names,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Group> {
    let mut by_source: BTreeMap<LogSource, Vec<(ProgramId, &Parsed<SigmaRule>)>> = BTreeMap::new();
    for (parsed, number) in rules.iter().zip(0..) {
        let source = filter::log_source(&parsed.document.logsource);
        by_source
            .entry(source)
            .or_default()
            .push((ProgramId(number), parsed));
    }
    let groups: Vec<_> = by_source
        .into_par_iter()
        .map(|(log_source, members)| group(log_source, &members, correlated, names))
        .collect();
    groups
        .into_iter()
        .map(|(group, found)| {
            for problem in found {
                // Two rules of one file have all of its problems.
                if !problems.contains(&problem) {
                    problems.push(problem);
                }
            }
            group
        })
        .collect()
}

fn group(
    log_source: LogSource,
    members: &[(ProgramId, &Parsed<SigmaRule>)],
    correlated: &BTreeSet<String>,
    names: &Names,
) -> (Group, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let mut fields: BTreeSet<String> = correlated.clone();
    let mut small = Vec::new();
    let mut large = Vec::new();
    let mut programs = Vec::new();
    for (program, parsed) in members {
        let rule = prepare(&parsed.document, *program);
        match compile(&rule, parsed) {
            Ok(compiled) => {
                programs.push(*program);
                if count_values(&rule) > MOST_INDEXED_VALUES {
                    large.push((*program, compiled));
                } else {
                    small.push(compiled);
                }
                fields.extend(fields_of_rule(&rule).into_iter().map(Into::into));
            }
            Err(found) => problems.extend(found),
        }
    }
    let mut indexed = Engine::new();
    indexed.extend_compiled_rules(small);
    let fields = fields.iter().map(String::as_str).collect();
    let group = Group {
        reach: reach(&log_source, &fields, names),
        log_source,
        indexed,
        large,
        programs,
    };
    (group, problems)
}

fn reach(log_source: &LogSource, fields: &BTreeSet<&str>, names: &Names) -> Reach {
    let catalogue = Catalogue::bundled();
    let view = catalogue.view(ViewLanguage::Sigma);
    let table = |scope: Option<&str>| FieldTable::new(view, scope, fields.iter().copied(), names);
    if let Some(route) = signal::own_route(log_source) {
        let fields = table(None);
        return Reach::Routes(vec![GroupRoute { route, fields }]);
    }
    match catalogue.routes(log_source) {
        Routing::Routes(routes) => Reach::Routes(
            routes
                .into_iter()
                .map(|route| GroupRoute {
                    fields: table(route.scope.as_deref()),
                    route: route.clone(),
                })
                .collect(),
        ),
        Routing::NotReadable { why } => Reach::Declared {
            why: why.to_owned(),
            fields: table(None),
        },
        Routing::Unknown => Reach::Declared {
            why: "its log source is not in the catalogue".to_owned(),
            fields: table(None),
        },
    }
}

/// Compiles a rule that was prepared.
fn compile(rule: &SigmaRule, parsed: &Parsed<SigmaRule>) -> Result<CompiledRule, Vec<Diagnostic>> {
    if has_placeholder(&parsed.document.detection) {
        return Err(why_not(parsed));
    }
    rsigma_eval::compile_rule(rule).map_err(|_| why_not(parsed))
}

/// Whether a filter's parts and condition compile, as part of any rule.
pub(super) fn try_filter(
    parsed: &Parsed<FilterRule>,
    rule: &SigmaRule,
) -> Result<(), Vec<Diagnostic>> {
    let mut rule = rule.clone();
    rule.detection = parsed.document.detection.clone();
    if has_placeholder(&rule.detection) {
        return Err(why_not(parsed));
    }
    rsigma_eval::compile_rule(&prepare(&rule, ProgramId(0)))
        .map(|_| ())
        .map_err(|_| why_not(parsed))
}

/// Why a document does not compile. The engine's own words name no place and
/// speak of its insides, so the text is looked over instead.
fn why_not<T: Document>(parsed: &Parsed<T>) -> Vec<Diagnostic> {
    if parsed.is_told {
        return Vec::new();
    }
    let mut found = check::findings(&parsed.source);
    // A rule that needs values from outside is not wrong, and not searched.
    found.retain(|problem| {
        problem.severity == Severity::Error || problem.code == Code::SIGMA_UNSUPPORTED
    });
    if found.is_empty() {
        found.push(
            Diagnostic::error(
                Code::SIGMA_UNSUPPORTED,
                "the rule is well formed and cannot be evaluated",
            )
            .at(parsed.place(&["detection"], ""))
            .help("the other rules are searched; this one is not"),
        );
    }
    found
}

/// Whether any value is to be expanded from outside.
///
/// Source: Sigma specification 2.1.0, "Placeholders": a tool that cannot
/// resolve one must refuse the rule.
fn has_placeholder(detection: &rsigma_parser::Detections) -> bool {
    let mut found = false;
    for part in detection.named.values() {
        visit_items(part, &mut |item| {
            found |= item.field.has_modifier(Modifier::Expand);
        });
    }
    found
}

fn count_values(rule: &SigmaRule) -> usize {
    let mut count = 0;
    for part in rule.detection.named.values() {
        visit_items(part, &mut |item| count += item.values.len());
        if let Part::Keywords(values) = part {
            count += values.len();
        }
    }
    count
}

/// Visits every item of a detection.
pub(super) fn visit_items<'r>(
    part: &'r Part,
    visit: &mut impl FnMut(&'r rsigma_parser::DetectionItem),
) {
    match part {
        Part::AllOf(items) => items.iter().for_each(visit),
        Part::AnyOf(parts) | Part::And(parts) => {
            for part in parts {
                visit_items(part, visit);
            }
        }
        Part::Keywords(_) => {}
        Part::ArrayMatch { body, .. } => visit_items(body, visit),
        Part::Conditional { named, .. } => {
            for part in named.values() {
                visit_items(part, visit);
            }
        }
    }
}

fn fields_of_rule(rule: &SigmaRule) -> Vec<&str> {
    rule.detection.named.values().flat_map(fields_of).collect()
}

fn fields_of(part: &Part) -> Vec<&str> {
    let mut fields = Vec::new();
    visit_items(part, &mut |item| {
        fields.extend(item.field.name.as_deref());
        if item.field.has_modifier(Modifier::FieldRef) {
            fields.extend(item.values.iter().filter_map(|value| match value {
                SigmaValue::String(text) => Some(text.original.as_str()),
                _ => None,
            }));
        }
    });
    collect_arrays(part, &mut fields);
    fields
}

fn collect_arrays<'r>(part: &'r Part, fields: &mut Vec<&'r str>) {
    match part {
        Part::ArrayMatch { field, body, .. } => {
            fields.push(field);
            collect_arrays(body, fields);
        }
        Part::AnyOf(parts) | Part::And(parts) => {
            for part in parts {
                collect_arrays(part, fields);
            }
        }
        _ => {}
    }
}
