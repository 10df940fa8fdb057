//! The condition of a detection.

use rsigma_parser::{
    ConditionExpr, Quantifier, SelectorPattern, detection_name_matches, parse_condition,
};

use super::{invalid, suggestion};
use crate::diagnostic::{Code, Diagnostic, Place, YamlNode};

/// The words of a condition that are no names.
const WORDS: [&str; 7] = ["and", "or", "not", "of", "them", "all", "any"];

/// Checks a condition, or a list of them.
pub(super) fn check(
    condition: YamlNode<'_>,
    parts: &[&str],
    is_whole: bool,
    findings: &mut Vec<Diagnostic>,
) {
    if condition.is_list() {
        if condition.elements().next().is_none() {
            findings.push(
                invalid("the list of conditions is empty")
                    .at(condition.first_line())
                    .help("write at least one condition"),
            );
        }
        for element in condition.elements() {
            check_one(element, parts, is_whole, findings);
        }
    } else {
        check_one(condition, parts, is_whole, findings);
    }
}

fn check_one(node: YamlNode<'_>, parts: &[&str], is_whole: bool, findings: &mut Vec<Diagnostic>) {
    let Some(text) = node.as_str() else {
        findings.push(
            invalid(format!("the condition is {}, not text", node.what()))
                .at(node.first_line())
                .help("join the names of the parts by `and`, `or`, and `not`"),
        );
        return;
    };
    if text.trim().is_empty() {
        findings.push(
            invalid("the condition is empty")
                .at(node.first_line())
                .help("join the names of the parts by `and`, `or`, and `not`"),
        );
        return;
    }
    if let Some((_, aggregation)) = text.split_once('|') {
        let place = place_in(
            node,
            text,
            text.len() - aggregation.len() - 1,
            aggregation.len() + 1,
        );
        findings.push(
            Diagnostic::error(
                Code::SIGMA_UNSUPPORTED,
                "the condition has an aggregation behind a `|`, which Sigma 2 has dropped",
            )
            .at(place)
            .help("write the aggregation as a correlation rule"),
        );
        return;
    }
    let before = findings.len();
    if is_whole {
        unknown_names(node, text, parts, findings);
    }
    match parse_condition(text) {
        Ok(expression) if is_whole && findings.len() == before => {
            empty_selectors(&expression, node, parts, findings);
        }
        Ok(_) => {}
        // An unknown name is told already, and can be what stops the parser.
        Err(_) if findings.len() > before => {}
        Err(error) => findings.push(syntax(node, text, error.location())),
    }
}

fn unknown_names(node: YamlNode<'_>, text: &str, parts: &[&str], findings: &mut Vec<Diagnostic>) {
    let is_word =
        |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '*');
    let mut start = 0;
    for word in text.split_inclusive(|character: char| !is_word(character)) {
        let place = start;
        start += word.len();
        let name = word.trim_end_matches(|character: char| !is_word(character));
        let known = name.is_empty()
            || WORDS.contains(&name)
            || name.parse::<u64>().is_ok()
            || name.contains('*')
            || parts.contains(&name);
        if known {
            continue;
        }
        let lower = name.to_lowercase();
        let problem = if WORDS.contains(&lower.as_str()) {
            invalid(format!("`{name}` is written in capital letters"))
                .help(format!("write `{lower}`"))
        } else {
            invalid(format!(
                "the condition names `{name}`, which the detection does not define"
            ))
            .help(suggestion(name, parts.iter().copied()))
        };
        findings.push(problem.at(place_in(node, text, place, name.len())));
    }
}

/// `1 of x*` that can never hold, and `all of x*` that always does, since
/// nothing is called so.
fn empty_selectors(
    expression: &ConditionExpr,
    node: YamlNode<'_>,
    parts: &[&str],
    findings: &mut Vec<Diagnostic>,
) {
    match expression {
        ConditionExpr::Identifier(_) => {}
        ConditionExpr::And(inner) | ConditionExpr::Or(inner) => {
            for inner in inner {
                empty_selectors(inner, node, parts, findings);
            }
        }
        ConditionExpr::Not(inner) => empty_selectors(inner, node, parts, findings),
        ConditionExpr::Selector {
            quantifier: Quantifier::Count(0),
            ..
        } => findings.push(
            invalid("`0 of` always holds")
                .at(node.first_line())
                .help("write `not 1 of` where none may hold"),
        ),
        ConditionExpr::Selector { pattern, .. } => {
            let (name, found) = match pattern {
                SelectorPattern::Them => ("them", parts.iter().any(|part| !part.starts_with('_'))),
                SelectorPattern::Pattern(pattern) => (
                    pattern.as_str(),
                    parts
                        .iter()
                        .any(|part| detection_name_matches(pattern, part)),
                ),
            };
            if found {
                return;
            }
            let place = node
                .as_str()
                .and_then(|text| Some((text, text.find(name)?)))
                .map_or_else(
                    || node.place(),
                    |(text, start)| place_in(node, text, start, name.len()),
                );
            findings.push(
                invalid(format!("no part of the detection is meant by `{name}`"))
                    .at(place)
                    .help(suggestion(name.trim_matches('*'), parts.iter().copied())),
            );
        }
    }
}

fn syntax(
    node: YamlNode<'_>,
    text: &str,
    location: Option<rsigma_parser::SourceLocation>,
) -> Diagnostic {
    if text.len() > 64 * 1024 {
        return invalid("the condition is longer than 64 KiB")
            .at(node.first_line())
            .help("write a shorter one");
    }
    if is_too_deep(text) {
        return invalid("the condition is nested more than 64 levels deep")
            .at(node.first_line())
            .help("write some of it as parts of the detection");
    }
    let byte = location.map_or(0, |location| {
        let mut start = 0;
        for line in text.split_inclusive('\n').take(location.line as usize - 1) {
            start += line.len();
        }
        let column = (location.col as usize).saturating_sub(1);
        text[start..]
            .char_indices()
            .nth(column)
            .map_or(text.len(), |(offset, _)| start + offset)
    });
    let rest = &text[byte..];
    let open = text[..byte].matches('(').count();
    let closed = text[..byte].matches(')').count();
    let (message, help) = if rest.trim().is_empty() && open > closed {
        ("a parenthesis is not closed", "close it with `)`")
    } else if rest.trim().is_empty() {
        (
            "the condition ends too early",
            "name a part of the detection behind it",
        )
    } else if rest.starts_with(')') && closed >= open {
        (
            "the parenthesis closes nothing",
            "remove it, or open one in front",
        )
    } else {
        (
            "the condition cannot be read from here on",
            "join the names of the parts by `and`, `or`, and `not`",
        )
    };
    let width = rest.chars().next().map_or(0, char::len_utf8);
    invalid(message)
        .at(place_in(node, text, byte, width))
        .help(help)
}

/// Whether parentheses are open that the parser does not follow.
fn is_too_deep(text: &str) -> bool {
    let mut open = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'(' => open += 1,
            b')' => open = open.saturating_sub(1),
            _ => {}
        }
        open > 64
    })
}

/// The place of a part of a scalar's text; the whole scalar where it is written
/// otherwise than it reads.
fn place_in(node: YamlNode<'_>, text: &str, start: usize, length: usize) -> Place {
    let bytes = node.bytes();
    let source = node.source();
    let written = source.text.get(bytes.clone()).unwrap_or_default();
    match written.find(text) {
        Some(offset) => {
            let start = bytes.start + offset + start;
            Place::span(source, start..start + length)
        }
        // Block scalars are indented; their words can still be found.
        None => text
            .get(start..start + length)
            .filter(|part| !part.is_empty())
            .and_then(|part| node.place_of(part))
            .unwrap_or_else(|| node.first_line()),
    }
}
