//! The `misfire` command.

fn main() {}
