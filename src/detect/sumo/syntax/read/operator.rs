//! Which reader an operator has.

use super::cursor::{Cursor, begins_name, continues_name};
use crate::detect::sumo::syntax::documented::documented_operator;
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::expression::ExpressionKind;
use crate::detect::sumo::syntax::operator::{
    AggregateFunction, Assignment, Operator, Other, Unknown, UnknownAssignment,
};
use crate::detect::sumo::syntax::span::{Span, Spanned};

type Reader<'t> = fn(&mut Cursor<'t>) -> Result<Operator, SyntaxError>;

/// Words after which an expression goes on.
const INFIX: &[&str] = &[
    "as", "and", "or", "in", "not", "matches", "contains", "like", "rlike", "between", "is",
];

/// Marks after which an expression goes on.
const MARKS: &[&str] = &[
    "(", "=", "!=", "<", ">", "+", "-", "/", "%", "?", "*", "&&", "||",
];

impl Cursor<'_> {
    /// An operator.
    pub(super) fn operator(&mut self) -> Result<Spanned<Operator>, SyntaxError> {
        self.skip_blanks();
        let start = self.position();
        let operator = if self.at("`") {
            Operator::Macro(self.macro_call()?)
        } else if self.peek().is_some_and(begins_name) {
            self.named_operator()?
        } else {
            self.assignment()?
        };
        Ok(Spanned::new(operator, self.solid_span_from(start)))
    }

    fn named_operator(&mut self) -> Result<Operator, SyntaxError> {
        let start = self.position();
        let word = self.take_while(continues_name);
        let name = Spanned::new(word.to_owned(), self.span_from(start));
        let documented = documented_operator(word);
        let goes_on = self.expression_goes_on();
        if let Some(documented) = documented
            && !self.is_compared(documented.name)
        {
            return match reader(documented.name) {
                Some(read) => read(self),
                None if AggregateFunction::named(word).is_some() => {
                    self.rewind(start);
                    self.aggregate_or_assignment()
                }
                None => self.other(Spanned::new(documented.name.to_owned(), name.span)),
            };
        }
        if goes_on {
            self.rewind(start);
            return self.assignment();
        }
        self.unknown(name)
    }

    /// Whether the word before is the beginning of an expression.
    fn expression_goes_on(&self) -> bool {
        let mut ahead = self.clone();
        ahead.skip_blanks();
        if ahead.at("%\"") {
            return false;
        }
        if ahead.at("*") {
            ahead.bump();
            ahead.skip_blanks();
            return !matches!(ahead.peek(), None | Some('|' | ']' | ')' | ','))
                && !ahead.at_word("by");
        }
        INFIX.iter().any(|word| ahead.at_word(word)) || MARKS.iter().any(|mark| ahead.at(mark))
    }

    /// Whether the word before, though it names an operator, is a field that is
    /// compared or named.
    fn is_compared(&self, name: &str) -> bool {
        let mut ahead = self.clone();
        ahead.skip_blanks();
        ["=", "!=", "<", ">", "?"]
            .iter()
            .any(|mark| ahead.at(mark))
            // What follows these two may be a place that begins with a slash.
            || (ahead.at("/") && name != "save" && name != "cat")
            || ["matches", "contains", "in"]
                .iter()
                .any(|word| ahead.at_word(word) && !(name == "where" && ahead.at_call()))
            || (ahead.at_word("as")
                && AggregateFunction::named(name).is_none()
                && name != "timeslice")
    }

    /// `expression as name`.
    pub(super) fn assignment(&mut self) -> Result<Operator, SyntaxError> {
        let value = self.expression()?;
        let name = self.alias()?;
        if name.is_none() && !matches!(value.node, ExpressionKind::Call { .. }) {
            return Err(self
                .unexpected(&["operator", "`as`"])
                .with_help("give the value a name: `expression as name`"));
        }
        Ok(Operator::Assignment(Assignment { value, name }))
    }

    /// A macro between backticks.
    pub(super) fn macro_call(&mut self) -> Result<String, SyntaxError> {
        let start = self.position();
        self.bump();
        let call = self.take_while(|letter| letter != '`');
        if call.trim().is_empty() || !self.eat("`") {
            return Err(SyntaxError::new(
                Span::new(start, start + 1),
                "this is no macro between backticks",
            )
            .expecting(&["`` `name` ``"]));
        }
        Ok(call.to_owned())
    }

    /// A documented operator that the tree has no form for.
    pub(super) fn other(&mut self, name: Spanned<String>) -> Result<Operator, SyntaxError> {
        let arguments = self.raw()?;
        Ok(Operator::Other(Other { name, arguments }))
    }

    fn unknown(&mut self, name: Spanned<String>) -> Result<Operator, SyntaxError> {
        self.skip_blanks();
        let mut ahead = self.clone();
        let assignment = if name.node.eq_ignore_ascii_case("eval") {
            ahead.unknown_assignment()
        } else {
            None
        };
        let arguments = match assignment {
            Some(_) => self.raw_until(ahead.position())?,
            None => self.raw()?,
        };
        Ok(Operator::Unknown(Unknown {
            name,
            arguments,
            assignment: assignment.map(Box::new),
        }))
    }

    /// `name = expression`, if that is all that stands here.
    fn unknown_assignment(&mut self) -> Option<UnknownAssignment> {
        let name = self.field().ok()?;
        self.expect("=").ok()?;
        let value = self.expression().ok()?;
        let end = self.position();
        let ends = self.at_operator_end();
        self.rewind(end);
        ends.then_some(UnknownAssignment { name, value })
    }
}

fn reader<'t>(name: &str) -> Option<Reader<'t>> {
    Some(match name {
        "where" => Cursor::where_operator,
        "parse" => Cursor::parse_operator,
        "extract" => Cursor::parse_regex,
        "xml" => Cursor::parse_xml,
        "json" => Cursor::json,
        "keyvalue" | "kv" => Cursor::key_value,
        "csv" => Cursor::csv,
        "split" => Cursor::split,
        "fields" => Cursor::fields_operator,
        "count_frequent" => Cursor::count_frequent,
        "withtime" => Cursor::with_time,
        "timeslice" => Cursor::timeslice,
        "sort" | "order" => Cursor::sort,
        "top" => Cursor::top,
        "topk" => Cursor::top_k,
        "limit" => Cursor::limit,
        "dedup" => Cursor::dedup,
        "total" => Cursor::total,
        "accum" => Cursor::accum,
        "diff" => Cursor::diff,
        "smooth" => Cursor::smooth,
        "rollingstd" => Cursor::rolling_std,
        "backshift" => Cursor::backshift,
        "transaction" => Cursor::transaction,
        "transactionize" => Cursor::transactionize,
        "merge" => Cursor::merge,
        "join" => Cursor::join,
        "lookup" => Cursor::lookup,
        "cat" => Cursor::cat,
        "save" => Cursor::save,
        "fillmissing" => Cursor::fill_missing,
        "transpose" => Cursor::transpose,
        "compare" => Cursor::compare,
        "outlier" => Cursor::outlier,
        "predict" => Cursor::predict,
        "geoip" => Cursor::geo_ip,
        "compose" => Cursor::compose,
        _ => return None,
    })
}
