//! What is executed for real on this host, and what the tracer for Linux sees of it.
//!
//! A program of its own, since a runner adopts the orphans of its whole process: tests
//! that perform in this process exclude all others ([`hosting`]).
#![cfg(target_os = "linux")]

mod account;
mod attribution;
mod common;
mod disk_full;
mod hosting;
mod not_run;
mod overlay;
mod performing;
mod program;
mod recording;
mod recovery;
mod runner;
mod tools;
mod trace;
