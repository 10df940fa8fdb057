//! Stages: how what an atomic leaves behind comes to be.

#[cfg(target_os = "linux")]
pub mod execute;
mod logs;
pub mod simulate;

pub use logs::{RecordError, StagedLog};
