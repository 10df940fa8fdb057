//! One test.

use std::collections::HashSet;

use super::super::model::{
    Claim, Expectation, ExpectedControl, ExpectedDetection, Holds, KnownGap, Presence, RunBlock,
    Signal, SignalId,
};
use super::super::raw::{RawEnd, RawHolds, RawReading, RawRun, RawTest};
use super::{contradiction, incomplete, signal, suggestion};
use crate::content::atomic::{AtomicGuid, TechniqueId};
use crate::content::places;
use crate::content::text::parse_duration;
use crate::detect::{DetectionId, Reading};
use crate::diagnostic::{Code, Diagnostic, Place, YamlNode, has_error};

/// Turns a test into an expectation; without one, there are errors.
pub(super) fn refine(
    raw: &RawTest,
    node: YamlNode<'_>,
    atomic: AtomicGuid,
    technique: Option<&TechniqueId>,
) -> (Option<Expectation>, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let run = run(raw.run.as_ref(), node, &mut problems);
    let signals = signal::refine(&raw.signals, node, &mut problems);
    let test = Test {
        raw,
        node,
        signals: &signals,
    };
    let claims = test.claims(&mut problems);
    let detections = test.detections(&mut problems);
    let controls = test.controls(&mut problems);
    let is_wrong = has_error(&problems);
    let expectation = technique
        .filter(|_| !is_wrong)
        .map(|technique| Expectation {
            technique: technique.clone(),
            atomic,
            run: run.unwrap_or(RunBlock::Exits {
                exit_codes: vec![0],
            }),
            signals,
            claims,
            detections,
            controls,
            place: places::of(node, "atomic"),
        });
    (expectation, problems)
}

fn run(
    raw: Option<&RawRun>,
    node: YamlNode<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<RunBlock> {
    let (raw, node) = (raw?, node.get("run")?);
    match raw.ends {
        RawEnd::Exits => {
            if raw.observe_for.is_some() {
                problems.push(
                    contradiction("an atomic that exits is not observed for a while")
                        .at(places::of_key(node, "observe_for"))
                        .help("remove `observe_for`, or write `ends: keeps-running`"),
                );
            }
            Some(RunBlock::Exits {
                exit_codes: raw.exit_codes.clone().unwrap_or_else(|| vec![0]),
            })
        }
        RawEnd::KeepsRunning => {
            if raw.exit_codes.is_some() {
                problems.push(
                    contradiction("an atomic that keeps running has no exit code")
                        .at(places::of_key(node, "exit_codes"))
                        .help("remove `exit_codes`, or write `ends: exits`"),
                );
            }
            let Some(written) = &raw.observe_for else {
                problems.push(
                    incomplete("it is not said how long the atomic is observed")
                        .at(places::of(node, "ends"))
                        .help("add `observe_for`, such as `observe_for: 60s`"),
                );
                return None;
            };
            let observe_for = parse_duration(written);
            if observe_for.is_none_or(|duration| duration.is_zero()) {
                problems.push(
                    contradiction(format!("`{written}` is no time to observe an atomic"))
                        .at(places::of(node, "observe_for"))
                        .help("write a number and its unit, such as `500ms`, `60s`, or `5m`"),
                );
            }
            Some(RunBlock::KeepsRunning {
                observe_for: observe_for?,
            })
        }
    }
}

/// A test whose signals are known.
struct Test<'t> {
    raw: &'t RawTest,
    node: YamlNode<'t>,
    signals: &'t [Signal],
}

impl Test<'_> {
    /// The signals that are written at these places.
    fn signals(
        &self,
        names: &[String],
        nodes: Vec<YamlNode<'_>>,
        problems: &mut Vec<Diagnostic>,
    ) -> Vec<&Signal> {
        let mut found = Vec::new();
        for (name, node) in names.iter().zip(nodes) {
            let signal = self
                .signals
                .iter()
                .find(|signal| signal.id.as_str() == name);
            match signal {
                Some(signal) => found.push(signal),
                // A signal whose name is wrong is told of already.
                None if self.raw.signals.iter().any(|signal| signal.id == *name) => {}
                None => problems.push(unknown_signal(
                    name,
                    self.raw.signals.iter().map(|signal| signal.id.as_str()),
                    node.place(),
                )),
            }
        }
        found
    }

    fn claims(&self, problems: &mut Vec<Diagnostic>) -> Vec<Claim> {
        let nodes = places::elements(self.node, "claims");
        let claims = self.raw.claims.iter().zip(nodes).map(|(raw, node)| {
            let holds = match raw.holds {
                RawHolds::True => Holds::True,
                RawHolds::False => Holds::False,
                RawHolds::Unobservable => Holds::Unobservable,
            };
            let is_explained = raw.because.as_deref().is_some_and(is_said);
            if holds != Holds::True && !is_explained {
                let what = match holds {
                    Holds::Unobservable => "no log can show what the page promises",
                    _ => "the claim does not hold",
                };
                problems.push(
                    Diagnostic::error(
                        Code::EXPECTATION_NO_REASON,
                        format!("{what}, and it is not said why"),
                    )
                    .at(places::of(node, "holds"))
                    .help("add `because` with what the records really hold"),
                );
            }
            let nodes = places::one_or_many(node, "judged_by");
            let judged_by = self.signals(&raw.judged_by, nodes, problems);
            if holds == Holds::Unobservable && !raw.judged_by.is_empty() {
                problems.push(
                    contradiction("a claim that no log can show is judged by a signal")
                        .at(places::of_key(node, "judged_by"))
                        .help("remove `judged_by`, or say whether the claim holds"),
                );
            }
            Claim {
                text: raw.text.clone(),
                page: raw.page.clone(),
                holds,
                because: raw.because.clone(),
                judged_by: judged_by.iter().map(|signal| signal.id.clone()).collect(),
                place: places::of(node, "text"),
            }
        });
        claims.collect()
    }

    fn detections(&self, problems: &mut Vec<Diagnostic>) -> Vec<ExpectedDetection> {
        let mut seen = HashSet::new();
        let mut detections = Vec::new();
        let nodes = places::elements(self.node, "detections");
        for (raw, node) in self.raw.detections.iter().zip(nodes) {
            let reading = raw.reading.map(|reading| match reading {
                RawReading::Strict => Reading::Strict,
                RawReading::Intent => Reading::Intent,
            });
            if !seen.insert((raw.rule.as_str(), reading)) {
                problems.push(
                    Diagnostic::error(
                        Code::EXPECTATION_DUPLICATE_DETECTION,
                        format!("the detection `{}` has two entries in this test", raw.rule),
                    )
                    .at(places::of(node, "rule"))
                    .help("merge the two, or give each its `reading`"),
                );
            }
            let reason = raw.reason.as_deref().filter(|reason| is_said(reason));
            let gap = match (raw.expect, reason) {
                (Some(verdict), Some(reason)) => Some(KnownGap {
                    verdict,
                    reason: reason.to_owned(),
                }),
                (Some(_), None) => {
                    problems.push(
                        Diagnostic::error(
                            Code::EXPECTATION_NO_REASON,
                            "the detection is expected not to fire, and it is not said why",
                        )
                        .at(places::of(node, "expect"))
                        .help("add `reason`"),
                    );
                    None
                }
                (None, _) if raw.reason.is_some() => {
                    problems.push(
                        incomplete("a reason is given for a detection that is expected to fire")
                            .at(places::of_key(node, "reason"))
                            .help("add `expect`, such as `expect: misfire`, or remove `reason`"),
                    );
                    None
                }
                (None, _) => None,
            };
            detections.push(ExpectedDetection {
                rule: DetectionId::new(&raw.rule),
                fires_on: self.fires_on(raw.fires_on.as_deref(), node, problems),
                gap,
                reading,
                place: places::of(node, "rule"),
            });
        }
        detections
    }

    fn fires_on(
        &self,
        names: Option<&[String]>,
        node: YamlNode<'_>,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Vec<SignalId>> {
        let Some(names) = names else {
            // A signal that is wrong may be a required one.
            let is_whole = self.signals.len() == self.raw.signals.len();
            if is_whole && !self.signals.iter().any(Signal::is_required) {
                problems.push(
                    Diagnostic::error(
                        Code::EXPECTATION_NOTHING_TO_FIRE_ON,
                        "the test has no signal that is always there for the detection to fire on",
                    )
                    .at(places::of(node, "rule"))
                    .help("name the signals that it fires on in `fires_on`"),
                );
            }
            return None;
        };
        let nodes = places::one_or_many(node, "fires_on");
        let signals = self.signals(names, nodes.clone(), problems);
        for signal in &signals {
            if signal.presence == Presence::Absent {
                let node = nodes
                    .iter()
                    .find(|node| node.as_str() == Some(signal.id.as_str()));
                problems.push(
                    Diagnostic::error(
                        Code::EXPECTATION_ABSENT_SIGNAL,
                        format!(
                            "the detection is to fire on `{}`, which must not be there",
                            signal.id
                        ),
                    )
                    .at(node.map_or_else(|| places::of(self.node, "rule"), |node| node.place()))
                    .help("name a signal that is there"),
                );
            }
        }
        Some(signals.iter().map(|signal| signal.id.clone()).collect())
    }

    fn controls(&self, problems: &mut Vec<Diagnostic>) -> Vec<ExpectedControl> {
        let expected: HashSet<_> = self
            .raw
            .detections
            .iter()
            .map(|detection| detection.rule.as_str())
            .collect();
        let mut seen = HashSet::new();
        if self.raw.detections.is_empty() && !self.raw.controls.is_empty() {
            problems.push(
                incomplete("no detection is to be quiet on the controls")
                    .at(places::of_key(self.node, "controls"))
                    .help("add `detections`, or remove `controls`"),
            );
        }
        let nodes = places::elements(self.node, "controls");
        let controls = self.raw.controls.iter().zip(nodes).map(|(raw, node)| {
            if !seen.insert(raw.fixture.as_str()) {
                problems.push(
                    contradiction(format!("the control `{}` stands twice", raw.fixture))
                        .at(places::of(node, "fixture"))
                        .help("merge the two"),
                );
            }
            let named = raw.detections.iter().flatten();
            for (rule, node) in named.zip(places::one_or_many(node, "detections")) {
                if !expected.contains(rule.as_str()) {
                    let known = self.raw.detections.iter();
                    problems.push(
                        contradiction(format!(
                            "the control is the twin of `{rule}`, which is no detection of this \
                             test"
                        ))
                        .at(node.place())
                        .help(suggestion(rule, known.map(|known| known.rule.as_str()))),
                    );
                }
            }
            ExpectedControl {
                fixture: raw.fixture.clone(),
                detections: raw
                    .detections
                    .as_ref()
                    .map(|rules| rules.iter().map(|rule| DetectionId::new(rule)).collect()),
                place: places::of(node, "fixture"),
            }
        });
        controls.collect()
    }
}

/// Says that a test has no such signal.
pub(super) fn unknown_signal<'a>(
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
    place: Place,
) -> Diagnostic {
    Diagnostic::error(
        Code::EXPECTATION_UNKNOWN_SIGNAL,
        format!("the test has no signal `{name}`"),
    )
    .at(place)
    .help(suggestion(name, known))
}

/// Whether a text says anything.
pub(super) fn is_said(text: &str) -> bool {
    !text.trim().is_empty()
}
