//! Common programs of Linux: what they write, and what they do to files, the network,
//! and other programs.
//!
//! Each is given what it reads as a text, and gives what it writes; what is not known
//! stays so.

mod files;
mod find;
mod grep;
mod lines;
mod network;
mod options;
mod sed;
mod system;
mod text;
mod wrap;

use crate::stage::simulate::world::{Content, Context, Exhausted, Finished, Presence, World};

/// Carries out a program in its own process, which the context holds; `None` if it is
/// not modelled.
///
/// # Errors
/// The simulation's budget is spent.
pub fn run(
    world: &mut World,
    context: &Context,
    name: &str,
    arguments: &[String],
    input: Option<&str>,
) -> Result<Option<Finished>, Exhausted> {
    world.budget.enter()?;
    let mut job = Job {
        world,
        context,
        arguments,
        input,
    };
    let mut done = text::run(&mut job, name)?;
    if done.is_none() {
        done = files::run(&mut job, name)?;
    }
    if done.is_none() {
        done = system::run(&mut job, name)?;
    }
    if done.is_none() {
        done = network::run(&mut job, name)?;
    }
    if done.is_none() {
        done = wrap::run(&mut job, name)?;
    }
    if let Some(output) = done.as_ref().and_then(|done| done.output.as_ref()) {
        world.budget.text(output.len())?;
    }
    world.budget.leave();
    Ok(done)
}

/// A program at work.
struct Job<'j> {
    world: &'j mut World,
    context: &'j Context,
    arguments: &'j [String],
    input: Option<&'j str>,
}

/// What came of a program, or that it is not modelled.
type Done = Result<Option<Finished>, Exhausted>;

/// What is read.
enum Reading {
    Text(String),
    Unknown,
    Absent,
}

impl Job<'_> {
    /// A path from the root on.
    fn path(&self, path: &str) -> String {
        let whole = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("{}/{path}", self.context.directory)
        };
        let mut parts: Vec<&str> = Vec::new();
        for part in whole.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }

    /// What a file holds; `-` is the standard input.
    fn read(&mut self, path: &str) -> Reading {
        if matches!(path, "-" | "/dev/stdin") {
            return match self.input {
                Some(text) => Reading::Text(text.to_owned()),
                None => Reading::Unknown,
            };
        }
        if path == "/dev/null" {
            return Reading::Text(String::new());
        }
        let path = self.path(path);
        match self.world.content(&path) {
            Content::Text(text) => Reading::Text(text),
            _ => match self.world.presence(&path) {
                Presence::Absent => Reading::Absent,
                Presence::There => Reading::Unknown,
                Presence::Unknown => {
                    self.world.assume(format!("`{path}` is there"));
                    Reading::Unknown
                }
            },
        }
    }

    /// What all files hold together, or the standard input if none is named, and
    /// whether all were there.
    fn read_all(&mut self, paths: &[String]) -> (Option<String>, bool) {
        let mut text = Some(String::new());
        let mut is_whole = true;
        let standard = ["-".to_owned()];
        let paths = if paths.is_empty() { &standard } else { paths };
        for path in paths {
            match self.read(path) {
                Reading::Text(more) => {
                    if let Some(text) = &mut text {
                        text.push_str(&more);
                    }
                }
                Reading::Unknown => text = None,
                Reading::Absent => is_whole = false,
            }
        }
        (text, is_whole)
    }
}

/// It ended with 0 or 1, and wrote that.
fn wrote(output: Option<String>, is_well: bool) -> Finished {
    Finished {
        exit_code: Some(i32::from(!is_well)),
        output,
    }
}
