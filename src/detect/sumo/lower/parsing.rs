//! Operators that make fields of texts.
//!
//! Source: Sumo Logic, "Parse Predictable Patterns Using an Anchor", "Parse Variable
//! Patterns Using Regex", "Parse nodrop option".

use std::sync::Arc;

use super::super::syntax::{
    Field, Occurrences, Parse as Tree, ParseRegex, ParseTerm, Span, Unmatched,
};
use super::function::literal;
use super::operator::set;
use super::{Fault, Lowerer, filter};
use crate::detect::plan::compare::Case;
use crate::detect::plan::regex::{Anchoring, Flavour, Regex};
use crate::detect::plan::{
    Assignment, Expr, ExprKind, FieldRef, NamePattern, Parse, Predicate, PredicateKind, Projection,
    RAW, StageKind, Target, Value,
};

/// A group of a pattern gets this and a number for its name.
const GROUP: &str = "__part";

/// Tells that an operator with `nodrop` has matched.
const MATCHED: &str = "__matched";

impl Lowerer<'_> {
    /// The text that is parsed: of a field, or of the whole message.
    pub(super) fn subject(&mut self, field: Option<&Field>, span: Span) -> Result<FieldRef, Fault> {
        let Some(field) = field else {
            // The collector's JSON of a Windows event is not made here.
            return match self.environment.deployment.messages_are_whole {
                true => Ok(FieldRef::new(RAW)),
                false => Err(Fault::unsupported(
                    "parsing the text of the whole message",
                    span,
                )),
            };
        };
        Ok(FieldRef::new(&self.read(&field.node, field.span)?))
    }

    pub(super) fn parse(&mut self, parse: &Tree, span: Span) -> Result<Vec<StageKind>, Fault> {
        let field = self.subject(parse.field.as_ref(), span)?;
        let mut stages = Vec::new();
        let mut naming = Vec::new();
        let mut matched = Vec::new();
        let mut count = 0;
        for term in &parse.terms {
            let groups: Vec<String> = (0..term.names.len())
                .map(|number| format!("{GROUP}{}", count + number))
                .collect();
            count += groups.len();
            let regex = anchored(term, &groups).map_err(|why| Fault::invalid(why, span))?;
            stages.push(StageKind::Parse(Parse::Regex {
                field: field.clone(),
                regex: Box::new(regex),
                most: Some(1),
            }));
            let names: Vec<Arc<str>> = term.names.iter().map(|name| self.make(name)).collect();
            matched.push(self.any_of(&groups, span));
            naming.extend(self.named(&groups, &names, span));
        }
        let matched = Predicate::all(matched, self.span(span));
        stages.push(self.unmatched(parse.unmatched, matched, span));
        stages.extend(naming);
        Ok(stages)
    }

    pub(super) fn parse_regex(
        &mut self,
        parse: &ParseRegex,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let field = self.subject(parse.field.as_ref(), span)?;
        let mut stages = Vec::new();
        let mut naming = Vec::new();
        let mut matched = Vec::new();
        let mut count = 0;
        for pattern in &parse.patterns {
            let regex = Regex::new(
                pattern.node.raw(),
                Flavour::Java,
                Anchoring::Find,
                Case::Sensitive,
            );
            let regex = regex.map_err(|error| {
                Fault::invalid(
                    format!("the regular expression cannot be read: {error}"),
                    pattern.span,
                )
            })?;
            let groups: Vec<String> = regex.group_names().into_iter().map(str::to_owned).collect();
            if groups.is_empty() {
                return Err(Fault::invalid(
                    "the regular expression has no named group, so that no field is made",
                    pattern.span,
                ));
            }
            let is_multiple = parse.occurrences == Occurrences::Every;
            if is_multiple && groups.len() > 1 {
                return Err(Fault::unsupported(
                    "`multi` with several named groups",
                    pattern.span,
                ));
            }
            // A group may have the name of a field that is there already.
            let own: Vec<String> = (0..groups.len())
                .map(|number| format!("{GROUP}{}", count + number))
                .collect();
            count += own.len();
            let pairs = groups.iter().zip(&own);
            let pairs = pairs.map(|(group, own)| (group.clone(), own.as_str().into()));
            stages.push(StageKind::Parse(Parse::Regex {
                field: field.clone(),
                regex: Box::new(regex.with_groups(pairs.collect())),
                most: (!is_multiple).then_some(1),
            }));
            matched.push(self.any_of(&own, span));
            for (group, own) in groups.iter().zip(&own) {
                let name = self.make_named(group);
                let names = [Arc::clone(&name)];
                naming.extend(self.named(std::slice::from_ref(own), &names, span));
                if is_multiple {
                    naming.push(StageKind::Expand {
                        field: FieldRef::new(&name),
                        most: None,
                    });
                }
            }
        }
        let matched = Predicate::all(matched, self.span(span));
        stages.push(self.unmatched(parse.unmatched, matched, span));
        stages.extend(naming);
        Ok(stages)
    }

    /// What the groups of a pattern have captured becomes fields; where they have
    /// captured nothing, an earlier value stays.
    fn named(&self, groups: &[String], names: &[Arc<str>], span: Span) -> [StageKind; 2] {
        let at = self.span(span);
        let assignments = groups.iter().zip(names).map(|(group, name)| Assignment {
            target: Target::Field(FieldRef::new(name)),
            value: Expr::new(
                ExprKind::Coalesce(vec![Expr::field(group, at), Expr::field(name, at)]),
                at,
            ),
        });
        let dropped = groups.iter().map(|group| NamePattern::new(group));
        [
            StageKind::Extend(assignments.collect()),
            StageKind::Project(Projection::Drop(dropped.collect())),
        ]
    }

    /// Whether any of these groups has captured something, if only an empty text.
    fn any_of(&self, groups: &[String], span: Span) -> Predicate {
        let span = self.span(span);
        Predicate::any(
            groups.iter().map(|group| exists(group, span)).collect(),
            span,
        )
    }

    /// Without `nodrop`, rows that do not match go, unless an earlier operator with
    /// `nodrop` has matched; with it, it is noted which rows match.
    pub(super) fn unmatched(
        &self,
        unmatched: Unmatched,
        matched: Predicate,
        span: Span,
    ) -> StageKind {
        let span = self.span(span);
        match unmatched {
            Unmatched::Drop => filter(Predicate::any(vec![matched, exists(MATCHED, span)], span)),
            Unmatched::Keep => {
                let yes = Expr::literal(Value::Bool(true), span);
                let now = Expr::new(ExprKind::Case(vec![(matched, yes)]), span);
                let ever = ExprKind::Coalesce(vec![now, Expr::field(MATCHED, span)]);
                set(&MATCHED.into(), Expr::new(ever, span))
            }
        }
    }
}

pub(super) fn exists(name: &str, span: crate::detect::plan::Span) -> Predicate {
    Predicate::new(PredicateKind::Exists(Expr::field(name, span)), span)
}

/// The regular expression of a pattern: each `*` takes as little as it can, and the last
/// one all that is left, if nothing follows it.
fn anchored(term: &ParseTerm, groups: &[String]) -> Result<Regex, String> {
    let text = term.pattern.node.text();
    let parts: Vec<&str> = text.split('*').collect();
    let mut pattern = String::from("(?s)");
    for (number, part) in parts.iter().enumerate() {
        if let Some(group) = number.checked_sub(1).and_then(|number| groups.get(number)) {
            let is_last = number + 1 == parts.len() && part.is_empty();
            let taken = if is_last { ".*" } else { ".*?" };
            pattern.push_str(&format!("(?P<{group}>{taken})"));
        }
        pattern.push_str(&literal(part));
    }
    Regex::new(&pattern, Flavour::Re2, Anchoring::Find, Case::Sensitive)
        .map_err(|error| format!("the pattern cannot be read: {error}"))
}
