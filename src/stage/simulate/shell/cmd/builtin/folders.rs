//! Folders: `cd`, `pushd`, `popd`, `md`, and `rd`.

use super::super::session::{Done, Session};
use super::super::{path, words};
use crate::stage::simulate::world::{Exhausted, Presence};

impl Session<'_> {
    pub(super) fn change_folder(&mut self, arguments: &str) -> Done {
        let text = arguments.trim();
        let (text, changes_drive) = match text.get(..2) {
            Some(switch) if switch.eq_ignore_ascii_case("/d") => {
                (text.get(2..).unwrap_or_default().trim(), true)
            }
            _ => (text, false),
        };
        if text.is_empty() || path::is_drive(text) && !changes_drive {
            return Done::said(format!("{}\r\n", self.context.directory));
        }
        let whole = path::full(text, &self.context.directory);
        let drive = path::drive_of(&self.context.directory);
        if !changes_drive && !path::drive_of(&whole).eq_ignore_ascii_case(&drive) {
            // The folder of the other drive changes, and the current one stays.
            return Done::well();
        }
        self.enter(&whole)
    }

    /// Makes a folder the current one.
    fn enter(&mut self, whole: &str) -> Done {
        match self.world.presence(whole.trim_end_matches('\\')) {
            Presence::Absent => return Done::with(1),
            Presence::Unknown if !is_standard(whole) => {
                self.world.assume(format!("`{whole}` is there"));
            }
            Presence::There | Presence::Unknown => {}
        }
        self.context.directory = path::as_directory(whole);
        Done::well()
    }

    pub(super) fn push_folder(&mut self, arguments: &str) -> Done {
        let text = arguments.trim();
        if text.is_empty() {
            let all: String = self
                .pushed
                .iter()
                .rev()
                .map(|path| format!("{path}\r\n"))
                .collect();
            return Done::said(all);
        }
        let before = self.context.directory.clone();
        let whole = path::full(text, &before);
        let done = if whole.starts_with(r"\\") {
            // A share is given the last free letter.
            self.context.directory = r"Z:\".to_owned();
            Done::well()
        } else {
            self.enter(&whole)
        };
        if done.code == Some(0) {
            self.pushed.push(before);
        }
        done
    }

    pub(super) fn pop_folder(&mut self) -> Done {
        match self.pushed.pop() {
            Some(folder) => {
                self.context.directory = folder;
                Done::well()
            }
            None => Done::with(1),
        }
    }

    pub(super) fn make_folders(&mut self, arguments: &str) -> Done {
        let (_, operands) = words::switches(arguments);
        let mut code = i32::from(operands.is_empty());
        for operand in operands {
            let whole = path::full(&operand, &self.context.directory);
            if self.world.presence(&whole) == Presence::There {
                code = 1;
            } else {
                self.world.make_folder(&whole);
            }
        }
        Done::with(code)
    }

    pub(super) fn remove_folders(&mut self, arguments: &str) -> Result<Done, Exhausted> {
        let (switches, operands) = words::switches(arguments);
        let whole_tree = switches.iter().any(|switch| switch == "s");
        let process = self.context.process.clone();
        let mut code = i32::from(operands.is_empty());
        for operand in operands {
            let folder = path::full(&operand, &self.context.directory);
            match self.world.presence(&folder) {
                Presence::Absent => {
                    code = 2;
                    continue;
                }
                Presence::Unknown => self
                    .world
                    .assume(format!("nothing that matters is in `{folder}`")),
                Presence::There => {}
            }
            let files = self.world.files_below(&folder);
            if !files.is_empty() && !whole_tree {
                code = 145;
                continue;
            }
            for file in files {
                self.world.budget.step()?;
                self.world.delete_file(&process, &file);
            }
        }
        Ok(Done::with(code))
    }
}

/// Whether a folder is one that every host with Windows has.
pub(super) fn is_standard(path: &str) -> bool {
    let path = path.trim_end_matches('\\').to_ascii_lowercase();
    let is_home = path.strip_prefix(r"c:\users\").is_some_and(|rest| {
        let within = rest.split_once('\\').map_or("", |(_, within)| within);
        matches!(
            within,
            "" | "desktop"
                | "documents"
                | "downloads"
                | "music"
                | "pictures"
                | "videos"
                | "appdata"
                | r"appdata\local"
                | r"appdata\roaming"
                | r"appdata\local\temp"
        )
    });
    is_home
        || matches!(
            path.as_str(),
            "c:" | r"c:\windows"
                | r"c:\windows\system32"
                | r"c:\windows\syswow64"
                | r"c:\windows\temp"
                | r"c:\windows\tasks"
                | r"c:\users"
                | r"c:\programdata"
                | r"c:\program files"
                | r"c:\program files (x86)"
        )
}
