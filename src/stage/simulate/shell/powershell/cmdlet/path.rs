//! Paths and places.

use super::super::paths::Place;
use super::super::shell::{Done, Shell};
use super::super::value::Value;
use super::{Bound, Given};
use crate::stage::simulate::world::Presence;

impl Shell<'_> {
    pub(super) fn path_cmdlet(
        &mut self,
        name: &str,
        bound: &Bound,
        input: &Option<Vec<Value>>,
    ) -> Given {
        let paths = match name {
            "test-path" | "join-path" | "split-path" | "resolve-path" | "convert-path"
            | "set-location" | "push-location" => self.paths_at(bound, input)?,
            "get-location" => return Ok(Some(vec![self.variable("pwd")?])),
            "pop-location" => return Ok(Some(Vec::new())),
            _ => return Ok(None),
        };
        let mut out = Vec::new();
        for path in &paths {
            match name {
                "test-path" => out.push(self.path_is_there(path)?),
                "join-path" => {
                    let child = self.text_at(bound, &["ChildPath"])?;
                    let joined = format!(
                        r"{}\{}",
                        path.trim_end_matches(['\\', '/']),
                        child.trim_start_matches(['\\', '/'])
                    );
                    out.push(self.new_text(joined)?);
                }
                "split-path" => {
                    let path = path.replace('/', "\\");
                    let (parent, leaf) = path
                        .trim_end_matches('\\')
                        .rsplit_once('\\')
                        .unwrap_or(("", &path));
                    let part = if bound.has("Leaf") {
                        leaf.to_owned()
                    } else if bound.has("Qualifier") {
                        path.split_once(':')
                            .map_or(String::new(), |(drive, _)| format!("{drive}:"))
                    } else {
                        parent.to_owned()
                    };
                    out.push(self.new_text(part)?);
                }
                "resolve-path" | "convert-path" => {
                    let path = self.full_path(path);
                    let text = self.new_text(path)?;
                    out.push(if name == "convert-path" {
                        text
                    } else {
                        self.object("System.Management.Automation.PathInfo", &[("Path", text)])?
                    });
                }
                _ => match self.place(path) {
                    Place::File(path) => self.context.directory = path,
                    Place::Registry(key) => self.context.directory = key,
                    _ => {}
                },
            }
        }
        if paths.is_empty() && name == "test-path" {
            out.push(Value::Unknown);
        }
        Ok(Some(out))
    }

    /// Whether something is at a path: what nobody knows of is taken to be there,
    /// which is noted.
    pub(in super::super) fn path_is_there(&mut self, path: &str) -> Done<Value> {
        let presence = match self.place(path) {
            Place::File(path) => self.world.presence(&path),
            Place::Registry(key) => self.world.key_presence(&key),
            Place::Environment(name) => {
                return Ok(Value::Bool(self.context.environment.get(&name).is_some()));
            }
            Place::Other => Presence::Unknown,
        };
        Ok(Value::Bool(match presence {
            Presence::There => true,
            Presence::Absent => false,
            Presence::Unknown => {
                self.world.assume(format!("{path} is there"));
                true
            }
        }))
    }
}
