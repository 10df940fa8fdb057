//! Driving a search and a judgement.
//!
//! What happens is told as a stream of [`RunEvent`]s; progress bars and
//! recorders listen and never ask.

mod abilities;
mod accept;
mod benign;
mod choose;
mod compile;
mod convert;
mod doctor;
mod event;
#[cfg(target_os = "linux")]
mod execute;
mod explain;
mod folder;
mod hosts;
mod import;
mod inspect;
mod judge;
mod lint;
mod misspelled;
mod prove;
#[cfg(target_os = "linux")]
mod providers;
mod record;
mod regression;
mod repeated;
mod scan;
mod scrub;
mod search;
mod selection;
mod simulate;

pub use accept::{
    AcceptOutcome, AcceptRequest, Acceptance, AcceptedControl, AcceptedTest, Cell, Column,
    ControlCell, Mending, Repair, Repairs, Step, accept,
};
pub use benign::Known;
pub use choose::{ChangesFound, Choice, choose};
pub use compile::compile;
pub use convert::{
    ConvertOutcome, ConvertRequest, ConvertedFile, Destination, Existing, Moved, Target, convert,
};
pub use doctor::{Ability, ContentFolder, Host, Tool, examine};
pub use event::{Both, Interrupt, RunEvent, Silent, Sink};
#[cfg(target_os = "linux")]
pub use execute::{DryTest, ExecuteOptions, dry_run, execute_tests};
pub use explain::{ExplainOutcome, ExplainRequest, explain};
pub use import::{
    Draft, DraftTo, Effect, ImportOutcome, ImportRequest, ImportSubject, ImportedFile,
    ImportedFixture, Scrubbing, import,
};
pub use inspect::inspect;
pub use judge::{JudgeRequest, judge};
pub use lint::{Fixing, LintOutcome, LintRequest, MendedFile, lint};
pub use prove::{ProveOutcome, ProveRequest, ProvenRecording, prove};
pub use record::{RecordAs, RecordedFixture, record_fixture};
pub use regression::{RegressionRequest, run_suite};
pub use repeated::Repeated;
pub use scan::{Found, ScanOutcome, ScanRequest, Unsearched, scan};
pub use scrub::{
    LARGEST_SCRUBBED, ScrubLog, ScrubProof, ScrubRequest, Scrubbed, ScrubbedFixture, scrub,
    scrub_fixture, scrub_proven,
};
pub use search::{
    Correlate, FileOutcome, Findings, SearchOutcome, SearchRequest, interruption, search,
    search_with,
};
pub use selection::{Candidate, Revision, Selection};
pub use simulate::{
    SimulateOptions, SimulatedTest, load_profile, replace_recordings, simulate, simulate_told,
};
