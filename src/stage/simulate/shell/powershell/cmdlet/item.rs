//! Items: files, folders, and keys.

use std::sync::Arc;

use super::super::operators::{regex_of, wildcard};
use super::super::paths::Place;
use super::super::shell::{Done, Shell};
use super::super::value::Value;
use super::{Bound, Given};
use crate::stage::simulate::world::{Content, Presence};

impl Shell<'_> {
    pub(super) fn item_cmdlet(
        &mut self,
        name: &str,
        bound: &Bound,
        input: &Option<Vec<Value>>,
    ) -> Given {
        Ok(Some(match name {
            "get-item" | "get-childitem" | "get-acl" => self.get_items(name, bound, input)?,
            "new-item" => self.new_items(bound, input)?,
            "set-item" => {
                for path in self.paths_at(bound, input)? {
                    let value = self.text_at(bound, &["Value"])?;
                    match self.place(&path) {
                        Place::Registry(key) => {
                            let process = Arc::clone(&self.context.process);
                            let data = crate::activity::RegistryData::Text(value);
                            self.world.set_value(&process, &key, "", data);
                        }
                        Place::Environment(name) => self.context.environment.set(&name, value),
                        Place::Other if path.to_lowercase().starts_with("variable:") => {
                            let value = bound.get("Value").cloned().unwrap_or(Value::Null);
                            self.set_variable(path.get(9..).unwrap_or(""), value);
                        }
                        _ => {}
                    }
                }
                Vec::new()
            }
            "remove-item" => {
                for path in self.paths_at(bound, input)? {
                    self.remove(&path)?;
                }
                Vec::new()
            }
            "clear-item" => Vec::new(),
            "copy-item" | "move-item" => self.copy_items(name, bound, input)?,
            "rename-item" => {
                let new = self.text_at(bound, &["NewName"])?;
                for path in self.paths_at(bound, input)? {
                    let from = self.full_path(&path);
                    let folder = from.rsplit_once('\\').map_or("", |(folder, _)| folder);
                    let to = if new.contains('\\') {
                        self.full_path(&new)
                    } else {
                        format!(r"{folder}\{new}")
                    };
                    self.transfer(&from, &to, Keep::No);
                }
                Vec::new()
            }
            _ => return Ok(None),
        }))
    }

    fn file_object(&mut self, path: &str) -> Done<Value> {
        let name = path.rsplit('\\').next().unwrap_or(path);
        let (base, ending) = name
            .rsplit_once('.')
            .map_or((name, String::new()), |(base, ending)| {
                (base, format!(".{ending}"))
            });
        let folder = path.rsplit_once('\\').map_or("", |(folder, _)| folder);
        self.room(path.len() * 3)?;
        self.object(
            "System.IO.FileInfo",
            &[
                ("FullName", Value::text(path)),
                ("Name", Value::text(name)),
                ("BaseName", Value::text(base)),
                ("Extension", Value::text(ending)),
                ("DirectoryName", Value::text(folder)),
            ],
        )
    }

    fn get_items(
        &mut self,
        name: &str,
        bound: &Bound,
        input: &Option<Vec<Value>>,
    ) -> Done<Vec<Value>> {
        let paths = self.paths_at(bound, input)?;
        if paths.is_empty() && name == "get-childitem" {
            return Ok(vec![Value::Unknown]);
        }
        let filter = self.text_at(bound, &["Filter"])?;
        let mut found = Vec::new();
        for path in paths {
            match self.place(&path) {
                Place::File(path) if name == "get-item" && !path.contains('*') => {
                    if self.world.presence(&path) != Presence::Absent {
                        found.push(self.file_object(&path)?);
                    }
                }
                Place::File(path) => {
                    let (folder, pattern) = match path.rsplit_once('\\') {
                        Some((folder, last)) if last.contains('*') => {
                            (folder.to_owned(), last.to_owned())
                        }
                        _ => (path.clone(), filter.clone()),
                    };
                    let pattern = if pattern.is_empty() {
                        "*".to_owned()
                    } else {
                        pattern
                    };
                    let matching = regex_of(&wildcard(&pattern));
                    let known = self.world.files_below(&folder);
                    let mut any = false;
                    for file in known {
                        let file_name = file.rsplit('\\').next().unwrap_or(&file);
                        if matching
                            .as_ref()
                            .is_some_and(|matching| matching.is_match(file_name))
                        {
                            any = true;
                            self.world.budget.step()?;
                            found.push(self.file_object(&file)?);
                        }
                    }
                    if !any {
                        found.push(Value::Unknown);
                    }
                }
                _ => found.push(Value::Unknown),
            }
        }
        Ok(found)
    }

    fn new_items(&mut self, bound: &Bound, input: &Option<Vec<Value>>) -> Done<Vec<Value>> {
        let name = self.text_at(bound, &["Name"])?;
        let kind = self.text_at(bound, &["ItemType", "Type"])?.to_lowercase();
        let value = bound.get("Value").cloned();
        let process = Arc::clone(&self.context.process);
        let mut paths = self.paths_at(bound, input)?;
        if paths.is_empty() && !name.is_empty() {
            paths.push(".".to_owned());
        }
        let mut made = Vec::new();
        for path in paths {
            let path = if name.is_empty() {
                path
            } else {
                format!(r"{}\{name}", path.trim_end_matches('\\'))
            };
            match self.place(&path) {
                Place::Registry(key) => {
                    self.world.create_key(&process, &key);
                    if let Some(value) = &value {
                        let text = self.text_of(value)?;
                        self.world.set_value(
                            &process,
                            &key,
                            "",
                            crate::activity::RegistryData::Text(text),
                        );
                    }
                    made.push(Value::Unknown);
                }
                Place::File(path) => {
                    let is_folder =
                        kind.starts_with('d') || kind.is_empty() && !self.line_makes_file(&value);
                    if is_folder {
                        self.world.make_folder(&path);
                    } else if !kind.contains("link") && kind != "junction" {
                        let text = match &value {
                            Some(Value::Unknown) => None,
                            Some(value) => Some(self.text_of(value)?),
                            None => Some(String::new()),
                        };
                        self.write_text(&path, text, false);
                    }
                    made.push(self.file_object(&path)?);
                }
                Place::Environment(name) => {
                    let text = self.text_at(bound, &["Value"])?;
                    self.context.environment.set(&name, text);
                }
                Place::Other => {
                    if let Some(rest) = path
                        .get(9..)
                        .filter(|_| path.to_lowercase().starts_with("variable:"))
                    {
                        let rest = rest.to_owned();
                        self.set_variable(&rest, value.clone().unwrap_or(Value::Null));
                    }
                }
            }
        }
        Ok(made)
    }

    /// `New-Item` without a type makes a file; `mkdir`, which is bound the same, a
    /// folder.
    fn line_makes_file(&self, value: &Option<Value>) -> bool {
        let line = self.line.to_lowercase();
        value.is_some() || !(line.contains("mkdir") || line.contains("md "))
    }

    pub(super) fn remove(&mut self, path: &str) -> Done<()> {
        let process = Arc::clone(&self.context.process);
        match self.place(path) {
            Place::Registry(key) => {
                self.world.delete_key(&process, &key);
            }
            Place::File(path) => {
                let (folder, last) = path.rsplit_once('\\').unwrap_or(("", &path));
                if last.contains(['*', '?']) {
                    let matching = regex_of(&wildcard(last));
                    let mut any = false;
                    for file in self.world.files_below(folder) {
                        self.world.budget.step()?;
                        let name = file.rsplit('\\').next().unwrap_or(&file);
                        if matching
                            .as_ref()
                            .is_some_and(|matching| matching.is_match(name))
                        {
                            any = true;
                            self.world.delete_file(&process, &file);
                        }
                    }
                    if !any {
                        self.world
                            .assume(format!("nothing is known to be at {path}"));
                    }
                    return Ok(());
                }
                let below = self.world.files_below(&path);
                let is_folder = !below.is_empty();
                for file in below {
                    self.world.budget.step()?;
                    self.world.delete_file(&process, &file);
                }
                if !is_folder {
                    self.world.delete_file(&process, &path);
                }
            }
            Place::Environment(name) => self.context.environment.remove(&name),
            Place::Other => {}
        }
        Ok(())
    }

    fn copy_items(
        &mut self,
        name: &str,
        bound: &Bound,
        input: &Option<Vec<Value>>,
    ) -> Done<Vec<Value>> {
        if bound.any(&["ToSession", "FromSession"]).is_some() {
            self.not_interpreted("sessions on other hosts are not modelled");
            return Ok(Vec::new());
        }
        let keep = if name == "copy-item" {
            Keep::Yes
        } else {
            Keep::No
        };
        let destination = self.text_at(bound, &["Destination"])?;
        for path in self.paths_at(bound, input)? {
            let (Place::File(from), Place::File(to)) = (
                self.place(&path),
                self.place(if destination.is_empty() {
                    "."
                } else {
                    &destination
                }),
            ) else {
                continue;
            };
            let file = from.rsplit('\\').next().unwrap_or(&from).to_owned();
            if file.contains('*') {
                let folder = from
                    .rsplit_once('\\')
                    .map_or("", |(folder, _)| folder)
                    .to_owned();
                let matching = regex_of(&wildcard(&file));
                for known in self.world.files_below(&folder) {
                    self.world.budget.step()?;
                    let last = known.rsplit('\\').next().unwrap_or(&known).to_owned();
                    if matching
                        .as_ref()
                        .is_some_and(|matching| matching.is_match(&last))
                    {
                        self.transfer(&known, &format!(r"{to}\{last}"), keep);
                    }
                }
                continue;
            }
            let ends_open = destination.ends_with('\\') || destination.ends_with('/');
            let has_ending = to
                .rsplit('\\')
                .next()
                .is_some_and(|last| last.contains('.'));
            let is_folder = ends_open
                || !self.world.files_below(&to).is_empty()
                || !has_ending
                    && file.contains('.')
                    && self.world.presence(&to) != Presence::Absent;
            let to = if is_folder {
                format!(r"{}\{file}", to.trim_end_matches('\\'))
            } else {
                to
            };
            self.transfer(&from, &to, keep);
        }
        Ok(Vec::new())
    }

    fn transfer(&mut self, from: &str, to: &str, keep: Keep) {
        let process = Arc::clone(&self.context.process);
        match self.world.presence(from) {
            Presence::Absent => {
                self.went_well = false;
                return;
            }
            Presence::Unknown => self.world.assume(format!("{from} is there")),
            Presence::There => {}
        }
        let content: Content = self.world.content(from);
        self.world.write_file(&process, to, content);
        if keep == Keep::No {
            self.world.delete_file(&process, from);
        }
    }
}

/// Whether what is copied stays where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    Yes,
    No,
}
