//! Patterns of dates, as Java writes them.
//!
//! Source: Sumo Logic, "formatDate Search Operator", "parseDate", which leave them to Java;
//! Java, "Class SimpleDateFormat".

use super::super::super::syntax::{Expression, ExpressionKind, Span as TextSpan};
use super::super::{Fault, Lowerer};
use super::{calculated, called};
use crate::detect::plan::function::Function;
use crate::detect::plan::time::zone_named;
use crate::detect::plan::{Arithmetic, Expr, Value};

/// The pattern where none is given: "US-style".
const AMERICAN: &str = "MM/dd/yyyy";

/// How an offset of zero is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Zero {
    Letter,
    Digits,
}

impl Lowerer<'_> {
    /// `formatDate(milliseconds, pattern, zone)`.
    pub(super) fn format_date(
        &mut self,
        arguments: &[Expression],
        at: TextSpan,
    ) -> Result<Expr, Fault> {
        let span = self.span(at);
        let [date, rest @ ..] = arguments else {
            return Err(Fault::invalid("`formatDate` needs a date", at));
        };
        let zone = zone(rest.get(1))?;
        let zero = match zone.eq_ignore_ascii_case("UTC") {
            true => Zero::Letter,
            false => Zero::Digits,
        };
        let pattern = pattern(rest.first(), zero)?;
        let thousand = Expr::literal(Value::Integer(1000), span);
        let seconds = calculated(Arithmetic::Divide, self.value(date)?, thousand, span);
        let pattern = Expr::literal(Value::text(&pattern), span);
        let zone = Expr::literal(Value::text(&zone), span);
        Ok(called(
            Function::FormatTime,
            vec![seconds, pattern, zone],
            span,
        ))
    }

    /// `parseDate(text, pattern, zone)`, in milliseconds.
    pub(super) fn parse_date(
        &mut self,
        arguments: &[Expression],
        at: TextSpan,
    ) -> Result<Expr, Fault> {
        let span = self.span(at);
        let [date, rest @ ..] = arguments else {
            return Err(Fault::invalid("`parseDate` needs a date", at));
        };
        let zone = Expr::literal(Value::text(&zone(rest.get(1))?), span);
        let pattern = Expr::literal(Value::text(&pattern(rest.first(), Zero::Digits)?), span);
        let seconds = called(
            Function::ParseTime,
            vec![self.text(date)?, pattern, zone],
            span,
        );
        let thousand = Expr::literal(Value::Integer(1000), span);
        let exact = calculated(Arithmetic::Multiply, seconds, thousand, span);
        // A fraction of a second may not be exact as a float.
        Ok(called(Function::Round, vec![exact], span))
    }
}

/// The zone that is named; that of the one who searches is not known, and is Greenwich.
fn zone(named: Option<&Expression>) -> Result<String, Fault> {
    let Some(named) = named else {
        return Ok("UTC".to_owned());
    };
    let ExpressionKind::Text(text) = &named.node else {
        return Err(Fault::unsupported(
            "a time zone that is computed",
            named.span,
        ));
    };
    let name = text.text();
    match zone_named(&name) {
        Some(_) => Ok(name),
        None => Err(Fault::unsupported(
            format!("the time zone `{name}`"),
            named.span,
        )),
    }
}

/// A pattern in the variables of plans.
fn pattern(written: Option<&Expression>, zero: Zero) -> Result<String, Fault> {
    let Some(written) = written else {
        return Ok(AMERICAN
            .replace("MM", "%m")
            .replace("dd", "%d")
            .replace("yyyy", "%Y"));
    };
    let ExpressionKind::Text(text) = &written.node else {
        return Err(Fault::unsupported(
            "a pattern of dates that is computed",
            written.span,
        ));
    };
    translated(&text.text(), zero)
        .map_err(|part| Fault::unsupported(format!("`{part}` in a pattern of dates"), written.span))
}

/// A pattern of Java in the variables of plans, or the part that has no such variable.
fn translated(pattern: &str, zero: Zero) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() * 2);
    let letters: Vec<char> = pattern.chars().collect();
    let mut at = 0;
    while let Some(letter) = letters.get(at).copied() {
        let rest = letters.get(at..).unwrap_or_default();
        if letter == '\'' {
            at += quoted(rest, &mut out);
            continue;
        }
        if !letter.is_ascii_alphabetic() {
            push(letter, &mut out);
            at += 1;
            continue;
        }
        let count = rest.iter().take_while(|next| **next == letter).count();
        at += count;
        let variable = match (letter, count) {
            ('y', 2) => "%y",
            ('y', _) => "%Y",
            ('M', 1) => "%-m",
            ('M', 2) => "%m",
            ('M', 3) => "%b",
            ('M', _) => "%B",
            ('d', 1) => "%-d",
            ('d', 2) => "%d",
            ('D', 3) => "%j",
            ('H', 1) => "%-H",
            ('H', 2) => "%H",
            ('h', 1) => "%-I",
            ('h', 2) => "%I",
            ('m', 1) => "%-M",
            ('m', 2) => "%M",
            ('s', 1) => "%-S",
            ('s', 2) => "%S",
            ('S', 3) => "%3N",
            ('a', _) => "%p",
            ('E', 1..=3) => "%a",
            ('E', _) => "%A",
            ('u', 1) => "%u",
            ('z', 1..=3) => "%Z",
            ('Z', _) => "%z",
            ('X', _) if zero == Zero::Letter => "Z",
            ('X', 2) => "%z",
            ('X', 3) => "%:z",
            _ => return Err(letter.to_string().repeat(count)),
        };
        out.push_str(variable);
    }
    Ok(out)
}

/// Takes a text in single quotes, two of which stand for one; how many letters it takes.
fn quoted(letters: &[char], out: &mut String) -> usize {
    if letters.get(1) == Some(&'\'') {
        out.push('\'');
        return 2;
    }
    let mut at = 1;
    while let Some(letter) = letters.get(at) {
        match (letter, letters.get(at + 1)) {
            ('\'', Some('\'')) => {
                out.push('\'');
                at += 2;
            }
            ('\'', _) => return at + 1,
            (letter, _) => {
                push(*letter, out);
                at += 1;
            }
        }
    }
    at
}

fn push(letter: char, out: &mut String) {
    match letter {
        '%' => out.push_str("%%"),
        letter => out.push(letter),
    }
}
