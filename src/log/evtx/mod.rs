//! The binary Windows event log (`.evtx`).

pub mod copy;
pub mod extent;
mod read;
mod stored;
pub mod tree;
pub mod types;
pub mod write;

pub(in crate::log) use read::{EvtxChunk, EvtxReader};
