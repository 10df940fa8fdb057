//! Windows events of any form as XML trees, from which a binary log is written.
//!
//! Binary logs and XML are trees already; `evtx_dump`'s JSON is turned back
//! into one; other forms are put together from their fields.

mod event_json;
mod fields;
mod json;
mod time;
mod tree;

pub use time::shift_event;
pub use tree::{Other, Tree, Trees};
