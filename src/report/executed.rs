//! What was executed, in words.

use super::words::one_line;
use crate::recording::{ExecutedCommand, Execution};
use crate::verdict::{Report, TestReport};

/// Where a test was performed, by whom, how it ended, and how long it took, as a
/// fragment of a sentence.
pub(super) fn how_executed(test: &TestReport) -> Option<String> {
    let (execution, command) = test.executed()?;
    let text = format!(
        "executed on {} as {}: {} after {:.1} s",
        execution.host,
        execution.user,
        ending(command),
        seconds(command)
    );
    Some(one_line(&text, usize::MAX))
}

fn ending(command: &ExecutedCommand) -> String {
    match command.exit_code {
        _ if command.timed_out => "ended for taking too long".to_owned(),
        Some(code) => format!("exit code {code}"),
        None => "no exit code".to_owned(),
    }
}

/// How long a command ran, in seconds; none if the clock was set back meanwhile.
pub(super) fn seconds(command: &ExecutedCommand) -> f64 {
    let took = command.ended.duration_since(command.started);
    took.as_secs_f64().max(0.0)
}

/// The tests that were executed, whether they were performed or not.
pub(super) fn executions(report: &Report) -> impl Iterator<Item = (&TestReport, &Execution)> {
    let tests = report.tests.iter();
    tests.filter_map(|test| Some((test, test.execution.as_deref()?)))
}
