//! The binary Windows event log (`.evtx`).

mod read;

pub(in crate::log) use read::{EvtxChunk, EvtxReader};
