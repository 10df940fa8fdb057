//! The judgement: pure functions from facts to verdicts, and the report that
//! every reporter is fed with.

mod control;
mod count;
mod outcome;
mod report;

pub use control::{ControlFacts, judge_control};
pub use count::{CountFacts, Counts, Search, judge_count};
pub use outcome::{ClaimState, ControlOutcome, SignalKind, SignalState, Verdict};
pub use report::{
    Absent, AtomicReport, ClaimReport, ControlReport, EventRef, HitReport, LeftOut, NearMissReport,
    Report, SignalReport, StageName, Summary, TestReport, VerdictReport,
};
