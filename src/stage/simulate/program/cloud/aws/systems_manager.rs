//! Systems Manager: commands on instances, and sessions with them.
//!
//! What a command prints on its instance, and when exactly it is done, nobody can know
//! here; that it is done within seconds is taken for granted.

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::call::{Answer, Client, Request};
use super::operations::Service;
use super::{Outcome, refused};
use crate::stage::simulate::program::cloud::template::UNKNOWN;
use crate::stage::simulate::world::{Exhausted, Finished, Presence, RemoteCommand, Start, World};

/// How often the command line asks whether a command is done, and at most how many
/// times (its waiter `command-executed`).
const ASKS_EVERY: SignedDuration = SignedDuration::from_secs(5);
const ASKS_AT_MOST: usize = 20;
/// Where installers put the plug-in for sessions.
const PLUGIN: &str = "/usr/local/sessionmanagerplugin/bin/session-manager-plugin";
const PLUGIN_ON_WINDOWS: &str =
    r"C:\Program Files\Amazon\SessionManagerPlugin\bin\session-manager-plugin.exe";
/// What the interface does not show of a command, though it is recorded.
const ONLY_RECORDED: &[&str] = &[
    "ClientName",
    "ClientSourceId",
    "HasCancelCommandSignature",
    "HasSendCommandSignature",
    "Interactive",
];

/// Carries out an operation that needs more than a table; `None` if it is none of these.
pub(super) fn run_operation(
    client: &Client<'_>,
    world: &mut World,
    service: &Service,
    operation: &str,
    parameters: &Map<String, Value>,
) -> Result<Option<Outcome>, Exhausted> {
    Ok(Some(match operation {
        "SendCommand" => send_command(client, world, service, parameters),
        "GetCommandInvocation" => {
            let id = text(parameters, "CommandId");
            let answer = invocation(world, &id, &text(parameters, "InstanceId"));
            plain(client, world, service, operation, parameters, answer)
        }
        "ListCommandInvocations" => {
            let invocations = invocations(world, parameters);
            let answer = json!({"CommandInvocations": invocations});
            plain(client, world, service, operation, parameters, answer)
        }
        "ListCommands" => {
            let wanted = text(parameters, "CommandId");
            let commands: Vec<_> = world
                .cloud
                .commands
                .iter()
                .filter(|command| wanted.is_empty() || command.id == wanted)
                .map(|command| {
                    json!({
                        "CommandId": command.id,
                        "DocumentName": command.document,
                        "InstanceIds": command.instances,
                        "Status": status(command, world),
                        "StatusDetails": status(command, world),
                        "Parameters": UNKNOWN,
                    })
                })
                .collect();
            let answer = json!({"Commands": commands});
            plain(client, world, service, operation, parameters, answer)
        }
        "CancelCommand" => {
            let wanted = text(parameters, "CommandId");
            let now = world.now();
            for command in &mut world.cloud.commands {
                if command.id == wanted && command.done > now {
                    command.cancelled = Some(now);
                }
            }
            plain(client, world, service, operation, parameters, json!({}))
        }
        "StartSession" => return start_session(client, world, service, parameters).map(Some),
        _ => return Ok(None),
    }))
}

fn plain(
    client: &Client<'_>,
    world: &mut World,
    service: &Service,
    operation: &str,
    parameters: &Map<String, Value>,
    answer: Value,
) -> Outcome {
    let answer = client.call(
        world,
        Request {
            service,
            operation,
            parameters: parameters.clone(),
            answer,
            is_dry_run: false,
        },
    );
    match answer {
        Answer::Done(answer) => Outcome::Answered(answer),
        Answer::Refused(error) => refused(operation, error),
    }
}

fn send_command(
    client: &Client<'_>,
    world: &mut World,
    service: &Service,
    parameters: &Map<String, Value>,
) -> Outcome {
    let id = world.numbers.guid();
    let instances: Vec<String> = texts(parameters, "InstanceIds");
    for instance in &instances {
        world.assume(format!("{instance} is there and managed"));
    }
    let now = world.now();
    let time = |after: i64| {
        let time = now
            .checked_add(SignedDuration::from_secs(after))
            .unwrap_or(now);
        time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    };
    let given = |name: &str, otherwise: Value| parameters.get(name).cloned().unwrap_or(otherwise);
    let timeout = parameters
        .get("TimeoutSeconds")
        .and_then(Value::as_i64)
        .unwrap_or(3_600);
    // A command expires when the time for its delivery and that for its work are over.
    let expires = timeout.saturating_add(3_600);
    let answer = json!({"Command": {
        "AlarmConfiguration": given(
            "AlarmConfiguration",
            json!({"IgnorePollAlarmFailure": false, "Alarms": []}),
        ),
        "ClientName": "",
        "ClientSourceId": "",
        "CloudWatchOutputConfig": given(
            "CloudWatchOutputConfig",
            json!({"CloudWatchLogGroupName": "", "CloudWatchOutputEnabled": false}),
        ),
        "CommandId": id,
        "Comment": given("Comment", json!("")),
        "CompletedCount": 0,
        "DeliveryTimedOutCount": 0,
        "DocumentName": given("DocumentName", json!("")),
        "DocumentVersion": given("DocumentVersion", json!("$DEFAULT")),
        "ErrorCount": 0,
        "ExpiresAfter": time(expires),
        "HasCancelCommandSignature": false,
        "HasSendCommandSignature": false,
        "InstanceIds": instances,
        "Interactive": false,
        "MaxConcurrency": given("MaxConcurrency", json!("50")),
        "MaxErrors": given("MaxErrors", json!("0")),
        "NotificationConfig": given(
            "NotificationConfig",
            json!({"NotificationArn": "", "NotificationEvents": [], "NotificationType": ""}),
        ),
        "OutputS3BucketName": given("OutputS3BucketName", json!("")),
        "OutputS3KeyPrefix": given("OutputS3KeyPrefix", json!("")),
        "OutputS3Region": given("OutputS3Region", json!(client.region)),
        "Parameters": given("Parameters", json!({})),
        "RequestedDateTime": time(0),
        "ServiceRole": given("ServiceRoleArn", json!("")),
        "Status": "Pending",
        "StatusDetails": "Pending",
        "TargetCount": instances.len(),
        "Targets": given("Targets", json!([])),
        "TimeoutSeconds": timeout,
        "TriggeredAlarms": [],
    }});
    let mut recorded = parameters.clone();
    recorded.insert("Interactive".to_owned(), json!(false));
    let answer = client.call(
        world,
        Request {
            service,
            operation: "SendCommand",
            parameters: recorded,
            answer,
            is_dry_run: false,
        },
    );
    let mut answer = match answer {
        Answer::Done(answer) => answer,
        Answer::Refused(error) => return refused("SendCommand", error),
    };
    let takes = SignedDuration::from_millis(2_000 + world.numbers.below(2_500) as i64);
    let sent = world.now();
    world.cloud.commands.push(RemoteCommand {
        id,
        document: text(parameters, "DocumentName"),
        instances,
        sent,
        done: sent.checked_add(takes).unwrap_or(sent),
        cancelled: None,
    });
    if let Some(Value::Object(command)) = answer.get_mut("Command") {
        for name in ONLY_RECORDED {
            command.shift_remove(*name);
        }
    }
    Outcome::Answered(answer)
}

fn status(command: &RemoteCommand, world: &World) -> &'static str {
    if command.cancelled.is_some() {
        "Cancelled"
    } else if world.now() >= command.done {
        "Success"
    } else {
        "InProgress"
    }
}

/// What is known of a command on an instance: one that was sent before the test is done.
fn invocation(world: &mut World, id: &str, instance: &str) -> Value {
    let command = world.cloud.commands.iter().find(|command| command.id == id);
    if command.is_none() {
        world.assume(format!("command {id} was sent before, and is done"));
    }
    let command = world.cloud.commands.iter().find(|command| command.id == id);
    let status = command.map_or("Success", |command| status(command, world));
    json!({
        "CommandId": id,
        "InstanceId": instance,
        "DocumentName": command.map_or(UNKNOWN, |command| command.document.as_str()),
        "ResponseCode": if status == "Success" { 0 } else { -1 },
        "Status": status,
        "StatusDetails": status,
        "StandardOutputContent": UNKNOWN,
        "StandardErrorContent": UNKNOWN,
    })
}

fn invocations(world: &World, parameters: &Map<String, Value>) -> Vec<Value> {
    let wanted = text(parameters, "CommandId");
    let on = text(parameters, "InstanceId");
    let has_details = parameters.get("Details") == Some(&Value::Bool(true));
    let mut found = Vec::new();
    for command in &world.cloud.commands {
        if !wanted.is_empty() && command.id != wanted {
            continue;
        }
        let status = status(command, world);
        let plugins = match has_details {
            true => json!([{"Name": UNKNOWN, "Status": status, "Output": UNKNOWN}]),
            false => json!([]),
        };
        for instance in &command.instances {
            if on.is_empty() || on == *instance {
                found.push(json!({
                    "CommandId": command.id,
                    "InstanceId": instance,
                    "DocumentName": command.document,
                    "Status": status,
                    "StatusDetails": status,
                    "CommandPlugins": plugins,
                }));
            }
        }
    }
    found
}

/// Waits until a command is done, as `aws ssm wait command-executed` does.
pub(super) fn wait(
    client: &Client<'_>,
    world: &mut World,
    service: &Service,
    parameters: &Map<String, Value>,
) -> Result<Outcome, Exhausted> {
    let id = text(parameters, "CommandId");
    let instance = text(parameters, "InstanceId");
    for _ in 0..ASKS_AT_MOST {
        world.budget.step()?;
        let answer = invocation(world, &id, &instance);
        let status = answer["Status"].as_str().unwrap_or_default().to_owned();
        let asked = plain(
            client,
            world,
            service,
            "GetCommandInvocation",
            parameters,
            answer,
        );
        match (asked, status.as_str()) {
            (Outcome::Answered(_), "Success") => return Ok(Outcome::Answered(Value::Null)),
            (Outcome::Answered(_), "Cancelled") => break,
            (Outcome::Answered(_), _) => {}
            (ended, _) => return Ok(ended),
        }
        world.pass(std::time::Duration::from_secs(
            ASKS_EVERY.unsigned_abs().as_secs(),
        ));
    }
    Ok(Outcome::Ended(Finished::with(255)))
}

/// A session begins before the command line looks for its plug-in; without one it is
/// ended at once.
fn start_session(
    client: &Client<'_>,
    world: &mut World,
    service: &Service,
    parameters: &Map<String, Value>,
) -> Result<Outcome, Exhausted> {
    let target = text(parameters, "Target");
    world.assume(format!("the agent on {target} is connected"));
    let sign = world.numbers.pick(26, b"abcdefghijklmnopqrstuvwxyz234567");
    let session = format!("{}-{sign}", client.name());
    let host = service.host(&client.region).replace("ssm.", "ssmmessages.");
    let cell = world.numbers.pick(
        116,
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    );
    let token = world.numbers.pick(
        320,
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    );
    let answer = json!({
        "SessionId": session,
        "TokenValue": token,
        "StreamUrl": format!(
            "wss://{host}/v1/data-channel/{session}?role=publish_subscribe&cell-number={cell}"
        ),
    });
    let started = plain(client, world, service, "StartSession", parameters, answer);
    if !matches!(started, Outcome::Answered(_)) {
        return Ok(started);
    }
    let plugin = match world.is_windows() {
        true => PLUGIN_ON_WINDOWS,
        false => PLUGIN,
    };
    if world.presence(plugin) == Presence::Absent {
        let mut ended = Map::new();
        ended.insert("SessionId".to_owned(), json!(session));
        let answer = Value::Object(ended.clone());
        plain(client, world, service, "TerminateSession", &ended, answer);
        return Ok(Outcome::Ended(Finished::with(255)));
    }
    world.assume("the plug-in for sessions is installed");
    // Since 1.2.497.0 the plug-in takes the answer, with its token, from a variable.
    let arguments = [
        "AWS_SSM_START_SESSION_RESPONSE".to_owned(),
        client.region.clone(),
        "StartSession".to_owned(),
        String::new(),
        Value::Object(parameters.clone()).to_string(),
        format!("https://{}", service.host(&client.region)),
    ];
    let line = arguments
        .iter()
        .fold("session-manager-plugin".to_owned(), |line, argument| {
            line + " " + argument
        });
    let process = world.start_process(
        &client.context.process,
        Start {
            image: plugin.to_owned(),
            command_line: line,
            directory: client.context.directory.clone(),
            ..Start::default()
        },
    );
    world.fetch(&process, &format!("https://{host}/"));
    world.pause(1_200);
    world.end_process(&process, 0);
    Ok(Outcome::Ended(Finished::said(format!(
        "\nStarting session with SessionId: {session}\n\n\nExiting session with sessionId: \
         {session}.\n\n"
    ))))
}

fn text(parameters: &Map<String, Value>, name: &str) -> String {
    let value = parameters.get(name).and_then(Value::as_str);
    value.unwrap_or_default().to_owned()
}

fn texts(parameters: &Map<String, Value>, name: &str) -> Vec<String> {
    let values = parameters.get(name).and_then(Value::as_array);
    values
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}
