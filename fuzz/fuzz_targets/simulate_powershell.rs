//! Any text as a script for `powershell`.

#![no_main]

#[path = "../checks/simulate.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    check::powershell(bytes);
});
