//! Every tree that the language has a text for.

use misfire::detect::cse::syntax::{
    ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, Extraction, Field,
    FieldPath, Key, LogicalOperator, Number, Piped, Quote, Sense, Test, Text, ThreatMatch,
    UnaryOperator, Validity,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z_][a-zA-Z0-9_]{0,6}".prop_filter("a word of the language", |name| {
        ![
            "and", "or", "not", "in", "like", "rlike", "matches", "between", "is", "escape", "as",
            "true", "false", "null", "json", "where",
        ]
        .contains(&name.to_ascii_lowercase().as_str())
    })
}

fn text() -> impl Strategy<Value = Text> {
    let raw = prop_oneof![any::<String>(), r#"[a%_\\'"/*]{0,8}"#];
    (
        raw,
        prop::sample::select(vec![Quote::Single, Quote::Double]),
    )
        .prop_filter_map("a text that ends early", |(raw, quote)| {
            Text::from_raw(raw, quote)
        })
}

fn path() -> impl Strategy<Value = FieldPath> {
    let key = prop_oneof![
        text().prop_map(Key::Text),
        any::<u32>().prop_map(Key::Place)
    ];
    let dotted = prop_oneof![
        3 => name(),
        1 => (name(), name()).prop_map(|(one, two)| format!("{one}.{two}")),
    ];
    (dotted, vec(key, 0..3)).prop_map(|(name, keys)| FieldPath { name, keys })
}

fn field() -> impl Strategy<Value = Field> {
    path().prop_map(Field::from)
}

fn number() -> impl Strategy<Value = Number> {
    let units = vec!["", "", "ms", "s", "m", "d", "K", "M", "Gi"];
    ("[0-9]{1,5}(\\.[0-9]{1,3})?", prop::sample::select(units))
        .prop_filter_map("no number", |(digits, unit)| Number::read(&digits, unit))
}

fn leaf() -> impl Strategy<Value = ExpressionKind> {
    prop_oneof![
        2 => path().prop_map(ExpressionKind::Field),
        2 => text().prop_map(ExpressionKind::Text),
        1 => number().prop_map(ExpressionKind::Number),
        1 => any::<bool>().prop_map(ExpressionKind::Boolean),
        1 => Just(ExpressionKind::Null),
    ]
}

/// An expression without pipes.
pub fn expression() -> impl Strategy<Value = ExpressionKind> {
    leaf().prop_recursive(4, 40, 4, |inner| {
        let inner = inner.prop_map(Expression::from);
        prop_oneof![
            call(inner.clone()),
            threat(inner.clone()),
            unary(inner.clone()),
            arithmetic(inner.clone()),
            comparison(inner.clone()),
            predicate(inner.clone()),
            logical(inner),
        ]
    })
}

/// A whole expression with pipes.
pub fn piped() -> impl Strategy<Value = ExpressionKind> {
    let output = (text(), name()).prop_map(|(path, name)| (path.into(), name.into()));
    let extraction =
        (field(), vec(output, 1..3)).prop_map(|(source, outputs)| Extraction { source, outputs });
    (vec(extraction, 0..3), expression()).prop_map(|(extractions, condition)| {
        ExpressionKind::Piped(Piped {
            extractions,
            condition: Box::new(condition.into()),
        })
    })
}

type Inner = BoxedStrategy<Expression>;

fn call(
    inner: impl Strategy<Value = Expression> + 'static,
) -> impl Strategy<Value = ExpressionKind> {
    (name(), vec(inner, 0..3)).prop_map(|(function, arguments)| ExpressionKind::Call {
        function,
        arguments,
    })
}

fn threat(
    inner: impl Strategy<Value = Expression> + 'static,
) -> impl Strategy<Value = ExpressionKind> {
    let words = vec![Validity::Active, Validity::Expired, Validity::All];
    let validity = option::of(prop::sample::select(words));
    let filter = option::of(inner.prop_map(Box::new));
    (vec(field(), 1..3), filter, validity).prop_map(|(fields, filter, validity)| {
        ExpressionKind::ThreatMatch(ThreatMatch {
            fields,
            filter,
            validity,
        })
    })
}

fn unary(
    inner: impl Strategy<Value = Expression> + 'static,
) -> impl Strategy<Value = ExpressionKind> {
    let operators = vec![UnaryOperator::Minus, UnaryOperator::Not];
    (prop::sample::select(operators), inner).prop_map(|(operator, operand)| ExpressionKind::Unary {
        operator,
        operand: Box::new(operand),
    })
}

fn arithmetic(
    inner: impl Strategy<Value = Expression> + Clone + 'static,
) -> impl Strategy<Value = ExpressionKind> {
    use ArithmeticOperator::{Add, Divide, Multiply, Remainder, Subtract};
    let rank = prop_oneof![
        Just(vec![Add, Subtract]),
        Just(vec![Multiply, Divide, Remainder])
    ];
    let inner: Inner = inner.boxed();
    rank.prop_flat_map(move |operators| {
        let rest = vec((prop::sample::select(operators), inner.clone()), 1..4);
        (inner.clone(), rest)
    })
    .prop_map(|(first, rest)| ExpressionKind::Arithmetic {
        first: Box::new(first),
        rest,
    })
}

fn comparison(
    inner: impl Strategy<Value = Expression> + Clone + 'static,
) -> impl Strategy<Value = ExpressionKind> {
    let operators = vec![
        ComparisonOperator::Equal,
        ComparisonOperator::NotEqual,
        ComparisonOperator::Less,
        ComparisonOperator::LessOrEqual,
        ComparisonOperator::Greater,
        ComparisonOperator::GreaterOrEqual,
    ];
    (inner.clone(), prop::sample::select(operators), inner).prop_map(|(left, operator, right)| {
        ExpressionKind::Comparison {
            left: Box::new(left),
            operator,
            right: Box::new(right),
        }
    })
}

fn predicate(
    inner: impl Strategy<Value = Expression> + Clone + 'static,
) -> impl Strategy<Value = ExpressionKind> {
    let boxed = || inner.clone().prop_map(Box::new);
    let test = prop_oneof![
        (boxed(), option::of(any::<char>()))
            .prop_map(|(pattern, escape)| Test::Like { pattern, escape }),
        boxed().prop_map(Test::Rlike),
        boxed().prop_map(Test::Glob),
        "([a-z(.|)+]|\\\\/){1,6}".prop_map(Test::Regex),
        vec(inner.clone(), 1..4).prop_map(Test::In),
        (boxed(), boxed()).prop_map(|(low, high)| Test::Between { low, high }),
        Just(Test::Null),
    ];
    let senses = vec![Sense::Affirmed, Sense::Negated];
    (boxed(), prop::sample::select(senses), test).prop_map(|(operand, sense, test)| {
        ExpressionKind::Predicate {
            operand,
            sense,
            test,
        }
    })
}

fn logical(
    inner: impl Strategy<Value = Expression> + 'static,
) -> impl Strategy<Value = ExpressionKind> {
    let operators = vec![LogicalOperator::And, LogicalOperator::Or];
    (prop::sample::select(operators), vec(inner, 2..4))
        .prop_map(|(operator, operands)| ExpressionKind::Logical { operator, operands })
}
