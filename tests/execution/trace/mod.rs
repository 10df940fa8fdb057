//! What the tracer for Linux sees, and what it does not.

mod common;
mod limits;
mod oracle;
mod traps;
