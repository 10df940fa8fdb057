//! Functions of expressions.
//!
//! Source: Sumo Logic, the page of each function, which
//! [`FUNCTIONS`](super::super::syntax::FUNCTIONS) names.

mod date;
mod format;
mod network;
mod number;

use super::super::syntax::{Expression, ExpressionKind, Span as TextSpan, documented_function};
use super::expression::{BY_TYPE, compared};
use super::{Fault, Lowerer};
use crate::detect::plan::compare::{Case, CompareOp};
use crate::detect::plan::function::Function;
use crate::detect::plan::regex::{Anchoring, Flavour, Regex};
use crate::detect::plan::{
    Arithmetic, Expr, ExprKind, Pattern, Predicate, PredicateKind, Span, TextOperands, Truth, Value,
};

/// The functions whose arguments are texts, in lower case.
const OF_TEXT: [&str; 17] = [
    "base64decode",
    "base64encode",
    "getcidrprefix",
    "hash",
    "hextoascii",
    "hextodec",
    "ipv4tonumber",
    "jsonarraysize",
    "parsehex",
    "length",
    "substring",
    "tolowercase",
    "tostring",
    "touppercase",
    "trim",
    "urldecode",
    "urlencode",
];

impl Lowerer<'_> {
    /// A function that is a condition; `None` if it yields something else.
    pub(super) fn test(
        &mut self,
        function: &str,
        arguments: &[Expression],
        at: TextSpan,
    ) -> Result<Option<Predicate>, Fault> {
        let span = self.span(at);
        let Some(first) = arguments.first() else {
            return Ok(None);
        };
        let second = arguments.get(1);
        Ok(Some(match (function, second) {
            ("isnull", None) => {
                let exists = PredicateKind::Exists(self.value(first)?);
                Predicate::new(exists, span).negated()
            }
            ("isempty", None) => {
                let subject = self.value(first)?;
                lacking(subject.clone(), subject, span)
            }
            ("isblank", None) => {
                let subject = self.value(first)?;
                let trimmed = called(Function::Trim, vec![subject.clone()], span);
                lacking(subject, trimmed, span)
            }
            ("isnumeric", None) => {
                let subject = self.value(first)?;
                numeric(subject, span)
            }
            ("contains", Some(part)) => self.contains(first, part, span)?,
            ("matches", Some(pattern)) => self.matches(first, pattern, span)?,
            ("lookupcontains", Some(_)) => self.lookup_contains(arguments, at)?,
            ("luhn", None) => holds(Function::PassesLuhn, vec![self.text(first)?], span),
            ("jsonarraycontains", Some(item)) => {
                let arguments = vec![self.text(first)?, self.text(item)?];
                holds(Function::JsonArrayHas, arguments, span)
            }
            _ => return self.address_test(function, arguments, at),
        }))
    }

    /// What a function yields.
    pub(super) fn call(
        &mut self,
        function: &str,
        arguments: &[Expression],
        at: TextSpan,
    ) -> Result<Expr, Fault> {
        let span = self.span(at);
        if function == "coalesce" {
            return self.coalesce(arguments, at);
        }
        let Some(documented) = documented_function(function) else {
            return Err(Fault::unsupported(
                format!("the function `{function}`, which the documentation does not have,"),
                at,
            ));
        };
        let count = arguments.len();
        if count < documented.least || documented.most.is_some_and(|most| count > most) {
            return Err(Fault::invalid(
                format!(
                    "`{}` takes {} (\"{}\")",
                    documented.name,
                    amount(documented.least, documented.most),
                    documented.page
                ),
                at,
            ));
        }
        if let Some(test) = self.test(function, arguments, at)? {
            return Ok(Expr::new(ExprKind::Test(Box::new(test)), span));
        }
        match (function, arguments) {
            ("if", [condition, then, otherwise]) => {
                return self.choice(condition, then, otherwise, span);
            }
            ("concat", parts) => {
                let empty = || Expr::literal(Value::text(""), span);
                let parts = parts.iter().map(|part| {
                    let part = self.text(part)?;
                    Ok(Expr::new(ExprKind::Coalesce(vec![part, empty()]), span))
                });
                let parts = parts.collect::<Result<_, Fault>>()?;
                return Ok(Expr::new(ExprKind::Concat(parts), span));
            }
            ("replace", [subject, pattern, with]) => {
                return self.replace(subject, pattern, with, span);
            }
            ("formatdate", arguments) => return self.format_date(arguments, at),
            ("parsedate", arguments) => return self.parse_date(arguments, at),
            ("format", arguments) => return self.format(arguments, at),
            ("isnan", [value]) => return self.is_no_number(value, span),
            ("haversine", [latitude, longitude, to_latitude, to_longitude]) => {
                return self.distance([latitude, longitude, to_latitude, to_longitude], span);
            }
            ("maskfromcidr", [bits]) => {
                let all = Expr::literal(Value::text("255.255.255.255"), span);
                let bits = self.value(bits)?;
                return Ok(called(Function::AddressPrefix, vec![all, bits], span));
            }
            _ => {}
        }
        let is_of_text = OF_TEXT.contains(&function);
        let values = arguments.iter().map(|argument| match is_of_text {
            true => self.text(argument),
            false => self.value(argument),
        });
        let mut values = values.collect::<Result<Vec<_>, _>>()?;
        let plain = match function {
            "abs" => Function::Absolute,
            "ceil" => Function::Ceiling,
            "floor" => Function::Floor,
            "round" => Function::Round,
            "sqrt" => Function::SquareRoot,
            "exp" => Function::Exponential,
            "log" => Function::NaturalLogarithm,
            "log10" => Function::Logarithm,
            "pow" => Function::Power,
            "min" => Function::Least,
            "max" => Function::Greatest,
            "num" | "number" | "double" => Function::NumberOrNull,
            // That the fraction goes is on no page.
            "tolong" | "toint" => {
                let number = called(Function::NumberOrNull, values, span);
                return Ok(called(Function::Truncate, vec![number], span));
            }
            "tostring" => Function::ToText,
            "tolowercase" => Function::Lower,
            "touppercase" => Function::Upper,
            "trim" => Function::Trim,
            "urldecode" => Function::DecodeUrl,
            "urlencode" => Function::EncodeUrl,
            "acos" => Function::ArcCosine,
            "asin" => Function::ArcSine,
            "atan" => Function::ArcTangent,
            "atan2" => Function::ArcTangentOfTwo,
            "cbrt" => Function::CubeRoot,
            "cos" => Function::Cosine,
            "cosh" => Function::HyperbolicCosine,
            "expm1" => Function::ExponentialLessOne,
            "hypot" => Function::Hypotenuse,
            "log1p" => Function::LogarithmOfOneMore,
            "sin" => Function::Sine,
            "sinh" => Function::HyperbolicSine,
            "tan" => Function::Tangent,
            "tanh" => Function::HyperbolicTangent,
            "todegrees" => Function::Degrees,
            "toradians" => Function::Radians,
            "base64encode" => Function::EncodeBase64,
            "base64decode" => {
                encoding(values.get(1), at)?;
                Function::DecodeBase64
            }
            "dectohex" => Function::NumberToHex,
            "hextodec" | "parsehex" => Function::HexToNumber,
            "hextoascii" => Function::HexToText,
            "getcidrprefix" => Function::AddressPrefix,
            "ipv4tonumber" => Function::AddressToNumber,
            // Null has the size of minus one; so has, here, what is no array.
            "jsonarraysize" => {
                let size = called(Function::JsonArraySize, values, span);
                let none = Expr::literal(Value::Integer(-1), span);
                return Ok(Expr::new(ExprKind::Coalesce(vec![size, none]), span));
            }
            "length" => {
                let length = called(Function::Length, values, span);
                let zero = Expr::literal(Value::Integer(0), span);
                return Ok(Expr::new(ExprKind::Coalesce(vec![length, zero]), span));
            }
            "now" => {
                let now = called(Function::Now, Vec::new(), span);
                let thousand = Expr::literal(Value::Integer(1000), span);
                return Ok(calculated(Arithmetic::Multiply, now, thousand, span));
            }
            "substring" => return substring(values, span, at),
            "hash" => {
                let name = values.get(1).map(|name| name.as_literal().cloned());
                let name = match name {
                    None => "md5".to_owned(),
                    Some(name) => name.unwrap_or_default().to_text().to_lowercase(),
                };
                values.truncate(1);
                match name.as_str() {
                    "md5" => Function::Md5,
                    "sha1" => Function::Sha1,
                    "sha2_256" => Function::Sha256,
                    _ => return Err(Fault::unsupported(format!("`hash` by `{name}`"), at)),
                }
            }
            _ => {
                return Err(Fault::unsupported(
                    format!("the function `{}`", documented.name),
                    at,
                ));
            }
        };
        Ok(called(plain, values, span))
    }

    /// `coalesce`, which no page has. Its author means the first value there is.
    fn coalesce(&mut self, arguments: &[Expression], at: TextSpan) -> Result<Expr, Fault> {
        if !self.is_meant() {
            return Err(Fault::unsupported(
                "the function `coalesce`, which the documentation does not have,",
                at,
            ));
        }
        self.repaired(
            "`coalesce` is taken as the first value that is not null",
            at,
        );
        let values = arguments.iter().map(|argument| self.value(argument));
        let values = values.collect::<Result<_, _>>()?;
        Ok(Expr::new(ExprKind::Coalesce(values), self.span(at)))
    }

    /// `replace(subject, pattern, with)`: every place; `$1` and `${name}` are groups.
    fn replace(
        &mut self,
        subject: &Expression,
        pattern: &Expression,
        with: &Expression,
        span: Span,
    ) -> Result<Expr, Fault> {
        let (written, is_regex) = match &pattern.node {
            ExpressionKind::Regex(written) => (written.clone(), true),
            ExpressionKind::Text(text) => (literal(&text.text()), false),
            _ => {
                return Err(Fault::unsupported(
                    "`replace` of what is computed",
                    pattern.span,
                ));
            }
        };
        let ExpressionKind::Text(with) = &with.node else {
            return Err(Fault::unsupported(
                "`replace` by what is computed",
                with.span,
            ));
        };
        let regex = Regex::new(&written, Flavour::Re2, Anchoring::Find, Case::Sensitive);
        let regex = regex.map_err(|error| {
            Fault::invalid(
                format!("the regular expression is none of RE2: {error}"),
                pattern.span,
            )
        })?;
        let with = references(&with.text(), is_regex);
        let kind = ExprKind::Substitute {
            subject: Box::new(self.text(subject)?),
            regex: Box::new(regex),
            replacement: Box::new(Expr::literal(Value::text(&with), span)),
            most: None,
        };
        Ok(Expr::new(kind, span))
    }
}

/// The encodings that a text may be decoded from.
///
/// Source: Sumo Logic, "base64Decode Search Operator".
const ENCODINGS: [&str; 8] = [
    "US-ASCII", "UTF-8", "UTF-16", "UTF-16BE", "UTF-16LE", "UTF-32", "UTF-32BE", "UTF-32LE",
];

fn encoding(named: Option<&Expr>, at: TextSpan) -> Result<(), Fault> {
    let Some(named) = named else { return Ok(()) };
    let Some(name) = named.as_literal().map(Value::to_text) else {
        return Err(Fault::unsupported("an encoding that is computed", at));
    };
    match ENCODINGS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(&name))
    {
        true => Ok(()),
        false => Err(Fault::invalid(
            format!("`{name}` is none of the encodings of `base64Decode`"),
            at,
        )),
    }
}

/// A condition that a function yields; null does not hold.
pub(super) fn holds(function: Function, arguments: Vec<Expr>, span: Span) -> Predicate {
    let truth = Expr::literal(Value::Bool(true), span);
    compared(
        called(function, arguments, span),
        CompareOp::Equal,
        truth,
        span,
    )
}

/// How many arguments, for people.
fn amount(least: usize, most: Option<usize>) -> String {
    match most {
        Some(most) if most == least => match least {
            1 => "1 argument".to_owned(),
            _ => format!("{least} arguments"),
        },
        Some(most) => format!("{least} to {most} arguments"),
        None => format!("{least} arguments or more"),
    }
}

pub(super) fn called(function: Function, arguments: Vec<Expr>, span: Span) -> Expr {
    Expr::new(
        ExprKind::Call {
            function,
            arguments,
        },
        span,
    )
}

pub(super) fn calculated(operator: Arithmetic, left: Expr, right: Expr, span: Span) -> Expr {
    let kind = ExprKind::Arithmetic {
        operator,
        text: TextOperands::Null,
        left: Box::new(left),
        right: Box::new(right),
    };
    Expr::new(kind, span)
}

/// Whether there is no value, or a text made of it is empty.
fn lacking(subject: Expr, text: Expr, span: Span) -> Predicate {
    let absent = Predicate::new(PredicateKind::Exists(subject), span).negated();
    let empty = Expr::literal(Value::text(""), span);
    let empty = compared(text, CompareOp::Equal, empty, span);
    Predicate::any(vec![absent, empty], span)
}

/// Whether a text is a number as Java writes numbers.
///
/// Source: Sumo Logic, "isNumeric Search Operator", which leaves it to `NumberUtils`.
fn numeric(subject: Expr, span: Span) -> Predicate {
    const JAVA: &str = r"^[+-]?(?:0[xX][0-9a-fA-F]+[lL]?|0[0-7]*[lL]?|[1-9][0-9]*[lL]?|(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?:[eE])|[0-9]+(?:[fFdD]))(?:[eE]?[+-]?[0-9]+)?[fFdD]?)$";
    let kind = match Regex::new(JAVA, Flavour::Re2, Anchoring::Find, Case::Sensitive) {
        Ok(regex) => PredicateKind::Matches {
            subject,
            pattern: Pattern::Regex(Box::new(regex)),
            modes: BY_TYPE,
        },
        Err(_) => PredicateKind::Constant(Truth::False),
    };
    Predicate::new(kind, span)
}

/// `substring(text, start, end)`, counted from zero; the end is not part of it.
fn substring(mut values: Vec<Expr>, span: Span, at: TextSpan) -> Result<Expr, Fault> {
    let number = |place: usize| values.get(place)?.as_literal()?.as_number();
    let (first, last) = (number(1), number(2));
    if first.is_some_and(|first| first < 0.0) {
        return Err(Fault::invalid(
            "a part of a text begins at its start at the earliest",
            at,
        ));
    }
    if let (Some(first), Some(last)) = (first, last)
        && last < first
    {
        return Err(Fault::invalid(
            "the end of a part of a text is before its start",
            at,
        ));
    }
    let one = Expr::literal(Value::Integer(1), span);
    let ends = match values.as_mut_slice() {
        [_, start, end] => {
            let ends = (start.clone(), end.clone());
            *end = calculated(Arithmetic::Subtract, end.clone(), start.clone(), span);
            Some(ends)
        }
        _ => None,
    };
    if let Some(start) = values.get_mut(1) {
        *start = calculated(Arithmetic::Add, start.clone(), one, span);
    }
    let part = called(Function::Substring, values, span);
    // Where both are computed, there is nothing between an end and a later start.
    Ok(match ends {
        Some((start, end)) => {
            let is_order = compared(start, CompareOp::LessOrEqual, end, span);
            Expr::new(ExprKind::Case(vec![(is_order, part)]), span)
        }
        None => part,
    })
}

/// A text as a regular expression.
pub(super) fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// A replacement in the words of plans: `\1` and `\g<name>` for groups.
fn references(text: &str, has_groups: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek() == Some(&'$') => {
                letters.next();
                out.push('$');
            }
            '\\' => out.push_str("\\\\"),
            '$' if has_groups => match letters.peek() {
                Some(digit) if digit.is_ascii_digit() => {
                    out.push('\\');
                    out.push(*digit);
                    letters.next();
                }
                Some('{') => {
                    letters.next();
                    let name: String = letters
                        .by_ref()
                        .take_while(|letter| *letter != '}')
                        .collect();
                    out.push_str(&format!("\\g<{name}>"));
                }
                _ => out.push('$'),
            },
            other => out.push(other),
        }
    }
    out
}
