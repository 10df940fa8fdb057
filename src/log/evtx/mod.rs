//! Binary Windows event logs.

pub mod copy;
pub mod extent;
mod stored;
pub mod tree;
pub mod types;
pub mod write;
