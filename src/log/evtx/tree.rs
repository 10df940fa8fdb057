//! One record of a binary log as a tree.

use evtx::EvtxRecord;

use super::stored::adopt_stored_types;
use super::types::apply_types;
use crate::log::xml::{Element, ParseError, Whitespace, parse};

/// Why a record is not read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// The reader cannot render it.
    #[error("{0}")]
    Render(#[from] Box<evtx::err::EvtxError>),
    /// What the reader rendered is not XML, as with half of a surrogate pair.
    #[error(transparent)]
    Xml(#[from] ParseError),
}

/// A record's event, its values with the types under which they are stored;
/// where these cannot be made out, `System`'s fields with their fixed types.
///
/// The chunk has to be parsed with `indent(false)`: white space is part of the
/// event.
///
/// # Errors
/// A damaged record.
pub fn event_tree(record: EvtxRecord<'_>) -> Result<Element, TreeError> {
    let chunk = record.chunk.data;
    let (offset, size) = (record.binxml_offset as usize, record.binxml_size as usize);
    let rendered = record.into_xml().map_err(Box::new)?;
    let mut event = parse(&rendered.data, Whitespace::Keep)?;
    if !adopt_stored_types(&mut event, chunk, offset, size) {
        apply_types(&mut event, |_, _| None);
    }
    Ok(event)
}
