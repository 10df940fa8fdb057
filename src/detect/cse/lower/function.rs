//! Functions.
//!
//! Source: Sumo Logic, "Cloud SIEM Rules Syntax", and the pages of Sumo Logic's log
//! search of the same functions.

use super::super::syntax::{self, Expression, ExpressionKind};
use super::Expressions;
use crate::detect::plan::compare::{Case, CompareOp};
use crate::detect::plan::function::Function;
use crate::detect::plan::pattern::{Glob, Piece};
use crate::detect::plan::{
    Arithmetic, Expr, ExprKind, Network, Pattern, Predicate, PredicateKind, Span, TextOperands,
    Truth, Value,
};
use crate::detect::query::Fault;

/// The functions that only compute, by the section that describes them.
const FUNCTIONS: &[(&str, Function)] = &[
    ("abs", Function::Absolute),
    ("ceil", Function::Ceiling),
    ("exp", Function::Exponential),
    ("floor", Function::Floor),
    ("isNumeric", Function::IsNumber),
    ("jsonArraySize", Function::CountItems),
    ("log", Function::NaturalLogarithm),
    ("log10", Function::Logarithm),
    ("num", Function::ToNumber),
    ("number", Function::ToNumber),
    ("round", Function::Round),
    ("size", Function::CountItems),
    ("sqrt", Function::SquareRoot),
    ("toDouble", Function::ToNumber),
    ("toFloat", Function::ToNumber),
    ("toInt", Function::Truncate),
    ("toLong", Function::Truncate),
    ("toLowerCase", Function::Lower),
    ("toString", Function::ToText),
    ("toUpperCase", Function::Upper),
    ("trim", Function::Trim),
    ("urldecode", Function::DecodeUrl),
];

/// Addresses that are not routed.
const PRIVATE: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];
const ALL_OF_4: &str = "0.0.0.0/0";
const ALL_OF_6: &str = "::/0";

/// The section of a function, if there is one and so many arguments are right.
fn section(
    name: &str,
    arguments: &[Expression],
    span: syntax::Span,
) -> Result<&'static str, Fault> {
    let known = syntax::function(name)
        .ok_or_else(|| Fault::invalid(format!("there is no function `{name}`"), span))?;
    if known.arity.accepts(arguments.len()) {
        return Ok(known.section);
    }
    let (least, most) = (known.arity.least, known.arity.most);
    let wanted = match most {
        Some(1) if least == 1 => "1 argument".to_owned(),
        Some(most) if least == most => format!("{least} arguments"),
        Some(most) => format!("{least} to {most} arguments"),
        None => format!("at least {least} arguments"),
    };
    let why = format!("`{name}` takes {wanted}, not {}", arguments.len());
    Err(Fault::invalid(why, span))
}

/// The value of a call.
pub(super) fn value(
    lowerer: &Expressions<'_>,
    name: &str,
    arguments: &[Expression],
    span: syntax::Span,
) -> Result<Expr, Fault> {
    let place = (lowerer.place)(span);
    if let Some(predicate) = predicate(lowerer, name, arguments, span)? {
        return Ok(Expr::new(ExprKind::Test(Box::new(predicate)), place));
    }
    let section = section(name, arguments, span)?;
    let call = |function, arguments| call(function, arguments, place);
    match (section, arguments) {
        ("if", [condition, then, otherwise]) => {
            let always = Predicate::new(PredicateKind::Constant(Truth::True), place);
            let arms = vec![
                (lowerer.part(condition), lowerer.value(then)?),
                (always, lowerer.value(otherwise)?),
            ];
            Ok(Expr::new(ExprKind::Case(arms), place))
        }
        ("concat", parts) => {
            let parts = values(lowerer, parts)?;
            Ok(Expr::new(ExprKind::Concat(parts), place))
        }
        // The length of a null is 0.
        ("length", [text]) => {
            let length = call(Function::Length, vec![lowerer.value(text)?]);
            let parts = vec![length, Expr::literal(Value::Integer(0), place)];
            Ok(Expr::new(ExprKind::Coalesce(parts), place))
        }
        ("substring", [text, places @ ..]) => substring(lowerer, text, places, place),
        ("hexToDec", [text]) => {
            let base = Expr::literal(Value::Integer(16), place);
            Ok(call(Function::ToNumber, vec![lowerer.value(text)?, base]))
        }
        ("decToHex", [number]) => {
            let number = call(Function::ToNumber, vec![lowerer.value(number)?]);
            let form = Expr::literal(Value::text("hex"), place);
            let text = call(Function::ToText, vec![number, form]);
            // Without the `0x` in front.
            let third = Expr::literal(Value::Integer(3), place);
            Ok(call(Function::Substring, vec![text, third]))
        }
        ("ipv4ToNumber", [address]) => Ok(number_of_address(&lowerer.value(address)?, place)),
        ("getCIDRPrefix", [address, bits]) => {
            let mask = bits_of(bits).map(|bits| {
                let mask = u32::MAX.checked_shl(32 - bits).unwrap_or_default();
                std::net::Ipv4Addr::from_bits(mask).to_string()
            });
            let mask = mask.ok_or_else(|| {
                let what = "`getCIDRPrefix` with a computed length";
                Fault::unsupported(what, bits.span)
            })?;
            let mask = Expr::literal(Value::text(&mask), place);
            let arguments = vec![mask, lowerer.value(address)?];
            Ok(call(Function::MaskAddress, arguments))
        }
        _ => {
            let known = FUNCTIONS.iter().find(|(known, _)| *known == section);
            let Some((_, function)) = known else {
                return Err(Fault::unsupported(format!("the function `{name}()`"), span));
            };
            Ok(call(*function, values(lowerer, arguments)?))
        }
    }
}

/// A call that yields a truth value; `None` if the function yields something else.
pub(super) fn predicate(
    lowerer: &Expressions<'_>,
    name: &str,
    arguments: &[Expression],
    span: syntax::Span,
) -> Result<Option<Predicate>, Fault> {
    let place = (lowerer.place)(span);
    let section = section(name, arguments, span)?;
    let is_null = |value| Predicate::new(PredicateKind::Exists(value), place).negated();
    let is_in = |value, networks: &[&str]| {
        let networks = networks.iter().filter_map(|text| Network::parse(text));
        lowerer.matched(value, Pattern::Networks(networks.collect()), span)
    };
    let predicate = match (section, arguments) {
        ("isNull", [value]) => is_null(lowerer.value(value)?),
        ("isEmpty" | "isBlank", [value]) => {
            let value = lowerer.value(value)?;
            let text = match section {
                "isBlank" => call(Function::Trim, vec![value.clone()], place),
                _ => value.clone(),
            };
            let nothing = Expr::literal(Value::text(""), place);
            let is_empty = lowerer.compared(text, CompareOp::Equal, nothing, span);
            Predicate::any(vec![is_null(value), is_empty], place)
        }
        ("contains", [text, part]) => {
            let ExpressionKind::Text(part) = &part.node else {
                let what = "`contains` with a computed text";
                return Err(Fault::unsupported(what, part.span));
            };
            let part = part.value().into_owned();
            // An empty text is in an empty one only.
            let pieces = if part.is_empty() {
                Vec::new()
            } else {
                vec![Piece::AnyRun, Piece::Literal(part), Piece::AnyRun]
            };
            let glob = Glob::new(pieces, Case::Sensitive);
            lowerer.matched(lowerer.value(text)?, Pattern::Globs(vec![glob]), span)
        }
        ("array_contains" | "jsonArrayContains", [list, value]) => {
            let (list, value) = (lowerer.value(list)?, lowerer.value(value)?);
            lowerer.compared(list, CompareOp::Equal, value, span)
        }
        ("isPrivateIP", [address]) => is_in(lowerer.value(address)?, &PRIVATE),
        ("isPublicIP", [address]) => {
            let address = lowerer.value(address)?;
            let is_valid = is_in(address.clone(), &[ALL_OF_4, ALL_OF_6]);
            let is_private = is_in(address, &PRIVATE);
            Predicate::all(vec![is_valid, is_private.negated()], place)
        }
        ("isValidIP", [address]) => is_in(lowerer.value(address)?, &[ALL_OF_4, ALL_OF_6]),
        ("isValidIPv4", [address]) => is_in(lowerer.value(address)?, &[ALL_OF_4]),
        ("isValidIPv6", [address]) => is_in(lowerer.value(address)?, &[ALL_OF_6]),
        ("compareCIDRPrefix", [address, other, bits]) => {
            let slash = Expr::literal(Value::text("/"), place);
            let parts = vec![lowerer.value(other)?, slash, lowerer.value(bits)?];
            let network = Expr::new(ExprKind::Concat(parts), place);
            let arguments = vec![network, lowerer.value(address)?];
            lowerer.holds(call(Function::InNetwork, arguments, place), span)
        }
        _ => return Ok(None),
    };
    Ok(Some(predicate))
}

fn call(function: Function, arguments: Vec<Expr>, span: Span) -> Expr {
    let kind = ExprKind::Call {
        function,
        arguments,
    };
    Expr::new(kind, span)
}

fn values(lowerer: &Expressions<'_>, trees: &[Expression]) -> Result<Vec<Expr>, Fault> {
    trees.iter().map(|tree| lowerer.value(tree)).collect()
}

/// The number of bits of a network that is written out.
fn bits_of(tree: &Expression) -> Option<u32> {
    let bits: u32 = match &tree.node {
        ExpressionKind::Text(text) => text.value().parse().ok()?,
        ExpressionKind::Number(number) => number.text().parse().ok()?,
        _ => return None,
    };
    (bits <= 32).then_some(bits)
}

/// A part of a text: from the first place, counted from zero, up to before the second.
fn substring(
    lowerer: &Expressions<'_>,
    text: &Expression,
    places: &[Expression],
    span: Span,
) -> Result<Expr, Fault> {
    let mut numbers = Vec::new();
    for place in places {
        let number: Option<i64> = match &place.node {
            ExpressionKind::Number(number) => number.text().parse().ok(),
            _ => None,
        };
        numbers.push(
            number.ok_or_else(|| {
                Fault::unsupported("`substring` with a computed place", place.span)
            })?,
        );
    }
    let literal = |number| Expr::literal(Value::Integer(number), span);
    let mut arguments = vec![lowerer.value(text)?];
    match *numbers.as_slice() {
        [start] => arguments.push(literal(start.saturating_add(1))),
        [start, end] => {
            arguments.push(literal(start.saturating_add(1)));
            arguments.push(literal(end.saturating_sub(start).max(0)));
        }
        _ => {}
    }
    Ok(call(Function::Substring, arguments, span))
}

/// The four bytes of an address as one number.
fn number_of_address(address: &Expr, span: Span) -> Expr {
    let literal = |value| Expr::literal(value, span);
    let arithmetic = |operator, left, right| {
        let kind = ExprKind::Arithmetic {
            operator,
            text: TextOperands::Null,
            left: Box::new(left),
            right: Box::new(right),
        };
        Expr::new(kind, span)
    };
    let byte = |place| {
        let dot = literal(Value::text("."));
        let bytes = call(Function::Split, vec![address.clone(), dot], span);
        let item = vec![bytes, literal(Value::Integer(place))];
        let item = call(Function::ItemAt, item, span);
        call(Function::ToNumber, vec![item], span)
    };
    (1..4).fold(byte(0), |before, place| {
        let shifted = arithmetic(Arithmetic::Multiply, before, literal(Value::Integer(256)));
        arithmetic(Arithmetic::Add, shifted, byte(place))
    })
}
