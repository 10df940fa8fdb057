//! The times of an event tree.

use crate::event::{Origin, Section, parse_time};
use crate::log::evtx::write::MAX_TIME;
use crate::log::shift::{OutOfRange, Shift, is_time};
use crate::log::xml::{Element, FileTime, Leaf, Node, SystemTime};

/// When the event says that it was created, in 100 ns intervals since 1601.
pub(super) fn created(event: &Element) -> Option<u64> {
    let created = event.child("System")?.child("TimeCreated")?;
    match created.attribute("SystemTime")? {
        Leaf::FileTime(FileTime(ticks)) => Some(*ticks),
        other => parse_time(&other.text())
            .and_then(FileTime::from_timestamp)
            .map(|time| time.0),
    }
}

/// Stores the time of creation as Windows does, whatever its notation: XML
/// shows it with three, seven, or nine digits of a second.
pub(super) fn normalise_created(event: &mut Element) {
    let Some(ticks) = created(event) else { return };
    if let Some(time) = event
        .child_mut("System")
        .and_then(|system| system.child_mut("TimeCreated"))
        .and_then(|created| created.attribute_mut("SystemTime"))
    {
        *time = Leaf::FileTime(FileTime(ticks));
    }
}

/// Moves all times of an event: `TimeCreated`, every value that is stored as a
/// time, and the fields that hold one as text.
///
/// A time that stands for none (zero, or the end of all times) stays.
///
/// # Errors
///
/// A time leaves the range that times can have; the event is then partly moved.
pub fn shift_event(event: &mut Element, shift: Shift) -> Result<(), OutOfRange> {
    let head = Head::of(event);
    for section in event.elements_mut() {
        match section.name.as_str() {
            "System" => {
                if let Some(time) = section
                    .child_mut("TimeCreated")
                    .and_then(|created| created.attribute_mut("SystemTime"))
                {
                    leaf(time, shift, Text::IsTime)?;
                }
            }
            "EventData" => {
                for field in section.elements_mut() {
                    let name = field
                        .attribute("Name")
                        .map(|name| name.text().into_owned())
                        .unwrap_or_else(|| field.name.clone());
                    let text = head.text(Section::EventData, &name);
                    content(field, shift, text, &head)?;
                }
            }
            "UserData" => {
                for root in section.elements_mut() {
                    content(root, shift, Text::IsNoTime, &head)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Moves a time in 100 ns intervals since 1601.
///
/// # Errors
///
/// It leaves the range that times can have.
pub(super) fn shift_ticks(ticks: u64, shift: Shift) -> Result<u64, OutOfRange> {
    let by = shift.by().as_nanos().div_euclid(100);
    u64::try_from(i128::from(ticks) + by)
        .ok()
        .filter(|moved| *moved <= MAX_TIME)
        .ok_or_else(|| OutOfRange {
            time: FileTime(ticks).to_string(),
        })
}

/// Whether a text is a time.
#[derive(Clone, Copy)]
enum Text {
    IsTime,
    IsNoTime,
}

/// What says which of an event's fields are times.
struct Head {
    origin: Origin,
    version: u8,
}

impl Head {
    fn of(event: &Element) -> Self {
        let system = event.child("System");
        let value = |name: &str| system?.child(name).map(|element| element.text());
        let provider = system
            .and_then(|system| system.child("Provider"))
            .and_then(|provider| provider.attribute("Name"))
            .map(|name| name.text().into());
        Self {
            origin: Origin::EventLog {
                provider,
                channel: None,
                event_id: value("EventID").and_then(|id| id.trim().parse().ok()),
            },
            version: value("Version")
                .and_then(|version| version.trim().parse().ok())
                .unwrap_or(0),
        }
    }

    fn text(&self, section: Section, name: &str) -> Text {
        if is_time(&self.origin, self.version, section, name) {
            Text::IsTime
        } else {
            Text::IsNoTime
        }
    }
}

fn content(element: &mut Element, shift: Shift, text: Text, head: &Head) -> Result<(), OutOfRange> {
    for (name, value) in &mut element.attributes {
        let text = match name.as_str() {
            "Name" => Text::IsNoTime,
            name => head.text(Section::UserData, name),
        };
        leaf(value, shift, text)?;
    }
    for child in &mut element.children {
        match child {
            Node::Text(value) => leaf(value, shift, text)?,
            Node::Element(child) => {
                let text = head.text(Section::UserData, &child.name);
                content(child, shift, text, head)?;
            }
        }
    }
    Ok(())
}

fn leaf(value: &mut Leaf, shift: Shift, text: Text) -> Result<(), OutOfRange> {
    match (&mut *value, text) {
        (Leaf::FileTime(FileTime(ticks)), _) if (1..=MAX_TIME).contains(ticks) => {
            *ticks = shift_ticks(*ticks, shift)?;
        }
        (Leaf::SystemTime(time), _) => {
            let Some(moved) = shift.text(&time.to_string())? else {
                return Ok(());
            };
            // Whole milliseconds are all that this type holds.
            let seconds = moved.len().saturating_sub("0000Z".len());
            if let Some(moved) = moved
                .get(..seconds)
                .and_then(|kept| SystemTime::parse(&format!("{kept}0000Z")))
            {
                *time = moved;
            }
        }
        (Leaf::Text(text) | Leaf::Ansi(text), Text::IsTime) => {
            if let Some(moved) = shift.text(text)? {
                *text = moved;
            }
        }
        _ => {}
    }
    Ok(())
}
