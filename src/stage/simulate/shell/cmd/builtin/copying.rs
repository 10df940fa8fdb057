//! `copy`, `move`, and `ren`.

use super::super::session::{Done, Session};
use super::super::{path, words};
use super::folders::is_standard;
use crate::stage::simulate::world::{Content, Exhausted, Presence};

/// What becomes of what is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Original {
    Stays,
    Goes,
}

impl Session<'_> {
    pub(super) fn copy(&mut self, arguments: &str) -> Result<Done, Exhausted> {
        let (_, operands) = words::switches(arguments);
        let Some((sources, target)) = sources_and_target(&operands) else {
            return Ok(Done::with(1));
        };
        if sources.len() > 1 {
            return self.join_files(&sources, target.as_deref());
        }
        let source = sources.into_iter().next().unwrap_or_default();
        self.transfer(&source, target.as_deref(), Original::Stays)
    }

    pub(super) fn move_files(&mut self, arguments: &str) -> Result<Done, Exhausted> {
        let (_, operands) = words::switches(arguments);
        let Some(source) = operands.first() else {
            return Ok(Done::with(1));
        };
        self.transfer(source, operands.get(1).map(String::as_str), Original::Goes)
    }

    pub(super) fn rename(&mut self, arguments: &str) -> Result<Done, Exhausted> {
        let (_, operands) = words::switches(arguments);
        let (Some(source), Some(name)) = (operands.first(), operands.get(1)) else {
            return Ok(Done::with(1));
        };
        let whole = path::full(source, &self.context.directory);
        let (folder, _) = path::split(&whole);
        let target = path::join(&folder, &path::unquoted(name));
        self.transfer(source, Some(&target), Original::Goes)
    }

    /// The files that a source names: itself, or those that fit it and are known.
    pub(super) fn named_files(&mut self, source: &str) -> Vec<String> {
        let whole = path::full(source, &self.context.directory);
        if !path::is_pattern(&whole) || whole.starts_with(r"\\?\") {
            return vec![whole];
        }
        let (folder, pattern) = path::split(&whole);
        self.known_files(&folder, &pattern)
    }

    fn transfer(
        &mut self,
        source: &str,
        target: Option<&str>,
        original: Original,
    ) -> Result<Done, Exhausted> {
        let files = self.named_files(source);
        if files.is_empty() {
            self.not_interpreted(&format!("which files fit `{source}` is not known"));
            return Ok(Done::with(1));
        }
        let process = self.context.process.clone();
        let mut done = 0;
        for file in files {
            self.world.budget.step()?;
            match self.world.presence(&file) {
                Presence::Absent => continue,
                Presence::Unknown => self.world.assume(format!("`{file}` is there")),
                Presence::There => {}
            }
            if self.world.is_folder(&file) {
                self.not_interpreted("a folder is not followed as it moves");
                continue;
            }
            let to = self.target_of(&file, target);
            let content = self.world.content(&file);
            if let Content::Text(text) = &content {
                self.world.budget.text(text.len())?;
            }
            if !to.starts_with(r"\\.\") && !to.eq_ignore_ascii_case(&file) {
                self.put(&to, content);
                if original == Original::Goes {
                    self.world.delete_file(&process, &file);
                }
            }
            done += 1;
        }
        let what = match original {
            Original::Stays => "copied",
            Original::Goes => "moved",
        };
        if done == 0 {
            return Ok(Done::with(1));
        }
        Ok(Done::said(format!("        {done} file(s) {what}.\r\n")))
    }

    /// Writes a file; one on a share is written by the server.
    fn put(&mut self, path: &str, content: Content) {
        if path.starts_with(r"\\") && !path.starts_with(r"\\?\") {
            self.world.fill_file(path, content);
        } else {
            let process = self.context.process.clone();
            self.world.write_file(&process, path, content);
        }
    }

    /// Where a file goes to: into a folder, or to a path.
    fn target_of(&mut self, file: &str, target: Option<&str>) -> String {
        let (_, name) = path::split(file);
        let Some(target) = target else {
            return path::join(&self.context.directory, &name);
        };
        let bare = path::unquoted(target);
        let whole = path::full(&bare, &self.context.directory);
        let folder = whole.trim_end_matches('\\');
        if path::is_drive(folder)
            || bare.ends_with(['\\', '/', '.'])
            || self.world.is_folder(folder)
            || is_standard(folder)
        {
            return path::join(folder, &name);
        }
        let is_unknown = self.world.presence(folder) == Presence::Unknown;
        if is_unknown && path::ending(folder).is_empty() && !path::ending(&name).is_empty() {
            self.world.assume(format!("`{folder}` is a folder"));
            return path::join(folder, &name);
        }
        if path::is_pattern(&whole) {
            return with_name(&whole, &name);
        }
        whole
    }

    /// `copy a+b c`.
    fn join_files(&mut self, sources: &[String], target: Option<&str>) -> Result<Done, Exhausted> {
        let mut whole = Some(String::new());
        let mut first = None;
        for source in sources {
            let path = path::full(source, &self.context.directory);
            if self.world.presence(&path) == Presence::Unknown {
                self.world.assume(format!("`{path}` is there"));
            }
            let content = self.world.content(&path);
            whole = match (whole, content) {
                (Some(before), Content::Text(text)) => {
                    self.world.budget.text(before.len() + text.len())?;
                    Some(before + &text)
                }
                _ => None,
            };
            first.get_or_insert(path);
        }
        let first = first.unwrap_or_default();
        let to = match target {
            Some(_) => self.target_of(&first, target),
            None => first,
        };
        self.put(&to, whole.map_or(Content::Unknown, Content::Text));
        Ok(Done::said("        1 file(s) copied.\r\n"))
    }
}

/// `a+b c`: the files that are joined, and where to.
fn sources_and_target(operands: &[String]) -> Option<(Vec<String>, Option<String>)> {
    let mut sources: Vec<String> = Vec::new();
    let mut target = None;
    let mut joins = true;
    for operand in operands {
        let parts: Vec<&str> = if operand.contains('"') {
            vec![operand.as_str()]
        } else {
            operand.split('+').collect()
        };
        if !joins && !operand.starts_with('+') {
            target = Some(operand.clone());
            break;
        }
        sources.extend(
            parts
                .iter()
                .filter(|part| !part.is_empty())
                .map(|part| (*part).to_owned()),
        );
        joins = operand.ends_with('+');
    }
    (!sources.is_empty()).then_some((sources, target))
}

/// A path whose last part takes its stars from a name: `*.bak` of `a.txt` is `a.bak`.
fn with_name(path: &str, name: &str) -> String {
    let (folder, pattern) = path::split(path);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let (wanted_stem, wanted_extension) = pattern.rsplit_once('.').unwrap_or((&pattern, ""));
    let fill = |wanted: &str, own: &str| {
        if wanted.contains('*') {
            wanted.replacen('*', own, 1).replace('*', "")
        } else {
            wanted.to_owned()
        }
    };
    let name = format!(
        "{}.{}",
        fill(wanted_stem, stem),
        fill(wanted_extension, extension)
    );
    path::join(&folder, name.trim_end_matches('.'))
}
