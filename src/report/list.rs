//! A plan: what would be run.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::paint::Paint;
use super::words::{count_of, one_line};
use crate::content::expectation::{Expectation, Presence, Signal};
use crate::content::fixture::Fixture;
use crate::content::{Plan, PlannedTest};

/// How much of a line from outside is shown, in characters.
const WIDTH: usize = 110;

/// The titles of detections by their ids.
pub type Titles = BTreeMap<String, String>;

/// Writes a plan for people.
///
/// # Errors
///
/// The output cannot be written.
pub fn list_text(
    out: &mut dyn Write,
    plan: &Plan,
    titles: &Titles,
    paint: Paint,
) -> io::Result<()> {
    for test in &plan.tests {
        test_text(out, test, titles, paint)?;
    }
    let tests = plan.tests.len();
    let recordings = plan.tests.iter().map(|test| test.recordings.len()).sum();
    let controls = plan.tests.iter().map(|test| test.controls.len()).sum();
    writeln!(
        out,
        "{}, {}, {}",
        count_of(tests, "test"),
        count_of(recordings, "recording"),
        count_of(controls, "control"),
    )
}

fn test_text(
    out: &mut dyn Write,
    test: &PlannedTest,
    titles: &Titles,
    paint: Paint,
) -> io::Result<()> {
    let atomic = &test.atomic;
    let platforms: Vec<_> = atomic
        .platforms
        .iter()
        .map(|platform| platform.as_str())
        .collect();
    let guid = atomic
        .guid
        .map_or_else(|| "no GUID".to_owned(), |guid| guid.to_string());
    writeln!(
        out,
        "{:<10} {} {}",
        paint.bold(&atomic.technique),
        one_line(&atomic.name, WIDTH),
        paint.faint(format_args!("({guid}, {})", platforms.join(", "))),
    )?;
    let mut line = |label: &str, text: String| -> io::Result<()> {
        writeln!(out, "  {label:<10} {}", one_line(&text, WIDTH))
    };
    let Some(expectation) = &test.expectation else {
        line(
            "expects",
            "nothing: detections only hit or do not".to_owned(),
        )?;
        for fixture in &test.recordings {
            line("recording", recording_text(fixture))?;
        }
        return Ok(());
    };
    for signal in &expectation.signals {
        line("signal", signal_text(signal))?;
    }
    for expected in &expectation.detections {
        let id = expected.rule.as_str();
        let title = titles.get(id).map_or("not loaded", String::as_str);
        let gap = expected.gap.as_ref().map_or_else(String::new, |gap| {
            format!(", known gap: {:?}", gap.verdict).to_lowercase()
        });
        line("detection", format!("{title} ({id}){gap}"))?;
    }
    if test.recordings.is_empty() {
        line("recording", "none, so it cannot be replayed".to_owned())?;
    }
    for fixture in &test.recordings {
        line("recording", recording_text(fixture))?;
    }
    for control in &test.controls {
        line(
            "control",
            match &control.fixture {
                Ok(_) => control.name().to_owned(),
                Err(why) => format!("{} (not read: {why})", control.name()),
            },
        )?;
    }
    if !expectation.claims.is_empty() {
        line("claims", count_of(expectation.claims.len(), "claim"))?;
    }
    Ok(())
}

fn signal_text(signal: &Signal) -> String {
    let what = match (signal.presence, &signal.condition) {
        (Presence::Absent, _) => ", must not be there".to_owned(),
        (Presence::Expected, Some(condition)) => format!(", if {}", condition.given),
        (Presence::Expected, None) => String::new(),
    };
    format!("{} ({}){what}", signal.id, sources(signal).join(" or "))
}

fn sources(signal: &Signal) -> Vec<String> {
    let mut sources: Vec<String> = Vec::new();
    for branch in &signal.branches {
        let ids: Vec<_> = branch.event_ids.iter().map(ToString::to_string).collect();
        let source = format!("{} {}", branch.source, ids.join("/"));
        let source = source.trim_end();
        if !sources.iter().any(|known| known == source) {
            sources.push(source.to_owned());
        }
    }
    sources
}

fn recording_text(fixture: &Fixture) -> String {
    let stand_in = match fixture.stand_in {
        Some(_) => ", stand-in",
        None => "",
    };
    let records = fixture.files.iter().map(|file| file.records).sum::<u64>();
    format!(
        "{} ({}{stand_in}, {})",
        fixture.name,
        fixture.evidence,
        super::words::count(records, "record"),
    )
}

/// The JSON document of `misfire list`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PlanDocument {
    /// The tests in order.
    tests: Vec<TestDocument>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct TestDocument {
    /// The ATT&CK technique.
    technique: String,
    /// The atomic's GUID; null if it has none.
    atomic: Option<String>,
    /// The atomic's name.
    name: String,
    /// Where it works.
    platforms: Vec<String>,
    /// Whether an expectation says what is to be seen.
    expected: bool,
    /// The expected events.
    signals: Vec<SignalDocument>,
    /// The detections that must fire.
    detections: Vec<DetectionDocument>,
    /// The recordings.
    recordings: Vec<RecordingDocument>,
    /// The benign twins.
    controls: Vec<String>,
    /// What published pages promise.
    claims: usize,
}

#[derive(Debug, Serialize, JsonSchema)]
struct SignalDocument {
    id: String,
    /// `required`, `conditional`, or `absent`.
    kind: &'static str,
    /// The logs and event ids that it may stand in.
    sources: Vec<String>,
    /// The condition that it depends on.
    given: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct DetectionDocument {
    id: String,
    /// Its title; null if it is not loaded.
    title: Option<String>,
    /// The signals that it must fire on; null means every required one.
    fires_on: Option<Vec<String>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RecordingDocument {
    name: String,
    evidence: String,
    stand_in: Option<String>,
    records: u64,
    files: Vec<String>,
}

/// Writes a plan as JSON.
///
/// # Errors
///
/// The output cannot be written.
pub fn list_json(out: &mut dyn Write, plan: &Plan, titles: &Titles) -> io::Result<()> {
    let document = PlanDocument {
        tests: plan
            .tests
            .iter()
            .map(|test| document(test, titles))
            .collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn document(test: &PlannedTest, titles: &Titles) -> TestDocument {
    let atomic = &test.atomic;
    let expectation: Option<&Expectation> = test.expectation.as_deref();
    let signals = expectation.map_or(&[][..], |expectation| &expectation.signals);
    let detections = expectation.map_or(&[][..], |expectation| &expectation.detections);
    TestDocument {
        technique: atomic.technique.to_string(),
        atomic: atomic.guid.map(|guid| guid.to_string()),
        name: atomic.name.clone(),
        platforms: atomic.platforms.iter().map(ToString::to_string).collect(),
        expected: expectation.is_some(),
        signals: signals
            .iter()
            .map(|signal| SignalDocument {
                id: signal.id.to_string(),
                kind: match (signal.presence, &signal.condition) {
                    (Presence::Absent, _) => "absent",
                    (Presence::Expected, Some(_)) => "conditional",
                    (Presence::Expected, None) => "required",
                },
                sources: sources(signal),
                given: signal
                    .condition
                    .as_ref()
                    .map(|condition| condition.given.clone()),
            })
            .collect(),
        detections: detections
            .iter()
            .map(|expected| DetectionDocument {
                id: expected.rule.to_string(),
                title: titles.get(expected.rule.as_str()).cloned(),
                fires_on: expected
                    .fires_on
                    .as_ref()
                    .map(|ids| ids.iter().map(ToString::to_string).collect()),
            })
            .collect(),
        recordings: test
            .recordings
            .iter()
            .map(|fixture| RecordingDocument {
                name: fixture.name.clone(),
                evidence: fixture.evidence.to_string(),
                stand_in: fixture.stand_in.clone(),
                records: fixture.files.iter().map(|file| file.records).sum(),
                files: fixture
                    .files
                    .iter()
                    .map(|file| file.input.path.display().to_string())
                    .collect(),
            })
            .collect(),
        controls: test
            .controls
            .iter()
            .map(|control| control.name().to_owned())
            .collect(),
        claims: expectation.map_or(0, |expectation| expectation.claims.len()),
    }
}
