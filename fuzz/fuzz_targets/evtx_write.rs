//! Bytes to events, written as an event log and read back.

#![no_main]

#[path = "../checks/evtx_write.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check::run(bytes));
