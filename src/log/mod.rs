//! Log formats, in and out.

pub mod evtx;
pub mod xml;
