//! From a shell and a script to the process that is started.
//!
//! Scripts are passed as the public runner passes them (Invoke-AtomicRedTeam,
//! `Invoke-ExecuteCommand`), because rules look at the command line of the shell:
//!
//! | shell | started as |
//! | --- | --- |
//! | `sh`, `bash` | `sh -c <script>` |
//! | `powershell`, Windows PowerShell | `powershell.exe & {<script>}` |
//! | `powershell`, elsewhere | `pwsh -Command <script>` |
//! | `command_prompt` | `cmd.exe /c <lines joined with " & ">` |
//!
//! Unlike there, the lines of a script for `sh` and `bash` are kept: joined with `; `,
//! six public atomics do not parse. One argument of a Linux process holds at most
//! 128 KiB (`MAX_ARG_STRLEN`), so a longer script goes through a file that only its
//! owner can read, which also keeps exit codes. `sh -c` ends with the code of its last
//! command, 126 if that cannot be executed, and 127 if it is not found. `-Command` ends
//! with 0 or 1 after the success of the last command, or with the number given to
//! `exit`; that is PowerShell's documented behaviour, and it is not papered over, as an
//! added `exit $LASTEXITCODE` would show in every log.

use std::path::PathBuf;

use serde::Serialize;

use super::host::Host;
use crate::content::atomic::{Platform, Shell};
use crate::recording::{NotRun, Outcome};

/// The longest script that is passed as an argument; beyond it, a file is.
const LONGEST_ARGUMENT: usize = 100 * 1024;

/// A program and what it is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invocation {
    /// The program.
    pub program: PathBuf,
    /// Its arguments; if there is a script file, its path comes after them.
    pub arguments: Vec<String>,
    /// What stands in the script file, if the script is too long for an argument.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<ScriptFile>,
}

/// A script that is passed as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ScriptFile {
    /// What it says.
    pub text: String,
    /// How its name ends.
    pub extension: &'static str,
}

/// How a shell runs a script on a host.
///
/// # Errors
/// The host has no such shell: `Outcome::NotRun`.
pub fn invocation(host: &Host, shell: Shell, script: &str) -> Result<Invocation, Outcome> {
    let is_windows = host.platform == Platform::Windows;
    let names: &[&str] = match (shell, is_windows) {
        (Shell::Sh, _) => &["sh"],
        (Shell::Bash, _) => &["bash"],
        (Shell::PowerShell, true) => &["powershell.exe", "pwsh.exe"],
        (Shell::PowerShell, false) => &["pwsh", "powershell"],
        (Shell::CommandPrompt, true) => &["cmd.exe"],
        (Shell::CommandPrompt, false) => {
            return Err(Outcome::not_run(
                NotRun::ExecutorMissing,
                format!(
                    "`command_prompt` is `cmd.exe`, which {} lacks",
                    host.platform
                ),
            ));
        }
    };
    let Some((name, program)) = names
        .iter()
        .find_map(|name| host.find(name).map(|path| (*name, path)))
    else {
        return Err(Outcome::not_run(
            NotRun::ExecutorMissing,
            format!("`{}` is not on the path", names.join("` or `")),
        ));
    };
    let script = script.trim_end_matches(['\r', '\n']);
    let (before, extension): (&[&str], _) = match shell {
        Shell::Sh | Shell::Bash => (&["-c"], "sh"),
        Shell::PowerShell if name == "powershell.exe" => (&[], "ps1"),
        Shell::PowerShell => (&["-Command"], "ps1"),
        Shell::CommandPrompt => (&["/c"], "cmd"),
    };
    if script.len() > LONGEST_ARGUMENT {
        let before: &[&str] = match shell {
            Shell::Sh | Shell::Bash => &[],
            Shell::PowerShell => &["-File"],
            Shell::CommandPrompt => &["/c"],
        };
        return Ok(Invocation {
            program,
            arguments: owned(before),
            file: Some(ScriptFile {
                text: script.to_owned(),
                extension,
            }),
        });
    }
    let mut arguments = owned(before);
    arguments.push(match shell {
        Shell::Sh | Shell::Bash => script.to_owned(),
        Shell::PowerShell if name == "powershell.exe" => format!("& {{{script}}}"),
        Shell::PowerShell => script.to_owned(),
        Shell::CommandPrompt => script.lines().collect::<Vec<_>>().join(" & "),
    });
    Ok(Invocation {
        program,
        arguments,
        file: None,
    })
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
