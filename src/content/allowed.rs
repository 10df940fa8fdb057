//! What a file says its linter is to be silent about.

use std::ops::Range;
use std::sync::Arc;

use crate::detect::lint::rules;
use crate::diagnostic::{Code, Diagnostic, Place, SourceText, did_you_mean};

/// What stands before the codes in a comment.
const MARK: &str = "misfire-allow:";

/// Whether a finding is allowed by a comment of its file: `# misfire-allow: CODE, CODE`,
/// on a line of its own or behind something else; text after ` -- ` says why. A code may
/// be given whole, or without `misfire::lint::`.
#[must_use]
pub fn is_allowed_in(source: &SourceText, code: Code) -> bool {
    words(&source.text).any(|word| is_code(&source.text[word], code))
}

/// What is to be said of comments that allow what no linter finds.
#[must_use]
pub fn wrongly_allowed_in(source: &Arc<SourceText>) -> Vec<Diagnostic> {
    let known = || {
        let rules = rules().iter().map(|rule| rule.code);
        rules.chain(Code::ALL.iter().copied())
    };
    words(&source.text)
        .filter(|word| {
            let word = &source.text[word.clone()];
            !known().any(|code| is_code(word, code))
        })
        .map(|place| {
            let word = &source.text[place.clone()];
            let names = known().map(|code| code.as_str().trim_start_matches("misfire::lint::"));
            let help = match did_you_mean(word, names) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "`misfire lint --rules` shows them all".to_owned(),
            };
            let message = format!("`{word}` is no rule, so nothing is allowed by it");
            Diagnostic::warning(Code::CONTENT_BAD_VALUE, message)
                .at(Place::span(source, place))
                .help(help)
        })
        .collect()
}

/// The codes in the comments of a text, by their places.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive('\n').flat_map(move |line| {
        let here = start;
        start += line.len();
        words_of(line)
            .into_iter()
            .map(move |word| here + word.start..here + word.end)
    })
}

fn words_of(line: &str) -> Vec<Range<usize>> {
    let Some(place) = line.find(MARK) else {
        return Vec::new();
    };
    let before = line[..place].trim_end();
    if !before.ends_with('#') && !before.ends_with("//") {
        return Vec::new();
    }
    let mut at = place + MARK.len();
    let codes = &line[at..];
    let codes = codes.split_once(" -- ").map_or(codes, |(codes, _)| codes);
    let mut words = Vec::new();
    for part in codes.split(',') {
        let word = part.trim();
        if !word.is_empty() {
            let start = at + (part.len() - part.trim_start().len());
            words.push(start..start + word.len());
        }
        at += part.len() + 1;
    }
    words
}

/// Whether a word is a code, whole or without what all rules of linters begin with.
#[must_use]
pub fn is_code(word: &str, code: Code) -> bool {
    let code = code.as_str();
    word == code || code.strip_prefix("misfire::lint::") == Some(word)
}
