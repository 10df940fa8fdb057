//! Any text as a Splunk search.

#![no_main]

#[path = "../checks/spl.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::run(bytes));
