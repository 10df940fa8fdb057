//! Fetches the records of a time window from where they really are.
//!
//! A [`Source`] asks one place once for everything of a window and adds what is new to
//! a [`Gathered`]; it may be asked again and again, since cloud services show a record
//! minutes after it was made, and in no order. A [`Collector`] is the face for
//! callers: it asks until it may say that the window is closed, or until its time is
//! over, and gives [`Collected`] files that `log` reads. Several windows are closed by
//! the same askings ([`ask_until_all_closed`]), and several ways to the same records
//! are one source ([`Joined`]).
//!
//! Nothing here panics over what a service answers, waits without a limit, or shows a
//! secret: every wait ends within a fifth of a second of an interruption, every answer
//! has a time limit and a size limit.

pub mod aws;
pub mod azure;
mod clock;
pub mod closing;
mod collected;
mod collector;
mod error;
mod gathered;
pub mod http;
mod joined;
pub mod process;
mod proven;
mod secret;
#[cfg(target_os = "linux")]
pub mod trace;
pub mod windows;

pub use clock::{Clock, SystemClock};
pub use collected::{Collected, CollectedFile, Latency};
pub use collector::{Boxed, Collector, Interrupt, Request, Source, ask_once, wait_for};
pub use error::CollectError;
pub use gathered::{Added, Gathered, Record};
pub use joined::{Joined, Twin};
pub use proven::{Proving, Wanted, ask_until_all_closed, ask_until_closed, spanned};
pub use secret::Secret;
