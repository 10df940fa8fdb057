//! Expectations: how an atomic runs, what it must leave in the logs, which
//! detections must fire on it, and its benign controls.

mod load;
mod model;
mod raw;
mod refine;

pub(super) use load::schema;
pub use load::{LoadedExpectations, load_expectations, load_expectations_from};
pub use model::{
    After, Branch, Claim, Condition, CountRange, Expectation, ExpectedControl, ExpectedDetection,
    Gap, Holds, KnownGap, Presence, RunBlock, Same, Signal, SignalId,
};
