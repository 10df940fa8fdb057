//! Comparing the judgements of one test in two runs.

use std::collections::BTreeMap;

use super::change::{Change, ChangeKind, Class, Side, Subject, Transition};
use super::compare::{name, of_test};
use super::document::{Agreement, Claim, Control, Hit, Judgement, NearMiss, Signal, Test};
use super::pair::pair;
use super::parse::claim_word;
use super::standing::Standing;
use crate::recording::Evidence;
use crate::verdict::{ControlOutcome, SignalState, Verdict};

/// Something that is judged, as it is compared.
trait Item: Ord {
    /// What makes it the same one in another run.
    fn key(&self) -> (&str, &str, &str);
    fn subject(&self) -> Subject;
    fn side(&self) -> Side;
    /// What a change is called, where both runs judge it, and where one does.
    fn kinds(old: Option<&Self>, new: Option<&Self>) -> ChangeKind;
    /// What is another though the word is the same, a line each.
    fn details(&self, _: &Self) -> Vec<String> {
        Vec::new()
    }
    fn near_miss(&self) -> Option<&NearMiss> {
        None
    }
}

/// One side of a change.
pub(super) fn side(word: &str, expected: Option<bool>, reason: &str) -> Side {
    Side {
        word: word.to_owned(),
        expected,
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
    }
}

/// What changed in a test that both runs judged.
pub(super) fn changes_in(old: &Test, new: &Test) -> Vec<Change> {
    let mut changes = performance(old, new);
    changes.extend(compare(new, &old.verdicts, &new.verdicts));
    changes.extend(compare(new, &old.signals, &new.signals));
    changes.extend(compare(new, &old.controls, &new.controls));
    changes.extend(compare(new, &old.claims, &new.claims));
    changes.extend(compare(new, &old.agreements, &new.agreements));
    changes.extend(hits(old, new));
    changes
}

/// What each judgement of a test is worth, with its name.
pub(super) fn standings(test: &Test) -> Vec<(String, Standing)> {
    let verdicts = test.verdicts.iter().map(told);
    let signals = test.signals.iter().map(told);
    let controls = test.controls.iter().map(told);
    let claims = test.claims.iter().map(told);
    let all = verdicts.chain(signals).chain(controls).chain(claims);
    all.collect()
}

fn told<I: Item>(item: &I) -> (String, Standing)
where
    for<'i> Standing: From<&'i I>,
{
    let named = item.subject().to_string();
    (format!("{}: {named}", item.side().word), item.into())
}

fn compare<I: Item>(test: &Test, old: &[I], new: &[I]) -> Vec<Change>
where
    for<'i> Standing: From<&'i I>,
{
    let paired = pair(old, new, Item::key);
    let mut changes = Vec::new();
    let change = |class, old: Option<&I>, new: Option<&I>| Change {
        class,
        test: Some(name(test)),
        kind: I::kinds(old, new),
        subject: new.or(old).map_or_else(Subject::default, Item::subject),
        transition: Transition {
            old: old.map(Item::side),
            new: new.map(Item::side),
        },
        details: match (old, new) {
            (Some(old), Some(new)) => old.details(new),
            _ => Vec::new(),
        },
        allowed: false,
        near_miss: match new {
            Some(new) if !Standing::from(new).proof => new.near_miss().cloned(),
            _ => None,
        },
    };
    for (old, new) in paired.both {
        let (before, after) = (Standing::from(old), Standing::from(new));
        let is_same = old.side().word == new.side().word && before == after;
        if !is_same || !old.details(new).is_empty() {
            let class = match is_same {
                true => Class::Changed,
                false => before.becomes(after),
            };
            changes.push(change(class, Some(old), Some(new)));
        }
    }
    for old in paired.only_old {
        changes.push(change(Standing::from(old).goes(), Some(old), None));
    }
    for new in paired.only_new {
        changes.push(change(Standing::from(new).appears(), None, Some(new)));
    }
    changes
}

impl Item for Judgement {
    fn key(&self) -> (&str, &str, &str) {
        (&self.detection, &self.reading, "")
    }

    fn subject(&self) -> Subject {
        Subject {
            detection: Some(self.detection.clone()),
            title: Some(self.title.clone()),
            reading: Some(self.reading.clone()),
            ..Subject::default()
        }
    }

    fn side(&self) -> Side {
        side(self.verdict.as_str(), Some(self.expected), &self.reason)
    }

    fn kinds(old: Option<&Self>, new: Option<&Self>) -> ChangeKind {
        let (Some(old), Some(new)) = (old, new) else {
            return match old {
                Some(_) => ChangeKind::DetectionRemoved,
                None => ChangeKind::DetectionAdded,
            };
        };
        let fired = |given: &Self| given.verdict == Verdict::Fired;
        match (fired(old), fired(new)) {
            (true, false) => ChangeKind::StoppedFiring,
            (false, true) => ChangeKind::FiresNow,
            _ if old.verdict == new.verdict => ChangeKind::DetailChanged,
            _ => ChangeKind::VerdictChanged,
        }
    }

    fn details(&self, new: &Self) -> Vec<String> {
        let mut details = Vec::new();
        let mut differs = |what: &str, old: String, new: String| {
            if old != new {
                details.push(format!("{what}: {old} -> {new}"));
            }
        };
        let or_none = |text: String| match text.is_empty() {
            true => "none".to_owned(),
            false => text,
        };
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort();
            or_none(names.join(", "))
        };
        let gap = |given: &Self| or_none(given.known_gap.clone().unwrap_or_default());
        let count = |given: &Self| given.extra.to_string();
        differs(
            "must fire on",
            sorted(&self.fires_on),
            sorted(&new.fires_on),
        );
        differs("known gap", gap(self), gap(new));
        differs("events that it fires on besides", count(self), count(new));
        details
    }

    fn near_miss(&self) -> Option<&NearMiss> {
        self.near_miss.as_ref()
    }
}

impl Item for Signal {
    fn key(&self) -> (&str, &str, &str) {
        (&self.id, "", "")
    }

    fn subject(&self) -> Subject {
        Subject {
            signal: Some(self.id.clone()),
            text: (!self.looks_like.is_empty()).then(|| self.looks_like.clone()),
            ..Subject::default()
        }
    }

    fn side(&self) -> Side {
        side(self.state.as_str(), Some(self.expected), &self.reason)
    }

    fn kinds(old: Option<&Self>, new: Option<&Self>) -> ChangeKind {
        let seen = |given: &Self| given.state == SignalState::Seen;
        match (old, new) {
            (_, None) => ChangeKind::SignalRemoved,
            (None, _) => ChangeKind::SignalAdded,
            (Some(old), Some(new)) => match (seen(old), seen(new)) {
                (true, false) => ChangeKind::SignalGone,
                (false, true) => ChangeKind::SignalSeen,
                _ => ChangeKind::SignalChanged,
            },
        }
    }

    fn near_miss(&self) -> Option<&NearMiss> {
        self.near_miss.as_ref()
    }
}

impl Item for Control {
    fn key(&self) -> (&str, &str, &str) {
        (&self.name, &self.detection, &self.reading)
    }

    fn subject(&self) -> Subject {
        Subject {
            detection: Some(self.detection.clone()),
            title: Some(self.title.clone()),
            reading: Some(self.reading.clone()),
            control: Some(self.name.clone()),
            ..Subject::default()
        }
    }

    fn side(&self) -> Side {
        side(self.outcome.as_str(), Some(self.expected), &self.reason)
    }

    fn kinds(old: Option<&Self>, new: Option<&Self>) -> ChangeKind {
        let is = |given: Option<&Self>, word| given.is_some_and(|given| given.outcome == word);
        match (old, new) {
            (_, None) => ChangeKind::ControlRemoved,
            (None, _) => ChangeKind::ControlAdded,
            _ if is(old, ControlOutcome::FalseAlarm) == is(new, ControlOutcome::FalseAlarm) => {
                match is(new, ControlOutcome::Vacuous) && !is(old, ControlOutcome::Vacuous) {
                    true => ChangeKind::ControlVacuous,
                    false => ChangeKind::ControlChanged,
                }
            }
            _ if is(new, ControlOutcome::FalseAlarm) => ChangeKind::FalseAlarm,
            _ => ChangeKind::FalseAlarmGone,
        }
    }
}

impl Item for Claim {
    fn key(&self) -> (&str, &str, &str) {
        (&self.text, &self.page, "")
    }

    fn subject(&self) -> Subject {
        Subject {
            text: Some(self.text.clone()),
            ..Subject::default()
        }
    }

    fn side(&self) -> Side {
        side(claim_word(self.state), None, &self.page)
    }

    fn kinds(old: Option<&Self>, new: Option<&Self>) -> ChangeKind {
        match (old, new) {
            (_, None) => ChangeKind::ClaimRemoved,
            (None, _) => ChangeKind::ClaimAdded,
            _ => ChangeKind::ClaimChanged,
        }
    }

    fn details(&self, new: &Self) -> Vec<String> {
        let is_same = self.holds == new.holds;
        let told = || format!("the expectation says: {} -> {}", self.holds, new.holds);
        (!is_same).then(told).into_iter().collect()
    }
}

impl Item for Agreement {
    fn key(&self) -> (&str, &str, &str) {
        (&self.recording, &self.detection, &self.other)
    }

    fn subject(&self) -> Subject {
        Subject {
            detection: Some(self.detection.clone()),
            title: Some(self.title.clone()),
            other: Some(self.other.clone()),
            control: Some(self.recording.clone()),
            text: Some(self.other_title.clone()),
            ..Subject::default()
        }
    }

    fn side(&self) -> Side {
        let word = if self.agrees { "agree" } else { "disagree" };
        side(word, Some(self.agrees), "")
    }

    fn kinds(old: Option<&Self>, new: Option<&Self>) -> ChangeKind {
        match (old, new) {
            (_, None) => ChangeKind::AgreementRemoved,
            (None, _) => ChangeKind::AgreementAdded,
            _ => ChangeKind::AgreementChanged,
        }
    }
}

/// Hits come and go without anyone having expected them.
fn hits(old: &Test, new: &Test) -> Vec<Change> {
    // What is judged by now, or was before, is told as a verdict.
    let is_judged = |test: &Test, hit: &Hit| {
        let mut verdicts = test.verdicts.iter();
        verdicts.any(|given| given.detection == hit.detection)
    };
    let paired = pair(&old.hits, &new.hits, |hit| hit.detection.as_str());
    let change = |hit: &Hit, kind, how| Change {
        subject: Subject {
            detection: Some(hit.detection.clone()),
            title: Some(hit.title.clone()),
            ..Subject::default()
        },
        ..of_test(new, Class::Changed, kind, how)
    };
    let gone = paired.only_old.into_iter();
    let gone = gone.filter(|hit| !is_judged(new, hit)).map(|hit| {
        let how = Transition {
            old: Some(side("hit", None, "")),
            new: Some(side("no-hit", None, "")),
        };
        change(hit, ChangeKind::HitGone, how)
    });
    let fresh = paired.only_new.into_iter();
    let fresh = fresh.filter(|hit| !is_judged(old, hit)).map(|hit| {
        let how = Transition {
            old: Some(side("no-hit", None, "")),
            new: Some(side("hit", None, "")),
        };
        change(hit, ChangeKind::HitAdded, how)
    });
    gone.chain(fresh).collect()
}

/// What changed about how a test was performed and recorded.
fn performance(old: &Test, new: &Test) -> Vec<Change> {
    let mut changes = Vec::new();
    let how = |old: &str, new: &str| Transition {
        old: Some(side(old, None, "")),
        new: Some(side(new, None, "")),
    };
    if old.name != new.name {
        let how = how(&old.name, &new.name);
        changes.push(of_test(new, Class::Changed, ChangeKind::TestRenamed, how));
    }
    if old.recording != new.recording {
        let how = how(&old.recording, &new.recording);
        let kind = ChangeKind::RecordingChanged;
        changes.push(of_test(new, Class::Changed, kind, how));
    }
    changes.extend(evidence(new, None, old.evidence, new.evidence));
    // Of one control there is an outcome for each detection, and one recording.
    let grades = |test: &Test| -> BTreeMap<String, Option<Evidence>> {
        let controls = test.controls.iter();
        controls
            .map(|control| (control.name.clone(), control.evidence))
            .collect()
    };
    let (before, after) = (grades(old), grades(new));
    for (control, grade) in &after {
        if let Some(was) = before.get(control) {
            changes.extend(evidence(new, Some(control), *was, *grade));
        }
    }
    if old.stand_in != new.stand_in {
        let class = match (&old.stand_in, &new.stand_in) {
            (None, Some(_)) => Class::Worse,
            (Some(_), None) => Class::Better,
            _ => Class::Changed,
        };
        let word = |test: &Test| match &test.stand_in {
            Some(program) => program.clone(),
            None => "none".to_owned(),
        };
        let how = how(&word(old), &word(new));
        changes.push(of_test(new, class, ChangeKind::StandInChanged, how));
    }
    changes
}

/// A recording that proves less than before is worse.
fn evidence(
    test: &Test,
    control: Option<&String>,
    old: Option<Evidence>,
    new: Option<Evidence>,
) -> Option<Change> {
    let class = match old.cmp(&new) {
        std::cmp::Ordering::Greater => Class::Worse,
        std::cmp::Ordering::Less => Class::Better,
        std::cmp::Ordering::Equal => return None,
    };
    let word = |grade: Option<Evidence>| {
        let word = grade.map_or_else(|| "no recording".to_owned(), |grade| grade.to_string());
        Some(side(&word, None, ""))
    };
    let how = Transition {
        old: word(old),
        new: word(new),
    };
    Some(Change {
        subject: Subject {
            control: control.cloned(),
            ..Subject::default()
        },
        ..of_test(test, class, ChangeKind::EvidenceChanged, how)
    })
}
