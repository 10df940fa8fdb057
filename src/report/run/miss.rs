//! What of a test is not as expected, in detail.

use std::io::{self, Write};

use super::{Show, told};
use crate::report::executed::how_executed;
use crate::report::explain::{groups_text, nearest_text};
use crate::report::judged::{Badness, Judged, judged};
use crate::report::words::{count, count_of};
use crate::verdict::{EventRef, MarkReport, NearMissReport, TestReport};

/// How many events a text names.
const MOST_EVENTS: usize = 5;

/// Writes what of a test is not as expected, and of a test that was not judged, why.
pub(super) fn test_text(out: &mut dyn Write, test: &TestReport, show: &Show) -> io::Result<()> {
    let misses: Vec<_> = judged(test)
        .filter(|given| !given.is_expected() && show.words.show(*given))
        .collect();
    if misses.is_empty() && test.not_run.is_none() && test.unseen.is_none() {
        return Ok(());
    }
    let paint = show.paint;
    let technique = test
        .atomic
        .as_ref()
        .map(|atomic| format!("{} ", atomic.technique))
        .unwrap_or_default();
    writeln!(out)?;
    writeln!(out, "{technique}{}", paint.bold(told(&test.name)))?;
    let mut facts = Vec::new();
    if !test.recording.as_os_str().is_empty() {
        facts.push(told(&test.recording.to_string_lossy()));
        facts.push(count(test.records, "record"));
    }
    facts.push(told(&test.grade()));
    if let Some(stand_in) = &test.stand_in {
        facts.push(told(stand_in));
    }
    writeln!(out, "{}", paint.faint(facts.join(", ")))?;
    if let Some(how) = how_executed(test) {
        writeln!(out, "{}", paint.faint(how))?;
    }
    if !test.arguments.is_empty() {
        let arguments: Vec<_> = test
            .arguments
            .iter()
            .map(|(name, value)| format!("{}={}", told(name), told(value)))
            .collect();
        writeln!(out, "{}", paint.faint(arguments.join(", ")))?;
    }
    if let Some(why) = &test.not_run {
        writeln!(out, "  {}: {}", paint.doubtful("not-run"), told(why))?;
    }
    if let Some(why) = &test.unseen {
        let word = paint.doubtful("unknown");
        writeln!(out, "  {word}: {}", told(&nothing_seen(why)))?;
    }
    for miss in misses {
        miss_text(out, test, miss, show)?;
    }
    Ok(())
}

fn miss_text(
    out: &mut dyn Write,
    test: &TestReport,
    miss: Judged<'_>,
    show: &Show,
) -> io::Result<()> {
    let paint = show.paint;
    let word = match miss.badness() {
        Badness::Failure => paint.bad(miss.word()),
        Badness::Error => paint.doubtful(miss.word()),
    };
    let id = match miss {
        Judged::Verdict(given) => format!(" ({})", told(given.detection.as_str())),
        Judged::Control(given) => format!(" ({})", told(given.detection.as_str())),
        Judged::Agreement(given) => format!(" ({})", told(given.detection.as_str())),
        Judged::Signal(_) | Judged::Claim(_) => String::new(),
    };
    writeln!(
        out,
        "  {word}: {}{}",
        told(&miss.subject()),
        paint.faint(id)
    )?;
    writeln!(out, "    {}", told(&miss.reason()))?;
    more_text(out, test, miss, show)
}

/// What more there is to say of a miss than its word and its reason, as lines of
/// plain text.
pub(crate) fn miss_details(test: &TestReport, miss: Judged<'_>) -> String {
    let mut text = Vec::new();
    // A vector takes everything.
    let _ = more_text(&mut text, test, miss, &Show::default());
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line))
        .collect();
    lines.join("\n")
}

fn more_text(
    out: &mut dyn Write,
    test: &TestReport,
    miss: Judged<'_>,
    show: &Show,
) -> io::Result<()> {
    match miss {
        Judged::Verdict(given) => {
            if !given.fires_on.is_empty() {
                let signals: Vec<_> = given
                    .fires_on
                    .iter()
                    .map(|signal| signal.as_str())
                    .collect();
                writeln!(out, "    must fire on: {}", signals.join(", "))?;
            }
            events_text(out, "fired on", &given.events)?;
            events_text(out, "fired besides on", &given.extra)?;
            mark_text(out, given.mark.as_ref())?;
            near_miss_text(out, test, given.near_miss.as_ref(), show)
        }
        Judged::Signal(given) => {
            if let Some(condition) = &given.condition {
                writeln!(out, "    depends on: {}", told(condition))?;
            }
            events_text(out, "events", &given.events)?;
            near_miss_text(out, test, given.near_miss.as_ref(), show)
        }
        Judged::Control(given) => {
            if given.why != given.name && !given.why.is_empty() {
                writeln!(out, "    benign: {}", told(&given.why))?;
            }
            events_text(out, "fired on", &given.events)
        }
        Judged::Claim(given) => match &given.because {
            Some(because) => writeln!(out, "    because: {}", told(because)),
            None => Ok(()),
        },
        Judged::Agreement(given) => {
            events_text(out, "only this one fires on", &given.only_this)?;
            events_text(out, "only the other one fires on", &given.only_other)
        }
    }
}

/// That nothing could be seen of a test, as a fragment of a sentence.
pub(crate) fn nothing_seen(why: &str) -> String {
    format!("nothing could be seen, so that no hit proves nothing: {why}")
}

fn mark_text(out: &mut dyn Write, mark: Option<&MarkReport>) -> io::Result<()> {
    match mark {
        Some(mark) => writeln!(out, "    {}", told(&mark.told())),
        None => Ok(()),
    }
}

fn events_text(out: &mut dyn Write, what: &str, events: &[EventRef]) -> io::Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let mut named: Vec<_> = events
        .iter()
        .take(MOST_EVENTS)
        .map(|event| {
            let file = told(&event.file.to_string_lossy());
            format!("{file}, record {}", event.record)
        })
        .collect();
    if events.len() > MOST_EVENTS {
        named.push(format!(
            "{} more",
            count_of(events.len() - MOST_EVENTS, "event")
        ));
    }
    writeln!(out, "    {what}: {}", named.join("; "))
}

fn near_miss_text(
    out: &mut dyn Write,
    test: &TestReport,
    near_miss: Option<&NearMissReport>,
    show: &Show,
) -> io::Result<()> {
    let Some(near_miss) = near_miss else {
        return Ok(());
    };
    let mut text = Vec::new();
    if let Some(nearest) = &near_miss.explanation.nearest {
        nearest_text(&mut text, nearest, &test.files, show.paint)?;
    }
    groups_text(&mut text, &near_miss.explanation.groups, show.paint)?;
    for line in String::from_utf8_lossy(&text).lines() {
        writeln!(out, "    {line}")?;
    }
    if let Some(relation) = &near_miss.relation {
        writeln!(out, "    relation: {}", told(relation))?;
    }
    match near_miss.change.as_slice() {
        [] => Ok(()),
        [change] => writeln!(out, "    smallest change: {}", told(change)),
        changes => {
            writeln!(out, "    smallest change, all of:")?;
            for change in changes {
                writeln!(out, "      {}", told(change))?;
            }
            Ok(())
        }
    }
}
