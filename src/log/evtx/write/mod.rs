//! Writes binary Windows event logs.
//!
//! The structure is the smallest that independent readers and Windows' own
//! files agree on: format 3.1; 64 KiB chunks with checksums, string and
//! template tables; every record an instance of a template whose definition
//! stands in the first record of the chunk that needs it. The layout follows
//! the `[MS-EVEN6]` BinXml grammar and the libevtx format notes.
//!
//! - `file`: the header, and chunks one after another;
//! - `chunk`: what one chunk holds, its tables and checksums;
//! - `record`: an event split into its shape and its values;
//! - `template`: a shape as a template definition;
//! - `text`: UTF-16 and the format's name hash.

mod chunk;
mod error;
mod file;
mod record;
mod template;
mod text;

pub use error::WriteError;
pub use file::{EvtxWriter, MAX_CHUNKS, MAX_TIME, RecordToWrite};
pub use record::MAX_DEPTH;
