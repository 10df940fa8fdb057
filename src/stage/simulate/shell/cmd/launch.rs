//! Finds out what a command is: a built-in one, a batch file, a document, or a program.

use super::session::{Done, Flow, Frame, Session};
use super::{Source, association, builtin, path, words};
use crate::stage::simulate::program::{self, Invocation};
use crate::stage::simulate::world::{Content, Exhausted, Finished, Presence};

/// How a batch file is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// By its name alone: from within another batch file, that one is left for good.
    ByName,
    /// By `call`.
    ByCall,
}

/// What a name stands for.
enum Found {
    Batch(String),
    Document(String),
    Program,
}

impl Session<'_> {
    /// Whether a command is one that the shell carries out itself.
    pub fn is_own(&self, name: &str) -> bool {
        path::is_drive(name)
            || builtin::split(name).is_some()
            || matches!(self.find(name), Found::Batch(_))
    }

    /// Carries out a command by its name and what follows it.
    pub fn command(&mut self, name: &str, arguments: &str) -> Result<Done, Exhausted> {
        self.command_by(name, arguments, Reached::ByName)
    }

    pub fn command_by(
        &mut self,
        name: &str,
        arguments: &str,
        reached: Reached,
    ) -> Result<Done, Exhausted> {
        if name.is_empty() {
            return Ok(Done::well());
        }
        if path::is_drive(name) {
            self.context.directory = path::as_directory(name);
            return Ok(Done::well());
        }
        if let Some((builtin, rest)) = builtin::split(name) {
            return self.builtin(builtin, &format!("{rest}{arguments}"));
        }
        let (name, arguments) = self.without_switch(name, arguments);
        match self.find(&name) {
            Found::Batch(path) => self.batch(&path, &name, &arguments, reached),
            Found::Document(path) => self.open_document(&path, &arguments),
            Found::Program => self.program(&name, &arguments),
        }
    }

    /// A switch may touch the name of a program: `ipconfig/all`. A path may have
    /// slashes of its own.
    fn without_switch(&self, name: &str, arguments: &str) -> (String, String) {
        match name.find('/') {
            Some(at) if at > 0 && !name.starts_with('"') => {
                let (before, after) = name.split_at(at);
                let is_path = before.contains(['\\', ':'])
                    || (before.starts_with('.')
                        && !path::ending(&path::unquoted(after)).is_empty());
                if is_path {
                    (name.to_owned(), arguments.to_owned())
                } else {
                    (before.to_owned(), format!("{after}{arguments}"))
                }
            }
            _ => (name.to_owned(), arguments.to_owned()),
        }
    }

    fn find(&self, name: &str) -> Found {
        let bare = path::unquoted(name);
        if !program::is_plausible(self.context, &bare) {
            return Found::Program;
        }
        let whole = path::full(&bare, &self.context.directory);
        let ending = path::ending(&whole);
        if matches!(ending.as_str(), ".bat" | ".cmd") {
            return Found::Batch(self.located(&bare, whole));
        }
        let is_document = association::opener(&ending).is_some() || program::is_document(&whole);
        if is_document && self.world.program_file(&whole).is_none() {
            return Found::Document(self.located(&bare, whole));
        }
        for added in [".com", ".exe", ".bat", ".cmd"] {
            let candidate = format!("{whole}{added}");
            if ending.is_empty() && self.world.presence(&candidate) == Presence::There {
                return match added {
                    ".bat" | ".cmd" => Found::Batch(candidate),
                    _ => Found::Program,
                };
            }
        }
        Found::Program
    }

    /// Where a file is that may be found through `PATH`.
    fn located(&self, bare: &str, whole: String) -> String {
        if bare.contains(['\\', ':']) || self.world.presence(&whole) == Presence::There {
            return whole;
        }
        let folders = self.context.environment.get("PATH").unwrap_or_default();
        folders
            .split(';')
            .filter(|folder| !folder.is_empty())
            .map(|folder| path::join(folder, bare))
            .find(|path| self.world.presence(path) == Presence::There)
            .unwrap_or(whole)
    }

    fn batch(
        &mut self,
        path: &str,
        name: &str,
        arguments: &str,
        reached: Reached,
    ) -> Result<Done, Exhausted> {
        let script = match self.world.content(path) {
            Content::Text(script) => script,
            Content::Program(_) => return self.program(name, arguments),
            Content::Unknown => {
                let because = match self.world.presence(path) {
                    Presence::Absent => format!("`{name}` is not there"),
                    _ => format!("what is in `{name}` is not known"),
                };
                self.not_interpreted(&because);
                self.error_level = 1;
                return Ok(Done {
                    output: None,
                    ..Done::with(1)
                });
            }
        };
        let mut all = vec![if name.starts_with('"') {
            format!("\"{path}\"")
        } else {
            path.to_owned()
        }];
        all.extend(words::words(arguments));
        let leaves = reached == Reached::ByName && self.source() == Source::Batch;
        self.world.budget.text(script.len())?;
        self.world.budget.enter()?;
        let done = self.run(Frame::new(&script, Source::Batch, all));
        self.world.budget.leave();
        let mut done = done?;
        done.code = Some(self.error_level);
        if leaves && done.flow == Flow::On {
            done.flow = Flow::LeaveBatch;
        }
        Ok(done)
    }

    fn open_document(&mut self, path: &str, arguments: &str) -> Result<Done, Exhausted> {
        let ending = path::ending(path);
        let path = self.installed_document(path);
        let path = path.as_str();
        if let Some(command) = program::chosen_opener(self.world, &self.context.process, path) {
            let finished = program::open_by_command(
                self.world,
                self.context,
                &command,
                path,
                arguments.trim(),
            )?;
            return Ok(self.ended(finished, path));
        }
        let Some(opener) = association::opener(&ending) else {
            self.not_interpreted(&format!("what opens `{ending}` files is not known"));
            return Ok(Done {
                output: None,
                ..Done::with(0)
            });
        };
        let command_line = opener
            .command_line
            .replace("%1", path)
            .replace("%*", arguments.trim());
        let rest = command_line
            .get(1..)
            .and_then(|rest| rest.split_once('"'))
            .map_or("", |(_, rest)| rest);
        self.start(opener.program, &command_line, words::arguments(rest))
    }

    /// Consoles are found in the folder of the system.
    fn installed_document(&self, path: &str) -> String {
        let (_, name) = path::split(path);
        if path::ending(path) == ".msc" && self.world.presence(path) != Presence::There {
            return format!(r"C:\Windows\system32\{name}");
        }
        path.to_owned()
    }

    /// Starts a program. The real shell puts a blank between the name and what follows
    /// it, which begins with the blank that was typed: records show both.
    pub fn program(&mut self, name: &str, arguments: &str) -> Result<Done, Exhausted> {
        let command_line = if arguments.is_empty() {
            name.to_owned()
        } else {
            format!("{name} {arguments}")
        };
        let bare = path::unquoted(name);
        self.start(&bare, &command_line, words::arguments(arguments))
    }

    fn start(
        &mut self,
        program: &str,
        command_line: &str,
        arguments: Vec<String>,
    ) -> Result<Done, Exhausted> {
        let invocation = Invocation {
            program: program.to_owned(),
            command_line: command_line.to_owned(),
            arguments,
            input: self.input.clone(),
            ..Invocation::default()
        };
        let finished = program::run(self.world, self.context, &invocation)?;
        Ok(self.ended(finished, program))
    }

    /// What came of a program.
    fn ended(&mut self, finished: Finished, program: &str) -> Done {
        match finished.exit_code {
            Some(code) => self.error_level = code,
            None => self.goes_on_past(program),
        }
        Done {
            code: finished.exit_code,
            output: finished.output,
            flow: Flow::On,
        }
    }
}
