//! Execution: an atomic is performed on this host for real.
//!
//! Nothing executes without agreement, by type: [`plan()`] makes a [`ExecutionPlan`] (which is the
//! dry run), agreement to it makes a [`Consent`], and [`perform()`] takes only that.
//!
//! - `test`: an atomic as it is to be performed;
//! - `host`, `target`: what this host is, and whether it may be used;
//! - `executor`: from a shell and a script to a process;
//! - `plan`, `consent`, `person`, `terminal`: what would be done, who agrees, who does it
//!   by hand, and where they are asked;
//! - `state`, `lock`, `journal`: one run at a time, and its undo on the disk before it;
//! - `process`: processes of a run, watched and ended with all descendants;
//! - `perform`, `prerequisites`, `undertaking`, `classify`, `step`: a run;
//! - `overlay`: what it does to files, kept from the host;
//! - `residue`, `ports`, `left`: what it left;
//! - `cloud`: what a cloud's own log holds of it;
//! - `recover`: what a killed run left, undone.

mod classify;
mod cloud;
mod consent;
mod executor;
mod host;
mod test;

mod journal;
mod left;
mod lock;
mod marker;
mod overlay;
mod perform;
mod person;
mod plan;
mod ports;
mod prerequisites;
mod process;
mod record;
mod recover;
mod residue;
mod state;
mod step;
mod target;
mod terminal;
mod undertaking;

pub use cloud::{
    APP_ID, AccountResidue, Acted, Attributed, Cloud, Collecting, Found, LeftInAccount, OfRun,
    app_id, attribute, aws_services, azure_providers, find, left_in_account, recording_elsewhere,
    service_of,
};
pub use consent::{Asking, Consent};
pub use executor::{Invocation, ScriptFile, invocation};
pub use host::Host;
pub use journal::{Entry, EntryCleanUp, Unreadable};
pub use lock::{HostLock, LockError};
pub use marker::{RunId, VARIABLE};
pub use overlay::{Aspect, Changed, OverlayError, probe_overlay};
pub use perform::{Around, PerformError, Performance, perform};
pub use person::{Answer, AtTerminal, Person};
pub use plan::{
    Act, ExecutionPlan, Limits, PlannedPrerequisite, Prerequisites, Settings, Undo, Where, plan,
};
pub use ports::Listening;
pub use prerequisites::Met;
pub use process::{Captured, CommandResult, End, Seen, StartError, WATCH_COMMAND};
pub use record::{Performed, PlanFacts, not_performed, recording, recording_lost, this_host};
pub use recover::{Leftovers, RecoverError, Recovered, forget, recover, tidy};
pub use residue::{OverlayNotes, Residue, Snapshot};
pub use state::{StateDir, StateError};
pub use step::{Observer, Step};
pub use target::{AllowList, Target};
pub use test::{Ends, Prerequisite, Run, Test};
pub use undertaking::{CleanUp, CleanedUp, Done};
