//! Files: `del`, `type`, and `mklink`.

use super::super::session::{Done, Session};
use super::super::{path, words};
use crate::stage::simulate::world::{Content, Exhausted, Presence};

impl Session<'_> {
    pub(super) fn delete(&mut self, arguments: &str) -> Result<Done, Exhausted> {
        let (switches, operands) = words::switches(arguments);
        let below = switches.iter().any(|switch| switch == "s");
        let process = self.context.process.clone();
        for operand in &operands {
            let whole = path::full(operand, &self.context.directory);
            let folder = whole.trim_end_matches('\\').to_owned();
            let files = if self.world.is_folder(&folder) {
                self.known_files(&folder, "*")
            } else if below && path::is_pattern(&whole) {
                let (folder, pattern) = path::split(&whole);
                let files = self.world.files_below(folder.trim_end_matches('\\'));
                let fits = |file: &String| path::fits(&path::split(file).1, &pattern);
                files.into_iter().filter(fits).collect()
            } else {
                self.named_files(operand)
            };
            for file in files {
                self.world.budget.step()?;
                if self.world.presence(&file) == Presence::Unknown {
                    self.world.assume(format!("`{file}` is there"));
                }
                self.world.delete_file(&process, &file);
            }
            if path::is_pattern(&whole) {
                self.world
                    .assume(format!("no other file fits `{}`", path::unquoted(operand)));
            }
        }
        // That a file is not there is no error for it.
        Ok(Done::with(i32::from(operands.is_empty())))
    }

    pub(super) fn type_files(&mut self, arguments: &str) -> Result<Done, Exhausted> {
        let (_, operands) = words::switches(arguments);
        let mut done = Done::with(i32::from(operands.is_empty()));
        for operand in operands {
            for file in self.named_files(&operand) {
                self.world.budget.step()?;
                let next = match (self.world.presence(&file), self.world.content(&file)) {
                    (Presence::Absent, _) => Done::with(1),
                    (_, Content::Text(text)) => {
                        self.world.budget.text(text.len())?;
                        Done::said(text)
                    }
                    (presence, _) => {
                        if presence == Presence::Unknown {
                            self.world.assume(format!("`{file}` is there"));
                        }
                        Done::said_something()
                    }
                };
                done = done.followed_by(next);
            }
        }
        Ok(done)
    }

    /// A link to a file is a file of its own to what watches files; one to a folder is
    /// none.
    pub(super) fn link(&mut self, arguments: &str) -> Done {
        let (switches, operands) = words::switches(arguments);
        let (Some(link), Some(target)) = (operands.first(), operands.get(1)) else {
            return Done::with(1);
        };
        let link = path::full(link, &self.context.directory);
        let whole = path::full(target, &self.context.directory);
        if self.world.presence(&link) == Presence::There {
            return Done::with(1);
        }
        let has = |wanted: &str| switches.iter().any(|switch| switch == wanted);
        let kind = if has("d") || has("j") {
            self.world.make_folder(&link);
            if has("j") {
                "Junction"
            } else {
                "symbolic link"
            }
        } else {
            let content = self.world.content(&whole);
            if has("h") {
                self.world.fill_file(&link, content);
                "Hardlink"
            } else {
                let process = self.context.process.clone();
                self.world.write_file(&process, &link, content);
                "symbolic link"
            }
        };
        let target = path::unquoted(target);
        Done::said(format!("{kind} created for {link} <<===>> {target}\r\n"))
    }
}
