//! Looking over content as a run would, without giving verdicts: what only shows when
//! rules are compiled and recordings are read.

use std::collections::BTreeMap;

use super::event::{Interrupt, Silent};
use super::judge::{JudgeRequest, judge};
use crate::content::Content;
use crate::detect::DetectionId;
use crate::diagnostic::{self, Code, Diagnostic};
use crate::verdict::{StageName, Verdict};

/// Everything that is wrong with content.
#[must_use]
pub fn inspect(content: Content, interrupt: Interrupt) -> Vec<Diagnostic> {
    let expectations: Vec<_> = content
        .plan
        .tests
        .iter()
        .filter_map(|test| test.expectation.clone())
        .collect();
    // Of detections that someone brings along, a run says nothing of the kind.
    let techniques = match content.folders.detections {
        Some(_) => content.detections.unknown_techniques(),
        None => Vec::new(),
    };
    let mut report = judge(
        JudgeRequest {
            stage: StageName::Replay,
            plan: content.plan,
            detections: content.detections,
            left_out: Vec::new(),
            problems: content.problems,
            threads: None,
            interrupt,
        },
        &Silent,
    );
    let mut problems = std::mem::take(&mut report.diagnostics);
    problems.extend(techniques);
    let given = report.tests.iter().flat_map(|test| &test.verdicts);
    let unusable: BTreeMap<&DetectionId, (Verdict, &str)> = given
        .filter(|given| !given.expected)
        .filter(|given| matches!(given.verdict, Verdict::Invalid | Verdict::Unsupported))
        .map(|given| (&given.detection, (given.verdict, given.reason.as_str())))
        .collect();
    for expectation in expectations {
        for expected in &expectation.detections {
            let Some((verdict, why)) = unusable.get(&expected.rule) else {
                continue;
            };
            // A rule that is not there at all was told when the content was joined.
            let is_told = problems.iter().any(|problem| {
                problem.code == Code::REFERENCE_UNKNOWN_DETECTION
                    && problem.message.contains(expected.rule.as_str())
            });
            if is_told {
                continue;
            }
            let message = format!("the detection `{}` is {verdict}: {why}", expected.rule);
            let problem = match verdict {
                Verdict::Invalid => Diagnostic::error(Code::REFERENCE_UNUSABLE_DETECTION, message),
                _ => Diagnostic::warning(Code::REFERENCE_UNUSABLE_DETECTION, message),
            };
            problems.push(
                problem
                    .at(expected.place.clone())
                    .help("mend the rule, or state the gap with `expect` and `reason`"),
            );
        }
    }
    diagnostic::sort(&mut problems);
    problems.dedup();
    problems
}
