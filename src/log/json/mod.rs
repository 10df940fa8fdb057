//! Logs whose records are JSON.

mod decode;
mod dialect;
mod kind;
mod repair;

pub(super) use decode::JsonChunk;
pub(super) use kind::{Kind, kind_of};
