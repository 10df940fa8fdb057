//! Operators that bring in tables, and the rows of other queries.
//!
//! Source: Sumo Logic, "lookup Search Operator", "lookupContains Search Operator", "cat
//! Search Operator", "join Search Operator", "Subqueries".

use std::sync::Arc;

use super::super::syntax::{
    ComparisonOperator, Expression, ExpressionKind, Field, Join as JoinTree, LogicalOperator,
    Lookup as LookupTree, LookupColumns, Operator, Query, Returned, Scope, ScopeKind, Span,
    Subquery, Table as Place, UnaryOperator,
};
use super::names::Names;
use super::operator::set;
use super::{Fault, Lowerer};
use crate::detect::plan::compare::Case;
use crate::detect::plan::{
    AmongRows, Comparing, Existing, Expr, FieldRef, Filter, Internal, Join, Limit, Lookup,
    Membership, NamePattern, Pipeline, Predicate, PredicateKind, Projection, Source, Stage,
    StageKind, Table, Value,
};
use crate::diagnostic::Place as At;
use crate::diagnostic::{Code, Diagnostic};

impl Lowerer<'_> {
    /// The lookup table of a place; an empty one if it is not at hand.
    fn table(&mut self, place: &Place, span: Span) -> Result<Arc<Table>, Fault> {
        // The keys of classic tables go by case ("lookup (Classic) Search Operator").
        let (path, case) = match place {
            Place::Path(text) => (text.text(), Case::Insensitive),
            Place::Location(location) if location.contains("://") => {
                return Err(Fault::unsupported(format!("the table `{location}`"), span));
            }
            Place::Location(location) => (location.clone(), Case::Sensitive),
        };
        if let Some(known) = self.environment.table(&path) {
            let mut table = Table::clone(known);
            table.case = Some(case);
            return Ok(Arc::new(table));
        }
        let why = "no lookup table is at hand".to_owned();
        let message = format!("the lookup table `{path}` is taken as empty: it is not at hand");
        let at = At::span(self.query.source, self.span(span).range());
        let problem = Diagnostic::warning(Code::SUMO_MISSING_LOOKUP, message);
        let help = "put a CSV file of that name into a folder `lookups` beside the query";
        self.problems.push(problem.at(at).help(help));
        Ok(Arc::new(Table::missing(&path, why)))
    }

    /// `cat`: the rows of a table in the place of messages.
    pub(super) fn contents(
        &mut self,
        place: &Place,
        scope: Option<&Scope>,
        span: Span,
    ) -> Result<Source, Fault> {
        if scope.is_some() {
            return Err(Fault::unsupported("`cat` behind a scope", span));
        }
        let table = self.table(place, span)?;
        self.names.aggregate(&[]);
        for column in &table.columns {
            self.make_named(column);
        }
        if table.missing.is_some() {
            self.names.open();
        }
        Ok(Source::Table(table))
    }

    /// `lookup`.
    pub(super) fn lookup(
        &mut self,
        lookup: &LookupTree,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let table = self.table(&lookup.table, span)?;
        let mut matches = Vec::with_capacity(lookup.on.len());
        for condition in &lookup.on {
            let column = column_of(&table, &condition.right);
            let field = self.read(&condition.left.node, condition.left.span)?;
            matches.push((column, FieldRef::new(&field)));
        }
        let mut outputs = Vec::new();
        match &lookup.columns {
            LookupColumns::All => {
                for column in &table.columns {
                    outputs.push((Arc::clone(column), FieldRef::new(&self.make_named(column))));
                }
                if table.missing.is_some() {
                    self.names.lose_track();
                }
            }
            LookupColumns::Named(columns) => {
                for column in columns {
                    let name = column.name.as_ref().unwrap_or(&column.column);
                    let name = self.make(name);
                    outputs.push((column_of(&table, &column.column), FieldRef::new(&name)));
                }
            }
        }
        Ok(vec![StageKind::Lookup(Lookup {
            table,
            matches,
            outputs,
            existing: Existing::Replaced,
        })])
    }

    /// `lookupContains(table, field=column)`: whether the table has such a row.
    pub(super) fn lookup_contains(
        &mut self,
        arguments: &[Expression],
        span: Span,
    ) -> Result<Predicate, Fault> {
        let unsupported = || Fault::unsupported("this form of `lookupContains`", span);
        let [place, condition] = arguments else {
            return Err(unsupported());
        };
        let ExpressionKind::Table(place) = &place.node else {
            return Err(unsupported());
        };
        let table = self.table(place, span)?;
        let conditions = match &condition.node {
            ExpressionKind::Logical {
                operator: LogicalOperator::And,
                operands,
            } => operands.iter().collect(),
            _ => vec![condition],
        };
        let mut matches = Vec::with_capacity(conditions.len());
        for condition in conditions {
            let ExpressionKind::Comparison {
                left,
                operator: ComparisonOperator::Equal,
                right,
            } = &condition.node
            else {
                return Err(unsupported());
            };
            let (ExpressionKind::Field(field), ExpressionKind::Field(column)) =
                (&left.node, &right.node)
            else {
                return Err(unsupported());
            };
            let field = self.read(field, left.span)?;
            matches.push((named(&table, &column.text), FieldRef::new(&field)));
        }
        self.texts += 1;
        let found = format!("__known{}", self.texts);
        let outputs = matches
            .first()
            .map(|(column, _)| (Arc::clone(column), FieldRef::new(&found)));
        self.before.push(StageKind::Lookup(Lookup {
            table,
            matches,
            outputs: outputs.into_iter().collect(),
            existing: Existing::Replaced,
        }));
        let at = self.span(span);
        Ok(Predicate::new(
            PredicateKind::Exists(Expr::field(&found, at)),
            at,
        ))
    }

    /// A condition of `where`, of which parts may be subqueries.
    pub(super) fn filtering(&mut self, condition: &Expression) -> Result<StageKind, Fault> {
        let parts = match &condition.node {
            ExpressionKind::Logical {
                operator: LogicalOperator::And,
                operands,
            } => operands.iter().collect(),
            _ => vec![condition],
        };
        let mut plain = Vec::new();
        let mut rows = Vec::new();
        for part in parts {
            match &part.node {
                ExpressionKind::Subquery(child) => {
                    rows.push(self.child(child, Membership::In, Comparing::Exactly, part.span)?);
                }
                ExpressionKind::Unary {
                    operator: UnaryOperator::Not,
                    operand,
                } if let ExpressionKind::Subquery(child) = &operand.node => {
                    rows.push(self.child(
                        child,
                        Membership::NotIn,
                        Comparing::Exactly,
                        part.span,
                    )?);
                }
                _ => plain.push(self.condition(part)?),
            }
        }
        let predicate = Predicate::all(plain, self.span(condition.span));
        Ok(StageKind::Filter(Box::new(Filter { predicate, rows })))
    }

    /// A scope, of which parts may be subqueries.
    pub(super) fn looking_at(&mut self, scope: &Scope) -> Result<StageKind, Fault> {
        let parts = match &scope.node {
            ScopeKind::And(parts) => parts.iter().collect(),
            _ => vec![scope],
        };
        let mut plain = Vec::new();
        let mut rows = Vec::new();
        for part in parts {
            match &part.node {
                ScopeKind::Subquery(child) => {
                    rows.push(self.child(
                        child,
                        Membership::In,
                        Comparing::AsPatterns,
                        part.span,
                    )?);
                }
                ScopeKind::Not(inner) if let ScopeKind::Subquery(child) = &inner.node => {
                    let wanted = Membership::NotIn;
                    rows.push(self.child(child, wanted, Comparing::AsPatterns, part.span)?);
                }
                _ => plain.push(self.scope(part)?),
            }
        }
        let predicate = Predicate::all(plain, self.span(scope.span));
        Ok(StageKind::Filter(Box::new(Filter { predicate, rows })))
    }

    /// A subquery within a condition: whether a row has a partner among its rows.
    pub(super) fn among(&mut self, child: &Subquery, span: Span) -> Result<Predicate, Fault> {
        let mut among = self.child(child, Membership::In, Comparing::Exactly, span)?;
        let at = self.span(span);
        self.texts += 1;
        let found = format!("__among{}", self.texts);
        let mut keys = Vec::new();
        if let Some(StageKind::Project(Projection::Keep { patterns, .. })) =
            among.pipeline.stages.iter().rev().find_map(|stage| {
                matches!(stage.kind, StageKind::Project(_)).then_some(&stage.kind)
            })
        {
            keys.extend(patterns.iter().map(|name| FieldRef::new(name.as_str())));
        }
        let truth = Expr::literal(Value::Bool(true), at);
        let mark = set(&found.as_str().into(), truth);
        among.pipeline.stages.push(Stage::new(mark, "compose", at));
        self.before.push(StageKind::Join(Box::new(Join {
            pipeline: among.pipeline,
            keys,
            unmatched: Membership::In,
            most: Some(1),
            existing: Existing::Kept,
        })));
        let exists = PredicateKind::Exists(Expr::field(&found, at));
        Ok(Predicate::new(exists, at))
    }

    /// The rows of a subquery, of which one must be there.
    fn child(
        &mut self,
        child: &Subquery,
        wanted: Membership,
        comparing: Comparing,
        span: Span,
    ) -> Result<AmongRows, Fault> {
        if child.from.is_some() || child.to.is_some() {
            return Err(Fault::unsupported("a subquery with a time range", span));
        }
        let Some((last, operators)) = child.query.operators.split_last() else {
            return Err(Fault::invalid("a subquery ends with `compose`", span));
        };
        let Operator::Compose(compose) = &last.node else {
            return Err(Fault::invalid("a subquery ends with `compose`", span));
        };
        if compose.returned == Returned::Keywords {
            return Err(Fault::unsupported("`compose … keywords`", last.span));
        }
        let query = Query {
            scope: child.query.scope.clone(),
            operators: operators.to_vec(),
        };
        let (mut pipeline, mut inner) = self.inside(&query);
        let at = self.span(last.span);
        let mut pairs = Vec::new();
        let mut kept = Vec::new();
        for field in &compose.fields {
            if field.node.text.starts_with('_') {
                return Err(Fault::unsupported(
                    "`compose` of a field that begins with an underscore",
                    field.span,
                ));
            }
            let own = self.read(&field.node, field.span)?;
            std::mem::swap(&mut self.names, &mut inner);
            let of_child = self.read(&field.node, field.span);
            std::mem::swap(&mut self.names, &mut inner);
            pairs.push((NamePattern::new(&of_child?), NamePattern::new(&own)));
            kept.push(NamePattern::new(&own));
        }
        let mut add = |kind| pipeline.stages.push(Stage::new(kind, "compose", at));
        add(StageKind::Rename(pairs));
        add(StageKind::Project(Projection::Keep {
            patterns: kept,
            internal: Internal::Same,
        }));
        if let Some(most) = compose.max_results {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            add(StageKind::Limit(Limit::First(most)));
        }
        Ok(AmongRows {
            pipeline,
            wanted,
            comparing,
        })
    }

    /// A query inside this one, and the names at its end.
    fn inside(&mut self, query: &Query) -> (Pipeline, Names) {
        let fresh = Names::of_messages(&self.environment.deployment);
        let outer = std::mem::replace(&mut self.names, fresh);
        let before = std::mem::take(&mut self.before);
        let pipeline = self.pipeline(query);
        self.before = before;
        (pipeline, std::mem::replace(&mut self.names, outer))
    }

    /// `join`: every combination of rows of the tables, which are made of the rows so far.
    pub(super) fn join(
        &mut self,
        join: &JoinTree,
        so_far: &[Stage],
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        if join.time_window.is_some() {
            return Err(Fault::unsupported("`timewindow` of `join`", span));
        }
        let at = self.span(span);
        let start = self.names.clone();
        let mut tables = Vec::with_capacity(join.tables.len());
        for table in &join.tables {
            let name = table.name.node.text.as_str();
            self.names = start.clone();
            let mut stages = Vec::new();
            for operator in &table.query.node.operators {
                self.add(operator, &mut stages);
            }
            let prefixed = (
                NamePattern::new("*"),
                NamePattern::new(&format!("{name}_*")),
            );
            stages.push(Stage::new(StageKind::Rename(vec![prefixed]), "join", at));
            let names = std::mem::replace(&mut self.names, start.clone());
            tables.push((name, stages, names));
        }
        let mut tables = tables.into_iter();
        let Some((first, stages, names)) = tables.next() else {
            return Err(Fault::invalid("`join` needs tables", span));
        };
        let mut kinds: Vec<StageKind> = stages.into_iter().map(|stage| stage.kind).collect();
        let mut joined = vec![(first, names)];
        for (name, mut stages, names) in tables {
            joined.push((name, names));
            let mut keys = Vec::new();
            for condition in &join.on {
                let (left, right) = (place_of(&condition.left)?, place_of(&condition.right)?);
                let is_this = |side: &(String, String)| side.0.eq_ignore_ascii_case(name);
                let (own, other) = match (is_this(&right), is_this(&left)) {
                    (true, false) => (right, left),
                    (false, true) => (left, right),
                    _ => continue,
                };
                // Another table that comes later has this condition.
                if !joined
                    .iter()
                    .any(|(known, _)| known.eq_ignore_ascii_case(&other.0))
                {
                    continue;
                }
                let own = full_name(&joined, &own, condition.left.span)?;
                let other = full_name(&joined, &other, condition.right.span)?;
                let key = format!("__key{}", keys.len());
                stages.push(Stage::new(
                    set(&key.as_str().into(), Expr::field(&own, at)),
                    "join",
                    at,
                ));
                kinds.push(set(&key.as_str().into(), Expr::field(&other, at)));
                keys.push(FieldRef::new(&key));
            }
            if keys.is_empty() {
                return Err(Fault::unsupported(
                    "a table of `join` that is tied to none before it",
                    span,
                ));
            }
            let view = Arc::clone(&self.environment.deployment.records);
            let all = so_far.iter().cloned().chain(stages).collect();
            kinds.push(StageKind::Join(Box::new(Join {
                pipeline: Pipeline::new(Source::Records(view), all),
                keys,
                unmatched: Membership::NotIn,
                most: None,
                existing: Existing::Kept,
            })));
        }
        self.names = start;
        self.names.open();
        for (table, names) in &joined {
            for made in names.made() {
                self.make_named(&format!("{table}_{made}"));
            }
        }
        Ok(kinds)
    }
}

/// The column of a table that a field names, whatever its case.
fn column_of(table: &Table, field: &Field) -> Arc<str> {
    named(table, &field.node.text)
}

fn named(table: &Table, name: &str) -> Arc<str> {
    let mut columns = table.columns.iter();
    match columns.find(|column| column.eq_ignore_ascii_case(name)) {
        Some(column) => Arc::clone(column),
        None => name.into(),
    }
}

/// The table and the field of `table.field`.
fn place_of(field: &Field) -> Result<(String, String), Fault> {
    match field.node.text.split_once('.') {
        Some((table, name)) => Ok((table.to_owned(), name.to_owned())),
        None => Err(Fault::invalid(
            "a condition of `join` names a table and a field: `table.field`",
            field.span,
        )),
    }
}

/// The name of a field of a table once it is joined.
fn full_name(
    tables: &[(&str, Names)],
    (table, field): &(String, String),
    span: Span,
) -> Result<Arc<str>, Fault> {
    let mut tables = tables.iter();
    let Some((table, names)) = tables.find(|(name, _)| name.eq_ignore_ascii_case(table)) else {
        return Err(Fault::invalid(
            format!("`{table}` is none of the tables of `join`"),
            span,
        ));
    };
    let made = names.made();
    let field = made.iter().find(|made| made.eq_ignore_ascii_case(field));
    match field {
        Some(field) => Ok(format!("{table}_{field}").into()),
        None => Err(Fault::unsupported(
            "a condition of `join` on a field that its table does not make",
            span,
        )),
    }
}
