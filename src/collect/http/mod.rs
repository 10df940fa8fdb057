//! HTTP for services that throttle, fail, and break off.
//!
//! An [`Outgoing`] request is built anew for each attempt, because a signature holds
//! the time; an [`Answer`] is read whole, within limits of time and size. Nothing is
//! decompressed, no redirect is followed, and a client for `http://` loads no
//! certificates.

mod answer;
mod client;
mod outgoing;
mod retry;

pub use answer::Answer;
pub use client::{Client, Limits, Tally};
pub use outgoing::{Method, Outgoing};
pub use retry::{Judged, Retry, by_status};
