//! A manifest and a draft, as text.

use std::fmt::Write as _;

use super::draft::DraftSignal;
use super::rank::Reason;
use super::value::Wanted;
use super::yaml::{comment, quoted, scalar};
use crate::content::atomic::{AtomicGuid, TechniqueId};
use crate::event::catalogue::SourceId;
use crate::recording::{Closure, Evidence, Window};

/// What a manifest says.
pub(super) struct Manifest<'m> {
    pub(super) subject: Said<'m>,
    pub(super) evidence: Evidence,
    pub(super) host: &'m str,
    pub(super) platform: &'m str,
    /// What else is known of the host.
    pub(super) facts: Vec<(&'m str, &'m str)>,
    pub(super) sensors: Vec<SaidSensor<'m>>,
    pub(super) window: Window,
    /// Whether the window was said or found.
    pub(super) found_window: bool,
    pub(super) files: Vec<SaidFile<'m>>,
    pub(super) looked_at: &'m [String],
    pub(super) given: &'m [String],
}

/// What was recorded.
pub(super) enum Said<'m> {
    /// An atomic, with arguments.
    Atomic(AtomicGuid, Vec<(&'m str, &'m str)>),
    /// Something benign.
    Control(&'m str),
}

/// What logged it.
pub(super) struct SaidSensor<'m> {
    pub(super) name: &'m str,
    pub(super) version: Option<&'m str>,
    pub(super) configuration: Option<&'m str>,
}

/// A log.
pub(super) struct SaidFile<'m> {
    pub(super) path: &'m str,
    pub(super) sources: Vec<&'m SourceId>,
    pub(super) sha256: &'m str,
    pub(super) records: u64,
}

/// The text of a manifest.
pub(super) fn manifest(manifest: &Manifest<'_>) -> String {
    let mut text =
        String::from("# Made by `misfire import`. Correct what its records could not tell.\n");
    // Writing to a text does not fail.
    let _ = write_manifest(&mut text, manifest);
    text
}

fn write_manifest(text: &mut String, manifest: &Manifest<'_>) -> std::fmt::Result {
    match &manifest.subject {
        Said::Atomic(guid, arguments) => {
            writeln!(text, "atomic: {guid}")?;
            if !arguments.is_empty() {
                writeln!(text, "arguments:")?;
            }
            for (name, value) in arguments {
                writeln!(text, "  {}: {}", scalar(name), scalar(value))?;
            }
        }
        Said::Control(why) => writeln!(text, "control: {}", scalar(why))?,
    }
    writeln!(text, "evidence: {}", manifest.evidence)?;
    writeln!(text, "host:")?;
    writeln!(text, "  name: {}", scalar(manifest.host))?;
    writeln!(text, "  platform: {}", scalar(manifest.platform))?;
    for (key, value) in &manifest.facts {
        writeln!(text, "  {key}: {}", scalar(value))?;
    }
    if !manifest.sensors.is_empty() {
        writeln!(text, "sensors:")?;
    }
    for sensor in &manifest.sensors {
        writeln!(text, "  - name: {}", scalar(sensor.name))?;
        if let Some(version) = sensor.version {
            writeln!(text, "    version: {}", quoted(version))?;
        }
        if let Some(configuration) = sensor.configuration {
            writeln!(text, "    configuration: {}", scalar(configuration))?;
        }
    }
    let Window {
        start,
        end,
        closure,
    } = manifest.window;
    if manifest.found_window {
        writeln!(
            text,
            "# From the first record to the last. Cut it down to the time of the test."
        )?;
    }
    writeln!(text, "window:\n  start: {start}\n  end: {end}")?;
    match closure {
        Closure::Closed => writeln!(text, "  closed: true")?,
        Closure::Open => writeln!(
            text,
            "  # Write true once it is certain that every source was collected until after the\n  \
             # end. Until then what is not here may still come, and is never called missing.\n  \
             closed: false"
        )?,
    }
    writeln!(text, "files:")?;
    for file in &manifest.files {
        writeln!(text, "  - path: {}", scalar(file.path))?;
        match file.sources.as_slice() {
            [one] => writeln!(text, "    source: {one}")?,
            many => {
                let many: Vec<_> = many.iter().map(|source| source.as_str()).collect();
                writeln!(text, "    source: [{}]", many.join(", "))?;
            }
        }
        writeln!(text, "    sha256: {}", quoted(file.sha256))?;
        writeln!(text, "    records: {}", file.records)?;
    }
    for (key, names) in [("looked_at", manifest.looked_at), ("given", manifest.given)] {
        if !names.is_empty() {
            let names: Vec<_> = names.iter().map(|name| scalar(name)).collect();
            writeln!(text, "{key}: [{}]", names.join(", "))?;
        }
    }
    Ok(())
}

/// A draft's head, which stands once in a file.
pub(super) fn head(technique: &TechniqueId) -> String {
    format!("attack_technique: {technique}\ntests:\n")
}

/// A drafted test, as it stands below `tests:`.
pub(super) fn test(
    atomic: AtomicGuid,
    name: &str,
    signals: &[DraftSignal],
    baseline: bool,
) -> String {
    let mut text = String::new();
    // Writing to a text does not fail.
    let _ = write_test(&mut text, atomic, name, signals, baseline);
    text
}

fn write_test(
    text: &mut String,
    atomic: AtomicGuid,
    name: &str,
    signals: &[DraftSignal],
    baseline: bool,
) -> std::fmt::Result {
    let name = comment(name);
    if !name.is_empty() {
        writeln!(text, "  # {name}.")?;
    }
    writeln!(
        text,
        "  # Drafted by `misfire import` from what stands out in one capture: keep what every\n  \
         # run of the test must leave, remove the rest, and say which detections must fire."
    )?;
    writeln!(text, "  - atomic: {atomic}")?;
    writeln!(
        text,
        "    # If the test does not end by itself: {{ends: keeps-running, observe_for: 60s}}"
    )?;
    writeln!(text, "    run: {{ends: exits, exit_codes: [0]}}")?;
    writeln!(text, "    signals:")?;
    for signal in signals {
        write_signal(text, signal, baseline)?;
    }
    writeln!(
        text,
        "    # detections:\n    #   - rule: the id of a detection"
    )
}

fn write_signal(text: &mut String, signal: &DraftSignal, baseline: bool) -> std::fmt::Result {
    writeln!(text, "      # {}.", why(signal, baseline))?;
    writeln!(text, "      - id: {}", signal.id)?;
    writeln!(text, "        source: {}", signal.source)?;
    if let Some(id) = signal.event_id {
        writeln!(text, "        event_id: {id}")?;
    }
    writeln!(text, "        fields:")?;
    for asked in &signal.fields {
        let key = scalar_key(&asked.key);
        match &asked.value {
            Wanted::Text(value) => writeln!(text, "          {key}: {}", scalar(value))?,
            Wanted::Number(number) => writeln!(text, "          {key}: {number}")?,
            Wanted::Flag(flag) => writeln!(text, "          {key}: {flag}")?,
            Wanted::All(values) => {
                writeln!(text, "          {key}:")?;
                for value in values {
                    writeln!(text, "            - {}", scalar(value))?;
                }
            }
        }
    }
    if let Some((field, other, other_field)) = &signal.same {
        let other = if field == other_field {
            other.clone()
        } else {
            format!("{other}.{other_field}")
        };
        writeln!(text, "        same: {{{}: {other}}}", scalar_key(field))?;
    }
    if let Some(after) = &signal.after {
        writeln!(text, "        after: {after}")?;
    }
    Ok(())
}

/// A key as it is where that is safe.
fn scalar_key(key: &str) -> String {
    let is_tame =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '|');
    if key.starts_with(|first: char| first.is_ascii_alphabetic()) && key.chars().all(is_tame) {
        key.to_owned()
    } else {
        quoted(key)
    }
}

/// Why a signal stands out, as one line.
pub(super) fn why(signal: &DraftSignal, baseline: bool) -> String {
    let facts = &signal.facts;
    let mut said = format!(
        "{} of {} records of {}",
        facts.count, facts.of, signal.source
    );
    match facts.reason {
        Some(Reason::Argument) => said.push_str(", with an argument of the test"),
        Some(Reason::Mentioned) => said.push_str(", by what the atomic's commands name"),
        Some(Reason::Kin) => said.push_str(", by a program or caller of the test"),
        Some(Reason::Rare) | None => {}
    }
    if facts.outside > 0 {
        said.push_str(&format!(", and {} outside of the window", facts.outside));
    }
    if baseline {
        said.push_str(", none in the baseline");
    }
    said
}
