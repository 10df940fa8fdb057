//! A document as steps that a reader takes.

/// A step, and the line that it stands in.
#[derive(Debug)]
pub struct Placed {
    pub line: usize,
    pub step: Step,
}

/// What a reader does.
#[derive(Debug)]
pub enum Step {
    /// Writes a file.
    Write { path: String, text: String },
    /// Changes a file: each part of it that is to be found once, and what it becomes.
    Edit {
        path: String,
        from: String,
        to: String,
    },
    /// Has a file or folder of the repository.
    Copy { from: String, to: String },
    /// Runs a command, and sees what it prints.
    Run(Run),
}

/// A command, and what comes of it.
#[derive(Debug)]
pub struct Run {
    pub command: String,
    pub prints: Vec<String>,
    pub exits: i32,
    /// The folder that it runs in, if it is another than that of the reader.
    pub within: Option<String>,
}

/// What comments say of the block behind them.
#[derive(Debug, Default, PartialEq)]
struct Notes {
    file: Option<String>,
    edit: Option<String>,
    exits: Option<i32>,
    within: Option<String>,
}

/// The steps of a document.
pub fn steps(text: &str) -> Result<Vec<Placed>, String> {
    let mut steps = Vec::new();
    let mut notes = Notes::default();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let place = index + 1;
        let line = line.trim();
        if let Some(comment) = line.strip_prefix("<!--") {
            let comment = comment.trim_end_matches("-->").trim();
            let step = said(comment, &mut notes);
            let step = step.map_err(|problem| format!("{place}: {problem}"))?;
            steps.extend(step.map(|step| Placed { line: place, step }));
        } else if let Some(language) = line.strip_prefix("```") {
            let mut block = Vec::new();
            loop {
                let (_, line) = lines
                    .next()
                    .ok_or_else(|| format!("{place}: the block is not closed"))?;
                if line.trim() == "```" {
                    break;
                }
                block.push(line);
            }
            let taken = taken(std::mem::take(&mut notes), language, &block);
            let taken = taken.map_err(|problem| format!("{place}: {problem}"))?;
            steps.extend(taken.into_iter().map(|step| Placed { line: place, step }));
        } else if !line.is_empty() && notes != Notes::default() {
            return Err(format!("{place}: no block behind the comment"));
        }
    }
    if notes == Notes::default() {
        Ok(steps)
    } else {
        Err("the end: no block behind the comment".to_owned())
    }
}

/// Notes what a comment says of the next block, or returns the step that it is.
fn said(comment: &str, notes: &mut Notes) -> Result<Option<Step>, String> {
    let unknown = || format!("`{comment}` is no comment that means something");
    let (word, rest) = comment.split_once(": ").ok_or_else(unknown)?;
    let rest = rest.trim();
    match word {
        "file" => notes.file = Some(inside(rest)?),
        "edit" => notes.edit = Some(inside(rest)?),
        "in" => notes.within = Some(inside(rest)?),
        "exits" => notes.exits = Some(rest.parse().map_err(|_| unknown())?),
        "copy" => {
            let (from, to) = rest.split_once(" to ").ok_or_else(unknown)?;
            return Ok(Some(Step::Copy {
                from: inside(from)?,
                to: inside(to)?,
            }));
        }
        _ => return Err(unknown()),
    }
    Ok(None)
}

fn inside(path: &str) -> Result<String, String> {
    if path.starts_with('/') || path.split('/').any(|part| part == "..") {
        return Err(format!("{path} leaves the folder"));
    }
    Ok(path.to_owned())
}

fn taken(notes: Notes, language: &str, block: &[&str]) -> Result<Vec<Step>, String> {
    let unfit = || Err("the comment does not fit the block".to_owned());
    let of_commands = notes.exits.is_some() || notes.within.is_some();
    match (notes.file, notes.edit, language) {
        (None, None, "console") => commands(block, notes.exits.unwrap_or(0), notes.within),
        (.., "sh" | "bash" | "shell") => {
            Err("commands stand in a block of `console`, where they are run".to_owned())
        }
        _ if of_commands => unfit(),
        (None, None, _) => Ok(Vec::new()),
        (Some(path), None, _) if language != "console" => Ok(vec![Step::Write {
            path,
            text: joined(block.iter().copied()),
        }]),
        (None, Some(path), "diff") => {
            let side = |other: char| {
                let lines = block.iter().filter(|line| !line.starts_with(other));
                joined(lines.map(|line| line.get(1..).unwrap_or_default()))
            };
            Ok(vec![Step::Edit {
                path,
                from: side('+'),
                to: side('-'),
            }])
        }
        _ => unfit(),
    }
}

fn joined<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.flat_map(|line| [line, "\n"]).collect()
}

fn commands(block: &[&str], exits: i32, within: Option<String>) -> Result<Vec<Step>, String> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut lines = block.iter();
    while let Some(line) = lines.next() {
        if let Some(command) = line.strip_prefix("$ ") {
            let mut command = command.to_owned();
            while let Some(start) = command.strip_suffix('\\') {
                let next = lines.next().ok_or("a command that does not end")?;
                command = format!("{}{}", start, next.trim_start());
            }
            found.push((command, Vec::new()));
        } else {
            let (_, prints) = found.last_mut().ok_or("no command before the output")?;
            prints.push((*line).to_owned());
        }
    }
    if found.is_empty() {
        return Err("no command in the block".to_owned());
    }
    let last = found.len() - 1;
    let run = |(index, (command, prints))| {
        Step::Run(Run {
            command,
            prints,
            exits: if index == last { exits } else { 0 },
            within: within.clone(),
        })
    };
    Ok(found.into_iter().enumerate().map(run).collect())
}
