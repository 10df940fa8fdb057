//! A second oracle: Sigma rules, lowered to plans by a few lines of a test, find the
//! same events as the Sigma engine.
//!
//! Both engines route by the catalogue and see the same fields, but nothing of the
//! evaluation is shared. Rules with what the few lines do not know are counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use misfire::detect::plan::compare::{Case, Coercion, CompareOp};
use misfire::detect::plan::pattern::{Glob, Piece};
use misfire::detect::plan::regex::{Anchoring, Flavour, Regex};
use misfire::detect::plan::{
    Beyond, Bounds, EventIds, Expr, Filter, Items, Keyword, Modes, Network, Nulls, Numbers,
    Pattern, Pipeline, Plan, PlanEngine, PlanSet, PlannedDetection, Predicate, PredicateKind,
    RecordKind, Source, Span, Stage, StageKind, Value, View, Wire, Within,
};
use misfire::detect::sigma::SigmaEngine;
use misfire::detect::{Detection, DetectionId, Engine, Language, Reading, Refusal};
use misfire::diagnostic::SourceText;
use misfire::event::catalogue::{Catalogue, Reach, Routing, ViewLanguage};
use misfire::event::{EventId, FileId, LogSource, Names};
use rsigma_parser::{
    ConditionExpr, Detection as Part, DetectionItem, Modifier, Quantifier, SigmaRule, SigmaValue,
};

use crate::support::{corpus, files, parse_files, read, search};

const MODES: Modes = Modes {
    case: Case::Insensitive,
    nulls: Nulls::False,
    items: Items::Any,
    coercion: Coercion::NumberFirst,
};

fn at() -> Span {
    Span::default()
}

fn leaf(kind: PredicateKind) -> Predicate {
    Predicate::new(kind, at())
}

fn pieces(value: &SigmaValue) -> Option<Vec<Piece>> {
    use rsigma_parser::{SpecialChar, StringPart};
    Some(match value {
        SigmaValue::String(text) => text
            .parts
            .iter()
            .map(|part| match part {
                StringPart::Plain(text) => Piece::Literal(text.clone()),
                StringPart::Special(SpecialChar::WildcardMulti) => Piece::AnyRun,
                StringPart::Special(SpecialChar::WildcardSingle) => Piece::AnyOne,
            })
            .collect(),
        SigmaValue::Integer(number) => vec![Piece::Literal(number.to_string())],
        _ => return None,
    })
}

/// An item of a rule; `None` if it holds what is not known here.
fn item(item: &DetectionItem) -> Option<Predicate> {
    let modifiers = &item.field.modifiers;
    let has = |modifier: Modifier| modifiers.contains(&modifier);
    let known = [
        Modifier::Contains,
        Modifier::StartsWith,
        Modifier::EndsWith,
        Modifier::All,
        Modifier::Cidr,
        Modifier::Exists,
        Modifier::Re,
        Modifier::IgnoreCase,
        Modifier::Cased,
        Modifier::Gt,
        Modifier::Gte,
        Modifier::Lt,
        Modifier::Lte,
    ];
    if !modifiers.iter().all(|modifier| known.contains(modifier)) {
        return None;
    }
    let Some(name) = item.field.name.as_deref() else {
        return keywords(&item.values);
    };
    // Fields that the Sigma engine derives, and places inside XML.
    if ["Hashes", "Imphash", "md5", "sha1", "sha256", "Hash"].contains(&name) || name.contains('/')
    {
        return None;
    }
    let field = || Expr::field(name, at());
    let mut parts = Vec::new();
    for value in &item.values {
        parts.push(one(value, &field(), &has)?);
    }
    Some(if has(Modifier::All) {
        Predicate::all(parts, at())
    } else {
        Predicate::any(parts, at())
    })
}

fn one(value: &SigmaValue, field: &Expr, has: &dyn Fn(Modifier) -> bool) -> Option<Predicate> {
    let exists = || leaf(PredicateKind::Exists(field.clone()));
    if has(Modifier::Exists) {
        return Some(match value {
            SigmaValue::Bool(true) => exists(),
            SigmaValue::Bool(false) => exists().negated(),
            _ => return None,
        });
    }
    for (modifier, operator) in [
        (Modifier::Gt, CompareOp::Greater),
        (Modifier::Gte, CompareOp::GreaterOrEqual),
        (Modifier::Lt, CompareOp::Less),
        (Modifier::Lte, CompareOp::LessOrEqual),
    ] {
        if has(modifier) {
            let SigmaValue::Integer(number) = value else {
                return None;
            };
            return Some(leaf(PredicateKind::Compare {
                left: field.clone(),
                operator,
                right: Expr::literal(Value::Integer(*number), at()),
                modes: MODES,
            }));
        }
    }
    let matches = |pattern| {
        leaf(PredicateKind::Matches {
            subject: field.clone(),
            pattern,
            modes: MODES,
        })
    };
    if matches!(value, SigmaValue::Null) {
        return Some(exists().negated());
    }
    let own = pieces(value)?;
    if has(Modifier::Re) || has(Modifier::Cidr) {
        let SigmaValue::String(text) = value else {
            return None;
        };
        if has(Modifier::Cidr) {
            return Some(matches(Pattern::Networks(vec![Network::parse(
                &text.original,
            )?])));
        }
        let case = if has(Modifier::IgnoreCase) {
            Case::Insensitive
        } else {
            Case::Sensitive
        };
        let regex = Regex::new(&text.original, Flavour::Re2, Anchoring::Find, case).ok()?;
        return Some(matches(Pattern::Regex(Box::new(regex))));
    }
    // An event log holds no empty text that could be told from none.
    if own
        .iter()
        .all(|piece| matches!(piece, Piece::Literal(text) if text.is_empty()))
    {
        return None;
    }
    let case = if has(Modifier::Cased) {
        Case::Sensitive
    } else {
        Case::Insensitive
    };
    let mut all = Vec::new();
    if has(Modifier::Contains) || has(Modifier::EndsWith) {
        all.push(Piece::AnyRun);
    }
    all.extend(own);
    if has(Modifier::Contains) || has(Modifier::StartsWith) {
        all.push(Piece::AnyRun);
    }
    Some(matches(Pattern::Globs(vec![Glob::new(all, case)])))
}

fn keywords(values: &[SigmaValue]) -> Option<Predicate> {
    let parts = values.iter().map(|value| {
        let glob = Glob::new(pieces(value)?, Case::Insensitive);
        Some(leaf(PredicateKind::Keyword(Keyword {
            glob,
            bounds: Bounds::Anywhere,
            within: Within::Values,
        })))
    });
    Some(Predicate::any(parts.collect::<Option<_>>()?, at()))
}

fn part(detection: &Part) -> Option<Predicate> {
    let all = |parts: &[Part]| parts.iter().map(part).collect::<Option<Vec<_>>>();
    Some(match detection {
        Part::AllOf(items) => Predicate::all(items.iter().map(item).collect::<Option<_>>()?, at()),
        Part::AnyOf(parts) => Predicate::any(all(parts)?, at()),
        Part::And(parts) => Predicate::all(all(parts)?, at()),
        Part::Keywords(values) => keywords(values)?,
        _ => return None,
    })
}

fn condition(rule: &SigmaRule, condition_of: &ConditionExpr) -> Option<Predicate> {
    let all = |parts: &[ConditionExpr]| {
        let parts = parts.iter().map(|part| condition(rule, part));
        parts.collect::<Option<Vec<_>>>()
    };
    let named = &rule.detection.named;
    Some(match condition_of {
        ConditionExpr::Identifier(name) => part(named.get(name)?)?,
        ConditionExpr::And(parts) => Predicate::all(all(parts)?, at()),
        ConditionExpr::Or(parts) => Predicate::any(all(parts)?, at()),
        ConditionExpr::Not(inner) => condition(rule, inner)?.negated(),
        ConditionExpr::Selector {
            quantifier,
            pattern,
        } => {
            let parts = named
                .iter()
                .filter(|(name, _)| pattern.matches_detection_name(name))
                .map(|(_, detection)| part(detection))
                .collect::<Option<Vec<_>>>()?;
            match quantifier {
                Quantifier::Any | Quantifier::Count(1) => Predicate::any(parts, at()),
                Quantifier::All => Predicate::all(parts, at()),
                Quantifier::Count(_) => return None,
            }
        }
    })
}

fn view(rule: &SigmaRule) -> Option<View> {
    let own = &rule.logsource;
    let log_source = LogSource::new(
        own.product.as_deref(),
        own.category.as_deref(),
        own.service.as_deref(),
    );
    let Routing::Routes(routes) = Catalogue::bundled().routes(&log_source) else {
        return None;
    };
    let kinds = routes
        .into_iter()
        .map(|route| {
            let conditions = route.conditions.iter().map(|condition| {
                let globs = condition.one_of.iter();
                let globs = globs
                    .map(|text| Glob::new(vec![Piece::Literal(text.clone())], Case::Insensitive));
                leaf(PredicateKind::Matches {
                    subject: Expr::field(&condition.field, at()),
                    pattern: Pattern::Globs(globs.collect()),
                    modes: MODES,
                })
            });
            let conditions: Vec<_> = conditions.collect();
            RecordKind {
                source: misfire::event::catalogue::SourceId::any(),
                reach: route.reach.clone(),
                event_ids: if route.event_ids.is_empty() {
                    EventIds::Any
                } else {
                    EventIds::OneOf(route.event_ids.clone())
                },
                condition: (!conditions.is_empty()).then(|| Predicate::all(conditions, at())),
                shown: Arc::default(),
                base: Arc::default(),
                beyond: Beyond::Everything,
                wire: match route.reach {
                    Reach::Stream(_) => Wire::Paths(Case::Sensitive),
                    _ => Wire::Named {
                        view: Catalogue::bundled().view(ViewLanguage::Sigma),
                        scope: route.scope.as_deref(),
                    },
                },
                numbers: Numbers::Numbers,
            }
        })
        .collect();
    Some(View {
        name: "oracle".to_owned(),
        kinds,
    })
}

fn plan(rule: &SigmaRule) -> Option<Plan> {
    let conditions = rule.detection.conditions.iter();
    let conditions: Option<Vec<_>> = conditions.map(|one| condition(rule, one)).collect();
    let filter = StageKind::Filter(Box::new(Filter {
        predicate: Predicate::any(conditions?, at()),
        rows: Vec::new(),
    }));
    let source = Source::Records(Arc::new(view(rule)?));
    Some(Plan {
        pipeline: Pipeline::new(source, vec![Stage::new(filter, "condition", at())]),
    })
}

fn planned(rule: &SigmaRule) -> PlannedDetection {
    let plan = plan(rule).ok_or_else(|| Refusal::Unsupported("not known here".to_owned()));
    PlannedDetection {
        detection: Detection {
            id: DetectionId::new(rule.id.as_deref().unwrap_or(&rule.title)),
            name: None,
            title: rule.title.clone(),
            language: Language::Sigma,
            reading: Reading::Strict,
            level: None,
            tags: Vec::new(),
            log_source: String::new(),
            file: "oracle".into(),
            companion: None,
            agrees_with: Vec::new(),
        },
        plan,
        source: SourceText::new("oracle", ""),
    }
}

/// Rules on which the two disagree, and why that is right.
const EXPLAINED: &[(&str, &str)] = &[];

#[test]
fn plans_find_what_the_sigma_engine_finds() {
    let (Some(rules), Some(samples), Some(regression)) = (
        corpus("sigma/rules/windows"),
        corpus("evtx-attack-samples"),
        corpus("sigma"),
    ) else {
        return;
    };
    let paths = files(&rules, "yml");
    let (set, _) = parse_files(&paths);
    let mut plans = PlanSet::default();
    let mut unknown = 0;
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("a readable rule");
        let Ok(collection) = rsigma_parser::parse_sigma_yaml(&text) else {
            continue;
        };
        for rule in &collection.rules {
            let planned = planned(rule);
            unknown += usize::from(planned.plan.is_err());
            plans.planned.push(planned);
        }
    }
    let mut names = Names::builder();
    names.extend(Catalogue::bundled().field_names());
    set.intern(&mut names);
    plans.intern(&mut names);
    let names = Arc::new(names.freeze());
    let (sigma, _) = SigmaEngine::new(set, &names);
    let total = plans.planned.len();
    let planned = PlanEngine::new(plans, &names);
    let mut logs = files(&samples, "evtx");
    logs.extend(files(&regression.join("regression_data"), "evtx"));
    let mut events = 0;
    let mut fired = 0;
    let mut apart: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, number) in logs.iter().zip(0..) {
        let batches = read(path, FileId(number), &names);
        events += batches
            .iter()
            .map(misfire::event::Batch::len)
            .sum::<usize>();
        let of = |engine: &dyn Engine, firings: Vec<misfire::detect::Firing>| {
            let mut found: BTreeSet<(String, EventId)> = BTreeSet::new();
            for firing in firings {
                let detection = &engine.programs()[firing.program.0 as usize];
                found.extend(
                    firing
                        .event()
                        .map(|event| (detection.id.to_string(), event)),
                );
            }
            found
        };
        let by_sigma = of(&sigma, search(&sigma, &batches));
        let mut firings = Vec::new();
        let mut own = planned.start();
        for batch in &batches {
            own.feed(batch, &mut firings);
        }
        let by_plan = of(&planned, firings);
        let known: BTreeSet<&str> = (0..)
            .map(misfire::detect::ProgramId)
            .zip(planned.programs())
            .filter(|(program, _)| planned.is_compiled(*program))
            .map(|(_, detection)| detection.id.as_str())
            .collect();
        fired += by_plan.len();
        for (id, event) in by_sigma.symmetric_difference(&by_plan) {
            if known.contains(id.as_str()) && !EXPLAINED.iter().any(|(known, _)| known == id) {
                let side = if by_plan.contains(&(id.clone(), *event)) {
                    "only the plan"
                } else {
                    "only Sigma"
                };
                apart.entry(id.clone()).or_default().insert(format!(
                    "{side}: {} {}",
                    path.display(),
                    event.record
                ));
            }
        }
    }
    println!("{total} rules, {unknown} of them not known here; {events} events, {fired} hits");
    assert!(
        unknown * 10 < total,
        "{unknown} of {total} rules are not known"
    );
    assert!(fired > 500, "only {fired} hits");
    assert!(apart.is_empty(), "{apart:#?}");
}
