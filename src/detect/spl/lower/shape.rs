//! Commands that choose, order, and make fields and rows.
//!
//! Source: Splunk, "Search Reference", the page of each command.

use super::super::syntax::{
    self, AddTotals, Assignment as Tree, Bin, Cast, Dedup as DedupTree, Direction as Sign,
    FillNull, Head, HeadLimit, MakeResultsOptions, MvExpand, Sort as SortTree, SortKey as KeyTree,
    Target as TreeTarget,
};
use super::aggregation::span_of;
use super::command::patterns;
use super::{Fault, Lowerer};
use crate::detect::plan::compare::SortBy;
use crate::detect::plan::{
    Among, Assignment, BinLabel, Dedup, Direction, Expr, ExprKind, FieldRef, Limit, Membership,
    Sort, SortKey, StageKind, TIME, Target, Value,
};

/// Rows that `sort` keeps unless it says otherwise.
///
/// Source: "Search Reference: sort".
const SORTED: usize = 10_000;

impl Lowerer<'_> {
    pub(super) fn eval(&mut self, assignments: &[Tree]) -> Result<Vec<StageKind>, Fault> {
        let mut lowered = Vec::with_capacity(assignments.len());
        for assignment in assignments {
            let target = match &assignment.target {
                TreeTarget::Named(field) => Target::Field(FieldRef::new(&field.node.text)),
                TreeTarget::Dynamic(text) => {
                    let name = text.node.trim();
                    let inner = name
                        .strip_prefix('{')
                        .and_then(|rest| rest.strip_suffix('}'))
                        .filter(|inner| !inner.contains(['{', '}']));
                    match inner {
                        Some(inner) => Target::NamedBy(FieldRef::new(inner)),
                        None => {
                            return Err(Fault::unsupported(
                                "a field name that is put together",
                                text.span,
                            ));
                        }
                    }
                }
            };
            lowered.push(Assignment {
                target,
                value: self.value(&assignment.value)?,
            });
        }
        Ok(vec![StageKind::Extend(lowered)])
    }

    pub(super) fn sort(&self, sort: &SortTree) -> StageKind {
        let most = match sort.limit {
            None => Some(SORTED),
            Some(0) => None,
            Some(limit) => usize::try_from(limit).ok(),
        };
        let mut keys = sort_keys(&sort.keys);
        if sort.reversed {
            for key in &mut keys {
                key.direction = match key.direction {
                    Direction::Ascending => Direction::Descending,
                    Direction::Descending => Direction::Ascending,
                };
            }
        }
        StageKind::Sort(Sort { keys, most })
    }

    pub(super) fn dedup(&self, dedup: &DedupTree) -> Vec<StageKind> {
        let mut stages = Vec::new();
        if !dedup.sort_by.is_empty() {
            stages.push(StageKind::Sort(Sort {
                keys: sort_keys(&dedup.sort_by),
                most: None,
            }));
        }
        let keep = dedup.count.and_then(|count| usize::try_from(count).ok());
        stages.push(StageKind::Dedup(Dedup {
            keys: dedup
                .fields
                .iter()
                .map(|field| FieldRef::new(&field.node.text))
                .collect(),
            keep: keep.unwrap_or(1),
            among: match dedup.options.consecutive {
                Some(true) => Among::Consecutive,
                _ => Among::All,
            },
            without_key: match dedup.options.keep_empty {
                Some(true) => Membership::In,
                _ => Membership::NotIn,
            },
        }));
        stages
    }

    pub(super) fn head(&mut self, head: &Head) -> Result<Vec<StageKind>, Fault> {
        Ok(vec![StageKind::Limit(match &head.limit {
            None => Limit::First(10),
            Some(HeadLimit::Count(count)) => {
                Limit::First(usize::try_from(*count).unwrap_or(usize::MAX))
            }
            Some(HeadLimit::While(condition)) => Limit::While(self.condition(condition)?),
        })])
    }

    pub(super) fn tail(count: Option<u64>) -> Vec<StageKind> {
        let count = count.and_then(|count| usize::try_from(count).ok());
        vec![StageKind::Limit(Limit::Last(count.unwrap_or(10)))]
    }

    pub(super) fn fill(&self, fill: &FillNull) -> Vec<StageKind> {
        let fields = fill.fields.iter();
        vec![StageKind::Fill {
            fields: fields
                .map(|field| FieldRef::new(&field.node.text))
                .collect(),
            value: match fill.value.as_deref() {
                None => Value::Integer(0),
                Some(text) => Value::text(text),
            },
        }]
    }

    pub(super) fn bin(&mut self, bin: &Bin, span: syntax::Span) -> Result<Vec<StageKind>, Fault> {
        let Some(length) = &bin.options.span else {
            return Err(Fault::unsupported("bin without a span", span));
        };
        let place = self.span(bin.field.span);
        let target = bin.alias.as_ref().unwrap_or(&bin.field);
        let bucket = ExprKind::Bucket {
            subject: Box::new(Expr::field(&bin.field.node.text, place)),
            span: span_of(length, span)?,
            // Source: "Search Reference: bin": numbers become ranges, times do not.
            label: if length
                .text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.')
                && bin.field.node.text != TIME
            {
                BinLabel::Range
            } else {
                BinLabel::Start
            },
        };
        Ok(vec![StageKind::Extend(vec![Assignment {
            target: Target::Field(FieldRef::new(&target.node.text)),
            value: Expr::new(bucket, place),
        }])])
    }

    pub(super) fn expand(&self, expand: &MvExpand) -> Vec<StageKind> {
        let most = expand.limit.filter(|limit| *limit > 0);
        vec![StageKind::Expand {
            field: FieldRef::new(&expand.field.node.text),
            most: most.and_then(|most| usize::try_from(most).ok()),
        }]
    }

    pub(super) fn totals(
        &mut self,
        totals: &AddTotals,
        span: syntax::Span,
    ) -> Result<Vec<StageKind>, Fault> {
        if totals.options.col == Some(true) {
            return Err(Fault::unsupported("the sums of columns of addtotals", span));
        }
        if totals.options.row == Some(false) {
            return Ok(Vec::new());
        }
        let name = totals.options.field_name.as_ref();
        Ok(vec![StageKind::Totals {
            fields: patterns(&totals.fields),
            output: FieldRef::new(name.map_or("Total", |name| &name.node.text)),
        }])
    }

    pub(super) fn make_results(
        options: &MakeResultsOptions,
        span: syntax::Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let is_plain = options.count.is_none_or(|count| count == 1) && options.data.is_none();
        if is_plain {
            Ok(Vec::new())
        } else {
            Err(Fault::unsupported("makeresults with several rows", span))
        }
    }
}

fn sort_keys(keys: &[KeyTree]) -> Vec<SortKey> {
    let keys = keys.iter();
    keys.map(|key| SortKey {
        field: FieldRef::new(&key.field.node.text),
        direction: match key.direction {
            Some(Sign::Descending) => Direction::Descending,
            Some(Sign::Ascending) | None => Direction::Ascending,
        },
        by: match key.cast {
            None | Some(Cast::Auto) => SortBy::Auto,
            Some(Cast::Text) => SortBy::Text,
            Some(Cast::Address) => SortBy::Address,
            Some(Cast::Number) => SortBy::Number,
        },
    })
    .collect()
}
