//! Operators that take pairs, columns, and elements out of texts.
//!
//! Source: Sumo Logic, "Parse CSV Formatted Logs", "Parse Delimited Logs Using Split",
//! "Parse Keyvalue Formatted Logs", "Parse XML Formatted Logs".

use std::sync::Arc;

use super::super::syntax::{
    Extracted, KeyValue, KeyValueMode, ParseXml, Span, Split, SplitKind, Text,
};
use super::function::{called, literal};
use super::operator::set;
use super::parsing::exists;
use super::{Fault, Lowerer};
use crate::detect::plan::compare::Case;
use crate::detect::plan::function::{Function, xpath};
use crate::detect::plan::regex::{Anchoring, Flavour, Regex};
use crate::detect::plan::{
    Expr, ExprKind, NamePattern, Parse, Predicate, Projection, StageKind, Value,
};

/// Holds what an operator has found until it has its name.
const FOUND: &str = "__found";

/// The same as a group of a regular expression: in Java its name holds only letters and
/// digits.
const GROUP: &str = "found";

/// What stands between a key and its value.
///
/// Source: "Parse Keyvalue Formatted Logs", of `keyvalue auto`.
const DELIMITERS: &str = "(?:=|:|->)";

impl Lowerer<'_> {
    /// `csv` and `split`.
    pub(super) fn split(&mut self, split: &Split, span: Span) -> Result<Vec<StageKind>, Fault> {
        let at = self.span(span);
        let text = self.field(&split.field.node, split.field.span)?;
        let mark = |given: &Option<String>, usual: &str| {
            let mark = given.as_deref().unwrap_or(usual);
            match mark.chars().count() {
                1 => Ok(Expr::literal(Value::text(mark), at)),
                _ => Err(Fault::unsupported(
                    format!("`{mark}` as one of the marks of `{}`", split.kind.name()),
                    span,
                )),
            }
        };
        if split.kind == SplitKind::Csv && split.delimiter.is_some() {
            return Err(Fault::unsupported("a delimiter of `csv`", span));
        }
        let arguments = vec![
            text,
            mark(&split.delimiter, ",")?,
            mark(&split.quote, "\"")?,
            mark(&split.escape, "\\")?,
        ];
        let found: Arc<str> = FOUND.into();
        let mut stages = vec![set(&found, called(Function::SplitQuoted, arguments, at))];
        let mut next = 1;
        for extracted in &split.extracted {
            let name = match extracted {
                Extracted::At { index, name } => {
                    next = *index;
                    Some(name)
                }
                Extracted::Next(name) => Some(name),
                Extracted::Skipped => None,
            };
            if let Some(name) = name {
                let place = next
                    .checked_sub(1)
                    .and_then(|place| i64::try_from(place).ok());
                let Some(place) = place else {
                    return Err(Fault::invalid("columns are counted from one", name.span));
                };
                let name = self.make(name);
                let place = Expr::literal(Value::Integer(place), at);
                let item = called(Function::ItemAt, vec![Expr::field(&found, at), place], at);
                stages.push(set(&name, item));
            }
            next += 1;
        }
        stages.push(StageKind::Project(Projection::Drop(vec![
            NamePattern::new(FOUND),
        ])));
        Ok(stages)
    }

    /// `keyvalue`.
    pub(super) fn key_value(
        &mut self,
        pairs: &KeyValue,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let field = self.subject(pairs.field.as_ref(), span)?;
        if pairs.keys.is_empty() {
            return Err(Fault::unsupported("`keyvalue` without keys", span));
        }
        let at = self.span(span);
        let found: Arc<str> = FOUND.into();
        let mut stages = Vec::new();
        let mut made = Vec::new();
        for (number, key) in pairs.keys.iter().enumerate() {
            let name = match pairs.names.get(number) {
                Some(name) => self.make(name),
                None => {
                    let name = self.make_named(&field_named(&key.node));
                    // "Reference a Field with Special Characters" has the key itself.
                    self.names.also_call(&name, &key.node.text());
                    name
                }
            };
            let delimiter = pairs.delimiter.as_ref().map(|text| text.node.text());
            let (pattern, flavour, place) = match &pairs.mode {
                KeyValueMode::Infer => {
                    let pattern = inferred(&key.node.text(), delimiter.as_deref());
                    (pattern, Flavour::Re2, span)
                }
                // "If there are duplicates, the last occurrence is extracted."
                KeyValueMode::Auto => {
                    let pattern = inferred(&key.node.text(), delimiter.as_deref());
                    (format!("(?s:.*){pattern}"), Flavour::Re2, span)
                }
                KeyValueMode::Regex(regex) => {
                    let pattern = of_key(&regex.node.text(), &key.node.text()).ok_or_else(|| {
                        Fault::unsupported(
                            "a regular expression of pairs with groups that are named, none, or \
                             more than two",
                            regex.span,
                        )
                    })?;
                    (pattern, Flavour::Java, regex.span)
                }
            };
            let regex = Regex::new(&pattern, flavour, Anchoring::Find, Case::Sensitive);
            let regex = regex.map_err(|error| {
                Fault::invalid(
                    format!("the regular expression cannot be read: {error}"),
                    place,
                )
            })?;
            let regex = regex.with_groups([(GROUP.to_owned(), FOUND.into())].into());
            stages.push(StageKind::Parse(Parse::Regex {
                field: field.clone(),
                regex: Box::new(regex),
                most: Some(1),
            }));
            let value = Expr::field(&found, at);
            let value = match pairs.mode {
                KeyValueMode::Regex(_) => value,
                KeyValueMode::Infer | KeyValueMode::Auto => {
                    let quotes = Expr::literal(Value::text("\"'"), at);
                    called(Function::Trim, vec![value, quotes], at)
                }
            };
            let either = ExprKind::Coalesce(vec![value, Expr::field(&name, at)]);
            stages.push(set(&name, Expr::new(either, at)));
            stages.push(StageKind::Project(Projection::Drop(vec![
                NamePattern::new(FOUND),
            ])));
            made.push(name);
        }
        let exist = made.iter().map(|name| exists(name, at)).collect();
        let matched = Predicate::all(exist, at);
        stages.push(self.unmatched(pairs.unmatched, matched, span));
        Ok(stages)
    }

    /// `parse xml`.
    pub(super) fn parse_xml(
        &mut self,
        parse: &ParseXml,
        span: Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let at = self.span(span);
        let field = self.subject(parse.field.as_ref(), span)?;
        let mut stages = Vec::new();
        let mut made = Vec::new();
        for (number, path) in parse.paths.iter().enumerate() {
            let text = path.node.text();
            if !xpath::is_path(&text) {
                return Err(Fault::unsupported(
                    "an XML path with more than elements, places, and attributes in it",
                    path.span,
                ));
            }
            let Some(name) = parse.names.get(number) else {
                return Err(Fault::unsupported(
                    "`parse xml` without the names of the fields",
                    path.span,
                ));
            };
            let arguments = vec![
                Expr::field(&field.name, at),
                Expr::literal(Value::text(&text), at),
            ];
            made.push((self.make(name), called(Function::XmlText, arguments, at)));
        }
        for (name, value) in &made {
            stages.push(set(name, value.clone()));
        }
        let exist = made.iter().map(|(name, _)| exists(name, at)).collect();
        let matched = Predicate::all(exist, at);
        stages.push(self.unmatched(parse.unmatched, matched, span));
        Ok(stages)
    }
}

/// The field that a key becomes: "every character (other than a..z, A..Z, 0..9, or `_`)"
/// is an underscore.
fn field_named(key: &Text) -> String {
    let text = key.text();
    let letters = text.chars().map(|letter| match letter {
        letter if letter.is_ascii_alphanumeric() => letter,
        _ => '_',
    });
    letters.collect()
}

/// A key and its value as they usually stand. The vendor's own expressions are not public.
fn inferred(key: &str, delimiter: Option<&str>) -> String {
    let delimiter = delimiter.map_or_else(|| DELIMITERS.to_owned(), literal);
    let key = literal(key);
    format!(
        r#"(?:^|[^A-Za-z0-9_.\-])["']?{key}["']?\s*{delimiter}\s*(?P<{GROUP}>"[^"]*"|'[^']*'|[^\s,;&|)\]}}]+)"#
    )
}

/// A regular expression of pairs for one key: with the key in the place of the first of
/// two groups, or before it where only the value has one. `None` for any other groups.
fn of_key(regex: &str, key: &str) -> Option<String> {
    let groups = groups_of(regex)?;
    let key = literal(key);
    let named = |group: &(usize, usize)| {
        let inner = regex.get(group.0 + 1..group.1)?;
        Some(format!("(?<{}>{inner})", GROUP))
    };
    match groups.as_slice() {
        [value] => {
            let before = regex.get(..value.0)?;
            let after = regex.get(value.1 + 1..)?;
            Some(format!("(?s:{key}.*?)(?:{before}{}{after})", named(value)?))
        }
        [first, value] if first.1 < value.0 => {
            let before = regex.get(..first.0)?;
            let between = regex.get(first.1 + 1..value.0)?;
            let after = regex.get(value.1 + 1..)?;
            Some(format!(
                "{before}(?:{key}){between}{}{after}",
                named(value)?
            ))
        }
        _ => None,
    }
}

/// Where the groups of a regular expression begin and end, of which none has a name.
fn groups_of(regex: &str) -> Option<Vec<(usize, usize)>> {
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut groups = Vec::new();
    let mut is_class = false;
    let mut letters = regex.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\\' => {
                letters.next();
            }
            '[' => is_class = true,
            ']' => is_class = false,
            '(' if !is_class => {
                let rest = regex.get(place + 1..).unwrap_or_default();
                if rest.starts_with("?<") || rest.starts_with("?P<") {
                    return None;
                }
                open.push((place, !rest.starts_with('?')));
            }
            ')' if !is_class => {
                let (begin, counts) = open.pop()?;
                if counts {
                    groups.push((begin, place));
                }
            }
            _ => {}
        }
    }
    groups.sort_unstable();
    open.is_empty().then_some(groups)
}
