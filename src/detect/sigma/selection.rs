//! Selections that stand outside of rules, such as those of expectations.

use std::ops::Range;
use std::sync::Arc;

use serde_yaml::{Mapping, Value};

use super::{SigmaEngine, check, parse};
use crate::diagnostic::{At, Code, Diagnostic, Place, Severity, SourceText, YamlNode, has_error};
use crate::event::Names;

/// Everything that is wrong with a selection: a mapping of fields, all of which
/// must hold, or a list of such mappings. `name` is what its owner calls it.
///
/// Values may hold `#{...}`, which someone fills in later; such a value is right if it
/// is with something in its place.
#[must_use]
pub fn check_selection(name: &str, selection: YamlNode<'_>, value: &Value) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    if let Some(keyword) = keyword(selection) {
        problems.push(
            Diagnostic::error(
                Code::SIGMA_INVALID,
                format!("the `{name}` hold {}, not fields", keyword.what()),
            )
            .at(keyword.first_line())
            .help("write the name of a field in front of the value, such as `Image|endswith: ...`"),
        );
        return problems;
    }
    check::check_selection(name, selection, &mut problems);
    let mut open = Vec::new();
    open_values(selection, &mut open);
    problems.retain(|problem| {
        !problem
            .place
            .as_ref()
            .is_some_and(|place| is_in(place, &open))
    });
    for problem in &mut problems {
        // A rule of which this is said is left out; a selection cannot be.
        if problem.code == Code::SIGMA_UNSUPPORTED {
            problem.severity = Severity::Error;
            problem.help = Some("write out what is meant".to_owned());
        }
    }
    if !has_error(&problems) && !compiles(&filled(value, Fill::Word)) {
        let help = if open.is_empty() {
            "compare them with the selection of a rule that loads"
        } else {
            "compare them with the selection of a rule that loads, with a value in the place of \
             each `#{...}`"
        };
        problems.push(
            Diagnostic::error(
                Code::SIGMA_INVALID,
                format!("the `{name}` cannot be read as a Sigma selection"),
            )
            .at(selection.first_line())
            .help(help),
        );
    }
    problems
}

/// The first part of a selection that is no mapping of fields.
fn keyword(selection: YamlNode<'_>) -> Option<YamlNode<'_>> {
    if selection.is_mapping() {
        return None;
    }
    if selection.is_list() {
        return selection.elements().find(|element| !element.is_mapping());
    }
    Some(selection)
}

/// Where the values stand that are filled in later.
fn open_values(node: YamlNode<'_>, found: &mut Vec<Range<usize>>) {
    for (_, value) in node.pairs() {
        open_values(value, found);
    }
    for element in node.elements() {
        open_values(element, found);
    }
    if node.as_str().is_some_and(|text| text.contains("#{")) {
        found.push(node.bytes());
    }
}

/// Whether a place is in one of these parts of its text.
fn is_in(place: &Place, parts: &[Range<usize>]) -> bool {
    match &place.at {
        At::Span { bytes, .. } => parts
            .iter()
            .any(|part| part.start <= bytes.start && bytes.end <= part.end),
        _ => false,
    }
}

/// What is put in the place of what is filled in later, to see whether the rest is
/// right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fill {
    /// A digit, which is text, a number, and an expression.
    Word,
    /// An address or a network.
    Network,
    /// A truth.
    Truth,
}

impl Fill {
    fn of(key: &str) -> Self {
        let mut modifiers = key.split('|').skip(1);
        modifiers
            .find_map(|modifier| match modifier {
                "cidr" => Some(Self::Network),
                "exists" => Some(Self::Truth),
                _ => None,
            })
            .unwrap_or(Self::Word)
    }

    /// What fits between two parts of a value.
    fn between(self, before: &str, behind: &str) -> &'static str {
        match self {
            Self::Word => "1",
            Self::Truth => "true",
            Self::Network if !before.is_empty() => "8",
            Self::Network if behind.is_empty() => "10.0.0.0/8",
            Self::Network if behind.starts_with('/') => "10.0.0.0",
            Self::Network => "10",
        }
    }
}

/// The selection with something in the place of everything that is filled in later.
fn filled(value: &Value, fill: Fill) -> Value {
    match value {
        Value::String(text) => Value::String(filled_text(text, fill)),
        Value::Sequence(values) => values.iter().map(|value| filled(value, fill)).collect(),
        Value::Mapping(pairs) => Value::Mapping(
            pairs
                .iter()
                .map(|(key, value)| {
                    let fill = Fill::of(key.as_str().unwrap_or_default());
                    (key.clone(), filled(value, fill))
                })
                .collect(),
        ),
        other => other.clone(),
    }
}

fn filled_text(text: &str, fill: Fill) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("#{") {
        let Some((_, after)) = behind.split_once('}') else {
            break;
        };
        done.push_str(before);
        let filling = fill.between(&done, after);
        done.push_str(filling);
        rest = after;
    }
    done.push_str(rest);
    done
}

fn compiles(selection: &Value) -> bool {
    let text = |text: &str| Value::String(text.to_owned());
    let detection: Mapping = [
        (text("selection"), selection.clone()),
        (text("condition"), text("selection")),
    ]
    .into_iter()
    .collect();
    let log_source: Mapping = [(text("product"), text("windows"))].into_iter().collect();
    let rule: Mapping = [
        (text("title"), text("selection")),
        (text("logsource"), Value::Mapping(log_source)),
        (text("detection"), Value::Mapping(detection)),
    ]
    .into_iter()
    .collect();
    let Ok(yaml) = serde_yaml::to_string(&rule) else {
        return false;
    };
    let (set, problems) = parse(&SourceText::new("selection", yaml));
    if has_error(&problems) || set.len() != 1 {
        return false;
    }
    let mut names = Names::builder();
    set.intern(&mut names);
    SigmaEngine::new(set, &Arc::new(names.freeze()))
        .0
        .compiled()
        == 1
}
