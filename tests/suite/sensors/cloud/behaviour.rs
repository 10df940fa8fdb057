//! What CloudTrail hides, leaves out, and never logs.

use misfire::activity::{ActivityKind, AwsCall, AwsCaller, CallError};
use misfire::log::JsonFormat;
use misfire::sensor::CloudTrail;
use serde_json::{Value, json};

use super::{bytes, observed, written};
use crate::sensors::given;

/// A call of a user's that asks for nothing and is answered nothing.
pub fn call(service: &str, operation: &str) -> AwsCall {
    AwsCall {
        service: service.to_owned(),
        operation: operation.to_owned(),
        region: "eu-central-1".to_owned(),
        parameters: Value::Null,
        response: Value::Null,
        error: None,
        read_only: false,
        caller: AwsCaller::User {
            account: "111122223333".to_owned(),
            id: "AIDACKCEVSQ6C2EXAMPLE".to_owned(),
            name: "avery".to_owned(),
            access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
        },
        source: [198, 51, 100, 24].into(),
        user_agent: "aws-cli/2.31.3".to_owned(),
        endpoint: "ssm.eu-central-1.amazonaws.com".to_owned(),
    }
}

fn recorded(call: AwsCall) -> Option<Value> {
    let events = observed(
        &mut CloudTrail::new(7),
        given::start(),
        ActivityKind::AwsCall(call),
    );
    match written(JsonFormat::CloudTrail, "Records", &events).as_slice() {
        [] => None,
        [record] => Some(record.clone()),
        more => panic!("{} records", more.len()),
    }
}

fn one(call: AwsCall) -> Value {
    recorded(call).expect("a record")
}

fn denied(service: &str, operation: &str, parameters: Value) -> AwsCall {
    let message = format!(
        "User: arn:aws:iam::111122223333:user/avery is not authorized to perform: {operation}"
    );
    AwsCall {
        parameters,
        error: Some(CallError {
            code: "AccessDenied".to_owned(),
            message,
        }),
        ..call(service, operation)
    }
}

#[test]
fn what_may_be_secret_is_never_recorded() {
    let secret = "Correct-Horse-7";
    for (service, operation, given) in [
        (
            "ssm",
            "SendCommand",
            json!({"DocumentName": "a", "Parameters": {"commands": [secret]}}),
        ),
        (
            "ssm",
            "StartAutomationExecution",
            json!({"DocumentName": "a", "Parameters": {"commands": [secret]}}),
        ),
        (
            "ssm",
            "CreateAssociation",
            json!({"Name": "a", "Parameters": {"commands": [secret]}}),
        ),
        ("ssm", "PutParameter", json!({"Name": "a", "Value": secret})),
        (
            "iam",
            "CreateLoginProfile",
            json!({"UserName": "a", "Password": secret}),
        ),
        (
            "iam",
            "UpdateLoginProfile",
            json!({"UserName": "a", "Password": secret}),
        ),
        (
            "iam",
            "ChangePassword",
            json!({"OldPassword": secret, "NewPassword": secret}),
        ),
        (
            "ec2",
            "RunInstances",
            json!({"ImageId": "ami-1", "UserData": secret}),
        ),
        (
            "ec2",
            "ModifyInstanceAttribute",
            json!({"InstanceId": "i-1", "UserData": {"Value": secret}}),
        ),
        (
            "secretsmanager",
            "CreateSecret",
            json!({"Name": "a", "SecretString": secret}),
        ),
        (
            "secretsmanager",
            "PutSecretValue",
            json!({"SecretId": "a", "SecretString": secret}),
        ),
        (
            "lambda",
            "UpdateFunctionConfiguration",
            json!({"FunctionName": "a", "Environment": {"Variables": {"A": secret}}}),
        ),
        (
            "rds",
            "CreateDBInstance",
            json!({"DBInstanceIdentifier": "a", "MasterUserPassword": secret}),
        ),
    ] {
        let record = one(AwsCall {
            parameters: given,
            ..call(&format!("{service}.amazonaws.com"), operation)
        });
        let is_all_secret = operation == "ChangePassword";
        assert!(
            record["requestParameters"].is_object() != is_all_secret,
            "{operation}: {record:#}"
        );
        assert!(!record.to_string().contains(secret), "{record:#}");
    }
    for (service, operation, response) in [
        (
            "ssm",
            "StartSession",
            json!({"SessionId": "a-1", "TokenValue": secret}),
        ),
        (
            "sts",
            "AssumeRole",
            json!({"Credentials": {"AccessKeyId": "a", "SecretAccessKey": secret}}),
        ),
        (
            "sts",
            "GetSessionToken",
            json!({"Credentials": {"AccessKeyId": "a", "SecretAccessKey": secret}}),
        ),
        (
            "iam",
            "CreateAccessKey",
            json!({"AccessKey": {"AccessKeyId": "a", "SecretAccessKey": secret}}),
        ),
        (
            "ec2",
            "CreateKeyPair",
            json!({"KeyName": "a", "KeyMaterial": secret}),
        ),
    ] {
        let record = one(AwsCall {
            response,
            ..call(&format!("{service}.amazonaws.com"), operation)
        });
        assert!(
            record["responseElements"].is_object(),
            "{operation}: {record:#}"
        );
        assert!(!record.to_string().contains(secret), "{record:#}");
    }
}

#[test]
fn the_parameters_of_commands_are_hidden_and_the_rest_is_not() {
    let hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
    let record = one(AwsCall {
        parameters: json!({
            "InstanceIds": ["i-1"], "DocumentName": "AWS-RunShellScript",
            "Parameters": {"commands": ["id"]},
        }),
        response: json!({"Command": {"CommandId": "c", "Parameters": {"commands": ["id"]}}}),
        ..call("ssm.amazonaws.com", "SendCommand")
    });
    let request = &record["requestParameters"];
    assert_eq!(request["parameters"], hidden);
    assert_eq!(request["documentName"], "AWS-RunShellScript");
    assert_eq!(request["instanceIds"], json!(["i-1"]));
    assert_eq!(record["responseElements"]["command"]["parameters"], hidden);
    // Nothing is hidden where nothing was given.
    let record = one(AwsCall {
        parameters: json!({"DocumentName": "AWS-UpdateSSMAgent"}),
        ..call("ssm.amazonaws.com", "SendCommand")
    });
    assert!(record["requestParameters"].get("parameters").is_none());
}

#[test]
fn a_denied_call_keeps_no_request_except_of_amazon_ec2() {
    let given = json!({"InstanceId": "i-1"});
    let record = one(denied(
        "ssm.amazonaws.com",
        "GetConnectionStatus",
        given.clone(),
    ));
    assert_eq!(record["errorCode"], "AccessDenied");
    assert_eq!(
        record["errorMessage"],
        "User: arn:aws:iam::111122223333:user/avery is not authorized to perform: GetConnectionStatus"
    );
    assert_eq!(record["requestParameters"], Value::Null);
    assert_eq!(record["responseElements"], Value::Null);
    let names: Vec<_> = record.as_object().expect("a record").keys().collect();
    assert_eq!(
        names[7..10],
        ["userAgent", "errorCode", "errorMessage"],
        "{names:?}"
    );

    let record = one(denied("ec2.amazonaws.com", "StopInstances", given.clone()));
    assert_eq!(record["errorCode"], "Client.UnauthorizedOperation");
    assert_eq!(record["requestParameters"], json!({"instanceId": "i-1"}));
    let message = record["errorMessage"].as_str().expect("a message");
    let inner = "User: arn:aws:iam::111122223333:user/avery is not authorized to perform: \
                 StopInstances. Encoded authorization failure message: ";
    let start = format!("You are not authorized to perform this operation. {inner}");
    assert!(message.starts_with(&start), "{message}");
    // A failure that is no denial tells what was asked for.
    let mut failed = denied("iam.amazonaws.com", "DeleteLoginProfile", given);
    failed.error = Some(CallError {
        code: "NoSuchEntity".to_owned(),
        message: "Login Profile for User avery cannot be found.".to_owned(),
    });
    failed.response = json!({"Anything": 1});
    let record = one(failed);
    assert_eq!(record["errorCode"], "NoSuchEntity");
    assert_eq!(record["requestParameters"], json!({"instanceId": "i-1"}));
    assert_eq!(record["responseElements"], Value::Null);
}

/// CloudTrail cuts messages off after a kilobyte.
#[test]
fn a_long_message_is_cut_off() {
    let mut long = denied("ssm.amazonaws.com", "SendCommand", Value::Null);
    if let Some(error) = &mut long.error {
        error.message = "é".repeat(3_000);
    }
    let record = one(long);
    let message = record["errorMessage"].as_str().expect("a message");
    assert_eq!(message.chars().count(), 1_024);
    assert!(message.ends_with("é..."), "{message}");
}

#[test]
fn data_events_are_not_logged() {
    for (service, operation) in [
        ("s3", "GetObject"),
        ("s3", "PutObject"),
        ("s3", "ListObjectsV2"),
        ("lambda", "Invoke"),
        ("dynamodb", "GetItem"),
        ("sqs", "SendMessage"),
        ("sns", "Publish"),
    ] {
        let service = format!("{service}.amazonaws.com");
        assert_eq!(recorded(call(&service, operation)), None, "{operation}");
    }
    assert!(recorded(call("s3.amazonaws.com", "ListBuckets")).is_some());
    assert!(recorded(call("lambda.amazonaws.com", "ListFunctions")).is_some());
}

#[test]
fn only_calls_are_logged() {
    let started = ActivityKind::PowerShellStarted {
        host_application: "powershell.exe".to_owned(),
    };
    assert!(observed(&mut CloudTrail::new(7), given::start(), started).is_empty());
}

#[test]
fn what_reading_answers_is_not_recorded() {
    let reading = AwsCall {
        response: json!({"Reservations": [1]}),
        read_only: true,
        ..call("ec2.amazonaws.com", "DescribeInstances")
    };
    let record = one(reading);
    assert_eq!(record["readOnly"], true);
    assert_eq!(record["responseElements"], Value::Null);
    // A role that is assumed is an exception.
    let assuming = AwsCall {
        parameters: json!({"RoleArn": "arn:aws:iam::444455556666:role/ops", "RoleSessionName": "a"}),
        response: json!({"AssumedRoleUser": {"AssumedRoleId": "AROA:a"}}),
        read_only: true,
        ..call("sts.amazonaws.com", "AssumeRole")
    };
    let record = one(assuming);
    assert_eq!(
        record["responseElements"],
        json!({"assumedRoleUser": {"assumedRoleId": "AROA:a"}})
    );
    assert_eq!(
        record["resources"],
        json!([{
            "accountId": "444455556666", "type": "AWS::IAM::Role",
            "ARN": "arn:aws:iam::444455556666:role/ops",
        }])
    );
}

#[test]
fn each_caller_has_its_identity() {
    let by = |caller: AwsCaller| {
        one(AwsCall {
            caller,
            ..call("ssm.amazonaws.com", "SendCommand")
        })
    };
    let account = || "111122223333".to_owned();
    let user = one(call("ssm.amazonaws.com", "SendCommand"));
    assert_eq!(
        user["userIdentity"],
        json!({
            "type": "IAMUser", "principalId": "AIDACKCEVSQ6C2EXAMPLE",
            "arn": "arn:aws:iam::111122223333:user/avery", "accountId": "111122223333",
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": "avery",
        })
    );
    let role = by(AwsCaller::Role {
        account: account(),
        id: "AROAJQABLZS4A3EXAMPLE".to_owned(),
        name: "ops".to_owned(),
        session: "kim".to_owned(),
        access_key: "ASIAIOSFODNN7EXAMPLE".to_owned(),
        since: given::start(),
    });
    assert_eq!(
        role["userIdentity"],
        json!({
            "type": "AssumedRole", "principalId": "AROAJQABLZS4A3EXAMPLE:kim",
            "arn": "arn:aws:sts::111122223333:assumed-role/ops/kim",
            "accountId": "111122223333", "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role", "principalId": "AROAJQABLZS4A3EXAMPLE",
                    "arn": "arn:aws:iam::111122223333:role/ops",
                    "accountId": "111122223333", "userName": "ops",
                },
                "attributes": {
                    "creationDate": "2026-11-02T13:05:43Z", "mfaAuthenticated": "false",
                },
            },
        })
    );
    let root = by(AwsCaller::Root {
        account: account(),
        access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
    });
    assert_eq!(
        root["userIdentity"],
        json!({
            "type": "Root", "principalId": "111122223333",
            "arn": "arn:aws:iam::111122223333:root", "accountId": "111122223333",
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        })
    );
    let service = by(AwsCaller::Service {
        account: account(),
        name: "events.amazonaws.com".to_owned(),
    });
    assert_eq!(
        service["userIdentity"],
        json!({"type": "AWSService", "invokedBy": "events.amazonaws.com"})
    );
    assert_eq!(service["sourceIPAddress"], "events.amazonaws.com");
    assert_eq!(service["userAgent"], "events.amazonaws.com");
    assert!(service.get("tlsDetails").is_none(), "{service:#}");
    for record in [user, role, root, service] {
        assert_eq!(record["recipientAccountId"], "111122223333");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let log = |seed: u64| {
        let mut sensor = CloudTrail::new(seed);
        let mut events = Vec::new();
        for operation in ["SendCommand", "GetCommandInvocation"] {
            let called = ActivityKind::AwsCall(call("ssm.amazonaws.com", operation));
            events.extend(observed(&mut sensor, given::start(), called));
        }
        bytes(JsonFormat::CloudTrail, &events)
    };
    assert_eq!(log(7), log(7));
    assert_ne!(log(7), log(8));
    let text = String::from_utf8(log(7)).expect("text");
    let log: Value = serde_json::from_str(&text).expect("JSON");
    let ids: std::collections::BTreeSet<_> = log["Records"]
        .as_array()
        .expect("records")
        .iter()
        .flat_map(|record| [record["eventID"].as_str(), record["requestID"].as_str()])
        .collect();
    assert_eq!(ids.len(), 4, "each id is used once: {text}");
}
