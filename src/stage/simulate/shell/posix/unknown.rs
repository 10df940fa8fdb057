//! Texts of which a part is not known.
//!
//! Such a part is kept between two signs that no script holds, with what is written in
//! the script in its stead: `$(pgrep sshd)`. So it goes where the text goes.

const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// A part that is not known, and what stands for it.
pub(super) fn hidden(written: &str) -> String {
    format!("{OPEN}{}{CLOSE}", shown(written))
}

/// Whether all of a text is known.
pub(super) fn is_known(text: &str) -> bool {
    !text.contains(OPEN)
}

/// Whether nothing of a text is known.
pub(super) fn is_nothing_known(text: &str) -> bool {
    let text = text.trim_end_matches('\n');
    text.starts_with(OPEN) && text.ends_with(CLOSE) && text.matches(OPEN).count() == 1
}

/// The text with what is written in the script for the parts that are not known.
pub(super) fn shown(text: &str) -> String {
    text.replace([OPEN, CLOSE], "")
}

/// Whether a sign begins a part that is not known.
pub(super) fn opens(sign: char) -> bool {
    sign == OPEN
}

/// Whether a sign ends a part that is not known.
pub(super) fn closes(sign: char) -> bool {
    sign == CLOSE
}
