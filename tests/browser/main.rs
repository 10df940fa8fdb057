//! The pages in a real browser: Chromium, driven through its WebDriver.
//!
//! Where no browser is found these tests are left out, and that is said;
//! `MISFIRE_BROWSER=1` makes it a failure. `.ci/browser` installs what they need.

#[path = "../suite/support/mod.rs"]
mod support;

mod checks;
mod layout;
mod session;
mod using;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use session::{Failure, Session, Tools};

/// A test: what it shows, and how.
type Test = (&'static str, fn(&Session) -> Result<(), Failure>);

const TESTS: [&[Test]; 3] = [&using::TESTS, &checks::TESTS, &layout::TESTS];

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let names: Vec<_> = words.iter().filter(|word| !word.starts_with('-')).collect();
    let is_meant = |name: &str| names.is_empty() || names.iter().any(|part| name.contains(*part));
    let tests: Vec<_> = TESTS.concat();
    let tests: Vec<_> = tests.iter().filter(|(name, _)| is_meant(name)).collect();
    if words.iter().any(|word| word == "--list") {
        for (name, _) in tests {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let is_needed = std::env::var_os("MISFIRE_BROWSER").is_some_and(|value| value == "1");
    let tools = match Tools::find() {
        Ok(tools) => tools,
        Err(why) => {
            println!("\n{} browser tests left out: {why}\n", tests.len());
            return ExitCode::from(u8::from(is_needed));
        }
    };
    println!("\nrunning {} browser tests", tests.len());
    let mut left_out = 0;
    let mut failed = Vec::new();
    for (name, test) in &tests {
        if *name == layout::NEEDS_AXE && tools.axe.is_none() {
            left_out += 1;
            println!("test {name} ... left out: MISFIRE_AXE names no copy of axe-core");
            continue;
        }
        let done = catch_unwind(AssertUnwindSafe(|| {
            let session = Session::start(&tools)?;
            test(&session)
        }));
        match done {
            Ok(Ok(())) => println!("test {name} ... ok"),
            Ok(Err(error)) => {
                println!("test {name} ... FAILED: {error}");
                failed.push(*name);
            }
            Err(_) => {
                println!("test {name} ... FAILED");
                failed.push(*name);
            }
        }
    }
    let passed = tests.len() - left_out - failed.len();
    println!(
        "\nbrowser tests: {passed} passed; {} failed; {left_out} left out\n",
        failed.len()
    );
    let is_short = !failed.is_empty() || (is_needed && left_out > 0);
    ExitCode::from(u8::from(is_short))
}
