//! Operators that choose, order, and make fields and rows.
//!
//! Source: Sumo Logic, the page of each operator, which
//! [`OPERATORS`](super::super::syntax::OPERATORS) names.

use std::sync::Arc;

use super::super::syntax::{
    Assignment as Tree, Dedup as DedupTree, Direction as Way, Duplicates, Expression,
    ExpressionKind, Field, FieldsMode, Operator, Sort as SortTree, Spanned, TimeUnit, Timeslice,
    Unknown, Width,
};
use super::{Fault, Lowerer};
use crate::detect::plan::compare::SortBy;
use crate::detect::plan::function::Function;
use crate::detect::plan::{
    Among, Arithmetic, Assignment, Dedup, Direction, Expr, ExprKind, FieldRef, Internal, Key,
    Limit, Membership, NamePattern, Projection, Sort, SortKey, Span, Stage, StageKind, Target,
    TextOperands, Value,
};

impl Lowerer<'_> {
    pub(super) fn operator(
        &mut self,
        operator: &Spanned<Operator>,
        so_far: &[Stage],
    ) -> Result<Vec<StageKind>, Fault> {
        let span = operator.span;
        let plan_span = self.span(span);
        match &operator.node {
            Operator::Where(condition) => Ok(vec![self.filtering(condition)?]),
            Operator::Assignment(assignment) => self.assignment(assignment, plan_span),
            Operator::Parse(parse) => self.parse(parse, span),
            Operator::ParseRegex(parse) => self.parse_regex(parse, span),
            Operator::Json(json) => self.json(json, span),
            Operator::Lookup(lookup) => self.lookup(lookup, span),
            Operator::Join(join) => self.join(join, so_far, span),
            Operator::Split(split) => self.split(split, span),
            Operator::KeyValue(pairs) => self.key_value(pairs, span),
            Operator::ParseXml(parse) => self.parse_xml(parse, span),
            Operator::Fields { mode, fields } => self.fields(*mode, fields),
            Operator::Aggregate(aggregate) => self.aggregate(aggregate, span),
            Operator::CountFrequent(fields) => self.count_frequent(fields, span),
            Operator::Timeslice(slice) => self.timeslice(slice, span),
            Operator::Sort(sort) => self.sort(sort),
            Operator::Top(top) => self.top(top, span),
            Operator::TopK(top) => self.topk(top, span),
            Operator::WithTime(field) => self.with_time(field, span),
            Operator::FillMissing(fill) => self.fill_missing(fill, span),
            Operator::Transpose(transpose) => self.transpose(transpose, span),
            Operator::Limit(most) => Ok(vec![StageKind::Limit(Limit::First(
                usize::try_from(*most).unwrap_or(usize::MAX),
            ))]),
            Operator::Dedup(dedup) => self.dedup(dedup, span),
            Operator::Transactionize(tree) => self.transactionize(tree, span),
            Operator::Transaction(tree) => self.transaction(tree, span),
            Operator::Merge(fields) => self.merge(fields, None, span),
            Operator::Running(running) => self.running(running, span),
            Operator::Unknown(unknown) => self.unknown_operator(unknown),
            other => Err(Fault::unsupported(
                format!("the operator `{}`", other.name()),
                span,
            )),
        }
    }

    /// `expression as name`; without a name, a function changes its own field.
    fn assignment(&mut self, tree: &Tree, span: Span) -> Result<Vec<StageKind>, Fault> {
        let value = self.value(&tree.value)?;
        let name = match &tree.name {
            Some(name) => self.make(name),
            None => match own_field(&tree.value) {
                Some(field) => self.make_named(field),
                None => {
                    return Err(Fault::invalid(
                        "the value needs a name: `… as name`",
                        tree.value.span,
                    ));
                }
            },
        };
        Ok(vec![set(&name, Expr::new(value.kind, span))])
    }

    /// What is no operator: its product refuses the query. `eval` of other languages is
    /// an assignment, as its author meant it.
    fn unknown_operator(&mut self, unknown: &Unknown) -> Result<Vec<StageKind>, Fault> {
        let name = &unknown.name.node;
        match &unknown.assignment {
            Some(assignment) if self.is_meant() => {
                let field = &assignment.name.node;
                self.repaired(
                    format!("`{name} {field} = …` is taken as `… as {field}`"),
                    unknown.name.span,
                );
                let value = self.value(&assignment.value)?;
                let made = self.make(&assignment.name);
                Ok(vec![set(&made, value)])
            }
            Some(assignment) => {
                // What refers to it later is not wrong as well.
                self.make(&assignment.name);
                Err(Fault::invalid(
                    format!(
                        "`{name}` is no operator of Sumo Logic; an assignment is `… as {}`",
                        assignment.name.node
                    ),
                    unknown.name.span,
                ))
            }
            None => {
                self.names.open();
                Err(Fault::invalid(
                    format!("`{name}` is no operator of Sumo Logic"),
                    unknown.name.span,
                ))
            }
        }
    }

    /// Fields whose names begin with an underscore always stay; after an aggregation
    /// they are as others.
    fn fields(&mut self, mode: FieldsMode, fields: &[Field]) -> Result<Vec<StageKind>, Fault> {
        let mut names: Vec<Arc<str>> = Vec::with_capacity(fields.len());
        for field in fields {
            let name = self.read(&field.node, field.span)?;
            if names.contains(&name) {
                return Err(Fault::invalid(
                    format!("`{}` is named twice", field.node),
                    field.span,
                ));
            }
            if name.contains('*') {
                return Err(Fault::unsupported(
                    "a name with an asterisk in it",
                    field.span,
                ));
            }
            names.push(name);
        }
        let patterns = names.iter().map(|name| NamePattern::new(name)).collect();
        let internal = match self.names.are_of_messages() {
            true => Internal::Kept,
            false => Internal::Same,
        };
        Ok(vec![StageKind::Project(match mode {
            FieldsMode::Keep => {
                self.names.keep(&names);
                Projection::Keep { patterns, internal }
            }
            FieldsMode::Remove => {
                self.names.remove(&names);
                Projection::Drop(patterns)
            }
        })])
    }

    /// The start of the slice of time that a message is in, in milliseconds.
    fn timeslice(
        &mut self,
        slice: &Timeslice,
        span: super::syntax::Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let Some(Width::Span(duration)) = slice.width else {
            return Err(Fault::unsupported(
                "`timeslice` by the time range of the search",
                span,
            ));
        };
        if !self.names.are_of_messages() {
            return Err(Fault::unsupported(
                "`timeslice` behind an aggregation, which leaves no time of a message,",
                span,
            ));
        }
        let unit: f64 = match duration.unit {
            TimeUnit::Nanosecond | TimeUnit::Microsecond | TimeUnit::Millisecond => {
                return Err(Fault::unsupported("a slice below a second", span));
            }
            TimeUnit::Second => 1_000.0,
            TimeUnit::Minute => 60_000.0,
            TimeUnit::Hour => 3_600_000.0,
            TimeUnit::Day => 86_400_000.0,
            TimeUnit::Week => 604_800_000.0,
        };
        #[expect(clippy::cast_precision_loss, reason = "no slice is that wide")]
        let width = duration.count as f64 * unit;
        if width < 1.0 {
            return Err(Fault::invalid("a slice of time has no width", span));
        }
        let at = self.span(span);
        let name = match &slice.name {
            Some(name) => self.make(name),
            None => self.make_named("_timeslice"),
        };
        let calculated = |operator, left, right| {
            Expr::new(
                ExprKind::Arithmetic {
                    operator,
                    text: TextOperands::Null,
                    left: Box::new(left),
                    right: Box::new(right),
                },
                at,
            )
        };
        let width = || Expr::literal(Value::number(width), at);
        let time = Expr::field("_messageTime", at);
        let number = calculated(Arithmetic::Divide, time, width());
        let number = Expr::new(
            ExprKind::Call {
                function: Function::Floor,
                arguments: vec![number],
            },
            at,
        );
        Ok(vec![set(
            &name,
            calculated(Arithmetic::Multiply, number, width()),
        )])
    }

    fn sort(&mut self, sort: &SortTree) -> Result<Vec<StageKind>, Fault> {
        let keys = sort.keys.iter().map(|key| {
            Ok(SortKey {
                field: FieldRef::new(&self.read(&key.field.node, key.field.span)?),
                direction: match key.direction {
                    Some(Way::Ascending) => Direction::Ascending,
                    Some(Way::Descending) | None => Direction::Descending,
                },
                by: SortBy::Typed,
            })
        });
        Ok(vec![StageKind::Sort(Sort {
            keys: keys.collect::<Result<_, Fault>>()?,
            most: None,
        })])
    }

    fn dedup(
        &mut self,
        dedup: &DedupTree,
        span: super::syntax::Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let mut keys = Vec::with_capacity(dedup.by.len());
        for field in &dedup.by {
            keys.push(FieldRef::new(&self.read(&field.node, field.span)?));
        }
        if keys.is_empty() && !self.names.are_of_messages() {
            return Err(Fault::unsupported(
                "`dedup` by the text of a message behind an aggregation, which leaves none,",
                span,
            ));
        }
        if keys.is_empty() {
            keys.push(FieldRef::new(crate::detect::plan::RAW));
        }
        Ok(vec![StageKind::Dedup(Dedup {
            keys,
            keep: usize::try_from(dedup.count.unwrap_or(1)).unwrap_or(usize::MAX),
            among: match dedup.duplicates {
                Duplicates::Anywhere => Among::All,
                Duplicates::Consecutive => Among::Consecutive,
            },
            without_key: Membership::In,
        })])
    }
}

/// A stage that sets one field.
pub(super) fn set(name: &Arc<str>, value: Expr) -> StageKind {
    StageKind::Extend(vec![Assignment {
        target: Target::Field(FieldRef::new(name)),
        value,
    }])
}

/// A key of an aggregation.
pub(super) fn key_of(name: &str) -> Key {
    Key {
        field: FieldRef::new(name),
        bucket: None,
    }
}

/// The field that a function without a name of its own changes.
fn own_field(value: &Expression) -> Option<&str> {
    match &value.node {
        ExpressionKind::Call { arguments, .. } => {
            match arguments.first().map(|first| &first.node) {
                Some(ExpressionKind::Field(name)) => Some(&name.text),
                _ => None,
            }
        }
        _ => None,
    }
}
