//! What a file says its linter is to be silent about.

use crate::diagnostic::{Code, SourceText};

/// What stands before the codes in a comment.
const MARK: &str = "misfire-allow:";

/// Whether a finding is allowed by a comment of its file: `# misfire-allow: CODE, CODE`,
/// on a line of its own or behind something else; text after ` -- ` says why. A code may
/// be given whole, or without `misfire::lint::`.
#[must_use]
pub fn is_allowed_in(source: &SourceText, code: Code) -> bool {
    let comments = source.text.lines().filter_map(|line| {
        let (before, codes) = line.split_once(MARK)?;
        let before = before.trim_end();
        let is_comment = before.ends_with('#') || before.ends_with("//");
        is_comment.then_some(codes)
    });
    comments
        .map(|codes| codes.split_once(" -- ").map_or(codes, |(codes, _)| codes))
        .flat_map(|codes| codes.split(','))
        .any(|word| is_code(word.trim(), code))
}

/// Whether a word is a code, whole or without what all rules of linters begin with.
#[must_use]
pub fn is_code(word: &str, code: Code) -> bool {
    let code = code.as_str();
    word == code || code.strip_prefix("misfire::lint::") == Some(word)
}
