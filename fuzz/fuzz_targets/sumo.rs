//! Any text as a Sumo Logic query.

#![no_main]

#[path = "../checks/sumo.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::run(bytes));
