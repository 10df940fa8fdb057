//! Every tree that the language has a text for.

use misfire::detect::spl::syntax::{
    Aggregation, Argument, ArithmeticOperator, Assignment, Bin, BinOptions, ByField, Command,
    ComparisonOperator, Dedup, DedupOptions, Direction, Expression, ExpressionKind, Field,
    FieldName, FieldsMode, Join, JoinOptions, JoinType, LogicalOperator, Lookup, LookupMatch,
    LookupOptions, OutputMode, Pipeline, Quoting, Renaming, Rex, RexOptions, SearchExpression,
    SearchExpressionKind, SearchOperator, SearchValue, Sort, SortKey, Spacing, SpanLength, Spanned,
    Stats, StatsOptions, Target, Tstats, TstatsOptions, TstatsSource, UnaryOperator, ValueForm,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn name() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9_]{0,6}".prop_filter("a word of the language", |name| {
        ![
            "and",
            "or",
            "not",
            "xor",
            "in",
            "like",
            "true",
            "false",
            "null",
            "as",
            "by",
            "from",
            "where",
            "output",
            "outputnew",
            "groupby",
            "desc",
            "d",
            "sortby",
            "eval",
            "count",
            "earliest",
            "latest",
        ]
        .contains(&name.as_str())
    })
}

fn bare() -> impl Strategy<Value = Field> {
    prop_oneof![
        name(),
        (name(), name()).prop_map(|(one, two)| format!("{one}.{two}")),
        name().prop_map(|one| format!("{one}{{}}")),
        name().prop_map(|one| format!("{one}*")),
    ]
    .prop_map(|text| FieldName::bare(text).into())
}

fn field() -> impl Strategy<Value = Field> {
    prop_oneof![
        3 => bare(),
        1 => any::<String>().prop_map(|text| FieldName::quoted(text).into()),
    ]
}

fn expression_field() -> impl Strategy<Value = ExpressionKind> {
    prop_oneof![
        name().prop_map(FieldName::bare),
        any::<String>().prop_map(|text| FieldName {
            text,
            quoting: Quoting::Single,
        }),
    ]
    .prop_map(ExpressionKind::Field)
}

/// Texts without `\t` in them: a printed tab stays a tab.
fn leaf() -> impl Strategy<Value = ExpressionKind> {
    prop_oneof![
        3 => expression_field(),
        2 => any::<String>().prop_map(ExpressionKind::Text),
        2 => "[0-9]{1,9}(\\.[0-9]{1,6})?".prop_map(|text| ExpressionKind::Number {
            value: text.parse().expect("it is a number"),
            text,
        }),
        1 => any::<bool>().prop_map(ExpressionKind::Boolean),
        1 => Just(ExpressionKind::Null),
    ]
}

fn boxed(kind: ExpressionKind) -> Box<Expression> {
    Box::new(kind.into())
}

fn expressions(kinds: Vec<ExpressionKind>) -> Vec<Expression> {
    kinds.into_iter().map(Into::into).collect()
}

fn comparison() -> impl Strategy<Value = ComparisonOperator> {
    prop::sample::select(vec![
        ComparisonOperator::Equal,
        ComparisonOperator::NotEqual,
        ComparisonOperator::Less,
        ComparisonOperator::LessOrEqual,
        ComparisonOperator::Greater,
        ComparisonOperator::GreaterOrEqual,
        ComparisonOperator::Like,
    ])
}

fn chain(
    operators: Vec<ArithmeticOperator>,
    inner: impl Strategy<Value = ExpressionKind> + Clone,
) -> impl Strategy<Value = ExpressionKind> {
    (
        inner.clone(),
        vec((prop::sample::select(operators), inner), 1..4),
    )
        .prop_map(|(first, rest)| ExpressionKind::Arithmetic {
            first: boxed(first),
            rest: rest
                .into_iter()
                .map(|(operator, operand)| (operator, operand.into()))
                .collect(),
        })
}

fn joined_names() -> impl Strategy<Value = ExpressionKind> {
    (name(), name()).prop_map(|(one, two)| ExpressionKind::Arithmetic {
        first: boxed(ExpressionKind::Field(FieldName::bare(one))),
        rest: vec![(
            ArithmeticOperator::Concatenate(Spacing::Tight),
            ExpressionKind::Field(FieldName::bare(two)).into(),
        )],
    })
}

pub(super) fn expression() -> impl Strategy<Value = ExpressionKind> + Clone {
    leaf().prop_recursive(6, 60, 4, |inner| {
        prop_oneof![
            (name(), vec(inner.clone(), 0..4)).prop_map(|(function, arguments)| {
                ExpressionKind::Call {
                    function,
                    arguments: expressions(arguments),
                }
            }),
            (
                prop::sample::select(vec![
                    UnaryOperator::Minus,
                    UnaryOperator::Plus,
                    UnaryOperator::Not
                ]),
                inner.clone()
            )
                .prop_map(|(operator, operand)| ExpressionKind::Unary {
                    operator,
                    operand: boxed(operand),
                }),
            chain(
                vec![
                    ArithmeticOperator::Add,
                    ArithmeticOperator::Subtract,
                    ArithmeticOperator::Concatenate(Spacing::Loose),
                ],
                inner.clone()
            ),
            chain(
                vec![
                    ArithmeticOperator::Multiply,
                    ArithmeticOperator::Divide,
                    ArithmeticOperator::Remainder,
                ],
                inner.clone()
            ),
            joined_names(),
            (inner.clone(), comparison(), inner.clone()).prop_map(|(left, operator, right)| {
                ExpressionKind::Comparison {
                    left: boxed(left),
                    operator,
                    right: boxed(right),
                }
            }),
            (inner.clone(), vec(inner.clone(), 1..4)).prop_map(|(operand, values)| {
                ExpressionKind::Membership {
                    operand: boxed(operand),
                    values: expressions(values),
                }
            }),
            (
                prop::sample::select(vec![
                    LogicalOperator::And,
                    LogicalOperator::Or,
                    LogicalOperator::Xor
                ]),
                vec(inner, 2..4)
            )
                .prop_map(|(operator, operands)| ExpressionKind::Logical {
                    operator,
                    operands: expressions(operands),
                }),
        ]
    })
}

fn value() -> impl Strategy<Value = SearchValue> {
    prop_oneof![
        "[a-z0-9*:/\\\\.=<>$%{}-]{1,8}"
            .prop_filter("a backslash at the end takes what follows", |raw| {
                !raw.ends_with('\\')
            })
            .prop_map(|raw| SearchValue::new(raw, ValueForm::Bare)),
        any::<String>().prop_map(|text| {
            let raw = text.replace('\\', "\\\\").replace('"', "\\\"");
            SearchValue::new(raw, ValueForm::Quoted)
        }),
        "[a-z0-9.*-]{1,8}".prop_map(|raw| SearchValue::new(raw, ValueForm::Term)),
        "[A-Z0-9.*-]{1,8}".prop_map(|raw| SearchValue::new(raw, ValueForm::Case)),
    ]
}

fn keyword() -> impl Strategy<Value = SearchExpressionKind> {
    prop_oneof![
        name().prop_map(|raw| SearchValue::new(raw, ValueForm::Bare)),
        any::<String>().prop_map(|text| {
            let raw = text.replace('\\', "\\\\").replace('"', "\\\"");
            SearchValue::new(raw, ValueForm::Quoted)
        }),
        "[a-z0-9.-]{1,8}".prop_map(|raw| SearchValue::new(raw, ValueForm::Term)),
    ]
    .prop_map(SearchExpressionKind::Keyword)
}

fn search_operator() -> impl Strategy<Value = SearchOperator> {
    prop::sample::select(vec![
        SearchOperator::Equal,
        SearchOperator::NotEqual,
        SearchOperator::Less,
        SearchOperator::LessOrEqual,
        SearchOperator::Greater,
        SearchOperator::GreaterOrEqual,
    ])
}

/// A value after `<` or `=` must not begin with what continues the operator.
fn comparable() -> impl Strategy<Value = SearchValue> {
    value().prop_filter("it would be read with the operator", |value| {
        !value.raw().starts_with('=') || value.form() != ValueForm::Bare
    })
}

pub(super) fn condition() -> impl Strategy<Value = SearchExpressionKind> + Clone {
    let leaf = prop_oneof![
        2 => keyword(),
        4 => (bare(), search_operator(), comparable()).prop_map(|(field, operator, value)| {
            SearchExpressionKind::Comparison {
                field,
                operator,
                value: value.into(),
            }
        }),
        2 => (bare(), vec(value(), 1..4)).prop_map(|(field, values)| SearchExpressionKind::In {
            field,
            values: values.into_iter().map(Into::into).collect(),
        }),
        1 => Just(SearchExpressionKind::Everything),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let many = |kinds: Vec<SearchExpressionKind>| -> Vec<SearchExpression> {
            kinds.into_iter().map(Into::into).collect()
        };
        prop_oneof![
            inner
                .clone()
                .prop_map(|term| SearchExpressionKind::Not(Box::new(term.into()))),
            vec(inner.clone(), 2..4).prop_map(move |terms| SearchExpressionKind::And(many(terms))),
            vec(inner, 2..4).prop_map(move |terms| SearchExpressionKind::Or(many(terms))),
        ]
    })
}

fn aggregation() -> impl Strategy<Value = Aggregation> {
    let argument = prop_oneof![
        Just(Argument::None),
        field().prop_map(Argument::Field),
        expression().prop_map(|kind| Argument::Eval(kind.into())),
    ];
    (name(), argument, option::of(field())).prop_map(|(function, argument, alias)| Aggregation {
        function,
        argument,
        alias,
    })
}

fn by() -> impl Strategy<Value = Vec<ByField>> {
    vec(
        (field(), option::of("[1-9][smhd]")).prop_map(|(field, span)| ByField {
            field,
            span: span.map(|text| SpanLength { text }),
        }),
        0..4,
    )
}

fn sort_keys() -> impl Strategy<Value = Vec<SortKey>> {
    let direction = prop::sample::select(vec![
        None,
        Some(Direction::Ascending),
        Some(Direction::Descending),
    ]);
    vec(
        (direction, field()).prop_map(|(direction, field)| SortKey {
            direction,
            cast: None,
            field,
        }),
        1..3,
    )
}

fn lookup_matches(size: std::ops::Range<usize>) -> impl Strategy<Value = Vec<LookupMatch>> {
    vec(
        (field(), option::of(field())).prop_map(|(column, field)| LookupMatch { column, field }),
        size,
    )
}

fn shaping() -> impl Strategy<Value = Command> {
    prop_oneof![
        condition().prop_map(|kind| Command::Search(kind.into())),
        expression().prop_map(|kind| Command::Where(kind.into())),
        vec((field(), expression()), 1..3).prop_map(|pairs| {
            Command::Eval(
                pairs
                    .into_iter()
                    .map(|(target, value)| Assignment {
                        target: Target::Named(FieldName::quoted(target.node.text).into()),
                        value: value.into(),
                    })
                    .collect(),
            )
        }),
        vec(field(), 1..4).prop_map(Command::Table),
        (
            prop::sample::select(vec![FieldsMode::Keep, FieldsMode::Remove]),
            vec(field(), 1..4)
        )
            .prop_map(|(mode, fields)| Command::Fields { mode, fields }),
        vec((field(), field()), 1..3).prop_map(|pairs| {
            Command::Rename(
                pairs
                    .into_iter()
                    .map(|(from, to)| Renaming { from, to })
                    .collect(),
            )
        }),
        (option::of(any::<u64>()), sort_keys(), any::<bool>()).prop_map(
            |(limit, keys, reversed)| Command::Sort(Sort {
                limit,
                keys,
                reversed,
            })
        ),
        (
            option::of(any::<u64>()),
            vec(field(), 1..3),
            option::of(any::<bool>())
        )
            .prop_map(|(count, fields, keep_empty)| {
                Command::Dedup(Dedup {
                    count,
                    fields,
                    options: DedupOptions {
                        keep_empty,
                        ..DedupOptions::default()
                    },
                    sort_by: Vec::new(),
                })
            }),
        (field(), option::of(any::<u64>()), option::of(field())).prop_map(
            |(field, bins, alias)| Command::Bin(Box::new(Bin {
                options: BinOptions {
                    bins,
                    ..BinOptions::default()
                },
                field,
                alias,
            }))
        ),
        (option::of(field()), "[^\"]{1,20}").prop_map(|(field, pattern)| {
            Command::Rex(Box::new(Rex {
                options: RexOptions {
                    field,
                    ..RexOptions::default()
                },
                pattern: pattern.into(),
            }))
        }),
    ]
}

fn counting() -> impl Strategy<Value = Command> {
    prop_oneof![
        (option::of(any::<String>()), vec(aggregation(), 1..4), by()).prop_map(
            |(delimiter, aggregations, by)| {
                Command::Stats(Stats {
                    options: StatsOptions {
                        delimiter,
                        ..StatsOptions::default()
                    },
                    aggregations,
                    by,
                })
            }
        ),
        (
            vec(aggregation(), 1..3),
            option::of((name(), option::of(name()))),
            option::of(condition()),
            by()
        )
            .prop_map(|(aggregations, source, condition, by)| {
                Command::Tstats(Box::new(Tstats {
                    options: TstatsOptions::default(),
                    aggregations,
                    source: source
                        .map(|(model, node)| TstatsSource::DataModel { model, node }.into()),
                    condition: condition.map(Into::into),
                    by,
                }))
            }),
        (
            field(),
            lookup_matches(1..3),
            option::of((
                prop::sample::select(vec![OutputMode::Output, OutputMode::OutputNew]),
                lookup_matches(1..3)
            ))
        )
            .prop_map(|(table, matches, output)| {
                let (mode, outputs) = output.unzip();
                Command::Lookup(Lookup {
                    options: LookupOptions::default(),
                    table,
                    matches,
                    mode,
                    outputs: outputs.unwrap_or_default(),
                })
            }),
    ]
}

pub(super) fn command() -> impl Strategy<Value = Command> {
    let flat = prop_oneof![3 => shaping(), 1 => counting()].boxed();
    let inner = vec(flat.clone(), 1..3);
    let join = (vec(field(), 0..2), inner).prop_map(|(fields, commands)| {
        Command::Join(Box::new(Join {
            options: JoinOptions {
                kind: Some(JoinType::Left),
                ..JoinOptions::default()
            },
            fields,
            pairs: Vec::new(),
            subsearch: Spanned::from(pipeline(commands)),
        }))
    });
    prop_oneof![6 => flat, 1 => join]
}

pub(super) fn pipeline(commands: Vec<Command>) -> Pipeline {
    Pipeline {
        commands: commands.into_iter().map(Into::into).collect(),
    }
}
