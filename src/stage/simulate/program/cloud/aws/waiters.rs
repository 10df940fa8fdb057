//! `aws SERVICE wait STATE`: asking until something is so.

use super::call::Client;
use super::line::{self, Line};
use super::operations;
use super::{no_call, not_interpreted, perform, print, systems_manager};
use crate::stage::simulate::world::{Exhausted, Finished, World};

/// The states that can be waited for, and the operation that asks (the waiters of each
/// service in the "AWS CLI Command Reference").
const WAITERS: &[(&str, &str, &str)] = &[
    ("ssm", "command-executed", "GetCommandInvocation"),
    ("ec2", "instance-exists", "DescribeInstances"),
    ("ec2", "instance-running", "DescribeInstances"),
    ("ec2", "instance-stopped", "DescribeInstances"),
    ("ec2", "instance-terminated", "DescribeInstances"),
    ("ec2", "instance-status-ok", "DescribeInstanceStatus"),
    ("ec2", "system-status-ok", "DescribeInstanceStatus"),
    ("ec2", "image-available", "DescribeImages"),
    ("ec2", "image-exists", "DescribeImages"),
    ("ec2", "key-pair-exists", "DescribeKeyPairs"),
    ("ec2", "snapshot-completed", "DescribeSnapshots"),
    ("ec2", "volume-available", "DescribeVolumes"),
    ("ec2", "volume-in-use", "DescribeVolumes"),
    ("ec2", "volume-deleted", "DescribeVolumes"),
    ("ec2", "password-data-available", "GetPasswordData"),
    ("iam", "user-exists", "GetUser"),
    ("iam", "role-exists", "GetRole"),
    ("iam", "instance-profile-exists", "GetInstanceProfile"),
    ("lambda", "function-exists", "GetFunction"),
    ("lambda", "function-active-v2", "GetFunction"),
    ("lambda", "function-updated-v2", "GetFunction"),
    ("s3api", "bucket-exists", "HeadBucket"),
    ("s3api", "bucket-not-exists", "HeadBucket"),
    ("rds", "db-instance-available", "DescribeDBInstances"),
    ("rds", "db-snapshot-available", "DescribeDBSnapshots"),
    ("cloudformation", "stack-create-complete", "DescribeStacks"),
    ("cloudformation", "stack-delete-complete", "DescribeStacks"),
    ("cloudformation", "stack-exists", "DescribeStacks"),
];

pub(super) fn run(
    client: &Client<'_>,
    world: &mut World,
    service_name: &str,
    line: &Line,
) -> Result<Finished, Exhausted> {
    let state = line.words.get(2).map(String::as_str).unwrap_or_default();
    let known = WAITERS
        .iter()
        .find(|(service, known, _)| *service == service_name && *known == state);
    let found = known.and_then(|(service, _, operation)| {
        let service = operations::service(service)?;
        Some((service, service.operation_named(operation)?))
    });
    let Some((service, operation)) = found else {
        let because = format!("`aws {service_name} wait {state}` is not modelled");
        return Ok(not_interpreted(world, because));
    };
    let parameters = match line::parameters(world, client.context, line, &operation) {
        Ok(parameters) => parameters,
        Err(error) => return Ok(no_call(world, &error)),
    };
    if service_name == "ssm" {
        let outcome = systems_manager::wait(client, world, service, &parameters)?;
        return Ok(print(outcome, line));
    }
    world.assume(format!("`{state}` holds when it is first asked for"));
    match perform(client, world, service, &operation, &parameters)? {
        super::Outcome::Ended(finished) => Ok(finished),
        _ => Ok(Finished::said("")),
    }
}
