//! What is left by the records of CloudTrail (CloudTrail user guide, "CloudTrail record
//! contents").

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::names::{Names, makes, reads, undoes, undoes_any};
use super::{AccountResidue, LeftInAccount};

/// A call that was carried out and that changed something.
struct Call<'r> {
    name: &'r str,
    service: &'r str,
    region: &'r str,
    id: &'r str,
    time: Option<Timestamp>,
    record: &'r Value,
}

impl<'r> Call<'r> {
    fn of(record: &'r Value) -> Option<Self> {
        let text = |key: &str| record.get(key).and_then(Value::as_str);
        let is_read = match record.get("readOnly") {
            Some(Value::Bool(is_read)) => *is_read,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            _ => reads(text("eventName")?),
        };
        let is_refused = record.get("errorCode").is_some_and(|code| !code.is_null());
        if is_read || is_refused {
            return None;
        }
        Some(Self {
            name: text("eventName")?,
            service: text("eventSource")?,
            region: text("awsRegion").unwrap_or_default(),
            id: text("eventID").unwrap_or("without an id"),
            time: text("eventTime").and_then(|time| time.parse().ok()),
            record,
        })
    }

    fn part(&self, key: &str) -> &Value {
        self.record.get(key).unwrap_or(&Value::Null)
    }

    fn told(&self) -> String {
        format!("{} ({})", self.name, self.service)
    }

    /// What it was asked to do something to.
    fn asked(&self) -> Names {
        Names::of(self.part("requestParameters"), self.name)
    }

    /// What it made: each thing with all names that it goes by.
    fn things(&self) -> Vec<BTreeSet<String>> {
        let (asked, answered) = (
            self.asked(),
            Names::of(self.part("responseElements"), self.name),
        );
        let mut names = asked.single;
        names.extend(answered.single);
        let resources = self.part("resources").as_array().into_iter().flatten();
        let arns = resources.filter_map(|resource| resource.get("ARN")?.as_str());
        let listed = match answered.listed.is_empty() {
            true => asked.listed,
            false => answered.listed,
        };
        if listed.is_empty() {
            names.extend(arns.map(ToOwned::to_owned));
            return match names.is_empty() {
                true => Vec::new(),
                false => vec![names],
            };
        }
        listed
            .into_iter()
            .map(|one| BTreeSet::from([one]))
            .collect()
    }

    /// Whether it undoes what another one made, a thing with these names.
    fn undoes(&self, making: &Self, thing: &BTreeSet<String>) -> bool {
        let is_later = match (self.time, making.time) {
            (Some(own), Some(other)) => own >= other,
            _ => false,
        };
        // Some services are the same in every region, and their records stand in one.
        if !is_later
            || self.service != making.service
            || self.region != making.region
            || !undoes(self.name, making.name)
        {
            return false;
        }
        let asked = self.asked();
        let knows_all = asked.single.iter().all(|name| thing.contains(name));
        let knows_one = match asked.listed.is_empty() {
            true => !asked.single.is_empty(),
            false => asked.listed.iter().any(|name| thing.contains(name)),
        };
        knows_all && knows_one
    }
}

/// What the calls of a run made that no call has undone since.
pub(super) fn left(of_run: &[Value], all: &[Value]) -> AccountResidue {
    let undoing: Vec<Call<'_>> = all
        .iter()
        .filter_map(Call::of)
        .filter(|call| undoes_any(call.name))
        .collect();
    let mut calls: Vec<Call<'_>> = of_run.iter().filter_map(Call::of).collect();
    calls.sort_by_key(|call| (call.time, call.id));
    let mut residue = AccountResidue::default();
    for call in &calls {
        if !makes(call.name) {
            if !undoes_any(call.name) {
                *residue.changing.entry(call.told()).or_default() += 1;
            }
            continue;
        }
        let things = call.things();
        if things.is_empty() {
            *residue.nameless.entry(call.told()).or_default() += 1;
            continue;
        }
        let left: Vec<String> = things
            .iter()
            .filter(|thing| !undoing.iter().any(|undo| undo.undoes(call, thing)))
            .map(|thing| thing.iter().cloned().collect::<Vec<_>>().join(" "))
            .collect();
        if !left.is_empty() {
            residue.left.push(LeftInAccount {
                call: call.told(),
                record: call.id.to_owned(),
                resources: left,
            });
        }
    }
    residue
}
