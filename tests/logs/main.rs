//! Logs in every format: read, broken, and written.

mod broken_logs;
mod common;
#[path = "../support/corpora.rs"]
mod corpora;
mod formats;
mod json_write;
mod lost_records;
mod seeds;
