//! misfire's Linux tracer: what a command and all that it starts do, seen without
//! privileges.
//!
//! It stands alone, so that it compiles in seconds, and is laid out as it will stand in
//! the project: `misfire` does not use it yet.

#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod collect;
