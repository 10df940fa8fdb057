//! What README.md, CONTRIBUTING.md, and docs/ show is what happens.
//!
//! Each document is followed from top to bottom in a folder of its own. A block of
//! `console` holds commands (`$ `, continued by a `\` at the end) and what they
//! print, standard output and standard error together. `[..]` stands for any text in
//! a line, and a line `...` for any lines. A command ends with exit code 0 unless a
//! comment before its block says otherwise. Comments, which no reader sees, say what
//! is to be done with the block or beside it:
//!
//! - `<!-- file: PATH -->`: the next block is that file.
//! - `<!-- edit: PATH -->`: the next block, a `diff`, is a change of that file.
//! - `<!-- copy: PATH to PATH -->`: a file or folder of the repository is put there.
//! - `<!-- exits: 1 -->`: so ends the last command of the next block.
//! - `<!-- in: PATH -->`: the commands of the next block are run in that folder.
#![cfg(unix)]

mod document;
mod follow;
mod pattern;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use document::{Step, steps};
use follow::{NOT_RUN, follow, programs};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every document that users read, with its text.
fn documents() -> Vec<(PathBuf, String)> {
    let mut paths = vec![root().join("README.md"), root().join("CONTRIBUTING.md")];
    paths.extend(crate::support::files(&root().join("docs"), "md"));
    paths.sort();
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a readable document");
        (path, text)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn every_document_can_be_followed() {
    let mut problems = Vec::new();
    let mut run = 0;
    for (path, text) in documents() {
        let name = path.file_name().expect("a name").to_string_lossy();
        match steps(&text).and_then(|steps| follow(&steps, root())) {
            Ok(commands) => run += commands,
            Err(problem) => problems.push(format!("{name}:{problem}")),
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
    assert!(run > 30, "only {run} commands were run");
}

#[test]
fn every_exception_is_used() {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (_, text) in documents() {
        for step in steps(&text).expect("a document") {
            if let Step::Run(run) = step.step {
                used.extend(programs(&run.command).into_iter().map(ToOwned::to_owned));
            }
        }
    }
    for (program, _) in NOT_RUN {
        assert!(used.contains(program), "no document shows `{program}`");
    }
}

/// Documents that say what is not so.
#[test]
fn what_is_not_so_is_found() {
    let found = |text: &str| {
        steps(text)
            .and_then(|steps| follow(&steps, root()))
            .expect_err(text)
    };
    for (text, wanted) in [
        ("```console\n$ misfire --version\nmisfire 99\n```\n", "1: "),
        ("\n```console\n$ misfire nothing\n...\n```\n", "exit code 2"),
        (
            "<!-- exits: 1 -->\n```console\n$ misfire --version\n...\n```\n",
            "exit code 0",
        ),
        (
            "```console\n$ misfire --version\n$ misfire schema\n...\n```\n",
            "`misfire --version`",
        ),
        (
            "```console\n$ misfire list | frobnicate\n...\n```\n",
            "`frobnicate`",
        ),
        ("```console\n$ cd nowhere\n```\n", "nowhere"),
        ("```console\nmisfire run\n```\n", "no command"),
        ("```console\n$ misfire run\n", "not closed"),
        ("```sh\nmisfire run\n```\n", "`console`"),
        ("<!-- exit: 1 -->\n", "`exit: 1`"),
        ("<!-- file: a.yml -->\ntext\n", "no block"),
        ("<!-- file: ../a.yml -->\n```yaml\na: 1\n```\n", "../a.yml"),
        ("<!-- copy: nothing to x -->\n", "nothing"),
        (
            "<!-- file: a -->\n```text\nx\n```\n<!-- edit: a -->\n```diff\n-y\n+z\n```\n",
            "once",
        ),
    ] {
        let problem = found(text);
        assert!(problem.contains(wanted), "{text}\n{problem}");
    }
}

/// The commands in running text and in the examples of the help are possible ones.
#[test]
fn every_command_and_flag_that_is_named_is_there() {
    let mut named: Vec<(String, String)> = Vec::new();
    for (path, text) in documents() {
        let name = path.file_name().expect("a name").to_string_lossy();
        let spans = text.split('`').filter(|span| span.starts_with("misfire "));
        named.extend(spans.map(|span| (name.to_string(), span.to_owned())));
    }
    let all = help("");
    let commands: BTreeSet<&str> = all
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    for command in &commands {
        let text = help(command);
        let examples = text
            .lines()
            .filter(|line| line.trim().starts_with("misfire "));
        named.extend(examples.map(|line| (format!("{command} --help"), line.trim().to_owned())));
    }
    let mut checked = 0;
    for (place, span) in named {
        let words: Vec<&str> = span.split_whitespace().collect();
        let command = words[1];
        if command.starts_with('-') || command == "COMMAND" {
            continue;
        }
        assert!(
            commands.contains(command),
            "{place}: `{span}`: no such command"
        );
        let known = help(command);
        let flags = words.iter().filter(|word| word.starts_with("--"));
        for flag in flags {
            let flag = flag.split('=').next().expect("a flag");
            let wanted = flag.trim_end_matches(|sign: char| !sign.is_ascii_alphanumeric());
            let there = known
                .split(|sign: char| sign != '-' && !sign.is_ascii_alphanumeric())
                .any(|word| word == wanted);
            assert!(there, "{place}: `{span}`: no flag {wanted}");
        }
        checked += 1;
    }
    assert!(checked > 50, "only {checked} commands were looked at");
}

fn help(command: &str) -> String {
    let mut misfire = Command::new(env!("CARGO_BIN_EXE_misfire"));
    if !command.is_empty() {
        misfire.arg(command);
    }
    let output = misfire.arg("--help").output().expect("a finished run");
    String::from_utf8(output.stdout).expect("UTF-8")
}
