//! Lines of batch files: labels, and lines with nothing to do.

use super::parse::is_separator;

/// Whether nothing is to be done for a line: it is empty, or a label.
pub(super) fn is_idle(line: &str) -> bool {
    let line = line.trim_start_matches(is_separator).trim_start();
    line.is_empty() || line.starts_with(':')
}

/// The place behind a label, looked for from `from` on and then from the beginning.
pub(super) fn behind_label(lines: &[String], label: &str, from: usize) -> Option<usize> {
    let after = lines.iter().enumerate().skip(from);
    let before = lines.iter().enumerate().take(from);
    after
        .chain(before)
        .find(|(_, line)| label_of(line).is_some_and(|known| known.eq_ignore_ascii_case(label)))
        .map(|(at, _)| at + 1)
}

fn label_of(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(is_separator);
    Some(label_name(line.strip_prefix(':')?))
}

/// The name of a label in what follows its colon.
pub(super) fn label_name(text: &str) -> &str {
    let text = text.trim_start_matches(is_separator);
    let end = text
        .find(|sign: char| is_separator(sign) || matches!(sign, ':' | '+' | '&' | '|' | '<' | '>'))
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}
