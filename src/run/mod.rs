//! Driving a search and a judgement.
//!
//! What happens is told as a stream of [`RunEvent`]s; progress bars and
//! recorders listen and never ask.

mod benign;
mod compile;
mod convert;
mod event;
mod explain;
mod import;
mod judge;
mod regression;
mod scan;
mod search;

pub use benign::Known;
pub use convert::{
    ConvertOutcome, ConvertRequest, ConvertedFile, Destination, Existing, Moved, Target, convert,
};
pub use event::{Interrupt, RunEvent, Silent, Sink};
pub use explain::{ExplainOutcome, ExplainRequest, explain};
pub use import::{
    Draft, DraftTo, Effect, ImportOutcome, ImportRequest, ImportSubject, ImportedFile,
    ImportedFixture, import,
};
pub use judge::{JudgeRequest, judge};
pub use regression::{RegressionRequest, run_suite};
pub use scan::{Found, ScanOutcome, ScanRequest, Unsearched, scan};
pub use search::{Correlate, FileOutcome, SearchOutcome, SearchRequest, search, search_with};
