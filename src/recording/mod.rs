//! Recordings: events, and how they came to be.

mod evidence;

pub use evidence::Evidence;
