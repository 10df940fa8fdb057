//! What a linter found: for people, for programs, and in SARIF.

mod json;
mod rules;
mod sarif;
mod text;

pub(super) use json::finding_json;
pub use json::lint_json;
pub use rules::{rules_json, rules_text};
pub use sarif::lint_sarif;
pub use text::{diff_text, lint_text};

use crate::detect::lint::{Finding, Remedy};
use crate::diagnostic::Severity;

/// How many findings there are of each kind.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    errors: u64,
    warnings: u64,
    notes: u64,
    /// Findings with a change that is certain.
    certain: u64,
}

impl Counts {
    fn of(findings: &[Finding]) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            let number = finding.diagnostic.more.max(1);
            match finding.diagnostic.severity {
                Severity::Error => counts.errors += number,
                Severity::Warning => counts.warnings += number,
                Severity::Note => counts.notes += number,
            }
            let fix = finding.fix.as_ref();
            if fix.is_some_and(|fix| fix.remedy == Remedy::Certain) {
                counts.certain += 1;
            }
        }
        counts
    }
}
