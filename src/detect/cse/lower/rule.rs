//! From a whole rule to a plan: its expressions filter, and what they find is counted in
//! windows of time.
//!
//! Sources: Sumo Logic, "Write a Threshold Rule", "Write a Chain Rule", "Write an
//! Aggregation Rule", "About Cloud SIEM Rules", and the references of the Terraform
//! resources `sumologic_cse_threshold_rule`, `…_chain_rule`, and `…_aggregation_rule`.

use std::sync::Arc;

use super::super::Environment;
use super::super::syntax::{
    self, Aggregate, AggregateFunction, AggregationRule, ChainRule, EntitySelector, Expression,
    ExpressionKind, Field, RuleKind, Spanned, ThresholdRule, Tuning, TuningEffect, UnaryOperator,
    Window,
};
use super::{CODES, Expressions, MODES, about};
use crate::detect::plan::aggregate::Aggregation;
use crate::detect::plan::compare::CompareOp;
use crate::detect::plan::{
    Argument, Correlate, Expr, Filter, NamePattern, Output, Pipeline, Predicate, PredicateKind,
    Source, Span, Stage, StageKind, Step, Value,
};
use crate::detect::query::{Fault, Lowered, Query};
use crate::diagnostic::did_you_mean;

/// What a threshold rule counts.
const COUNT: &str = "count";
/// How many records of a chain came in its order.
const IN_ORDER: &str = "matches in order";

/// Lowers a rule. The text of the query holds all that the rule says, and the spans are
/// those of that text; the span of the kind is that of the word for it.
#[must_use]
pub fn lower_rule(
    query: Query<'_>,
    kind: &Spanned<RuleKind>,
    entities: &[EntitySelector],
    tunings: &[Tuning],
    environment: &Environment,
) -> Lowered {
    let mut lowered = Lowered::new();
    let place = |span| query.range(span);
    let mut parts = Rule {
        place: &place,
        environment,
        entities,
        span: kind.span,
        faults: Vec::new(),
    };
    let mut stages = match &kind.node {
        RuleKind::Match(rule) | RuleKind::TemplatedMatch(rule) => {
            vec![parts.filter(&rule.expression)]
        }
        RuleKind::Threshold(threshold) => parts.threshold(threshold),
        RuleKind::Chain(chain) => parts.chain(chain),
        RuleKind::Aggregation(aggregation) => parts.aggregation(aggregation),
        RuleKind::FirstSeen(first_seen) => {
            parts.learned(&first_seen.expression, "a first-seen rule")
        }
        RuleKind::Outlier(outlier) => parts.learned(&outlier.expression, "an outlier rule"),
    };
    let tuned: Vec<Stage> = tunings.iter().map(|tuning| parts.tuning(tuning)).collect();
    stages.splice(1..1, tuned);
    let faults = parts.faults;
    let told: Vec<String> = expressions(&kind.node)
        .map(|tree| about::of(tree).unwrap_or_else(|| "any log".to_owned()))
        .collect();
    lowered.log_source = distinct(told).join(" OR ");
    let pipeline = Pipeline::new(Source::Records(Arc::clone(&environment.records)), stages);
    lowered.settle(pipeline, faults, CODES, |span| query.place(span));
    lowered
}

/// The expressions that records are held against.
fn expressions(kind: &RuleKind) -> impl Iterator<Item = &Expression> {
    let (one, several): (Option<&Expression>, &[syntax::ChainStep]) = match kind {
        RuleKind::Match(rule) | RuleKind::TemplatedMatch(rule) => (Some(&rule.expression), &[]),
        RuleKind::Threshold(rule) => (Some(&rule.expression), &[]),
        RuleKind::Chain(rule) => (None, &rule.steps),
        RuleKind::Aggregation(rule) => (Some(&rule.expression), &[]),
        RuleKind::FirstSeen(rule) => (Some(&rule.expression), &[]),
        RuleKind::Outlier(rule) => (Some(&rule.expression), &[]),
    };
    one.into_iter()
        .chain(several.iter().map(|step| &step.expression))
}

fn distinct(told: Vec<String>) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for one in told {
        if !known.contains(&one) {
            known.push(one);
        }
    }
    known
}

/// Lowers the parts of a rule.
struct Rule<'r> {
    place: &'r dyn Fn(syntax::Span) -> Span,
    environment: &'r Environment,
    entities: &'r [EntitySelector],
    /// Where its kind stands.
    span: syntax::Span,
    faults: Vec<Fault>,
}

impl<'r> Rule<'r> {
    fn expressions(&self) -> Expressions<'r> {
        Expressions::new(self.place, Some(self.environment))
    }

    /// What is made with the expressions; their faults are the rule's.
    fn with<R>(
        &mut self,
        mut expressions: Expressions<'r>,
        make: impl FnOnce(&mut Expressions<'r>) -> R,
    ) -> R {
        let made = make(&mut expressions);
        self.faults.append(expressions.faults.get_mut());
        made
    }

    /// Keeps the records that an expression holds for.
    fn filter(&mut self, tree: &Expression) -> Stage {
        let predicate = self.with(self.expressions(), |own| own.whole(tree));
        filter(predicate, "expression")
    }

    /// Keeps the records that a tuning expression leaves to the rule.
    ///
    /// Source: Sumo Logic, "About Cloud SIEM Rules": it is joined to the rule's expression
    /// with AND; Terraform, `sumologic_cse_rule_tuning_expression`: `exclude`.
    fn tuning(&mut self, tuning: &Tuning) -> Stage {
        let predicate = self.with(self.expressions(), |own| own.whole(&tuning.expression));
        let predicate = match tuning.effect {
            TuningEffect::Include => predicate,
            TuningEffect::Exclude => predicate.negated(),
        };
        filter(predicate, "tuning expression")
    }

    /// Fires when enough records meet the expression within the window.
    fn threshold(&mut self, rule: &ThresholdRule) -> Vec<Stage> {
        let first = self.filter(&rule.expression);
        let span = (self.place)(rule.limit.span);
        let (aggregation, argument) = match &rule.distinct {
            None => (Aggregation::Count, Argument::Rows),
            Some(field) => match self.field(field) {
                Some(value) => (Aggregation::DistinctCount, Argument::Values(value)),
                None => return vec![first],
            },
        };
        let outputs = vec![output(COUNT, aggregation, argument, span)];
        let condition = self.at_least(COUNT, rule.limit.node, rule.limit.span);
        let groupings = self.groupings(Some(self.entities), &rule.group_by);
        let correlate = Correlate {
            groupings,
            span: seconds(rule.window),
            outputs,
            in_order: Vec::new(),
            in_order_name: IN_ORDER.into(),
            condition: condition.clone(),
        };
        self.correlated(first, correlate, condition, "threshold")
    }

    /// Fires when each expression is met often enough within the window.
    fn chain(&mut self, rule: &ChainRule) -> Vec<Stage> {
        let mut any = Vec::new();
        let mut outputs = Vec::new();
        let mut conditions = Vec::new();
        let mut in_order = Vec::new();
        for (index, step) in rule.steps.iter().enumerate() {
            let predicate = self.with(self.expressions(), |own| own.whole(&step.expression));
            let name = format!("matches of expression {}", index + 1);
            let argument = Argument::RowsWhere(predicate.clone());
            let span = (self.place)(step.limit.span);
            outputs.push(output(&name, Aggregation::Count, argument, span));
            conditions.push(self.at_least(&name, step.limit.node, step.limit.span));
            if rule.ordered {
                in_order.push(Step {
                    predicate: predicate.clone(),
                    count: step.limit.node,
                });
            }
            any.push(predicate);
        }
        if rule.ordered {
            let all = in_order
                .iter()
                .fold(0_u64, |all, step| all.saturating_add(step.count));
            conditions.push(self.at_least(IN_ORDER, all, self.span));
        }
        let span = (self.place)(self.span);
        let first = filter(Predicate::any(any, span), "expressions");
        let condition = Predicate::all(conditions, span);
        let correlate = Correlate {
            groupings: self.groupings(Some(self.entities), &rule.group_by),
            span: seconds(rule.window),
            outputs,
            in_order,
            in_order_name: IN_ORDER.into(),
            condition: condition.clone(),
        };
        self.correlated(first, correlate, condition, "chain")
    }

    /// Fires when the trigger holds for what is computed within the window.
    fn aggregation(&mut self, rule: &AggregationRule) -> Vec<Stage> {
        let mut own = self.expressions();
        let predicate = own.whole(&rule.expression);
        let mut outputs = Vec::new();
        for aggregate in &rule.aggregates {
            match aggregated(&own, aggregate, self.place, self.span) {
                Ok(output) => outputs.push(output),
                Err(fault) => self.faults.push(fault),
            }
        }
        self.faults.append(own.faults.get_mut());
        let names: Vec<&str> = rule.aggregates.iter().map(|one| &*one.name).collect();
        unknown_names(&rule.trigger, &names, &mut self.faults);
        let trigger = Expressions::new(self.place, None);
        let condition = self.with(trigger, |own| own.part(&rule.trigger));
        let entities = rule.by_entity.then_some(self.entities);
        let correlate = Correlate {
            groupings: self.groupings(entities, &rule.group_by),
            span: seconds(rule.window),
            outputs,
            in_order: Vec::new(),
            in_order_name: IN_ORDER.into(),
            condition: condition.clone(),
        };
        let first = filter(predicate, "expression");
        self.correlated(first, correlate, condition, "aggregation")
    }

    /// A rule that compares with what it has learned for days.
    fn learned(&mut self, tree: &Expression, kind: &str) -> Vec<Stage> {
        let first = self.filter(tree);
        let what = format!("{kind}, whose baseline of days no recording holds,");
        self.faults.push(Fault::unsupported(what, self.span));
        vec![first]
    }

    /// The stages of a rule that counts. The last one is the condition once more: it tells
    /// how close a rule came that did not fire.
    fn correlated(
        &self,
        first: Stage,
        correlate: Correlate,
        condition: Predicate,
        name: &str,
    ) -> Vec<Stage> {
        let span = (self.place)(self.span);
        let correlate = StageKind::Correlate(Box::new(correlate));
        vec![
            first,
            Stage::new(correlate, name, span),
            filter(condition, name),
        ]
    }

    fn at_least(&self, name: &str, limit: u64, span: syntax::Span) -> Predicate {
        let place = (self.place)(span);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let kind = PredicateKind::Compare {
            left: Expr::field(name, place),
            operator: CompareOp::GreaterOrEqual,
            right: Expr::literal(Value::Integer(limit), place),
            modes: MODES,
        };
        Predicate::new(kind, place)
    }

    /// The ways in which records are grouped: by each entity apart, and by all fields.
    ///
    /// Source: Sumo Logic, "Write a Threshold Rule", "Write a Chain Rule": a rule
    /// implicitly groups by the entity field, and by further fields. "About Cloud SIEM
    /// Rules": a signal is generated for each entity found in the record.
    fn groupings(
        &mut self,
        entities: Option<&[EntitySelector]>,
        group_by: &[Field],
    ) -> Vec<Vec<Expr>> {
        let fields: Vec<Expr> = group_by
            .iter()
            .filter_map(|field| self.field(field))
            .collect();
        let entities: Vec<Expr> = entities
            .unwrap_or_default()
            .iter()
            .filter_map(|entity| self.value(&entity.expression))
            .collect();
        if entities.is_empty() {
            return vec![fields];
        }
        let with = |entity| {
            let mut keys = vec![entity];
            keys.extend(fields.iter().cloned());
            keys
        };
        entities.into_iter().map(with).collect()
    }

    fn field(&mut self, field: &Field) -> Option<Expr> {
        let own = self.expressions();
        let made = own.field(&field.node, field.span);
        self.kept(made)
    }

    fn value(&mut self, tree: &Expression) -> Option<Expr> {
        let own = self.expressions();
        let made = own.value(tree);
        self.kept(made)
    }

    fn kept(&mut self, made: Result<Expr, Fault>) -> Option<Expr> {
        made.map_err(|fault| self.faults.push(fault)).ok()
    }
}

fn filter(predicate: Predicate, name: &str) -> Stage {
    let span = predicate.span;
    let kind = StageKind::Filter(Box::new(Filter {
        predicate,
        rows: Vec::new(),
    }));
    Stage::new(kind, name, span)
}

fn output(name: &str, aggregation: Aggregation, argument: Argument, span: Span) -> Output {
    Output {
        aggregation,
        argument,
        name: NamePattern::new(name),
        span,
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "windows are far shorter than what a float holds exactly"
)]
fn seconds(window: Window) -> f64 {
    window.milliseconds as f64 / 1000.0
}

/// An aggregation.
///
/// Source: Sumo Logic, "Write an Aggregation Rule": `count` and `count_distinct` take
/// countable results, such as a condition; the others take the value of a field. Rules of
/// the public catalogue give `count_distinct` a field.
fn aggregated(
    own: &Expressions<'_>,
    aggregate: &Aggregate,
    place: &dyn Fn(syntax::Span) -> Span,
    span: syntax::Span,
) -> Result<Output, Fault> {
    let aggregation = match aggregate.function {
        AggregateFunction::Average => Aggregation::Average,
        AggregateFunction::Count => Aggregation::Count,
        AggregateFunction::CountDistinct => Aggregation::DistinctCount,
        AggregateFunction::First => Aggregation::First,
        AggregateFunction::Last => Aggregation::Last,
        AggregateFunction::Maximum => Aggregation::Max,
        AggregateFunction::Minimum => Aggregation::Min,
        AggregateFunction::Sum => Aggregation::Sum,
    };
    let [argument] = aggregate.arguments.as_slice() else {
        let what = format!(
            "the aggregation `{}` of {} arguments",
            aggregate.name,
            aggregate.arguments.len()
        );
        return Err(Fault::unsupported(what, span));
    };
    let counts = matches!(aggregate.function, AggregateFunction::Count);
    let of = if counts && is_condition(argument) {
        Argument::RowsWhere(own.predicate(argument)?)
    } else {
        Argument::Values(own.value(argument)?)
    };
    Ok(output(
        &aggregate.name,
        aggregation,
        of,
        place(argument.span),
    ))
}

/// Whether an expression says yes or no, and is no value.
fn is_condition(tree: &Expression) -> bool {
    matches!(
        tree.node,
        ExpressionKind::Boolean(_)
            | ExpressionKind::Logical { .. }
            | ExpressionKind::Comparison { .. }
            | ExpressionKind::Predicate { .. }
            | ExpressionKind::Unary {
                operator: UnaryOperator::Not,
                ..
            }
            | ExpressionKind::ThreatMatch(_)
    )
}

/// Names in a trigger that no aggregation has.
fn unknown_names(tree: &Expression, names: &[&str], faults: &mut Vec<Fault>) {
    let mut each = |tree: &Expression| unknown_names(tree, names, faults);
    match &tree.node {
        ExpressionKind::Field(path) if path.keys.is_empty() => {
            if names.contains(&&*path.name) {
                return;
            }
            let hint = did_you_mean(&path.name, names.iter().copied());
            let hint = hint.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            let why = format!("no aggregation has the name `{}`{hint}", path.name);
            faults.push(Fault::invalid(why, tree.span));
        }
        ExpressionKind::Field(_) => {
            let why = "a trigger knows the names of aggregations only";
            faults.push(Fault::invalid(why, tree.span));
        }
        ExpressionKind::Logical { operands, .. } => operands.iter().for_each(each),
        ExpressionKind::Unary { operand, .. } | ExpressionKind::Predicate { operand, .. } => {
            each(operand);
        }
        ExpressionKind::Comparison { left, right, .. } => {
            each(left);
            each(right);
        }
        ExpressionKind::Call { arguments, .. } => arguments.iter().for_each(each),
        ExpressionKind::Arithmetic { first, rest } => {
            each(first);
            rest.iter().for_each(|(_, operand)| each(operand));
        }
        _ => {}
    }
}
