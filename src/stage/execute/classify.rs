//! Whether a command that ended was performed, from its exit code and what it wrote.
//!
//! A shell ends with 126 if its last command cannot be executed and with 127 if it is
//! not found; but a script may have done much before that. So a code alone never makes a
//! test not run: the shell's complaint has to be about the first word of the script, and
//! there has to be one such complaint for each of its lines.

use super::plan::Act;
use super::process::{CommandResult, End};
use crate::recording::{NotRun, Outcome};

/// What Windows and PowerShell say when security software stops them.
const BLOCKED: [&str; 4] = [
    "contains a virus or potentially unwanted software",
    "has been blocked by your antivirus software",
    "This program is blocked by group policy",
    "blocked by your organization",
];

/// What shells say with 126. In another language they say it otherwise, and then the
/// exit code stands as it is.
const NOT_EXECUTED: [&str; 1] = ["ermission denied"];

/// What shells say with 127: `dash` the last thing that it met on the path, which is a
/// lack of permission if a folder there cannot be read; `bash` of a path that it is not
/// there.
const NOT_FOUND: [&str; 3] = ["not found", "ermission denied", "No such file or directory"];

/// What became of an atomic whose command ended so.
pub(super) fn outcome(act: &Act, result: &CommandResult) -> Outcome {
    let script = match act {
        Act::Command { script, .. } | Act::Person { steps: script } => script.as_str(),
    };
    let stderr = result.stderr.text();
    let is_silent = result.stdout.total == 0;
    if let Some(said) = BLOCKED.iter().find(|said| stderr.contains(*said)) {
        return Outcome::not_run(NotRun::Blocked, format!("security software said: {said}"));
    }
    match result.end {
        End::Exited(126) if is_silent && nothing_began(script, &stderr, &NOT_EXECUTED) => {
            Outcome::not_run(NotRun::Blocked, first_line(&stderr))
        }
        End::Exited(127) if is_silent && nothing_began(script, &stderr, &NOT_FOUND) => {
            Outcome::not_run(NotRun::Failed, first_line(&stderr))
        }
        // We end nothing with SIGKILL without saying so; the kernel does when memory is
        // short, and security software does.
        End::Signalled(9) if is_silent && result.stderr.total == 0 => Outcome::not_run(
            NotRun::Blocked,
            "it was killed (signal 9), and not by this program: \
             by security software, or for want of memory",
        ),
        End::Exited(code) => Outcome::Exited(code),
        // What shells report for a child that a signal ended.
        End::Signalled(signal) => Outcome::Exited(128 + signal),
        End::TimedOut | End::Observed | End::Interrupted | End::Unwatched => Outcome::Performed,
    }
}

/// Whether a shell complained of each line of a script, beginning with its first word.
fn nothing_began(script: &str, stderr: &str, complaints: &[&str]) -> bool {
    let lines = script
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let complained: Vec<&str> = stderr
        .lines()
        .filter(|line| complaints.iter().any(|complaint| line.contains(complaint)))
        .collect();
    let first = lines
        .clone()
        .next()
        .and_then(first_word)
        .zip(complained.first());
    // Of several commands in one line some may have been found.
    let is_one_each = lines.clone().all(|line| !line.contains([';', '&', '|']));
    is_one_each
        && first.is_some_and(|(word, complaint)| complaint.contains(&format!("{word}: ")))
        && complained.len() >= lines.count()
}

/// The word that names the program: not the variables that are set before it.
fn first_word(line: &str) -> Option<&str> {
    line.split_ascii_whitespace()
        .find(|word| !word.contains('='))
        .map(|word| word.trim_matches(['"', '\'', ';']))
        .filter(|word| !word.is_empty())
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::only("nosuch --now", "sh: 1: nosuch: not found", true)]
    #[case::bash("nosuch", "bash: line 1: nosuch: command not found", true)]
    #[case::unreadable_path("nosuch", "sh: 1: nosuch: Permission denied", true)]
    #[case::a_path("./no/x", "bash: line 1: ./no/x: No such file or directory", true)]
    #[case::variable_first("A=1 nosuch x", "sh: 1: nosuch: not found", true)]
    #[case::comment_first("# why\nnosuch", "sh: 2: nosuch: not found", true)]
    #[case::later_on_the_line("touch x; nosuch", "sh: 1: nosuch: not found", false)]
    #[case::later_line("touch x\nnosuch", "sh: 2: nosuch: not found", false)]
    #[case::between(
        "nosuch\ntouch x\nno2",
        "sh: 1: nosuch: not found\nsh: 3: no2: not found",
        false
    )]
    #[case::all("nosuch\nno2", "sh: 1: nosuch: not found\nsh: 2: no2: not found", true)]
    #[case::its_own_words("grep x y", "y: not found", false)]
    fn only_a_script_that_did_nothing_did_nothing(
        #[case] script: &str,
        #[case] stderr: &str,
        #[case] nothing: bool,
    ) {
        assert_eq!(nothing_began(script, stderr, &NOT_FOUND), nothing);
    }
}
