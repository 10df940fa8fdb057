//! Log formats, in and out.

pub mod evtx;
