//! Reports that are hard to show: hostile, with two readings, and large.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use misfire::content::atomic::AtomicGuid;
use misfire::detect::{DetectionId, Language, Reading};
use misfire::diagnostic::{At, Code, Diagnostic, Place};
use misfire::recording::{Evidence, ExecutedStep};
use misfire::report::mask::{Form, Masked, Secrets};
use misfire::report::report_html;
use misfire::verdict::{
    AgreementReport, ClaimState, ControlOutcome, EventRef, HitReport, Report, SignalState,
    TestReport, Verdict, VerdictReport,
};

use super::report::{
    claim, control, executed_test, execution, logged, near_miss, signal, test, verdict,
};

/// Texts that a page must show and not obey.
pub const HOSTILE: [&str; 7] = [
    "<script>document.title='owned'</script>",
    "</script></style></noscript></template><script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "\"'><svg onload=document.title='owned'>",
    "--><!--<b>&lt;i&gt; ]]> {{x}} ${x} javascript:alert(1)",
    "\u{202e}gnitirw fo noitcerid \u{5d0}\u{5d1}\u{5d2} \u{0}\u{1b}[31m\u{fffe}\u{10ffff}",
    "`<script>`document.title='owned'`</script>`",
];

/// A text without a place to break it.
pub fn unbroken() -> String {
    "W".repeat(3_000)
}

/// The page of a report, masked as the program does it.
pub fn page(report: &Report) -> String {
    let mut out = Vec::new();
    let mut masked = Masked::new(&mut out, Form::Html, Secrets::of_report(report));
    report_html(&mut masked, report).expect("a vector takes all");
    masked.finish().expect("a vector takes all");
    drop(masked);
    String::from_utf8(out).expect("UTF-8")
}

/// Hostile texts wherever a text from outside can stand.
pub fn hostile() -> Report {
    let long = unbroken();
    let texts = HOSTILE.iter().copied().chain([long.as_str()]);
    let tests: Vec<_> = texts.map(hostile_test).collect();
    Report {
        planned: tests.len(),
        tests,
        diagnostics: HOSTILE
            .iter()
            .map(|text| {
                Diagnostic::error(Code::CONTENT_UNKNOWN_FIELD, *text)
                    .at(Place::new(Path::new(text), At::Line(7)))
                    .help(*text)
            })
            .collect(),
        deployment: Some(HOSTILE[0].to_owned()),
        ..Report::default()
    }
}

fn hostile_test(text: &str) -> TestReport {
    let mut run = execution(0xbad, &[ExecutedStep::Perform]);
    for command in &mut run.commands {
        command.command = text.to_owned();
        command.stdout = text.to_owned();
        command.stderr = text.to_owned();
        command.executor = text.to_owned();
    }
    run.host = text.to_owned();
    run.user = text.to_owned();
    run.directory = PathBuf::from(text);
    run.residue = vec![text.to_owned()];
    run.notes = vec![text.to_owned()];
    let mut given = executed_test("T1219", text, run);
    if let Some(atomic) = &mut given.atomic {
        atomic.description = text.to_owned();
    }
    given.recording = PathBuf::from(text);
    given.files = vec![PathBuf::from(text)];
    given.stand_in = Some(text.to_owned());
    given.arguments = BTreeMap::from([(text.to_owned(), text.to_owned())]);
    let event = EventRef {
        file: PathBuf::from(text),
        record: 1,
    };
    let mut missing = signal("run-key", SignalState::Missing);
    missing.looks_like = text.to_owned();
    missing.reason = text.to_owned();
    missing.condition = Some(text.to_owned());
    missing.events = vec![event.clone()];
    given.signals = vec![missing];
    let mut silent = verdict(Verdict::Misfire, false);
    silent.detection = DetectionId::new(text);
    silent.title = text.to_owned();
    silent.file = Some(PathBuf::from(text));
    silent.reason = text.to_owned();
    silent.known_gap = Some((Verdict::Fired, text.to_owned()));
    silent.extra = vec![event.clone()];
    let mut near = near_miss(Some(text));
    near.change = vec![text.to_owned()];
    let mut seen = logged(text);
    for field in &mut seen.fields {
        field.name = text.into();
    }
    near.event = Some(seen);
    if let Some(nearest) = &mut near.explanation.nearest {
        for outcome in &mut nearest.outcomes {
            outcome.predicate.part = text.to_owned();
            outcome.predicate.field = Some(text.to_owned());
            outcome.predicate.operator = text.to_owned();
            outcome.predicate.values = vec![text.to_owned()];
            outcome.predicate.reads = vec![text.to_owned()];
        }
    }
    silent.near_miss = Some(near);
    given.verdicts = vec![silent];
    let mut alarm = control(ControlOutcome::FalseAlarm);
    alarm.name = text.to_owned();
    alarm.why = text.to_owned();
    alarm.title = text.to_owned();
    alarm.reason = text.to_owned();
    alarm.detection = DetectionId::new(text);
    given.controls = vec![alarm];
    let mut promise = claim(ClaimState::Contradicted);
    promise.text = text.to_owned();
    promise.page = text.to_owned();
    promise.because = Some(text.to_owned());
    given.claims = vec![promise];
    given.agreements = vec![AgreementReport {
        recording: text.to_owned(),
        detection: DetectionId::new(text),
        title: text.to_owned(),
        file: None,
        other: DetectionId::new(text),
        other_title: text.to_owned(),
        both: 0,
        only_this: vec![event.clone()],
        only_other: vec![event.clone()],
    }];
    given.hits = vec![HitReport {
        detection: DetectionId::new(text),
        title: text.to_owned(),
        events: vec![event],
        mark: None,
    }];
    given
}

/// A query that its product rejects and that fires as it was meant.
pub fn readings() -> Report {
    let mut given = test("T1219", "VNC server");
    let query = |reading, word, expected| VerdictReport {
        detection: DetectionId::new("92ae2707-e485-4a9f-8a95-0a1874e67646"),
        title: "VNC server listens".to_owned(),
        language: Language::Sumo,
        reading,
        reason: match word {
            Verdict::Invalid => "`eval` is no operator".to_owned(),
            _ => "it fired on `installer-started`".to_owned(),
        },
        ..verdict(word, expected)
    };
    given.verdicts = vec![
        query(Reading::Strict, Verdict::Invalid, false),
        query(Reading::Intent, Verdict::Fired, true),
    ];
    given.evidence = Some(Evidence::Recorded);
    Report {
        planned: 1,
        tests: vec![given],
        records: 12,
        ..Report::default()
    }
}

/// Many tests, each with a verdict for each of so many detections; one in seven is
/// silent, and one in eleven of them is not as expected.
pub fn large(tests: usize, detections: usize) -> Report {
    let words = [Verdict::Misfire, Verdict::Blind, Verdict::Inconclusive];
    let tests: Vec<_> = (0..tests)
        .map(|number| {
            let mut given = test("T1059.001", &format!("Test number {number}"));
            given.recording = PathBuf::from(format!("T1059.001/recording-{number}"));
            if let Some(atomic) = &mut given.atomic {
                atomic.number = number + 1;
                atomic.guid = AtomicGuid::parse(&format!("6f1c2f60-1f52-4a83-90a4-{number:012x}"));
            }
            given.verdicts = (0..detections)
                .map(|place| {
                    let count = number * detections + place;
                    let word = match count % 7 {
                        0 => words[count % words.len()],
                        _ => Verdict::Fired,
                    };
                    let expected = word == Verdict::Fired || !count.is_multiple_of(11);
                    VerdictReport {
                        detection: DetectionId::new(&format!("detection-{place}")),
                        title: format!("Detection number {place}"),
                        ..verdict(word, expected)
                    }
                })
                .collect();
            given
        })
        .collect();
    Report {
        planned: tests.len(),
        tests,
        ..Report::default()
    }
}

/// Techniques with a verdict each.
pub fn spread() -> Report {
    let techniques = ["T1016", "T1033", "T1049", "T1219.001"];
    let tests: Vec<_> = techniques.map(|id| test(id, "One test")).into();
    Report {
        planned: tests.len(),
        tests,
        ..Report::default()
    }
}

/// A test whose secret arguments hold what a page escapes.
pub fn secretive(secret: &str) -> Report {
    let mut run = execution(0xa9, &[ExecutedStep::Perform]);
    for command in &mut run.commands {
        command.command = format!("vncserver --password {secret} --name `{secret}`");
        command.stdout = format!("the line before\nset to {secret} now\n");
    }
    let mut given = executed_test("T1219", &format!("VNC with {secret}"), run);
    given.recording = PathBuf::from(format!("T1219/{secret}"));
    given.arguments = BTreeMap::from([("vnc_password".to_owned(), secret.to_owned())]);
    let mut silent = verdict(Verdict::Misfire, false);
    silent.title = format!("Title with {secret}");
    silent.reason = format!("`{secret}` is `not` there");
    let mut near = near_miss(None);
    near.event = Some(logged(&format!("C:\\Temp\\{secret}.exe")));
    silent.near_miss = Some(near);
    given.verdicts.push(silent);
    given.execution = given.execution.map(|run| Arc::new((*run).clone()));
    Report {
        planned: 1,
        tests: vec![given],
        ..Report::default()
    }
}
