//! Identities that are known from elsewhere, wherever they stand.

use aho_corasick::{AhoCorasick, MatchKind};

use super::Kind;
use super::spans::{Span, Spans, ends_with_escape};

/// A name that is shorter is a part of too many words.
const SHORTEST: usize = 3;

/// From this length on, a name is the same with a number behind it.
const LONG: usize = 6;

/// An identity as it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word {
    pub(super) written: String,
    pub(super) kind: Kind,
    pub(super) canonical: String,
}

/// Finds words.
#[derive(Debug, Default)]
pub(super) struct Words {
    words: Vec<Word>,
    automaton: Option<AhoCorasick>,
}

impl Words {
    /// Finds these, but for what is too short to be told from other words.
    pub(super) fn new(mut words: Vec<Word>) -> Self {
        words.retain(|word| word.written.chars().count() >= SHORTEST);
        words.sort();
        words.dedup_by(|later, earlier| later.written == earlier.written);
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(words.iter().map(|word| &word.written))
            .ok();
        Self { words, automaton }
    }

    /// Finds the words in what is not taken yet.
    pub(super) fn find(&self, text: &str, found: &mut Spans) {
        self.each(text, |word, bytes| {
            found.add(Span::new(bytes, word.kind, word.canonical.clone()));
            true
        });
    }

    /// The first word in a text.
    pub(super) fn first(&self, text: &str) -> Option<&Word> {
        let mut first = None;
        self.each(text, |word, _| {
            first = Some(word);
            false
        });
        first
    }

    fn each<'w>(
        &'w self,
        text: &str,
        mut take: impl FnMut(&'w Word, std::ops::Range<usize>) -> bool,
    ) {
        let Some(automaton) = &self.automaton else {
            return;
        };
        let mut from = 0;
        while let Some(found) = text.get(from..).and_then(|rest| automaton.find(rest)) {
            let bytes = from + found.start()..from + found.end();
            let Some(word) = self.words.get(found.pattern().as_usize()) else {
                return;
            };
            if stands_alone(text, &bytes, word) {
                if !take(word, bytes.clone()) {
                    return;
                }
                from = bytes.end;
            } else {
                // A shorter one may start within.
                let next = text[bytes.start..].chars().next();
                from = bytes.start + next.map_or(1, char::len_utf8);
            }
        }
    }
}

fn stands_alone(text: &str, bytes: &std::ops::Range<usize>, word: &Word) -> bool {
    let mut back = text[..bytes.start].chars().rev();
    let mut front = text[bytes.end..].chars();
    let (mut before, behind) = (back.next(), front.next());
    if ends_with_escape(&text[..bytes.start]) {
        before = None;
    }
    let alone = |sign: Option<char>| !sign.is_some_and(char::is_alphanumeric);
    match word.kind {
        Kind::Secret | Kind::Password | Kind::PublicKey => true,
        Kind::Account => {
            let is_digit = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_digit());
            !is_digit(before) && !is_digit(behind)
        }
        Kind::Address => {
            let goes_on = |sign: Option<char>, over: Option<char>| match sign {
                Some('.' | ':') => over.is_some_and(|over| over.is_ascii_hexdigit()),
                sign => !alone(sign),
            };
            !goes_on(before, back.next()) && !goes_on(behind, front.next())
        }
        kind if kind.is_name() && word.written.len() >= LONG => {
            let joins = |edge: Option<char>, sign: Option<char>| match (edge, sign) {
                (Some(edge), Some(sign)) => {
                    edge.is_alphabetic() && sign.is_alphabetic()
                        || edge.is_numeric() && sign.is_numeric()
                }
                _ => false,
            };
            let (first, last) = (word.written.chars().next(), word.written.chars().last());
            // An escaped line break is no letter of a word.
            let is_escape = matches!(before, Some('n' | 'r' | 't')) && back.next() == Some('\\');
            (is_escape || !joins(first, before)) && !joins(last, behind)
        }
        _ => alone(before) && alone(behind),
    }
}
