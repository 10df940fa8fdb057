//! Windows close by proof, not by wish.
//!
//! That a record is not there says something only if every record of its time had
//! come. A source that keeps the order of its records ([`Order::Ordered`], the
//! channels of a Windows event log) has told everything of a window once a record
//! from after its end was read. One that does not ([`Order::Unordered`],
//! CloudTrail and the Azure activity log) has done so, as far as anyone can know,
//! once such a record of the same service and place has come *and* the delay that
//! its vendor documents has passed. Until then a [`Watch`] is open, and says why.
//!
//! Nothing here reads a log or the time of day by itself: a collector reports what
//! it read in a [`Pass`], and [`drive()`] is given its
//! [`Clock`](crate::collect::Clock).

mod appearance;
mod backoff;
mod canary;
mod drive;
mod pass;
mod skew;
mod standing;
mod stream;
mod streams;
mod watch;

pub use appearance::Appearances;
pub use backoff::Backoff;
pub use canary::{Canary, Form, Request, canary_of};
pub use drive::{Driven, Ended, Patience, Reading, drive};
pub use pass::{Extent, Pass, Seen, StreamPass};
pub use skew::Skew;
pub use standing::{Proof, Standing, Why};
pub use stream::{Order, Stream};
pub use streams::Closing;
pub use watch::Watch;
