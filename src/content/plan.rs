//! The plan: which recordings are judged against what.

use std::sync::Arc;

use super::atomic::Atomic;
use super::expectation::{Expectation, ExpectedControl};
use super::fixture::Fixture;

/// What is to be run.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// The tests, by technique, place in their file, and recording.
    pub tests: Vec<PlannedTest>,
}

/// One atomic with all that belongs to it.
#[derive(Debug, Clone)]
pub struct PlannedTest {
    /// The atomic.
    pub atomic: Arc<Atomic>,
    /// What is expected of it; without one, detections only hit or do not.
    pub expectation: Option<Arc<Expectation>>,
    /// Its recordings; none means that it cannot be replayed.
    pub recordings: Vec<Arc<Fixture>>,
    /// Its benign twins.
    pub controls: Vec<PlannedControl>,
}

/// A benign twin of a test.
#[derive(Debug, Clone)]
pub struct PlannedControl {
    /// The recording.
    pub fixture: Arc<Fixture>,
    /// What the expectation says of it.
    pub expected: ExpectedControl,
}
