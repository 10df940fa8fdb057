//! A host with one channel, as `wevtutil` shows it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use misfire::collect::Clock;
use misfire::collect::Interrupt;
use misfire::collect::process::{Command, Finished, RunError, Runner};
use misfire::event::{FileId, OwnedEvent};
use misfire::log::evtx::write_events;
use misfire::log::{ReadOptions, read_bytes};

use super::settings::{STATUS, SYSMON};
use crate::support::clock::VirtualClock;

/// A time, in milliseconds from the end of the window.
pub fn at(millis: i64) -> Timestamp {
    let end: Timestamp = "2026-03-01T12:00:00Z".parse().expect("a time");
    end + SignedDuration::from_millis(millis)
}

/// What the host does when it is asked.
#[derive(Clone)]
pub struct State {
    /// What `gl` prints.
    pub settings: String,
    /// What `gli` prints.
    pub status: String,
    /// The records, by number, each readable from its own time on.
    pub records: Vec<(u64, Timestamp)>,
    /// Whether starting a process leaves a record.
    pub logs_processes: bool,
    /// What exporting gives instead of an export, one after the other.
    pub exports: Vec<Export>,
    /// How long an export takes.
    pub takes: Duration,
}

/// What exporting gives.
#[derive(Clone)]
pub enum Export {
    /// An exit with that code.
    Exit(i32, &'static str),
    /// A file of these bytes.
    Bytes(Vec<u8>),
    /// No file, but success.
    Nothing,
    /// No end within the time.
    Hangs,
    /// What there is, as ever.
    Whole,
}

#[derive(Clone)]
pub struct Host {
    pub clock: VirtualClock,
    pub state: Arc<Mutex<State>>,
    pub commands: Arc<Mutex<Vec<Vec<String>>>>,
}

impl Host {
    pub fn new(now: i64, records: Vec<(u64, Timestamp)>) -> Self {
        Self {
            clock: VirtualClock::at(at(now)),
            state: Arc::new(Mutex::new(State {
                settings: SYSMON.to_owned(),
                status: STATUS.to_owned(),
                records,
                logs_processes: true,
                exports: Vec::new(),
                takes: Duration::from_millis(100),
            })),
            commands: Arc::default(),
        }
    }

    /// Changes what it does.
    pub fn with(self, change: impl FnOnce(&mut State)) -> Self {
        change(&mut self.state.lock().expect("a state"));
        self
    }

    /// How often a command was run whose first argument is that.
    pub fn count(&self, verb: &str) -> usize {
        let commands = self.commands.lock().expect("commands");
        commands.iter().filter(|command| command[1] == verb).count()
    }

    fn export(&self, state: &mut State, arguments: &[String]) -> Result<Finished, RunError> {
        self.clock.advance(state.takes);
        let answer = if state.exports.is_empty() {
            Export::Whole
        } else {
            state.exports.remove(0)
        };
        let bytes = match answer {
            Export::Exit(code, says) => return Ok(exit(code, says)),
            Export::Nothing => return Ok(exit(0, "")),
            Export::Hangs => return Err(RunError::TimedOut(Duration::from_secs(60))),
            Export::Bytes(bytes) => bytes,
            Export::Whole => {
                let query = arguments.iter().find(|part| part.starts_with("/q:"));
                let wanted = wanted(query.expect("a query"));
                let now = self.clock.now();
                let found = state.records.iter().filter(|(_, time)| {
                    *time <= now && wanted.0 <= *time && wanted.1.is_none_or(|until| *time <= until)
                });
                evtx(&found.copied().collect::<Vec<_>>())
            }
        };
        std::fs::write(&arguments[2], bytes).expect("an export");
        Ok(exit(0, ""))
    }
}

impl Runner for Host {
    fn run(
        &self,
        command: &Command,
        limit: Duration,
        interrupt: Interrupt<'_>,
    ) -> Result<Finished, RunError> {
        let text = |part: &std::ffi::OsString| part.to_str().expect("text").to_owned();
        let arguments: Vec<String> = command.arguments.iter().map(text).collect();
        let program = command.program.to_str().expect("text").to_owned();
        let all = [vec![program], arguments.clone()].concat();
        self.commands.lock().expect("commands").push(all);
        assert!(limit <= Duration::from_secs(60));
        if interrupt() {
            return Err(RunError::Interrupted);
        }
        let mut state = self.state.lock().expect("a state");
        match arguments[0].as_str() {
            "gl" => Ok(exit(0, &state.settings)),
            "gli" => Ok(exit(0, &state.status)),
            "epl" => self.export(&mut state, &arguments),
            "qe" => Ok(exit(0, &oldest(&state.records))),
            "/d" => {
                if state.logs_processes {
                    let number = state.records.last().map_or(1, |(number, _)| number + 1);
                    state.records.push((number, self.clock.now()));
                }
                Ok(exit(0, ""))
            }
            other => panic!("{other} is not asked"),
        }
    }
}

fn exit(code: i32, prints: &str) -> Finished {
    Finished {
        code: Some(code),
        stdout: prints.as_bytes().to_vec(),
        stderr: Vec::new(),
    }
}

/// The times of a query.
fn wanted(query: &str) -> (Timestamp, Option<Timestamp>) {
    let mut times = query.split('\'').skip(1).step_by(2);
    let mut next = || times.next().map(|time| time.parse().expect("a time"));
    (next().expect("a start"), next())
}

fn xml(number: u64, time: Timestamp) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
         <Provider Name='Microsoft-Windows-Sysmon' Guid='{{5770385f-c22a-43e0-bf4c-06f5698ffbd9}}'/>\
         <EventID>1</EventID><Version>5</Version><Level>4</Level><Task>1</Task><Opcode>0</Opcode>\
         <Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='{time:.7}'/>\
         <EventRecordID>{number}</EventRecordID><Correlation/><Execution ProcessID='1' \
         ThreadID='2'/><Channel>Microsoft-Windows-Sysmon/Operational</Channel>\
         <Computer>host</Computer><Security UserID='S-1-5-18'/></System><EventData>\
         <Data Name='Image'>C:\\Windows\\System32\\cmd.exe</Data></EventData></Event>"
    )
}

fn oldest(records: &[(u64, Timestamp)]) -> String {
    records
        .first()
        .map(|(number, time)| xml(*number, *time))
        .unwrap_or_default()
}

/// An event log of these records.
pub fn evtx(records: &[(u64, Timestamp)]) -> Vec<u8> {
    let events: Vec<String> = records
        .iter()
        .map(|(number, time)| xml(*number, *time))
        .collect();
    if events.is_empty() {
        return write_events(&[]).expect("an empty log");
    }
    let text = format!("<Events>{}</Events>", events.concat());
    let options = ReadOptions::default();
    let mut log = read_bytes(
        Path::new("events.xml"),
        text.into_bytes(),
        FileId(0),
        &options,
    )
    .expect("readable events");
    let mut owned = Vec::new();
    while let Some(chunk) = log.next_chunk() {
        let decoded = chunk.expect("undamaged events").decode(&options);
        owned.extend(decoded.batch.events().map(OwnedEvent::from));
    }
    write_events(&owned).expect("events that can be written")
}
