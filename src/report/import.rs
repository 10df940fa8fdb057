//! What an import made.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value as Json, json};

use super::paint::Paint;
use super::words::{count, count_of, one_line};
use crate::diagnostic;
use crate::recording::Closure;
use crate::run::{Draft, ImportOutcome, ImportedFile, ImportedFixture};

/// What comes out of a log or a file's name is not wider on a line.
const WIDEST: usize = 120;

/// Writes what was made, what was found, and what to do next, for people.
///
/// # Errors
///
/// The output cannot be written.
pub fn import_text(out: &mut dyn Write, outcome: &ImportOutcome, paint: Paint) -> io::Result<()> {
    let Some(fixture) = &outcome.fixture else {
        let nothing = if outcome.interrupted {
            "interrupted: nothing was written"
        } else {
            "nothing was written"
        };
        return writeln!(out, "{}", paint.bad(nothing));
    };
    write_fixture(out, outcome, fixture, paint)?;
    if let Some(draft) = &outcome.draft {
        write_draft(out, draft, outcome.written, paint)?;
    }
    if !outcome.written {
        writeln!(out, "\nnothing was written; the manifest would be:\n")?;
        return write!(out, "{}", fixture.manifest);
    }
    writeln!(out, "\nnext:")?;
    for step in next_steps(outcome, fixture) {
        writeln!(out, "  - {step}")?;
    }
    Ok(())
}

fn write_fixture(
    out: &mut dyn Write,
    outcome: &ImportOutcome,
    fixture: &ImportedFixture,
    paint: Paint,
) -> io::Result<()> {
    let folder = one_line(&fixture.folder.display().to_string(), usize::MAX);
    match &fixture.atomic {
        Some(atomic) => {
            let name = one_line(&atomic.name, WIDEST);
            writeln!(out, "{}: a recording of {name}", paint.bold(folder))?;
        }
        None => writeln!(out, "{}: a benign recording", paint.bold(folder))?,
    }
    let widest = fixture.files.iter().map(|file| file.name.len()).max();
    for file in &fixture.files {
        let name = &file.name;
        let width = widest.unwrap_or_default();
        writeln!(out, "  {name:width$}  {}", held(file))?;
    }
    let host = one_line(&fixture.host, WIDEST);
    writeln!(out, "  host {host} ({})", fixture.platform)?;
    let window = fixture.window;
    let closure = match window.closure {
        Closure::Closed => "closed",
        Closure::Open => "not proven closed",
    };
    writeln!(
        out,
        "  window {} to {}, {closure}",
        window.start, window.end
    )?;
    if fixture.outside > 0 {
        writeln!(out, "  {} outside of it", count(fixture.outside, "record"))?;
    }
    if let Some(scrubbed) = &fixture.scrubbed {
        let told = scrubbed.iter().map(|(kind, (identities, places))| {
            format!("{kind} ({identities} in {})", count(*places, "place"))
        });
        let told: Vec<_> = told.collect();
        match told.is_empty() {
            true => writeln!(out, "  scrubbed: there was no identity to replace")?,
            false => writeln!(out, "  scrubbed: {}", told.join(", "))?,
        }
    }
    if let Some(first) = outcome.not_logs.first() {
        writeln!(
            out,
            "  left out: {}, no log, such as {}",
            count_of(outcome.not_logs.len(), "file"),
            one_line(&first.display().to_string(), WIDEST)
        )?;
    }
    Ok(())
}

/// The records of a log by their sources.
fn held(file: &ImportedFile) -> String {
    let named = file
        .sources
        .iter()
        .map(|(source, records)| format!("{} of {source}", count(*records, "record")));
    let unnamed = (file.unnamed > 0).then(|| {
        format!(
            "{} of logs without a name here",
            count(file.unnamed, "record")
        )
    });
    named.chain(unnamed).collect::<Vec<_>>().join(", ")
}

fn write_draft(out: &mut dyn Write, draft: &Draft, written: bool, paint: Paint) -> io::Result<()> {
    let signals = count_of(draft.signals.len(), "signal");
    match &draft.file {
        Some(file) => {
            let file = one_line(&file.display().to_string(), usize::MAX);
            let is = if written {
                "drafted"
            } else {
                "would be drafted"
            };
            writeln!(out, "{}: {signals} {is}", paint.bold(file))?;
        }
        None => writeln!(out, "{}", paint.bold(format!("{signals} drafted")))?,
    }
    let width = draft.signals.iter().map(|(id, ..)| id.len()).max();
    for (id, log, why) in &draft.signals {
        let width = width.unwrap_or_default();
        writeln!(
            out,
            "  {id:width$}  {log}: {}",
            paint.faint(one_line(why, WIDEST))
        )?;
    }
    Ok(())
}

fn next_steps(outcome: &ImportOutcome, fixture: &ImportedFixture) -> Vec<String> {
    let mut steps = Vec::new();
    let mut manifest = "read fixture.yaml, and correct what the records could not tell".to_owned();
    if fixture.window.closure == Closure::Open {
        manifest.push_str(
            "; write `closed: true` once it is certain that nothing of the window is missing",
        );
    }
    steps.push(manifest);
    steps
        .push("the logs are copied as they are: look for secrets before you share them".to_owned());
    match &outcome.draft {
        Some(draft) => {
            if let (None, Some(file)) = (&draft.file, &draft.belongs_to) {
                let file = one_line(&file.display().to_string(), usize::MAX);
                steps.push(format!("the draft belongs into {file}, below `tests:`"));
            }
            steps.push(
                "keep the signals that every run must leave, and name the detections".to_owned(),
            );
        }
        None if fixture.atomic.is_none() => steps.push(format!(
            "name it below `controls:` of the tests that it is a twin of: `- fixture: {}`",
            fixture.name
        )),
        None => {}
    }
    if let Some(file) = &fixture.stray_atomic {
        steps.push(format!(
            "copy the atomic into the project, or add its folder to `atomics` of `misfire.toml`: {}",
            one_line(&file.display().to_string(), usize::MAX)
        ));
    }
    steps.push(match &fixture.loose {
        None => "judge it with `misfire run`".to_owned(),
        Some([fixtures, expectations]) => {
            let shown = |path: &Path| one_line(&path.display().to_string(), usize::MAX);
            format!(
                "judge it with `misfire run --fixtures {} --expectations {}`, or start a project \
                 with `misfire init`",
                shown(fixtures),
                shown(expectations)
            )
        }
    });
    steps
}

/// Writes the same as one JSON document.
///
/// # Errors
///
/// The output cannot be written.
pub fn import_json(out: &mut dyn Write, outcome: &ImportOutcome) -> io::Result<()> {
    let diagnostics: Vec<Json> = outcome
        .refusals
        .iter()
        .chain(&outcome.problems)
        .map(diagnostic::to_json)
        .collect();
    let document = json!({
        "written": outcome.written,
        "interrupted": outcome.interrupted,
        "fixture": outcome.fixture.as_ref().map(fixture),
        "draft": outcome.draft.as_ref().map(draft),
        "not_logs": outcome.not_logs,
        "diagnostics": diagnostics,
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn fixture(fixture: &ImportedFixture) -> Json {
    let files: Vec<Json> = fixture
        .files
        .iter()
        .map(|file| {
            let sources: serde_json::Map<String, Json> = file
                .sources
                .iter()
                .map(|(source, records)| (source.to_string(), Json::from(*records)))
                .collect();
            json!({
                "from": file.from,
                "path": file.name,
                "format": file.format,
                "sources": sources,
                "unnamed": file.unnamed,
                "records": file.records(),
                "sha256": file.sha256,
            })
        })
        .collect();
    json!({
        "name": fixture.name,
        "folder": fixture.folder,
        "atomic": fixture.atomic.as_ref().and_then(|atomic| atomic.guid),
        "files": files,
        "host": fixture.host,
        "platform": fixture.platform,
        "window": {
            "start": fixture.window.start.to_string(),
            "end": fixture.window.end.to_string(),
            "closed": fixture.window.closure == Closure::Closed,
        },
        "outside": fixture.outside,
        "scrubbed": fixture.scrubbed.as_ref().map(|scrubbed| {
            let all = scrubbed.iter().map(|(kind, (identities, places))| {
                let told = json!({"identities": identities, "places": places});
                ((*kind).to_owned(), told)
            });
            all.collect::<serde_json::Map<_, _>>()
        }),
        "manifest": fixture.manifest,
    })
}

fn draft(draft: &Draft) -> Json {
    let signals: Vec<Json> = draft
        .signals
        .iter()
        .map(|(id, log, why)| json!({"id": id, "log": log, "why": why}))
        .collect();
    json!({
        "file": draft.file,
        "belongs_to": draft.belongs_to,
        "text": format!("{}{}", draft.head, draft.test),
        "signals": signals,
    })
}
