//! The records of a window that is longer than the act: those of its clean-up are looked at,
//! too, but are no part of its recording.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{AccountResidue, left_in_account};
use crate::event::parse_time;
use crate::stage::execute::cloud::Cloud;

/// A file of a log that was collected until the clean-up was over.
pub(in crate::stage::execute::cloud) struct Collection<'c> {
    /// Whose log it is.
    pub(in crate::stage::execute::cloud) cloud: Cloud,
    /// The end of the window of the act.
    pub(in crate::stage::execute::cloud) end: Timestamp,
    /// The mark of the act, in the user agents of its calls; they are of the act whenever
    /// they came.
    pub(in crate::stage::execute::cloud) marker: Option<&'c str>,
}

/// How records stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// One document with a list of them.
    Document,
    /// One after the other, a line each.
    Lines,
}

impl Collection<'_> {
    /// The member that holds the records of a file that is one document, and the members
    /// of a record that hold its time.
    fn members(&self) -> (&'static str, [&'static str; 2]) {
        match self.cloud {
            Cloud::Aws => ("Records", ["eventTime", "eventTime"]),
            Cloud::Azure => ("value", ["eventTimestamp", "time"]),
        }
    }

    /// The file without what came after the act, and how many records it holds.
    ///
    /// # Errors
    /// It is no file of such a log.
    pub(in crate::stage::execute::cloud) fn of_act(
        &self,
        bytes: &[u8],
    ) -> Result<(Vec<u8>, u64), serde_json::Error> {
        let (list, _) = self.members();
        let (form, records) = self.records(bytes)?;
        let kept: Vec<&str> = records
            .into_iter()
            .filter(|record| self.is_of_act(record))
            .map(RawValue::get)
            .collect();
        let file = match form {
            Form::Document => format!("{{\"{list}\":[\n{}\n]}}\n", kept.join(",\n")),
            Form::Lines => kept.iter().map(|record| format!("{record}\n")).collect(),
        };
        Ok((file.into_bytes(), kept.len() as u64))
    }

    /// The records of a file. What Azure exports is lines of them, and all else one
    /// document.
    fn records<'b>(&self, bytes: &'b [u8]) -> Result<(Form, Vec<&'b RawValue>), serde_json::Error> {
        let (list, _) = self.members();
        let values: Vec<&RawValue> = serde_json::Deserializer::from_slice(bytes)
            .into_iter()
            .collect::<Result<_, _>>()?;
        if let [document] = values.as_slice() {
            let mut members: BTreeMap<String, &RawValue> = serde_json::from_str(document.get())?;
            if let Some(records) = members.remove(list) {
                return Ok((Form::Document, serde_json::from_str(records.get())?));
            }
        }
        match self.cloud {
            Cloud::Aws => Err(serde::de::Error::missing_field(list)),
            Cloud::Azure => Ok((Form::Lines, values)),
        }
    }

    fn is_of_act(&self, record: &RawValue) -> bool {
        let Ok(record) = serde_json::from_str::<Value>(record.get()) else {
            return true;
        };
        let text = |key: &str| record.get(key).and_then(Value::as_str);
        let agent = text("userAgent").unwrap_or_default();
        let is_marked = self.marker.is_some_and(|marker| agent.contains(marker));
        let (_, times) = self.members();
        let time = times.iter().find_map(|key| parse_time(text(key)?));
        // A record without a time may be of it.
        is_marked || time.is_none_or(|time| time <= self.end)
    }
}

/// What the records of a run leave, if all of them can be read.
pub(in crate::stage::execute::cloud) fn take_account(
    collection: &Collection<'_>,
    of_run: &[u8],
    all: &[u8],
) -> Option<AccountResidue> {
    let values = |bytes: &[u8]| -> Option<Vec<Value>> {
        let (_, records) = collection.records(bytes).ok()?;
        records
            .into_iter()
            .map(|record| serde_json::from_str(record.get()).ok())
            .collect()
    };
    Some(left_in_account(
        collection.cloud,
        &values(of_run)?,
        &values(all)?,
    ))
}
