//! Detections: what they are, how a set of them searches, and why one stayed
//! silent. One front end per language.

pub mod cse;
mod detection;
mod engine;
mod explanation;
mod firing;
mod joint;
pub mod lint;
pub mod plan;
mod query;
pub mod sigma;
pub mod spl;
pub mod sumo;
pub mod syntax;
mod tree;

pub use detection::{Companion, Detection, DetectionId, Language, Level, Reading};
pub use engine::{
    Conclusion, Coverage, Engine, EventSource, GaveUp, Held, Limit, Partner, Refusal, Search,
    SearchTime, Tally,
};
pub use explanation::{
    Explanation, FieldOrigin, GroupState, NearMiss, Outcome, Predicate, Quantity, Seen, StageState,
};
pub use firing::{Firing, ProgramId, sort};
pub use joint::JointEngine;
pub use query::{Lowered, Query};
