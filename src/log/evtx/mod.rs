//! EVTX files.

pub mod write;
