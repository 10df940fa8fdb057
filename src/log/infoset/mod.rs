//! Windows events of any form as XML trees, from which a binary log is written.
//!
//! Binary logs and XML are trees already; `evtx_dump`'s JSON is turned back
//! into one; other forms are put together from their fields. What was XML becomes
//! `evtx_dump`'s JSON the other way round.

mod event_json;
mod fields;
mod json;
mod time;
mod to_json;
mod tree;

pub use time::shift_event;
pub(super) use to_json::to_json;
pub(super) use tree::xml_event;
pub use tree::{Other, Tree, Trees};
