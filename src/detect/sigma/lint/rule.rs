//! A rule as its text has it, with the place of everything.

use rsigma_parser::{ConditionExpr, SigmaString, SpecialChar, StringPart, parse_condition};

use crate::diagnostic::{Place, YamlNode};
use crate::event::catalogue::LogSource;

/// A document that is a rule by itself.
pub(super) struct Rule<'y> {
    pub(super) log_source: LogSource,
    pub(super) parts: Vec<Part<'y>>,
    /// Every condition: the node, and what it says.
    pub(super) conditions: Vec<(YamlNode<'y>, ConditionExpr)>,
}

/// A part of a detection: one of these mappings must match, or one of the keywords.
pub(super) struct Part<'y> {
    pub(super) name: &'y str,
    pub(super) key: YamlNode<'y>,
    /// Each is a mapping, all of whose items must match.
    pub(super) groups: Vec<Vec<Item<'y>>>,
    /// Whether something else can match: keywords, or what is nested.
    pub(super) has_more: bool,
}

/// A field, and the values that it is compared with.
pub(super) struct Item<'y> {
    pub(super) key: YamlNode<'y>,
    pub(super) field: &'y str,
    pub(super) modifiers: Vec<&'y str>,
    pub(super) values: Vec<YamlNode<'y>>,
}

impl<'y> Rule<'y> {
    /// The rule or the filter that a document holds. None for a document that takes in
    /// others, of which only a part stands in it, and for one whose condition cannot be
    /// read.
    pub(super) fn of(document: YamlNode<'y>) -> Option<Self> {
        if document.get("action").is_some() || document.get("correlation").is_some() {
            return None;
        }
        let detection = document
            .get("detection")
            .or_else(|| document.get("filter"))?;
        let written = document.get("logsource");
        let part = |key| written.and_then(|source| source.get(key)?.as_str());
        let parts = detection.pairs().filter_map(|(key, value)| {
            let name = key.as_str()?;
            let is_part = !["condition", "timeframe", "rules"].contains(&name);
            is_part.then(|| Part::of(name, key, value))
        });
        let condition = detection.get("condition")?;
        let nodes = (!condition.is_list()).then_some(condition);
        let nodes = nodes.into_iter().chain(condition.elements());
        let conditions: Option<_> = nodes
            .map(|node| Some((node, parse_condition(node.as_str()?).ok()?)))
            .collect();
        Some(Self {
            log_source: LogSource::new(part("product"), part("category"), part("service")),
            parts: parts.collect(),
            conditions: conditions?,
        })
    }

    /// Every item of every part.
    pub(super) fn items(&self) -> impl Iterator<Item = (&Part<'y>, &Item<'y>)> {
        self.parts.iter().flat_map(|part| {
            let items = part.groups.iter().flatten();
            items.map(move |item| (part, item))
        })
    }

    /// Whether it is about a Windows host.
    pub(super) fn is_windows(&self) -> bool {
        self.log_source.product.as_deref() == Some("windows")
    }

    /// Whether the conditions ask only that a part does not match.
    pub(super) fn is_only_excluded(&self, name: &str) -> bool {
        let mut uses = self.conditions.iter().flat_map(|(_, condition)| {
            let mut uses = Vec::new();
            uses_of(condition, name, Use::Asked, &mut uses);
            uses
        });
        let first = uses.next();
        first == Some(Use::Excluded) && uses.all(|one| one == Use::Excluded)
    }
}

/// How a condition uses a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Asked,
    Excluded,
}

fn uses_of(condition: &ConditionExpr, name: &str, sign: Use, uses: &mut Vec<Use>) {
    match condition {
        ConditionExpr::Identifier(used) if used == name => uses.push(sign),
        ConditionExpr::Identifier(_) => {}
        ConditionExpr::And(inner) | ConditionExpr::Or(inner) => {
            inner
                .iter()
                .for_each(|inner| uses_of(inner, name, sign, uses));
        }
        ConditionExpr::Not(inner) => {
            let other = match sign {
                Use::Asked => Use::Excluded,
                Use::Excluded => Use::Asked,
            };
            uses_of(inner, name, other, uses);
        }
        ConditionExpr::Selector { pattern, .. } => {
            if pattern.matches_detection_name(name) {
                uses.push(sign);
            }
        }
    }
}

impl<'y> Part<'y> {
    fn of(name: &'y str, key: YamlNode<'y>, value: YamlNode<'y>) -> Self {
        let mut part = Self {
            name,
            key,
            groups: Vec::new(),
            has_more: false,
        };
        if value.is_mapping() {
            part.group(value);
        } else {
            for element in value.elements() {
                if element.is_mapping() {
                    part.group(element);
                } else {
                    part.has_more = true;
                }
            }
            part.has_more |= !value.is_list();
        }
        part
    }

    fn group(&mut self, mapping: YamlNode<'y>) {
        let mut group = Vec::new();
        for (key, value) in mapping.pairs() {
            match Item::of(key, value) {
                Some(item) => group.push(item),
                // Without a field, or with mappings below it, it is something else.
                None => self.has_more = true,
            }
        }
        self.groups.push(group);
    }
}

impl<'y> Item<'y> {
    fn of(key: YamlNode<'y>, value: YamlNode<'y>) -> Option<Self> {
        let mut words = key.as_str()?.split('|');
        let field = words.next().filter(|field| !field.is_empty())?;
        let values: Vec<_> = if value.is_list() {
            value.elements().collect()
        } else {
            vec![value]
        };
        let is_plain = |value: &YamlNode<'_>| !value.is_mapping() && !value.is_list();
        values.iter().all(is_plain).then(|| Self {
            key,
            field,
            modifiers: words.collect(),
            values,
        })
    }

    /// Whether it has a modifier.
    pub(super) fn has(&self, modifier: &str) -> bool {
        self.modifiers.contains(&modifier)
    }

    /// Whether it has one of some modifiers.
    pub(super) fn has_any(&self, modifiers: &[&str]) -> bool {
        modifiers.iter().any(|modifier| self.has(modifier))
    }

    /// Whether its values are texts in which `*` and `?` are wildcards.
    pub(super) fn is_of_text(&self) -> bool {
        const OTHERS: [&str; 18] = [
            "re",
            "cidr",
            "exists",
            "fieldref",
            "gt",
            "gte",
            "lt",
            "lte",
            "minute",
            "hour",
            "day",
            "week",
            "month",
            "year",
            "expand",
            "base64",
            "base64offset",
            "wide",
        ];
        !self.has_any(&OTHERS) && !self.has_any(&["utf16", "utf16le", "utf16be"])
    }

    /// Its values that are texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = (YamlNode<'y>, &'y str)> {
        self.values
            .iter()
            .filter_map(|value| Some((*value, value.as_str()?)))
    }

    /// The words of the key behind the field.
    pub(super) fn place_of_modifier(&self, modifier: &str) -> Place {
        self.key
            .place_of(modifier)
            .unwrap_or_else(|| self.key.place())
    }
}

/// One character of a value, as Sigma reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// A character that stands for itself.
    Plain(char),
    /// One that would be a wildcard or a backslash that escapes, and is escaped.
    Escaped(char),
    /// `*`.
    Any,
    /// `?`.
    One,
}

/// A value's characters, each with the bytes of the value that it stands in.
pub(super) fn signs(text: &str) -> Vec<(std::ops::Range<usize>, Sign)> {
    let mut signs = Vec::with_capacity(text.len());
    let mut characters = text.char_indices().peekable();
    while let Some((start, character)) = characters.next() {
        let end = start + character.len_utf8();
        let sign = match character {
            '*' => Sign::Any,
            '?' => Sign::One,
            '\\' => match characters.peek().copied() {
                Some((_, escaped @ ('*' | '?' | '\\'))) => {
                    characters.next();
                    signs.push((start..end + 1, Sign::Escaped(escaped)));
                    continue;
                }
                _ => Sign::Plain('\\'),
            },
            other => Sign::Plain(other),
        };
        signs.push((start..end, sign));
    }
    signs
}

/// The text that a value without wildcards stands for.
pub(super) fn plain(text: &str) -> Option<String> {
    let value = SigmaString::new(text);
    let mut plain = String::with_capacity(text.len());
    for part in &value.parts {
        match part {
            StringPart::Plain(part) => plain.push_str(part),
            StringPart::Special(SpecialChar::WildcardMulti | SpecialChar::WildcardSingle) => {
                return None;
            }
        }
    }
    Some(plain)
}
