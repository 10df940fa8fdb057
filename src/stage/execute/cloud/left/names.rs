//! What the names of AWS's calls say of each other, and the resources in their records.

use std::collections::BTreeSet;

use serde_json::Value;

/// Verbs that make something, and those that undo it (the API references of the services
/// name their actions so).
const UNDONE_BY: [(&str, &[&str]); 21] = [
    ("Add", &["Remove", "Delete"]),
    ("Allocate", &["Release"]),
    ("Associate", &["Disassociate"]),
    ("Attach", &["Detach"]),
    ("Authorize", &["Revoke"]),
    ("Copy", &["Delete", "Deregister"]),
    (
        "Create",
        &[
            "Delete",
            "Deregister",
            "Terminate",
            "Cancel",
            "Revoke",
            "Retire",
            "Remove",
        ],
    ),
    ("Enable", &["Disable", "Delete"]),
    ("Import", &["Delete", "Deregister"]),
    ("Invite", &["Delete", "Disassociate"]),
    ("Launch", &["Terminate", "Delete"]),
    ("Provision", &["Deprovision", "Terminate"]),
    ("Put", &["Delete", "Remove"]),
    ("Register", &["Deregister", "Delete"]),
    ("Request", &["Cancel", "Delete"]),
    ("Restore", &["Delete"]),
    ("Run", &["Terminate", "Stop"]),
    ("Send", &["Cancel"]),
    ("Start", &["Stop", "Terminate", "Cancel", "Abort"]),
    ("Tag", &["Untag"]),
    ("Upload", &["Delete"]),
];

/// Verbs that remove what holds something, and so that, too.
const REMOVING: [&str; 4] = ["Delete", "Terminate", "Deregister", "Release"];

/// Calls that undo another one although their names do not say so.
const ODD: [(&str, &str); 3] = [
    ("CreateKey", "ScheduleKeyDeletion"),
    ("RequestSpotInstances", "CancelSpotInstanceRequests"),
    ("ImportImage", "DeregisterImage"),
];

/// Members that name something else than what was made.
const CONTEXT: [&str; 8] = [
    "requestid",
    "accountid",
    "ownerid",
    "regionname",
    "clientsourceid",
    "recipientaccountid",
    "principalid",
    "reservationid",
];

/// A name as `RunInstances` in its verb and what that is done to.
fn parts(name: &str) -> (&str, &str) {
    let end = name
        .char_indices()
        .skip(1)
        .find(|(_, sign)| sign.is_ascii_uppercase())
        .map_or(name.len(), |(place, _)| place);
    name.split_at(end)
}

/// Whether a call of that name makes something.
pub(super) fn makes(name: &str) -> bool {
    let (verb, noun) = parts(name);
    !noun.is_empty() && UNDONE_BY.iter().any(|(making, _)| *making == verb)
}

/// Whether a call of that name only reads, where its record does not say so.
pub(super) fn reads(name: &str) -> bool {
    let (verb, _) = parts(name);
    matches!(
        verb,
        "Describe" | "Get" | "Head" | "List" | "Lookup" | "Query" | "Search"
    )
}

/// Whether a call of that name undoes something that other calls make.
pub(super) fn undoes_any(name: &str) -> bool {
    let (verb, _) = parts(name);
    let is_odd = ODD.iter().any(|(_, undoing)| *undoing == name);
    let is_one = |(_, undoing): &(&str, &[&str])| undoing.contains(&verb);
    is_odd || UNDONE_BY.iter().any(is_one)
}

/// Whether a call of the name `undoing` undoes what one of the name `making` made, if it is
/// about the same resource: it does the opposite to the same sort of thing, or removes what
/// holds it.
pub(super) fn undoes(undoing: &str, making: &str) -> bool {
    if ODD.contains(&(making, undoing)) {
        return true;
    }
    let ((undo, of), (make, what)) = (parts(undoing), parts(making));
    let (of, what) = (sort(of), sort(what));
    let mut opposites = UNDONE_BY.iter().filter(|(making, _)| *making == make);
    let is_opposite = opposites.any(|(_, undoing)| undoing.contains(&undo));
    let is_holder = REMOVING.contains(&undo) && what.len() > of.len() && what.starts_with(&of);
    (is_opposite && of == what) || is_holder
}

/// A noun without what differs between opposites: the plural, the version in a name such as
/// `Function20150331v2`, and `To` or `From`.
fn sort(noun: &str) -> String {
    let digits = noun.find("20").filter(|place| {
        let version = noun.get(*place..*place + 8);
        version.is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit()))
    });
    let noun = noun.get(..digits.unwrap_or(noun.len())).unwrap_or(noun);
    let noun = noun.replace("From", "To");
    match noun.strip_suffix('s') {
        Some(one) if !noun.ends_with("ss") => one.to_owned(),
        _ => noun,
    }
}

/// The names of resources in a record.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Those that stand alone.
    pub(super) single: BTreeSet<String>,
    /// Those of a list of what the call is about.
    pub(super) listed: BTreeSet<String>,
}

impl Names {
    /// Those in a part of a record of a call of that name.
    pub(super) fn of(part: &Value, call: &str) -> Self {
        let mut names = Self::default();
        let noun = sort(parts(call).1).to_ascii_lowercase();
        names.look(part, "", &noun, Standing::Alone);
        names
    }

    fn look(&mut self, part: &Value, key: &str, noun: &str, standing: Standing) {
        match part {
            Value::Object(members) => {
                for (name, value) in members {
                    // A list of one service holds its things as `items`.
                    let key = if matches!(name.as_str(), "items" | "member") {
                        key
                    } else {
                        name
                    };
                    self.look(value, key, noun, standing);
                }
            }
            Value::Array(values) => {
                for value in values {
                    self.look(value, key, noun, Standing::Listed);
                }
            }
            Value::String(text) if !text.is_empty() => {
                let key = key.to_ascii_lowercase();
                let key = key.strip_suffix('s').unwrap_or(&key);
                match standing {
                    Standing::Alone if is_name(key) => {
                        self.single.insert(text.clone());
                    }
                    // Lists of other things are what it was done with.
                    Standing::Listed if is_name(key) && is_of(key, noun) => {
                        self.listed.insert(text.clone());
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Standing {
    Alone,
    Listed,
}

/// Whether a member names a resource.
fn is_name(key: &str) -> bool {
    let is_naming = ["id", "arn", "name"].iter().any(|end| key.ends_with(end));
    // That of an object in S3; others that end so may be keys of another sort.
    (is_naming || key == "key") && !CONTEXT.contains(&key)
}

/// Whether a member names a resource of that sort: `instanceId` an `instance`.
fn is_of(key: &str, noun: &str) -> bool {
    let of = ["id", "arn", "name"]
        .iter()
        .find_map(|end| key.strip_suffix(end))
        .unwrap_or(key);
    !of.is_empty() && noun.ends_with(of)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("RunInstances", "TerminateInstances", true)]
    #[case("CreateUser", "DeleteUser", true)]
    #[case("CreateUser", "DeleteUserPolicy", false)]
    #[case("PutUserPolicy", "DeleteUser", true)]
    #[case("AddUserToGroup", "RemoveUserFromGroup", true)]
    #[case("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress", true)]
    #[case("AuthorizeSecurityGroupIngress", "DeleteSecurityGroup", true)]
    #[case("CreateFunction20150331", "DeleteFunction20150331", true)]
    #[case("CreateKey", "ScheduleKeyDeletion", true)]
    #[case("SendCommand", "CancelCommand", true)]
    #[case("StartSession", "TerminateSession", true)]
    #[case("StartInstances", "StopInstances", true)]
    #[case("StopInstances", "StartInstances", false)]
    #[case("CreateAccessKey", "DeleteUser", false)]
    fn calls_undo_their_opposites(
        #[case] making: &str,
        #[case] undoing: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(undoes(undoing, making), expected);
    }
}
