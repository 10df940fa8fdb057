//! What Cloud SIEM rejects, reads otherwise than it looks, or can never match.

mod condition;
mod conjunction;
mod name;
mod pattern;
mod recover;
mod rules;

pub use rules::RULES;

use super::{Environment, syntax};
use crate::detect::Query;
use crate::detect::lint::{Finding, Holds, Letters};
use crate::diagnostic::Severity;
use syntax::{Expression, ExpressionKind, FieldPath, Key, Span, function};

/// Looks an expression over. What keeps it from being read at all is told when it is
/// lowered.
#[must_use]
pub fn lint(query: Query<'_>, environment: &Environment) -> Vec<Finding> {
    let tree = match syntax::parse(query.text) {
        Ok(tree) => tree,
        Err(_) => return recover::infix_contains(&query),
    };
    let mut linter = Linter {
        query,
        environment,
        aliases: Vec::new(),
        polarity: Polarity::Wanted,
        findings: Vec::new(),
    };
    linter.condition(&tree);
    linter.conjunction(&tree);
    linter.findings
}

/// Looks one expression over.
struct Linter<'l> {
    query: Query<'l>,
    environment: &'l Environment,
    /// The names that `json` has given.
    aliases: Vec<String>,
    /// Whether the condition that is looked at has to hold.
    polarity: Polarity,
    findings: Vec<Finding>,
}

/// Whether a condition has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Polarity {
    /// It has.
    Wanted,
    /// It must not.
    Refused,
}

/// What is known of the values of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Known {
    /// What they are.
    holds: Option<Holds>,
    /// The case that all their letters have.
    case: Option<Letters>,
}

impl Linter<'_> {
    /// What is written in a place.
    fn text(&self, span: Span) -> &str {
        span.of(self.query.text).unwrap_or_default()
    }

    fn tell(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Tells of a condition that never holds. Where it must not hold, nothing is lost by
    /// it but what it was to leave out.
    fn tell_of_never(&mut self, finding: Finding) {
        let finding = match self.polarity {
            Polarity::Wanted => finding,
            Polarity::Refused => as_warning(finding),
        };
        self.tell(finding);
    }

    /// Looks at what must not hold.
    fn refused(&mut self, look: impl FnOnce(&mut Self)) {
        let polarity = match self.polarity {
            Polarity::Wanted => Polarity::Refused,
            Polarity::Refused => Polarity::Wanted,
        };
        let before = std::mem::replace(&mut self.polarity, polarity);
        look(self);
        self.polarity = before;
    }

    /// What is known of the values of an expression.
    fn known(&self, tree: &Expression) -> Known {
        match &tree.node {
            ExpressionKind::Field(path) => Known {
                holds: self.holds(path),
                case: None,
            },
            ExpressionKind::Call {
                function: name,
                arguments,
            } => {
                let section = function(name).map(|function| function.section);
                match (section, arguments.as_slice()) {
                    (Some("toLowerCase"), [inner]) => Known {
                        case: Some(Letters::Lower),
                        ..self.known(inner)
                    },
                    (Some("toUpperCase"), [inner]) => Known {
                        case: Some(Letters::Upper),
                        ..self.known(inner)
                    },
                    (Some("trim"), [inner]) => self.known(inner),
                    _ => Known::default(),
                }
            }
            _ => Known::default(),
        }
    }

    fn holds(&self, path: &FieldPath) -> Option<Holds> {
        // Elsewhere, case tells files apart.
        if self.query.text.to_lowercase().contains("linux") {
            return None;
        }
        match (path.name.as_str(), path.keys.as_slice()) {
            // It may be the name of the file alone, too.
            ("baseImage" | "parentBaseImage" | "file_path", []) => Some(Holds::PathPart),
            ("commandLine" | "parentCommandLine", []) => Some(Holds::Command),
            ("fields" | "_raw", [Key::Text(key)]) => {
                let key = key.value();
                let item = key.strip_prefix("EventData.")?;
                Holds::item(item)
            }
            _ => None,
        }
    }
}

/// The same, told as a warning if it was worse.
fn as_warning(mut finding: Finding) -> Finding {
    if finding.diagnostic.severity == Severity::Error {
        finding.diagnostic.severity = Severity::Warning;
    }
    finding
}
