//! Wildcards and backslashes in values.

use super::edits;
use super::file_name::is_path;
use super::rule::{Item, Rule, Sign, signs};
use super::rules::{
    CONTROL_CHARACTER, EMPTY_VALUE, ESCAPED_WILDCARD, HELP_FLAG, PLACEHOLDER, QUESTION_MARK,
    REDUNDANT_WILDCARD, UNDONE_MODIFIER, WILDCARDS_FOR_MODIFIER,
};
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::diagnostic::{Severity, YamlNode};

/// The characters of a value with their bytes.
type Signs = Vec<(std::ops::Range<usize>, Sign)>;

pub(super) fn check(rule: &Rule<'_>, findings: &mut Vec<Finding>) {
    for (_, item) in rule.items() {
        if !item.is_of_text() {
            continue;
        }
        let before = findings.len();
        for (node, text) in item.texts() {
            control_character(node, text, findings);
            placeholder(item, node, text, findings);
            if text.is_empty() && item.has_any(&["contains", "startswith", "endswith"]) {
                findings.push(empty(node));
            }
            if !text.contains(['*', '?']) {
                continue;
            }
            let signs = signs(text);
            escaped(item, node, text, &signs, findings);
            question_marks(node, text, &signs, findings);
            at_the_ends(item, node, &signs, findings);
        }
        // What has another fault may be meant otherwise.
        if findings.len() == before {
            instead_of_modifier(rule, item, findings);
        }
    }
}

fn is_word(sign: Option<&(std::ops::Range<usize>, Sign)>) -> bool {
    matches!(sign, Some((_, Sign::Plain(character)))
        if character.is_alphanumeric() || matches!(character, '_' | ')' | '%' | ':' | '.'))
}

/// Whether a text ends with a drive, such as `C:`.
fn ends_with_drive(text: &str) -> bool {
    let mut characters = text.chars().rev();
    characters.next() == Some(':')
        && characters
            .next()
            .is_some_and(|letter| letter.is_ascii_alphabetic())
        && !characters.next().is_some_and(char::is_alphanumeric)
}

/// `\*` behind a folder: the backslash is taken for an escape, and gone.
fn escaped(
    item: &Item<'_>,
    node: YamlNode<'_>,
    text: &str,
    signs: &Signs,
    findings: &mut Vec<Finding>,
) {
    for (index, (bytes, sign)) in signs.iter().enumerate() {
        let Sign::Escaped(wildcard @ ('*' | '?')) = sign else {
            continue;
        };
        let before = index.checked_sub(1).and_then(|before| signs.get(before));
        // A value with other backslashes is a path, and this one divides it as well.
        let others = signs.iter().enumerate().any(|(other, (_, sign))| {
            let is_before = other < index || *wildcard == '*';
            other != index && is_before && *sign == Sign::Plain('\\')
        });
        if !is_word(before) || !(others || ends_with_drive(&text[..bytes.start])) {
            continue;
        }
        let mut finding = Finding::new(
            &ESCAPED_WILDCARD,
            format!(
                "`\\{wildcard}` is a plain `{wildcard}`: the backslash only escapes it, and no \
                 wildcard is left"
            ),
            edits::place_in(node, bytes.clone()),
        )
        .fix(
            Remedy::Proposed,
            format!("write `\\\\{wildcard}` for a backslash and a wildcard"),
            edits::part(node, bytes.start..bytes.start, "\\")
                .into_iter()
                .collect(),
        );
        // No file's name can have one.
        if is_path(item.field) {
            finding.diagnostic.severity = Severity::Error;
        }
        findings.push(finding);
    }
}

/// `?` where a question mark is meant.
fn question_marks(node: YamlNode<'_>, text: &str, signs: &Signs, findings: &mut Vec<Finding>) {
    let plain = |index: Option<usize>| match index.and_then(|index| signs.get(index)) {
        Some((_, Sign::Plain(character))) => Some(*character),
        _ => None,
    };
    let is_edge = |index: Option<usize>| match index {
        None => true,
        Some(index) if index >= signs.len() => true,
        index => plain(index).is_some_and(|character| matches!(character, ' ' | '"' | '\'')),
    };
    for (index, (bytes, sign)) in signs.iter().enumerate() {
        if *sign != Sign::One {
            continue;
        }
        let before = index.checked_sub(1);
        let is_flag = plain(before).is_some_and(|character| matches!(character, '-' | '/'))
            && before.is_some_and(|before| is_edge(before.checked_sub(1)))
            && is_edge(Some(index + 1));
        let is_single = !text.contains("??");
        let (rule, message) = if is_flag {
            let flag = plain(before).unwrap_or('-');
            let message =
                format!("`?` is a wildcard, so `{flag}?` is every flag of one letter, too");
            (&HELP_FLAG, message)
        } else if is_single && is_query(text, bytes.start) {
            let message = "`?` is a wildcard here, which any character matches".to_owned();
            (&QUESTION_MARK, message)
        } else {
            continue;
        };
        findings.push(
            Finding::new(rule, message, edits::place_in(node, bytes.clone())).fix(
                Remedy::Proposed,
                "write `\\?` for a question mark",
                edits::part(node, bytes.clone(), "\\?")
                    .into_iter()
                    .collect(),
            ),
        );
    }
}

/// Whether the query of an address starts at a `?`: behind a path, in front of a name
/// and `=`.
fn is_query(text: &str, at: usize) -> bool {
    const PAGES: [&str; 9] = [
        ".php", ".asp", ".aspx", ".jsp", ".cgi", ".html", ".htm", ".do", ".action",
    ];
    let (before, behind) = (&text[..at], &text[at + 1..]);
    let lower = before.to_ascii_lowercase();
    let name = behind.find(|character: char| !(character.is_alphanumeric() || character == '_'));
    let is_named = name.is_some_and(|end| end > 0 && behind[end..].starts_with('='));
    let is_page = PAGES.iter().any(|page| lower.ends_with(page));
    (is_page && (behind.is_empty() || is_named)) || (is_named && before.contains('/'))
}

/// Wildcards at the ends that modifiers open or tie down.
fn at_the_ends(item: &Item<'_>, node: YamlNode<'_>, signs: &Signs, findings: &mut Vec<Finding>) {
    let operator = ["contains", "startswith", "endswith"]
        .into_iter()
        .find(|operator| item.has(operator));
    let is_any = |(_, sign): &&(std::ops::Range<usize>, Sign)| *sign == Sign::Any;
    let leading = signs.iter().take_while(is_any).count();
    let trailing = signs.iter().rev().take_while(is_any).count();
    let Some(operator) = operator.filter(|_| leading < signs.len()) else {
        return;
    };
    // A star in front of what is no ASCII is often a part of a picture.
    let is_drawn = matches!(signs.get(leading), Some((_, Sign::Plain(next))) if !next.is_ascii());
    if leading > 0 && !is_drawn {
        let bytes = 0..signs[leading - 1].0.end;
        findings.push(match operator {
            "startswith" => undone(node, bytes, operator, "starts"),
            _ => redundant(node, bytes, operator),
        });
    }
    if trailing > 0 {
        let bytes = signs[signs.len() - trailing].0.start..signs[signs.len() - 1].0.end;
        findings.push(match operator {
            "endswith" => undone(node, bytes, operator, "ends"),
            _ => redundant(node, bytes, operator),
        });
    }
}

fn redundant(node: YamlNode<'_>, bytes: std::ops::Range<usize>, operator: &str) -> Finding {
    Finding::new(
        &REDUNDANT_WILDCARD,
        format!("`{operator}` lets anything through here without the wildcard"),
        edits::place_in(node, bytes.clone()),
    )
    .fix(
        Remedy::Certain,
        "remove it",
        edits::part(node, bytes, "").into_iter().collect(),
    )
}

fn undone(
    node: YamlNode<'_>,
    bytes: std::ops::Range<usize>,
    operator: &str,
    where_it: &str,
) -> Finding {
    Finding::new(
        &UNDONE_MODIFIER,
        format!("with a wildcard there, nothing {where_it} the field: `{operator}` is undone"),
        edits::place_in(node, bytes.clone()),
    )
    .fix(
        Remedy::Proposed,
        "remove the wildcard, or write `contains`",
        edits::part(node, bytes, "").into_iter().collect(),
    )
}

/// `*value*` where `contains` would do, and its like.
fn instead_of_modifier(rule: &Rule<'_>, item: &Item<'_>, findings: &mut Vec<Finding>) {
    if !item.modifiers.is_empty() {
        return;
    }
    let texts: Vec<_> = item.texts().collect();
    if texts.is_empty() || texts.len() < item.values.len() {
        return;
    }
    let shape = |text: &str| {
        let signs = signs(text);
        let is_any = |sign: Option<&(_, Sign)>| sign.is_some_and(|(_, sign)| *sign == Sign::Any);
        let (first, last) = (is_any(signs.first()), is_any(signs.last()));
        let inner = usize::from(first)..signs.len().saturating_sub(usize::from(last));
        let is_plain = |(_, sign): &(_, Sign)| !matches!(sign, Sign::Any | Sign::One);
        let inner = signs.get(inner).filter(|inner| !inner.is_empty())?;
        let modifier = match (first, last) {
            (true, true) => "contains",
            (true, false) => "endswith",
            (false, true) => "startswith",
            (false, false) => return None,
        };
        inner.iter().all(is_plain).then_some(modifier)
    };
    let Some(modifier) = texts.first().and_then(|(_, text)| shape(text)) else {
        return;
    };
    if !texts.iter().all(|(_, text)| shape(text) == Some(modifier)) {
        return;
    }
    let key = format!("{}|{modifier}", item.field);
    let is_taken = rule
        .items()
        .any(|(_, other)| other.key.as_str() == Some(key.as_str()));
    let values = texts.iter().map(|(node, text)| {
        let inner = text.strip_prefix('*').unwrap_or(text);
        let inner = match modifier {
            "endswith" => inner,
            _ => inner.strip_suffix('*').unwrap_or(inner),
        };
        edits::value(*node, inner)
    });
    let key_edit = std::iter::once(edits::value(item.key, &key));
    let edits: Option<Vec<Edit>> = key_edit.chain(values).collect();
    let title = format!("write `{key}` without the wildcards");
    let finding = Finding::new(
        &WILDCARDS_FOR_MODIFIER,
        format!("the wildcards say what `{modifier}` says"),
        item.key.place(),
    );
    findings.push(match edits.filter(|_| !is_taken) {
        Some(edits) => finding.fix(Remedy::Certain, title, edits),
        None => finding.help(title),
    });
}

/// `"C:\temp"`, in which YAML makes a tab of `\t`.
fn control_character(node: YamlNode<'_>, text: &str, findings: &mut Vec<Finding>) {
    let Some(at) = text.find(|character: char| character.is_ascii_control()) else {
        return;
    };
    let written = node.source().text.get(node.bytes()).unwrap_or_default();
    let is_path = text.contains('\\') || text[..at].ends_with(':');
    let Some(inner) = written
        .strip_prefix('"')
        .and_then(|written| written.strip_suffix('"'))
        .filter(|inner| is_path && !inner.contains('\n'))
    else {
        return;
    };
    let meant = inner.replace("\\\\", "\\");
    findings.push(
        Finding::new(
            &CONTROL_CHARACTER,
            "in double quotes, YAML makes a control character of the backslash and its letter",
            node.place(),
        )
        .fix(
            Remedy::Proposed,
            format!("use single quotes: `'{meant}'`"),
            edits::value(node, &meant).into_iter().collect(),
        ),
    );
}

fn empty(node: YamlNode<'_>) -> Finding {
    Finding::new(
        &EMPTY_VALUE,
        "every value has an empty text in it, so this matches all",
        node.place(),
    )
    .help("remove it, or ask for `''` without the modifier")
}

/// `%Servers%` without `expand`.
fn placeholder(item: &Item<'_>, node: YamlNode<'_>, text: &str, findings: &mut Vec<Finding>) {
    const STANDARD: [&str; 5] = [
        "%Administrators%",
        "%DomainControllers%",
        "%JumpServers%",
        "%Servers%",
        "%Workstations%",
    ];
    if !STANDARD
        .iter()
        .any(|known| known.eq_ignore_ascii_case(text))
    {
        return;
    }
    let key = item.key.as_str().unwrap_or_default();
    let edit = edits::value(item.key, &format!("{key}|expand"));
    findings.push(
        Finding::new(
            &PLACEHOLDER,
            format!("without `expand`, `{text}` is that very text"),
            node.place(),
        )
        .fix(
            Remedy::Proposed,
            format!("write `{key}|expand`"),
            edit.into_iter().collect(),
        ),
    );
}
