//! The distance never disagrees with the engine.

use std::collections::HashMap;

use misfire::detect::{Engine, ProgramId};
use misfire::event::{Batch, Event, FileId, Section, Value};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value as Json;

use crate::sigma_explain::sigma;
use crate::support::events::{Made, batch};
use crate::support::{files, names_of, parse_files, read, search};
use misfire::detect::sigma::SigmaEngine;

/// A rule and the events of its recording.
type Case = (ProgramId, Vec<Batch>);

/// The rule of each recording and the recording's events.
fn cases() -> Option<(SigmaEngine, Vec<Case>)> {
    let corpus = sigma()?;
    let mut rules = HashMap::new();
    for path in files(&corpus.join("regression_data"), "yml") {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let info: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
        let rule = info["rule_metadata"][0]["id"].as_str().expect("an id");
        let log = info["regression_tests_info"][0]["path"].as_str();
        // Its owner has left one of them out.
        let Some(log) = log.map(|log| corpus.join(log)) else {
            continue;
        };
        if log.extension().is_some_and(|ending| ending == "evtx") {
            rules.insert(rule.to_owned(), log);
        }
    }
    let mut set = parse_files(&files(&corpus, "yml")).0;
    set.retain(|names| names.iter().any(|name| rules.contains_key(*name)));
    let names = names_of(&set);
    let (engine, _) = SigmaEngine::new(set, &names);
    let cases = engine
        .programs()
        .iter()
        .zip(0..)
        .map(|(detection, number)| {
            let log = &rules[detection.id.as_str()];
            (ProgramId(number), read(log, FileId(number), &names))
        })
        .collect();
    Some((engine, cases))
}

/// Asserts that what is explained of one rule is what the engine finds.
fn agrees(engine: &SigmaEngine, program: ProgramId, batches: &[Batch]) {
    let explanation = engine.explain(program, None, &mut |visit| {
        for batch in batches {
            for event in batch.events() {
                visit(event);
            }
        }
    });
    let mut fired: Vec<_> = search(engine, batches)
        .into_iter()
        .filter(|firing| firing.program == program)
        .filter_map(|firing| firing.event())
        .collect();
    fired.sort_unstable();
    let mut explained = explanation.fired.clone();
    explained.sort_unstable();
    assert_eq!(explained, fired);
    if let Some(nearest) = &explanation.nearest {
        assert_eq!(nearest.distance == 0, !fired.is_empty());
        assert_eq!(nearest.first_failure().is_none(), nearest.distance == 0);
    }
}

#[test]
fn every_recording_is_explained_as_it_is_searched() {
    let Some((engine, cases)) = cases() else {
        return;
    };
    let start = std::time::Instant::now();
    assert_eq!(cases.len(), 106);
    for (program, batches) in &cases {
        agrees(&engine, *program, batches);
        for predicate in engine.predicates(*program) {
            assert!(predicate.span.is_some(), "{predicate:?}");
        }
    }
    // Other rules' recordings are near misses at best.
    for ((program, _), (_, batches)) in cases.iter().zip(cases.iter().skip(1)) {
        agrees(&engine, *program, batches);
    }
    println!("explained 211 logs in {:?}", start.elapsed());
}

fn made(event: Event<'_>) -> Made {
    Made {
        origin: event.origin().clone(),
        time: event.time(),
        number: None,
        fields: event
            .fields()
            .filter(|field| field.section != Section::RenderingInfo)
            .map(|field| (field.section, field.name.to_owned(), json(field.value)))
            .collect(),
    }
}

fn json(value: Value<'_>) -> Json {
    match value {
        Value::List(items) => items.iter().map(json).collect(),
        other => other.to_json(),
    }
}

#[test]
fn changed_events_are_explained_as_they_are_searched() {
    let Some((engine, cases)) = cases() else {
        return;
    };
    let strategy = (
        any::<prop::sample::Index>(),
        any::<prop::sample::Index>(),
        proptest::collection::vec((any::<prop::sample::Index>(), 0..6_u8), 1..5),
    );
    let mut runner = TestRunner::new(Config::with_cases(600));
    let result = runner.run(&strategy, |(case, place, changes)| {
        let (program, batches) = case.get(&cases);
        let events: Vec<_> = batches.iter().flat_map(Batch::events).collect();
        let mut event = made(*place.get(&events));
        for (field, change) in changes {
            let field = field.index(event.fields.len());
            let value = &mut event.fields[field].2;
            match change {
                0 => *value = Json::Null,
                1 => *value = Json::from(""),
                2 => *value = Json::from(value.as_str().unwrap_or_default().to_uppercase()),
                3 => {
                    let text: String = value.as_str().unwrap_or_default().chars().rev().collect();
                    *value = text.into();
                }
                4 => *value = Json::from(vec![value.clone(), Json::from("other")]),
                _ => {
                    event.fields.remove(field);
                    if event.fields.is_empty() {
                        break;
                    }
                }
            }
        }
        agrees(&engine, *program, &[batch(engine.names(), &[event])]);
        Ok(())
    });
    if let Err(problem) = result {
        panic!("{problem}");
    }
}
