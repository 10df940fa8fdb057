//! The judgement: pure functions from facts to verdicts, and the report that
//! every reporter is fed with.

mod control;
mod count;
mod outcome;
mod report;

pub use control::{ControlFacts, judge_control};
pub use count::{CountFacts, Counts, Search, judge_count};
pub use outcome::{ControlOutcome, Verdict};
pub use report::{
    Absent, ControlReport, EventRef, NearMissReport, Report, Summary, TestReport, VerdictReport,
};
