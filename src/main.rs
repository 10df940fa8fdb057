//! The `misfire` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    misfire::cli::main()
}
