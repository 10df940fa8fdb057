//! The event: what every log format is read into and every detection searches.

pub mod catalogue;
mod section;

pub use section::{Section, UnknownSection};
