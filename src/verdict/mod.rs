//! The judgement: pure functions from facts to verdicts, and the report that
//! every reporter is fed with.

mod attribution;
mod claim;
mod control;
mod count;
mod detection;
mod elsewhere;
mod mark;
mod near_miss;
mod outcome;
mod performed;
mod relate;
mod report;
mod same;
mod signal;
mod source;
mod tie;

pub use attribution::{FiringFacts, FiringKind, Repeated, is_due_to};
pub use claim::judge_claim;
pub use control::{ControlFacts, judge_control};
pub use count::{CountFacts, Counts, Search, judge_count};
pub use detection::{AwaitedSignal, DetectionFacts, Later, View, judge_detection};
pub use elsewhere::finds_nothing;
pub use mark::{Influence, MarkFacts, MarkReport, MarkedField, judge_mark};
pub use near_miss::smallest_change;
pub use outcome::{ClaimState, ControlOutcome, SignalKind, SignalState, Verdict};
pub use performed::{Trace, not_performed, not_run, wrong_platform};
pub use relate::{Binding, Bound, Candidate, Partner, Related, in_order, relate};
pub use report::{
    Absent, AgreementReport, AtomicReport, ClaimReport, ControlReport, EventRef, HitReport,
    LeftOut, NearMissReport, Report, SignalReport, StageName, Summary, TestReport, VerdictReport,
};
pub use signal::{SignalFacts, judge_signal};
pub use source::{SourceFacts, SourceState};
