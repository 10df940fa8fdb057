//! Functions of groups of rows.
//!
//! Source: Sumo Logic, "Group or Aggregate Operators" and the page of each function.

use super::super::syntax::{
    Aggregate as Tree, AggregateFunction, Aggregation as Function, ExpressionKind, GroupKey, Span,
};
use super::operator::{key_of, set};
use super::{Fault, Lowerer};
use crate::detect::plan::aggregate::{Aggregation, Percentile, Spread};
use crate::detect::plan::function::Function as Computed;
use crate::detect::plan::{
    Aggregate, Argument, Expr, ExprKind, NamePattern, OfNothing, Output, StageKind, Value,
    WithoutKey,
};

impl Lowerer<'_> {
    pub(super) fn aggregate(&mut self, tree: &Tree, span: Span) -> Result<Vec<StageKind>, Fault> {
        let mut stages = Vec::new();
        let mut keys = Vec::with_capacity(tree.by.len());
        let mut outputs = Vec::new();
        let looked = tree.by.iter().try_for_each(|key| {
            keys.push(self.key(key, &mut stages)?);
            Ok(())
        });
        let looked = looked.and_then(|()| {
            let mut all = tree.aggregations.iter();
            all.try_for_each(|function| self.outputs(function, span, &mut outputs))
        });
        if let Err(fault) = looked {
            self.leave_names(tree);
            return Err(fault);
        }
        self.names.aggregate(&keys);
        let names: Vec<String> = outputs
            .iter()
            .map(|output| output.name.as_str().to_owned())
            .collect();
        for (name, output) in names.iter().zip(&outputs) {
            let made = self.make_named(name);
            if is_numeric(&output.aggregation) {
                self.names.count_as_number(&made);
            }
        }
        let lists: Vec<_> = outputs
            .iter()
            .filter(|output| output.aggregation == Aggregation::Values)
            .map(|output| in_lines(output.name.as_str(), self.span(span)))
            .collect();
        stages.push(StageKind::Aggregate(Aggregate {
            keys: keys.iter().map(|key| key_of(key)).collect(),
            outputs,
            // Rows that lack a key are a group of their own.
            without_key: WithoutKey::Filled(Value::Null),
            of_nothing: OfNothing::NoRow,
        }));
        stages.extend(lists);
        Ok(stages)
    }

    /// Makes the names that an aggregation would, so that only its own fault is told.
    fn leave_names(&mut self, tree: &Tree) {
        let keys = tree.by.iter().filter_map(|key| match &key.value.node {
            _ if key.name.is_some() => key.name.as_ref().map(|name| &name.node.text),
            ExpressionKind::Field(name) => Some(&name.text),
            _ => None,
        });
        let keys: Vec<_> = keys.collect();
        self.names.aggregate(&[]);
        for key in keys {
            self.make_named(key);
        }
        for name in tree.aggregations.iter().flat_map(names_of) {
            self.make_named(&name);
        }
    }

    /// The field of a key; a value that is none becomes one first.
    fn key(
        &mut self,
        key: &GroupKey,
        stages: &mut Vec<StageKind>,
    ) -> Result<std::sync::Arc<str>, Fault> {
        if let (ExpressionKind::Field(name), None) = (&key.value.node, &key.name) {
            return self.read(name, key.value.span);
        }
        let value = self.value(&key.value)?;
        let Some(name) = &key.name else {
            return Err(Fault::unsupported(
                "a key that is computed and has no name",
                key.value.span,
            ));
        };
        let made = self.make(name);
        stages.push(set(&made, value));
        Ok(made)
    }

    fn outputs(
        &mut self,
        function: &Function,
        span: Span,
        outputs: &mut Vec<Output>,
    ) -> Result<(), Fault> {
        let at = self.span(span);
        let default = |name: &str| match &function.name {
            Some(given) => given.node.text.clone(),
            None => format!("_{name}"),
        };
        let Some(first) = function.arguments.first() else {
            if function.function != AggregateFunction::Count {
                return Err(Fault::invalid(
                    format!("`{}` needs a field", function.function.name()),
                    span,
                ));
            }
            outputs.push(Output {
                aggregation: Aggregation::Count,
                argument: Argument::Rows,
                name: NamePattern::new(&default("count")),
                span: at,
            });
            return Ok(());
        };
        let value = match function.function {
            AggregateFunction::Values => self.text(first)?,
            _ => self.value(first)?,
        };
        let mut add = |aggregation, name: String| {
            outputs.push(Output {
                aggregation,
                argument: Argument::Values(value.clone()),
                name: NamePattern::new(&name),
                span: at,
            });
        };
        let name = function.function.name();
        let aggregation = match function.function {
            AggregateFunction::Count => Aggregation::Count,
            AggregateFunction::CountDistinct => Aggregation::DistinctCount,
            AggregateFunction::Sum => Aggregation::Sum,
            AggregateFunction::Avg => Aggregation::Average,
            AggregateFunction::Min => Aggregation::Min,
            AggregateFunction::Max => Aggregation::Max,
            AggregateFunction::Stddev => Aggregation::StandardDeviation(Spread::Sample),
            AggregateFunction::First => Aggregation::First,
            AggregateFunction::Last => Aggregation::Last,
            AggregateFunction::Values => Aggregation::Values,
            AggregateFunction::Pct => {
                let field = match &first.node {
                    ExpressionKind::Field(name) => name.text.clone(),
                    _ => String::new(),
                };
                for percentile in function.arguments.get(1..).unwrap_or_default() {
                    let ExpressionKind::Number { value: p, text } = &percentile.node else {
                        return Err(Fault::invalid("a percentile is a number", percentile.span));
                    };
                    let kind = Percentile::Exact;
                    let aggregation = Aggregation::Percentile { p: *p, kind };
                    match &function.name {
                        Some(given) => add(aggregation, given.node.text.clone()),
                        None => add(aggregation, format!("_{field}_pct_{text}")),
                    }
                }
                return Ok(());
            }
            AggregateFunction::MostRecent => Aggregation::Latest,
            AggregateFunction::LeastRecent => Aggregation::Earliest,
            AggregateFunction::PctSampling | AggregateFunction::Median => {
                return Err(Fault::unsupported(format!("the function `{name}`"), span));
            }
        };
        // As the page of `most_recent` has it.
        add(aggregation, default(&name.replace("_recent", "recent")));
        Ok(())
    }
}

/// The names of what a function results in.
fn names_of(function: &Function) -> Vec<String> {
    if let Some(given) = &function.name {
        return vec![given.node.text.clone()];
    }
    let mut arguments = function.arguments.iter();
    match (function.function, arguments.next().map(|first| &first.node)) {
        (AggregateFunction::Pct, Some(ExpressionKind::Field(field))) => arguments
            .map(|percentile| match &percentile.node {
                ExpressionKind::Number { text, .. } => format!("_{}_pct_{text}", field.text),
                _ => String::new(),
            })
            .collect(),
        // As the page of `most_recent` has it.
        _ => vec![format!(
            "_{}",
            function.function.name().replace("_recent", "recent")
        )],
    }
}

/// Whether an aggregation yields a number whatever it is of.
fn is_numeric(aggregation: &Aggregation) -> bool {
    matches!(
        aggregation,
        Aggregation::Count
            | Aggregation::DistinctCount
            | Aggregation::Sum
            | Aggregation::Average
            | Aggregation::StandardDeviation(_)
            | Aggregation::Percentile { .. }
    )
}

/// `values` is one text, with a value on each line.
fn in_lines(name: &str, span: crate::detect::plan::Span) -> StageKind {
    let joined = ExprKind::Call {
        function: Computed::JoinItems,
        arguments: vec![
            Expr::field(name, span),
            Expr::literal(Value::text("\n"), span),
        ],
    };
    set(&name.into(), Expr::new(joined, span))
}
