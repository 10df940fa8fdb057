//! The unit of parallel work.

use std::path::Path;
use std::sync::Arc;

use super::evtx::EvtxChunk;
use super::json::JsonChunk;
use super::open::ReadOptions;
use super::windows_xml::XmlChunk;
use crate::diagnostic::Diagnostic;
use crate::event::{Batch, FileId};

/// A piece of a log that can be decoded on its own, on any thread.
#[derive(Debug)]
pub struct Chunk {
    pub(super) file: FileId,
    pub(super) path: Arc<Path>,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    Evtx(Box<EvtxChunk>),
    Json(JsonChunk),
    Xml(XmlChunk),
}

/// What a chunk held.
#[derive(Debug)]
pub struct Decoded {
    /// The records that could be read.
    pub batch: Batch,
    /// What could not be read, and where; anything here but notes makes a run
    /// not green. Per chunk and kind only the first few are told one by one;
    /// [`cap_problems`](super::cap_problems) does the same for whole files.
    pub problems: Vec<Diagnostic>,
}

impl Chunk {
    /// The file that the chunk is a part of.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.file
    }

    /// How many bytes of the log, unpacked, the chunk stands for.
    #[must_use]
    pub fn size(&self) -> u64 {
        let size = match &self.body {
            Body::Evtx(_) => EvtxChunk::SIZE,
            Body::Json(chunk) => chunk.piece.bytes.len(),
            Body::Xml(chunk) => chunk.piece.bytes.len(),
        };
        size as u64
    }

    /// Reads the chunk's records. A damaged chunk yields every record that can
    /// be read, and a problem for what cannot.
    #[must_use]
    pub fn decode(self, options: &ReadOptions) -> Decoded {
        match self.body {
            Body::Evtx(chunk) => chunk.decode(self.file, &self.path, options),
            Body::Json(chunk) => chunk.decode(self.file, &self.path, options),
            Body::Xml(chunk) => chunk.decode(self.file, &self.path, options),
        }
    }
}
