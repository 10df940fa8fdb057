//! Patterns with wildcards.

use std::fmt;

use super::compare::Case;

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    /// This text.
    Literal(String),
    /// Any run of characters, or none.
    AnyRun,
    /// Any one character.
    AnyOne,
    /// Any run of letters, digits, and underscores, or none.
    Term,
    /// A run of blanks, line breaks too; at least one.
    Blanks,
}

/// A pattern with wildcards, which matches a whole text.
///
/// Matching takes time in proportion to the product of the lengths at worst.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Glob {
    pieces: Vec<Piece>,
    /// The pieces with their text as it is compared.
    steps: Vec<Step>,
    case: Case,
}

/// One character of a pattern, or a wildcard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Step {
    Char(char),
    AnyOne,
    AnyRun,
    TermRun,
    OneBlank,
    BlankRun,
}

impl Step {
    /// Whether it may stand for nothing.
    fn is_run(self) -> bool {
        matches!(self, Self::AnyRun | Self::TermRun | Self::BlankRun)
    }
}

impl Glob {
    /// A pattern of pieces.
    #[must_use]
    pub fn new(pieces: Vec<Piece>, case: Case) -> Self {
        let mut steps = Vec::new();
        let mut joined: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (&piece, joined.last_mut()) {
                (Piece::Literal(text), _) if text.is_empty() => continue,
                (Piece::AnyRun, Some(Piece::AnyRun)) => continue,
                (Piece::Literal(text), Some(Piece::Literal(before))) => {
                    before.push_str(text);
                    continue;
                }
                _ => joined.push(piece),
            }
        }
        for piece in &joined {
            match piece {
                Piece::Literal(text) => {
                    steps.extend(
                        text.chars()
                            .map(|character| Step::Char(folded(character, case))),
                    );
                }
                Piece::AnyRun => steps.push(Step::AnyRun),
                Piece::AnyOne => steps.push(Step::AnyOne),
                Piece::Term => steps.push(Step::TermRun),
                Piece::Blanks => steps.extend([Step::OneBlank, Step::BlankRun]),
            }
        }
        Self {
            pieces: joined,
            steps,
            case,
        }
    }

    /// A text in which `*` stands for any run and nothing else is special.
    #[must_use]
    pub fn star(text: &str, case: Case) -> Self {
        let mut pieces = Vec::new();
        for (index, part) in text.split('*').enumerate() {
            if index > 0 {
                pieces.push(Piece::AnyRun);
            }
            pieces.push(Piece::Literal(part.to_owned()));
        }
        Self::new(pieces, case)
    }

    /// The parts, texts that follow each other joined.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Whether case counts.
    #[must_use]
    pub fn case(&self) -> Case {
        self.case
    }

    /// The text, if the pattern has no wildcard.
    #[must_use]
    pub fn exact(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether the pattern matches a whole text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        if let [Piece::Literal(own)] = self.pieces.as_slice()
            && self.case == Case::Sensitive
        {
            return own == text;
        }
        let is_of_kinds = |piece: &Piece| matches!(piece, Piece::Term | Piece::Blanks);
        if self.pieces.iter().any(is_of_kinds) {
            let is_end = |character: Option<char>| character.is_none();
            return search(&self.steps, text, self.case, is_end, is_end);
        }
        by_end(&self.steps, text, self.case).unwrap_or_else(|| run(&self.steps, text, self.case))
    }

    /// Whether the pattern matches a part of a text.
    #[must_use]
    pub fn finds(&self, text: &str) -> bool {
        search(&self.steps, text, self.case, |_| true, |_| true)
    }

    /// Whether the pattern matches a part of a text that begins and ends at a bound:
    /// an end of the text, or a character that breaks it.
    #[must_use]
    pub fn finds_between(&self, text: &str, breaks: fn(char) -> bool) -> bool {
        // What begins or ends with a wildcard or a bound of its own does so anywhere.
        let is_open_before = self.starts_with_break(breaks);
        let is_open_after = self.ends_with_break(breaks);
        search(
            &self.steps,
            text,
            self.case,
            |before| is_open_before || before.is_none_or(breaks),
            |after| is_open_after || after.is_none_or(breaks),
        )
    }

    fn starts_with_break(&self, breaks: fn(char) -> bool) -> bool {
        matches!(self.steps.first(), Some(Step::Char(first)) if breaks(*first))
            || self.steps.first() == Some(&Step::AnyRun)
    }

    fn ends_with_break(&self, breaks: fn(char) -> bool) -> bool {
        matches!(self.steps.last(), Some(Step::Char(last)) if breaks(*last))
            || self.steps.last() == Some(&Step::AnyRun)
    }
}

/// Whether the steps match a part of a text that may begin after, and end before, the
/// characters that are told; none is an end of the text.
///
/// All places where the part may begin are followed at once, so the time is in
/// proportion to the product of the lengths at worst.
fn search(
    steps: &[Step],
    text: &str,
    case: Case,
    may_begin: impl Fn(Option<char>) -> bool,
    may_end: impl Fn(Option<char>) -> bool,
) -> bool {
    let mut reached = Reached::new(steps.len());
    let mut next = Reached::new(steps.len());
    let mut before = None;
    let mut characters = text.chars();
    loop {
        let after = characters.next();
        if may_begin(before) {
            reached.add(0, steps);
        }
        if reached.has(steps.len()) && may_end(after) {
            return true;
        }
        let Some(character) = after else {
            return false;
        };
        let letter = folded(character, case);
        for &place in &reached.places {
            match steps.get(place) {
                Some(Step::AnyRun) => next.add(place, steps),
                Some(Step::TermRun) if is_of_term(character) => next.add(place, steps),
                Some(Step::BlankRun) if character.is_whitespace() => next.add(place, steps),
                Some(Step::OneBlank) if character.is_whitespace() => next.add(place + 1, steps),
                Some(Step::AnyOne) => next.add(place + 1, steps),
                Some(Step::Char(own)) if *own == letter => next.add(place + 1, steps),
                _ => {}
            }
        }
        std::mem::swap(&mut reached, &mut next);
        next.clear();
        before = after;
    }
}

/// The places in a pattern that were reached.
struct Reached {
    places: Vec<usize>,
    marks: Vec<bool>,
}

impl Reached {
    fn new(last: usize) -> Self {
        Self {
            places: Vec::new(),
            marks: vec![false; last + 1],
        }
    }

    fn has(&self, place: usize) -> bool {
        self.marks.get(place).copied().unwrap_or_default()
    }

    /// Adds a place, and the one behind it where it is a run, which may be empty.
    fn add(&mut self, place: usize, steps: &[Step]) {
        let mut place = place;
        loop {
            match self.marks.get_mut(place) {
                Some(mark) if !*mark => *mark = true,
                _ => return,
            }
            self.places.push(place);
            if !steps.get(place).is_some_and(|step| step.is_run()) {
                return;
            }
            place += 1;
        }
    }

    fn clear(&mut self) {
        for place in self.places.drain(..) {
            if let Some(mark) = self.marks.get_mut(place) {
                *mark = false;
            }
        }
    }
}

/// Whether the steps match a whole text, as far as its end tells. Most patterns begin
/// with a run, and most texts end in another way.
fn by_end(steps: &[Step], text: &str, case: Case) -> Option<bool> {
    let mut characters = text.chars();
    for (place, step) in steps.iter().enumerate().rev() {
        match (step, characters.clone().next_back()) {
            (Step::AnyRun, _) => return (place == 0).then_some(true),
            (Step::AnyOne, Some(_)) => {}
            (Step::Char(own), Some(character)) if *own == folded(character, case) => {}
            _ => return Some(false),
        }
        characters.next_back();
    }
    Some(characters.next().is_none())
}

/// Whether the steps match a whole text; goes back to the last run only.
fn run(steps: &[Step], text: &str, case: Case) -> bool {
    let mut characters = text.chars();
    let mut step = 0;
    let mut back: Option<(usize, std::str::Chars<'_>)> = None;
    loop {
        let here = characters.clone();
        match (steps.get(step), characters.next()) {
            (Some(Step::AnyRun), _) => {
                characters = here;
                step += 1;
                if step == steps.len() {
                    return true;
                }
                back = Some((step, characters.clone()));
            }
            (Some(Step::AnyOne), Some(_)) => step += 1,
            (Some(Step::Char(own)), Some(character)) if *own == folded(character, case) => {
                step += 1;
            }
            (None, None) => return true,
            (_, _) => {
                let Some((after, from)) = &mut back else {
                    return false;
                };
                if from.next().is_none() {
                    return false;
                }
                step = *after;
                characters = from.clone();
            }
        }
    }
}

fn is_of_term(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn folded(character: char, case: Case) -> char {
    match case {
        Case::Sensitive => character,
        Case::Insensitive if character.is_ascii() => character.to_ascii_lowercase(),
        Case::Insensitive => {
            let mut lower = character.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(only), None) => only,
                _ => character,
            }
        }
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => f.write_str(text)?,
                Piece::AnyRun | Piece::Term => f.write_str("*")?,
                Piece::Blanks => f.write_str(" ")?,
                Piece::AnyOne => f.write_str("?")?,
            }
        }
        Ok(())
    }
}
