//! Binary Windows event logs.

pub mod copy;
pub mod types;
pub mod write;
