//! The binary Windows event log (`.evtx`).

pub mod copy;
mod read;
pub mod types;
pub mod write;

pub(in crate::log) use read::{EvtxChunk, EvtxReader};
