//! Comments that ask for silence: `# rsigma-disable invalid_id`,
//! `# rsigma-disable-next-line`, and the same without names for everything.

use rsigma_parser::lint::{InlineSuppressions, parse_inline_suppressions};

use crate::detect::lint::Finding;
use crate::diagnostic::SourceText;

/// What the comments of a file ask for.
pub(super) struct Suppressed(InlineSuppressions);

impl Suppressed {
    pub(super) fn of(source: &SourceText) -> Self {
        // Most files have none, and every line would be looked through for it.
        let text = source.text.as_str();
        let text = if text.contains("rsigma-disable") {
            text
        } else {
            ""
        };
        Self(parse_inline_suppressions(text))
    }

    /// Whether a finding is not to be told.
    pub(super) fn covers(&self, finding: &Finding) -> bool {
        let code = finding.diagnostic.code.as_str();
        let name = code.rsplit("::").next().unwrap_or(code);
        let is_named = |names: &std::collections::HashSet<String>| {
            names.contains(name) || names.contains(code)
        };
        let place = finding.diagnostic.place.as_ref();
        let line = place.and_then(|place| place.line_and_column());
        let of_line = line.and_then(|(line, _)| {
            // Theirs are counted from zero.
            let line = u32::try_from(line).ok()?.checked_sub(1)?;
            self.0.line_disabled.get(&line)
        });
        self.0.disable_all
            || is_named(&self.0.file_disabled)
            || of_line.is_some_and(|names| names.as_ref().is_none_or(is_named))
    }
}
