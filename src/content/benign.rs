//! The reviewed list of hits that are known to be benign.

use std::path::Path;
use std::sync::Arc;

use serde::Deserialize;

use super::files::{cause_of_error, place_of_error, read_text};
use crate::diagnostic::{Code, Diagnostic, Place, SourceText, YamlSource};

/// A list of known benign hits.
#[derive(Debug, Default)]
pub struct BenignList {
    /// The entries in their order.
    pub entries: Vec<BenignEntry>,
}

/// One kind of hit that is known to be benign.
#[derive(Debug, Clone)]
pub struct BenignEntry {
    /// The id, name, or title of the detection.
    pub rule: String,
    /// The computer's name, as a Sigma value; `None` means any.
    pub host: Option<String>,
    /// Further fields, as a Sigma selection; `None` means any.
    pub fields: Option<serde_yaml::Mapping>,
    /// Why the hit is benign, and who says so.
    pub reason: String,
    /// Where the entry stands.
    pub place: Place,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    known: Vec<Entry>,
}

/// An entry as written: of `host` and `fields`, the outer option says whether the
/// key is there, the inner one whether it has a value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    rule: String,
    #[serde(default, deserialize_with = "present")]
    host: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    fields: Option<Option<serde_yaml::Mapping>>,
    reason: String,
}

fn present<'d, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'d>,
    T: Deserialize<'d>,
{
    Option::deserialize(deserializer).map(Some)
}

impl Entry {
    /// The key that is there without a value. It would let everything pass.
    fn empty_key(&self) -> Option<&'static str> {
        let host = self.host.as_ref();
        let fields = self.fields.as_ref();
        if host.is_some_and(|host| host.as_ref().is_none_or(|host| host.trim().is_empty())) {
            Some("host")
        } else if fields.is_some_and(|fields| fields.as_ref().is_none_or(|all| all.is_empty())) {
            Some("fields")
        } else {
            None
        }
    }
}

impl BenignList {
    /// Reads a list.
    ///
    /// # Errors
    ///
    /// A diagnostic for what is wrong with the file.
    pub fn load(path: &Path) -> Result<Self, Box<Diagnostic>> {
        let source = read_text(path)?;
        let file: File =
            serde_yaml::from_str(&source.text).map_err(|error| refused(&source, &error))?;
        let places = places(&source);
        let mut entries = Vec::with_capacity(file.known.len());
        for (index, entry) in file.known.into_iter().enumerate() {
            let place = places.get(index).cloned();
            let place = place.unwrap_or_else(|| Place::file(path));
            if entry.reason.trim().is_empty() {
                return Err(Box::new(
                    Diagnostic::error(Code::CONTENT_BAD_VALUE, "the entry gives no reason")
                        .at(place)
                        .help("say why the hit is benign, and who has reviewed it"),
                ));
            }
            if let Some(key) = entry.empty_key() {
                return Err(Box::new(
                    Diagnostic::error(
                        Code::CONTENT_BAD_VALUE,
                        format!("the entry's `{key}` is empty, so it would let every hit pass"),
                    )
                    .at(place)
                    .help(format!("write a value, or remove `{key}` if any is meant")),
                ));
            }
            entries.push(BenignEntry {
                rule: entry.rule,
                host: entry.host.flatten(),
                fields: entry.fields.flatten(),
                reason: entry.reason,
                place,
            });
        }
        Ok(Self { entries })
    }

    /// The entries at these places in the list, such as those that no firing
    /// needed.
    pub fn pick(&self, places: &[usize]) -> impl Iterator<Item = &BenignEntry> {
        places.iter().filter_map(|place| self.entries.get(*place))
    }
}

fn refused(source: &Arc<SourceText>, error: &serde_yaml::Error) -> Box<Diagnostic> {
    let (message, help) = cause_of_error(error);
    let code = if message.contains("missing field") {
        Code::CONTENT_MISSING_FIELD
    } else if message.contains("unknown field") {
        Code::CONTENT_UNKNOWN_FIELD
    } else {
        Code::CONTENT_BAD_VALUE
    };
    let place = place_of_error(source, error);
    Box::new(
        Diagnostic::error(code, format!("the list cannot be read: {message}"))
            .at(place)
            .help("it is `known:` and entries of `rule`, `reason`, and, if wanted, `host` and `fields`")
            .maybe_help(help),
    )
}

fn places(source: &Arc<SourceText>) -> Vec<Place> {
    let visited = YamlSource::new(source).visit(|documents| {
        let known = documents.first().and_then(|document| document.get("known"));
        let entries = known.into_iter().flat_map(|known| known.elements());
        entries.map(|entry| entry.first_line()).collect()
    });
    visited.unwrap_or_default()
}
