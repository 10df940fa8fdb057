//! The event: what every log format is read into and every detection searches.
//!
//! Records live in a [`Batch`], about one chunk of a log, as spans into one
//! text; an [`Event`] is a copyable handle to one of them. Only an
//! [`EventId`] or an [`OwnedEvent`] leaves the hot path.

mod base64;
mod batch;
mod builder;
pub mod catalogue;
mod id;
mod names;
mod origin;
mod owned;
mod section;
mod span;
mod time;
mod value;

pub use base64::base64;
pub use batch::{Batch, Event, Field};
pub use builder::{BatchBuilder, Slot};
pub use catalogue::LogSource;
pub use id::{EventId, FileId};
pub use names::{FieldId, Names, NamesBuilder};
pub use origin::Origin;
pub use owned::{OwnedEvent, OwnedField, OwnedValue};
pub use section::{Section, UnknownSection};
pub use span::Span;
pub use time::{EventTime, parse_time};
pub use value::{List, Value};
