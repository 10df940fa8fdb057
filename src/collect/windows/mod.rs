//! Windows event logs of this host, read with Windows' own `wevtutil`.
//!
//! A channel's records of a window are exported as `.evtx`, which keeps them as
//! they were logged. What belongs to the operating system is behind [`Runner`](crate::collect::process::Runner);
//! queries, command lines, exit codes, and what `wevtutil` prints are plain
//! functions.

mod channel;
mod collector;
mod command;
mod export;
mod failure;
mod query;
mod settings;
pub mod snapshot;
mod work;

pub use channel::{ChannelName, NotAChannel};
pub use collector::{ChannelCollector, Limits};
pub use command::Tools;
pub use export::{Exported, ExportedRecord, read_export};
pub use failure::{WindowsError, failure_of};
pub use query::ChannelQuery;
pub use settings::{ChannelSettings, Hole, LogStatus, Unparsed, hole};
