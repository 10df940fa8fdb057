//! Putting pseudonyms into the place of identities.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use super::identities::{host_path, is_structure, spans};
use super::pseudonym::written;
use super::spans::{Span, Spans};
use super::words::Words;
use super::{Kind, leak, nested};

/// The pseudonyms of a recording's identities.
///
/// It holds the identities themselves, and is forgotten once they are replaced.
pub struct Pseudonyms {
    table: HashMap<(Kind, String), String>,
    names: HashMap<String, Kind>,
    pub(super) words: Words,
    kept: BTreeSet<Kind>,
    /// The kinds that are replaced.
    kinds: BTreeSet<Kind>,
}

/// What was replaced, but not by what, nor what it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(BTreeMap<Kind, Change>);

/// How often identities of a kind were replaced, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// In how many places.
    pub places: u64,
    /// The fields, by their names, or their paths with `.` between parts.
    pub fields: BTreeSet<String>,
    /// The pseudonyms, by which identities are counted.
    pseudonyms: HashSet<String>,
}

impl Change {
    /// How many identities were replaced.
    #[must_use]
    pub fn identities(&self) -> usize {
        self.pseudonyms.len()
    }
}

impl Changes {
    /// What was replaced, by kind.
    pub fn iter(&self) -> impl Iterator<Item = (Kind, &Change)> {
        self.0.iter().map(|(kind, change)| (*kind, change))
    }

    /// Whether nothing was.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The kinds of what was replaced.
    #[must_use]
    pub fn kinds(&self) -> BTreeSet<Kind> {
        self.0.keys().copied().collect()
    }

    /// Adds what was replaced elsewhere.
    pub fn merge(&mut self, other: &Self) {
        for (kind, change) in &other.0 {
            let own = self.0.entry(*kind).or_default();
            own.places += change.places;
            own.fields.extend(change.fields.iter().cloned());
            own.pseudonyms.extend(change.pseudonyms.iter().cloned());
        }
    }

    fn add(&mut self, kind: Kind, path: &str, pseudonym: &str) {
        let change = self.0.entry(kind).or_default();
        change.places += 1;
        if !path.is_empty() {
            change.fields.insert(path.to_owned());
        }
        if !change.pseudonyms.contains(pseudonym) {
            change.pseudonyms.insert(pseudonym.to_owned());
        }
    }
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pseudonyms")
            .field("identities", &self.table.len())
            .finish_non_exhaustive()
    }
}

impl Pseudonyms {
    pub(super) fn new(
        table: HashMap<(Kind, String), String>,
        names: HashMap<String, Kind>,
        words: Words,
        kept: BTreeSet<Kind>,
    ) -> Self {
        Self {
            table,
            names,
            words,
            kept,
            kinds: Kind::ALL.into(),
        }
    }

    /// Replaces identities of these kinds only.
    pub fn replace_only(&mut self, kinds: impl IntoIterator<Item = Kind>) {
        self.kinds = kinds.into_iter().collect();
    }

    /// How many identities there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// The kinds of names that are words of other meanings as well, and so are only
    /// replaced where they certainly are names.
    #[must_use]
    pub fn ambiguous(&self) -> &BTreeSet<Kind> {
        &self.kept
    }

    /// A text with pseudonyms in the place of identities; `None` if it has none.
    #[must_use]
    pub fn rewrite(&self, path: &str, text: &str, changes: &mut Changes) -> Option<String> {
        nested::rewrite(path, text, &mut |path, text, hidden| {
            self.rewrite_one(path, text, hidden, changes)
        })
    }

    /// A fact of the host or account, such as `user` or `account`, with pseudonyms.
    #[must_use]
    pub fn rewrite_host(&self, key: &str, text: &str) -> String {
        let mut unlisted = Changes::default();
        self.rewrite(host_path(key, text), text, &mut unlisted)
            .unwrap_or_else(|| text.to_owned())
    }

    /// Bytes of a record that are no text, with an `x` in the place of every sign of a
    /// name that stands in them, as UTF-8 or as UTF-16; `None` if there is none.
    #[must_use]
    pub fn blank(&self, path: &str, bytes: &[u8], changes: &mut Changes) -> Option<Vec<u8>> {
        let mut blanked = None;
        for (start, width) in [(0, 1), (0, 2), (1, 2)] {
            let signs = bytes.get(start..).unwrap_or_default().chunks_exact(width);
            let units = signs.map(|sign| match sign {
                [low, high] => u32::from(u16::from_le_bytes([*low, *high])),
                [only] => u32::from(*only),
                _ => 0,
            });
            let text: Vec<_> = units
                .map(|unit| char::from_u32(unit).unwrap_or('\u{fffd}'))
                .collect();
            let places: Vec<_> = text
                .iter()
                .scan(0, |place, sign| {
                    let start = *place;
                    *place += sign.len_utf8();
                    Some(start)
                })
                .collect();
            let mut found = Spans::default();
            self.words
                .find(&text.iter().collect::<String>(), &mut found);
            for span in found.into_sorted() {
                let Some((kind, pseudonym)) = self.pseudonym(&span) else {
                    continue;
                };
                changes.add(kind, path, pseudonym);
                let blanked = blanked.get_or_insert_with(|| bytes.to_vec());
                for (sign, place) in places.iter().enumerate() {
                    if let Some(byte) = blanked.get_mut(start + sign * width)
                        && span.bytes.contains(place)
                    {
                        *byte = b'x';
                    }
                }
            }
        }
        blanked
    }

    /// The kind of an identity that is left in a text, whatever it is written in.
    #[must_use]
    pub fn left_in(&self, text: &str) -> Option<Kind> {
        leak::in_text(&self.words, text)
    }

    /// The kind of an identity that is left in the bytes of a log.
    #[must_use]
    pub fn left_in_bytes(&self, bytes: &[u8]) -> Option<Kind> {
        leak::in_bytes(&self.words, bytes)
    }

    fn rewrite_one(
        &self,
        path: &str,
        text: &str,
        hidden: Vec<(Range<usize>, String)>,
        changes: &mut Changes,
    ) -> Option<String> {
        let mut found = Spans::default();
        // What is kept as it is may still have something in it that is not.
        let known = spans(path, text).into_iter();
        for span in known.filter(|span| self.pseudonym(span).is_some()) {
            found.add(span);
        }
        if !is_structure(path) {
            self.words.find(text, &mut found);
        }
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for span in found.into_sorted() {
            let Some((kind, pseudonym)) = self.pseudonym(&span) else {
                continue;
            };
            let other = written(kind, pseudonym, &text[span.bytes.clone()]);
            changes.add(kind, path, pseudonym);
            edits.push((span.bytes, other));
        }
        let is_free = |bytes: &Range<usize>| {
            edits
                .iter()
                .all(|(known, _)| known.end <= bytes.start || bytes.end <= known.start)
        };
        let hidden: Vec<_> = hidden
            .into_iter()
            .filter(|(bytes, _)| is_free(bytes))
            .collect();
        edits.extend(hidden);
        if edits.is_empty() {
            return None;
        }
        edits.sort_by_key(|(bytes, _)| bytes.start);
        let mut out = String::with_capacity(text.len());
        let mut copied = 0;
        for (bytes, other) in edits {
            out.push_str(&text[copied..bytes.start]);
            out.push_str(&other);
            copied = bytes.end;
        }
        Some(out + &text[copied..])
    }

    fn pseudonym(&self, span: &Span) -> Option<(Kind, &str)> {
        let kind = match span.kind {
            kind @ (Kind::Host | Kind::Domain | Kind::User) => {
                self.names.get(&span.canonical).copied().unwrap_or(kind)
            }
            kind => kind,
        };
        if !self.kinds.contains(&kind) {
            return None;
        }
        let pseudonym = self.table.get(&(kind, span.canonical.clone()))?;
        Some((kind, pseudonym))
    }
}
