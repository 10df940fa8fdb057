//! The source catalogue's data is well formed and complete: every event of
//! the shared recordings, every Windows log source of Sigma's taxonomy, every
//! log source and field of the shared rules.

mod data;
mod log_sources;
mod recordings;
mod views;
