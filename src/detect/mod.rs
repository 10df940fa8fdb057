//! Detections: what they are, how a set of them searches, and why one stayed
//! silent. One front end per language.

mod detection;
mod engine;
mod explanation;
mod firing;
pub mod sigma;

pub use detection::{Companion, Detection, DetectionId, Language, Level, Reading};
pub use engine::{Conclusion, Coverage, Engine, EventSource, Held, Search, Tally};
pub use explanation::{Explanation, GroupState, NearMiss, Outcome, Predicate, Quantity, Seen};
pub use firing::{Firing, ProgramId, sort};
