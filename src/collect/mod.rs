//! Collectors: how events of a time window are got from where they really are.

#[cfg(target_os = "linux")]
pub mod trace;
