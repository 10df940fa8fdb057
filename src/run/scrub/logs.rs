//! One log, whatever its format.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

use super::{LARGEST_SCRUBBED, ScrubLog};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::catalogue::WireType;
use crate::log::evtx::copy::{CopyReport, copy_evtx};
use crate::log::scrub::{Changes, Identities, Kind, Pseudonyms, note_text, rewrite_text};
use crate::log::xml::{Element, Leaf, Node};

/// A log that was opened.
#[derive(Debug)]
pub(super) enum Opened {
    /// A binary event log.
    Evtx(Arc<[u8]>),
    /// A text, and how it is stored.
    Text(String, Stored),
}

/// How a text is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    Plain,
    Gzip,
}

type Failure = Box<Diagnostic>;

fn unreadable(name: &str, why: impl std::fmt::Display) -> Failure {
    Box::new(
        Diagnostic::error(
            Code::SCRUB_UNREADABLE,
            format!("the log cannot be scrubbed: {why}"),
        )
        .in_file(name.as_ref())
        .help(
            "what cannot be read whole may hold identities that nobody finds; nothing was written",
        ),
    )
}

impl Opened {
    pub(super) fn of(log: &ScrubLog) -> Result<Self, Failure> {
        let name = &log.name;
        if log.bytes.len() as u64 > LARGEST_SCRUBBED {
            return Err(unreadable(name, "it is larger than 1 GiB"));
        }
        if log.bytes.starts_with(b"ElfFile\0") {
            return Ok(Self::Evtx(Arc::clone(&log.bytes)));
        }
        let (bytes, stored) = if log.bytes.starts_with(&[0x1f, 0x8b]) {
            let mut bytes = Vec::new();
            let mut unpacked = MultiGzDecoder::new(&*log.bytes).take(LARGEST_SCRUBBED + 1);
            unpacked
                .read_to_end(&mut bytes)
                .map_err(|error| unreadable(name, error))?;
            if bytes.len() as u64 > LARGEST_SCRUBBED {
                return Err(unreadable(name, "unpacked, it is larger than 1 GiB"));
            }
            (bytes, Stored::Gzip)
        } else {
            (log.bytes.to_vec(), Stored::Plain)
        };
        let text = match bytes.as_slice() {
            [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
            [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
            _ => String::from_utf8(bytes).ok(),
        };
        match text {
            Some(text) => Ok(Self::Text(text, stored)),
            None => Err(unreadable(
                name,
                "it is neither a binary event log nor a text",
            )),
        }
    }

    /// Shows everything that the log says.
    pub(super) fn note(&self, name: &str, identities: &mut Identities) -> Result<(), Failure> {
        match self {
            Self::Text(text, _) => note_text(text, identities),
            Self::Evtx(bytes) => {
                copied(name, bytes, |event| {
                    change(event, &mut |path, text| {
                        identities.note(path, text);
                        None
                    });
                })?;
            }
        }
        Ok(())
    }

    /// The log with pseudonyms; `None` if it has no identity.
    pub(super) fn replaced(
        &self,
        log: &ScrubLog,
        pseudonyms: &Pseudonyms,
        changes: &mut Changes,
    ) -> Result<Option<Arc<[u8]>>, Failure> {
        match self {
            Self::Evtx(bytes) => {
                let written = copied(&log.name, bytes, |event| {
                    change(event, &mut |path, text| {
                        pseudonyms.rewrite(path, text, changes)
                    });
                    blank(event, pseudonyms, changes);
                })?;
                // Even an unchanged log has old records between its own.
                Ok(Some(written.into()))
            }
            Self::Text(text, stored) => {
                let Some(text) = rewrite_text(text, pseudonyms, changes) else {
                    return Ok(None);
                };
                let bytes = match stored {
                    Stored::Plain => text.into_bytes(),
                    Stored::Gzip => packed(&text).map_err(|error| unreadable(&log.name, error))?,
                };
                Ok(Some(bytes.into()))
            }
        }
    }

    /// The kind of an identity that the log still holds.
    pub(super) fn left(
        &self,
        name: &str,
        pseudonyms: &Pseudonyms,
    ) -> Result<Option<Kind>, Failure> {
        match self {
            Self::Text(text, _) => Ok(pseudonyms.left_in(text)),
            Self::Evtx(bytes) => {
                let mut left = None;
                copied(name, bytes, |event| {
                    change(event, &mut |_, text| {
                        left = left.or_else(|| pseudonyms.left_in(text));
                        None
                    });
                })?;
                Ok(left.or_else(|| pseudonyms.left_in_bytes(bytes)))
            }
        }
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let units: Vec<_> = pairs.iter().map(|pair| unit(*pair)).collect();
    odd.is_empty().then(|| String::from_utf16(&units).ok())?
}

fn packed(text: &str) -> std::io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(text.as_bytes())?;
    packer.finish()
}

/// A binary event log written again, its events changed.
fn copied(
    name: &str,
    bytes: &[u8],
    mut change: impl FnMut(&mut Element),
) -> Result<Vec<u8>, Failure> {
    let output = Cursor::new(Vec::new());
    let (report, output) = copy_evtx(Cursor::new(bytes), output, |record| {
        change(&mut record.event)
    })
    .map_err(|error| unreadable(name, error))?;
    let CopyReport { lost, problems, .. } = report;
    if lost > 0 {
        let cause = problems.into_iter().next().map(|problem| problem.cause);
        return Err(unreadable(name, cause.unwrap_or_default()));
    }
    Ok(output.into_inner())
}

type Change<'c> = dyn FnMut(&str, &str) -> Option<String> + 'c;

/// Changes the texts of an event. Each is told with the name of its field, or with the
/// names of its element and attribute.
fn change(element: &mut Element, text: &mut Change<'_>) {
    let name = match element.attribute("Name") {
        Some(name) if element.name == "Data" => name.text().into_owned(),
        _ => element.name.clone(),
    };
    let is_data = element.name == "Data";
    for (key, leaf) in &mut element.attributes {
        let is_markup = key.starts_with("xmlns") || is_data && key == "Name";
        if !is_markup {
            change_leaf(&format!("{}.{key}", element.name), leaf, text);
        }
    }
    for node in &mut element.children {
        match node {
            Node::Element(child) => change(child, text),
            Node::Text(leaf) => change_leaf(&name, leaf, text),
        }
    }
}

/// Blanks the names in values of bytes, which have no text that could be rewritten.
fn blank(element: &mut Element, pseudonyms: &Pseudonyms, changes: &mut Changes) {
    let name = element.name.clone();
    for node in &mut element.children {
        match node {
            Node::Element(child) => blank(child, pseudonyms, changes),
            Node::Text(Leaf::Binary(bytes)) => {
                if let Some(blanked) = pseudonyms.blank(&name, bytes, changes) {
                    *bytes = blanked;
                }
            }
            Node::Text(_) => {}
        }
    }
}

fn change_leaf(path: &str, leaf: &mut Leaf, text: &mut Change<'_>) {
    let wire = leaf.wire_type();
    let is_told = matches!(
        wire,
        WireType::UnicodeString | WireType::AnsiString | WireType::Sid | WireType::Guid
    );
    if !is_told || leaf.is_empty() {
        return;
    }
    if let Some(other) = text(path, &leaf.text()) {
        *leaf = Leaf::typed(&other, wire).unwrap_or(Leaf::Text(other));
    }
}
