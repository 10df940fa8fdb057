//! What Sigma's specification forbids, and what cannot match as it was meant.
//!
//! Some of it the linter of `rsigma-parser` finds (`borrowed`); the rest compares a
//! rule with what is logged and with itself.

mod borrowed;
mod condition;
mod edits;
mod encoded;
mod field;
mod file_name;
mod list;
mod log_source;
mod logic;
mod pages;
mod path;
mod regex;
mod rule;
mod rules;
mod suppressed;
mod value;

pub use rules::rules;

use std::sync::Arc;

use crate::detect::lint::Finding;
use crate::diagnostic::{SourceText, YamlNode, YamlSource};
use rule::Rule;
use suppressed::Suppressed;

/// Looks a file of Sigma rules over. Comments such as `# rsigma-disable invalid_id` are
/// heeded.
#[must_use]
pub fn lint(source: &Arc<SourceText>) -> Vec<Finding> {
    let visited = YamlSource::new(source).visit(|documents| {
        let mut findings = borrowed::findings(source, documents);
        for document in documents {
            let document = *document;
            let rule = Rule::of(document);
            if has_names_of_sigma(document) {
                log_source::check(document, &mut findings);
                if let Some(rule) = &rule {
                    field::check(rule, &mut findings);
                    file_name::check(rule, &mut findings);
                }
            }
            if let Some(rule) = &rule {
                value::check(rule, &mut findings);
                encoded::check(rule, &mut findings);
                regex::check(rule, &mut findings);
                list::check(rule, &mut findings);
                condition::check(rule, document, &mut findings);
            }
        }
        findings
    });
    // What is no YAML is told by the loader.
    let mut findings = visited.unwrap_or_default();
    let suppressed = Suppressed::of(source);
    findings.retain(|finding| !suppressed.covers(finding));
    findings
}

/// Whether fields and log sources have the names of Sigma's own taxonomy.
fn has_names_of_sigma(document: YamlNode<'_>) -> bool {
    let taxonomy = document.get("taxonomy");
    taxonomy.is_none_or(|taxonomy| taxonomy.as_str() == Some("sigma"))
}
