//! Fields, their modifiers, and their values.

use std::net::IpAddr;

use super::{invalid, suggestion};
use crate::diagnostic::{Code, Diagnostic, Place, YamlNode};

/// Every modifier of the specification, and those that it has had.
///
/// Source: Sigma specification 2.1.0, appendix "Modifiers".
const MODIFIERS: &[&str] = &[
    "all",
    "base64",
    "base64offset",
    "cased",
    "cidr",
    "contains",
    "day",
    "dotall",
    "endswith",
    "exists",
    "expand",
    "fieldref",
    "gt",
    "gte",
    "hour",
    "i",
    "ignorecase",
    "lt",
    "lte",
    "m",
    "minute",
    "month",
    "multiline",
    "neq",
    "re",
    "s",
    "startswith",
    "utf16",
    "utf16be",
    "utf16le",
    "week",
    "wide",
    "windash",
    "year",
];

/// Each says how a value is compared, so that one is all there can be.
const OPERATORS: [&str; 17] = [
    "contains",
    "startswith",
    "endswith",
    "re",
    "cidr",
    "exists",
    "fieldref",
    "gt",
    "gte",
    "lt",
    "lte",
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
];

const ENCODINGS: [&str; 4] = ["wide", "utf16", "utf16be", "utf16le"];

const FLAGS: [&str; 6] = ["i", "m", "s", "ignorecase", "multiline", "dotall"];

const TIMES: [&str; 6] = ["minute", "hour", "day", "week", "month", "year"];

/// Checks one field with its modifiers and values.
pub(super) fn check(key: YamlNode<'_>, value: YamlNode<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(text) = key.as_str() else { return };
    let lower: Vec<String> = text.split('|').skip(1).map(str::to_lowercase).collect();
    let modifiers: Vec<&str> = lower.iter().map(String::as_str).collect();
    let before = findings.len();
    for modifier in text.split('|').skip(1) {
        check_known(key, modifier, findings);
    }
    if findings.len() == before {
        check_together(key, &modifiers, findings);
    }
    check_values(key, value, &modifiers, findings);
}

fn check_known(key: YamlNode<'_>, modifier: &str, findings: &mut Vec<Diagnostic>) {
    let lower = modifier.to_lowercase();
    if MODIFIERS.contains(&modifier) {
        return;
    }
    let problem = if modifier == "not" {
        invalid("`not` is not a modifier")
            .help("negate the part in the condition, as in `selection and not filter`")
    } else if modifier.is_empty() {
        invalid("there is no modifier behind the `|`").help("write one, or remove the `|`")
    } else if MODIFIERS.contains(&lower.as_str()) {
        invalid(format!(
            "the modifier `{modifier}` is written in capital letters"
        ))
        .help(format!("write `{lower}`"))
    } else {
        invalid(format!("`{modifier}` is not a modifier"))
            .help(suggestion(modifier, MODIFIERS.iter().copied()))
    };
    findings.push(problem.at(key.place_of(modifier).unwrap_or_else(|| key.place())));
}

/// Modifiers that make no sense beside each other.
fn check_together(key: YamlNode<'_>, modifiers: &[&str], findings: &mut Vec<Diagnostic>) {
    let has = |name: &&str| modifiers.contains(name);
    let mut conflict = |message: String, help: &str, word: &str| {
        let place = key.place_of(word).unwrap_or_else(|| key.place());
        findings.push(invalid(message).at(place).help(help));
    };
    let operators: Vec<&str> = OPERATORS.iter().copied().filter(|name| has(name)).collect();
    let is_field_text = operators.len() == 2
        && operators.contains(&"fieldref")
        && operators
            .iter()
            .any(|name| ["contains", "startswith", "endswith"].contains(name));
    if operators.len() > 1 && !is_field_text {
        conflict(
            format!(
                "`{}` and `{}` cannot be asked for at once",
                operators[0], operators[1]
            ),
            "keep one of them",
            operators[1],
        );
        return;
    }
    if is_field_text && modifiers.iter().position(has_name("fieldref")) != Some(0) {
        conflict(
            "`fieldref` does not come first".to_owned(),
            "write it in front of the other modifier",
            "fieldref",
        );
    }
    let encodings: Vec<&str> = ENCODINGS.iter().copied().filter(|name| has(name)).collect();
    if encodings.len() > 1 {
        conflict(
            format!(
                "`{}` and `{}` cannot be asked for at once",
                encodings[0], encodings[1]
            ),
            "keep one of them",
            encodings[1],
        );
    }
    if has(&"base64") && has(&"base64offset") {
        conflict(
            "`base64` and `base64offset` cannot be asked for at once".to_owned(),
            "keep `base64offset`, which finds the value wherever it stands",
            "base64",
        );
    }
    let is_text = operators
        .first()
        .is_none_or(|name| ["contains", "startswith", "endswith"].contains(name));
    let transforms = ["base64", "base64offset", "windash", "expand"];
    let transforms = || transforms.iter().chain(&ENCODINGS).copied();
    if !is_text && let Some(transform) = transforms().find(|name| has(name)) {
        conflict(
            format!(
                "`{transform}` changes text, and `{}` does not compare text",
                operators[0]
            ),
            "keep one of them",
            transform,
        );
    }
    if !has(&"re")
        && let Some(flag) = FLAGS.iter().copied().find(|name| has(name))
    {
        conflict(
            format!("`{flag}` is a flag of `re`, which is not there"),
            "letter case does not matter anyway, unless `cased` is there",
            flag,
        );
    }
}

fn has_name(name: &str) -> impl FnMut(&&str) -> bool {
    move |known| *known == name
}

fn check_values(
    key: YamlNode<'_>,
    value: YamlNode<'_>,
    modifiers: &[&str],
    findings: &mut Vec<Diagnostic>,
) {
    let field = key.as_str().unwrap_or_default();
    if value.is_mapping() {
        findings.push(
            invalid(format!("the value of `{field}` is a mapping"))
                .at(value.first_line())
                .help("write a value or a list of values; nested fields are named with dots"),
        );
        return;
    }
    let values: Vec<_> = if value.is_list() {
        value.elements().collect()
    } else {
        vec![value]
    };
    if values.is_empty() {
        findings.push(
            invalid(format!("the list of values of `{field}` is empty"))
                .at(value.first_line())
                .help("write a value, or `null` for a field that is not there"),
        );
    }
    if modifiers.contains(&"all") && values.len() == 1 {
        findings.push(
            invalid("`all` needs more than one value")
                .at(key.place_of("all").unwrap_or_else(|| key.place()))
                .help("remove it, or add values"),
        );
    }
    for value in values {
        if value.is_mapping() || value.is_list() {
            findings.push(
                invalid(format!("a value of `{field}` is {}", value.what()))
                    .at(value.first_line())
                    .help("write each value on its own"),
            );
            continue;
        }
        check_value(value, modifiers, findings);
    }
}

fn check_value(value: YamlNode<'_>, modifiers: &[&str], findings: &mut Vec<Diagnostic>) {
    let has = |name: &str| modifiers.contains(&name);
    let text = value.as_str();
    if value.as_number().is_some_and(|number| !number.is_finite()) {
        findings.push(
            invalid("the number is too large")
                .at(value.first_line())
                .help("write a smaller number, or put it in quotes to compare it as text"),
        );
        return;
    }
    if has("re") {
        if let Some(problem) = text.and_then(|text| bad_regex(value, text)) {
            findings.push(problem);
        }
    } else if has("cidr") {
        if !text.is_some_and(is_network) {
            findings.push(
                invalid("the value is no network in CIDR notation")
                    .at(value.first_line())
                    .help("write an address and a length, as in `10.0.0.0/8` or `fe80::/10`"),
            );
        }
    } else if has("expand") {
        let placeholder = text.unwrap_or_default();
        findings.push(
            Diagnostic::warning(
                Code::SIGMA_UNSUPPORTED,
                format!(
                    "the placeholder `{}` stands for values that are not known here",
                    shortened(placeholder)
                ),
            )
            .at(value.first_line())
            .help("write the values into a copy of the rule"),
        );
    } else if ["gt", "gte", "lt", "lte"].into_iter().any(has) {
        let is_number = value.as_number().is_some()
            || text.is_some_and(|text| text.parse::<f64>().is_ok_and(f64::is_finite));
        if !is_number {
            findings.push(
                invalid(format!(
                    "the value is {}, and is compared as a number",
                    value.what()
                ))
                .at(value.first_line())
                .help("write a number"),
            );
        }
    } else if TIMES.into_iter().any(has) {
        let is_whole =
            value.as_integer().is_some() || text.is_some_and(|text| text.parse::<u32>().is_ok());
        if !is_whole {
            findings.push(
                invalid("a part of a time is a whole number")
                    .at(value.first_line())
                    .help("write a number, such as `hour: 3`"),
            );
        }
    } else if has("exists") {
        let is_truth = value.as_bool().is_some()
            || text.is_some_and(|text| ["true", "false", "yes", "no"].contains(&text));
        if !is_truth {
            findings.push(
                invalid("`exists` is asked for something else than `true` or `false`")
                    .at(value.first_line())
                    .help("write `true` or `false`"),
            );
        }
    } else if has("fieldref") {
        let is_name = text.is_some_and(|text| !text.contains(['*', '?']));
        if !is_name {
            findings.push(
                invalid("`fieldref` wants the name of one field")
                    .at(value.first_line())
                    .help("write the name without wildcards"),
            );
        }
    } else if has("base64") || has("base64offset") || ENCODINGS.into_iter().any(has) {
        let is_wild = text.is_some_and(|text| !rsigma_parser::SigmaString::new(text).is_plain());
        if is_wild {
            findings.push(
                invalid("the value is encoded and has a wildcard, which has no encoding")
                    .at(value.first_line())
                    .help("write the value without it, or escape it with a backslash"),
            );
        }
    }
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start}…")
}

/// Whether a text is a network: an address and the length of its prefix.
fn is_network(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else {
        return false;
    };
    let longest = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    let is_plain = length.bytes().all(|byte| byte.is_ascii_digit());
    is_plain && length.parse::<u8>().is_ok_and(|length| length <= longest)
}

/// What is wrong with a regular expression, with its place inside it.
fn bad_regex(value: YamlNode<'_>, pattern: &str) -> Option<Diagnostic> {
    let error = match regex_syntax::Parser::new().parse(pattern) {
        Err(error) => error,
        // What is well formed can still be too large.
        Ok(_) => {
            return regex::Regex::new(pattern).err().map(|_| {
                invalid("the regular expression is too large")
                    .at(value.first_line())
                    .help("use smaller numbers of repetitions")
            });
        }
    };
    let (cause, span) = match &error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), *error.span()),
        regex_syntax::Error::Translate(error) => (error.kind().to_string(), *error.span()),
        _ => ("it cannot be read".to_owned(), whole(pattern)),
    };
    let help = if cause.contains("look-around") || cause.contains("backreference") {
        "write it without, as Sigma's regular expressions have no such thing"
    } else {
        "put a backslash in front of what is meant as it stands"
    };
    let place = place_inside(value, pattern, span.start.offset, span.end.offset);
    Some(
        invalid(format!("the regular expression is not valid: {cause}"))
            .at(place)
            .help(help),
    )
}

fn whole(pattern: &str) -> regex_syntax::ast::Span {
    use regex_syntax::ast::{Position, Span};
    Span::new(Position::new(0, 1, 1), Position::new(pattern.len(), 1, 1))
}

fn place_inside(value: YamlNode<'_>, text: &str, start: usize, end: usize) -> Place {
    let bytes = value.bytes();
    let source = value.source();
    let written = source.text.get(bytes.clone()).unwrap_or_default();
    match written.find(text) {
        Some(offset) => {
            let first = bytes.start + offset;
            Place::span(source, first + start..first + end)
        }
        None => value.first_line(),
    }
}
