//! Operators that put rows together which belong to one course of events.
//!
//! Source: Sumo Logic, "Transactionize Operator", "Merge Operator", "Transaction Operator".

use std::sync::Arc;

use super::super::syntax::{
    Merge, MergeStrategy, Operator, Parameter, ParameterValue, Span, StateMatch, States,
    Transaction, TransactionResults, Transactionize,
};
use super::expression::{BY_TYPE, compared, glob};
use super::function::{calculated, called};
use super::operator::{key_of, set};
use super::{Fault, Lowerer, filter};
use crate::detect::plan::aggregate::Aggregation;
use crate::detect::plan::compare::{CompareOp, SortBy};
use crate::detect::plan::function::Function;
use crate::detect::plan::{
    Aggregate, Among, Argument, Arithmetic, Connect, Direction, Expr, ExprKind, FieldRef, Frame,
    Membership, NamePattern, OfNothing, Output, Pattern, Predicate, PredicateKind, RAW, Reach,
    Sort, SortKey, StageKind, Value, Window, WithoutKey,
};

/// When a message was logged, in milliseconds.
const TIME: &str = "_messageTime";

/// The state of a row.
const STATE: &str = "__state";

/// When the row before was logged.
const EARLIER: &str = "__before";

impl Lowerer<'_> {
    /// `transactionize`.
    pub(super) fn transactionize(
        &mut self,
        tree: &Transactionize,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        self.needs_messages("transactionize", span)?;
        let mut keys = Vec::with_capacity(tree.fields.len());
        for field in &tree.fields {
            keys.push(FieldRef::new(&self.read(&field.node, field.span)?));
        }
        let reach = reach_of(&tree.parameters)?;
        if keys.len() > 1 && reach != Reach::Everything {
            return Err(Fault::unsupported(
                "a limit of `transactionize` with several fields",
                span,
            ));
        }
        let prefix = match &tree.name {
            Some(name) => name.node.text.as_str(),
            None => "_group",
        };
        let number = self.make_named(prefix);
        let connect = StageKind::Connect(Connect {
            keys,
            number: FieldRef::new(&number),
            reach,
        });
        let duration = format!("{prefix}_duration");
        let size = format!("{prefix}_size");
        for unmade in ["orphaned", "signature"] {
            self.names.leave_unmade(&format!("{prefix}_{unmade}"));
        }
        match tree.query.as_ref().map(|query| query.operators.as_slice()) {
            None => {
                let time = Argument::Values(Expr::field(TIME, self.span(span)));
                let duration = self.make_named(&duration);
                let size = self.make_named(&size);
                let window = Window {
                    keys: vec![FieldRef::new(&number)],
                    outputs: vec![
                        self.result(Aggregation::Range, time, &duration, span),
                        self.result(Aggregation::Count, Argument::Rows, &size, span),
                    ],
                    frame: Frame::Whole,
                };
                Ok(vec![connect, StageKind::Window(window)])
            }
            Some([only]) if let Operator::Merge(fields) = &only.node => {
                let mut stages = vec![connect];
                stages.extend(self.merge(fields, Some(&number), only.span)?);
                self.names.leave_unmade(&duration);
                self.names.leave_unmade(&size);
                Ok(stages)
            }
            Some(_) => Err(Fault::unsupported(
                "operators of `transactionize` other than one `merge`",
                span,
            )),
        }
    }

    /// `merge`: the rows of a group, or all of them, as one.
    pub(super) fn merge(
        &mut self,
        fields: &[Merge],
        group: Option<&Arc<str>>,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        self.needs_messages("merge", span)?;
        let at = self.span(span);
        let mut merged = Vec::new();
        for tree in fields {
            let field = self.read(&tree.field.node, tree.field.span)?;
            let name = match &tree.name {
                Some(name) => name.node.text.clone(),
                None => field.to_string(),
            };
            let strategy = tree.strategy.clone().unwrap_or(MergeStrategy::Join(None));
            let is_one = matches!(strategy, MergeStrategy::TakeFirst | MergeStrategy::TakeLast);
            if field.eq_ignore_ascii_case(TIME) && !is_one {
                return Err(Fault::invalid(
                    "`_messageTime` can only be merged by `takeFirst` and `takeLast`",
                    tree.field.span,
                ));
            }
            merged.push((field, name, strategy));
        }
        if fields.is_empty() {
            let raw = self.read(&super::super::syntax::FieldName::bare(RAW), span)?;
            merged.push((raw, RAW.to_owned(), MergeStrategy::Join(None)));
            merged.push((TIME.into(), TIME.to_owned(), MergeStrategy::TakeFirst));
        }
        let keys: Vec<Arc<str>> = group.into_iter().cloned().collect();
        self.names.aggregate(&keys);
        let mut outputs = Vec::with_capacity(merged.len());
        let mut joins = Vec::new();
        for (field, name, strategy) in merged {
            let name = self.make_named(&name);
            let mut join = |separator: String| {
                let arguments = vec![
                    Expr::field(&name, at),
                    Expr::literal(Value::text(&separator), at),
                ];
                joins.push(set(&name, called(Function::JoinItems, arguments, at)));
            };
            let aggregation = match strategy {
                MergeStrategy::TakeFirst => Aggregation::Earliest,
                MergeStrategy::TakeLast => Aggregation::Latest,
                MergeStrategy::TakeDistinct => {
                    join("\n".to_owned());
                    Aggregation::Values
                }
                MergeStrategy::Join(separator) => {
                    let separator = separator.as_ref();
                    join(separator.map_or_else(|| "\n".to_owned(), |text| text.text()));
                    Aggregation::ByTime
                }
            };
            let value = Argument::Values(Expr::field(&field, at));
            outputs.push(self.result(aggregation, value, &name, span));
        }
        let mut stages = vec![grouped(&keys, outputs)];
        stages.append(&mut joins);
        Ok(stages)
    }

    /// `transaction`.
    pub(super) fn transaction(
        &mut self,
        tree: &Transaction,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        self.needs_messages("transaction", span)?;
        if tree.fringe.is_some() {
            return Err(Fault::unsupported("`fringe` of `transaction`", span));
        }
        if !tree.showing.is_empty() {
            return Err(Fault::unsupported("`showing` of `transaction`", span));
        }
        let mut keys = Vec::with_capacity(tree.on.len());
        for field in &tree.on {
            keys.push(self.read(&field.node, field.span)?);
        }
        let states = self.states(&tree.states, span)?;
        match tree.results {
            None | Some(TransactionResults::Transactions) => {
                Ok(self.transactions(&keys, states, span))
            }
            Some(TransactionResults::Flow) => Ok(self.flow(keys, states, span)),
            Some(TransactionResults::States) => Err(Fault::unsupported(
                "`results by states` of `transaction`",
                span,
            )),
        }
    }

    /// The names of states, and when a row is in one.
    fn states(&mut self, states: &States, span: Span) -> Result<Vec<(String, Predicate)>, Fault> {
        let at = self.span(span);
        match states {
            States::Matches(matches) => {
                let matches = matches.iter();
                matches
                    .map(|state| Ok((state.name.node.text.clone(), self.state_match(state)?)))
                    .collect()
            }
            States::Values { states, field } => {
                let Some(field) = field else {
                    return Err(Fault::unsupported(
                        "states of `transaction` without the field that has them",
                        span,
                    ));
                };
                let value = self.field(&field.node, field.span)?;
                let states = states.iter().map(|state| {
                    let text = &state.state.node.text;
                    let name = state.name.as_ref().map_or(text, |name| &name.node.text);
                    let wanted = Expr::literal(Value::text(text), at);
                    let is_in = compared(value.clone(), CompareOp::Equal, wanted, at);
                    (name.clone(), is_in)
                });
                Ok(states.collect())
            }
        }
    }

    fn state_match(&mut self, state: &StateMatch) -> Result<Predicate, Fault> {
        let span = state.pattern.span;
        let subject = match &state.field {
            Some(field) => self.field(&field.node, field.span)?,
            None => self.field(&super::super::syntax::FieldName::bare(RAW), span)?,
        };
        Ok(Predicate::new(
            PredicateKind::Matches {
                subject,
                pattern: Pattern::Globs(vec![glob(&state.pattern.node)]),
                modes: BY_TYPE,
            },
            self.span(span),
        ))
    }

    /// One row for each transaction: how often it has been in each state, and when.
    fn transactions(
        &mut self,
        keys: &[Arc<str>],
        states: Vec<(String, Predicate)>,
        span: Span,
    ) -> Vec<StageKind> {
        let at = self.span(span);
        let any = states.iter().map(|(_, is_in)| is_in.clone()).collect();
        let in_any = filter(Predicate::any(any, at));
        self.names.aggregate(keys);
        let time = || Argument::Values(Expr::field(TIME, at));
        let mut outputs = Vec::with_capacity(states.len() + 2);
        for (name, is_in) in states {
            let name = self.make_named(&name);
            self.names.count_as_number(&name);
            let rows = Argument::RowsWhere(is_in);
            outputs.push(self.result(Aggregation::Count, rows, &name, span));
        }
        for (name, aggregation) in [
            ("_start_time", Aggregation::Min),
            ("_end_time", Aggregation::Max),
        ] {
            let name = self.make_named(name);
            outputs.push(self.result(aggregation, time(), &name, span));
        }
        vec![in_any, grouped(keys, outputs)]
    }

    /// One row for each step from state to state.
    fn flow(
        &mut self,
        keys: Vec<Arc<str>>,
        states: Vec<(String, Predicate)>,
        span: Span,
    ) -> Vec<StageKind> {
        let at = self.span(span);
        let arms = states.into_iter().map(|(name, is_in)| {
            let name = Expr::literal(Value::text(&name), at);
            (is_in, name)
        });
        let state = Expr::new(ExprKind::Case(arms.collect()), at);
        self.names.aggregate(&keys);
        let from = self.make_named("fromstate");
        let to = self.make_named("tostate");
        let latency = self.make_named("latency");
        self.names.count_as_number(&latency);
        let exists = |name: &str| Predicate::new(PredicateKind::Exists(Expr::field(name, at)), at);
        let before = |name: &str| Argument::Values(Expr::field(name, at));
        let window = Window {
            keys: keys.iter().map(|key| FieldRef::new(key)).collect(),
            outputs: vec![
                self.result(Aggregation::First, before(STATE), &from, span),
                self.result(Aggregation::First, before(TIME), EARLIER, span),
            ],
            frame: Frame::Running {
                current: Membership::NotIn,
                last: Some(1),
                among: Among::All,
            },
        };
        let passed = calculated(
            Arithmetic::Subtract,
            Expr::field(TIME, at),
            Expr::field(EARLIER, at),
            at,
        );
        let all_keys = keys.iter().map(|key| exists(key)).collect();
        vec![
            set(&STATE.into(), state),
            filter(exists(STATE)),
            filter(Predicate::all(all_keys, at)),
            StageKind::Sort(Sort {
                keys: vec![SortKey {
                    field: FieldRef::new(TIME),
                    direction: Direction::Ascending,
                    by: SortBy::Number,
                }],
                most: None,
            }),
            StageKind::Window(window),
            filter(exists(&from)),
            set(&to, Expr::field(STATE, at)),
            set(&latency, passed),
        ]
    }

    /// What an aggregation leaves has no time, and no order of its own.
    fn needs_messages(&self, operator: &str, span: Span) -> Result<(), Fault> {
        match self.names.are_of_messages() {
            true => Ok(()),
            false => Err(Fault::unsupported(
                format!("`{operator}` behind an aggregation"),
                span,
            )),
        }
    }

    fn result(
        &self,
        aggregation: Aggregation,
        argument: Argument,
        name: &str,
        span: Span,
    ) -> Output {
        Output {
            aggregation,
            argument,
            name: NamePattern::new(name),
            span: self.span(span),
        }
    }
}

/// One row for each combination of keys; rows that lack one are in none.
fn grouped(keys: &[Arc<str>], outputs: Vec<Output>) -> StageKind {
    StageKind::Aggregate(Aggregate {
        keys: keys.iter().map(|key| key_of(key)).collect(),
        outputs,
        without_key: WithoutKey::LeftOut,
        of_nothing: OfNothing::NoRow,
    })
}

/// How far a group goes on.
fn reach_of(parameters: &[Parameter]) -> Result<Reach, Fault> {
    let (mut span, mut pause, mut rows) = (None, None, None);
    for parameter in parameters {
        let unsupported = || {
            Fault::unsupported(
                format!("`{}` of `transactionize`", parameter.name.node),
                parameter.name.span,
            )
        };
        let ParameterValue::Word(word) = &parameter.value.node else {
            return Err(unsupported());
        };
        match parameter.name.node.as_str() {
            "maxspan" => span = Some(seconds(word).ok_or_else(unsupported)?),
            "maxpause" => pause = Some(seconds(word).ok_or_else(unsupported)?),
            "maxlogs" => rows = Some(word.parse().map_err(|_| unsupported())?),
            "keeporphans" if word.eq_ignore_ascii_case("true") => {}
            _ => return Err(unsupported()),
        }
    }
    Ok(match (span, pause, rows) {
        (None, None, None) => Reach::Everything,
        (span, pause, rows) => Reach::Limited { span, pause, rows },
    })
}

/// A length of time, such as `10m`.
fn seconds(word: &str) -> Option<f64> {
    let end = word.find(|digit: char| !digit.is_ascii_digit())?;
    let (count, unit) = word.split_at(end);
    let unit = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        "w" => 604_800.0,
        _ => return None,
    };
    Some(f64::from(count.parse::<u32>().ok()?) * unit)
}
