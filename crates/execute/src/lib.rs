//! misfire's third stage: performing an atomic on this host for real.
//!
//! It stands alone, so that it compiles in seconds, and is laid out as it will stand in
//! the project: `misfire` does not use it yet, and executes nothing.

#[cfg(target_os = "linux")]
pub mod stage;
