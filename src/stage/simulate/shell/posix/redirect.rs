//! Redirections, and writing to what stands behind a descriptor.

use super::state::{Interpreter, Source, Target};
use super::syntax::{Redirect, RedirectKind, Word};
use super::unknown;
use crate::activity::Protocol;
use crate::stage::simulate::world::{Content, Exhausted, Presence};

/// How a file is opened for writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    Anew,
    AtEnd,
}

impl Interpreter<'_> {
    /// Carries out redirections; says whether all went well, and sets the status if
    /// not.
    pub(super) fn redirect(&mut self, redirects: &[Redirect]) -> Result<bool, Exhausted> {
        for redirect in redirects {
            let descriptor = redirect.descriptor.unwrap_or(1);
            let target = match &redirect.kind {
                RedirectKind::Read(word) | RedirectKind::ReadWrite(word) => {
                    let path = self.text(word)?;
                    self.open_to_read(&path)
                }
                RedirectKind::Write(word) => self.open_to_write(word, Opening::Anew)?,
                RedirectKind::Append(word) => self.open_to_write(word, Opening::AtEnd)?,
                RedirectKind::WriteBoth(word) | RedirectKind::AppendBoth(word) => {
                    let opening = match redirect.kind {
                        RedirectKind::WriteBoth(_) => Opening::Anew,
                        _ => Opening::AtEnd,
                    };
                    let target = self.open_to_write(word, opening)?;
                    if let Some(target) = target.clone() {
                        self.shell.descriptors.insert(2, target);
                    }
                    target
                }
                RedirectKind::Duplicate(word) => {
                    let text = self.text(word)?;
                    match text.trim_end_matches('-').parse::<u32>() {
                        Ok(from) => {
                            let target = self.shell.descriptors.get(&from).cloned();
                            Some(target.unwrap_or(Target::Null))
                        }
                        Err(_) => Some(Target::Null),
                    }
                }
                RedirectKind::HereString(word) => {
                    let text = self.text(word)? + "\n";
                    Some(self.source(Some(text)))
                }
                RedirectKind::HereDocument(body) => {
                    let text = match body.get() {
                        Some(word) => self.quoted_text(word)?,
                        None => String::new(),
                    };
                    Some(self.source(Some(text)))
                }
            };
            if std::mem::take(&mut self.is_failed) || target.is_none() {
                self.end(1);
                return Ok(false);
            }
            if let Some(target) = target {
                self.shell.descriptors.insert(descriptor, target);
            }
        }
        Ok(true)
    }

    fn source(&mut self, text: Option<String>) -> Target {
        self.sources.push(Source { text, at: 0 });
        Target::Source(self.sources.len() - 1)
    }

    fn open_to_read(&mut self, path: &str) -> Option<Target> {
        if let Some(target) = self.device(path) {
            return Some(target);
        }
        let path = self.absolute(path);
        match self.world.content(&path) {
            Content::Text(text) => Some(self.source(Some(text))),
            _ if self.world.presence(&path) == Presence::Absent => None,
            _ => {
                if self.world.presence(&path) == Presence::Unknown {
                    let shown = unknown::shown(&path);
                    self.world.assume(format!("`{shown}` is there"));
                }
                Some(self.source(None))
            }
        }
    }

    fn open_to_write(
        &mut self,
        word: &Word,
        opening: Opening,
    ) -> Result<Option<Target>, Exhausted> {
        let path = self.text(word)?;
        if path.is_empty() {
            return Ok(None);
        }
        if let Some(target) = self.device(&path) {
            return Ok(Some(target));
        }
        let path = unknown::shown(&self.absolute(&path));
        match opening {
            Opening::Anew => {
                let empty = Content::Text(String::new());
                self.world.write_file(&self.process, &path, empty);
            }
            Opening::AtEnd => self.world.append_file(&self.process, &path, ""),
        }
        Ok(Some(Target::File(path)))
    }

    /// What stands behind a path below `/dev`.
    fn device(&mut self, path: &str) -> Option<Target> {
        let name = path.strip_prefix("/dev/")?;
        let descriptor = match name {
            "stdin" => Some(0),
            "stdout" => Some(1),
            "stderr" => Some(2),
            _ => name.strip_prefix("fd/").and_then(|name| name.parse().ok()),
        };
        if let Some(descriptor) = descriptor {
            if name == "fd/63" {
                // The command that was substituted last.
                return Some(Target::Source(self.sources.len() - 1));
            }
            let target = self.shell.descriptors.get(&descriptor);
            return Some(target.cloned().unwrap_or(Target::Null));
        }
        let mut parts = name.split('/');
        let protocol = match parts.next() {
            Some("tcp") => Protocol::Tcp,
            Some("udp") => Protocol::Udp,
            _ => return Some(Target::Null),
        };
        if let (true, Some(host), Some(Ok(port))) = (
            self.is_bash(),
            parts.next(),
            parts.next().map(str::parse::<u16>),
        ) {
            let process = std::sync::Arc::clone(&self.process);
            let host = unknown::shown(host);
            if !self.world.connect(&process, &host, port, protocol) {
                return None;
            }
            return Some(self.source(None));
        }
        Some(Target::Null)
    }

    /// Writes to a descriptor.
    pub(super) fn write(&mut self, descriptor: u32, text: &str) -> Result<(), Exhausted> {
        match self.shell.descriptors.get(&descriptor) {
            Some(Target::Buffer(at)) => {
                self.world.budget.text(text.len())?;
                if let Some(buffer) = self.buffers.get_mut(*at) {
                    buffer.push_str(text);
                }
            }
            Some(Target::File(path)) => {
                self.world.budget.text(text.len())?;
                let known = unknown::is_known(text).then_some(text);
                self.world.grow_file(path, known);
            }
            Some(Target::Source(_) | Target::Null) | None => {}
        }
        Ok(())
    }
}
