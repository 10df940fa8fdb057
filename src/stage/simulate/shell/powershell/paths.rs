//! Paths of PowerShell's providers (about_Providers).

use std::sync::Arc;

use super::shell::Shell;
use crate::stage::simulate::world::Content;

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    File(String),
    /// A key, as the kernel knows it.
    Registry(String),
    /// A variable of the environment.
    Environment(String),
    /// Something of another provider, as certificates.
    Other,
}

impl Shell<'_> {
    pub(super) fn place(&self, path: &str) -> Place {
        let path = path.trim();
        let path = path.rsplit_once("::").map_or(path, |(_, rest)| rest);
        let upper = path.to_uppercase();
        let root = upper
            .split(['\\', '/'])
            .next()
            .unwrap_or("")
            .trim_end_matches(':')
            .to_owned();
        if root.starts_with("HKEY_") || upper.starts_with("HK") && upper.contains(':') {
            let key = path
                .replace('/', "\\")
                .replacen(":\\", "\\", 1)
                .replacen(':', "\\", 1);
            return match self.world.registry_key(&self.context.process, &key) {
                Some(key) => Place::Registry(key.replace(r"\\", r"\")),
                None => Place::Other,
            };
        }
        match upper.split_once(':') {
            Some(("ENV", _)) => Place::Environment(
                path.get(4..)
                    .unwrap_or("")
                    .trim_start_matches(['\\', '/'])
                    .to_owned(),
            ),
            Some((drive, _)) if drive.len() > 1 && !drive.contains(['\\', '/', '.', ' ']) => {
                Place::Other
            }
            _ => {
                let directory = &self.context.directory;
                if directory.to_uppercase().starts_with("HK") && !upper.contains(':') {
                    return self.place(&format!(r"{directory}\{path}"));
                }
                Place::File(self.full_path(path))
            }
        }
    }

    /// A path of a file in full, without `.` and `..`.
    pub(super) fn full_path(&self, path: &str) -> String {
        let path = path.trim().replace('/', "\\");
        let path = path
            .strip_prefix("Microsoft.PowerShell.Core\\FileSystem::")
            .unwrap_or(&path)
            .to_owned();
        let directory = &self.context.directory;
        let drive = directory
            .get(..2)
            .filter(|drive| drive.ends_with(':'))
            .unwrap_or("C:");
        let home = self.context.environment.get("USERPROFILE").unwrap_or("");
        let whole = if path.starts_with(r"\\") {
            return path;
        } else if let Some(rest) = path.strip_prefix('~') {
            format!("{home}{rest}")
        } else if path.get(1..2) == Some(":") {
            path
        } else if path.starts_with('\\') {
            format!("{drive}{path}")
        } else {
            format!(r"{}\{path}", directory.trim_end_matches('\\'))
        };
        let mut parts: Vec<&str> = Vec::new();
        for part in whole.split('\\') {
            match part {
                "" | "." => {}
                ".." => {
                    if parts.len() > 1 {
                        parts.pop();
                    }
                }
                other => parts.push(other),
            }
        }
        match parts.as_slice() {
            [drive] => format!("{drive}\\"),
            _ => parts.join("\\"),
        }
    }

    /// Writes a text to a file; one that is not known is something.
    pub(super) fn write_text(&mut self, path: &str, text: Option<String>, appends: bool) {
        let process = Arc::clone(&self.context.process);
        match (text, appends) {
            (Some(text), true) => {
                if self.world.budget.text(text.len()).is_ok() {
                    self.world.append_file(&process, path, &text);
                }
            }
            (Some(text), false) => self.world.write_file(&process, path, Content::Text(text)),
            (None, _) => self.world.write_file(&process, path, Content::Unknown),
        }
    }
}
