//! Collectors: they fetch what happened from where it really is.

#[cfg(target_os = "linux")]
pub mod trace;
