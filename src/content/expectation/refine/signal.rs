//! The signals of a test.

use std::collections::{BTreeMap, HashSet};

use super::super::model::{After, Branch, Condition, CountRange, Presence, Same, Signal, SignalId};
use super::super::raw::{RawCount, RawSignal};
use super::test::{is_said, unknown_signal};
use super::{contradiction, fields, incomplete, xml_path};
use crate::content::places;
use crate::content::text::{OneOrMany, is_name, parse_duration};
use crate::detect::sigma::check_selection;
use crate::diagnostic::{Code, Diagnostic, YamlNode, has_error};
use crate::event::catalogue::Reach;

/// Turns the signals of a test into those that are right, and tells of everything
/// that is wrong with the others.
pub(super) fn refine(
    raw: &[RawSignal],
    test: YamlNode<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<Signal> {
    let nodes: Vec<_> = places::elements(test, "signals").collect();
    let mut seen = HashSet::new();
    let mut signals = Vec::new();
    for (raw_signal, node) in raw.iter().zip(&nodes) {
        let reader = Reader {
            raw: raw_signal,
            node: *node,
            all: raw,
        };
        let mut found = Vec::new();
        let signal = reader.signal(&mut found);
        if !seen.insert(raw_signal.id.as_str()) {
            found.push(
                Diagnostic::error(
                    Code::EXPECTATION_DUPLICATE_ID,
                    format!("the test has two signals called `{}`", raw_signal.id),
                )
                .at(places::of(*node, "id"))
                .help("give each its own name"),
            );
        }
        let is_right = !has_error(&found);
        problems.extend(found);
        signals.extend(signal.filter(|_| is_right));
    }
    problems.extend(circles(raw, &nodes));
    signals
}

struct Reader<'r> {
    raw: &'r RawSignal,
    node: YamlNode<'r>,
    all: &'r [RawSignal],
}

impl Reader<'_> {
    fn signal(&self, problems: &mut Vec<Diagnostic>) -> Option<Signal> {
        let id = self.name(&self.raw.id, "id", problems);
        let branches = self.branches(problems);
        let count = self.count(problems);
        let same = self.same(problems);
        let after = self.after(problems);
        let condition = self.condition(problems);
        let presence = self.presence(problems);
        Some(Signal {
            id: id?,
            branches,
            count,
            same,
            after,
            condition,
            presence,
            place: places::of(self.node, "id"),
        })
    }

    fn name(
        &self,
        name: &str,
        key: &'static str,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<SignalId> {
        let id = SignalId::parse(name);
        if id.is_none() {
            problems.push(bad_name(name, key).at(places::of(self.node, key)));
        }
        id
    }

    fn branches(&self, problems: &mut Vec<Diagnostic>) -> Vec<Branch> {
        let raw = self.raw;
        let Some(any_of) = &raw.any_of else {
            return self.only_branch(problems).into_iter().collect();
        };
        for (key, is_there) in [
            ("source", raw.source.is_some()),
            ("event_id", raw.event_id.is_some()),
            ("fields", raw.fields.is_some()),
        ] {
            if is_there {
                problems.push(
                    contradiction(format!("the signal has both `{key}` and `any_of`"))
                        .at(places::of_key(self.node, key))
                        .help(format!("move `{key}` into the branches of `any_of`")),
                );
            }
        }
        let nodes = places::elements(self.node, "any_of");
        let branches = any_of.iter().zip(nodes).filter_map(|(raw, node)| {
            branch(
                &raw.source,
                raw.event_id.as_ref(),
                &raw.fields,
                node,
                problems,
            )
        });
        branches.collect()
    }

    fn only_branch(&self, problems: &mut Vec<Diagnostic>) -> Option<Branch> {
        let raw = self.raw;
        let Some(source) = &raw.source else {
            problems.push(
                incomplete("it is not said which log holds the signal")
                    .at(places::of(self.node, "id"))
                    .help("add `source`, such as `source: sysmon`, or `any_of` with several forms"),
            );
            return None;
        };
        let Some(fields) = &raw.fields else {
            problems.push(
                incomplete("it is not said what the signal looks like")
                    .at(places::of(self.node, "id"))
                    .help(
                        "add `fields`, a Sigma selection such as `{Image|endswith: '\\cmd.exe'}`",
                    ),
            );
            return None;
        };
        branch(source, raw.event_id.as_ref(), fields, self.node, problems)
    }

    fn count(&self, problems: &mut Vec<Diagnostic>) -> CountRange {
        let (Some(raw), Some(node)) = (self.raw.count, self.node.get("count")) else {
            return CountRange::default();
        };
        let RawCount { min, max } = raw;
        let bad = |message: String| Diagnostic::error(Code::EXPECTATION_BAD_COUNT, message);
        if min == Some(0) {
            problems.push(
                bad("a signal that may be there no time at all proves nothing".to_owned())
                    .at(places::of(node, "min"))
                    .help("write at least 1; use `when` for a signal that is not always there"),
            );
        }
        if max == Some(0) {
            problems.push(
                bad("a signal that is there at most no times is never there".to_owned())
                    .at(places::of(node, "max"))
                    .help("write `absent: true` instead of `count`, if that is meant"),
            );
        }
        let least = min.unwrap_or(1);
        if let Some(most) = max.filter(|most| *most > 0 && *most < least) {
            problems.push(
                bad(format!(
                    "there cannot be at least {least} and at most {most} events"
                ))
                .at(places::of(node, "max"))
                .help("swap the two, or leave one out"),
            );
        }
        CountRange { min: least, max }
    }

    fn same(&self, problems: &mut Vec<Diagnostic>) -> Vec<Same> {
        let mut same = Vec::new();
        let Some(node) = self.node.get("same") else {
            return same;
        };
        for (field, other) in &self.raw.same {
            let (signal, other_field) = match other.split_once('.') {
                Some((signal, other_field)) => (signal, other_field),
                None => (other.as_str(), field.as_str()),
            };
            let place = || places::of(node, field);
            if field.contains('|') || other_field.contains('|') || other_field.is_empty() {
                problems.push(
                    contradiction(format!(
                        "`{field}: {other}` compares more than two fields of events"
                    ))
                    .at(place())
                    .help("write the two names of fields without modifiers"),
                );
                continue;
            }
            let malformed = [field.as_str(), other_field]
                .into_iter()
                .find_map(xml_path::malformed);
            if let Some(problem) = malformed {
                problems.push(problem.at(place()));
                continue;
            }
            if let Some(signal) = self.other(signal, place, problems) {
                same.push(Same {
                    field: field.clone(),
                    signal,
                    other_field: other_field.to_owned(),
                });
            }
        }
        same
    }

    fn after(&self, problems: &mut Vec<Diagnostic>) -> Option<After> {
        let Some(signal) = &self.raw.after else {
            if self.raw.within.is_some() {
                problems.push(
                    incomplete("`within` says how long, and not after what")
                        .at(places::of_key(self.node, "within"))
                        .help("add `after` with the signal that comes first, or remove `within`"),
                );
            }
            return None;
        };
        let within = self.raw.within.as_deref().map(|written| {
            let within = parse_duration(written);
            if within.is_none() {
                problems.push(
                    contradiction(format!("`{written}` is no length of time"))
                        .at(places::of(self.node, "within"))
                        .help("write a number and its unit, such as `500ms`, `60s`, or `5m`"),
                );
            }
            within
        });
        let signal = self.other(signal, || places::of(self.node, "after"), problems)?;
        Some(After {
            signal,
            within: within.flatten(),
        })
    }

    /// Another signal, which must have events.
    fn other(
        &self,
        name: &str,
        place: impl Fn() -> crate::diagnostic::Place,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<SignalId> {
        // A signal that refers to itself is told of with the circles.
        let Some(other) = self.all.iter().find(|other| other.id == name) else {
            let known = self.all.iter().map(|other| other.id.as_str());
            let known = known.filter(|known| *known != self.raw.id);
            problems.push(unknown_signal(name, known, place()));
            return None;
        };
        if other.absent && other.id != self.raw.id {
            problems.push(
                Diagnostic::error(
                    Code::EXPECTATION_ABSENT_SIGNAL,
                    format!("the signal refers to events of `{name}`, which must not be there"),
                )
                .at(place())
                .help("refer to a signal that is there"),
            );
        }
        SignalId::parse(name)
    }

    fn condition(&self, problems: &mut Vec<Diagnostic>) -> Option<Condition> {
        let raw = self.raw.when.as_ref()?;
        let node = self.node.get("when")?;
        if !is_name(&raw.given) {
            problems.push(bad_name(&raw.given, "given").at(places::of(node, "given")));
        }
        if !is_said(&raw.why) {
            problems.push(
                Diagnostic::error(
                    Code::EXPECTATION_NO_REASON,
                    "the signal depends on a condition, and it is not said why",
                )
                .at(places::of(node, "why"))
                .help("say what happens only then"),
            );
        }
        Some(Condition {
            given: raw.given.clone(),
            why: raw.why.clone(),
        })
    }

    fn presence(&self, problems: &mut Vec<Diagnostic>) -> Presence {
        if !self.raw.absent {
            return Presence::Expected;
        }
        for (key, is_there, help) in [
            (
                "count",
                self.raw.count.is_some(),
                "remove `count`, or remove `absent` and write `max`",
            ),
            (
                "when",
                self.raw.when.is_some(),
                "remove `when`; what must not be there must never be there",
            ),
        ] {
            if is_there {
                problems.push(
                    contradiction(format!("the signal has both `absent` and `{key}`"))
                        .at(places::of_key(self.node, key))
                        .help(help),
                );
            }
        }
        Presence::Absent
    }
}

fn branch(
    source: &str,
    event_id: Option<&OneOrMany<u32>>,
    fields: &serde_yaml::Value,
    node: YamlNode<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Branch> {
    let found = places::source(
        source,
        || places::of(node, "source"),
        Code::EXPECTATION_UNKNOWN_SOURCE,
    );
    let found = found.map_err(|problem| problems.push(problem)).ok();
    let is_stream = found.is_some_and(|source| matches!(source.reach, Reach::Stream(_)));
    if is_stream && event_id.is_some() {
        problems.push(
            contradiction(format!("records of `{source}` have no event id"))
                .at(places::of_key(node, "event_id"))
                .help("remove it, and name the operation in `fields`"),
        );
    }
    if let Some(fields_node) = node.get("fields") {
        let found = check_selection("fields", fields_node, fields);
        problems.extend(found.into_iter().map(|mut problem| {
            problem.code = Code::EXPECTATION_BAD_FIELDS;
            problem
        }));
    }
    if let Some(fields) = node.get("fields") {
        problems.extend(xml_path::check(fields));
    }
    if let (Some(source), Some(fields)) = (found, node.get("fields")) {
        let ids = event_id.map_or(&[][..], OneOrMany::as_slice);
        problems.extend(fields::misspelled(source, ids, fields));
    }
    Some(Branch {
        source: found?.id.clone(),
        event_ids: event_id.map_or_else(Vec::new, |ids| ids.as_slice().to_vec()),
        fields: fields.clone(),
        place: places::of(node, "source"),
    })
}

/// Says that a name cannot be one.
fn bad_name(name: &str, key: &str) -> Diagnostic {
    let mut meant: String = name
        .to_lowercase()
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '-'
            }
        })
        .collect();
    meant = meant.trim_matches('-').to_owned();
    let help = if is_name(&meant) {
        format!("use lower-case letters, digits, and hyphens, such as `{meant}`")
    } else {
        "use lower-case letters, digits, and hyphens".to_owned()
    };
    Diagnostic::error(
        Code::EXPECTATION_BAD_ID,
        format!("`{name}` cannot be the `{key}` of a signal"),
    )
    .help(help)
}

/// The circles in which signals refer to each other, each told once.
fn circles(signals: &[RawSignal], nodes: &[YamlNode<'_>]) -> Vec<Diagnostic> {
    let names: BTreeMap<_, _> = signals
        .iter()
        .enumerate()
        .rev()
        .map(|(index, signal)| (signal.id.as_str(), index))
        .collect();
    let others = |index: usize| {
        let signal: &RawSignal = &signals[index];
        let same = signal.same.values();
        let same = same.map(|other| other.split('.').next().unwrap_or_default());
        let all = same.chain(signal.after.as_deref());
        let found: Vec<_> = all.filter_map(|name| names.get(name).copied()).collect();
        found
    };
    let mut told = HashSet::new();
    let mut problems = Vec::new();
    for start in 0..signals.len() {
        if told.contains(&start) {
            continue;
        }
        let Some(circle) = circle_from(start, signals.len(), &others) else {
            continue;
        };
        let message = if circle.len() == 1 {
            format!("the signal `{}` refers to itself", signals[start].id)
        } else {
            let names: Vec<_> = circle
                .iter()
                .chain([&start])
                .map(|index| format!("`{}`", signals[*index].id))
                .collect();
            format!(
                "signals refer to each other in a circle: {}",
                names.join(", ")
            )
        };
        told.extend(circle);
        problems.push(
            Diagnostic::error(Code::EXPECTATION_CIRCULAR, message)
                .at(places::of(nodes[start], "id"))
                .help("let one of them stand by itself"),
        );
    }
    problems
}

/// The shortest way from a signal back to itself.
fn circle_from(
    start: usize,
    count: usize,
    others: &impl Fn(usize) -> Vec<usize>,
) -> Option<Vec<usize>> {
    let mut from: Vec<Option<usize>> = vec![None; count];
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(here) = queue.pop_front() {
        for next in others(here) {
            if next == start {
                let mut way = vec![here];
                while let Some(before) = from[way[way.len() - 1]] {
                    way.push(before);
                }
                way.reverse();
                return Some(way);
            }
            if from[next].is_none() {
                from[next] = Some(here);
                queue.push_back(next);
            }
        }
    }
    None
}
