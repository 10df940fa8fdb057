//! `start`.

use super::super::parse::is_separator;
use super::super::session::{Done, Session};
use super::super::{association, path};
use super::flow::first_word;
use super::{shell, split};
use crate::stage::simulate::world::Exhausted;

/// The options of `start` that take a word of their own.
const WITH_VALUE: &[&str] = &["/d", "/node", "/affinity", "/machine"];

/// The options of `start` that take none.
const ALONE: &[&str] = &[
    "/min",
    "/max",
    "/b",
    "/i",
    "/wait",
    "/w",
    "/low",
    "/normal",
    "/high",
    "/realtime",
    "/abovenormal",
    "/belownormal",
    "/separate",
    "/shared",
];

/// Whether the shell waits for what it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    Yes,
    No,
}

impl Session<'_> {
    pub(super) fn start_apart(&mut self, arguments: &str) -> Result<Done, Exhausted> {
        let mut rest = arguments.trim_start_matches(is_separator);
        if rest.starts_with('"') {
            let (title, after) = first_word(rest);
            // A quoted first word is the title, even if it is a path.
            if !title.is_empty() {
                rest = after.trim_start_matches(is_separator);
            }
        }
        let mut waits = Waits::No;
        let mut folder = None;
        while rest.starts_with('/') {
            let (option, after) = option_of(rest);
            let lower = option.to_ascii_lowercase();
            if ALONE.contains(&lower.as_str()) {
                if matches!(lower.as_str(), "/wait" | "/w") {
                    waits = Waits::Yes;
                }
                rest = after.trim_start_matches(is_separator);
            } else if let Some(known) = WITH_VALUE
                .iter()
                .find(|known| lower == **known || (**known == "/d" && lower.starts_with("/d")))
            {
                let touching = option.get(known.len()..).unwrap_or_default();
                let after = after.trim_start_matches(is_separator);
                let (value, after) = if touching.is_empty() {
                    first_word(after)
                } else {
                    (touching, after)
                };
                if *known == "/d" {
                    folder = Some(value.to_owned());
                }
                rest = after.trim_start_matches(is_separator);
            } else {
                self.not_interpreted(&format!("`start` has no option `{option}`"));
                self.error_level = 1;
                return Ok(Done::with(1));
            }
            // A title may also come behind options.
            if rest.starts_with("\"\"") {
                rest = rest
                    .get(2..)
                    .unwrap_or_default()
                    .trim_start_matches(is_separator);
            }
        }
        let (name, after) = first_word(rest);
        let kept = self.context.directory.clone();
        if let Some(folder) = folder {
            let whole = path::full(&folder, &self.context.directory);
            self.context.directory = path::as_directory(&whole);
        }
        let done = self.start_named(name, after);
        self.context.directory = kept;
        let done = done?;
        Ok(match waits {
            Waits::Yes => done,
            Waits::No => Done {
                code: done.code.map(|_| 0),
                ..Done::said_something()
            },
        })
    }

    fn start_named(&mut self, name: &str, after: &str) -> Result<Done, Exhausted> {
        let shell = shell(&self.context.environment);
        if name.is_empty() {
            return self.program(&format!("\"{shell}\""), "");
        }
        let bare = path::unquoted(name);
        if let Some((scheme, _)) = bare.split_once(':')
            && scheme.len() > 1
            && scheme
                .chars()
                .all(|sign| sign.is_ascii_alphanumeric() || "+-.".contains(sign))
        {
            self.not_interpreted(&format!("what opens `{scheme}` addresses is not known"));
            return Ok(Done::said_something());
        }
        let is_document = association::opener(&path::ending(&bare)).is_some();
        if self.is_own(name) && !is_document {
            // Built-in commands and batch files get a shell of their own, which stays
            // (`start /?`).
            let is_builtin = split(name).is_some();
            let text = if is_builtin {
                format!("{name}{after}")
            } else {
                format!("{name} {after}")
            };
            return self.program(&shell, &format!("/K {}", text.trim_end()));
        }
        self.command(name, after)
    }
}

/// An option, up to what ends it.
fn option_of(text: &str) -> (&str, &str) {
    let mut quoted = false;
    let end = text
        .char_indices()
        .find(|(at, sign)| {
            if *sign == '"' {
                quoted = !quoted;
            }
            !quoted && (is_separator(*sign) || (*sign == '/' && *at > 0))
        })
        .map_or(text.len(), |(at, _)| at);
    text.split_at(end)
}
