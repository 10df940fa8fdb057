//! `format`: values put into a text.
//!
//! Source: Sumo Logic, "format Search Operator", which leaves it to Java; Java, "Class
//! Formatter".

use super::super::super::syntax::{Expression, ExpressionKind, Span as TextSpan};
use super::super::{Fault, Lowerer};
use super::called;
use crate::detect::plan::function::Function;
use crate::detect::plan::{Expr, ExprKind, Predicate, PredicateKind, Value};

/// A placeholder, and how its value is taken.
struct Placeholder {
    written: String,
    taken: Taken,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// As it is.
    AsIs,
    /// In capitals.
    Capitals,
    /// It stands for no value.
    Nothing,
}

impl Lowerer<'_> {
    /// `format(text, value, …)`.
    pub(super) fn format(&mut self, arguments: &[Expression], at: TextSpan) -> Result<Expr, Fault> {
        let span = self.span(at);
        let [format, values @ ..] = arguments else {
            return Err(Fault::invalid("`format` needs a text", at));
        };
        let ExpressionKind::Text(text) = &format.node else {
            return Err(Fault::unsupported("a format that is computed", format.span));
        };
        let unsupported = |part| Fault::unsupported(format!("`{part}` in a format"), format.span);
        let mut translated = String::new();
        let mut given = values.iter();
        let mut all = Vec::with_capacity(values.len());
        let text = text.text();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once('%') {
            translated.push_str(before);
            let (placeholder, after) = placeholder(after).map_err(unsupported)?;
            translated.push_str(&placeholder.written);
            if placeholder.taken != Taken::Nothing {
                let Some(value) = given.next() else {
                    return Err(Fault::invalid(
                        "the format has more placeholders than there are values",
                        format.span,
                    ));
                };
                let value = self.text(value)?;
                all.push(match placeholder.taken {
                    Taken::Capitals => called(Function::Upper, vec![value], span),
                    Taken::AsIs | Taken::Nothing => value,
                });
            }
            rest = after;
        }
        translated.push_str(rest);
        // "If a field is null or incompatible, an error will be thrown."
        let exist = all
            .iter()
            .map(|value| Predicate::new(PredicateKind::Exists(value.clone()), span));
        let exist = Predicate::all(exist.collect(), span);
        let mut arguments = vec![Expr::literal(Value::text(&translated), span)];
        arguments.extend(all);
        let formatted = called(Function::Format, arguments, span);
        Ok(Expr::new(ExprKind::Case(vec![(exist, formatted)]), span))
    }
}

/// The placeholder behind a percent sign, and what follows it; or what it is, if plans
/// have none like it.
fn placeholder(text: &str) -> Result<(Placeholder, &str), String> {
    let length = text
        .find(|letter: char| !(letter.is_ascii_digit() || "-#+ ,.".contains(letter)))
        .unwrap_or(text.len());
    let (options, after) = text.split_at_checked(length).unwrap_or((text, ""));
    let letter = after.chars().next().unwrap_or(' ');
    let rest = after.get(letter.len_utf8()..).unwrap_or_default();
    let taken = match letter {
        's' | 'd' | 'f' | 'e' | 'E' | 'x' | 'X' | 'o' | 'c' => Taken::AsIs,
        'S' => Taken::Capitals,
        '%' | 'n' if options.is_empty() => Taken::Nothing,
        _ => return Err(format!("%{options}{letter}")),
    };
    let written = match letter {
        'n' => "\n".to_owned(),
        'S' => format!("%{options}s"),
        letter => format!("%{}{letter}", options.replace(',', "'")),
    };
    Ok((Placeholder { written, taken }, rest))
}
