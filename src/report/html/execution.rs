//! What was executed, how it ended, and what it left behind.

use maud::{Markup, html};

use super::text::Telling;
use crate::recording::{ExecutedCommand, ExecutedStep};
use crate::report::executed::{how_executed, seconds};
use crate::verdict::TestReport;

/// Where and how a test was performed, if it was.
pub(super) fn timing(test: &TestReport, tell: &Telling) -> Option<Markup> {
    let how = how_executed(test)?;
    let (_, command) = test.executed()?;
    Some(html! { (tell.line(&how)) ", " time { (when(command)) } })
}

/// When a command began, to the millisecond.
fn when(command: &ExecutedCommand) -> String {
    format!("{:.3}", command.started)
}

/// The commands that were executed, in order.
pub(super) fn execution(test: &TestReport, tell: &Telling) -> Markup {
    let Some(execution) = test.execution.as_deref() else {
        return html! {};
    };
    html! {
        h4 { "Commands that were executed" }
        @if execution.commands.is_empty() { p { "None." } }
        ol.commands {
            @for command in &execution.commands {
                li {
                    p {
                        b { (step(command.step)) } " " span.tag { (tell.line(&command.executor)) } " "
                        (ending(command)) ", " (format!("{:.1} s", seconds(command))) ", "
                        time { (when(command)) }
                    }
                    (tell.block(&command.command))
                    (output("Standard output", &command.stdout, tell))
                    (output("Standard error", &command.stderr, tell))
                }
            }
        }
        @if !execution.residue.is_empty() {
            h5 { "Left behind" }
            ul { @for left in &execution.residue { li { (tell.prose(left)) } } }
        }
        @if !execution.notes.is_empty() {
            h5 { "To be known" }
            ul { @for note in &execution.notes { li { (tell.prose(note)) } } }
        }
        p.faint.small {
            "Run " (tell.code(&execution.run.to_string())) " in "
            (tell.code(&execution.directory.to_string_lossy()))
        }
    }
}

fn output(what: &str, text: &str, tell: &Telling) -> Markup {
    if text.trim().is_empty() {
        return html! {};
    }
    html! {
        details.more {
            summary { (what) }
            (tell.block(text))
        }
    }
}

fn step(step: ExecutedStep) -> &'static str {
    match step {
        ExecutedStep::CheckPrerequisite => "Checks a prerequisite",
        ExecutedStep::GetPrerequisite => "Gets a prerequisite",
        ExecutedStep::Perform => "Performs the test",
        ExecutedStep::CleanUp => "Cleans up",
    }
}

fn ending(command: &ExecutedCommand) -> String {
    match command.exit_code {
        _ if command.timed_out => "ended for taking too long".to_owned(),
        Some(code) => format!("exit code {code}"),
        None => "no exit code".to_owned(),
    }
}
