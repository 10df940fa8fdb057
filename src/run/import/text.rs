//! A draft, as text.

use std::fmt::Write as _;

use super::draft::DraftSignal;
use super::rank::Reason;
use super::value::Wanted;

use crate::content::atomic::{AtomicGuid, TechniqueId};
use crate::content::yaml_text::{comment, quoted, scalar};

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
