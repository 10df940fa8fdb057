//! The files `~/.aws/config` and `~/.aws/credentials`.
//!
//! Facts: AWS SDKs and Tools reference guide, "Shared config and credentials files".

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::path::Path;

use super::Environment;
use crate::collect::CollectError;

/// The longest file that is read; real ones have a few kilobytes.
const LONGEST_FILE: u64 = 1 << 20;

/// The settings of one section; the debug output has their names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Section {
    values: BTreeMap<String, String>,
}

impl Section {
    /// A setting; an empty one counts as none. A nested one is found as `name.inner`.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let value = self.values.get(name)?.as_str();
        (!value.is_empty()).then_some(value)
    }

    fn add(&mut self, other: Self) {
        self.values.extend(other.values);
    }
}

impl fmt::Debug for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

/// Both files.
#[derive(Debug, Clone, Default)]
pub(super) struct Profiles {
    profiles: BTreeMap<String, Section>,
    sessions: BTreeMap<String, Section>,
    services: BTreeMap<String, Section>,
}

impl Profiles {
    /// Reads the files that the environment names. One that is not there is empty.
    pub(super) fn load(environment: &Environment) -> Result<Self, CollectError> {
        let mut profiles = Self::default();
        let place = |variable: &str, usual: &str| {
            environment
                .get(variable)
                .map(|path| environment.path(path))
                .or_else(|| environment.in_home(usual))
        };
        if let Some(path) = place("AWS_CONFIG_FILE", ".aws/config") {
            for (head, section) in sections(&path)? {
                profiles.add_of_config(&head, section);
            }
        }
        if let Some(path) = place("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials") {
            for (head, section) in sections(&path)? {
                profiles.profiles.entry(head).or_default().add(section);
            }
        }
        Ok(profiles)
    }

    /// The config file writes `[profile NAME]` for all but `default`.
    fn add_of_config(&mut self, head: &str, section: Section) {
        let (kind, name) = head.split_once(char::is_whitespace).unwrap_or((head, ""));
        let name = name.trim();
        let (kind, name) = match (kind, name) {
            ("default", "") => (&mut self.profiles, "default"),
            ("profile", name) => (&mut self.profiles, name),
            ("sso-session", name) => (&mut self.sessions, name),
            ("services", name) => (&mut self.services, name),
            _ => return,
        };
        kind.entry(name.to_owned()).or_default().add(section);
    }

    /// A profile.
    pub(super) fn profile(&self, name: &str) -> Option<&Section> {
        self.profiles.get(name)
    }

    /// A section `[sso-session NAME]`.
    pub(super) fn session(&self, name: &str) -> Option<&Section> {
        self.sessions.get(name)
    }

    /// A section `[services NAME]`.
    pub(super) fn services(&self, name: &str) -> Option<&Section> {
        self.services.get(name)
    }
}

fn sections(path: &Path) -> Result<Vec<(String, Section)>, CollectError> {
    let wrong = |because: String| CollectError::Misconfigured {
        service: "AWS".to_owned(),
        because,
    };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(wrong(format!("{} cannot be read: {error}", path.display())));
        }
    };
    let mut text = String::new();
    file.take(LONGEST_FILE)
        .read_to_string(&mut text)
        .map_err(|error| wrong(format!("{} cannot be read: {error}", path.display())))?;
    parse(&text).map_err(|line| {
        wrong(format!(
            "line {line} of {} is neither a section nor a setting",
            path.display()
        ))
    })
}

/// Reads the sections of a file, in order. The error is the number of a line that is
/// none of what a file may have.
fn parse(text: &str) -> Result<Vec<(String, Section)>, usize> {
    let mut found: Vec<(String, Section)> = Vec::new();
    let mut outer: Option<(String, usize)> = None;
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = trimmed.strip_prefix('[') {
            let (head, _) = rest.split_once(']').ok_or(number + 1)?;
            found.push((head.trim().replace(['"', '\''], ""), Section::default()));
            outer = None;
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        let nested = outer
            .as_ref()
            .is_some_and(|(_, of_outer)| indent > *of_outer);
        let Some((name, value)) = trimmed.split_once('=') else {
            // A value may go on in the next line, which misfire needs of no setting.
            if nested {
                continue;
            }
            return Err(number + 1);
        };
        let (_, section) = found.last_mut().ok_or(number + 1)?;
        let name = name.trim().to_lowercase();
        // A comment behind a value begins with a blank.
        let value = value.split(" #").next().unwrap_or_default();
        let value = value.split(" ;").next().unwrap_or_default().trim();
        match (&outer, nested) {
            (Some((outer, _)), true) => {
                section
                    .values
                    .insert(format!("{outer}.{name}"), value.to_owned());
            }
            _ => {
                outer = Some((name.clone(), indent));
                section.values.insert(name, value.to_owned());
            }
        }
    }
    Ok(found)
}
