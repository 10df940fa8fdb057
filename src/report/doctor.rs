//! What misfire can do on a host.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::paint::Paint;
use super::words::{count_of, one_line};
use crate::run::Host;

/// What standard output is.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Its width; none if it is no terminal.
    pub width: Option<u16>,
}

#[cfg(target_os = "linux")]
const EXECUTE: Result<(), &str> = Ok(());
#[cfg(not(target_os = "linux"))]
const EXECUTE: Result<(), &str> = Err("on Linux only");

/// What misfire does, and whether it does it already.
const JOBS: [(&str, &str, Result<(), &str>); 7] = [
    (
        "replay",
        "judging recordings against the detections that must fire",
        Ok(()),
    ),
    ("scan", "searching logs with Sigma rules", Ok(())),
    ("convert", "reading and writing logs", Ok(())),
    (
        "simulate",
        "deriving what an atomic leaves in the logs of Windows and Linux",
        Ok(()),
    ),
    ("execute", "performing atomics on this host", EXECUTE),
    (
        "collect",
        "fetching the event history of CloudTrail and Azure's activity log",
        Ok(()),
    ),
    (
        "channels",
        "exporting the event log of Windows on the host itself",
        Err("no command uses it"),
    ),
];

/// Writes what is known of a host.
///
/// # Errors
///
/// The output cannot be written.
pub fn doctor_text(
    out: &mut dyn Write,
    host: &Host,
    terminal: Terminal,
    paint: Paint,
) -> io::Result<()> {
    let line = |out: &mut dyn Write, name: &str, text: &str| writeln!(out, "{name:<14} {text}");
    line(out, "version", env!("CARGO_PKG_VERSION"))?;
    line(out, "platform", &host.platform)?;
    line(
        out,
        "rights",
        match host.elevated {
            Some(true) => "those of an administrator",
            Some(false) => "those of a user",
            None => "not known on this platform",
        },
    )?;
    line(out, "threads", &host.threads.to_string())?;
    let terminal = match terminal.width {
        Some(width) => format!("{width} columns"),
        None => "none on standard output".to_owned(),
    };
    line(out, "terminal", &terminal)?;
    writeln!(out, "\n{}", paint.bold("content, from this folder"))?;
    for folder in &host.content {
        let state = match folder.files {
            Some(files) => paint.good(count_of(files, "file")),
            None => "not there".to_owned(),
        };
        writeln!(out, "  {:<12} {state}", folder.name)?;
    }
    writeln!(
        out,
        "  {:<12} {}",
        "bundled",
        paint.good("part of the program")
    )?;
    writeln!(out, "\n{}", paint.bold("programs on the path"))?;
    for tool in &host.tools {
        let state = match &tool.path {
            Some(path) => paint.good(one_line(&path.to_string_lossy(), usize::MAX)),
            None => "not found".to_owned(),
        };
        writeln!(out, "  {:<12} {state} ({})", tool.name, tool.purpose)?;
    }
    writeln!(out, "\n{}", paint.bold("executing atomics"))?;
    for ability in &host.abilities {
        let state = match &ability.state {
            Ok(what) => paint.good(one_line(what, usize::MAX)),
            Err(why) => paint.doubtful(format_args!("no: {why}")),
        };
        writeln!(out, "  {:<14} {state}", ability.name)?;
    }
    writeln!(out, "\n{}", paint.bold("what misfire does"))?;
    for (name, job, state) in JOBS {
        let state = match state {
            Ok(()) => paint.good("ready"),
            Err(why) => paint.doubtful(format_args!("not yet, {why}")),
        };
        writeln!(out, "  {name:<12} {job}: {state}")?;
    }
    Ok(())
}

/// Writes the same as one JSON document.
///
/// # Errors
///
/// The output cannot be written.
pub fn doctor_json(out: &mut dyn Write, host: &Host, terminal: Terminal) -> io::Result<()> {
    let content: Vec<Json> = host
        .content
        .iter()
        .map(|folder| json!({"name": folder.name, "files": folder.files}))
        .collect();
    let tools: Vec<Json> = host
        .tools
        .iter()
        .map(|tool| {
            let path = tool.path.as_ref().map(|path| path.to_string_lossy());
            json!({"name": tool.name, "purpose": tool.purpose, "path": path})
        })
        .collect();
    let abilities: Vec<Json> = host
        .abilities
        .iter()
        .map(|ability| {
            json!({
                "name": ability.name,
                "ready": ability.state.is_ok(),
                "found": ability.state.as_ref().ok(),
                "why_not": ability.state.as_ref().err(),
            })
        })
        .collect();
    let jobs: Vec<Json> = JOBS
        .iter()
        .map(|(name, job, state)| {
            json!({"name": name, "job": job, "ready": state.is_ok(), "why_not": state.err()})
        })
        .collect();
    let document = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "platform": host.platform,
        "elevated": host.elevated,
        "threads": host.threads,
        "terminal": {"width": terminal.width},
        "content": content,
        "tools": tools,
        "execution": abilities,
        "jobs": jobs,
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
