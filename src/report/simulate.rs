//! What atomics would leave in the logs.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::paint::Paint;
use super::words::{count_of, json, one_line, value};
use crate::event::OwnedEvent;
use crate::event::catalogue::SourceId;
use crate::run::SimulatedTest;
use crate::stage::simulate::world::{Command, CommandOutcome};
use crate::stage::simulate::{LoggedEvent, NotLogged, Simulated};

/// How much of a line from outside is shown, in characters.
const WIDTH: usize = 110;

/// Whether the cause of each record is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Causes {
    /// It is.
    Shown,
    /// It is not.
    Hidden,
}

/// Writes what was simulated for people.
///
/// # Errors
///
/// The output cannot be written.
pub fn simulate_text(
    out: &mut dyn Write,
    tests: &[SimulatedTest],
    causes: Causes,
    paint: Paint,
) -> io::Result<()> {
    let mut total = Counts::default();
    for test in tests {
        let atomic = &test.atomic;
        writeln!(
            out,
            "{:<10} {}",
            paint.bold(&atomic.technique),
            one_line(&atomic.name, WIDTH),
        )?;
        match &test.result {
            Err(why) => writeln!(out, "  not simulated: {}", one_line(why, WIDTH))?,
            Ok(runs) => {
                for run in runs {
                    total.add(run);
                    run_text(out, run, causes, paint)?;
                }
            }
        }
    }
    writeln!(
        out,
        "{} of {}: {}",
        count_of(total.events, "record"),
        count_of(tests.len(), "atomic"),
        total.commands(),
    )
}

fn run_text(out: &mut dyn Write, run: &Simulated, causes: Causes, paint: Paint) -> io::Result<()> {
    writeln!(
        out,
        "  {}",
        paint.faint(format_args!("on {} ({})", run.host.name, run.profile.name))
    )?;
    if let crate::recording::Outcome::NotRun { reason, because } = &run.outcome {
        return writeln!(out, "  not simulated: {reason}: {because}");
    }
    for logged in &run.events {
        writeln!(out, "  {}", event_line(logged))?;
        if causes == Causes::Shown {
            let cause = &logged.cause;
            if let Some(command) = cause.command.and_then(|at| run.commands.get(at)) {
                writeln!(
                    out,
                    "    {}",
                    paint.faint(format_args!("command  {}", one_line(&command.text, WIDTH)))
                )?;
            }
            if let Some(model) = &cause.model {
                let line = format_args!("model    {model}");
                writeln!(out, "    {}", paint.faint(line))?;
            }
        }
    }
    for lost in &run.not_logged {
        let because = lost.because;
        writeln!(
            out,
            "  not logged  {}: {because}",
            kind(&lost.source, lost.event_id)
        )?;
    }
    for command in &run.commands {
        for assumed in &command.assumed {
            writeln!(
                out,
                "  assumed  {}: {}",
                one_line(assumed, WIDTH),
                one_line(&command.text, WIDTH / 2)
            )?;
        }
        match &command.outcome {
            CommandOutcome::Modelled => {}
            CommandOutcome::OnlyStarted => {
                writeln!(out, "  only started  {}", one_line(&command.text, WIDTH))?;
            }
            CommandOutcome::NotInterpreted { because } => writeln!(
                out,
                "  not interpreted  {}: {because}",
                one_line(&command.text, WIDTH)
            )?,
        }
    }
    Ok(())
}

/// The field that tells most about a record of its kind, the first that it has.
const TELLING: &[&str] = &[
    "QueryName",
    "TargetObject",
    "TargetFilename",
    "PipeName",
    "ImageLoaded",
    "DestinationIp",
    "CommandLine",
    "TaskName",
    "ServiceName",
    "ScriptBlockText",
    "Payload",
    "eventName",
    "operationName",
    "Image",
    "NewProcessName",
];

fn event_line(logged: &LoggedEvent) -> String {
    let time = logged.event.time.map_or_else(String::new, |time| {
        time.strftime("%H:%M:%S%.3f").to_string()
    });
    let kind = kind(&logged.source, logged.event_id);
    let telling = TELLING.iter().find_map(|name| {
        let mut fields = logged.event.fields.iter();
        let field = fields.find(|field| field.name.as_ref() == *name)?;
        let text = value(&field.value, WIDTH);
        (text != "-").then(|| format!("{name}: {text}"))
    });
    format!("{time}  {kind:<22} {}", telling.unwrap_or_default())
}

fn kind(source: &SourceId, event_id: Option<u32>) -> String {
    match event_id {
        Some(id) => format!("{source} {id}"),
        None => source.to_string(),
    }
}

#[derive(Default)]
struct Counts {
    events: usize,
    modelled: usize,
    started: usize,
    not_interpreted: usize,
}

impl Counts {
    fn add(&mut self, run: &Simulated) {
        self.events += run.events.len();
        for command in &run.commands {
            match command.outcome {
                CommandOutcome::Modelled => self.modelled += 1,
                CommandOutcome::OnlyStarted => self.started += 1,
                CommandOutcome::NotInterpreted { .. } => self.not_interpreted += 1,
            }
        }
    }

    fn commands(&self) -> String {
        format!(
            "{} modelled, {} only started, {} not interpreted",
            count_of(self.modelled, "command"),
            self.started,
            self.not_interpreted
        )
    }
}

/// The JSON document of `misfire simulate`.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SimulationDocument {
    /// The records of all atomics, each atomic's in the order of their times.
    events: Vec<EventDocument>,
    /// The records that are too large for their logs: that they are not there proves
    /// nothing.
    not_logged: Vec<NotLoggedDocument>,
    /// What became of the commands, in the order in which they were begun.
    commands: Vec<CommandDocument>,
    /// The atomics that were not simulated.
    not_simulated: Vec<NotSimulatedDocument>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct EventDocument {
    /// The GUID of the atomic; null if it has none.
    atomic: Option<String>,
    /// The name of the profile that it was simulated on.
    profile: String,
    /// The short name of the log.
    source: String,
    /// The event id, where events have one.
    event_id: Option<u32>,
    /// When it was logged.
    time: Option<String>,
    /// What it holds, by field; nested names are joined with dots.
    fields: Map<String, Value>,
    /// The place in `commands` of the command that caused it.
    command: Option<usize>,
    /// The line of a program's model that caused it.
    model: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct NotLoggedDocument {
    /// The GUID of the atomic; null if it has none.
    atomic: Option<String>,
    /// The name of the profile that it was simulated on.
    profile: String,
    /// The short name of the log.
    source: String,
    /// The event id, where events have one.
    event_id: Option<u32>,
    /// Why it is not there.
    because: &'static str,
    /// The place in `commands` of the command that caused it.
    command: Option<usize>,
    /// The line of a program's model that caused it.
    model: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CommandDocument {
    /// The GUID of the atomic; null if it has none.
    atomic: Option<String>,
    /// The command.
    text: String,
    /// How many commands it stands within.
    depth: usize,
    /// `modelled`, `only-started`, or `not-interpreted`.
    outcome: &'static str,
    /// Why it was not interpreted.
    because: Option<String>,
    /// What was taken for granted.
    assumed: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct NotSimulatedDocument {
    /// The GUID of the atomic; null if it has none.
    atomic: Option<String>,
    /// Its name.
    name: String,
    /// Why.
    because: String,
}

/// Writes what was simulated as JSON.
///
/// # Errors
///
/// The output cannot be written.
pub fn simulate_json(out: &mut dyn Write, tests: &[SimulatedTest]) -> io::Result<()> {
    let mut document = SimulationDocument {
        events: Vec::new(),
        not_logged: Vec::new(),
        commands: Vec::new(),
        not_simulated: Vec::new(),
    };
    for test in tests {
        let atomic = test.atomic.guid.map(|guid| guid.to_string());
        let mut refuse = |because: String| {
            document.not_simulated.push(NotSimulatedDocument {
                atomic: atomic.clone(),
                name: test.atomic.name.clone(),
                because,
            });
        };
        let runs = match &test.result {
            Err(why) => {
                refuse(why.clone());
                continue;
            }
            Ok(runs) => runs,
        };
        for run in runs {
            if let crate::recording::Outcome::NotRun { reason, because } = &run.outcome {
                refuse(format!("{reason}: {because}"));
                continue;
            }
            let first = document.commands.len();
            let events = run.events.iter();
            document
                .events
                .extend(events.map(|logged| event(logged, run, atomic.as_ref(), first)));
            let lost = run.not_logged.iter();
            document
                .not_logged
                .extend(lost.map(|lost| not_logged(lost, run, atomic.as_ref(), first)));
            let commands = run.commands.iter();
            document
                .commands
                .extend(commands.map(|done| command(done, atomic.as_ref())));
        }
    }
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn event(
    logged: &LoggedEvent,
    run: &Simulated,
    atomic: Option<&String>,
    first: usize,
) -> EventDocument {
    EventDocument {
        atomic: atomic.cloned(),
        profile: run.profile.name.clone(),
        source: logged.source.to_string(),
        event_id: logged.event_id,
        time: logged.event.time.map(|time| time.to_string()),
        fields: fields(&logged.event),
        command: logged.cause.command.map(|at| first + at),
        model: logged.cause.model.clone(),
    }
}

fn not_logged(
    lost: &NotLogged,
    run: &Simulated,
    atomic: Option<&String>,
    first: usize,
) -> NotLoggedDocument {
    NotLoggedDocument {
        atomic: atomic.cloned(),
        profile: run.profile.name.clone(),
        source: lost.source.to_string(),
        event_id: lost.event_id,
        because: lost.because,
        command: lost.cause.command.map(|at| first + at),
        model: lost.cause.model.clone(),
    }
}

fn fields(event: &OwnedEvent) -> Map<String, Value> {
    let payload = event
        .fields
        .iter()
        .filter(|field| field.section.is_payload());
    payload
        .map(|field| (field.name.to_string(), json(&field.value)))
        .collect()
}

fn command(done: &Command, atomic: Option<&String>) -> CommandDocument {
    let (outcome, because) = match &done.outcome {
        CommandOutcome::Modelled => ("modelled", None),
        CommandOutcome::OnlyStarted => ("only-started", None),
        CommandOutcome::NotInterpreted { because } => ("not-interpreted", Some(because.clone())),
    };
    CommandDocument {
        atomic: atomic.cloned(),
        text: done.text.clone(),
        depth: done.depth,
        outcome,
        because,
        assumed: done.assumed.clone(),
    }
}
