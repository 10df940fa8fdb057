//! Words bound to parameters (about_Parameters).

use super::super::command::Word;
use super::super::shell::{Done, Shell};
use super::super::value::Value;
use super::super::vocabulary::{Cmdlet, Takes};

/// A cmdlet's parameters with their values.
#[derive(Debug, Default)]
pub(super) struct Bound {
    pub(super) named: Vec<(String, Value)>,
}

impl Bound {
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let found = self
            .named
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value)
    }

    /// Whether a switch is on.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.truth() != Some(false))
    }

    /// The first of several parameters that is given.
    pub(super) fn any(&self, names: &[&str]) -> Option<&Value> {
        names.iter().find_map(|name| self.get(name))
    }
}

impl Shell<'_> {
    pub(super) fn bind(&mut self, cmdlet: &Cmdlet, words: &[Word]) -> Done<Bound> {
        let mut bound = Bound::default();
        let mut loose = Vec::new();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            match word {
                Word::Parameter(name, given) => {
                    let (name, takes) = cmdlet.parameter(name);
                    let value = match (given, takes) {
                        (Some(value), _) => value.clone(),
                        (None, Takes::Nothing) => Value::Bool(true),
                        (None, Takes::Value) => {
                            match words.next_if(|next| matches!(next, Word::Value(..))) {
                                Some(Word::Value(value, _)) => value.clone(),
                                _ => Value::Bool(true),
                            }
                        }
                    };
                    bound.named.push((name, value));
                }
                Word::Value(value, _) => loose.push(value.clone()),
                Word::Verbatim(text) => loose.push(Value::text(text)),
            }
        }
        let mut loose = loose.into_iter();
        for position in &cmdlet.positions {
            if bound.get(position).is_some() {
                continue;
            }
            let Some(value) = loose.next() else {
                break;
            };
            bound.named.push((position.clone(), value));
        }
        // Write-Host and its like take all words that are left.
        let rest: Vec<Value> = loose.collect();
        if !rest.is_empty()
            && let [only] = cmdlet.positions.as_slice()
        {
            let found = bound.named.iter_mut().find(|(known, _)| known == only);
            if let Some((_, value)) = found {
                let mut items = value.items();
                items.extend(rest);
                *value = Value::array(items);
            }
        }
        self.room(bound.named.len() * size_of::<(String, Value)>())?;
        Ok(bound)
    }

    /// A parameter as text; empty if it is not given.
    pub(super) fn text_at(&mut self, bound: &Bound, names: &[&str]) -> Done<String> {
        match bound.any(names) {
            Some(value) => self.text_of(&value.clone()),
            None => Ok(String::new()),
        }
    }

    /// The paths that a cmdlet is given, by its parameters or by its input.
    pub(super) fn paths_at(
        &mut self,
        bound: &Bound,
        input: &Option<Vec<Value>>,
    ) -> Done<Vec<String>> {
        let values = match bound.any(&["LiteralPath", "Path", "FilePath"]) {
            Some(value) => value.items(),
            None => input.clone().unwrap_or_default(),
        };
        let mut paths = Vec::new();
        for value in values {
            if value.is_unknown() {
                continue;
            }
            let full = self.property(&value, "FullName");
            let path = self.text_of(&full.unwrap_or(value))?;
            paths.push(path);
        }
        Ok(paths)
    }
}
