//! Any text as a script for `aws` and `az`.

#![no_main]

#[path = "../checks/simulate.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    check::clouds(bytes);
});
