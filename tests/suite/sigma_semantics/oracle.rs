//! A second, naive matcher, and properties that compare the engine with it.

use proptest::prelude::*;
use serde_json::json;

use crate::sigma_semantics::{process_rule, support};
use crate::support::engine_of;
use crate::support::events::{Made, batch};

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Piece {
    Letter(char),
    One,
    Any,
}

/// The pattern as the specification reads it: a backslash takes the meaning
/// from an asterisk, a question mark, and a backslash, and stands for itself
/// before anything else.
fn pieces(pattern: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        pieces.push(match (character, characters.peek()) {
            ('\\', Some('*' | '?' | '\\')) => Piece::Letter(characters.next().expect("was peeked")),
            ('*', _) => Piece::Any,
            ('?', _) => Piece::One,
            (letter, _) => Piece::Letter(letter),
        });
    }
    pieces
}

fn matches(pieces: &[Piece], text: &[char], cased: bool) -> bool {
    match (pieces.split_first(), text.split_first()) {
        (None, None) => true,
        (None, Some(_)) => false,
        (Some((Piece::Any, rest)), _) => {
            (0..=text.len()).any(|skipped| matches(rest, &text[skipped..], cased))
        }
        (Some(_), None) => false,
        (Some((Piece::One, rest)), Some((_, text))) => matches(rest, text, cased),
        (Some((Piece::Letter(letter), rest)), Some((character, text))) => {
            let same = letter == character
                || (!cased && letter.to_lowercase().eq(character.to_lowercase()));
            same && matches(rest, text, cased)
        }
    }
}

fn oracle(modifiers: &str, pattern: &str, text: &str) -> bool {
    let mut wanted = pieces(pattern);
    if modifiers.contains("contains") || modifiers.contains("endswith") {
        wanted.insert(0, Piece::Any);
    }
    if modifiers.contains("contains") || modifiers.contains("startswith") {
        wanted.push(Piece::Any);
    }
    let text: Vec<_> = text.chars().collect();
    matches(&wanted, &text, modifiers.contains("cased"))
}

const MODIFIERS: [&str; 7] = [
    "",
    "|contains",
    "|startswith",
    "|endswith",
    "|cased",
    "|contains|cased",
    "|endswith|cased",
];

/// Few letters, so that matches are common.
fn pattern() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        proptest::sample::select(vec![
            "a", "B", "b", "é", "É", "ж", "Ж", "*", "?", "\\", "\\*", "\\?", "\\\\", " ", ".", "(",
            "\n", "-", "1",
        ]),
        0..6,
    )
    .prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        proptest::sample::select(vec![
            "a", "A", "b", "B", "é", "É", "ж", "Ж", "*", "?", "\\", " ", ".", "(", "\n", "\r", "-",
            "1", "x",
        ]),
        0..7,
    )
    .prop_map(|pieces| pieces.concat())
}

fn fired(engine: &misfire::detect::sigma::SigmaEngine, values: &[String]) -> Vec<bool> {
    let events: Vec<_> = values
        .iter()
        .map(|value| Made::sysmon(1).with("CommandLine", value.as_str()))
        .collect();
    let firings = support::search(engine, &[batch(engine.names(), &events)]);
    (1..=values.len() as u64)
        .map(|record| {
            firings
                .iter()
                .any(|firing| firing.event().is_some_and(|event| event.record == record))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn values_match_as_the_oracle_says(
        patterns in proptest::collection::vec(pattern(), 1..5),
        modifiers in proptest::sample::select(MODIFIERS.to_vec()),
        values in proptest::collection::vec(value(), 1..20),
    ) {
        let listed = json!(patterns);
        let detection = format!(
            "selection:\n    CommandLine{modifiers}: {listed}\ncondition: selection"
        );
        let engine = engine_of(&process_rule(&detection));
        for (value, fired) in values.iter().zip(fired(&engine, &values)) {
            let wanted = patterns.iter().any(|pattern| oracle(modifiers, pattern, value));
            prop_assert_eq!(fired, wanted, "{} on {:?}", &detection, value);
        }
    }

    #[test]
    fn all_values_match_as_the_oracle_says(
        patterns in proptest::collection::vec(pattern(), 2..5),
        modifiers in proptest::sample::select(vec!["|contains", "|startswith", "|endswith"]),
        values in proptest::collection::vec(value(), 1..20),
    ) {
        let listed = json!(patterns);
        let detection = format!(
            "selection:\n    CommandLine{modifiers}|all: {listed}\ncondition: selection"
        );
        let engine = engine_of(&process_rule(&detection));
        for (value, fired) in values.iter().zip(fired(&engine, &values)) {
            let wanted = patterns.iter().all(|pattern| oracle(modifiers, pattern, value));
            prop_assert_eq!(fired, wanted, "{} on {:?}", &detection, value);
        }
    }

    #[test]
    fn keywords_match_as_the_oracle_says(
        patterns in proptest::collection::vec(pattern(), 1..4),
        values in proptest::collection::vec(value(), 1..20),
    ) {
        let listed = json!(patterns);
        let detection = format!("keywords: {listed}\ncondition: keywords");
        let engine = engine_of(&process_rule(&detection));
        let others = ["1", "Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational"];
        for (value, fired) in values.iter().zip(fired(&engine, &values)) {
            let wanted = patterns.iter().any(|pattern| {
                others
                    .iter()
                    .chain([&value.as_str()])
                    .any(|text| oracle("contains", pattern, text))
            });
            prop_assert_eq!(fired, wanted, "{} on {:?}", &detection, value);
        }
    }
}

/// A condition over the parts `a` to `d`, as text and as a function of which
/// of them hold.
#[derive(Debug, Clone)]
enum Condition {
    Part(usize),
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    OneOfThem,
    AllOfThem,
    TwoOfThem,
}

const PARTS: [&str; 4] = ["part_a", "part_b", "part_c", "_part_d"];

impl Condition {
    fn text(&self) -> String {
        match self {
            Self::Part(part) => PARTS[*part].to_owned(),
            Self::Not(inner) => format!("not ({})", inner.text()),
            Self::And(left, right) => format!("({} and {})", left.text(), right.text()),
            Self::Or(left, right) => format!("({} or {})", left.text(), right.text()),
            Self::OneOfThem => "1 of them".to_owned(),
            Self::AllOfThem => "all of part_*".to_owned(),
            Self::TwoOfThem => "2 of them".to_owned(),
        }
    }

    fn holds(&self, parts: [bool; 4]) -> bool {
        let count = parts[..3].iter().filter(|part| **part).count();
        match self {
            Self::Part(part) => parts[*part],
            Self::Not(inner) => !inner.holds(parts),
            Self::And(left, right) => left.holds(parts) && right.holds(parts),
            Self::Or(left, right) => left.holds(parts) || right.holds(parts),
            Self::OneOfThem => count >= 1,
            Self::AllOfThem => count == 3,
            Self::TwoOfThem => count >= 2,
        }
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        (0..4_usize).prop_map(Condition::Part),
        Just(Condition::OneOfThem),
        Just(Condition::AllOfThem),
        Just(Condition::TwoOfThem),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        prop_oneof![
            inner
                .clone()
                .prop_map(|inner| Condition::Not(Box::new(inner))),
            (inner.clone(), inner.clone())
                .prop_map(|(left, right)| Condition::And(Box::new(left), Box::new(right))),
            (inner.clone(), inner)
                .prop_map(|(left, right)| Condition::Or(Box::new(left), Box::new(right))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn conditions_and_filters_hold_as_the_oracle_says(
        condition in condition(),
        filter in proptest::option::of(condition()),
    ) {
        let mut detection = String::new();
        for (part, letter) in PARTS.iter().zip(["A", "B", "C", "D"]) {
            detection.push_str(&format!("{part}:\n    CommandLine|contains: '{letter}'\n"));
        }
        let mut text = process_rule(&format!("{detection}condition: {}", condition.text()));
        if let Some(filter) = &filter {
            text.push_str("---\ntitle: A filter\nlogsource: {product: windows}\nfilter:\n    rules: any\n");
            for line in detection.lines().chain([format!("condition: {}", filter.text()).as_str()]) {
                text.push_str(&format!("    {line}\n"));
            }
        }
        let engine = engine_of(&text);
        let events: Vec<_> = (0..16_u8)
            .map(|bits| {
                let letters = "ABCD".chars().enumerate();
                let letters = letters.filter(|(place, _)| bits & (1 << place) != 0);
                letters.map(|(_, letter)| letter).collect::<String>()
            })
            .collect();
        for (bits, fired) in (0..16_u8).zip(fired(&engine, &events)) {
            let parts = [0, 1, 2, 3].map(|place| bits & (1 << place) != 0);
            let wanted = condition.holds(parts)
                && filter.as_ref().is_none_or(|filter| filter.holds(parts));
            prop_assert_eq!(fired, wanted, "{}\non {:?}", &text, &events[bits as usize]);
        }
    }
}
