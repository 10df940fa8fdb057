//! Expectations: how an atomic runs, what it must leave in the logs, which
//! detections must fire on it, and its benign controls.

mod model;

pub use model::{
    After, Branch, Claim, Condition, CountRange, Expectation, ExpectedControl, ExpectedDetection,
    Gap, Holds, KnownGap, Presence, RunBlock, Same, Signal, SignalId,
};
