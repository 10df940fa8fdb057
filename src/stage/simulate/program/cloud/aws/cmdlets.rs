//! The AWS Tools for PowerShell: which calls their commands make.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value};

use super::call::Client;
use super::operations::{self, Kind, Need, Operation};
use super::{Outcome, perform, shorthand};
use crate::stage::simulate::program::cloud::Given;
use crate::stage::simulate::world::{CommandOutcome, Context, Exhausted, Finished, World};

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
    given: &Given,
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
    if ["AccessKey", "ProfileName", "SessionToken"]
        .iter()
        .any(|name| given.value(name).is_some())
        || world.cloud.is_other_caller
    {
        world.note_outcome(CommandOutcome::OnlyStarted);
        world.assume("the caller is the profile's, though a command says another");
    }
    let region = given.text("Region").unwrap_or(&account.region).to_owned();
    let client = Client {
        context,
        account,
        region,
        user_agent: USER_AGENT.to_owned(),
    };
    let mut parameters = Map::new();
    for (name, value) in &given.parameters {
        let Some(value) = value else { continue };
        if COMMON.contains(&name.to_lowercase().as_str()) {
            continue;
        }
        if !put(&mut parameters, &operation, name, value) {
            world.note_outcome(CommandOutcome::OnlyStarted);
            world.assume(format!(
                "what `-{name}` becomes in the call is not modelled"
            ));
        }
    }
    let missing = operation.parameters.iter().any(|parameter| {
        parameter.need == Need::Required && !parameters.contains_key(&parameter.name)
    });
    if missing {
        // The command would ask for it.
        world.note_outcome(CommandOutcome::NotInterpreted {
            because: "a parameter that the call needs is not known".to_owned(),
        });
        return Ok(Some(Finished::well()));
    }
    let outcome = perform(&client, world, service, &operation, &parameters)?;
    Ok(Some(match outcome {
        Outcome::Ended(finished) => finished,
        Outcome::Answered(_) | Outcome::AnsweredUnknown => Finished::well(),
    }))
}

/// Puts a parameter under its name in the interface, of which that of the command is
/// often the singular, and of a structure's member both names together; says whether it
/// is known.
fn put(
    parameters: &mut Map<String, Value>,
    operation: &Operation,
    name: &str,
    value: &Value,
) -> bool {
    let lower = name.to_lowercase();
    let is = |known: &str, wanted: &str| {
        let known = known.to_lowercase();
        known == wanted || known.strip_suffix('s') == Some(wanted)
    };
    for parameter in &operation.parameters {
        if is(&parameter.name, &lower) || is(&parameter.name, lower.trim_end_matches("name")) {
            let fitted = shorthand::fit(value.clone(), &parameter.kind);
            parameters.insert(parameter.name.clone(), fitted);
            return true;
        }
        if let (Some((first, rest)), Kind::Structure(members)) =
            (lower.split_once('_'), &parameter.kind)
            && is(&parameter.name, first)
            && let Some((known, kind)) = members.iter().find(|(known, _)| is(known, rest))
        {
            let fitted = shorthand::fit(value.clone(), kind);
            let structure = parameters
                .entry(parameter.name.clone())
                .or_insert_with(|| Map::new().into());
            if let Value::Object(structure) = structure {
                structure.insert(known.clone(), fitted);
            }
            return true;
        }
    }
    false
}
