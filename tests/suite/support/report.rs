//! A report made by hand, with one of everything.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

use misfire::content::atomic::{Argument, ArgumentKind, AtomicGuid, Platform, TechniqueId};
use misfire::content::config::Folders;
use misfire::content::expectation::{Holds, SignalId};
use misfire::detect::{
    DetectionId, Explanation, Language, NearMiss, Outcome, Predicate, Quantity, Reading, Seen,
};
use misfire::diagnostic::{At, Code, Diagnostic, Place};
use misfire::event::{EventId, FileId, Origin, OwnedEvent, OwnedField, OwnedValue, Section};
use misfire::recording::{Evidence, ExecutedCommand, ExecutedStep, Execution};
use misfire::verdict::{
    Absent, AtomicReport, ClaimReport, ClaimState, ControlOutcome, ControlReport, EventRef,
    HitReport, Influence, LeftOut, MarkReport, MarkedField, NearMissReport, Report, SignalKind,
    SignalReport, SignalState, StageName, TestReport, Verdict, VerdictReport,
};

pub fn signal_id(name: &str) -> SignalId {
    SignalId::parse(name).expect("a name")
}

fn event(record: u64) -> EventRef {
    EventRef {
        file: PathBuf::from("fixtures/T1219/anydesk-temp/sysmon.evtx"),
        record,
    }
}

fn outcome(field: &str, wanted: &str, seen: &str, satisfied: bool) -> Outcome {
    Outcome {
        predicate: Predicate {
            part: "selection".to_owned(),
            field: Some(field.to_owned()),
            reads: vec![field.to_owned()],
            operator: "endswith".to_owned(),
            values: vec![wanted.to_owned()],
            quantity: Quantity::Any,
            negated: false,
            nested: false,
            origin: misfire::detect::FieldOrigin::Record,
            span: None,
        },
        seen: Seen::Value(OwnedValue::Text(seen.into())),
        satisfied,
    }
}

/// A start of a program, as it was logged.
pub fn logged(image: &str) -> OwnedEvent {
    let field = |section, name: &str, value| OwnedField {
        section,
        name: name.into(),
        value,
    };
    let text = |text: &str| OwnedValue::Text(text.into());
    OwnedEvent {
        id: EventId {
            file: FileId(0),
            record: 70402,
        },
        time: "2026-11-02T13:05:44.2210975Z".parse().ok(),
        origin: Origin::EventLog {
            provider: Some("Microsoft-Windows-Sysmon".into()),
            channel: Some("Microsoft-Windows-Sysmon/Operational".into()),
            event_id: Some(1),
        },
        fields: vec![
            field(Section::System, "EventID", OwnedValue::Integer(1)),
            field(Section::EventData, "Image", text(image)),
            field(Section::EventData, "User", OwnedValue::Null),
            field(
                Section::EventData,
                "tokenValue",
                text("correct-horse-battery"),
            ),
            field(
                Section::Body,
                "requestParameters",
                OwnedValue::Node(
                    r#"{"document":{"name":"AWS-RunShellScript"},"token":"hunter"}"#.into(),
                ),
            ),
        ],
    }
}

pub fn near_miss(relation: Option<&str>) -> NearMissReport {
    NearMissReport {
        explanation: Explanation {
            records: 12,
            searched: 3,
            fired: Vec::new(),
            nearest: Some(NearMiss {
                event: EventId {
                    file: FileId(0),
                    record: 70402,
                },
                time: Some("2026-11-02T13:05:44.2210975Z".parse().expect("a time")),
                distance: 1,
                outcomes: vec![
                    outcome(
                        "Image",
                        r"\AnyDesk.exe",
                        "C:\\Temp\\any\u{1b}[31mdesk_test.exe",
                        false,
                    ),
                    outcome("tokenValue", "x", "correct-horse-battery", true),
                ],
            }),
            groups: Vec::new(),
            stages: Vec::new(),
            limit: None,
        },
        event: Some(logged("C:\\Temp\\any\u{1b}[31mdesk_test.exe")),
        relation: relation.map(str::to_owned),
        change: vec![r"Image endswith '\anydesk_test.exe'".to_owned()],
    }
}

pub fn signal(name: &str, state: SignalState) -> SignalReport {
    let expected = matches!(state, SignalState::Seen | SignalState::NotDue);
    SignalReport {
        id: signal_id(name),
        looks_like: "sysmon 1".to_owned(),
        kind: SignalKind::Required,
        condition: None,
        state,
        expected,
        reason: if expected {
            "1 event".to_owned()
        } else {
            "none of 12 records is like it".to_owned()
        },
        events: if state == SignalState::Seen {
            vec![event(70402)]
        } else {
            Vec::new()
        },
        near_miss: (state == SignalState::Missing)
            .then(|| near_miss(Some("ProcessGuid is not that of `tunnel-process`"))),
    }
}

pub fn verdict(word: Verdict, expected: bool) -> VerdictReport {
    VerdictReport {
        detection: DetectionId::new("0784ddd7-8c53-4c5a-9b26-47064a3d155c"),
        title: "AnyDesk | Started `from` a <temporary> folder".to_owned(),
        file: Some(PathBuf::from("detections/sigma/anydesk.yml")),
        language: Language::Sigma,
        reading: Reading::Strict,
        verdict: word,
        expected,
        known_gap: None,
        reason: match word {
            Verdict::Fired => "it fired on installer-started".to_owned(),
            Verdict::Blind => "CommandLine is empty in every event of installer-started".to_owned(),
            _ => "its signals are there, and it stayed silent".to_owned(),
        },
        fires_on: vec![signal_id("installer-started")],
        events: if word == Verdict::Fired {
            vec![event(70402)]
        } else {
            Vec::new()
        },
        extra: if word == Verdict::Stray {
            vec![event(70403)]
        } else {
            Vec::new()
        },
        surplus: 0,
        mark: None,
        near_miss: (word == Verdict::Misfire && !expected).then(|| near_miss(None)),
    }
}

pub fn control(outcome: ControlOutcome) -> ControlReport {
    ControlReport {
        name: "T1219/controls/anydesk-installed".to_owned(),
        why: "AnyDesk is installed and started as a service".to_owned(),
        detection: DetectionId::new("0784ddd7-8c53-4c5a-9b26-47064a3d155c"),
        title: "AnyDesk Started".to_owned(),
        file: Some(PathBuf::from("detections/sigma/anydesk.yml")),
        reading: Reading::Strict,
        outcome,
        expected: outcome == ControlOutcome::Quiet,
        reason: match outcome {
            ControlOutcome::Quiet => "silent on 4 records".to_owned(),
            ControlOutcome::FalseAlarm => "it fires on 1 of 4 records".to_owned(),
            _ => "no record is of the rule's log source".to_owned(),
        },
        evidence: Some(Evidence::Authored),
        events: if outcome == ControlOutcome::FalseAlarm {
            vec![event(3)]
        } else {
            Vec::new()
        },
    }
}

pub fn claim(state: ClaimState) -> ClaimReport {
    ClaimReport {
        text: "the page promises one process event".to_owned(),
        page: "T1219 page".to_owned(),
        holds: Holds::False,
        because: Some("there are two".to_owned()),
        state,
    }
}

fn takes(description: &str, default: Option<&str>) -> Argument {
    Argument {
        description: description.to_owned(),
        kind: ArgumentKind::String,
        default: default.map(str::to_owned),
    }
}

pub fn test(technique: &str, name: &str) -> TestReport {
    TestReport {
        atomic: Some(AtomicReport {
            technique: TechniqueId::parse(technique).expect("an id"),
            guid: AtomicGuid::parse("6f1c2f60-1f52-4a83-90a4-1b0f6bfb0004"),
            number: 3,
            description: "Starts a program.\nThen it looks around.\n".to_owned(),
            takes: BTreeMap::from([
                ("folder".to_owned(), takes("Where it is", Some(r"C:\Temp"))),
                (
                    "vnc_password".to_owned(),
                    takes("The password", Some("hunter")),
                ),
            ]),
            platforms: vec![Platform::Windows],
            place: Place::new(Path::new("expectations/T1219.yaml"), At::Line(12)),
        }),
        name: name.to_owned(),
        recording: PathBuf::from("T1219/anydesk-temp"),
        files: vec![PathBuf::from("fixtures/T1219/anydesk-temp/sysmon.evtx")],
        stage: StageName::Replay,
        arguments: BTreeMap::from([
            ("vnc_password".to_owned(), "hunter2-long".to_owned()),
            ("folder".to_owned(), r"C:\Temp".to_owned()),
        ]),
        evidence: Some(Evidence::Authored),
        stand_in: None,
        not_run: None,
        execution: None,
        unseen: None,
        records: 12,
        signals: vec![
            signal("installer-started", SignalState::Seen),
            signal("relay-lookup", SignalState::NotDue),
        ],
        verdicts: vec![verdict(Verdict::Fired, true)],
        controls: vec![control(ControlOutcome::Quiet)],
        claims: vec![claim(ClaimState::Proven)],
        agreements: Vec::new(),
        hits: Vec::new(),
    }
}

/// Everything as expected.
pub fn green() -> Report {
    let mut gap = test("T1219", "A gap that is known");
    let mut known = verdict(Verdict::Misfire, true);
    known.known_gap = Some((Verdict::Misfire, "the rule lists another name".to_owned()));
    gap.verdicts.push(known);
    let tests = vec![test("T1219.001", "Tunnel from the command line"), gap];
    Report {
        planned: tests.len(),
        tests,
        records: 24,
        ..Report::default()
    }
}

/// One of everything that is not as expected.
pub fn red() -> Report {
    let mut misfire = test("T1219", "AnyDesk | from a `temporary` folder");
    misfire.verdicts.push(verdict(Verdict::Misfire, false));
    misfire.stand_in = Some("a copy of notepad.exe on WS01".to_owned());
    let mut missing = test("T1219", "TeamViewer by registry");
    missing
        .signals
        .push(signal("run-key", SignalState::Missing));
    missing.verdicts = vec![verdict(Verdict::Blind, false)];
    let mut unknown = test("T1219", "VNC server");
    unknown
        .signals
        .push(signal("listening", SignalState::Unknown));
    unknown.verdicts = vec![verdict(Verdict::Inconclusive, false)];
    let mut alarm = test("T1021.008", "SSM StartSession");
    alarm.controls.push(control(ControlOutcome::FalseAlarm));
    alarm.controls.push(control(ControlOutcome::Vacuous));
    alarm.claims.push(claim(ClaimState::Contradicted));
    let mut stray = test("T1021.008", "SSM SendCommand");
    let mut touched = verdict(Verdict::Stray, false);
    touched.mark = Some(MarkReport {
        fields: vec![MarkedField {
            field: "userAgent".to_owned(),
            added: "app/misfire-6e3f5c1a-7b2d-4e8f-9a0b-1c2d3e4f5a6b".to_owned(),
        }],
        influence: Influence::None,
        reason: "it fires without it as well".to_owned(),
    });
    stray.verdicts = vec![touched];
    stray.hits.push(HitReport {
        detection: DetectionId::new("any"),
        title: "Anything at all".to_owned(),
        events: vec![event(1), event(2)],
        mark: None,
    });
    let mut healed = test("T1021.008", "A gap that is closed");
    let mut fired = verdict(Verdict::Fired, false);
    fired.known_gap = Some((Verdict::Misfire, "the rule lists another name".to_owned()));
    healed.verdicts = vec![fired];
    let mut not_run = test("T1021.008", "Azure Run Command");
    not_run.signals.clear();
    not_run.verdicts.clear();
    not_run.controls.clear();
    not_run.claims.clear();
    not_run.not_run = Some("there is no recording of it".to_owned());
    let tests = vec![
        test("T1219.001", "Tunnel from the command line"),
        misfire,
        missing,
        unknown,
        alarm,
        stray,
        healed,
        not_run,
    ];
    Report {
        content: Some(Folders {
            detections: Some(vec!["rules".into()]),
            ..Folders::default()
        }),
        planned: 9,
        tests,
        left_out: vec![LeftOut {
            technique: Some("T1059".to_owned()),
            name: "Left out".to_owned(),
        }],
        diagnostics: vec![
            Diagnostic::error(Code::CONTENT_UNKNOWN_FIELD, "`signal` is not a field, 100%")
                .at(Place::new(
                    Path::new("expectations/T1219.yaml"),
                    At::Line(7),
                ))
                .help("did you mean `signals`?"),
        ],
        absent: vec![Absent {
            detection: "4815aa88".to_owned(),
            file: PathBuf::from("rules/other.yml"),
        }],
        commented_out: 1,
        deployment: Some("current".to_owned()),
        sumo_deployment: None,
        records: 84,
        interrupted: false,
    }
}

/// A command that was executed, some seconds after eleven, for that long.
fn command(step: ExecutedStep, second: i64, milliseconds: i64) -> ExecutedCommand {
    let eleven: Timestamp = "2026-11-30T11:00:00Z".parse().expect("a time");
    let started = eleven + second.seconds();
    ExecutedCommand {
        step,
        executor: "sh".to_owned(),
        command: "vncserver -localhost --password hunter2-long".to_owned(),
        template: "vncserver -localhost --password #{vnc_password}".to_owned(),
        started,
        ended: started + milliseconds.milliseconds(),
        process: Some(4711),
        exit_code: Some(0),
        timed_out: false,
        stdout: "New desktop is web01:1\npassword=hunter2-long\n".to_owned(),
        stderr: String::new(),
    }
}

/// An execution with the commands of these steps, as the run of that number.
pub fn execution(run: u128, steps: &[ExecutedStep]) -> Execution {
    Execution {
        run: Uuid::from_u128(run),
        host: "web01".to_owned(),
        address: "192.0.2.17".parse().ok(),
        user: "sam".to_owned(),
        directory: PathBuf::from("/tmp/misfire-run"),
        commands: steps
            .iter()
            .zip((0..).step_by(10))
            .map(|(step, second)| command(*step, second, 1_250))
            .collect(),
        residue: Vec::new(),
        notes: Vec::new(),
    }
}

/// A test that was executed.
pub fn executed_test(technique: &str, name: &str, execution: Execution) -> TestReport {
    TestReport {
        stage: StageName::Execute,
        evidence: Some(Evidence::Executed),
        execution: Some(Arc::new(execution)),
        ..test(technique, name)
    }
}

/// What was executed: well, for too long, by a person at an unknown address, and not
/// at all.
pub fn executed() -> Report {
    use ExecutedStep::{CheckPrerequisite, CleanUp, Perform};
    let mut well = execution(0xa1, &[CheckPrerequisite, Perform, CleanUp]);
    well.notes = vec!["connections of static programs are not seen".to_owned()];
    let well = executed_test("T1219", "VNC server on loopback", well);

    let mut long = execution(0xa2, &[Perform, CleanUp]);
    long.commands[0].timed_out = true;
    long.commands[0].exit_code = None;
    long.commands[0].ended = long.commands[0].started + 2.minutes();
    long.commands[0].stderr = "\u{1b}[31mno display\n".to_owned();
    long.residue = vec!["/tmp/misfire-run/x.log is still there".to_owned()];
    long.notes = vec!["connections of static programs are not seen".to_owned()];
    let mut long = executed_test("T1219", "=cmd|'/c calc'!A0", long);
    long.verdicts = vec![verdict(Verdict::Misfire, false)];

    let mut by_hand = execution(0xa3, &[Perform]);
    by_hand.address = None;
    let done = &mut by_hand.commands[0];
    done.executor = "manual".to_owned();
    done.command = "1. Open the settings.\n2. Say \"yes\".\n".to_owned();
    done.template.clone_from(&done.command);
    (done.process, done.exit_code) = (None, None);
    done.stdout.clear();
    let mut by_hand = executed_test("T1082", "Settings, opened by hand", by_hand);
    by_hand.arguments.clear();
    by_hand.hits.push(HitReport {
        detection: DetectionId::new("any"),
        title: "Anything at all".to_owned(),
        events: vec![event(1), event(2)],
        mark: None,
    });

    let checked = execution(0xa4, &[CheckPrerequisite]);
    let mut absent = executed_test("T1219", "TeamViewer", checked);
    absent.signals.clear();
    absent.verdicts.clear();
    absent.controls.clear();
    absent.claims.clear();
    absent.not_run = Some("a prerequisite is missing: TeamViewer is installed".to_owned());

    let tests = vec![well, long, by_hand, absent, test("T1219", "Replayed")];
    Report {
        planned: tests.len(),
        tests,
        records: 60,
        ..Report::default()
    }
}
