//! Names of files that patterns stand for: those that are known.

use std::collections::BTreeSet;

use super::pattern;
use super::state::Interpreter;

/// The most components of a pattern.
const DEEPEST: usize = 24;

impl Interpreter<'_> {
    /// The paths that are known and match, in order; none leaves the pattern as it is.
    pub(super) fn files_like(&mut self, pattern_text: &str) -> Vec<String> {
        let whole = if pattern_text.starts_with('/') {
            pattern_text.to_owned()
        } else {
            let folder = pattern::quoted(&self.shell.directory);
            format!("{}/{pattern_text}", folder.trim_end_matches('/'))
        };
        let parts: Vec<&str> = whole.split('/').filter(|part| !part.is_empty()).collect();
        if parts.len() > DEEPEST {
            return Vec::new();
        }
        let fixed: Vec<String> = parts
            .iter()
            .take_while(|part| !part.contains(['*', '?', '[']) || part.contains('\\'))
            .map(|part| part.replace('\\', ""))
            .collect();
        let folder = format!("/{}", fixed.join("/"));
        let folder = folder.trim_end_matches('/');
        let mut found = BTreeSet::new();
        for path in self.world.files_below(folder) {
            let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
            let Some(names) = names.get(..parts.len()) else {
                continue;
            };
            let is_like = parts.iter().zip(names).all(|(part, name)| {
                let hides = name.starts_with('.') && !part.starts_with(['.', '\\']);
                !hides && pattern::matches(part, name)
            });
            if is_like {
                found.insert(format!("/{}", names.join("/")));
            }
        }
        if pattern_text.starts_with('/') {
            return found.into_iter().collect();
        }
        let folder = format!("{}/", self.shell.directory.trim_end_matches('/'));
        found
            .iter()
            .map(|path| path.strip_prefix(&folder).unwrap_or(path).to_owned())
            .collect()
    }
}
