//! What the calls of a run made in an account and that no later call was seen to undo.
//!
//! It is read from the records of the cloud's own log, and no more than they say: nothing
//! is asked of the account. So it cannot know of records that come later, of calls that
//! the log does not hold (data events, as those on objects in S3), of what a service made
//! by itself, and of calls whose record names no resource.
//!
//! - `account`: which records are of the act, and which came with its clean-up;
//! - `trail`: CloudTrail, by the names of calls;
//! - `names`: what names say of each other, and the resources in a record;
//! - `activity`: Azure's activity log, by the operation and the resource.

mod account;
mod activity;
mod names;
mod trail;

use std::collections::BTreeMap;

pub(super) use account::{Collection, take_account};
use serde::Serialize;
use serde_json::Value;

use super::Cloud;

/// Something that a call made and that is left, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftInAccount {
    /// The call, as `RunInstances (ec2.amazonaws.com)`, or the operation.
    pub call: String,
    /// The id of its record.
    pub record: String,
    /// What it made, by the names that the record has.
    pub resources: Vec<String>,
}

/// What a run left in an account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AccountResidue {
    /// What it made and what is not known to be gone, in the order in which it was made.
    pub left: Vec<LeftInAccount>,
    /// Calls that made something whose name their records do not tell, and how often.
    pub nameless: BTreeMap<String, usize>,
    /// Calls that changed something which they did not make, and how often: whether it is
    /// as before, no record tells.
    pub changing: BTreeMap<String, usize>,
}

/// What the calls in `of_run` made that no call in `all` has undone since. `all` holds the
/// records of the clean-up, too; whoever undoes something, it is gone.
///
/// A record of another shape is passed over.
#[must_use]
pub fn left_in_account(cloud: Cloud, of_run: &[Value], all: &[Value]) -> AccountResidue {
    match cloud {
        Cloud::Aws => trail::left(of_run, all),
        Cloud::Azure => activity::left(of_run, all),
    }
}

impl AccountResidue {
    /// What is left, each as a fragment of a sentence.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        self.left
            .iter()
            .map(|one| {
                format!(
                    "{} of {} was not seen to be undone (record {})",
                    one.call,
                    one.resources.join(", "),
                    one.record
                )
            })
            .collect()
    }

    /// What cannot be known, in sentences.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = vec![
            "what is left in the account was read from the records that were collected: what \
             was done later, by a service itself, or without a record is not known"
                .to_owned(),
        ];
        if !self.nameless.is_empty() {
            notes.push(format!(
                "what these calls made is not told, since their records name nothing: {}",
                counted(&self.nameless)
            ));
        }
        if !self.changing.is_empty() {
            notes.push(format!(
                "whether these calls were undone cannot be told from records: {}",
                counted(&self.changing)
            ));
        }
        notes
    }
}

fn counted(calls: &BTreeMap<String, usize>) -> String {
    let calls: Vec<_> = calls
        .iter()
        .map(|(call, count)| match count {
            1 => call.clone(),
            _ => format!("{call} ({count} times)"),
        })
        .collect();
    calls.join(", ")
}
