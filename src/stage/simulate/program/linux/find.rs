//! `find`: over the files that are known.

use std::sync::Arc;

use super::{Job, wrap};
use crate::stage::simulate::world::{Exhausted, Finished};

/// Carries out `find`. Of the host's other files nothing is known, and so its output is
/// known only below folders that the script made.
pub(super) fn run(job: &mut Job<'_>) -> Result<Finished, Exhausted> {
    let arguments = job.arguments;
    let is_test = |argument: &String| argument.starts_with(['-', '(', '!']);
    let split = arguments
        .iter()
        .position(is_test)
        .unwrap_or(arguments.len());
    let (paths, tests) = arguments.split_at_checked(split).unwrap_or_default();
    let mut found = Vec::new();
    let mut is_known = !paths.is_empty();
    for path in paths {
        let root = job.path(path);
        is_known &= job.world.is_folder(&root) && root.starts_with("/tmp/");
        let below = job.world.files_below(&root);
        found.extend(below.into_iter().map(|file| {
            let rest = file.strip_prefix(&root).unwrap_or(&file);
            format!("{}{rest}", path.trim_end_matches('/'))
        }));
    }
    let Some(filter) = Filter::parse(tests) else {
        return Ok(Finished::well());
    };
    if filter.only_folders {
        return Ok(Finished::well());
    }
    found.retain(|path| filter.holds(path));
    found.truncate(1_000);
    let process = Arc::clone(&job.context.process);
    let mut output = String::new();
    for path in &found {
        if filter.deletes {
            let path = job.path(path);
            job.world.delete_file(&process, &path);
        } else if let Some(command) = filter.command {
            let words: Vec<String> = command
                .iter()
                .map(|word| word.replace("{}", path))
                .collect();
            let finished = wrap::start(job, &words, None)?;
            match finished.output {
                Some(text) => output.push_str(&text),
                None => is_known = false,
            }
        } else {
            output.push_str(path);
            output.push('\n');
        }
    }
    if found.is_empty() && !is_known && filter.command.is_some() {
        job.world.assume("`find` finds nothing that is not known");
    }
    Ok(Finished {
        exit_code: Some(0),
        output: is_known.then_some(output),
    })
}

/// What is looked for, and what is done with it.
struct Filter<'t> {
    names: Vec<(&'t str, &'t String)>,
    only_folders: bool,
    deletes: bool,
    command: Option<&'t [String]>,
}

impl<'t> Filter<'t> {
    /// Reads an expression; `None` if it is beyond what is modelled.
    fn parse(tests: &'t [String]) -> Option<Self> {
        let mut filter = Filter {
            names: Vec::new(),
            only_folders: false,
            deletes: false,
            command: None,
        };
        let mut rest = tests;
        while let Some((test, others)) = rest.split_first() {
            rest = others;
            match test.as_str() {
                "-name" | "-iname" | "-path" => {
                    let (pattern, others) = rest.split_first()?;
                    filter.names.push((test, pattern));
                    rest = others;
                }
                "-type" => {
                    let (kind, others) = rest.split_first()?;
                    filter.only_folders = kind == "d";
                    rest = others;
                }
                "-maxdepth" | "-mindepth" => rest = rest.get(1..)?,
                "-delete" => filter.deletes = true,
                "-print" => {}
                "-exec" | "-execdir" | "-ok" => {
                    let end = rest.iter().position(|word| word == ";" || word == "+")?;
                    filter.command = Some(rest.get(..end)?);
                    rest = rest.get(end + 1..)?;
                }
                _ => return None,
            }
        }
        Some(filter)
    }

    fn holds(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.names.iter().all(|(test, pattern)| {
            let pattern: String = format!(
                "^{}$",
                regex::escape(pattern)
                    .replace(r"\*", ".*")
                    .replace(r"\?", ".")
            );
            let flags = if *test == "-iname" { "(?i)" } else { "" };
            let text = if *test == "-path" { path } else { name };
            regex::Regex::new(&format!("{flags}{pattern}")).is_ok_and(|regex| regex.is_match(text))
        })
    }
}
