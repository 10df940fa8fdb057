//! Any text as a Sigma file.

#![no_main]

#[path = "../checks/sigma_yaml.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::run(bytes));
