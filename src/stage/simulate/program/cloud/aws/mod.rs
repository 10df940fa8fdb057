//! The command line of Amazon Web Services: which calls it makes.

mod answers;
mod call;
mod cmdlets;
mod custom;
mod line;
mod operations;
mod shorthand;
mod storage;
mod systems_manager;
mod waiters;

pub(super) use cmdlets::cmdlet;

use std::sync::Arc;

use serde_json::{Map, Value};

use super::output::{self, Form};
use crate::activity::CallError;
use crate::stage::simulate::world::{
    AwsProfile, CommandOutcome, Context, Exhausted, Finished, World,
};
use answers::Known;
use call::{Answer, Client, Request};
use line::{Line, ParameterError};
use operations::{Operation, Service};

/// The exit codes of the command line for what it does not understand, what lacks, and
/// what a service refuses ("AWS CLI return codes").
const NOT_UNDERSTOOD: i32 = 252;
const REFUSED: i32 = 254;

/// What came of an operation.
#[derive(Debug)]
enum Outcome {
    /// It answered that.
    Answered(Value),
    /// It answered something that is not known.
    AnsweredUnknown,
    /// It is over, and has printed what it prints.
    Ended(Finished),
}

/// An operation that a service refused: the message goes to standard error.
fn refused(_operation: &str, _error: CallError) -> Outcome {
    Outcome::Ended(Finished {
        exit_code: Some(REFUSED),
        output: Some(String::new()),
    })
}

/// Carries out `aws` with these arguments in its own process.
///
/// # Errors
/// The simulation's budget is spent.
pub fn aws(
    world: &mut World,
    context: &Context,
    arguments: &[String],
) -> Result<Finished, Exhausted> {
    let line = Line::parse(arguments);
    let words: Vec<_> = line.words.iter().map(String::as_str).collect();
    if needs_no_call(&line, &words) {
        return Ok(Finished::well());
    }
    let profile = Arc::clone(&world.profile);
    let Some(account) = &profile.aws else {
        return Ok(not_interpreted(
            world,
            "the profile has no account of Amazon Web Services".to_owned(),
        ));
    };
    world.pause(450);
    let (Some(service_name), Some(operation)) = (words.first(), words.get(1)) else {
        return Ok(Finished::with(NOT_UNDERSTOOD));
    };
    let client = client(context, account, &line, &words);
    if let Some(problem) = global_problem(&line, &client.region) {
        world.assume(format!("the command line refuses it: {problem}"));
        return Ok(Finished::with(NOT_UNDERSTOOD));
    }
    if line
        .option("endpoint-url")
        .is_some_and(|address| !address.contains(".amazonaws.com"))
    {
        let because = "it calls something else than Amazon Web Services".to_owned();
        return Ok(not_interpreted(world, because));
    }
    if is_somebody_else(&line, context) {
        world.note_outcome(CommandOutcome::OnlyStarted);
        world.assume("the caller is the profile's, though the command says another");
    }
    match (*service_name, *operation) {
        ("s3", operation) => storage::run(&client, world, operation, &line),
        (service, "wait") => waiters::run(&client, world, service, &line),
        ("ec2-instance-connect", "ssh") => connect_by_ssh(&client, world, &line),
        (service_name, operation) => {
            let service = operations::service(service_name);
            let found = service.and_then(|service| Some((service, service.operation(operation)?)));
            let Some((service, operation)) = found else {
                return Ok(not_interpreted(
                    world,
                    format!("`aws {service_name} {operation}` is not modelled"),
                ));
            };
            let takes_more = |name: &str| {
                let mut parameters = operation.parameters.iter();
                parameters.any(|parameter| parameter.argument == name)
            };
            if words.len() > 2 && !takes_more("outfile") {
                world.assume("the command line refuses it: it takes no further words");
                return Ok(Finished::with(NOT_UNDERSTOOD));
            }
            call_by_line(&client, world, service, &operation, &line)
        }
    }
}

/// Whether a command line only concerns the command line itself.
fn needs_no_call(line: &Line, words: &[&str]) -> bool {
    let has = |name: &str| line.option(name).is_some();
    has("version")
        || has("generate-cli-skeleton")
        || words.last() == Some(&"help")
        || matches!(
            words,
            ["configure" | "history", ..] | ["sso", "login" | "logout", ..]
        )
}

/// What the command line refuses before it calls.
fn global_problem(line: &Line, region: &str) -> Option<String> {
    let forms = ["json", "text", "table", "yaml", "yaml-stream", "off"];
    if let Some(form) = line.option("output").filter(|form| !forms.contains(form)) {
        return Some(format!("`{form}` is no form of output"));
    }
    let query = line.option("query").unwrap_or("@");
    if matches!(output::compile(query), Err(output::QueryError::Malformed)) {
        return Some(format!("`{query}` is no query"));
    }
    let parts: Vec<_> = region.split('-').collect();
    let is_region = parts.len() >= 3
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    (!is_region).then(|| format!("`{region}` is no region"))
}

/// Whether other credentials than the profile's are used.
fn is_somebody_else(line: &Line, context: &Context) -> bool {
    let is_set = |name: &str| {
        let value = context.environment.get(name);
        value.is_some_and(|value| !value.is_empty())
    };
    line.option("no-sign-request").is_some()
        || line.option("profile").is_some_and(|name| name != "default")
        || ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"]
            .iter()
            .any(|name| is_set(name))
}

fn client<'c>(
    context: &'c Context,
    account: &'c AwsProfile,
    line: &Line,
    words: &[&str],
) -> Client<'c> {
    let set = |name: &str| context.environment.get(name).map(str::to_owned);
    let region = line
        .option("region")
        .map(str::to_owned)
        .or_else(|| set("AWS_REGION"))
        .or_else(|| set("AWS_DEFAULT_REGION"))
        .filter(|region| !region.is_empty())
        .unwrap_or_else(|| account.region.clone());
    let command = match words {
        [service, "wait", ..] => {
            let waiter = words.get(2).copied().unwrap_or_default();
            format!("{service}.wait.{waiter}")
        }
        [service, operation, ..] => format!("{service}.{operation}"),
        _ => String::new(),
    };
    Client {
        context,
        account,
        region,
        user_agent: format!("{} md/command#{command}", account.user_agent),
    }
}

fn call_by_line(
    client: &Client<'_>,
    world: &mut World,
    service: &Service,
    operation: &Operation,
    line: &Line,
) -> Result<Finished, Exhausted> {
    let parameters = match line::parameters(world, client.context, line, operation) {
        Ok(parameters) => parameters,
        Err(error) => return Ok(no_call(world, &error)),
    };
    let outcome = perform(client, world, service, operation, &parameters)?;
    Ok(print(outcome, line))
}

/// A command line without a call: refused, or not to be followed.
fn no_call(world: &mut World, error: &ParameterError) -> Finished {
    if matches!(error, ParameterError::NotKnown(_)) {
        return not_interpreted(world, error.to_string());
    }
    world.assume(format!("the command line refuses it: {error}"));
    Finished::with(NOT_UNDERSTOOD)
}

/// Carries out an operation with its parameters.
fn perform(
    client: &Client<'_>,
    world: &mut World,
    service: &Service,
    operation: &Operation,
    parameters: &Map<String, Value>,
) -> Result<Outcome, Exhausted> {
    world.budget.step()?;
    if service.name == "ssm" {
        let done =
            systems_manager::run_operation(client, world, service, operation.name, parameters)?;
        if let Some(done) = done {
            return Ok(done);
        }
    }
    let known = answers::answer(client, world, service, operation, parameters);
    let (answer, is_known) = match known {
        Known::Answer(answer) => (answer, true),
        Known::Nothing => (Value::Null, false),
    };
    let request = Request {
        service,
        operation: operation.name,
        parameters: parameters.clone(),
        answer,
        is_dry_run: parameters.get("DryRun") == Some(&Value::Bool(true)),
    };
    let is_read = request.is_read_only();
    Ok(match client.call(world, request) {
        Answer::Refused(error) => refused(operation.name, error),
        Answer::Done(answer) if is_known => Outcome::Answered(answer),
        Answer::Done(_) => {
            if !is_read {
                // What a change answers is recorded.
                world.note_outcome(CommandOutcome::OnlyStarted);
                world.assume(format!(
                    "what {} answers is not modelled, and not in the record",
                    operation.name
                ));
            }
            Outcome::AnsweredUnknown
        }
    })
}

/// What the command line prints and ends with.
fn print(outcome: Outcome, line: &Line) -> Finished {
    let answer = match outcome {
        Outcome::Answered(answer) => answer,
        Outcome::AnsweredUnknown => return Finished::well(),
        Outcome::Ended(finished) => return finished,
    };
    let form = match line.option("output") {
        None | Some("json") => Form::Json { indent: 4 },
        Some("text") => Form::Text { null: "None" },
        Some("off") => Form::Nothing,
        Some(_) => Form::Other,
    };
    Finished {
        exit_code: Some(0),
        output: output::print(&answer, line.option("query"), form),
    }
}

/// `aws ec2-instance-connect ssh`: it looks for the instance and pushes a key that it has
/// just made. The `ssh` that it then starts is not followed.
fn connect_by_ssh(
    client: &Client<'_>,
    world: &mut World,
    line: &Line,
) -> Result<Finished, Exhausted> {
    let Some(instance) = line.parameter("instance-id").map(str::to_owned) else {
        world.assume("the command line refuses it: `--instance-id` or its value is missing");
        return Ok(Finished::with(NOT_UNDERSTOOD));
    };
    let user = line.parameter("os-user").unwrap_or("ec2-user").to_owned();
    let mut describe = Map::new();
    describe.insert("InstanceIds".to_owned(), vec![instance.clone()].into());
    let mut push = Map::new();
    let public = world.numbers.ed25519_line();
    push.insert("InstanceId".to_owned(), instance.clone().into());
    push.insert("InstanceOSUser".to_owned(), user.clone().into());
    push.insert("SSHPublicKey".to_owned(), public.into());
    for (service, operation, parameters) in [
        ("ec2", "DescribeInstances", describe),
        ("ec2-instance-connect", "SendSSHPublicKey", push),
    ] {
        let known = operations::service(service)
            .and_then(|service| Some((service, service.operation_named(operation)?)));
        if let Some((service, operation)) = known {
            let done = perform(client, world, service, &operation, &parameters)?;
            if let Outcome::Ended(finished) = done {
                return Ok(finished);
            }
        }
    }
    world.note_outcome(CommandOutcome::OnlyStarted);
    world.assume(format!("{instance} has an address that can be reached"));
    Ok(Finished::well())
}

/// Says that what was asked for is not modelled; what it gives is not known.
fn not_interpreted(world: &mut World, because: String) -> Finished {
    world.note_outcome(CommandOutcome::NotInterpreted { because });
    Finished::well()
}
