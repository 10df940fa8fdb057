//! Who called ("CloudTrail userIdentity element").

use serde_json::{Value, json};

use crate::activity::{AwsCall, AwsCaller};

pub(super) fn identity(caller: &AwsCaller) -> Value {
    match caller {
        AwsCaller::User {
            account,
            id,
            name,
            access_key,
        } => json!({
            "type": "IAMUser",
            "principalId": id,
            "arn": format!("arn:aws:iam::{account}:user/{name}"),
            "accountId": account,
            "accessKeyId": access_key,
            "userName": name,
        }),
        AwsCaller::Role {
            account,
            id,
            name,
            session,
            access_key,
            since,
        } => json!({
            "type": "AssumedRole",
            "principalId": format!("{id}:{session}"),
            "arn": format!("arn:aws:sts::{account}:assumed-role/{name}/{session}"),
            "accountId": account,
            "accessKeyId": access_key,
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": id,
                    "arn": format!("arn:aws:iam::{account}:role/{name}"),
                    "accountId": account,
                    "userName": name,
                },
                "attributes": {
                    "creationDate": since.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                    "mfaAuthenticated": "false",
                },
            },
        }),
        AwsCaller::Root {
            account,
            access_key,
        } => json!({
            "type": "Root",
            "principalId": account,
            "arn": format!("arn:aws:iam::{account}:root"),
            "accountId": account,
            "accessKeyId": access_key,
        }),
        AwsCaller::Service { name, .. } => json!({
            "type": "AWSService",
            "invokedBy": name,
        }),
    }
}

/// The account that the call is logged in.
pub(super) fn account(caller: &AwsCaller) -> &str {
    match caller {
        AwsCaller::User { account, .. }
        | AwsCaller::Role { account, .. }
        | AwsCaller::Root { account, .. }
        | AwsCaller::Service { account, .. } => account,
    }
}

pub(super) fn is_service(caller: &AwsCaller) -> bool {
    matches!(caller, AwsCaller::Service { .. })
}

/// Where the call came from: for calls of services it is the service's name.
pub(super) fn source(call: &AwsCall) -> String {
    match &call.caller {
        AwsCaller::Service { name, .. } => name.clone(),
        _ => call.source.to_string(),
    }
}

/// What the client calls itself: for calls of services it is the service's name.
pub(super) fn user_agent(call: &AwsCall) -> &str {
    match &call.caller {
        AwsCaller::Service { name, .. } => name,
        _ => &call.user_agent,
    }
}
