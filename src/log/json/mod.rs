//! Logs whose records are JSON.

mod build;
mod decode;
mod dialect;
mod kind;
mod repair;
mod rewrite;
mod write;

pub(super) use decode::{JsonChunk, xml_of};
pub(super) use kind::{Kind, kind_of};
pub use write::{JsonFormat, JsonWriteError, JsonWriter};
