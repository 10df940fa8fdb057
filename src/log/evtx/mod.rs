//! The binary Windows event log (`.evtx`).

pub mod copy;
mod events;
pub mod extent;
mod read;
mod stored;
pub mod tree;
pub mod types;
pub mod write;

pub use events::{WriteEventsError, write_events};
pub(in crate::log) use read::{EvtxChunk, EvtxReader};
