//! Bytes to a damaged binary log, read.

#![no_main]

#[path = "../checks/evtx_read.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::run(bytes));
