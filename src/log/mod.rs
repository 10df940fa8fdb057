//! Log formats, in and out.
//!
//! Reading is split in two, so that one big file can use every core: a
//! [`LogReader`] hands out [`Chunk`]s one after the other, which is cheap, and
//! each chunk is [decoded](Chunk::decode) into a batch wherever there is time.

mod chunk;
pub mod evtx;
mod flatten;
mod format;
pub mod infoset;
mod input;
mod json;
mod open;
mod problems;
pub mod scrub;
pub mod shift;
mod sniff;
mod split;
mod text;
mod windows_xml;
pub mod xml;

pub use chunk::{Chunk, Decoded};
pub use format::Format;
pub use json::{JsonFormat, JsonWriteError, JsonWriter};
pub use open::{LogReader, ReadOptions, open, read_bytes};
pub use problems::cap_problems;
