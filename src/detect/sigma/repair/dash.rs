//! `windash`: the dashes in front of a command's flags.

use rsigma_parser::value::StringPart;
use rsigma_parser::{SigmaString, SigmaValue};

use super::text;

/// The characters that `windash` takes for one another.
///
/// Source: Sigma specification 2.1.0, appendix "Modifiers", `windash`.
const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// The same as a class of a regular expression.
pub(super) const CLASS: &str = "[\\-/\u{2013}\u{2014}\u{2015}]";

/// More dashes than this in one value would make too many spellings.
const MOST_SPELLED: usize = 2;

/// The places of the dashes that introduce a command's flag, counted in plain
/// characters.
#[derive(Debug, Default)]
pub(super) struct Dashes(Vec<usize>);

impl Dashes {
    /// The dashes of a value: each with no word's character in front and one
    /// behind it, as pySigma has it, so that hyphens inside words stay.
    pub(super) fn of(value: &SigmaString) -> Self {
        let mut characters = Vec::new();
        for part in &value.parts {
            match part {
                StringPart::Plain(plain) => characters.extend(plain.chars().map(Some)),
                StringPart::Special(_) => characters.push(None),
            }
        }
        let is_word = |character: Option<&Option<char>>| {
            character
                .copied()
                .flatten()
                .is_some_and(|character| character.is_alphanumeric() || character == '_')
        };
        let mut place = 0;
        let mut places = Vec::new();
        for (index, character) in characters.iter().enumerate() {
            let Some(character) = character else { continue };
            let behind_word = index > 0 && is_word(characters.get(index - 1));
            if matches!(character, '-' | '/') && !behind_word && is_word(characters.get(index + 1))
            {
                places.push(place);
            }
            place += 1;
        }
        Self(places)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every spelling can be written out.
    pub(super) fn is_few(&self) -> bool {
        self.0.len() <= MOST_SPELLED
    }

    pub(super) fn contains(&self, place: usize) -> bool {
        self.0.binary_search(&place).is_ok()
    }
}

/// Every spelling of a plain value.
pub(super) fn spellings(plain: &SigmaString, dashes: &Dashes) -> Vec<SigmaValue> {
    let characters: Vec<char> = plain
        .parts
        .iter()
        .filter_map(|part| match part {
            StringPart::Plain(plain) => Some(plain.chars()),
            StringPart::Special(_) => None,
        })
        .flatten()
        .collect();
    let mut spelled = vec![characters];
    for place in &dashes.0 {
        spelled = spelled
            .into_iter()
            .flat_map(|characters| {
                DASHES.into_iter().map(move |dash| {
                    let mut characters = characters.clone();
                    characters[*place] = dash;
                    characters
                })
            })
            .collect();
    }
    spelled
        .into_iter()
        .map(|characters| text(&characters.into_iter().collect::<String>()))
        .collect()
}
