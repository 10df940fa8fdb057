//! What the records of a run leave in an account.

use misfire::stage::execute::{AccountResidue, Cloud, left_in_account};
use serde_json::{Value, json};

/// A call of AWS, at that second.
fn call(second: u32, service: &str, name: &str, asked: Value, answered: Value) -> Value {
    json!({
        "eventTime": format!("2026-11-03T08:31:{second:02}Z"),
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": name,
        "awsRegion": "eu-central-1",
        "requestParameters": asked,
        "responseElements": answered,
        "readOnly": false,
        "eventID": format!("{name}-{second}"),
    })
}

/// What is left if all calls are of the run.
fn left(calls: &[Value]) -> Vec<(String, Vec<String>)> {
    pairs(&left_in_account(Cloud::Aws, calls, calls))
}

fn pairs(residue: &AccountResidue) -> Vec<(String, Vec<String>)> {
    let all = residue.left.iter();
    all.map(|one| (one.record.clone(), one.resources.clone()))
        .collect()
}

fn one(record: &str, resource: &str) -> (String, Vec<String>) {
    (record.to_owned(), vec![resource.to_owned()])
}

fn instances(ids: &[&str]) -> Value {
    let items: Vec<_> = ids.iter().map(|id| json!({"instanceId": id})).collect();
    json!({"instancesSet": {"items": items}})
}

#[test]
fn of_two_instances_the_one_that_runs_on_is_left() {
    let run = call(
        1,
        "ec2",
        "RunInstances",
        json!({"instancesSet": {"items": [{"imageId": "ami-1", "minCount": 2}]},
            "subnetId": "subnet-1"}),
        json!({"requestId": "r", "reservationId": "r-1",
        "instancesSet": {"items": [
            {"instanceId": "i-1", "imageId": "ami-1"},
            {"instanceId": "i-2", "imageId": "ami-1"},
        ]}}),
    );
    let end = call(
        5,
        "ec2",
        "TerminateInstances",
        instances(&["i-1"]),
        Value::Null,
    );
    assert_eq!(left(&[run.clone(), end]), [one("RunInstances-1", "i-2")]);
    let end = call(
        5,
        "ec2",
        "TerminateInstances",
        instances(&["i-2", "i-1"]),
        Value::Null,
    );
    assert_eq!(left(&[run, end]), []);
}

#[test]
fn only_the_same_resource_of_the_same_service_and_region_is_undone() {
    let make = call(
        1,
        "iam",
        "CreateAccessKey",
        json!({"userName": "bob"}),
        json!({"accessKey": {"userName": "bob", "accessKeyId": "AKIA1", "status": "Active"}}),
    );
    let undo = |user: &str, key: &str| {
        let asked = json!({"userName": user, "accessKeyId": key});
        call(3, "iam", "DeleteAccessKey", asked, Value::Null)
    };
    let is_left = [one("CreateAccessKey-1", "AKIA1 bob")];
    assert_eq!(left(&[make.clone(), undo("bob", "AKIA1")]), []);
    assert_eq!(left(&[make.clone(), undo("bob", "AKIA2")]), is_left);
    let user = call(
        3,
        "iam",
        "DeleteUserPolicy",
        json!({"userName": "bob"}),
        Value::Null,
    );
    assert_eq!(left(&[make.clone(), user]), is_left);
    for (member, value) in [
        ("eventSource", "other.amazonaws.com"),
        ("awsRegion", "us-east-1"),
        ("errorCode", "AccessDenied"),
        // What came before it did not undo it.
        ("eventTime", "2026-11-03T08:31:00Z"),
    ] {
        let mut other = undo("bob", "AKIA1");
        other[member] = json!(value);
        assert_eq!(left(&[make.clone(), other]), is_left, "{member}");
    }
}

#[test]
fn what_goes_with_its_holder_is_gone() {
    let put = call(
        1,
        "iam",
        "PutUserPolicy",
        json!({"userName": "bob", "policyName": "p"}),
        Value::Null,
    );
    let delete = call(
        2,
        "iam",
        "DeleteUser",
        json!({"userName": "bob"}),
        Value::Null,
    );
    assert_eq!(left(&[put.clone(), delete]), []);
    let delete = call(
        2,
        "iam",
        "DeleteUser",
        json!({"userName": "eve"}),
        Value::Null,
    );
    assert_eq!(left(&[put, delete]), [one("PutUserPolicy-1", "bob p")]);
}

#[test]
fn calls_that_read_or_were_refused_leave_nothing() {
    let mut reads = call(
        1,
        "sts",
        "StartSomething",
        json!({"name": "a"}),
        Value::Null,
    );
    reads["readOnly"] = json!(true);
    let mut refused = call(
        1,
        "iam",
        "CreateUser",
        json!({"userName": "bob"}),
        Value::Null,
    );
    refused["errorCode"] = json!("AccessDenied");
    let residue = left_in_account(Cloud::Aws, &[reads, refused, json!(7), json!({})], &[]);
    assert_eq!(residue, AccountResidue::default());
}

#[test]
fn whoever_undoes_it_it_is_gone_and_what_others_make_is_theirs() {
    let make = call(
        1,
        "iam",
        "CreateUser",
        json!({"userName": "bob"}),
        Value::Null,
    );
    let others = call(
        1,
        "iam",
        "CreateUser",
        json!({"userName": "eve"}),
        Value::Null,
    );
    let undo = call(
        2,
        "iam",
        "DeleteUser",
        json!({"userName": "bob"}),
        Value::Null,
    );
    let of_run = [make.clone()];
    let residue = left_in_account(Cloud::Aws, &of_run, &[make.clone(), others.clone(), undo]);
    assert_eq!(pairs(&residue), []);
    let residue = left_in_account(Cloud::Aws, &of_run, &[make, others]);
    assert_eq!(pairs(&residue), [one("CreateUser-1", "bob")]);
    assert_eq!(
        residue.told(),
        ["CreateUser (iam.amazonaws.com) of bob was not seen to be undone (record CreateUser-1)"]
    );
}

#[test]
fn what_records_do_not_tell_is_said() {
    let nameless = call(1, "x", "CreateThing", json!({"size": 3}), Value::Null);
    let changing = call(
        1,
        "ec2",
        "ModifyInstanceAttribute",
        json!({"instanceId": "i-1"}),
        Value::Null,
    );
    let calls = [nameless, changing.clone(), changing];
    let residue = left_in_account(Cloud::Aws, &calls, &calls);
    assert_eq!(pairs(&residue), []);
    let notes = residue.notes().join("\n");
    for wanted in [
        "done later",
        "CreateThing (x.amazonaws.com)",
        "ModifyInstanceAttribute (ec2.amazonaws.com) (2 times)",
    ] {
        assert!(notes.contains(wanted), "{notes}");
    }
}

/// An operation of Azure, in the shape of the interface.
fn operation(second: u32, resource: &str, name: &str, status: &str) -> Value {
    json!({
        "eventTimestamp": format!("2026-11-03T08:31:{second:02}.1376946Z"),
        "operationName": {"value": name, "localizedValue": "x"},
        "status": {"value": status, "localizedValue": "x"},
        "resourceId": resource,
        "eventDataId": format!("{name}-{second}-{status}"),
    })
}

#[test]
fn what_was_written_in_azure_is_left_until_it_or_its_holder_is_deleted() {
    const GROUP: &str = "/subscriptions/s/resourceGroups/rg";
    const MACHINE: &str =
        "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm";
    const WRITE: &str = "Microsoft.Compute/virtualMachines/write";
    let azure = |records: &[Value]| pairs(&left_in_account(Cloud::Azure, records, records));
    let made = [
        operation(1, MACHINE, WRITE, "Started"),
        operation(2, MACHINE, WRITE, "Accepted"),
        operation(4, MACHINE, WRITE, "Succeeded"),
    ];
    let is_left = [one(&format!("{WRITE}-4-Succeeded"), MACHINE)];
    assert_eq!(azure(&made), is_left);
    let with = |record: Value| [&made[..], &[record]].concat();
    let delete = "Microsoft.Compute/virtualMachines/delete";
    let upper = MACHINE.to_uppercase();
    assert_eq!(azure(&with(operation(9, &upper, delete, "Succeeded"))), []);
    let group = "Microsoft.Resources/subscriptions/resourceGroups/delete";
    assert_eq!(azure(&with(operation(9, GROUP, group, "Succeeded"))), []);
    for other in [
        operation(9, MACHINE, delete, "Failed"),
        operation(3, MACHINE, delete, "Succeeded"),
        operation(9, &format!("{MACHINE}2"), delete, "Succeeded"),
        operation(9, "/subscriptions/s/resourceGroups/r", group, "Succeeded"),
    ] {
        assert_eq!(azure(&with(other.clone())), is_left, "{other}");
    }
    let failed = [operation(1, MACHINE, WRITE, "Failed")];
    assert_eq!(azure(&failed), []);
    // Exported records have other members.
    let exported = json!({"time": "2026-11-03T08:31:04Z", "operationName": WRITE.to_uppercase(),
        "resultType": "Success", "resourceId": MACHINE, "correlationId": "c"});
    assert_eq!(azure(&[exported]), [one("c", MACHINE)]);
}
