//! What is known of rules from recordings and runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Corpus;
use super::probe::Probes;
use crate::detect::{DetectionId, ProgramId};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::Origin;
use crate::event::catalogue::Catalogue;
use crate::recording::Evidence;

/// A result of a run is no larger than this.
const LARGEST_RUN: u64 = 512 << 20;

/// What became of a rule on a recording of an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It fired where the test wants it to.
    Fired,
    /// It fired, and nothing says whether it should.
    Hit,
}

/// That a rule fired on a recording of an attack.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct Proof {
    /// What became of it.
    pub outcome: Outcome,
    /// The name of the test.
    pub test: String,
    /// The technique of the test; null where its atomic is not known.
    pub technique: Option<String>,
    /// The name of the recording.
    pub recording: String,
    /// How much the recording proves; null where that is not said.
    pub evidence: Option<Evidence>,
}

/// A recording that was searched with the rules of a corpus.
#[derive(Debug, Clone)]
pub struct SearchedRecording {
    /// Its name.
    pub name: String,
    /// The name of its test.
    pub test: String,
    /// The technique of its test.
    pub technique: Option<String>,
    /// How much it proves.
    pub evidence: Evidence,
    /// The rules that fired on it.
    pub fired: BTreeSet<ProgramId>,
    /// The probes that it holds, by their numbers.
    pub held: BTreeSet<usize>,
    /// Where its records are from.
    pub origins: BTreeSet<Origin>,
}

impl SearchedRecording {
    /// Whether it holds records of one of these sources.
    pub(super) fn is_of(&self, sources: &BTreeSet<String>) -> bool {
        let catalogue = Catalogue::bundled();
        let mut own = self.origins.iter();
        own.any(|origin| {
            let source = catalogue.source_of(origin.borrowed());
            source.is_some_and(|source| sources.contains(source.id.as_str()))
        })
    }
}

/// Which rules are known to fire, and on what.
#[derive(Debug, Clone, Default)]
pub struct Proofs {
    by_rule: BTreeMap<DetectionId, Vec<Proof>>,
    /// How many recordings of attacks were looked at.
    pub recordings: usize,
    /// What the recordings that were searched hold of the probes.
    pub(super) searched: Vec<SearchedRecording>,
    /// The sources of each value that was looked for.
    pub(super) probed: BTreeMap<usize, BTreeSet<String>>,
}

impl Proofs {
    /// What recordings that were searched, with the rules of a corpus and with probes,
    /// prove.
    #[must_use]
    pub fn of_recordings(
        corpus: &Corpus,
        probes: Probes,
        searched: Vec<SearchedRecording>,
    ) -> Self {
        let mut proofs = Self {
            recordings: searched.len(),
            ..Self::default()
        };
        let ids: BTreeMap<ProgramId, &DetectionId> = corpus
            .rules
            .iter()
            .map(|rule| (rule.program, &rule.detection.id))
            .collect();
        for recording in &searched {
            let fired = recording.fired.iter().filter_map(|rule| ids.get(rule));
            for id in fired {
                proofs.add(
                    (*id).clone(),
                    Proof {
                        outcome: Outcome::Hit,
                        test: recording.test.clone(),
                        technique: recording.technique.clone(),
                        recording: recording.name.clone(),
                        evidence: Some(recording.evidence),
                    },
                );
            }
        }
        proofs.searched = searched;
        proofs.probed = probes.sources;
        proofs
    }

    /// Adds what others prove.
    pub fn extend(&mut self, other: Self) {
        for (id, proofs) in other.by_rule {
            for proof in proofs {
                self.add(id.clone(), proof);
            }
        }
        self.recordings += other.recordings;
        self.searched.extend(other.searched);
        self.probed.extend(other.probed);
    }

    /// What proves that a rule fires, the best first: where a test wants it, and by the
    /// strongest evidence.
    #[must_use]
    pub fn of(&self, rule: &DetectionId) -> &[Proof] {
        self.by_rule.get(rule).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, rule: DetectionId, proof: Proof) {
        let proofs = self.by_rule.entry(rule).or_default();
        if !proofs.contains(&proof) {
            proofs.push(proof);
            proofs.sort_by(|left, right| {
                let rank = |proof: &Proof| (proof.outcome, std::cmp::Reverse(proof.evidence));
                rank(left).cmp(&rank(right)).then_with(|| left.cmp(right))
            });
        }
    }
}

/// Why a file proves nothing: a diagnostic.
pub type BadProof = Box<Diagnostic>;

#[derive(Deserialize)]
struct RunData {
    tests: Vec<TestData>,
}

#[derive(Deserialize)]
struct TestData {
    technique: Option<String>,
    name: String,
    recording: Option<String>,
    evidence: Option<Evidence>,
    #[serde(default)]
    verdicts: Vec<VerdictData>,
    #[serde(default)]
    hits: Vec<HitData>,
}

#[derive(Deserialize)]
struct VerdictData {
    detection: String,
    verdict: String,
}

#[derive(Deserialize)]
struct HitData {
    detection: String,
}

/// What a run proves, read from what `misfire run --format json` has printed. Only the
/// verdict `fired` and hits count.
///
/// # Errors
///
/// A diagnostic: the file cannot be read, or is no result of a run.
pub fn proofs_of_run(path: &Path) -> Result<Proofs, BadProof> {
    let unreadable = |error: std::io::Error| {
        Box::new(
            Diagnostic::error(
                Code::IO_UNREADABLE,
                format!("the result of a run cannot be read: {error}"),
            )
            .in_file(path)
            .help("check that the file is there"),
        )
    };
    let wrong = |why: String| {
        Box::new(
            Diagnostic::error(
                Code::COVERAGE_BAD_PROOF,
                format!("it is no result of a run: {why}"),
            )
            .in_file(path)
            .help("give what `misfire run --format json` has printed"),
        )
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST_RUN {
        return Err(wrong(format!(
            "it has {size} bytes, and at most {LARGEST_RUN} are read"
        )));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let run: RunData = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    let mut proofs = Proofs::default();
    for test in run.tests {
        let (Some(recording), Some(_)) = (test.recording, test.evidence) else {
            continue;
        };
        proofs.recordings += 1;
        let proof = |outcome| Proof {
            outcome,
            test: test.name.clone(),
            technique: test.technique.clone(),
            recording: recording.clone(),
            evidence: test.evidence,
        };
        for verdict in test.verdicts {
            if verdict.verdict == "fired" {
                let id = DetectionId::new(&verdict.detection);
                proofs.add(id, proof(Outcome::Fired));
            }
        }
        for hit in test.hits {
            proofs.add(DetectionId::new(&hit.detection), proof(Outcome::Hit));
        }
    }
    Ok(proofs)
}
