//! Windows PowerShell: its classic log and its operational one.

use std::collections::HashMap;

use jiff::Timestamp;

use super::derive;
use super::host::LoggingHost;
use super::record::{Data, Digits, Frame, Log, Provider};
use super::{LostRecord, Sensor};
use crate::activity::{Activity, ActivityKind, Process, ScriptBlock};
use crate::event::OwnedEvent;
use crate::recording::Host;

const CLASSIC: Provider = Provider {
    name: "PowerShell",
    guid: None,
    source: None,
    channel: "Windows PowerShell",
    user: "Security_UserID",
    digits: Digits::Seven,
};

const OPERATIONAL: Provider = Provider {
    name: "Microsoft-Windows-PowerShell",
    guid: Some("{a0c1853b-5c40-4b15-8766-3cf1c58f985a}"),
    source: None,
    channel: "Microsoft-Windows-PowerShell/Operational",
    user: "Security_UserID",
    digits: Digits::Seven,
};

/// Scripts below this length, in UTF-16 units, are logged in one piece; longer ones in
/// pieces of a length between [`LEAST_PIECE`] and twice that, which differs by script.
const WHOLE: usize = 20_000;
const LEAST_PIECE: u64 = 10_000;

/// The number of a new engine's first record, after those of its six providers.
const FIRST_SEQUENCE: u32 = 13;

/// What PowerShell is told to log (about_Logging_Windows).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PowerShellLogging {
    /// Whether all script blocks are logged; if not, suspicious ones still are.
    pub script_blocks: bool,
    /// Whether the commands of pipelines are logged.
    pub modules: bool,
}

/// Windows PowerShell.
#[derive(Debug)]
pub struct PowerShell {
    logging: PowerShellLogging,
    host: LoggingHost,
    classic: Log,
    operational: Log,
    engines: HashMap<u64, Engine, ahash::RandomState>,
}

/// An engine that was started in a process.
#[derive(Debug, Clone)]
struct Engine {
    host_application: String,
    sequence: u32,
    pipeline: u32,
}

impl PowerShell {
    /// PowerShell on a host.
    #[must_use]
    pub fn new(logging: PowerShellLogging, host: LoggingHost) -> Self {
        Self {
            logging,
            classic: Log::new(CLASSIC, &host),
            operational: Log::new(OPERATIONAL, &host),
            host,
            engines: HashMap::default(),
        }
    }

    fn engine(&mut self, process: &Process) -> &mut Engine {
        self.engines
            .entry(process.serial)
            .or_insert_with(|| Engine {
                host_application: process.command_line.clone(),
                sequence: FIRST_SEQUENCE,
                pipeline: 0,
            })
    }

    /// A GUID of the process's own.
    fn guid(&self, process: &Process, what: &str) -> String {
        derive::guid(&[&self.host.machine_guid, &process.serial.to_string(), what])
    }

    /// Event 400 ("Engine state is changed from None to Available").
    fn started(
        &mut self,
        process: &Process,
        host_application: &str,
        time: Timestamp,
    ) -> Option<OwnedEvent> {
        let engine = self.engine(process);
        host_application.clone_into(&mut engine.host_application);
        let sequence = engine.sequence;
        engine.sequence += 2;
        let version = self.host.powershell_version();
        let details = format!(
            "\tNewEngineState=Available\r\n\tPreviousEngineState=None\r\n\r\n\
             \tSequenceNumber={sequence}\r\n\r\n\
             \tHostName=ConsoleHost\r\n\tHostVersion={version}\r\n\tHostId={}\r\n\
             \tHostApplication={host_application}\r\n\tEngineVersion={version}\r\n\
             \tRunspaceId={}\r\n\tPipelineId=\r\n\tCommandName=\r\n\tCommandType=\r\n\
             \tScriptName=\r\n\tCommandPath=\r\n\tCommandLine=",
            self.guid(process, "host"),
            self.guid(process, "runspace"),
        );
        let data = Data::new()
            .texts("Data", &["Available", "None", &details])
            .null("Binary");
        let frame = Frame {
            id: 400,
            qualifiers: Some(0),
            version: 0,
            level: 4,
            task: 4,
            opcode: 0,
            keywords: "0x80000000000000",
            correlation: None,
            process: 0,
            thread: 0,
            user: None,
        };
        self.classic.write(time, frame, data)
    }

    /// Event 4104 for each piece of a script.
    fn script_block(
        &mut self,
        process: &Process,
        script: &ScriptBlock,
        time: Timestamp,
        out: &mut Vec<OwnedEvent>,
    ) {
        if !(self.logging.script_blocks || script.suspicious) {
            return;
        }
        let number = script.number.to_string();
        let id = self.guid(process, &format!("script block {number}"));
        let spread = derive::below(LEAST_PIECE, &[&id, "piece"]);
        let length = usize::try_from(LEAST_PIECE + spread).unwrap_or(WHOLE);
        let pieces = pieces(&script.text, length);
        let total = pieces.len();
        let level = if script.suspicious { 3 } else { 5 };
        for (place, piece) in pieces.into_iter().enumerate() {
            let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
            let data = Data::new()
                .number("MessageNumber", count(place + 1))
                .number("MessageTotal", count(total))
                .text("ScriptBlockText", piece)
                .text("ScriptBlockId", &id)
                .text("Path", script.path.as_deref().unwrap_or_default());
            let frame = self.frame(4104, level, (2, 15), process);
            out.extend(self.operational.write(time, frame, data));
        }
    }

    /// Event 4103 ("Executing Pipeline").
    fn pipeline(
        &mut self,
        process: &Process,
        command: &str,
        parameters: &[(String, String)],
        time: Timestamp,
    ) -> Option<OwnedEvent> {
        let engine = self.engine(process);
        engine.sequence += 2;
        engine.pipeline += 1;
        let Engine {
            host_application,
            sequence,
            pipeline,
        } = engine.clone();
        let version = self.host.powershell_version();
        let mut context = String::new();
        for (name, value) in [
            ("Severity", "Informational"),
            ("Host Name", "ConsoleHost"),
            ("Host Version", &*version),
            ("Host ID", &*self.guid(process, "host")),
            ("Host Application", &*host_application),
            ("Engine Version", &*version),
            ("Runspace ID", &*self.guid(process, "runspace")),
            ("Pipeline ID", &*pipeline.to_string()),
            ("Command Name", command),
            ("Command Type", "Cmdlet"),
            ("Script Name", ""),
            ("Command Path", ""),
            ("Sequence Number", &*sequence.to_string()),
            ("User", &*process.account.qualified()),
            ("Connected User", ""),
            ("Shell ID", "Microsoft.PowerShell"),
        ] {
            context.push_str(&format!("        {name} = {value}\r\n"));
        }
        let mut payload = format!("CommandInvocation({command}): \"{command}\"\r\n");
        for (name, value) in parameters {
            payload.push_str(&format!(
                "ParameterBinding({command}): name=\"{name}\"; value=\"{value}\"\r\n"
            ));
        }
        let data = Data::new()
            .text("ContextInfo", context)
            .text("UserData", "")
            .text("Payload", payload);
        let frame = self.frame(4103, 4, (106, 20), process);
        self.operational.write(time, frame, data)
    }

    fn frame(&self, id: u32, level: u8, (task, opcode): (u16, u8), process: &Process) -> Frame {
        Frame {
            id,
            qualifiers: None,
            version: 1,
            level,
            task,
            opcode,
            keywords: "0x0",
            correlation: Some(format!("{{{}}}", self.guid(process, "activity"))),
            process: process.id,
            thread: self.host.thread_id(&process.serial.to_string()),
            user: Some(process.account.sid.clone()),
        }
    }
}

/// The pieces that a script is logged in: one if it is short, and otherwise as many as
/// `length` fits into it, and what is left.
fn pieces(text: &str, length: usize) -> Vec<String> {
    let units: Vec<u16> = text.encode_utf16().collect();
    if units.len() < WHOLE || length == 0 {
        return vec![text.to_owned()];
    }
    let mut pieces: Vec<_> = units.chunks(length).map(String::from_utf16_lossy).collect();
    // The count is rounded down and one is added, even if nothing is left.
    if units.len().is_multiple_of(length) {
        pieces.push(String::new());
    }
    pieces
}

/// Whether it is PowerShell 7, which has logs of its own, and writes them only where
/// its provider was registered (about_Logging_Windows).
fn is_core(process: &Process) -> bool {
    process.name().eq_ignore_ascii_case("pwsh.exe")
}

impl Sensor for PowerShell {
    fn observe(&mut self, activity: &Activity, _: &Host, out: &mut Vec<OwnedEvent>) {
        let Some(process) = activity.process.as_deref() else {
            return;
        };
        if is_core(process) {
            return;
        }
        let delay = self.operational.delay();
        let time = activity.time.checked_add(delay).unwrap_or(activity.time);
        match &activity.kind {
            ActivityKind::PowerShellStarted { host_application } => {
                out.extend(self.started(process, host_application, time));
            }
            ActivityKind::ScriptBlock(script) => self.script_block(process, script, time, out),
            ActivityKind::PipelineCommand {
                command,
                parameters,
                ..
            } if self.logging.modules => {
                out.extend(self.pipeline(process, command, parameters, time));
            }
            _ => {}
        }
    }

    fn lost(&mut self) -> Vec<LostRecord> {
        let mut lost = self.classic.lost();
        lost.append(&mut self.operational.lost());
        lost
    }
}
