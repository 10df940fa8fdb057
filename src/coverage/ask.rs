//! What one rule asks of one field, in words that all languages share.

use super::fields::{Fields, Part, Subject};
use crate::detect::{Language, Predicate};

/// How a value is looked for in recordings: as an item of a Sigma selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// The modifiers, such as `endswith`; empty for none.
    pub(super) modifiers: String,
    /// The value, as Sigma writes it.
    pub(super) value: String,
}

/// How a rule takes what it asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// It must be so.
    Asked,
    /// It must not be so, whatever else is so.
    Excluded,
    /// It must not be so in one of several alternatives.
    ExcludedInside,
}

/// One value that a rule asks for.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) subject: Subject,
    /// The field as the rule writes it; empty for the whole record.
    pub(super) written: String,
    /// What the records call what it is made of.
    pub(super) reads: Vec<String>,
    /// How it is compared, in one word.
    pub(super) operator: String,
    /// The value, as it is shown; none where the operator says all.
    pub(super) value: Option<String>,
    /// How it would be looked for; nothing where it cannot be.
    pub(super) items: Vec<Item>,
    pub(super) sense: Sense,
}

impl Ask {
    /// What makes two values one: case counts only where the operator says so.
    pub(super) fn key(&self) -> String {
        let value = self.value.as_deref().unwrap_or_default();
        if self.operator == "matches" || self.operator.starts_with("cased") {
            value.to_owned()
        } else {
            value.to_lowercase()
        }
    }
}

/// What the predicates of a rule come to.
pub(super) fn asks(language: Language, predicates: &[Predicate]) -> Vec<Ask> {
    let mut asks = Vec::new();
    for predicate in predicates {
        // SPL's `field!=value` also asks that the field is there.
        let is_half = predicate.operator == "exists"
            && !predicate.negated
            && predicates.iter().any(|other| {
                other.negated && other.span == predicate.span && other.field == predicate.field
            });
        if is_half {
            continue;
        }
        let subject = Fields::bundled().subject(language, predicate);
        let part = Fields::bundled().part(language, predicate.field.as_deref().unwrap_or_default());
        let mut add = |operator: String, value, item: Option<Item>, is_negated: bool| {
            let sense = match (predicate.negated != is_negated, predicate.nested) {
                (false, _) => Sense::Asked,
                (true, false) => Sense::Excluded,
                (true, true) => Sense::ExcludedInside,
            };
            asks.push(Ask {
                subject: subject.clone(),
                written: predicate.field.clone().unwrap_or_default(),
                reads: predicate.reads.clone(),
                operator,
                value,
                items: item.map_or_else(Vec::new, |item| in_whole(item, part)),
                sense,
            });
        };
        if predicate.operator == "exists" && predicate.values.is_empty() {
            let (word, is_contrary) = presence(predicate.negated);
            add(word.to_owned(), None, None, is_contrary);
            continue;
        }
        if predicate.values.is_empty() {
            add(predicate.operator.clone(), None, None, false);
        }
        for value in &predicate.values {
            let told = match language {
                Language::Sigma => of_sigma(&predicate.operator, value),
                _ => of_plan(&predicate.operator, value),
            };
            if told.operator == "exists" {
                let (word, flips) = presence(predicate.negated != told.is_contrary);
                add(word.to_owned(), None, None, told.is_contrary != flips);
            } else {
                add(told.operator, told.value, told.item, told.is_contrary);
            }
        }
    }
    asks
}

/// How a value of a part is looked for in the whole.
fn in_whole(item: Item, part: Part) -> Vec<Item> {
    match (part, item.modifiers.as_str()) {
        (Part::Whole, _) | (Part::Name, "endswith" | "contains") => vec![item],
        (Part::Name, "") if !item.value.starts_with('*') => ["\\\\", "/"]
            .into_iter()
            .map(|separator| Item {
                modifiers: "endswith".to_owned(),
                value: format!("{separator}{}", item.value),
            })
            .collect(),
        (Part::Name | Part::Other, _) => Vec::new(),
    }
}

/// The word for a field that is to be there, or not to be there, and whether it turns
/// the predicate into its contrary: that a field is absent is something that is asked
/// for, and no exclusion.
fn presence(is_negated: bool) -> (&'static str, bool) {
    if is_negated {
        ("is null", true)
    } else {
        ("exists", false)
    }
}

/// One value, in the words of all languages.
struct Told {
    operator: String,
    value: Option<String>,
    item: Option<Item>,
    /// Whether the words turn it into its contrary.
    is_contrary: bool,
}

impl Told {
    fn new(operator: impl Into<String>, value: &str) -> Self {
        Self {
            operator: operator.into(),
            value: Some(value.to_owned()),
            item: None,
            is_contrary: false,
        }
    }

    fn alone(operator: &str) -> Self {
        Self {
            operator: operator.to_owned(),
            value: None,
            item: None,
            is_contrary: false,
        }
    }
}

/// A value under Sigma's modifiers.
///
/// Source: Sigma specification 2.1.0, "Modifiers".
fn of_sigma(modifiers: &str, value: &str) -> Told {
    let mut base = "equals";
    let mut before = Vec::new();
    let mut behind = Vec::new();
    let mut is_contrary = false;
    for modifier in modifiers.split('|') {
        match modifier {
            "contains" | "startswith" | "endswith" | "has" => base = modifier,
            "re" => base = "matches",
            "cidr" => base = "in network",
            "lt" => base = "less than",
            "lte" => base = "at most",
            "gt" => base = "greater than",
            "gte" => base = "at least",
            "fieldref" => behind.push("field"),
            "exists" => {
                return Told::alone(if value == "false" {
                    "is null"
                } else {
                    "exists"
                });
            }
            "neq" => is_contrary = true,
            // How many values, and which dashes: the comparison is the same.
            "equals" | "all" | "windash" | "" | "i" | "m" | "s" | "ignorecase" => {}
            other => before.push(other),
        }
    }
    if value == "null" && base == "equals" && before.is_empty() && behind.is_empty() {
        return Told {
            is_contrary,
            ..Told::alone("is null")
        };
    }
    let is_plain = before.is_empty() && behind.is_empty();
    let (word, shown) = match base {
        "equals" if is_plain => shape(value, Stars::Escaped),
        _ => (base, value.to_owned()),
    };
    let parts = before.iter().copied().chain([word]).chain(behind);
    let parts: Vec<&str> = parts.collect();
    let is_sought = !matches!(
        base,
        "less than" | "at most" | "greater than" | "at least" | "has"
    );
    let item = (is_sought && !modifiers.contains("fieldref") && !modifiers.contains("expand"))
        .then(|| Item {
            modifiers: match modifiers {
                "equals" => String::new(),
                _ => without_all(modifiers),
            },
            value: value.to_owned(),
        });
    Told {
        item,
        is_contrary,
        ..Told::new(parts.join(" "), &shown)
    }
}

/// The modifiers, but for the one that wants all values: each is looked for by itself.
fn without_all(modifiers: &str) -> String {
    let modifiers = modifiers
        .split('|')
        .filter(|name| !matches!(*name, "all" | "neq"));
    modifiers.collect::<Vec<_>>().join("|")
}

/// A value under an operator of a plan.
fn of_plan(operator: &str, value: &str) -> Told {
    if operator == "differs from" {
        return Told {
            is_contrary: true,
            ..of_plan("equals", value)
        };
    }
    let (operator, shown) = match operator {
        "like" => shape(value, Stars::Always),
        _ => (operator, value.to_owned()),
    };
    let literal = || escaped(&shown);
    let item = match operator {
        "equals" => Some((String::new(), literal())),
        "contains" | "startswith" | "endswith" => Some((operator.to_owned(), literal())),
        "like" => Some((String::new(), value.replace('\\', "\\\\"))),
        "matches" => Some(("re|i".to_owned(), shown.clone())),
        "in network" => Some(("cidr".to_owned(), shown.clone())),
        _ => None,
    };
    let item = item.map(|(modifiers, value)| Item { modifiers, value });
    Told {
        item,
        ..Told::new(operator, &shown)
    }
}

/// Text as Sigma takes it literally.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '\\' | '*' | '?') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Which asterisks are wildcards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stars {
    /// All of them.
    Always,
    /// Those without a backslash before them.
    Escaped,
}

/// The word for a pattern whose wildcards stand at its ends, and the text without them.
fn shape(value: &str, stars: Stars) -> (&'static str, String) {
    let mut wildcards = Vec::new();
    let mut slashes = 0;
    for (at, character) in value.char_indices() {
        let is_escaped = stars == Stars::Escaped && slashes % 2 == 1;
        if matches!(character, '*' | '?') && !is_escaped {
            wildcards.push((at, character));
        }
        slashes = if character == '\\' { slashes + 1 } else { 0 };
    }
    let last = value.len().saturating_sub(1);
    let inner = |from: usize, to: usize| value.get(from..to).unwrap_or_default().to_owned();
    match wildcards.as_slice() {
        [] => ("equals", value.to_owned()),
        [(0, '*')] if value.len() == 1 => ("exists", value.to_owned()),
        [(0, '*')] => ("endswith", inner(1, value.len())),
        [(at, '*')] if *at == last => ("startswith", inner(0, last)),
        [(0, '*'), (at, '*')] if *at == last => ("contains", inner(1, last)),
        _ => ("like", value.to_owned()),
    }
}
