//! Reading channels of the Windows event log with `wevtutil`, which is played here.

mod channel;
mod collecting;
mod failures;
mod host;
mod process;
mod query;
mod settings;
mod snapshot;
