//! What was executed, as ATTiRe 1.1, which VECTR imports.
//!
//! Source: the schema `attire-1-1-schema.json` and the README of
//! SecurityRiskAdvisors/ATTiRe, and `Attire-ExecutionLogger.psm1` of
//! Invoke-AtomicRedTeam, whose files VECTR is known to read. Its users report what it
//! refuses: an address that is a list or null, and a mark of the byte order.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};

use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Performed, performed};
use crate::event::base64;
use crate::recording::{ExecutedCommand, Execution};
use crate::report::mask::mask_argument;
use crate::verdict::{Report, SignalState, StageName, TestReport, Verdict};

/// What stands for an address that is not known: `null` is refused.
const UNKNOWN_ADDRESS: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Writes what was executed as one document of ATTiRe 1.1. What became of detections
/// stands under keys that begin with `x-misfire-`: the form has none for it.
///
/// # Errors
///
/// The output cannot be written.
pub fn attire(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &document(report))?;
    writeln!(out)
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'r> {
    attire_version: &'static str,
    execution_data: ExecutionData<'r>,
    procedures: Vec<Procedure<'r>>,
    /// What was to be executed and was not: it is no procedure.
    #[serde(rename = "x-misfire-not-executed")]
    not_executed: Vec<NotExecuted<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct ExecutionData<'r> {
    execution_id: String,
    execution_source: &'static str,
    execution_category: Category,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_generated: Option<String>,
    target: Target<'r>,
}

#[derive(Serialize)]
struct Category {
    name: &'static str,
    abbreviation: &'static str,
}

#[derive(Serialize)]
struct Target<'r> {
    host: Cow<'r, str>,
    ip: String,
    user: Cow<'r, str>,
    cwd: Cow<'r, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Procedure<'r> {
    procedure_name: &'r str,
    procedure_description: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    procedure_id: Option<ProcedureId>,
    mitre_technique_id: &'r str,
    order: usize,
    steps: [Step<'r>; 1],
    #[serde(rename = "x-misfire-target")]
    target: Target<'r>,
    #[serde(rename = "x-misfire-run")]
    run: String,
    #[serde(rename = "x-misfire-evidence")]
    evidence: String,
    #[serde(rename = "x-misfire-signals")]
    signals: Vec<Signal<'r>>,
    #[serde(rename = "x-misfire-verdicts")]
    verdicts: Vec<Given<'r>>,
    #[serde(rename = "x-misfire-hits")]
    hits: Vec<Hit<'r>>,
    #[serde(rename = "x-misfire-residue")]
    residue: &'r [String],
    #[serde(rename = "x-misfire-notes")]
    notes: &'r [String],
}

#[derive(Serialize)]
struct ProcedureId {
    r#type: &'static str,
    id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Step<'r> {
    order: usize,
    executor: &'r str,
    command: &'r str,
    command_template: &'r str,
    time_start: String,
    time_stop: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    process_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    is_timeout: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    input_arguments: Vec<InputArgument<'r>>,
    output: Vec<Output<'r>>,
}

#[derive(Serialize)]
struct InputArgument<'r> {
    key: &'r str,
    name: &'r str,
    r#type: &'static str,
    value: Cow<'r, str>,
    default: Cow<'r, str>,
    description: &'r str,
}

#[derive(Serialize)]
struct Output<'r> {
    r#type: &'static str,
    level: &'static str,
    content: &'r str,
}

#[derive(Serialize)]
struct Signal<'r> {
    id: &'r str,
    state: SignalState,
    expected: bool,
    reason: &'r str,
}

#[derive(Serialize)]
struct Given<'r> {
    detection: &'r str,
    title: &'r str,
    reading: String,
    verdict: Verdict,
    expected: bool,
    reason: &'r str,
}

#[derive(Serialize)]
struct Hit<'r> {
    detection: &'r str,
    title: &'r str,
    events: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct NotExecuted<'r> {
    procedure_name: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    procedure_id: Option<ProcedureId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mitre_technique_id: Option<&'r str>,
    reason: &'r str,
}

fn document(report: &Report) -> Document<'_> {
    let executions: Vec<_> = performed(report).map(|given| given.execution).collect();
    let ended = executions.iter().flat_map(|execution| &execution.commands);
    Document {
        attire_version: "1.1",
        execution_data: ExecutionData {
            execution_id: execution_id(&executions),
            execution_source: "misfire",
            execution_category: Category {
                name: "Atomic Red Team",
                abbreviation: "ART",
            },
            time_generated: ended.map(|command| command.ended).max().map(time),
            target: executions
                .first()
                .map_or_else(nowhere, |first| target(first)),
        },
        procedures: performed(report).map(procedure).collect(),
        not_executed: report.tests.iter().filter_map(not_executed).collect(),
    }
}

/// The id of all that was executed: that of the only run, or one that is made of those
/// of all of them. The same runs have the same id, so that what is imported twice is
/// known.
fn execution_id(executions: &[&Execution]) -> String {
    let runs: BTreeSet<Uuid> = executions.iter().map(|given| given.run).collect();
    let id = match (runs.len(), runs.first()) {
        (0, _) | (_, None) => Uuid::nil(),
        (1, Some(only)) => *only,
        _ => {
            let mut digest = Sha256::new();
            for run in &runs {
                digest.update(run.as_bytes());
            }
            let mut bytes = [0; 16];
            let digest = digest.finalize();
            bytes
                .iter_mut()
                .zip(digest)
                .for_each(|(to, from)| *to = from);
            uuid::Builder::from_custom_bytes(bytes).into_uuid()
        }
    };
    base64(id.to_string().as_bytes())
}

fn target(execution: &Execution) -> Target<'_> {
    Target {
        host: Cow::Borrowed(&execution.host),
        ip: execution.address.unwrap_or(UNKNOWN_ADDRESS).to_string(),
        user: Cow::Borrowed(&execution.user),
        cwd: execution.directory.to_string_lossy(),
    }
}

fn nowhere<'r>() -> Target<'r> {
    Target {
        host: Cow::Borrowed(""),
        ip: UNKNOWN_ADDRESS.to_string(),
        user: Cow::Borrowed(""),
        cwd: Cow::Borrowed(""),
    }
}

fn procedure(performed: Performed<'_>) -> Procedure<'_> {
    let Performed {
        test,
        atomic,
        execution,
        ..
    } = performed;
    Procedure {
        procedure_name: &test.name,
        procedure_description: &atomic.description,
        procedure_id: procedure_id(test),
        mitre_technique_id: atomic.technique.as_str(),
        order: atomic.number,
        steps: [step(performed)],
        target: target(execution),
        run: execution.run.to_string(),
        evidence: test.grade(),
        signals: test
            .signals
            .iter()
            .map(|signal| Signal {
                id: signal.id.as_str(),
                state: signal.state,
                expected: signal.expected,
                reason: &signal.reason,
            })
            .collect(),
        verdicts: test
            .verdicts
            .iter()
            .map(|given| Given {
                detection: given.detection.as_str(),
                title: &given.title,
                reading: given.reading.to_string(),
                verdict: given.verdict,
                expected: given.expected,
                reason: &given.reason,
            })
            .collect(),
        hits: test
            .hits
            .iter()
            .map(|hit| Hit {
                detection: hit.detection.as_str(),
                title: &hit.title,
                events: hit.events.len(),
            })
            .collect(),
        residue: &execution.residue,
        notes: &execution.notes,
    }
}

fn procedure_id(test: &TestReport) -> Option<ProcedureId> {
    let guid = test.atomic.as_ref()?.guid?;
    Some(ProcedureId {
        r#type: "guid",
        id: guid.to_string(),
    })
}

fn step<'r>(performed: Performed<'r>) -> Step<'r> {
    let Performed {
        test,
        atomic,
        command,
        ..
    } = performed;
    let argument = |(name, value): (&'r String, &'r String)| {
        let known = atomic.takes.get(name);
        let default = known.and_then(|known| known.default.as_deref());
        InputArgument {
            key: name,
            name,
            r#type: known.map_or("string", |known| known.kind.as_str()),
            value: mask_argument(name, value),
            default: mask_argument(name, default.unwrap_or_default()),
            description: known.map_or("", |known| &known.description),
        }
    };
    Step {
        order: 1,
        executor: &command.executor,
        command: &command.command,
        command_template: &command.template,
        time_start: time(command.started),
        time_stop: time(command.ended),
        process_id: command.process,
        exit_code: command.exit_code,
        is_timeout: command.timed_out,
        input_arguments: test.arguments.iter().map(argument).collect(),
        output: output(command),
    }
}

/// What a command wrote: at least one entry, as the public runner writes it.
fn output(command: &ExecutedCommand) -> Vec<Output<'_>> {
    let entry = |level, content| Output {
        r#type: "console",
        level,
        content,
    };
    let mut entries = Vec::new();
    if !command.stdout.is_empty() || command.stderr.is_empty() {
        entries.push(entry("STDOUT", command.stdout.as_str()));
    }
    if !command.stderr.is_empty() {
        entries.push(entry("STDERR", command.stderr.as_str()));
    }
    entries
}

fn not_executed(test: &TestReport) -> Option<NotExecuted<'_>> {
    if test.stage != StageName::Execute || test.executed().is_some() {
        return None;
    }
    let atomic = test.atomic.as_ref();
    Some(NotExecuted {
        procedure_name: &test.name,
        procedure_id: procedure_id(test),
        mitre_technique_id: atomic.map(|atomic| atomic.technique.as_str()),
        reason: test.not_run.as_deref().unwrap_or("nothing was executed"),
    })
}

fn time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
