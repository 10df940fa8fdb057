//! Redirections.

use super::path;
use super::session::{Done, Session};
use super::tree::{Redirection, Target};
use crate::activity::ActivityKind;
use crate::stage::simulate::world::{Content, Exhausted, Presence};

/// What a handle of an output goes to.
enum Sink {
    /// On, to what the shell itself writes to.
    Through,
    /// Nowhere, or to where it is not followed.
    Away,
    /// To a file, behind what it held before.
    File(String, Content),
}

impl Session<'_> {
    /// Carries out a command with its redirections. A file is opened before the command
    /// begins, so it is there even if the command fails.
    pub fn redirected(
        &mut self,
        redirections: &[Redirection],
        work: impl FnOnce(&mut Self) -> Result<Done, Exhausted>,
    ) -> Result<Done, Exhausted> {
        let mut output = Sink::Through;
        let mut errors = Sink::Through;
        let mut input = None;
        for redirection in redirections {
            match &redirection.to {
                Target::From(path) => match self.read(path) {
                    Ok(text) => input = Some(text),
                    Err(done) => return Ok(done),
                },
                Target::File(path) | Target::EndOfFile(path) => {
                    let appends = matches!(redirection.to, Target::EndOfFile(_));
                    let sink = self.open(path, appends);
                    match redirection.handle {
                        1 => output = sink,
                        2 => errors = sink,
                        _ => {}
                    }
                }
                Target::Handle(2) if redirection.handle == 1 => output = Sink::Away,
                Target::Handle(_) => {}
            }
        }
        let outer = input.map(|input| std::mem::replace(&mut self.input, input));
        let done = work(self);
        if let Some(outer) = outer {
            self.input = outer;
        }
        let done = done?;
        if let Sink::File(path, _) = errors {
            self.world.fill_file(&path, Content::Unknown);
        }
        Ok(match output {
            Sink::Through => done,
            Sink::Away => Done {
                output: Some(String::new()),
                ..done
            },
            Sink::File(path, before) => {
                let content = match (before, &done.output) {
                    (Content::Text(before), Some(output)) => {
                        self.world.budget.text(before.len() + output.len())?;
                        Content::Text(before + output)
                    }
                    _ => Content::Unknown,
                };
                self.world.fill_file(&path, content);
                Done {
                    output: Some(String::new()),
                    ..done
                }
            }
        })
    }

    /// What a command reads: what is known of it, or why the shell does not begin.
    fn read(&mut self, target: &str) -> Result<Option<String>, Done> {
        let target = path::unquoted(&self.settled(target));
        if is_device(&target) {
            return Ok(Some(String::new()));
        }
        let path = path::full(&target, &self.context.directory);
        if self.world.presence(&path) == Presence::Absent {
            self.error_level = 1;
            return Err(Done::with(1));
        }
        Ok(match self.world.content(&path) {
            Content::Text(text) => Some(text),
            _ => None,
        })
    }

    fn open(&mut self, target: &str, appends: bool) -> Sink {
        let target = path::unquoted(&self.settled(target));
        if is_device(&target) {
            return Sink::Away;
        }
        let path = path::full(&target, &self.context.directory);
        let process = self.context.process.clone();
        if let Some(name) = path.strip_prefix(r"\\.\pipe") {
            let name = name.to_owned();
            self.world
                .happen(Some(&process), ActivityKind::PipeConnected { name });
            return Sink::Away;
        }
        // A file on a share is written by the server, and not by this process.
        if path.starts_with(r"\\") && !path.starts_with(r"\\?\") {
            self.world.fill_file(&path, Content::Text(String::new()));
            return Sink::File(path, Content::Text(String::new()));
        }
        if appends {
            let before = match self.world.presence(&path) {
                Presence::There => self.world.content(&path),
                Presence::Absent | Presence::Unknown => Content::Text(String::new()),
            };
            self.world.append_file(&process, &path, "");
            return Sink::File(path, before);
        }
        let empty = Content::Text(String::new());
        self.world.write_file(&process, &path, empty.clone());
        Sink::File(path, empty)
    }
}

/// Whether a name is that of a device, and of no file.
fn is_device(name: &str) -> bool {
    let name = name.trim_end_matches(':').to_ascii_lowercase();
    matches!(
        name.as_str(),
        "nul" | "con" | "aux" | "prn" | "conin$" | "conout$" | "com1" | "lpt1" | r"\\.\nul"
    )
}
