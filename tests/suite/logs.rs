//! Logs in every format: read, broken, and written.

mod broken_logs;
mod common;
mod formats;
mod json_write;
mod lost_records;
mod seeds;
