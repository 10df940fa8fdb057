//! Functions of `eval` and `where`.
//!
//! Source: Splunk, "Search Reference: Evaluation functions", one page a family.

use super::super::syntax::{self, Expression, ExpressionKind};
use super::Fault;
use super::expression::{EVAL, Expressions};
use crate::detect::plan::compare::Case;
use crate::detect::plan::function::Function;
use crate::detect::plan::regex::{Anchoring, Flavour, Regex};
use crate::detect::plan::{
    Expr, ExprKind, FieldRef, Network, Pattern, Predicate, PredicateKind, Truth, Value,
};

/// The functions that only compute, and their names.
const FUNCTIONS: &[(&str, Function)] = &[
    ("abs", Function::Absolute),
    ("ceil", Function::Ceiling),
    ("ceiling", Function::Ceiling),
    ("commands", Function::Commands),
    ("exact", Function::Exact),
    ("exp", Function::Exponential),
    ("floor", Function::Floor),
    ("ipmask", Function::MaskAddress),
    ("isbool", Function::IsBool),
    ("isint", Function::IsInteger),
    ("isnum", Function::IsNumber),
    ("isstr", Function::IsText),
    ("json_array", Function::JsonArray),
    ("json_extract", Function::JsonExtract),
    ("json_object", Function::JsonObject),
    ("json_valid", Function::JsonValid),
    ("len", Function::Length),
    ("ln", Function::NaturalLogarithm),
    ("log", Function::Logarithm),
    ("lower", Function::Lower),
    ("ltrim", Function::TrimStart),
    ("max", Function::Greatest),
    ("md5", Function::Md5),
    ("min", Function::Least),
    ("mvappend", Function::ListOf),
    ("mvcount", Function::CountItems),
    ("mvdedup", Function::DistinctItems),
    ("mvindex", Function::ItemAt),
    ("mvjoin", Function::JoinItems),
    ("mvrange", Function::RangeItems),
    ("mvsort", Function::SortItems),
    ("mvzip", Function::ZipItems),
    ("now", Function::Now),
    ("nullif", Function::NullIf),
    ("pi", Function::Pi),
    ("pow", Function::Power),
    ("printf", Function::Format),
    ("relative_time", Function::RelativeTime),
    ("round", Function::Round),
    ("rtrim", Function::TrimEnd),
    ("sha1", Function::Sha1),
    ("sha256", Function::Sha256),
    ("sha512", Function::Sha512),
    ("spath", Function::PathOf),
    ("split", Function::Split),
    ("sqrt", Function::SquareRoot),
    ("strftime", Function::FormatTime),
    ("strptime", Function::ParseTime),
    ("substr", Function::Substring),
    ("time", Function::Time),
    ("tonumber", Function::ToNumber),
    ("tostring", Function::ToText),
    ("trim", Function::Trim),
    ("typeof", Function::TypeOf),
    ("upper", Function::Upper),
    ("urldecode", Function::DecodeUrl),
];

/// The value of a call.
pub(super) fn value(
    lowerer: &Expressions<'_>,
    name: &str,
    arguments: &[Expression],
    span: syntax::Span,
) -> Result<Expr, Fault> {
    let place = (lowerer.place)(span);
    let values = || -> Result<Vec<Expr>, Fault> {
        arguments
            .iter()
            .map(|argument| lowerer.value(argument))
            .collect()
    };
    let count = |range: std::ops::RangeInclusive<usize>| check(name, arguments, range, span);
    let kind = match name {
        "if" => {
            count(3..=3)?;
            ExprKind::Case(vec![
                (
                    lowerer.predicate(&arguments[0])?,
                    lowerer.value(&arguments[1])?,
                ),
                (
                    Predicate::new(PredicateKind::Constant(Truth::True), place),
                    lowerer.value(&arguments[2])?,
                ),
            ])
        }
        "case" | "validate" => {
            if arguments.is_empty() || arguments.len() % 2 == 1 {
                return Err(Fault::invalid(
                    format!("`{name}` takes pairs of a condition and a value"),
                    span,
                ));
            }
            let mut arms = Vec::with_capacity(arguments.len() / 2);
            for pair in arguments.chunks_exact(2) {
                arms.push((lowerer.predicate(&pair[0])?, lowerer.value(&pair[1])?));
            }
            if name == "case" {
                ExprKind::Case(arms)
            } else {
                ExprKind::Unless(arms)
            }
        }
        "coalesce" => {
            count(1..=usize::MAX)?;
            ExprKind::Coalesce(values()?)
        }
        "null" => ExprKind::Literal(Value::Null),
        "true" => ExprKind::Literal(Value::Bool(true)),
        "false" => ExprKind::Literal(Value::Bool(false)),
        "replace" if !is_text(arguments.get(1)) => {
            count(3..=3)?;
            ExprKind::Call {
                function: Function::ReplaceRegex,
                arguments: values()?,
            }
        }
        "mvfind" if !is_text(arguments.get(1)) => {
            count(2..=2)?;
            ExprKind::Call {
                function: Function::PlaceOf,
                arguments: values()?,
            }
        }
        "replace" => {
            count(3..=3)?;
            ExprKind::Substitute {
                subject: Box::new(lowerer.value(&arguments[0])?),
                regex: Box::new(regex(name, &arguments[1])?),
                replacement: Box::new(lowerer.value(&arguments[2])?),
                most: None,
            }
        }
        "mvfind" => {
            count(2..=2)?;
            ExprKind::FindItem {
                list: Box::new(lowerer.value(&arguments[0])?),
                regex: Box::new(regex(name, &arguments[1])?),
            }
        }
        "mvmap" => {
            count(2..=2)?;
            let item = only_field(name, &arguments[0])?;
            ExprKind::EachItem {
                item,
                list: Box::new(lowerer.value(&arguments[0])?),
                body: Box::new(lowerer.value(&arguments[1])?),
            }
        }
        "mvfilter" => {
            count(1..=1)?;
            let predicate = lowerer.predicate(&arguments[0])?;
            let item = first_field(&arguments[0])
                .ok_or_else(|| Fault::invalid("`mvfilter` must name a field", arguments[0].span))?;
            ExprKind::ItemsWhere {
                item,
                predicate: Box::new(predicate),
            }
        }
        _ => {
            if let Some(predicate) = predicate(lowerer, name, arguments, span)? {
                return Ok(Expr::new(ExprKind::Test(Box::new(predicate)), place));
            }
            let known = FUNCTIONS.iter().find(|(known, _)| *known == name);
            let Some((_, function)) = known else {
                return Err(Fault::unsupported(format!("the function `{name}()`"), span));
            };
            count(function.arity())?;
            ExprKind::Call {
                function: *function,
                arguments: values()?,
            }
        }
    };
    Ok(Expr::new(kind, place))
}

/// A call that yields a truth value; `None` if the function yields something else.
pub(super) fn predicate(
    lowerer: &Expressions<'_>,
    name: &str,
    arguments: &[Expression],
    span: syntax::Span,
) -> Result<Option<Predicate>, Fault> {
    let place = (lowerer.place)(span);
    let count = |range: std::ops::RangeInclusive<usize>| check(name, arguments, range, span);
    let kind = match name {
        "true" => PredicateKind::Constant(Truth::True),
        "false" => PredicateKind::Constant(Truth::False),
        "isnull" => {
            count(1..=1)?;
            let exists = PredicateKind::Exists(lowerer.value(&arguments[0])?);
            PredicateKind::Not(Box::new(Predicate::new(exists, place)))
        }
        "isnotnull" => {
            count(1..=1)?;
            PredicateKind::Exists(lowerer.value(&arguments[0])?)
        }
        "match" | "like" if !is_text(arguments.get(1)) => {
            return computed_pattern(lowerer, name, arguments, span).map(Some);
        }
        "match" => {
            count(2..=2)?;
            PredicateKind::Matches {
                subject: lowerer.value(&arguments[0])?,
                pattern: Pattern::Regex(Box::new(regex(name, &arguments[1])?)),
                modes: EVAL,
            }
        }
        "like" => {
            count(2..=2)?;
            return lowerer.like(&arguments[0], &arguments[1], span).map(Some);
        }
        "in" => {
            count(2..=usize::MAX)?;
            return lowerer
                .one_of(&arguments[0], &arguments[1..], span)
                .map(Some);
        }
        "cidrmatch" => {
            count(2..=2)?;
            let ExpressionKind::Text(text) = &arguments[0].node else {
                return computed_pattern(lowerer, name, arguments, span).map(Some);
            };
            let network = Network::parse(text).ok_or_else(|| {
                Fault::invalid(format!("`{text}` is no network"), arguments[0].span)
            })?;
            PredicateKind::Matches {
                subject: lowerer.value(&arguments[1])?,
                pattern: Pattern::Networks(vec![network]),
                modes: EVAL,
            }
        }
        "isnum" | "isint" | "isstr" | "isbool" | "json_valid" => {
            return holds(lowerer, name, arguments, span);
        }
        _ => return Ok(None),
    };
    Ok(Some(Predicate::new(kind, place)))
}

fn is_text(argument: Option<&Expression>) -> bool {
    argument.is_none_or(|argument| matches!(argument.node, ExpressionKind::Text(_)))
}

/// A pattern that comes from a field or is put together.
fn computed_pattern(
    lowerer: &Expressions<'_>,
    name: &str,
    arguments: &[Expression],
    span: syntax::Span,
) -> Result<Predicate, Fault> {
    check(name, arguments, 2..=2, span)?;
    let function = match name {
        "match" => Function::FindsRegex,
        "like" => Function::IsLike,
        _ => Function::InNetwork,
    };
    let arguments = arguments
        .iter()
        .map(|argument| lowerer.value(argument))
        .collect::<Result<_, _>>()?;
    let place = (lowerer.place)(span);
    let call = ExprKind::Call {
        function,
        arguments,
    };
    let holds = PredicateKind::Holds(Expr::new(call, place));
    Ok(Predicate::new(holds, place))
}

fn holds(
    lowerer: &Expressions<'_>,
    name: &str,
    arguments: &[Expression],
    span: syntax::Span,
) -> Result<Option<Predicate>, Fault> {
    let known = FUNCTIONS.iter().find(|(known, _)| *known == name);
    let Some((_, function)) = known else {
        return Ok(None);
    };
    check(name, arguments, function.arity(), span)?;
    let arguments = arguments
        .iter()
        .map(|argument| lowerer.value(argument))
        .collect::<Result<_, _>>()?;
    let place = (lowerer.place)(span);
    let call = ExprKind::Call {
        function: *function,
        arguments,
    };
    let holds = PredicateKind::Holds(Expr::new(call, place));
    Ok(Some(Predicate::new(holds, place)))
}

fn check(
    name: &str,
    arguments: &[Expression],
    range: std::ops::RangeInclusive<usize>,
    span: syntax::Span,
) -> Result<(), Fault> {
    if range.contains(&arguments.len()) {
        return Ok(());
    }
    let wanted = match (*range.start(), *range.end()) {
        (1, 1) => "1 argument".to_owned(),
        (least, most) if least == most => format!("{least} arguments"),
        (least, usize::MAX) => format!("at least {least} arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    };
    Err(Fault::invalid(
        format!("`{name}` takes {wanted}, not {}", arguments.len()),
        span,
    ))
}

/// A regular expression that is written out.
fn regex(name: &str, pattern: &Expression) -> Result<Regex, Fault> {
    let ExpressionKind::Text(text) = &pattern.node else {
        return Err(Fault::unsupported(
            format!("{name}() with a computed pattern"),
            pattern.span,
        ));
    };
    compiled(text, pattern.span)
}

/// A regular expression as Splunk takes it.
pub(super) fn compiled(text: &str, span: syntax::Span) -> Result<Regex, Fault> {
    Regex::new(text, Flavour::Pcre, Anchoring::Find, Case::Sensitive).map_err(|error| {
        Fault::invalid(
            format!("the regular expression is not valid: {error}"),
            span,
        )
    })
}

fn only_field(name: &str, argument: &Expression) -> Result<FieldRef, Fault> {
    match &argument.node {
        ExpressionKind::Field(field) => Ok(FieldRef::new(&field.text)),
        _ => Err(Fault::invalid(
            format!("the first argument of `{name}` must be a field"),
            argument.span,
        )),
    }
}

/// The first field that an expression names.
fn first_field(tree: &Expression) -> Option<FieldRef> {
    match &tree.node {
        ExpressionKind::Field(field) => Some(FieldRef::new(&field.text)),
        ExpressionKind::Call { arguments, .. } => arguments.iter().find_map(first_field),
        ExpressionKind::Unary { operand, .. } => first_field(operand),
        ExpressionKind::Arithmetic { first, rest } => {
            first_field(first).or_else(|| rest.iter().find_map(|(_, operand)| first_field(operand)))
        }
        ExpressionKind::Comparison { left, right, .. } => {
            first_field(left).or_else(|| first_field(right))
        }
        ExpressionKind::Membership { operand, .. } => first_field(operand),
        ExpressionKind::Logical { operands, .. } => operands.iter().find_map(first_field),
        _ => None,
    }
}
