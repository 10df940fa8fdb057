//! What every linter promises of its findings, whatever the text.

use misfire::content::mend;
use misfire::detect::lint::Finding;
use misfire::diagnostic::{At, SourceText};
use std::sync::Arc;

/// Places and changes lie in the text, and the changes can be made.
///
/// # Panics
/// When one does not.
pub fn hold(source: &Arc<SourceText>, findings: &[Finding]) {
    for finding in findings {
        assert!(
            finding.rule.is_some(),
            "{:?} is of no rule",
            finding.diagnostic.code
        );
        let place = finding.diagnostic.place.as_ref();
        if let Some(At::Span { bytes, .. }) = place.map(|place| &place.at) {
            assert!(source.text.get(bytes.clone()).is_some(), "{bytes:?}");
        }
        for edit in finding.fix.iter().flat_map(|fix| &fix.edits) {
            assert!(source.text.get(edit.range.clone()).is_some(), "{edit:?}");
        }
    }
    let fixes: Vec<_> = findings
        .iter()
        .filter_map(|found| found.fix.as_ref())
        .collect();
    let _ = mend(source, &fixes);
}
