//! Comparing records with real ones of their kind.

#![allow(
    dead_code,
    reason = "every test binary compiles this module and uses its own part of it"
)]

pub mod accepted;
pub mod report;
pub mod shape;
pub mod windows;
