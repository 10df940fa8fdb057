//! Names that PowerShell knows: aliases, cmdlets with their parameters, and the terms
//! that it finds suspicious. The names are data.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vocabulary {
    aliases: BTreeMap<String, String>,
    cmdlets: BTreeMap<String, Cmdlet>,
    /// Cmdlets that only read or compute.
    harmless: Vec<String>,
    /// Cmdlets whose change leaves no activity that a sensor would log, and that write
    /// nothing.
    session: Vec<String>,
    silent: Vec<String>,
    suspicious: Vec<String>,
    verbs: Vec<String>,
}

/// A cmdlet's parameters.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Cmdlet {
    /// The parameters that take values by their place.
    pub(super) positions: Vec<String>,
    /// Other parameters that take a value.
    pub(super) parameters: Vec<String>,
    /// Parameters without a value.
    pub(super) switches: Vec<String>,
}

/// Parameters that every cmdlet takes (about_CommonParameters).
const COMMON: &[&str] = &[
    "ErrorAction",
    "ErrorVariable",
    "WarningAction",
    "WarningVariable",
    "InformationAction",
    "InformationVariable",
    "OutVariable",
    "OutBuffer",
    "PipelineVariable",
];
const COMMON_SHORT: &[(&str, &str)] = &[
    ("ea", "ErrorAction"),
    ("wa", "WarningAction"),
    ("ov", "OutVariable"),
    ("ev", "ErrorVariable"),
];
const COMMON_SWITCHES: &[&str] = &[
    "Verbose", "Debug", "WhatIf", "Confirm", "Force", "PassThru", "Recurse",
];

/// What a name of a parameter stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Value,
    Nothing,
}

fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY.get_or_init(|| {
        serde_yaml::from_str(include_str!("vocabulary.yaml"))
            .unwrap_or_else(|error| panic!("the bundled vocabulary is damaged: {error}"))
    })
}

/// What an alias stands for.
pub(super) fn alias(name: &str) -> Option<&'static str> {
    vocabulary()
        .aliases
        .get(&name.to_lowercase())
        .map(String::as_str)
}

/// A cmdlet under its proper name.
pub(super) fn cmdlet(name: &str) -> Option<(&'static str, &'static Cmdlet)> {
    static BY_NAME: OnceLock<BTreeMap<String, &'static str>> = OnceLock::new();
    let names = BY_NAME.get_or_init(|| {
        vocabulary()
            .cmdlets
            .keys()
            .map(|name| (name.to_lowercase(), name.as_str()))
            .collect()
    });
    let name = *names.get(&name.to_lowercase())?;
    Some((name, vocabulary().cmdlets.get(name)?))
}

/// What a cmdlet that is not modelled in code does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It yields something, and changes nothing.
    Reads,
    /// It changes the session, and nothing else.
    Session,
    /// It changes something that no activity stands for.
    Silent,
}

pub(super) fn effect(name: &str) -> Option<Effect> {
    let is_in = |names: &[String]| {
        names.iter().any(|known| match known.strip_suffix('*') {
            Some(start) => name
                .get(..start.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(start)),
            None => known.eq_ignore_ascii_case(name),
        })
    };
    if is_in(&vocabulary().session) {
        Some(Effect::Session)
    } else if is_in(&vocabulary().silent) {
        Some(Effect::Silent)
    } else {
        is_in(&vocabulary().harmless).then_some(Effect::Reads)
    }
}

pub(super) fn is_suspicious(text: &str) -> bool {
    let text = text.to_lowercase();
    vocabulary()
        .suspicious
        .iter()
        .any(|term| text.contains(&term.to_lowercase()))
}

pub(super) fn is_verb(verb: &str) -> bool {
    vocabulary()
        .verbs
        .iter()
        .any(|known| known.eq_ignore_ascii_case(verb))
}

pub(super) fn is_common_switch(name: &str) -> bool {
    COMMON_SWITCHES
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

impl Cmdlet {
    /// The parameter that a name or the beginning of one stands for.
    pub(super) fn parameter(&self, name: &str) -> (String, Takes) {
        let lower = name.to_lowercase();
        let with_value = || self.positions.iter().chain(&self.parameters);
        let whole = with_value().find(|known| known.to_lowercase() == lower);
        if let Some(known) = whole {
            return (known.clone(), Takes::Value);
        }
        if let Some(known) = self
            .switches
            .iter()
            .find(|known| known.to_lowercase() == lower)
        {
            return (known.clone(), Takes::Nothing);
        }
        if let Some((_, known)) = COMMON_SHORT.iter().find(|(short, _)| *short == lower) {
            return ((*known).to_owned(), Takes::Value);
        }
        if let Some(known) = with_value().find(|known| known.to_lowercase().starts_with(&lower)) {
            return (known.clone(), Takes::Value);
        }
        if let Some(known) = self
            .switches
            .iter()
            .find(|known| known.to_lowercase().starts_with(&lower))
        {
            return (known.clone(), Takes::Nothing);
        }
        let common = |names: &[&str]| {
            names
                .iter()
                .find(|known| known.to_lowercase().starts_with(&lower))
                .map(|known| (*known).to_owned())
        };
        if let Some(known) = common(COMMON) {
            return (known, Takes::Value);
        }
        if let Some(known) = common(COMMON_SWITCHES) {
            return (known, Takes::Nothing);
        }
        (name.to_owned(), Takes::Value)
    }
}
