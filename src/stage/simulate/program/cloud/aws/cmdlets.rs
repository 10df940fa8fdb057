//! The AWS Tools for PowerShell: which calls their commands make.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

use super::call::Client;
use super::operations::{self, Kind, Operation};
use super::{Outcome, perform, shorthand};
use crate::stage::simulate::world::{Context, Exhausted, Finished, World};

/// What the modules call themselves.
const USER_AGENT: &str = "AWSPowerShell.Common/5.0.78 ua/2.1 os/windows#10.0.26100.0 md/ARCH#X64 \
                          lang/.NET_Framework#4.8.9310 md/aws-sdk-dotnet-framework#4.0.3.5";

/// The commands, by name in lower case: the service and the operation that each calls
/// ("AWS Tools for PowerShell Cmdlet Reference").
static COMMANDS: LazyLock<BTreeMap<String, (&'static str, &'static str)>> = LazyLock::new(|| {
    include_str!("cmdlets.tsv")
        .lines()
        .filter_map(|line| {
            let mut parts = line.split('\t');
            let name = parts.next()?.to_lowercase();
            Some((name, (parts.next()?, parts.next()?)))
        })
        .collect()
});

/// Parameters of every command that are none of the call's.
const COMMON: &[&str] = &[
    "region",
    "profilename",
    "accesskey",
    "secretkey",
    "sessiontoken",
    "credential",
    "force",
    "select",
    "passthru",
    "endpointurl",
];

/// Carries out a command of the modules; `None` if it is none of theirs that is known.
pub(in crate::stage::simulate::program::cloud) fn cmdlet(
    world: &mut World,
    context: &Context,
    name: &str,
    given: &[(String, String)],
) -> Result<Option<Finished>, Exhausted> {
    let Some((service, operation)) = COMMANDS.get(&name.to_lowercase()) else {
        return Ok(None);
    };
    let profile = Arc::clone(&world.profile);
    let Some(account) = &profile.aws else {
        return Ok(None);
    };
    let known = operations::service(service)
        .and_then(|service| Some((service, service.operation_named(operation)?)));
    let Some((service, operation)) = known else {
        return Ok(None);
    };
    let value_of = |wanted: &str| {
        let mut given = given.iter();
        given.find(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    let region = value_of("Region").map_or(&account.region, |(_, region)| region);
    let client = Client {
        context,
        account,
        region: region.clone(),
        user_agent: USER_AGENT.to_owned(),
    };
    let mut parameters = Map::new();
    for (name, value) in given {
        if COMMON.contains(&name.to_lowercase().as_str()) {
            continue;
        }
        if let Some((name, value)) = parameter(&operation, name, value) {
            parameters.insert(name, value);
        } else {
            world.assume(format!("`-{name}` changes nothing of the call"));
        }
    }
    let outcome = perform(&client, world, service, &operation, &parameters)?;
    Ok(Some(match outcome {
        Outcome::Ended(finished) => finished,
        Outcome::Answered(_) | Outcome::AnsweredUnknown => Finished::well(),
    }))
}

/// A parameter under its name in the interface, of which that of the command is often
/// the singular; and of a structure's member both names together.
fn parameter(operation: &Operation, name: &str, value: &str) -> Option<(String, Value)> {
    let lower = name.to_lowercase();
    let is = |known: &str, wanted: &str| {
        let known = known.to_lowercase();
        known == wanted || known.strip_suffix('s') == Some(wanted)
    };
    for parameter in &operation.parameters {
        if is(&parameter.name, &lower) {
            let value = match &parameter.kind {
                Kind::List(_) => value.split_whitespace().map(Value::from).collect(),
                _ => Value::from(value),
            };
            return Some((
                parameter.name.clone(),
                shorthand::fit(value, &parameter.kind),
            ));
        }
        if let (Some(member), Kind::Structure(members)) = (lower.split_once('_'), &parameter.kind)
            && is(&parameter.name, member.0)
            && let Some((known, kind)) = members.iter().find(|(known, _)| is(known, member.1))
        {
            let mut structure = Map::new();
            structure.insert(known.clone(), shorthand::fit(value.into(), kind));
            return Some((parameter.name.clone(), structure.into()));
        }
    }
    None
}
