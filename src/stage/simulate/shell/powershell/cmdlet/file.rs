//! What is in files.

use std::sync::Arc;

use super::super::paths::Place;
use super::super::shell::{Done, Shell};
use super::super::value::Value;
use super::{Bound, Given};
use crate::stage::simulate::world::{Content, Presence};

impl Shell<'_> {
    pub(super) fn file_cmdlet(
        &mut self,
        name: &str,
        bound: &Bound,
        input: &Option<Vec<Value>>,
    ) -> Given {
        match name {
            "set-content" | "add-content" | "out-file" | "tee-object" | "export-csv"
            | "export-clixml" => {
                let values = match bound.any(&["Value", "InputObject"]) {
                    Some(value) => value.items(),
                    None => input.clone().unwrap_or_default(),
                };
                let is_data = name.starts_with("export");
                let text = if is_data {
                    None
                } else {
                    self.lines_of(&values)?
                };
                let text = match text {
                    Some(text) if bound.has("NoNewline") => {
                        Some(text.trim_end_matches("\r\n").to_owned())
                    }
                    other => other,
                };
                let appends = name == "add-content" || bound.has("Append");
                let stream = self.text_at(bound, &["Stream"])?;
                for path in self.paths_at(bound, &None)? {
                    if let Place::File(path) = self.place(&path) {
                        let path = if stream.is_empty() {
                            path
                        } else {
                            format!("{path}:{stream}")
                        };
                        self.write_text(&path, text.clone(), appends);
                    }
                }
                Ok(Some(if name == "tee-object" {
                    values
                } else {
                    Vec::new()
                }))
            }
            "clear-content" => {
                for path in self.paths_at(bound, input)? {
                    let path = self.full_path(&path);
                    self.write_text(&path, Some(String::new()), false);
                }
                Ok(Some(Vec::new()))
            }
            "get-content" => Ok(Some(self.get_content(bound, input)?)),
            "new-temporaryfile" => {
                let folder = self
                    .context
                    .environment
                    .get("TEMP")
                    .unwrap_or(r"C:\Windows\Temp")
                    .to_owned();
                let path = format!(
                    r"{folder}\tmp{}.tmp",
                    self.world.numbers.pick(4, b"0123456789ABCDEF")
                );
                self.write_text(&path, Some(String::new()), false);
                let file = self.object("System.IO.FileInfo", &[("FullName", Value::text(path))])?;
                Ok(Some(vec![file]))
            }
            "expand-archive" => {
                for path in self.paths_at(bound, input)? {
                    let from = self.full_path(&path);
                    let to = self.text_at(bound, &["DestinationPath"])?;
                    let to = if to.is_empty() {
                        from.rsplit_once('.')
                            .map_or(from.clone(), |(base, _)| base.to_owned())
                    } else {
                        self.full_path(&to)
                    };
                    self.world
                        .assume(format!("what {from} holds comes to stand in {to}"));
                    self.world.make_folder(&to);
                }
                Ok(Some(Vec::new()))
            }
            "compress-archive" => {
                let to = self.text_at(bound, &["DestinationPath"])?;
                if !to.is_empty() {
                    let to = self.full_path(&to);
                    let to = if to.to_lowercase().ends_with(".zip") {
                        to
                    } else {
                        format!("{to}.zip")
                    };
                    let process = Arc::clone(&self.context.process);
                    self.world.write_file(&process, &to, Content::Unknown);
                }
                Ok(Some(Vec::new()))
            }
            "unblock-file" | "set-acl" => Ok(Some(Vec::new())),
            _ => Ok(None),
        }
    }

    fn get_content(&mut self, bound: &Bound, input: &Option<Vec<Value>>) -> Done<Vec<Value>> {
        let mut out = Vec::new();
        let stream = self.text_at(bound, &["Stream"])?;
        for path in self.paths_at(bound, input)? {
            let Place::File(path) = self.place(&path) else {
                out.push(Value::Unknown);
                continue;
            };
            let path = if stream.is_empty() {
                path
            } else {
                format!("{path}:{stream}")
            };
            match self.world.content(&path) {
                Content::Text(text) if bound.has("Raw") => out.push(self.new_text(text)?),
                Content::Text(text) => {
                    self.room(text.len() * 2)?;
                    out.extend(text.lines().map(Value::text));
                }
                _ if self.world.presence(&path) == Presence::Absent => self.went_well = false,
                _ => out.push(Value::Unknown),
            }
        }
        Ok(out)
    }
}
