//! Names of fields: whatever their case, they are the record's, or the query's own.
//!
//! Source: Sumo Logic, "Reference a Field with Special Characters"; "Parse JSON Formatted
//! Logs"; the message `Field … not found` of the product.

use std::sync::Arc;

use super::super::syntax::{Field, FieldName, Span};
use super::{Fault, Lowerer};
use crate::detect::plan::Expr;

/// Keys of the clouds' records whose values are objects or lists, in lower case.
const OBJECTS: [&str; 11] = [
    "additionaleventdata",
    "authorization",
    "claims",
    "httprequest",
    "identity",
    "properties",
    "requestparameters",
    "resources",
    "responseelements",
    "tlsdetails",
    "useridentity",
];

impl Lowerer<'_> {
    /// A field that is read.
    pub(super) fn read(&mut self, name: &FieldName, span: Span) -> Result<Arc<str>, Fault> {
        let lower = name.text.to_lowercase();
        if let Some(visible) = &self.visible
            && !visible.contains(&lower)
        {
            return self.unknown(
                name,
                span,
                "an aggregation before leaves only its keys and results",
            );
        }
        if let Some(made) = self.made.get(&lower) {
            return Ok(Arc::clone(made));
        }
        let deployment = &self.environment.deployment;
        if OBJECTS.contains(&lower.as_str()) && !deployment.messages_are_whole {
            return Err(Fault::unsupported(
                format!("the JSON object `{}` as one text", name.text),
                span,
            ));
        }
        if let Some(known) = deployment.spelled(&lower) {
            if deployment.is_extracted(&known) {
                self.extracted.insert(Arc::clone(&known));
            }
            return Ok(known);
        }
        // The product has these, but they are not made here.
        if matches!(
            lower.as_str(),
            "_raw" | "_size" | "_messagecount" | "_messageid" | "__timeslice_end"
        ) {
            return match deployment.messages_are_whole && lower == "_raw" {
                true => Ok(crate::detect::plan::RAW.into()),
                false => Err(Fault::unsupported(
                    format!("the field `{}`", name.text),
                    span,
                )),
            };
        }
        // What is below a key that is known is a key as well.
        let below = lower.split(['.', '[']).next().unwrap_or_default();
        if let Some(above) = deployment.spelled(below)
            && lower.len() > below.len()
        {
            let rest = name.text.get(below.len()..).unwrap_or_default();
            return self.path(&format!("{above}{rest}"), span);
        }
        if self.is_inferred {
            return self.path(&name.text, span);
        }
        self.unknown(name, span, "no record has it, and nothing before makes it")
    }

    /// A key by its path.
    fn path(&self, path: &str, span: Span) -> Result<Arc<str>, Fault> {
        if path.contains('[') {
            return Err(Fault::unsupported("one element of a JSON array", span));
        }
        Ok(path.into())
    }

    fn unknown(&mut self, name: &FieldName, span: Span, why: &str) -> Result<Arc<str>, Fault> {
        let name = &name.text;
        if self.is_open {
            return Ok(name.as_str().into());
        }
        if self.is_meant() {
            self.repaired(format!("`{name}` is taken as null: {why}"), span);
            return Ok(name.as_str().into());
        }
        Err(Fault::invalid(
            format!("the field `{name}` is not found: {why}"),
            span,
        ))
    }

    /// A field that is read, as an expression.
    pub(super) fn field(&mut self, name: &FieldName, span: Span) -> Result<Expr, Fault> {
        let read = self.read(name, span)?;
        Ok(Expr::field(&read, self.span(span)))
    }

    /// A field that is made; its name from now on.
    pub(super) fn make(&mut self, field: &Field) -> Arc<str> {
        self.make_named(&field.node.text)
    }

    /// The same by its name alone.
    pub(super) fn make_named(&mut self, name: &str) -> Arc<str> {
        let lower = name.to_lowercase();
        let made = self
            .made
            .entry(lower.clone())
            .or_insert_with(|| name.into());
        let made = Arc::clone(made);
        if let Some(visible) = &mut self.visible {
            visible.insert(lower);
        }
        made
    }
}
