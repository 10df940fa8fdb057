//! Whole recordings: our own, and samples of real systems.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use misfire::content::fixture::{Fixture, FixtureFile, Subject};
use misfire::content::{Content, ContentRequest, LogInput, Start, load_detections};
use misfire::diagnostic::Place;
use misfire::log::scrub::Kind;
use misfire::recording::{Closure, Evidence, Host, Outcome, Window};
use misfire::run::{Interrupt, ScrubLog, ScrubProof, ScrubRequest, scrub_proven};

use super::{key, replaced};
use crate::support;
use support::{corpus, files};

/// What is part of the program.
fn bundled() -> Content {
    let nowhere = tempfile::tempdir().expect("a temporary folder");
    Content::load(&ContentRequest {
        start: Start::At(nowhere.path().to_owned()),
        ..ContentRequest::default()
    })
}

fn bytes(input: &LogInput) -> Arc<[u8]> {
    match &input.bytes {
        Some(bytes) => Arc::clone(bytes),
        None => std::fs::read(&input.path).expect("a log").into(),
    }
}

pub fn request_of(fixture: &Fixture) -> ScrubRequest {
    ScrubRequest {
        logs: fixture
            .files
            .iter()
            .map(|file| ScrubLog {
                name: file
                    .input
                    .path
                    .file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into(),
                bytes: bytes(&file.input),
                sources: file.sources.clone(),
            })
            .collect(),
        host: fixture.host.clone(),
        arguments: match &fixture.subject {
            Subject::Atomic { arguments, .. } => arguments.clone(),
            Subject::Control { .. } => Default::default(),
        },
        content: Vec::new(),
        texts: Vec::new(),
        key: key(),
    }
}

/// Whether a name stands in bytes, as UTF-8 or as UTF-16.
fn holds(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [name.as_bytes(), &wide].iter().any(|wanted| {
        bytes
            .windows(wanted.len())
            .any(|window| window.eq_ignore_ascii_case(wanted))
    })
}

#[test]
fn our_own_recordings_are_judged_as_before() {
    let content = bundled();
    let mut proven = 0;
    let mut users = 0;
    let mut wrong = Vec::new();
    for test in &content.plan.tests {
        let defaults = test.atomic.arguments.values();
        let defaults: Vec<_> = defaults
            .filter_map(|argument| argument.default.clone())
            .collect();
        for fixture in &test.recordings {
            let mut request = request_of(fixture);
            request.content.clone_from(&defaults);
            let proof = ScrubProof {
                fixture,
                test: Some((Arc::clone(&test.atomic), test.expectation.clone())),
                detections: &|| bundled().detections,
                threads: None,
                interrupt: Interrupt::default(),
            };
            let scrubbed = match scrub_proven(&request, &proof) {
                Ok(scrubbed) => scrubbed,
                Err(problems) => {
                    let told = problems.iter().map(|problem| problem.message.as_str());
                    wrong.push(format!(
                        "{}: {}",
                        fixture.name,
                        told.collect::<Vec<_>>().join("; ")
                    ));
                    continue;
                }
            };
            assert!(!scrubbed.changes.is_empty(), "{}", fixture.name);
            users += replaced(&scrubbed, Kind::User);
            for (before, log) in request.logs.iter().zip(&scrubbed.logs) {
                let name = format!("{}: {}", fixture.name, log.name);
                assert!(!holds(&log.bytes, "avery"), "{name}");
                if before.name.ends_with(".evtx") {
                    let host = fixture.host.name.split('.').next().expect("a name");
                    assert!(holds(&before.bytes, host), "{name}");
                    assert!(!holds(&log.bytes, host), "{name}");
                }
            }
            assert_eq!(scrubbed.host.platform, fixture.host.platform);
            proven += 1;
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(proven >= 10 && users >= 10, "{proven} {users}");
}

/// So many of the samples are looked at, evenly.
const SAMPLED: usize = 40;

#[test]
fn public_rules_hit_the_same_records_of_samples_of_real_systems() {
    let (Some(samples), Some(rules)) = (corpus("evtx-attack-samples"), corpus("sigma")) else {
        return;
    };
    let all = files(&samples, "evtx");
    let small = |path: &&PathBuf| std::fs::metadata(path).is_ok_and(|file| file.len() < 1 << 20);
    let small: Vec<_> = all.iter().filter(small).collect();
    let step = small.len() / SAMPLED;
    assert!(step > 0, "there are {} samples", small.len());
    let sampled: Vec<_> = small.into_iter().step_by(step).collect();
    let fixture = fixture_of(&sampled);
    let mut request = request_of(&fixture);
    // Two samples can have the same name.
    for (log, path) in request.logs.iter_mut().zip(&sampled) {
        log.name = path.display().to_string();
    }
    let proof = ScrubProof {
        fixture: &fixture,
        test: None,
        detections: &|| load_detections(&[rules.join("rules/windows")]),
        threads: None,
        interrupt: Interrupt::default(),
    };
    let scrubbed = match scrub_proven(&request, &proof) {
        Ok(scrubbed) => scrubbed,
        Err(problems) => panic!("{problems:#?}"),
    };
    for kind in [
        Kind::Host,
        Kind::User,
        Kind::Sid,
        Kind::Address,
        Kind::Machine,
    ] {
        assert!(replaced(&scrubbed, kind) > 3, "{kind}");
    }
    let changed = request.logs.iter().zip(&scrubbed.logs);
    assert!(
        changed
            .filter(|(before, after)| before.bytes != after.bytes)
            .count()
            >= SAMPLED
    );
}

fn fixture_of(paths: &[&PathBuf]) -> Fixture {
    let time = |text: &str| text.parse().expect("a time");
    Fixture {
        execution: None,
        name: "samples".to_owned(),
        subject: Subject::Control {
            why: "samples".to_owned(),
        },
        evidence: Evidence::Recorded,
        stand_in: None,
        host: Host::default(),
        sensors: Vec::new(),
        window: Window {
            start: time("2001-01-01T00:00:00Z"),
            end: time("2040-01-01T00:00:00Z"),
            closure: Closure::Closed,
        },
        files: paths
            .iter()
            .map(|path| FixtureFile {
                input: LogInput::on_disk(path),
                sources: Vec::new(),
                records: 1,
                closure: Closure::Closed,
            })
            .collect(),
        lost: Vec::new(),
        why_open: Vec::new(),
        looked_at: Vec::new(),
        given: Vec::new(),
        outcome: Outcome::Performed,
        modelled: Vec::new(),
        scrubbed: Vec::new(),
        unverified_shape: Vec::new(),
        place: Place::file(Path::new("samples")),
        damage: None,
    }
}
