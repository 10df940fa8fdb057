//! Any text as an expression of Cloud SIEM.

#![no_main]

#[path = "../checks/cse.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::run(bytes));
