//! The events of one provider: ids, titles, and the fields of each version.
//!
//! The tables under `events/` are plain lines, so that a change of one field
//! is a change of one line, and so that every start of the program can afford
//! to read them all:
//!
//! ```text
//! provider Microsoft-Windows-Sysmon
//! channel Microsoft-Windows-Sysmon/Operational
//!
//! event 5 Process ended
//! version 3
//! EventData
//!   ProcessGuid: GUID
//! ```
//!
//! Several versions with the same fields share one block (`version 0 1`), and
//! an event whose fields nobody recorded has a title only.

use super::{CatalogueError, WireType};
use crate::event::Section;
use std::collections::BTreeMap;

/// One field of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FieldSchema {
    /// Where in the record it stands.
    pub section: Section,
    /// Its name as it is on the wire; unnamed data items are called `Data`.
    /// Names below `UserData` that stand deeper are joined with dots.
    pub name: &'static str,
    /// The type under which it is stored.
    pub wire_type: WireType,
}

/// The fields of one version of an event, in the order of its template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSchema {
    /// The event's title, in a few words.
    pub title: &'static str,
    /// The versions of the event that have these fields.
    pub versions: Vec<u8>,
    /// The fields, without repetitions: a name that a template repeats
    /// (unnamed data items) is listed once.
    pub fields: Vec<FieldSchema>,
}

impl EventSchema {
    /// The field of that name in that section; names are compared exactly.
    #[must_use]
    pub fn field(&self, section: Section, name: &str) -> Option<&FieldSchema> {
        self.fields
            .iter()
            .find(|field| field.section == section && field.name == name)
    }
}

/// One event id of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventEntry {
    /// The event's title, in a few words.
    pub title: &'static str,
    /// The recorded field lists; empty where none was recorded.
    pub schemas: Vec<EventSchema>,
}

impl EventEntry {
    /// The fields of that version, or of the nearest one that is known: the
    /// next lower version, else the lowest.
    #[must_use]
    pub fn version(&self, version: u8) -> Option<&EventSchema> {
        let nearness = |known: u8| {
            if known <= version {
                (0, version - known)
            } else {
                (1, known - version)
            }
        };
        self.schemas.iter().min_by_key(|schema| {
            schema
                .versions
                .iter()
                .map(|&known| nearness(known))
                .min()
                .unwrap_or((2, 0))
        })
    }
}

/// A provider of events and the channels that it writes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The name in `System.Provider`.
    pub name: &'static str,
    /// The channels in which its events were recorded.
    pub channels: Vec<&'static str>,
    /// Its events by id.
    pub events: BTreeMap<u32, EventEntry>,
}

/// Reads one event table. `file` is its name, for messages.
pub(super) fn parse_table(file: &str, text: &'static str) -> Result<Provider, CatalogueError> {
    let mut table = Table::default();
    for (index, line) in text.lines().enumerate() {
        table.line(line).map_err(|problem| CatalogueError::Table {
            file: file.to_owned(),
            line: index + 1,
            problem,
        })?;
    }
    table.finish().map_err(|problem| CatalogueError::Table {
        file: file.to_owned(),
        line: text.lines().count(),
        problem,
    })
}

#[derive(Default)]
struct Table {
    provider: Option<&'static str>,
    channels: Vec<&'static str>,
    events: BTreeMap<u32, EventEntry>,
    event: Option<u32>,
    section: Option<Section>,
}

impl Table {
    fn line(&mut self, line: &'static str) -> Result<(), String> {
        if let Some(field) = line.strip_prefix("  ") {
            return self.field(field);
        }
        let line = line.trim_end();
        if line.is_empty() || line.starts_with('#') {
            return Ok(());
        }
        let (keyword, rest) = line.split_once(' ').unwrap_or((line, ""));
        match keyword {
            "provider" if self.provider.is_none() && !rest.is_empty() => {
                self.provider = Some(rest);
                Ok(())
            }
            "channel" if !self.channels.contains(&rest) && !rest.is_empty() => {
                self.channels.push(rest);
                Ok(())
            }
            "event" => self.start_event(rest),
            "version" => self.start_version(rest),
            _ => {
                self.section = Some(
                    line.parse()
                        .map_err(|_| format!("`{line}` means nothing"))?,
                );
                Ok(())
            }
        }
    }

    fn start_event(&mut self, rest: &'static str) -> Result<(), String> {
        let (id, title) = rest
            .split_once(' ')
            .ok_or("an event needs an id and a title")?;
        let id = id.parse().map_err(|_| format!("`{id}` is no event id"))?;
        self.event = Some(id);
        self.section = None;
        let entry = EventEntry {
            title,
            schemas: Vec::new(),
        };
        match self.events.insert(id, entry) {
            None => Ok(()),
            Some(_) => Err(format!("event {id} is there twice")),
        }
    }

    fn start_version(&mut self, rest: &str) -> Result<(), String> {
        let versions = rest
            .split(' ')
            .map(|text| {
                text.parse::<u8>()
                    .map_err(|_| format!("`{text}` is no version"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        self.section = None;
        let entry = self.entry()?;
        if let Some(known) = versions.iter().find(|version| {
            entry
                .schemas
                .iter()
                .any(|schema| schema.versions.contains(version))
        }) {
            return Err(format!("version {known} is there twice"));
        }
        entry.schemas.push(EventSchema {
            title: entry.title,
            versions,
            fields: Vec::new(),
        });
        Ok(())
    }

    fn field(&mut self, text: &'static str) -> Result<(), String> {
        let section = self.section.ok_or("a field needs a section above it")?;
        let (name, wire_type) = text.rsplit_once(": ").ok_or("a field is `name: type`")?;
        let wire_type = WireType::from_name(wire_type)
            .ok_or_else(|| format!("`{wire_type}` is no wire type"))?;
        let schema = self
            .entry()?
            .schemas
            .last_mut()
            .ok_or("a field needs a version above it")?;
        if schema.field(section, name).is_some() {
            return Err(format!("field `{name}` is there twice"));
        }
        schema.fields.push(FieldSchema {
            section,
            name,
            wire_type,
        });
        Ok(())
    }

    fn entry(&mut self) -> Result<&mut EventEntry, String> {
        self.event
            .and_then(|id| self.events.get_mut(&id))
            .ok_or_else(|| "this needs an event above it".to_owned())
    }

    fn finish(self) -> Result<Provider, String> {
        Ok(Provider {
            name: self.provider.ok_or("the table names no provider")?,
            channels: self.channels,
            events: self.events,
        })
    }
}
