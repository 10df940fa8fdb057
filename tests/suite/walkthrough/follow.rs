//! Steps of a document, taken.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::document::{Placed, Run, Step};
use super::pattern::matches;

/// Programs that documents may use; all are part of every system.
const MAY_RUN: [&str; 6] = ["misfire", "cat", "ls", "head", "mkdir", "sha256sum"];

/// Programs that documents show and this test does not start, with the reason.
pub const NOT_RUN: [(&str, &str); 2] = [
    ("cargo", "it would build the project inside its own test"),
    ("jq", "not every system has it"),
];

/// Folders that only the reader has: commands on them are not run.
const OF_THE_READER: [&str; 3] = ["$ART", "$SIGMA", "$SPLUNK"];

/// Takes the steps in a folder of their own. How many commands were run is returned,
/// or the first thing that is not as the document says.
pub fn follow(steps: &[Placed], repository: &Path) -> Result<usize, String> {
    let home = TempDir::new().expect("a folder");
    let mut here = home.path().to_owned();
    let mut run = 0;
    for Placed { line, step } in steps {
        let told = |problem: String| format!("{line}: {problem}");
        match step {
            Step::Write { path, text } => write(&here.join(path), text),
            Step::Edit { path, from, to } => edit(&here.join(path), from, to).map_err(told)?,
            Step::Copy { from, to } => {
                copy(&repository.join(from), &here.join(to)).map_err(told)?;
            }
            Step::Run(wanted) => {
                if let Some(folder) = wanted.command.strip_prefix("cd ") {
                    here = enter(&here, folder, home.path()).map_err(told)?;
                } else if may_run(&wanted.command).map_err(told)? {
                    let within = here.join(wanted.within.as_deref().unwrap_or("."));
                    compare(wanted, &within).map_err(told)?;
                    run += 1;
                }
            }
        }
    }
    Ok(run)
}

/// The programs that a command starts.
pub fn programs(command: &str) -> Vec<&str> {
    command
        .split(['|', ';'])
        .flat_map(|part| part.split("&&"))
        .filter_map(|part| part.split_whitespace().find(|word| !word.contains('=')))
        .collect()
}

fn may_run(command: &str) -> Result<bool, String> {
    // The program of a language of its own, whose signs are none of the shell's.
    if command.starts_with("jq ") {
        return Ok(false);
    }
    let mut runs = !OF_THE_READER.iter().any(|folder| command.contains(folder));
    for program in programs(command) {
        if NOT_RUN.iter().any(|(known, _)| *known == program) {
            runs = false;
        } else if !MAY_RUN.contains(&program) {
            return Err(format!(
                "`{program}` is neither run nor listed as not to be run"
            ));
        }
    }
    Ok(runs)
}

fn compare(wanted: &Run, here: &Path) -> Result<(), String> {
    let Run {
        command,
        prints,
        exits,
        ..
    } = wanted;
    let binary = Path::new(env!("CARGO_BIN_EXE_misfire"));
    let folder = binary.parent().expect("a folder");
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1\n{command}")])
        .current_dir(here)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", folder.display()))
        .env("HOME", here)
        .output()
        .expect("a finished command");
    let printed = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = printed.lines().collect();
    if output.status.code() != Some(*exits) {
        let code = output.status.code().unwrap_or(-1);
        return Err(format!(
            "`{command}` ends with exit code {code}, not {exits}\n{printed}"
        ));
    }
    if !matches(prints, &lines) {
        return Err(format!(
            "`{command}` prints something else:\n{printed}\n-- the document has:\n{}",
            prints.join("\n")
        ));
    }
    Ok(())
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

fn edit(path: &Path, from: &str, to: &str) -> Result<(), String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    if text.matches(from).count() != 1 {
        return Err(format!(
            "{} does not hold this once:\n{from}\n-- but is:\n{text}",
            path.display()
        ));
    }
    write(path, &text.replace(from, to));
    Ok(())
}

fn enter(here: &Path, folder: &str, home: &Path) -> Result<PathBuf, String> {
    let entered = here.join(folder).canonicalize();
    let home = home.canonicalize().expect("a folder");
    match entered {
        Ok(entered) if entered.starts_with(&home) => Ok(entered),
        _ => Err(format!("{folder} is no folder of the walk")),
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    if from.is_dir() {
        fs::create_dir_all(to).map_err(failed)?;
        for entry in fs::read_dir(from).map_err(failed)?.flatten() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    fs::create_dir_all(to.parent().expect("a folder")).map_err(failed)?;
    fs::copy(from, to).map_err(failed)?;
    Ok(())
}
