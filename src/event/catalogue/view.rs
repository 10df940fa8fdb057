//! Views: under which names a detection language knows the fields.

use super::CatalogueError;
use crate::event::Section;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A language or product whose field names differ from those on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ViewLanguage {
    /// Sigma's taxonomy.
    Sigma,
    /// The names that Splunk's Windows add-on extracts from XML events.
    Splunk,
    /// The keys of the JSON that Sumo Logic's collector makes of Windows events.
    Sumo,
}

impl ViewLanguage {
    /// Every language that has a view.
    pub const ALL: [Self; 3] = [Self::Sigma, Self::Splunk, Self::Sumo];
}

/// A field that a name in a detection may stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate<'c> {
    /// The section; none means whatever section holds the record's payload
    /// (see [`Section::is_payload`]).
    pub section: Option<Section>,
    /// The field's name on the wire.
    pub name: Cow<'c, str>,
}

/// What a language does with the blanks in field names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Blanks {
    /// They are left out: `Threat Name` is `ThreatName`.
    Removed,
    /// They become underscores: `Threat Name` is `Threat_Name`.
    Underscores,
}

impl Blanks {
    /// The name as the language writes it.
    #[must_use]
    pub fn apply(self, name: &str) -> Cow<'_, str> {
        if !name.contains(' ') {
            return Cow::Borrowed(name);
        }
        Cow::Owned(match self {
            Self::Removed => name.replace(' ', ""),
            Self::Underscores => name.replace(' ', "_"),
        })
    }
}

/// How a language names the fields of a record's payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Payload {
    /// By their names: `Image`.
    #[default]
    Bare,
    /// By the section that holds them, and their names: `EventData.Image`.
    Prefixed,
}

/// A path of a view file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
struct FieldPath {
    section: Option<Section>,
    name: String,
}

type Names = BTreeMap<String, Vec<FieldPath>>;

/// One language's names for the fields.
#[derive(Debug)]
pub struct View {
    blanks: Blanks,
    payload: Payload,
    names: Names,
    scopes: BTreeMap<String, Names>,
    metadata: BTreeMap<String, String>,
    /// Names on the wire with blanks, by the name that the language gives them.
    blanked: BTreeMap<String, Vec<&'static str>>,
}

impl View {
    /// The fields that `name` stands for, best first; the first that a record
    /// has is meant.
    ///
    /// `scope` is the [`scope`](super::Route::scope) of the route on which
    /// the record reached the detection: renames that only hold there win
    /// over everything else. A name that the view does not list is the
    /// payload field of that name, blanks aside, and then the system field.
    #[must_use]
    pub fn candidates<'a>(&'a self, scope: Option<&str>, name: &'a str) -> Vec<Candidate<'a>> {
        let scoped = scope
            .and_then(|scope| self.scopes.get(scope))
            .and_then(|names| names.get(name));
        if let Some(paths) = scoped.or_else(|| self.names.get(name)) {
            return paths
                .iter()
                .map(|path| Candidate {
                    section: path.section,
                    name: Cow::Borrowed(path.name.as_str()),
                })
                .collect();
        }
        if self.payload == Payload::Prefixed {
            return self.prefixed(name);
        }
        let payload = |name| Candidate {
            section: None,
            name: Cow::Borrowed(name),
        };
        let mut candidates = vec![payload(name)];
        if let Some(blanked) = self.blanked.get(name) {
            candidates.extend(blanked.iter().map(|&name| payload(name)));
        }
        // Shippers that put underscores for blanks have left their mark on
        // rules: `Feature_Name`.
        let spaced = name.replace('_', " ");
        if spaced != name && !candidates.iter().any(|known| known.name == spaced) {
            candidates.push(Candidate {
                section: None,
                name: Cow::Owned(spaced),
            });
        }
        candidates.push(Candidate {
            section: Some(Section::System),
            name: Cow::Borrowed(name),
        });
        candidates
    }

    /// The field that a path such as `EventData.Image` stands for; a name alone is one
    /// of the system fields.
    fn prefixed<'a>(&'a self, name: &'a str) -> Vec<Candidate<'a>> {
        let split = name.split_once('.').and_then(|(section, name)| {
            let section: Section = section.parse().ok()?;
            section.is_payload().then_some((section, name))
        });
        let Some((section, name)) = split else {
            return vec![Candidate {
                section: Some(Section::System),
                name: Cow::Borrowed(name),
            }];
        };
        // The children of a provider's own element are its fields.
        let name = match section {
            Section::UserData => name.rsplit('.').next().unwrap_or(name),
            _ => name,
        };
        let blanked = self.blanked.get(name).into_iter().flatten();
        std::iter::once(name)
            .chain(blanked.copied())
            .map(|name| Candidate {
                section: Some(section),
                name: Cow::Borrowed(name),
            })
            .collect()
    }

    /// What the language does with blanks in names on the wire.
    #[must_use]
    pub fn blanks(&self) -> Blanks {
        self.blanks
    }

    /// The value of a name that no field of the record holds but that its
    /// product gives every record, such as Splunk's `sourcetype`. Text in
    /// braces stands for a system field: `XmlWinEventLog:{Channel}`.
    #[must_use]
    pub fn metadata(&self, name: &str) -> Option<&str> {
        self.metadata.get(name).map(String::as_str)
    }

    /// The names that the view lists, whatever the scope, and the names on the
    /// wire that it leads to.
    pub(super) fn listed_names(&self) -> impl Iterator<Item = &str> {
        self.scopes
            .values()
            .chain([&self.names])
            .flatten()
            .flat_map(|(name, paths)| {
                [name.as_str()]
                    .into_iter()
                    .chain(paths.iter().map(|path| path.name.as_str()))
            })
    }

    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.contains_key(scope)
    }

    /// The scopes in which the view renames fields.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.keys().map(String::as_str)
    }

    /// The names that mean other fields in that scope than elsewhere.
    pub fn renamed(&self, scope: &str) -> impl Iterator<Item = &str> {
        self.scopes
            .get(scope)
            .into_iter()
            .flat_map(|names| names.keys().map(String::as_str))
    }

    pub(super) fn parse(
        file: &str,
        text: &str,
        wire_names: impl Iterator<Item = &'static str>,
    ) -> Result<Self, CatalogueError> {
        let data: ViewData = serde_yaml::from_str(text).map_err(|source| CatalogueError::Yaml {
            file: file.to_owned(),
            source,
        })?;
        let mut blanked: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
        for name in wire_names.filter(|name| name.contains(' ')) {
            let same = blanked
                .entry(data.blanks.apply(name).into_owned())
                .or_default();
            if !same.contains(&name) {
                same.push(name);
            }
        }
        Ok(Self {
            blanks: data.blanks,
            payload: data.payload,
            names: paths(file, data.names)?,
            scopes: data
                .scopes
                .into_iter()
                .map(|(scope, names)| Ok((scope, paths(file, names)?)))
                .collect::<Result<_, CatalogueError>>()?,
            metadata: data.metadata,
            blanked,
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewData {
    blanks: Blanks,
    #[serde(default)]
    payload: Payload,
    #[serde(default)]
    names: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    scopes: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

/// The path prefix that stands for any payload section.
const PAYLOAD: &str = "Payload";

fn paths(file: &str, names: BTreeMap<String, Vec<String>>) -> Result<Names, CatalogueError> {
    let path = |text: String| {
        let (section, name) = text.split_once('.')?;
        let section = if section == PAYLOAD {
            None
        } else {
            Some(section.parse().ok()?)
        };
        Some(FieldPath {
            section,
            name: name.to_owned(),
        })
    };
    names
        .into_iter()
        .map(|(name, texts)| {
            let paths = texts
                .into_iter()
                .map(|text| {
                    path(text.clone()).ok_or(CatalogueError::FieldPath {
                        file: file.to_owned(),
                        path: text,
                    })
                })
                .collect::<Result<_, _>>()?;
            Ok((name, paths))
        })
        .collect()
}
