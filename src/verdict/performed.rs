//! Whether an atomic was performed.

use crate::content::atomic::Platform;
use crate::content::expectation::RunBlock;
use crate::recording::{NotRun, Outcome};

/// What a required signal says of the performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trace {
    /// A required signal of the run is there: it was performed, whatever its exit
    /// code.
    Found,
    /// None is, and of some of them it cannot be known.
    Unknown,
    /// None is.
    None,
}

/// Why an atomic counts as not performed, as a fragment of a sentence; `None` if it
/// was.
#[must_use]
pub fn not_run(outcome: &Outcome, run: &RunBlock, trace: Trace) -> Option<String> {
    if trace == Trace::Found {
        return None;
    }
    match (outcome, run) {
        (Outcome::Performed, _) => None,
        (Outcome::NotRun { reason, because }, _) => Some(told(*reason, because)),
        // Its signals may be where nobody looked.
        (Outcome::Exited(_), _) if trace == Trace::Unknown => None,
        (Outcome::Exited(code), RunBlock::Exits { exit_codes }) => {
            (!exit_codes.contains(code)).then(|| failed(*code))
        }
        // What is to keep running and ends has failed, unless it left something.
        (Outcome::Exited(code), RunBlock::KeepsRunning { .. }) => Some(failed(*code)),
    }
}

/// Why a recording that was made on this platform is none of an atomic for those,
/// as a fragment of a sentence; `None` if it is.
#[must_use]
pub fn wrong_platform(made_on: &str, platforms: &[Platform]) -> Option<String> {
    let made = Platform::parse(made_on);
    let fits = made.is_some_and(|made| platforms.iter().any(|platform| platform.is_of(made)));
    let names: Vec<_> = platforms.iter().map(|platform| platform.as_str()).collect();
    (!fits).then(|| {
        told(
            NotRun::WrongPlatform,
            &format!("recorded on {made_on}, for {}", names.join(", ")),
        )
    })
}

/// Why an atomic of which nothing is expected was not performed, as a fragment of a
/// sentence; `None` if it was, or may have been.
#[must_use]
pub fn not_performed(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::NotRun { reason, because } => Some(told(*reason, because)),
        Outcome::Performed | Outcome::Exited(_) => None,
    }
}

fn told(reason: NotRun, because: &str) -> String {
    if because.is_empty() {
        reason.to_string()
    } else {
        format!("{reason}: {because}")
    }
}

fn failed(code: i32) -> String {
    format!("it ended with exit code {code} and left none of its required signals")
}
