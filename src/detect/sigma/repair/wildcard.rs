//! Values with wildcards.
//!
//! Most are a prefix, a suffix, or a substring in disguise. The others become
//! regular expressions, each beside the longest text that it cannot match
//! without, so that the engine's index can pass the rule over.

use rsigma_parser::value::{SpecialChar, StringPart};
use rsigma_parser::{Detection, DetectionItem, Modifier, SigmaString, SigmaValue};

use super::dash::{self, Dashes};
use super::{one, text, with};

/// A text shorter than this selects too little to be looked for.
const SHORTEST_CLUE: usize = 3;

/// Parts of which one must hold where a field is asked for any of `values`
/// under `modifiers`, `all` and nulls aside.
pub(super) fn any_of(
    field: Option<&str>,
    modifiers: &[Modifier],
    values: &[SigmaValue],
) -> Vec<Detection> {
    let anchors = Anchors::of(modifiers);
    let cased = modifiers.contains(&Modifier::Cased);
    let windash = modifiers.contains(&Modifier::WindAsh);
    let mut plain: Vec<(Anchors, Vec<SigmaValue>)> = Vec::new();
    let mut expressions = Vec::new();
    for value in values {
        let SigmaValue::String(string) = value else {
            add(&mut plain, anchors, value.clone());
            continue;
        };
        let (anchors, core) = anchors.unwrapped(string);
        let dashes = if windash {
            Dashes::of(&core)
        } else {
            Dashes::default()
        };
        if core.is_plain() && dashes.is_few() {
            for spelling in dash::spellings(&core, &dashes) {
                add(&mut plain, anchors, spelling);
            }
        } else {
            let expression = expression(&core, anchors, &dashes, cased);
            expressions.push((expression, clue(&core, &dashes)));
        }
    }
    let cased = if cased {
        vec![Modifier::Cased]
    } else {
        Vec::new()
    };
    let mut alternatives: Vec<_> = plain
        .into_iter()
        .map(|(anchors, values)| {
            let modifiers = anchors.modifier().into_iter().chain(cased.clone());
            one(with(field, modifiers.collect(), values))
        })
        .collect();
    for (expression, clue) in expressions {
        let mut items = Vec::new();
        if let Some(clue) = clue {
            let modifiers = [Modifier::Contains].into_iter().chain(cased.clone());
            items.push(with(field, modifiers.collect(), vec![text(&clue)]));
        }
        items.push(with(field, vec![Modifier::Re], vec![text(&expression)]));
        alternatives.push(Detection::AllOf(items));
    }
    alternatives
}

/// An item that must not be split, with every value that the engine would get
/// wrong written as an expression.
pub(super) fn without_faults(item: &DetectionItem) -> DetectionItem {
    let faulty = |value: &SigmaValue| matches!(value, SigmaValue::String(text) if !text.is_plain());
    let windash = item.field.modifiers.contains(&Modifier::WindAsh);
    if !windash && !item.values.iter().any(faulty) {
        return item.clone();
    }
    let anchors = Anchors::of(&item.field.modifiers);
    let cased = item.field.modifiers.contains(&Modifier::Cased);
    let values = item.values.iter().map(|value| {
        let SigmaValue::String(string) = value else {
            return value.clone();
        };
        let (anchors, core) = anchors.unwrapped(string);
        let dashes = if windash {
            Dashes::of(&core)
        } else {
            Dashes::default()
        };
        text(&expression(&core, anchors, &dashes, cased))
    });
    let mut modifiers = item.field.modifiers.clone();
    modifiers.retain(|modifier| matches!(modifier, Modifier::Neq | Modifier::All));
    modifiers.insert(0, Modifier::Re);
    with(item.field.name.as_deref(), modifiers, values.collect())
}

fn add(groups: &mut Vec<(Anchors, Vec<SigmaValue>)>, anchors: Anchors, value: SigmaValue) {
    match groups.iter_mut().find(|(known, _)| *known == anchors) {
        Some((_, values)) => values.push(value),
        None => groups.push((anchors, vec![value])),
    }
}

/// Which ends of a field's value a pattern reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Anchors {
    open_start: bool,
    open_end: bool,
}

impl Anchors {
    /// Neither end: the pattern may stand anywhere.
    pub(super) const NONE: Self = Self {
        open_start: true,
        open_end: true,
    };

    fn of(modifiers: &[Modifier]) -> Self {
        let has = |modifier| modifiers.contains(&modifier);
        Self {
            open_start: has(Modifier::Contains) || has(Modifier::EndsWith),
            open_end: has(Modifier::Contains) || has(Modifier::StartsWith),
        }
    }

    fn modifier(self) -> Option<Modifier> {
        match (self.open_start, self.open_end) {
            (true, true) => Some(Modifier::Contains),
            (true, false) => Some(Modifier::EndsWith),
            (false, true) => Some(Modifier::StartsWith),
            (false, false) => None,
        }
    }

    /// The pattern without the asterisks at its ends, and what they meant.
    pub(super) fn unwrapped(mut self, string: &SigmaString) -> (Self, SigmaString) {
        let is_asterisk = |part: Option<&StringPart>| {
            matches!(part, Some(StringPart::Special(SpecialChar::WildcardMulti)))
        };
        let mut core = string.clone();
        while is_asterisk(core.parts.first()) {
            core.parts.remove(0);
            self.open_start = true;
        }
        while is_asterisk(core.parts.last()) {
            core.parts.pop();
            self.open_end = true;
        }
        (self, core)
    }
}

/// A pattern as a regular expression that matches line breaks like any other
/// character.
pub(super) fn expression(
    pattern: &SigmaString,
    anchors: Anchors,
    dashes: &Dashes,
    cased: bool,
) -> String {
    // A group in front keeps the engine from matching lower-cased text.
    let mut regex = String::from(if cased { "(?:(?s)" } else { "(?:(?is)" });
    if !anchors.open_start {
        regex.push_str(r"\A");
    }
    let mut place = 0;
    for part in &pattern.parts {
        match part {
            StringPart::Special(SpecialChar::WildcardMulti) => regex.push_str(".*"),
            StringPart::Special(SpecialChar::WildcardSingle) => regex.push('.'),
            StringPart::Plain(plain) => {
                for character in plain.chars() {
                    if dashes.contains(place) {
                        regex.push_str(dash::CLASS);
                    } else {
                        let mut buffer = [0; 4];
                        regex.push_str(&regex::escape(character.encode_utf8(&mut buffer)));
                    }
                    place += 1;
                }
            }
        }
    }
    if !anchors.open_end {
        regex.push_str(r"\z");
    }
    regex.push(')');
    regex
}

/// The longest text that the pattern cannot match without.
fn clue(pattern: &SigmaString, dashes: &Dashes) -> Option<String> {
    let mut clues = vec![String::new()];
    let mut place = 0;
    for part in &pattern.parts {
        match part {
            StringPart::Special(_) => clues.push(String::new()),
            StringPart::Plain(plain) => {
                for character in plain.chars() {
                    if dashes.contains(place) {
                        clues.push(String::new());
                    } else if let Some(clue) = clues.last_mut() {
                        clue.push(character);
                    }
                    place += 1;
                }
            }
        }
    }
    clues
        .into_iter()
        .filter(|clue| clue.len() >= SHORTEST_CLUE && clue.is_ascii())
        .max_by_key(String::len)
}
