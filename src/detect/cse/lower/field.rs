//! Fields: normalised names, and keys of what the parser of a log found.

use super::super::syntax::{self, Field, FieldPath, Key, Spanned, Text};
use super::Expressions;
use crate::detect::plan::function::Function;
use crate::detect::plan::{Expr, ExprKind, Predicate, PredicateKind, Value};
use crate::detect::query::Fault;

/// What the parser of a log found, by its keys.
const RAW: [&str; 2] = ["fields", "_raw"];

impl Expressions<'_> {
    /// The value of a field.
    pub(super) fn field(&self, path: &FieldPath, span: syntax::Span) -> Result<Expr, Fault> {
        if path.keys.is_empty()
            && let Some(extracted) = self.aliases.get(&path.name)
        {
            return self.keyed(extracted, span);
        }
        if !path.keys.is_empty() {
            return self.keyed(path, span);
        }
        if RAW.contains(&path.name.as_str()) {
            let what = format!("`{}` without a key", path.name);
            return Err(Fault::unsupported(what, span));
        }
        if let Some(environment) = self.environment
            && !environment.knows(&path.name)
        {
            let what = format!(
                "the field `{}`, which no log that is read fills,",
                path.name
            );
            return Err(Fault::unsupported(what, span));
        }
        Ok(Expr::field(&path.name, (self.place)(span)))
    }

    /// `fields["a.b"]`, or a place in the list that is there.
    fn keyed(&self, path: &FieldPath, span: syntax::Span) -> Result<Expr, Fault> {
        let place = (self.place)(span);
        let map = if RAW.contains(&path.name.as_str()) {
            RAW[0]
        } else {
            path.name.as_str()
        };
        let (base, rest) = match path.keys.split_first() {
            Some((Key::Text(key), rest)) => {
                let (key, item) = place_in(&key.value());
                let field = Expr::field(&format!("{map}[\"{key}\"]"), place);
                let base = match item {
                    Some(item) => item_at(field, item),
                    None => field,
                };
                (base, rest)
            }
            _ => (Expr::field(map, place), path.keys.as_slice()),
        };
        match rest {
            [] => Ok(base),
            [Key::Place(item)] => Ok(item_at(base, i64::from(*item))),
            _ => Err(Fault::unsupported("a key of a key", span)),
        }
    }

    /// The field that a `json` pipe takes out of the map `fields`.
    pub(super) fn extracted(
        &self,
        source: &Field,
        path: &Spanned<Text>,
    ) -> Result<FieldPath, Fault> {
        if !RAW.contains(&source.node.name.as_str()) || !source.node.keys.is_empty() {
            let what = format!("`json` with the field `{}`", source.node);
            return Err(Fault::unsupported(what, source.span));
        }
        let written = path.node.value();
        let bracketed = written
            .strip_prefix("['")
            .and_then(|rest| rest.strip_suffix("']"));
        let key = match bracketed {
            Some(key) => key,
            None if written.contains(['.', '[', '*']) => {
                return Err(Fault::unsupported("a path of `json`", path.span));
            }
            None => &*written,
        };
        let key = Text::from_raw(key, syntax::Quote::Double)
            .ok_or_else(|| Fault::unsupported("a path of `json`", path.span))?;
        Ok(FieldPath {
            name: RAW[0].to_owned(),
            keys: vec![Key::Text(key)],
        })
    }

    /// Whether a field is there.
    pub(super) fn exists(&self, path: &FieldPath, span: syntax::Span) -> Predicate {
        let place = (self.place)(span);
        match self.keyed(path, span) {
            Ok(field) => Predicate::new(PredicateKind::Exists(field), place),
            Err(fault) => self.fault(fault, span),
        }
    }
}

/// A key without the place in a list that it may name, counted from one in keys:
/// `targetResources.1.displayName`. The list holds what each of its items has there.
fn place_in(key: &str) -> (String, Option<i64>) {
    let mut item = None;
    let is_place = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = key
        .split('.')
        .filter(|part| {
            let number = Some(*part)
                .filter(is_place)
                .and_then(|part| part.parse().ok());
            match number {
                Some(number @ 1_i64..) if item.is_none() => {
                    item = Some(number - 1);
                    false
                }
                _ => true,
            }
        })
        .collect();
    (parts.join("."), item)
}

fn item_at(list: Expr, item: i64) -> Expr {
    let span = list.span;
    let arguments = vec![list, Expr::literal(Value::Integer(item), span)];
    let function = Function::ItemAt;
    Expr::new(
        ExprKind::Call {
            function,
            arguments,
        },
        span,
    )
}
