//! Comparing records with real ones of their kind.

pub mod accepted;
pub mod report;
pub mod shape;
pub mod windows;
