//! Calls to the control planes of clouds.

use std::net::IpAddr;

use serde_json::Value;

/// One call of an API of Amazon Web Services, as the service sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct AwsCall {
    /// The service, as `ssm.amazonaws.com`.
    pub service: String,
    /// The operation, as `SendCommand`.
    pub operation: String,
    /// The region, as `eu-central-1`.
    pub region: String,
    /// The parameters under the names of the API, nothing hidden; null if there are
    /// none.
    pub parameters: Value,
    /// The answer under the names of the API, nothing hidden; null if there is none.
    pub response: Value,
    /// Why it was refused, if it was.
    pub error: Option<CallError>,
    /// Whether it only reads.
    pub read_only: bool,
    /// Who called.
    pub caller: AwsCaller,
    /// Where from.
    pub source: IpAddr,
    /// What the client calls itself.
    pub user_agent: String,
    /// The host that was called, as `ssm.eu-central-1.amazonaws.com`.
    pub endpoint: String,
}

/// Who calls an API of Amazon Web Services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AwsCaller {
    /// A user of IAM with an access key.
    User {
        /// The account's twelve digits.
        account: String,
        /// The unique id (`AIDA…`).
        id: String,
        /// The name.
        name: String,
        /// The id of the access key (`AKIA…`).
        access_key: String,
    },
    /// A role that was assumed.
    Role {
        /// The account's twelve digits.
        account: String,
        /// The role's unique id (`AROA…`).
        id: String,
        /// The role's name.
        name: String,
        /// The name of the session.
        session: String,
        /// The id of the temporary access key (`ASIA…`).
        access_key: String,
        /// When the session began.
        since: jiff::Timestamp,
    },
    /// The account's root user.
    Root {
        /// The account's twelve digits.
        account: String,
        /// The id of the access key (`AKIA…`).
        access_key: String,
    },
    /// A service of Amazon's, as `ssm.amazonaws.com`.
    Service {
        /// The account's twelve digits.
        account: String,
        /// The service.
        name: String,
    },
}

/// Why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// The code, as `AccessDenied`.
    pub code: String,
    /// The message.
    pub message: String,
}

/// One operation of Azure's resource manager.
#[derive(Debug, Clone, PartialEq)]
pub struct AzureOperation {
    /// The operation, as `Microsoft.Compute/virtualMachines/runCommand/action`.
    pub name: String,
    /// The resource, from `/subscriptions/` on.
    pub resource: String,
    /// What was done, as `Action`, `Write`, or `Delete`.
    pub verb: String,
    /// Who called.
    pub caller: AzureCaller,
    /// The id of the application that the caller used, as that of the command line.
    pub client: String,
    /// Where from.
    pub source: IpAddr,
    /// Why it failed, if it did.
    pub error: Option<CallError>,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// Whether it goes on after it was accepted: it then leaves three records.
    pub is_long: bool,
}

/// Who calls Azure's resource manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AzureCaller {
    /// A person.
    User {
        /// The user principal name.
        name: String,
        /// The object id.
        object: String,
        /// The tenant.
        tenant: String,
    },
    /// An application or managed identity; it has no name in the records.
    Application {
        /// The application's (client) id.
        application: String,
        /// The object id.
        object: String,
        /// The tenant.
        tenant: String,
    },
}
