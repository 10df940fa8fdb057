//! The fields that there are along a query, and what is known of their values.

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::lint::{Holds, Letters};
use crate::detect::sumo::Environment;
use crate::detect::sumo::syntax::{
    Expression, ExpressionKind, Field, FieldName, FieldsMode, Quoting, Scope,
};
use crate::event::catalogue::Catalogue;

/// What is known of the values of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Known {
    /// What they are.
    pub(super) holds: Option<Holds>,
    /// The case that all their letters have.
    pub(super) case: Option<Letters>,
    /// Whether they are numbers.
    pub(super) is_number: bool,
}

/// Why a field is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Missing {
    /// An aggregation has left only these.
    Aggregated(Vec<String>),
    /// `fields` has taken it away.
    TakenAway,
    /// No message has it.
    Unknown,
}

/// The fields that there are.
pub(super) struct Fields<'l> {
    environment: &'l Environment,
    /// What the query has made, by the names in lower case.
    made: BTreeMap<String, Known>,
    /// After an aggregation, all that is left.
    left: Option<BTreeSet<String>>,
    /// After `fields`, what it has kept of the messages' own.
    kept: Option<BTreeSet<String>>,
    /// What `fields -` has taken away.
    taken: BTreeSet<String>,
    /// Whether names are inferred, since `json auto` or its like came before.
    is_inferred: bool,
    /// Whether an operator came before of which it is not known what it makes.
    is_open: bool,
    /// The scope, in lower case.
    scope: String,
    /// Whether the scope looks at logs of which nothing is known.
    is_elsewhere: bool,
}

impl<'l> Fields<'l> {
    pub(super) fn new(environment: &'l Environment) -> Self {
        Self {
            environment,
            made: BTreeMap::new(),
            left: None,
            kept: None,
            taken: BTreeSet::new(),
            is_inferred: environment.deployment.messages_are_whole,
            is_open: false,
            scope: String::new(),
            is_elsewhere: false,
        }
    }

    pub(super) fn see_scope(&mut self, text: &str, scope: &Scope) {
        self.scope = scope.span.of(text).unwrap_or_default().to_lowercase();
    }

    /// Takes the whole scope in.
    pub(super) fn look_at(&mut self, scope: &Scope) {
        self.is_elsewhere = !self.environment.deployment.may_be_of(scope);
    }

    /// Whether the scope looks only at logs of which nothing is known.
    pub(super) fn are_unknown(&self) -> bool {
        self.is_elsewhere
    }

    /// Whether the scope holds a word.
    pub(super) fn scope_says(&self, word: &str) -> bool {
        self.scope.contains(word)
    }

    pub(super) fn make_named(&mut self, name: &str, known: Known) {
        let lower = name.to_lowercase();
        if let Some(left) = &mut self.left {
            left.insert(lower.clone());
        }
        self.taken.remove(&lower);
        self.made.insert(lower, known);
    }

    pub(super) fn infer(&mut self) {
        self.is_inferred = true;
    }

    /// The key of the messages that field extraction rules would make a field of that
    /// name from, where there is no such field.
    pub(super) fn key_of(&self, name: &FieldName) -> Option<String> {
        let deployment = &self.environment.deployment;
        let is_bare = name.quoting == Quoting::Bare && !name.text.contains('.');
        if !is_bare || deployment.spelled(&name.text).is_some() {
            return None;
        }
        let item = Catalogue::bundled()
            .providers()
            .flat_map(|provider| provider.events.values())
            .flat_map(|event| &event.schemas)
            .flat_map(|schema| &schema.fields)
            .find(|field| field.name.eq_ignore_ascii_case(&name.text))?;
        Some(
            deployment
                .spelled(&format!("EventData.{}", item.name))?
                .to_string(),
        )
    }

    /// Whatever may come of an operator that is not looked into.
    pub(super) fn open(&mut self) {
        self.is_open = true;
    }

    pub(super) fn aggregate(&mut self, keys: impl IntoIterator<Item = String>) {
        self.left = Some(keys.into_iter().map(|key| key.to_lowercase()).collect());
        self.kept = None;
        self.taken.clear();
    }

    pub(super) fn project(&mut self, mode: FieldsMode, fields: &[Field]) {
        let names = fields.iter().map(|field| field.node.text.to_lowercase());
        match mode {
            FieldsMode::Keep => {
                let names: BTreeSet<String> = names.collect();
                self.made.retain(|name, _| {
                    names.contains(name) || (name.starts_with('_') && self.left.is_none())
                });
                match &mut self.left {
                    Some(left) => left.retain(|name| names.contains(name)),
                    None => self.kept = Some(names),
                }
            }
            FieldsMode::Remove => {
                for name in names {
                    self.made.remove(&name);
                    if let Some(left) = &mut self.left {
                        left.remove(&name);
                    }
                    self.taken.insert(name);
                }
            }
        }
    }

    /// Whether the query makes a field of that name.
    pub(super) fn is_made(&self, name: &str) -> bool {
        self.made.contains_key(&name.to_lowercase())
    }

    /// Whether any name may be one that messages have.
    pub(super) fn may_be_any(&self) -> bool {
        self.is_inferred || self.is_open
    }

    /// Whether neither messages nor the query have a field of that name, though an
    /// aggregation may have been told to group by it.
    pub(super) fn is_nobodys(&self, name: &FieldName) -> bool {
        let lower = name.text.to_lowercase();
        let is_left = self.left.as_ref().is_none_or(|left| left.contains(&lower));
        // No field that is made of a message begins so.
        let is_never_inferred = lower.starts_with('_');
        let deployment = &self.environment.deployment;
        !self.is_open
            && (!(self.is_inferred || self.is_elsewhere) || is_never_inferred)
            && is_left
            && !self.made.contains_key(&lower)
            && deployment.spelled(&lower).is_none()
    }

    /// Why a field is not there; none if it is, or may be.
    pub(super) fn missing(&self, name: &FieldName) -> Option<Missing> {
        let lower = name.text.to_lowercase();
        if self.is_open {
            return None;
        }
        if let Some(left) = &self.left {
            let others = || left.iter().cloned().collect();
            return (!left.contains(&lower)).then(|| Missing::Aggregated(others()));
        }
        if self.made.contains_key(&lower) {
            return None;
        }
        let is_gone = self.taken.contains(&lower)
            || self
                .kept
                .as_ref()
                .is_some_and(|kept| !kept.contains(&lower) && !lower.starts_with('_'));
        if is_gone {
            return Some(Missing::TakenAway);
        }
        let deployment = &self.environment.deployment;
        let first = lower.split(['.', '[']).next().unwrap_or_default();
        let is_known = deployment.spelled(&lower).is_some()
            || deployment.spelled(first).is_some()
            || INTERNAL.contains(&lower.as_str());
        (!is_known && !self.is_inferred && !self.is_elsewhere).then_some(Missing::Unknown)
    }

    /// What is known of the values of an expression.
    pub(super) fn known(&self, value: &Expression) -> Known {
        match &value.node {
            ExpressionKind::Field(name) => self.known_of(name),
            ExpressionKind::Number { .. } | ExpressionKind::Arithmetic { .. } => Known {
                is_number: true,
                ..Known::default()
            },
            ExpressionKind::Call {
                function,
                arguments,
            } => match (function.as_str(), arguments.as_slice()) {
                ("tolowercase", [inner]) => Known {
                    case: Some(Letters::Lower),
                    ..self.known(inner)
                },
                ("touppercase", [inner]) => Known {
                    case: Some(Letters::Upper),
                    ..self.known(inner)
                },
                ("trim", [inner]) => self.known(inner),
                ("if", [_, then, otherwise]) => self.either(then, otherwise),
                (function, _) => Known {
                    is_number: NUMBERS.contains(&function),
                    ..Known::default()
                },
            },
            ExpressionKind::Choice {
                then, otherwise, ..
            } => self.either(then, otherwise),
            _ => Known::default(),
        }
    }

    /// What is known of one of two values, of which one may be a constant.
    fn either(&self, then: &Expression, otherwise: &Expression) -> Known {
        let (one, other) = match (&then.node, &otherwise.node) {
            (ExpressionKind::Text(text), _) => return self.with_constant(otherwise, &text.text()),
            (_, ExpressionKind::Text(text)) => return self.with_constant(then, &text.text()),
            _ => (self.known(then), self.known(otherwise)),
        };
        Known {
            holds: one.holds.filter(|_| one.holds == other.holds),
            case: one.case.filter(|_| one.case == other.case),
            is_number: one.is_number && other.is_number,
        }
    }

    fn with_constant(&self, value: &Expression, constant: &str) -> Known {
        let known = self.known(value);
        let conforms = |case: &Letters| !constant.chars().any(|c| case.other().include(c));
        Known {
            case: known.case.filter(conforms),
            is_number: false,
            ..known
        }
    }

    fn known_of(&self, name: &FieldName) -> Known {
        let lower = name.text.to_lowercase();
        if let Some(made) = self.made.get(&lower) {
            return *made;
        }
        let windows = !self.scope_says("linux");
        let item = lower.strip_prefix("eventdata.").unwrap_or(&lower);
        let holds = Holds::item(item)
            .filter(|_| windows)
            .or_else(|| Holds::key(&lower));
        Known {
            holds,
            is_number: ["_messagetime", "_receipttime", "_size", "_count"]
                .contains(&lower.as_str()),
            case: None,
        }
    }
}

/// What every message has, though misfire does not make it.
const INTERNAL: [&str; 6] = [
    "_raw",
    "_size",
    "_messagecount",
    "_messageid",
    "_blockid",
    "__timeslice_end",
];

/// Functions that yield numbers.
const NUMBERS: [&str; 13] = [
    "num", "number", "double", "toint", "tolong", "length", "abs", "ceil", "floor", "round",
    "hextodec", "now", "pow",
];
