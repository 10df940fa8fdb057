//! Queries that look at logs of another deployment.

use super::outcome::{ControlOutcome, SignalState, Verdict};
use super::report::TestReport;
use crate::detect::DetectionId;

/// Says of a query that looks at nothing in a deployment, and would in another one, what
/// that means there: it finds nothing where its signals are, and its silence on benign
/// recordings proves nothing.
pub fn finds_nothing(test: &mut TestReport, id: &DetectionId, deployment: Option<&str>) {
    let reason = match deployment {
        Some(name) => format!(
            "it finds nothing in the deployment `{name}`, where no log goes by the names that it asks for"
        ),
        None => "no log goes by the names that it asks for".to_owned(),
    };
    let is_run = test.not_run.is_none();
    let signals = &test.signals;
    for given in &mut test.verdicts {
        let is_own = given.detection == *id && given.verdict == Verdict::Unsupported;
        let mut seen = signals.iter().filter(|one| one.state == SignalState::Seen);
        if is_own && is_run && seen.any(|signal| given.fires_on.contains(&signal.id)) {
            given.verdict = Verdict::Misfire;
            given.reason.clone_from(&reason);
        }
    }
    for given in &mut test.controls {
        if given.detection == *id && given.outcome == ControlOutcome::Unsupported {
            given.outcome = ControlOutcome::Vacuous;
            given.reason.clone_from(&reason);
        }
    }
}
