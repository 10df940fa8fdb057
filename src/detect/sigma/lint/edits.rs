//! Changing a file of YAML in the places of its nodes.

use std::ops::Range;

use crate::detect::lint::Edit;
use crate::diagnostic::{Place, YamlNode};

/// Another text for a scalar, in quotes if it had some or needs them. None for a text
/// that stands on several lines.
pub(super) fn value(node: YamlNode<'_>, text: &str) -> Option<Edit> {
    let range = node.bytes();
    let written = node.source().text.get(range.clone())?;
    if written.contains('\n') || text.contains('\n') || is_block(node) {
        return None;
    }
    let is_quoted = written.starts_with(['\'', '"']);
    let text = if is_quoted || needs_quotes(text) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        text.to_owned()
    };
    Some(Edit { range, text })
}

/// Whether a scalar stands in a block, below the `|` or `>` of its key.
fn is_block(node: YamlNode<'_>) -> bool {
    let before = node.source().text.get(..node.bytes().start);
    let lines = before.and_then(|before| before.rsplit_once('\n'));
    lines.is_some_and(|(above, indent)| {
        let last = above.trim_end().lines().next_back().unwrap_or_default();
        let last = last.split(" #").next().unwrap_or_default();
        let sign = last.split_whitespace().next_back().unwrap_or_default();
        indent.trim().is_empty() && sign.starts_with(['|', '>'])
    })
}

fn needs_quotes(text: &str) -> bool {
    let is_safe = |character: char| {
        character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.' | '/' | '|' | ' ')
    };
    !text.starts_with(|first: char| first.is_ascii_alphabetic())
        || !text.chars().all(is_safe)
        || text.ends_with(' ')
        || ["true", "false", "null", "yes", "no", "on", "off"]
            .contains(&text.to_ascii_lowercase().as_str())
}

/// Another text for a scalar that is no text then: a number or a truth value.
pub(super) fn raw(node: YamlNode<'_>, text: &str) -> Option<Edit> {
    let range = node.bytes();
    let written = node.source().text.get(range.clone())?;
    (!written.contains('\n')).then(|| Edit {
        range,
        text: text.to_owned(),
    })
}

/// Another text in the place of a part of a scalar, if it is written as it reads. Where
/// the rest would be read otherwise, the scalar is written anew.
pub(super) fn part(node: YamlNode<'_>, part: Range<usize>, text: &str) -> Option<Edit> {
    let range = bytes_in(node, part.clone())?;
    let mut whole = node.as_str()?.to_owned();
    whole.replace_range(part, text);
    let written = node.source().text.get(node.bytes())?;
    let is_as_it_reads = match written.chars().next()? {
        // A blank in front would indent a block.
        _ if is_block(node) => !whole.starts_with(char::is_whitespace),
        '"' => !text.contains(['"', '\\']),
        '\'' => !text.contains('\''),
        _ => !needs_quotes(&whole),
    };
    if !is_as_it_reads {
        return value(node, &whole);
    }
    Some(Edit {
        range,
        text: text.to_owned(),
    })
}

/// The place of a part of a scalar; of all of it where it is written otherwise than it
/// reads.
pub(super) fn place_in(node: YamlNode<'_>, part: Range<usize>) -> Place {
    match bytes_in(node, part) {
        Some(bytes) => Place::span(node.source(), bytes),
        None => node.first_line(),
    }
}

fn bytes_in(node: YamlNode<'_>, part: Range<usize>) -> Option<Range<usize>> {
    let bytes = node.bytes();
    let written = node.source().text.get(bytes.clone())?;
    let start = bytes.start + written.find(node.as_str()?)?;
    Some(start + part.start..start + part.end)
}

/// Takes an element of a list away.
pub(super) fn without_element(node: YamlNode<'_>) -> Option<Edit> {
    let text = &node.source().text;
    let bytes = node.bytes();
    let line = text
        .get(..bytes.start)?
        .rfind('\n')
        .map_or(0, |end| end + 1);
    if text.get(line..bytes.start)?.trim() == "-" {
        return lines(text, line..bytes.end);
    }
    // In brackets: with the comma in front of it, or else the one behind it.
    let before = text.get(..bytes.start)?.trim_end();
    if before.ends_with(',') {
        return Some(nothing(before.len() - 1..bytes.end));
    }
    let behind = text.get(bytes.end..)?;
    let rest = behind.trim_start().strip_prefix(',')?.trim_start();
    before
        .ends_with('[')
        .then(|| nothing(bytes.start..text.len() - rest.len()))
}

/// Takes a key with a value of one line away.
pub(super) fn without_pair(key: YamlNode<'_>, value: YamlNode<'_>) -> Option<Edit> {
    let text = &key.source().text;
    let (start, end) = (key.bytes().start, value.bytes().end);
    let line = text.get(..start)?.rfind('\n').map_or(0, |end| end + 1);
    let is_alone = line == start && !text.get(start..end)?.contains('\n');
    is_alone.then(|| lines(text, line..end)).flatten()
}

/// Takes whole lines away, if nothing but a comment stands behind.
fn lines(text: &str, range: Range<usize>) -> Option<Edit> {
    let behind = text.get(range.end..)?;
    let (rest, newline) = match behind.split_once('\n') {
        Some((rest, _)) => (rest, 1),
        None => (behind, 0),
    };
    let is_rest = rest.trim().is_empty() || rest.trim_start().starts_with('#');
    is_rest.then(|| nothing(range.start..range.end + rest.len() + newline))
}

fn nothing(range: Range<usize>) -> Edit {
    Edit {
        range,
        text: String::new(),
    }
}
