//! The document of a run, read from JSON. What is not known is ignored, so that documents
//! of a newer version can be read; what is missing, or a word that is not known, is told
//! with its place.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::cursor::{At, Wrong};
use super::document::{
    Agreement, Claim, Control, Hit, Judgement, NearMiss, Predicate, Problem, RecordedEvent,
    RunDocument, Signal, StageWord, Test,
};
use crate::detect::Reading;
use crate::recording::Evidence;
use crate::verdict::{ClaimState, ControlOutcome, SignalState, Verdict};

type Found<T> = Result<T, Wrong>;

/// Reads the document of a run.
pub(super) fn run_document(value: &Json) -> Found<RunDocument> {
    let root = At::root(value);
    let summary = root.get("summary")?;
    let run = RunDocument {
        tests: root.get("tests")?.each(test)?,
        left_out: root.find_each("left_out", |at| {
            Ok((at.find_text("technique")?, at.get("name")?.text()?))
        })?,
        errors: errors(&root)?,
        settings: settings(&root, &summary)?,
        planned: summary.get("planned")?.count()?,
        judged: summary.get("judged")?.count()?,
        unexpected: summary.get("unexpected")?.count()?,
        interrupted: summary.get("interrupted")?.truth()?,
    };
    holds_together(&run, &summary)?;
    Ok(run)
}

/// A document that was cut or changed by hand would be compared as if it were whole.
fn holds_together(run: &RunDocument, summary: &At<'_>) -> Found<()> {
    let differs = |key: &str, says: u64, holds: u64| match says == holds {
        true => Ok(()),
        false => Err(Wrong(format!(
            "`summary.{key}` is {says}, and the tests come to {holds}: the document was cut, or \
             changed by hand"
        ))),
    };
    let due = |test: &Test| {
        let signals = test.signals.iter();
        signals
            .filter(|signal| signal.state != SignalState::NotDue)
            .count()
    };
    let judged = |test: &Test| test.verdicts.len() + test.controls.len() + due(test);
    let holds: usize = run.tests.iter().map(judged).sum();
    differs("judged", run.judged, holds as u64)?;
    for word in Verdict::ALL {
        let Some(says) = summary.find(word.as_str())? else {
            continue;
        };
        let verdicts = run.tests.iter().flat_map(|test| &test.verdicts);
        let holds = verdicts.filter(|given| given.verdict == word).count();
        differs(word.as_str(), says.count()?, holds as u64)?;
    }
    Ok(())
}

fn errors(root: &At<'_>) -> Found<Vec<Problem>> {
    let problems = root.find_each("diagnostics", |at| {
        let problem = Problem {
            code: at.get("code")?.text()?,
            file: at.find_text("file")?,
            message: at.get("message")?.text()?,
        };
        Ok((at.get("severity")?.text()?, problem))
    })?;
    let problems = problems.into_iter();
    Ok(problems
        .filter(|(severity, _)| severity == "error")
        .map(|(_, problem)| problem)
        .collect())
}

fn settings(root: &At<'_>, summary: &At<'_>) -> Found<BTreeMap<&'static str, String>> {
    let mut settings = BTreeMap::new();
    for (key, name) in [
        ("splunk_deployment", "the deployment of Splunk"),
        ("sumo_deployment", "the deployment of Sumo Logic"),
    ] {
        if let Some(value) = summary.find_text(key)? {
            settings.insert(name, value);
        }
    }
    if let Some(content) = root.find("content")? {
        for (key, name) in [
            ("atomics", "the folders of atomics"),
            ("expectations", "the folders of expectations"),
            ("detections", "the folders of detections"),
            ("fixtures", "the folders of fixtures"),
        ] {
            if let Some(home) = content.find(key)? {
                settings.insert(name, home.json());
            }
        }
    }
    Ok(settings)
}

fn test(at: &At<'_>) -> Found<Test> {
    let text = |at: &At<'_>| at.text();
    let telemetry = at.get("telemetry")?.each_value(signal)?;
    let signals = telemetry
        .into_iter()
        .map(|(id, signal)| Signal { id, ..signal });
    Ok(Test {
        technique: at.text_or_null("technique")?,
        atomic: at.text_or_null("atomic")?,
        name: at.get("name")?.text()?,
        stage: at.get("stage")?.word(&StageWord::ALL, StageWord::as_str)?,
        recording: at.get("recording")?.text()?,
        arguments: at.get("arguments")?.each_value(text)?.into_iter().collect(),
        evidence: evidence(at)?,
        stand_in: at.find_text("stand_in")?,
        not_run: at.find_text("not_run")?,
        signals: sorted(signals.collect()),
        verdicts: sorted(at.get("verdicts")?.each(judgement)?),
        controls: sorted(at.get("controls")?.each(control)?),
        claims: sorted(at.find_each("claims", claim)?),
        agreements: sorted(at.find_each("agreements", agreement)?),
        hits: sorted(at.find_each("hits", hit)?),
    })
}

/// The order of judgements is of no account, also where whole tests are compared.
fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}

fn hit(at: &At<'_>) -> Found<Hit> {
    let detection = at.get("detection")?.text()?;
    let title = at.find_text("title")?;
    Ok(Hit {
        title: title.unwrap_or_else(|| detection.clone()),
        detection,
    })
}

fn evidence(at: &At<'_>) -> Found<Option<Evidence>> {
    const GRADES: [Evidence; 4] = [
        Evidence::Authored,
        Evidence::Simulated,
        Evidence::Executed,
        Evidence::Recorded,
    ];
    let name = |grade| match grade {
        Evidence::Authored => "authored",
        Evidence::Simulated => "simulated",
        Evidence::Executed => "executed",
        Evidence::Recorded => "recorded",
    };
    let given = at.find("evidence")?;
    given.map(|grade| grade.word(&GRADES, name)).transpose()
}

fn signal(at: &At<'_>) -> Found<Signal> {
    Ok(Signal {
        id: String::new(),
        looks_like: at.find_text("looks_like")?.unwrap_or_default(),
        state: at
            .get("state")?
            .word(&SignalState::ALL, SignalState::as_str)?,
        expected: at.get("expected")?.truth()?,
        reason: at.find_text("reason")?.unwrap_or_default(),
        near_miss: near_miss(at)?,
    })
}

fn judgement(at: &At<'_>) -> Found<Judgement> {
    let detection = at.get("detection")?.text()?;
    let gap = |gap: At<'_>| {
        let verdict = gap.get("verdict")?.text()?;
        let reason = gap.find_text("reason")?.unwrap_or_default();
        Ok(format!("{verdict}: {reason}"))
    };
    Ok(Judgement {
        reading: reading(at)?,
        title: at.find_text("title")?.unwrap_or_else(|| detection.clone()),
        detection,
        verdict: at.get("verdict")?.word(&Verdict::ALL, Verdict::as_str)?,
        expected: at.get("expected")?.truth()?,
        known_gap: at.find("known_gap")?.map(gap).transpose()?,
        reason: at.find_text("reason")?.unwrap_or_default(),
        fires_on: at.find_each("fires_on", |at| at.text())?,
        extra: at.find_each("extra", |_| Ok(()))?.len(),
        near_miss: near_miss(at)?,
    })
}

fn reading(at: &At<'_>) -> Found<String> {
    let name = |reading| match reading {
        Reading::Strict => "strict",
        Reading::Intent => "intent",
    };
    let word = at.get("reading")?;
    let reading = word.word(&[Reading::Strict, Reading::Intent], name)?;
    Ok(name(reading).to_owned())
}

fn control(at: &At<'_>) -> Found<Control> {
    let detection = at.get("detection")?.text()?;
    Ok(Control {
        name: at.get("name")?.text()?,
        reading: reading(at)?,
        title: at.find_text("title")?.unwrap_or_else(|| detection.clone()),
        detection,
        outcome: at
            .get("outcome")?
            .word(&ControlOutcome::ALL, ControlOutcome::as_str)?,
        expected: at.get("expected")?.truth()?,
        reason: at.find_text("reason")?.unwrap_or_default(),
        evidence: evidence(at)?,
    })
}

fn claim(at: &At<'_>) -> Found<Claim> {
    const STATES: [ClaimState; 3] = [
        ClaimState::Proven,
        ClaimState::Contradicted,
        ClaimState::Unproven,
    ];
    Ok(Claim {
        text: at.get("text")?.text()?,
        page: at.find_text("page")?.unwrap_or_default(),
        holds: at.find("holds")?.map_or_else(String::new, |at| at.shown()),
        state: at.get("state")?.word(&STATES, claim_word)?,
    })
}

/// The word of a claim's state.
pub(super) fn claim_word(state: ClaimState) -> &'static str {
    match state {
        ClaimState::Proven => "proven",
        ClaimState::Contradicted => "contradicted",
        ClaimState::Unproven => "unproven",
    }
}

fn agreement(at: &At<'_>) -> Found<Agreement> {
    let detection = at.get("detection")?.text()?;
    let other = at.get("other")?.text()?;
    let or_id = |title: Option<String>, id: &String| title.unwrap_or_else(|| id.clone());
    Ok(Agreement {
        recording: at.get("recording")?.text()?,
        title: or_id(at.find_text("title")?, &detection),
        detection,
        other_title: or_id(at.find_text("other_title")?, &other),
        other,
        agrees: at.get("agrees")?.truth()?,
    })
}

fn near_miss(at: &At<'_>) -> Found<Option<NearMiss>> {
    let Some(at) = at.find("near_miss")? else {
        return Ok(None);
    };
    let mut near_miss = NearMiss {
        event: None,
        distance: None,
        predicates: Vec::new(),
        relation: at.find_text("relation")?,
        change: at.find_each("change", |at| at.text())?,
    };
    if let Some(nearest) = at.find("nearest")? {
        if let Some(event) = nearest.find("event")? {
            near_miss.event = Some(RecordedEvent {
                file: event.find_text("file")?.unwrap_or_default(),
                record: event.get("record")?.count()?,
            });
        }
        near_miss.distance = nearest.find("distance")?.map(|at| at.count()).transpose()?;
        near_miss.predicates = nearest.find_each("predicates", predicate)?;
    }
    Ok(Some(near_miss))
}

fn predicate(at: &At<'_>) -> Found<Predicate> {
    let truth = |key: &str| at.find(key)?.map_or(Ok(false), |at| at.truth());
    Ok(Predicate {
        part: at.find_text("part")?.unwrap_or_default(),
        field: at.find_text("field")?,
        operator: at.find_text("operator")?.unwrap_or_default(),
        wanted: at.find_each("wanted", |at| Ok(at.shown()))?,
        wanted_all: truth("wanted_all")?,
        negated: truth("negated")?,
        seen: at.find("seen")?.map(|at| at.shown()),
        satisfied: truth("satisfied")?,
    })
}
