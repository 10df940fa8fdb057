//! What is left by the records of Azure's activity log, in the shape of its interface or of
//! its export (Microsoft, "Azure activity log event schema").

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{AccountResidue, LeftInAccount};
use crate::event::parse_time;

/// An operation that succeeded.
struct Operation {
    /// Its name in small letters, as `microsoft.compute/virtualmachines/write`.
    name: String,
    /// As the record has it.
    told: String,
    /// The resource in small letters: Azure's ids do not tell them apart.
    resource: Option<String>,
    resource_told: String,
    record: String,
    time: Option<Timestamp>,
}

impl Operation {
    fn of(record: &Value) -> Option<Self> {
        // The interface gives most values together with their name in a language.
        let text = |key: &str| {
            let value = record.get(key)?;
            value.get("value").unwrap_or(value).as_str()
        };
        let status = text("status").or_else(|| text("resultType"))?;
        let has_succeeded = ["succeeded", "success"]
            .iter()
            .any(|word| status.eq_ignore_ascii_case(word));
        if !has_succeeded {
            return None;
        }
        let told = text("operationName")?;
        let resource = text("resourceId").filter(|id| !id.is_empty());
        let id = text("eventDataId").or_else(|| text("correlationId"));
        let time = text("eventTimestamp").or_else(|| text("time"));
        Some(Self {
            name: told.to_ascii_lowercase(),
            told: told.to_owned(),
            resource: resource.map(str::to_ascii_lowercase),
            resource_told: resource.unwrap_or_default().to_owned(),
            record: id.unwrap_or("without an id").to_owned(),
            time: time.and_then(parse_time),
        })
    }

    /// Whether it is about that resource, or about one that holds it.
    fn removes(&self, resource: &str, made: Option<Timestamp>) -> bool {
        let is_later = matches!((self.time, made), (Some(own), Some(made)) if own >= made);
        let Some(own) = self.resource.as_deref() else {
            return false;
        };
        let below = resource.strip_prefix(own.trim_end_matches('/'));
        is_later && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// What the operations of a run made that none has removed since.
pub(super) fn left(of_run: &[Value], all: &[Value]) -> AccountResidue {
    let removing: Vec<_> = all
        .iter()
        .filter_map(Operation::of)
        .filter(|operation| operation.name.ends_with("/delete"))
        .collect();
    let mut operations: Vec<_> = of_run.iter().filter_map(Operation::of).collect();
    operations.sort_by(|a, b| (a.time, &a.record).cmp(&(b.time, &b.record)));
    let mut residue = AccountResidue::default();
    // One operation may have several records, and a resource may be written several times.
    let mut made: BTreeMap<String, &Operation> = BTreeMap::new();
    for operation in &operations {
        if operation.name.ends_with("/write") {
            match &operation.resource {
                Some(resource) => {
                    made.insert(resource.clone(), operation);
                }
                None => *residue.nameless.entry(operation.told.clone()).or_default() += 1,
            }
        } else if operation.name.ends_with("/action") {
            *residue.changing.entry(operation.told.clone()).or_default() += 1;
        }
    }
    let mut left: Vec<_> = made
        .into_iter()
        .filter(|(resource, operation)| {
            let mut removing = removing.iter();
            !removing.any(|removal| removal.removes(resource, operation.time))
        })
        .map(|(_, operation)| operation)
        .collect();
    left.sort_by(|a, b| (a.time, &a.record).cmp(&(b.time, &b.record)));
    residue.left = left
        .into_iter()
        .map(|operation| LeftInAccount {
            call: operation.told.clone(),
            record: operation.record.clone(),
            resources: vec![operation.resource_told.clone()],
        })
        .collect();
    residue
}
