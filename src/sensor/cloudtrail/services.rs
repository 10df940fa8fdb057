//! How each service's calls are recorded; a table.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::activity::CallError;

/// How a service's calls are recorded.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    /// The version of the records' form.
    #[serde(default = "oldest_version")]
    pub(super) version: String,
    /// The service's `apiVersion`, where its records have one.
    #[serde(default)]
    pub(super) api_version: Option<String>,
    /// How times in answers are written.
    #[serde(default)]
    pub(super) dates: Dates,
    /// Whether requests and answers are in the form of Amazon EC2's query interface.
    #[serde(default)]
    pub(super) form: Form,
    /// Whether an answer that is one object stands without the object's name.
    #[serde(default)]
    pub(super) is_answer_bare: bool,
    #[serde(default)]
    operations: BTreeMap<String, Operation>,
}

/// How one operation is recorded.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Operation {
    /// The name in records where it is not the operation's.
    pub(super) recorded_as: Option<String>,
    /// The version of the record's form where it is not the service's.
    pub(super) version: Option<String>,
    /// Whether it is a data event, which trails do not log unless told to.
    pub(super) is_data: bool,
    /// Whether the answer is recorded although the call only reads.
    pub(super) is_answer_recorded: bool,
    /// Paths of members and what stands there instead.
    pub(super) hidden: BTreeMap<String, String>,
    /// Paths of members that are left out.
    pub(super) removed: BTreeSet<String>,
    /// Paths of members that the service adds to what the API has, in their order,
    /// where the object that holds them is there.
    pub(super) added: Map<String, Value>,
    /// Sets that the request always has (Amazon EC2).
    pub(super) sets: Vec<String>,
    /// The type of the resource whose ARN is in this member of the request.
    pub(super) resource: Option<Resource>,
}

/// A resource that the record names.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Resource {
    /// The member of the request that holds its ARN.
    pub(super) parameter: String,
    /// Its type, as `AWS::IAM::Role`.
    pub(super) kind: String,
}

/// How times in answers are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Dates {
    /// As the interface gives them.
    #[default]
    AsGiven,
    /// `Nov 3, 2026, 8:31:00 AM`.
    Long,
    /// `Nov 3, 2026 8:31:00 AM`.
    LongWithoutComma,
    /// Milliseconds since 1970.
    Milliseconds,
}

/// The form of requests and answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Form {
    /// Members with a small first letter.
    #[default]
    Plain,
    /// As in Amazon EC2's: lists are sets of items.
    Ec2,
}

/// The codes of calls that were not authorized, or not even authenticated.
const NOT_AUTHORIZED: [&str; 8] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "ExpiredToken",
    "InvalidClientTokenId",
    "NotAuthorized",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
];
/// The longest message of an error, in characters ("CloudTrail record contents").
const LONGEST_MESSAGE: usize = 1_024;

fn oldest_version() -> String {
    "1.08".to_owned()
}

static TABLE: LazyLock<BTreeMap<String, Service>> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("services.yaml"))
        .unwrap_or_else(|error| panic!("the table of services is damaged: {error}"))
});
static OTHER: LazyLock<Service> = LazyLock::new(|| Service {
    version: oldest_version(),
    api_version: None,
    dates: Dates::AsGiven,
    form: Form::Plain,
    is_answer_bare: false,
    operations: BTreeMap::new(),
});
static OTHER_OPERATION: LazyLock<Operation> = LazyLock::new(Operation::default);

/// How a service's calls are recorded.
pub(super) fn of(service: &str) -> &'static Service {
    TABLE.get(service).unwrap_or(&OTHER)
}

impl Service {
    pub(super) fn operation(&self, name: &str) -> &Operation {
        self.operations.get(name).unwrap_or(&OTHER_OPERATION)
    }

    /// The code of an error as it is recorded: Amazon EC2 says who is to blame.
    pub(super) fn error_code(&self, code: &str) -> String {
        match (self.form, code) {
            (Form::Ec2, "AccessDenied") => "Client.UnauthorizedOperation".to_owned(),
            (Form::Ec2, code) => format!("Client.{code}"),
            (Form::Plain, code) => code.to_owned(),
        }
    }

    /// The message of an error as it is recorded: Amazon EC2 adds an encoded one.
    pub(super) fn error_message(&self, message: &str, token: impl FnOnce() -> String) -> String {
        let message = match self.form {
            Form::Ec2 if message.contains("is not authorized to perform") => format!(
                "You are not authorized to perform this operation. {message}. Encoded \
                 authorization failure message: {}",
                token()
            ),
            _ => message.to_owned(),
        };
        cut_off(message)
    }

    /// Whether a call that failed so keeps its request: one that was not authorized
    /// does only with Amazon EC2.
    pub(super) fn keeps_request(&self, error: Option<&CallError>) -> bool {
        self.form == Form::Ec2 || error.is_none_or(|error| !NOT_AUTHORIZED.contains(&&*error.code))
    }
}

/// A message as far as it is recorded.
fn cut_off(message: String) -> String {
    if message.chars().count() <= LONGEST_MESSAGE {
        return message;
    }
    let kept = message.chars().take(LONGEST_MESSAGE - 3);
    kept.chain("...".chars()).collect()
}
