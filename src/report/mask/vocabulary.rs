//! The words that misfire itself writes, which are no secrets.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::detect::Language;
use crate::diagnostic::Code;
use crate::report::Words;
use crate::verdict::StageName;

/// Words of reports that no list of values holds.
const OTHERS: [&str; 23] = [
    "absent",
    "authored",
    "claims",
    "conditional",
    "controls",
    "detections",
    "error",
    "executed",
    "intent",
    "note",
    "proven",
    "recorded",
    "required",
    "signals",
    "simulated",
    "stand-in",
    "strict",
    "telemetry",
    "unexpected",
    "unobservable",
    "unproven",
    "verdicts",
    "warning",
];

static WORDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let stages = [StageName::Replay, StageName::Simulate, StageName::Execute];
    let stages = stages.iter().map(|stage| stage.as_str());
    let languages = Language::ALL.iter().map(|language| language.as_str());
    let codes = Code::ALL.iter().map(|code| code.as_str());
    Words::all()
        .chain(OTHERS)
        .chain(stages)
        .chain(languages)
        .chain(codes)
        .collect()
});

/// Whether that is one of misfire's own words.
pub(super) fn is_own_word(text: &str) -> bool {
    WORDS.contains(text)
}

/// Whether a part of a text is only a part of one of misfire's own words.
pub(super) fn is_in_own_word(text: &str, part: std::ops::Range<usize>) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "_-:".contains(character);
    let before = text[..part.start].trim_end_matches(is_part).len();
    let behind = text[part.end..].trim_start_matches(is_part).len();
    let word = text[before..text.len() - behind].trim_matches(['-', ':']);
    is_own_word(word)
}
