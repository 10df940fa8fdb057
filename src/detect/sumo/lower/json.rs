//! `json`: fields of JSON.
//!
//! Source: Sumo Logic, "Parse JSON Formatted Logs".

use std::sync::Arc;

use super::super::syntax::{Field, FieldName, Json, JsonArrays, JsonMode, Span, Spanned, Text};
use super::function::called;
use super::names::is_object;
use super::operator::set;
use super::parsing::exists;
use super::{Fault, Lowerer};
use crate::detect::plan::function::{Function, flatten};
use crate::detect::plan::{Expr, ExprKind, Predicate, RAW, StageKind, Value, as_written};

/// The text that `json auto` takes apart, and how.
#[derive(Debug, Clone)]
pub(super) struct Inferring {
    text: Arc<str>,
    depth: Value,
    lists: Value,
    span: Span,
}

impl Inferring {
    /// What is in the text of a record.
    pub(super) fn of_record(span: Span) -> Self {
        Self {
            text: RAW.into(),
            depth: Value::Null,
            // Its lists have been asked for by their elements.
            lists: Value::Bool(true),
            span,
        }
    }
}

impl Lowerer<'_> {
    pub(super) fn json(&mut self, json: &Json, span: Span) -> Result<Vec<StageKind>, Fault> {
        match &json.mode {
            JsonMode::Auto {
                max_depth,
                arrays,
                keys,
                names,
                ..
            } => {
                let is_whole = self.environment.deployment.messages_are_whole;
                if json.field.is_none() && !is_whole {
                    return self.json_of_record(keys, names, *arrays, span);
                }
                let at = self.span(span);
                let text = match &json.field {
                    Some(field) => self.read(&field.node, field.span)?,
                    None => RAW.into(),
                };
                self.texts += 1;
                let inferring = Inferring {
                    text: format!("__json{}", self.texts).into(),
                    depth: max_depth.map_or(Value::Null, |depth| {
                        i64::try_from(depth).map_or(Value::Null, Value::Integer)
                    }),
                    lists: Value::Bool(*arrays == JsonArrays::Extracted),
                    span,
                };
                // The field may change or go later.
                let mut stages = vec![set(&inferring.text, Expr::field(&text, at))];
                for (number, key) in keys.iter().enumerate() {
                    let key_text = key.node.text();
                    let name = match names.get(number) {
                        Some(name) => self.make(name),
                        None => self.make_named(&key_text),
                    };
                    stages.push(self.inferred(&inferring, &key_text, &name));
                }
                for made in self.names.made() {
                    stages.push(self.inferred(&inferring, &made, &made));
                }
                self.names.infer_from(inferring);
                Ok(stages)
            }
            JsonMode::Paths { paths, names } => {
                let mut stages = Vec::new();
                let mut made = Vec::new();
                for (number, path) in paths.iter().enumerate() {
                    let name = match names.get(number) {
                        Some(name) => self.make(name),
                        None => self.make_named(&last_key(&path.node)),
                    };
                    let value = self.at_path(json.field.as_ref(), &path.node, path.span)?;
                    stages.push(set(&name, value));
                    made.push(name);
                }
                let exist = made.iter().map(|name| exists(name, self.span(span)));
                let matched = Predicate::all(exist.collect(), self.span(span));
                stages.push(self.unmatched(json.unmatched, matched, span));
                Ok(stages)
            }
        }
    }

    /// `json auto` of a record, whose JSON is taken apart when it is taken in.
    fn json_of_record(
        &mut self,
        keys: &[Spanned<Text>],
        names: &[Field],
        arrays: JsonArrays,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        if !self.names.are_complete() {
            return Err(Fault::unsupported(
                "`json auto` of a message after its fields have changed",
                span,
            ));
        }
        if arrays == JsonArrays::Extracted {
            return Err(Fault::unsupported(
                "`json auto extractarrays` of a record",
                span,
            ));
        }
        // From here on, names that no record has are no fault.
        self.names.infer();
        let mut stages = Vec::new();
        for (number, key) in keys.iter().enumerate() {
            let value = self.field(&FieldName::quoted(key.node.text()), key.span)?;
            if let Some(name) = names.get(number) {
                stages.push(set(&self.make(name), value));
            }
        }
        Ok(stages)
    }

    /// A field as `json auto` finds it, or as it was before.
    pub(super) fn inferred(&self, inferring: &Inferring, key: &str, name: &Arc<str>) -> StageKind {
        let span = self.span(inferring.span);
        let arguments = vec![
            Expr::field(&inferring.text, span),
            Expr::literal(Value::text(key), span),
            Expr::literal(inferring.depth.clone(), span),
            Expr::literal(inferring.lists.clone(), span),
        ];
        let found = called(Function::JsonField, arguments, span);
        let either = ExprKind::Coalesce(vec![found, Expr::field(name, span)]);
        set(name, Expr::new(either, span))
    }

    /// What is at a path of a text, or of the record itself.
    fn at_path(&mut self, field: Option<&Field>, path: &Text, at: Span) -> Result<Expr, Fault> {
        let span = self.span(at);
        let path = path.text();
        if !flatten::is_path(&path) {
            return Err(Fault::unsupported(
                "a JSON path with more than keys and places in it",
                at,
            ));
        }
        let is_whole = self.environment.deployment.messages_are_whole;
        let text = match field {
            Some(field) => self.field(&field.node, field.span)?,
            None if is_whole => Expr::field(RAW, span),
            None => {
                let plain = path.strip_prefix("$.").unwrap_or(&path);
                if plain.contains(['[', '*', '$']) || is_object(plain) {
                    // The records of the clouds are JSON; others have no such key.
                    let text = Expr::field(RAW, span);
                    let path = Expr::literal(Value::text(&path), span);
                    return Ok(called(Function::JsonText, vec![text, path], span));
                }
                let path = plain;
                if !self.names.are_complete() || self.names.is_made(path) {
                    return Err(Fault::unsupported(
                        "`json` of a message after its fields have changed",
                        at,
                    ));
                }
                // Case matters here, that of every key.
                let key = path.split('.').next().unwrap_or_default();
                let known = self.environment.deployment.spelled(key);
                return Ok(match known {
                    Some(known) if *known != *key => Expr::literal(Value::Null, span),
                    Some(known) if *known == *path => Expr::field(path, span),
                    _ => Expr::field(&as_written(path), span),
                });
            }
        };
        let path = Expr::literal(Value::text(&path), span);
        Ok(called(Function::JsonText, vec![text, path], span))
    }
}

/// The last key of a path, which names the field.
fn last_key(path: &Text) -> String {
    let text = path.text();
    text.rsplit('.').next().unwrap_or(&text).to_owned()
}
