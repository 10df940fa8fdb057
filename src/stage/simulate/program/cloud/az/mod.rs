//! The command line of Azure and the Az PowerShell modules: what they ask of resource
//! manager.

mod operations;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Given;
use super::output::{self, Form};
use super::template::{self, Names};
use crate::activity::{ActivityKind, AzureCaller, AzureOperation, CallError};
use crate::stage::simulate::world::{
    AzureCallerProfile, AzureProfile, CommandOutcome, Context, Exhausted, Finished, World,
};
use operations::Operation;

/// The ids of Microsoft's own applications ("Application IDs of commonly used Microsoft
/// applications").
const COMMAND_LINE: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
const POWERSHELL: &str = "1950a258-227b-4e31-a9cf-717495945fc2";
const MANAGER: &str = "https://management.azure.com/";

/// Last words of commands that only read, and those that concern the client alone.
const READING: &[&str] = &[
    "show",
    "list",
    "get-instance-view",
    "list-ip-addresses",
    "list-sizes",
    "list-skus",
    "exists",
    "wait",
    "version",
    "find",
    "list-locations",
    "get-access-token",
    "list-usage",
    "list-defaults",
    "list-upcoming",
    "show-tags",
    "check-name",
    "help",
];
/// Parts of commands that list what is secret: they ask with an action, which is logged.
const SECRETS: &[&str] = &[
    "keys",
    "appsettings",
    "connection-string",
    "credential",
    "publishing",
];
/// Last words of `az account` that ask no resource manager to change anything.
const ACCOUNT: &[&str] = &[
    "show",
    "list",
    "set",
    "clear",
    "get-access-token",
    "list-locations",
];
const CLIENT: &[&str] = &[
    "version",
    "login",
    "logout",
    "configure",
    "config",
    "upgrade",
    "extension",
    "cache",
    "interactive",
    "feedback",
    "survey",
    "cloud",
];
/// Options that stand alone.
const ALONE: &[&str] = &[
    "--no-wait",
    "--yes",
    "-y",
    "--debug",
    "--verbose",
    "--only-show-errors",
    "--help",
    "-h",
    "--identity",
    "--use-device-code",
    "--allow-no-subscriptions",
    "--force-string",
    "-i",
];

/// Carries out `az` with these arguments in its own process.
///
/// # Errors
/// The simulation's budget is spent.
pub fn az(
    world: &mut World,
    context: &Context,
    arguments: &[String],
) -> Result<Finished, Exhausted> {
    world.budget.step()?;
    let line = Line::parse(arguments);
    let command = line.words.join(" ");
    let words: Vec<_> = line.words.iter().map(String::as_str).collect();
    if line.has("--help") || line.has("-h") || line.has("--version") || arguments.is_empty() {
        return Ok(Finished::well());
    }
    let is_for_client = match words.as_slice() {
        ["account", last] => ACCOUNT.contains(last),
        [first, ..] => CLIENT.contains(first),
        [] => false,
    };
    if is_for_client {
        // Who has signed in anew may be another than the profile's caller.
        let is_anew = words == ["login"] && (line.has("--service-principal") || line.has("-u"));
        if is_anew || words == ["account", "set"] {
            world.cloud.is_other_caller = true;
        }
        return Ok(Finished::well());
    }
    let profile = Arc::clone(&world.profile);
    let Some(account) = &profile.azure else {
        let because = "the profile has no subscription of Azure".to_owned();
        world.note_outcome(CommandOutcome::NotInterpreted { because });
        return Ok(Finished::well());
    };
    world.pause(800);
    let Some(operation) = operations::by_command(&command) else {
        let last = words.last().copied().unwrap_or_default();
        let reads = READING.contains(&last)
            && !words
                .iter()
                .any(|word| SECRETS.iter().any(|secret| word.contains(secret)));
        if reads {
            world.fetch(&context.process, MANAGER);
            world.pause(300);
        } else {
            world.note_outcome(CommandOutcome::NotInterpreted {
                because: format!("`az {command}` is not modelled"),
            });
        }
        return Ok(Finished::well());
    };
    if line.value("--subscription").is_some() || world.cloud.is_other_caller {
        world.note_outcome(CommandOutcome::OnlyStarted);
        world.assume("caller and subscription are the profile's, though a command says others");
    }
    let value_of = |name: &str| {
        let short = operation
            .parameters
            .get(name)
            .and_then(|known| known.0.as_deref());
        line.value_of(name)
            .or_else(|| line.value(&format!("-{}", short?)))
    };
    let mut resources: Vec<String> = line
        .values("--ids")
        .into_iter()
        .filter(|id| id.starts_with("/subscriptions/"))
        .map(str::to_owned)
        .collect();
    if resources.is_empty() {
        let scope = line.value("--scope");
        match resource(operation, account, world, scope, value_of) {
            Some(resource) => resources.push(resource),
            None => {
                world.note_outcome(CommandOutcome::NotInterpreted {
                    because: "which resource it is about is not known".to_owned(),
                });
                return Ok(Finished::well());
            }
        }
    }
    let mut answer = None;
    for resource in resources {
        world.budget.step()?;
        let request = Request {
            operation,
            resource,
            client: COMMAND_LINE,
            is_awaited: !line.has("--no-wait"),
        };
        answer = match ask(world, context, account, request) {
            Ok(answer) => answer,
            Err(_) => {
                return Ok(Finished {
                    exit_code: Some(1),
                    output: Some(String::new()),
                });
            }
        };
    }
    let form = match line.value("--output").or_else(|| line.value("-o")) {
        None | Some("json" | "jsonc") => Form::Json { indent: 2 },
        Some("tsv") => Form::Text { null: "" },
        Some("none") => Form::Nothing,
        Some(_) => Form::Other,
    };
    Ok(Finished {
        exit_code: Some(0),
        output: answer.and_then(|answer| output::print(&answer, line.value("--query"), form)),
    })
}

/// Carries out a command of the Az modules; `None` if it is none of theirs that is known.
///
/// # Errors
/// The simulation's budget is spent.
pub fn cmdlet(
    world: &mut World,
    context: &Context,
    name: &str,
    given: &Given,
) -> Result<Option<Finished>, Exhausted> {
    world.budget.step()?;
    let profile = Arc::clone(&world.profile);
    let (Some(operation), Some(account)) = (operations::by_cmdlet(name), &profile.azure) else {
        return Ok(None);
    };
    let value_of = |name: &str| given.text(&operation.parameters.get(name)?.1);
    let whole = given.text("ResourceId").or_else(|| given.text("Id"));
    let whole = whole.filter(|id| id.starts_with("/subscriptions/"));
    let found = match whole {
        Some(whole) => Some(whole.to_owned()),
        None => resource(operation, account, world, given.text("Scope"), value_of),
    };
    let Some(resource) = found else {
        world.note_outcome(CommandOutcome::NotInterpreted {
            because: "which resource it is about is not known".to_owned(),
        });
        return Ok(Some(Finished::well()));
    };
    if world.cloud.is_other_caller {
        world.note_outcome(CommandOutcome::OnlyStarted);
        world.assume("caller and subscription are the profile's, though a command says others");
    }
    let request = Request {
        operation,
        resource,
        client: POWERSHELL,
        is_awaited: !given.is_on("NoWait") && !given.is_on("AsJob"),
    };
    Ok(Some(match ask(world, context, account, request) {
        Ok(_) => Finished::well(),
        Err(_) => Finished::with(1),
    }))
}

/// What is asked of resource manager.
struct Request {
    operation: &'static Operation,
    resource: String,
    client: &'static str,
    /// Whether the client waits until it is done.
    is_awaited: bool,
}

fn ask(
    world: &mut World,
    context: &Context,
    account: &AzureProfile,
    request: Request,
) -> Result<Option<Value>, CallError> {
    let operation = request.operation;
    world.fetch(&context.process, MANAGER);
    world.pause(200);
    world.assume(format!("{} is there", request.resource));
    let caller = caller(account);
    let is_denied = account
        .denied
        .iter()
        .any(|denied| denied.eq_ignore_ascii_case(&operation.operation));
    let error = is_denied.then(|| refusal(account, operation, &request.resource));
    let duration = match (&error, operation.long) {
        (None, Some(milliseconds)) => milliseconds + below(world, milliseconds / 8),
        _ => 300 + below(world, 500),
    };
    world.happen(
        Some(&context.process),
        ActivityKind::AzureOperation(AzureOperation {
            name: operation.operation.clone(),
            resource: request.resource,
            verb: operation.verb().to_owned(),
            caller,
            client: request.client.to_owned(),
            source: account.source,
            error: error.clone(),
            duration_ms: duration,
            is_long: operation.long.is_some(),
        }),
    );
    if let Some(error) = error {
        return Err(error);
    }
    if request.is_awaited {
        world.pass(std::time::Duration::from_millis(duration.unsigned_abs()));
    }
    let names = Names {
        parameters: &Map::new(),
        others: &[],
    };
    let answer = operation.answer.as_ref();
    Ok(answer.and_then(|answer| template::fill(answer, &names, world)))
}

fn below(world: &mut World, end: i64) -> i64 {
    i64::try_from(world.numbers.below(end.unsigned_abs())).unwrap_or(0)
}

fn refusal(account: &AzureProfile, operation: &Operation, resource: &str) -> CallError {
    let (who, object) = match &account.caller {
        AzureCallerProfile::User { name, object } => (name, object),
        AzureCallerProfile::Application {
            application,
            object,
        } => (application, object),
    };
    CallError {
        code: "AuthorizationFailed".to_owned(),
        message: format!(
            "The client '{who}' with object id '{object}' does not have authorization to \
             perform action '{}' over scope '{resource}' or the scope is invalid. If access \
             was recently granted, please refresh your credentials.",
            operation.operation
        ),
    }
}

fn caller(account: &AzureProfile) -> AzureCaller {
    match &account.caller {
        AzureCallerProfile::User { name, object } => AzureCaller::User {
            name: name.clone(),
            object: object.clone(),
            tenant: account.tenant.clone(),
        },
        AzureCallerProfile::Application {
            application,
            object,
        } => AzureCaller::Application {
            application: application.clone(),
            object: object.clone(),
            tenant: account.tenant.clone(),
        },
    }
}

/// The resource that a command is about, by its parts; `None` if a part is not known.
fn resource<'v>(
    operation: &Operation,
    account: &AzureProfile,
    world: &mut World,
    scope: Option<&str>,
    value_of: impl Fn(&str) -> Option<&'v str>,
) -> Option<String> {
    let mut resource = match scope.filter(|scope| scope.starts_with("/subscriptions/")) {
        Some(scope) => scope.trim_end_matches('/').to_owned(),
        None => format!("/subscriptions/{}", account.subscription),
    };
    let below = operation.resource.replace("${guid}", &world.numbers.guid());
    let mut rest = below.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        resource.push_str(before);
        resource.push_str(value_of(name).filter(|part| !part.is_empty())?);
        rest = after;
    }
    resource.push_str(rest);
    Some(resource)
}

/// A command line of `az`, told apart.
struct Line {
    words: Vec<String>,
    options: Vec<(String, Vec<String>)>,
}

impl Line {
    fn parse(arguments: &[String]) -> Self {
        let mut line = Self {
            words: Vec::new(),
            options: Vec::new(),
        };
        let mut is_alone = true;
        for argument in arguments {
            let is_option = argument.starts_with('-') && argument.parse::<f64>().is_err();
            if is_option {
                let (name, value) = match argument.split_once('=') {
                    Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                    _ => (argument.as_str(), None),
                };
                // The value of a short option may be glued to it.
                let glued = name.get(2..).filter(|rest| {
                    !name.starts_with("--") && !rest.is_empty() && name.is_char_boundary(2)
                });
                let (name, value) = match glued {
                    Some(rest) => (name.get(..2).unwrap_or(name), Some(rest.to_owned())),
                    None => (name, value),
                };
                is_alone = ALONE.contains(&name);
                line.options
                    .push((name.to_owned(), value.into_iter().collect()));
            } else if let (false, Some((_, values))) = (is_alone, line.options.last_mut()) {
                values.push(argument.clone());
            } else {
                line.words.push(argument.clone());
            }
        }
        line
    }

    fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(known, _)| known == name)
    }

    /// The values of an option; of several of its name, the last holds.
    fn values(&self, name: &str) -> Vec<&str> {
        let found = self.options.iter().rev().find(|(known, _)| known == name);
        let values = found
            .map(|(_, values)| values.as_slice())
            .unwrap_or_default();
        values.iter().map(String::as_str).collect()
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.values(name).first().copied()
    }

    /// The value of a long option, which may be cut short where no other begins so.
    fn value_of(&self, name: &str) -> Option<&str> {
        let whole = format!("--{name}");
        self.value(&whole).or_else(|| {
            let cut = self.options.iter().rev().find(|(known, _)| {
                known.len() > 4 && known.starts_with("--") && whole.starts_with(known.as_str())
            });
            cut.and_then(|(_, values)| values.first())
                .map(String::as_str)
        })
    }
}
