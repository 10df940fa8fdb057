//! `stats`, `tstats`, and their relatives.
//!
//! Source: Splunk, "Search Reference: stats", "eventstats", "streamstats", "tstats",
//! "transaction", and "Statistical and charting functions".

use super::super::deployment::Dataset;
use super::super::syntax::{
    self, Aggregation as Tree, Argument as Of, ByField, EventCondition, EventStats, SpanLength,
    Stats, StreamStats, Transaction, Tstats, TstatsSource,
};
use super::{Fault, Lowerer};
use crate::detect::plan::aggregate::{Aggregation, Percentile, Spread};
use crate::detect::plan::{
    Aggregate, Among, Argument, Bounds, Expr, FieldRef, Frame, Internal, Key, Keyword, Membership,
    NamePattern, OfNothing, Output, Predicate, PredicateKind, Projection, Sequence, Source, Span,
    StageKind, Value, Window, Within, WithoutKey, time,
};

/// The fields that are indexed; `tstats` knows no others outside of data models.
///
/// Source: Splunk, "Search Reference: tstats"; "Use default fields".
pub(super) const INDEXED: [&str; 8] = [
    "_time",
    "host",
    "index",
    "linecount",
    "punct",
    "source",
    "sourcetype",
    "splunk_server",
];

impl Lowerer<'_> {
    pub(super) fn stats(&mut self, stats: &Stats) -> Result<Vec<StageKind>, Fault> {
        Ok(vec![StageKind::Aggregate(Aggregate {
            keys: self.keys(&stats.by)?,
            outputs: self.outputs(&stats.aggregations)?,
            without_key: WithoutKey::LeftOut,
            of_nothing: OfNothing::Row,
        })])
    }

    pub(super) fn event_stats(&mut self, stats: &EventStats) -> Result<Vec<StageKind>, Fault> {
        Ok(vec![StageKind::Window(Window {
            keys: fields(&stats.by),
            outputs: self.outputs(&stats.aggregations)?,
            frame: Frame::Whole,
        })])
    }

    pub(super) fn stream_stats(
        &mut self,
        stats: &StreamStats,
        span: syntax::Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let options = &stats.options;
        if options.reset_before.is_some() || options.reset_after.is_some() {
            return Err(Fault::unsupported(
                "`reset_before` and `reset_after` of streamstats",
                span,
            ));
        }
        if options.time_window.is_some() {
            return Err(Fault::unsupported("`time_window` of streamstats", span));
        }
        let last = options
            .window
            .filter(|window| *window > 0)
            .and_then(|window| usize::try_from(window).ok());
        if last.is_some() && !stats.by.is_empty() && options.global != Some(false) {
            return Err(Fault::unsupported(
                "a window of streamstats across groups",
                span,
            ));
        }
        Ok(vec![StageKind::Window(Window {
            keys: fields(&stats.by),
            outputs: self.outputs(&stats.aggregations)?,
            frame: Frame::Running {
                current: match options.current {
                    Some(false) => Membership::NotIn,
                    _ => Membership::In,
                },
                last,
                among: match options.reset_on_change {
                    Some(true) => Among::Consecutive,
                    _ => Among::All,
                },
            },
        })])
    }

    /// Where the rows of `tstats` come from.
    pub(super) fn tstats_source(&mut self, tstats: &Tstats) -> Result<Source, Fault> {
        let deployment = &self.environment.deployment;
        let Some(source) = &tstats.source else {
            let view = std::sync::Arc::clone(&deployment.records);
            self.looks_at("any log".to_owned());
            return Ok(Source::Records(view));
        };
        match &source.node {
            TstatsSource::DataModel { model, node } => {
                let name = match node {
                    Some(node) => format!("{model}.{node}"),
                    None => model.clone(),
                };
                match deployment.dataset(model, node.as_deref()) {
                    Dataset::Records(view) => {
                        self.looks_at(format!("data model {name}"));
                        Ok(Source::Records(view))
                    }
                    Dataset::Unavailable(why) => Err(Fault::unsupported(
                        format!("the data model `{model}` ({why})"),
                        source.span,
                    )),
                    Dataset::Unknown => Err(Fault::unsupported(
                        format!("the data model `{name}`"),
                        source.span,
                    )),
                }
            }
            TstatsSource::Job(_) | TstatsSource::Namespace(_) => Err(Fault::unsupported(
                "tstats on the results of a job",
                source.span,
            )),
        }
    }

    pub(super) fn tstats(
        &mut self,
        tstats: &Tstats,
        span: syntax::Span,
    ) -> Result<Vec<StageKind>, Fault> {
        if tstats.options.prestats == Some(true) || tstats.options.append == Some(true) {
            return Err(Fault::unsupported(
                "`prestats` and `append` of tstats",
                span,
            ));
        }
        let mut stages = Vec::new();
        self.only_indexed = tstats.source.is_none();
        let condition = tstats.condition.as_ref().map(|given| self.search(given));
        let only_indexed = std::mem::take(&mut self.only_indexed);
        stages.extend(condition.transpose()?);
        if only_indexed {
            let patterns = INDEXED.iter().map(|name| NamePattern::new(name));
            stages.push(StageKind::Project(Projection::Keep {
                patterns: patterns.collect(),
                internal: Internal::Same,
            }));
        }
        let without_key = match &tstats.options.fill_null_value {
            Some(filled) => WithoutKey::Filled(Value::text(filled)),
            None => WithoutKey::LeftOut,
        };
        stages.push(StageKind::Aggregate(Aggregate {
            keys: self.keys(&tstats.by)?,
            outputs: self.outputs(&tstats.aggregations)?,
            without_key,
            of_nothing: OfNothing::Row,
        }));
        Ok(stages)
    }

    fn keys(&self, by: &[ByField]) -> Result<Vec<Key>, Fault> {
        by.iter()
            .map(|by| {
                Ok(Key {
                    field: FieldRef::new(&by.field.node.text),
                    bucket: match &by.span {
                        Some(length) => Some(span_of(length, by.field.span)?),
                        None => None,
                    },
                })
            })
            .collect()
    }

    fn outputs(&mut self, trees: &[Tree]) -> Result<Vec<Output>, Fault> {
        trees.iter().map(|tree| self.output(tree)).collect()
    }

    fn output(&mut self, tree: &Tree) -> Result<Output, Fault> {
        let place = match (&tree.argument, &tree.alias) {
            (Of::Field(field), _) => field.span,
            (Of::Eval(expression), _) => expression.span,
            (_, Some(alias)) => alias.span,
            _ => syntax::Span::default(),
        };
        let aggregation = aggregation(&tree.function).ok_or_else(|| {
            Fault::unsupported(
                format!("the function `{}()` of stats", tree.function),
                place,
            )
        })?;
        let (argument, default) = match &tree.argument {
            Of::None => (Argument::Rows, tree.function.clone()),
            Of::Field(field) if field.node.has_wildcard() => (
                Argument::Fields(NamePattern::new(&field.node.text)),
                field.node.text.clone(),
            ),
            Of::Field(field) => (
                Argument::Values(Expr::field(&field.node.text, self.span(field.span))),
                format!("{}({})", tree.function, field.node.text),
            ),
            Of::Eval(expression) => {
                let name = format!("{}(eval({expression}))", tree.function);
                // A count of conditions counts those that hold.
                let argument = if aggregation == Aggregation::Count {
                    Argument::RowsWhere(self.condition(expression)?)
                } else {
                    Argument::Values(self.value(expression)?)
                };
                (argument, name)
            }
            Of::Raw(text) => {
                return Err(Fault::unsupported(
                    format!("`{}({text})` of stats", tree.function),
                    place,
                ));
            }
        };
        let name = tree
            .alias
            .as_ref()
            .map_or(default, |alias| alias.node.text.clone());
        Ok(Output {
            aggregation,
            argument,
            name: NamePattern::new(&name),
            span: self.span(place),
        })
    }

    pub(super) fn transaction(
        &mut self,
        transaction: &Transaction,
        span: syntax::Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let options = &transaction.options;
        if options.name.is_some() {
            return Err(Fault::unsupported("a stored transaction", span));
        }
        let is_plain = options.mv_list.is_none() && options.mv_raw.is_none();
        if !is_plain || options.keep_orphans == Some(true) {
            return Err(Fault::unsupported(
                "`mvlist`, `mvraw`, and `keeporphans` of transaction",
                span,
            ));
        }
        let length = |length: &Option<SpanLength>| match length {
            None => Ok(None),
            Some(length) => match length.seconds() {
                Some(seconds) => Ok(Some(seconds)),
                None => Err(Fault::invalid(
                    format!("`{}` is no length of time", length.text),
                    span,
                )),
            },
        };
        let starts = self.event_condition(options.starts_with.as_ref())?;
        let ends = self.event_condition(options.ends_with.as_ref())?;
        // Source: "Search Reference: transaction": 1,000 events unless said otherwise.
        let max_rows = match options.max_events {
            Some(most) => usize::try_from(most).ok(),
            None => Some(1000),
        };
        Ok(vec![StageKind::Sequence(Box::new(Sequence {
            keys: transaction
                .fields
                .iter()
                .map(|field| FieldRef::new(&field.node.text))
                .collect(),
            starts,
            ends,
            max_span: length(&options.max_span)?,
            max_pause: length(&options.max_pause)?,
            max_rows,
            evicted: match options.keep_evicted {
                Some(true) => Membership::In,
                _ => Membership::NotIn,
            },
            connected: match options.connected {
                Some(false) => Membership::NotIn,
                _ => Membership::In,
            },
        }))])
    }

    fn event_condition(
        &mut self,
        condition: Option<&EventCondition>,
    ) -> Result<Option<Predicate>, Fault> {
        Ok(match condition {
            None => None,
            Some(EventCondition::Eval(expression)) => Some(self.condition(expression)?),
            Some(EventCondition::Search(expression)) => Some(self.predicate(expression)?),
            Some(EventCondition::Text(text)) => match syntax::parse_search_expression(text) {
                Ok(expression) => Some(self.predicate(&expression)?),
                Err(_) => Some(Predicate::new(
                    PredicateKind::Keyword(Keyword {
                        glob: crate::detect::plan::pattern::Glob::star(
                            text,
                            crate::detect::plan::compare::Case::Insensitive,
                        ),
                        bounds: Bounds::Tokens,
                        within: Within::Values,
                    }),
                    Span::default(),
                )),
            },
        })
    }
}

fn fields(by: &[ByField]) -> Vec<FieldRef> {
    by.iter()
        .map(|by| FieldRef::new(&by.field.node.text))
        .collect()
}

/// The length of a bin.
pub(super) fn span_of(length: &SpanLength, span: syntax::Span) -> Result<time::Span, Fault> {
    time::Span::parse(&length.text)
        .ok_or_else(|| Fault::unsupported(format!("the span `{}`", length.text), span))
}

/// The aggregation of a function's name.
fn aggregation(name: &str) -> Option<Aggregation> {
    let percentile = |digits: &str, kind| {
        let p: f64 = digits.parse().ok()?;
        (0.0..=100.0)
            .contains(&p)
            .then_some(Aggregation::Percentile { p, kind })
    };
    Some(match name {
        "count" | "c" => Aggregation::Count,
        "dc" | "distinct_count" | "estdc" => Aggregation::DistinctCount,
        "sum" => Aggregation::Sum,
        "avg" | "mean" => Aggregation::Average,
        "min" => Aggregation::Min,
        "max" => Aggregation::Max,
        "values" => Aggregation::Values,
        "list" => Aggregation::List,
        "first" => Aggregation::First,
        "last" => Aggregation::Last,
        "earliest" => Aggregation::Earliest,
        "latest" => Aggregation::Latest,
        "earliest_time" => Aggregation::EarliestTime,
        "latest_time" => Aggregation::LatestTime,
        "stdev" => Aggregation::StandardDeviation(Spread::Sample),
        "stdevp" => Aggregation::StandardDeviation(Spread::Population),
        "var" => Aggregation::Variance(Spread::Sample),
        "varp" => Aggregation::Variance(Spread::Population),
        "range" => Aggregation::Range,
        "median" => Aggregation::Median,
        "mode" => Aggregation::Mode,
        "sumsq" => Aggregation::SumOfSquares,
        "rate" => Aggregation::Rate,
        _ => {
            for (prefix, kind) in [
                ("exactperc", Percentile::Exact),
                ("upperperc", Percentile::Upper),
                ("perc", Percentile::Exact),
                ("p", Percentile::Exact),
            ] {
                if let Some(found) = name
                    .strip_prefix(prefix)
                    .and_then(|digits| percentile(digits, kind))
                {
                    return Some(found);
                }
            }
            return None;
        }
    })
}
