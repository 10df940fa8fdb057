//! Commands that take text apart and change it.
//!
//! Source: Splunk, "Search Reference", the page of each command.

use super::super::syntax::{
    Conversion, Convert, MakeMv, Regex as RegexTree, RegexTest, Replace, Rex, Spath, XmlKv,
};
use super::command::patterns;
use super::function::compiled;
use super::search::glob;
use super::{Fault, Lowerer, filter};
use crate::detect::plan::compare::{Case, Coercion};
use crate::detect::plan::function::Function;
use crate::detect::plan::{
    Assignment, EACH_FIELD, Expr, ExprKind, FieldRef, Items, Modes, NamePattern, Nulls, Parse,
    Pattern, Predicate, PredicateKind, RAW, Replacement, Stage, StageKind, Target, Value,
};

impl Lowerer<'_> {
    pub(super) fn rex(&mut self, rex: &Rex) -> Result<Vec<StageKind>, Fault> {
        let field = rex.options.field.as_ref();
        let field = field.map_or(RAW, |field| &field.node.text);
        let span = rex.pattern.span;
        if rex.options.mode.is_some() {
            return self.sed(field, &rex.pattern.node, span);
        }
        if rex.options.offset_field.is_some() {
            return Err(Fault::unsupported("`offset_field` of rex", span));
        }
        let regex = compiled(&rex.pattern.node, span)?;
        if !regex.has_names() {
            return Err(Fault::invalid(
                "the regular expression of `rex` names no group",
                span,
            ));
        }
        Ok(vec![StageKind::Parse(Parse::Regex {
            field: FieldRef::new(field),
            regex: Box::new(regex),
            most: match rex.options.max_match {
                None => Some(1),
                Some(0) => None,
                Some(most) => usize::try_from(most).ok(),
            },
        })])
    }

    /// `s/this/that/g`.
    fn sed(
        &self,
        field: &str,
        script: &str,
        span: super::super::syntax::Span,
    ) -> Result<Vec<StageKind>, Fault> {
        let unsupported = || Fault::unsupported(format!("the script `{script}` of rex"), span);
        let mut characters = script.trim().chars();
        if characters.next() != Some('s') {
            return Err(unsupported());
        }
        let mark = characters.next().ok_or_else(unsupported)?;
        let mut parts = vec![String::new()];
        while let Some(character) = characters.next() {
            match (character, parts.last_mut()) {
                (character, _) if character == mark => parts.push(String::new()),
                ('\\', Some(part)) => match characters.next() {
                    Some(next) if next == mark => part.push(next),
                    Some(next) => {
                        part.push('\\');
                        part.push(next);
                    }
                    None => part.push('\\'),
                },
                (character, Some(part)) => part.push(character),
                (_, None) => {}
            }
        }
        let [pattern, replacement, flags] = parts.as_slice() else {
            return Err(unsupported());
        };
        if flags != "g" && !flags.is_empty() {
            return Err(unsupported());
        }
        let most = if flags.is_empty() { Some(1) } else { None };
        let place = self.span(span);
        let substitute = ExprKind::Substitute {
            subject: Box::new(Expr::field(field, place)),
            regex: Box::new(compiled(pattern, span)?),
            replacement: Box::new(Expr::literal(Value::text(replacement), place)),
            most,
        };
        Ok(vec![set(
            FieldRef::new(field),
            Expr::new(substitute, place),
        )])
    }

    pub(super) fn regex(&mut self, regex: &RegexTree) -> Result<Vec<StageKind>, Fault> {
        let field = regex.field.as_ref();
        let place = self.span(regex.pattern.span);
        let matches = Predicate::new(
            PredicateKind::Matches {
                subject: Expr::field(field.map_or(RAW, |field| &field.node.text), place),
                pattern: Pattern::Regex(Box::new(compiled(
                    &regex.pattern.node,
                    regex.pattern.span,
                )?)),
                modes: Modes {
                    case: Case::Sensitive,
                    nulls: Nulls::False,
                    items: Items::Any,
                    coercion: Coercion::Text,
                },
            },
            place,
        );
        Ok(vec![filter(match regex.test {
            RegexTest::Matches => matches,
            RegexTest::DiffersFrom => matches.negated(),
        })])
    }

    pub(super) fn make_mv(&mut self, make: &MakeMv) -> Result<Vec<StageKind>, Fault> {
        let place = self.span(make.field.span);
        let subject = Expr::field(&make.field.node.text, place);
        let kind = match &make.options.tokenizer {
            Some(pattern) => ExprKind::Capture {
                subject: Box::new(subject),
                regex: Box::new(compiled(pattern, make.field.span)?),
            },
            None => {
                let delimiter = make.options.delimiter.as_deref().unwrap_or(" ");
                ExprKind::Call {
                    function: match make.options.allow_empty {
                        Some(true) => Function::Split,
                        _ => Function::SplitFull,
                    },
                    arguments: vec![subject, Expr::literal(Value::text(delimiter), place)],
                }
            }
        };
        let field = FieldRef::new(&make.field.node.text);
        Ok(vec![set(field, Expr::new(kind, place))])
    }

    pub(super) fn convert(&mut self, convert: &Convert) -> Result<Vec<StageKind>, Fault> {
        // What is to be left alone is not part of any pattern.
        let is_none = |conversion: &&Conversion| conversion.function == "none";
        let none = convert.conversions.iter().filter(is_none);
        let none: Vec<_> = none
            .map(|conversion| NamePattern::new(&conversion.field.node.text))
            .collect();
        let others = convert.conversions.iter();
        let others = others.filter(|conversion| !is_none(conversion));
        let format = convert.time_format.as_deref();
        others
            .map(|conversion| self.conversion(conversion, format, &none))
            .collect()
    }

    fn conversion(
        &self,
        conversion: &Conversion,
        format: Option<&str>,
        except: &[NamePattern],
    ) -> Result<StageKind, Fault> {
        let place = self.span(conversion.field.span);
        let name = &conversion.field.node.text;
        let format = Expr::literal(Value::text(format.unwrap_or("%m/%d/%Y %H:%M:%S")), place);
        let function = match conversion.function.as_str() {
            "ctime" => Function::FormatTime,
            "mktime" => Function::ParseTime,
            "num" => Function::NumberOrNull,
            "auto" => Function::NumberOrText,
            "dur2sec" => Function::DurationToSeconds,
            "mstime" => Function::MinutesToSeconds,
            "memk" => Function::MemoryToKilobytes,
            "rmunit" => Function::WithoutUnit,
            "rmcomma" => Function::WithoutCommas,
            other => {
                return Err(Fault::unsupported(
                    format!("the function `{other}()` of convert"),
                    conversion.field.span,
                ));
            }
        };
        let assignment = |name: &str, target: &str| {
            let subject = Expr::field(name, place);
            let arguments = match function {
                Function::FormatTime | Function::ParseTime => vec![subject, format.clone()],
                _ => vec![subject],
            };
            Assignment {
                target: Target::Field(FieldRef::new(target)),
                value: Expr::new(
                    ExprKind::Call {
                        function,
                        arguments,
                    },
                    place,
                ),
            }
        };
        if conversion.field.node.has_wildcard() {
            let body = StageKind::Extend(vec![assignment(EACH_FIELD, EACH_FIELD)]);
            return Ok(StageKind::ForEach {
                fields: vec![NamePattern::new(name)],
                except: except.to_vec(),
                body: vec![Stage::new(body, "convert", place)],
            });
        }
        let target = conversion.alias.as_ref();
        let target = target.map_or(name, |alias| &alias.node.text);
        Ok(StageKind::Extend(vec![assignment(name, target)]))
    }

    pub(super) fn spath(&self, spath: &Spath) -> Vec<StageKind> {
        let options = &spath.options;
        let input = options.input.as_ref();
        let field = FieldRef::new(input.map_or(RAW, |input| &input.node.text));
        vec![StageKind::Parse(match &options.path {
            None => Parse::Leaves { field },
            Some(path) => {
                let output = options.output.as_ref().unwrap_or(path);
                Parse::Path {
                    field,
                    path: path.node.text.as_str().into(),
                    output: FieldRef::new(&output.node.text),
                }
            }
        })]
    }

    pub(super) fn xml_kv(&self, xml: &XmlKv) -> Vec<StageKind> {
        let field = xml.field.as_ref();
        let field = FieldRef::new(field.map_or(RAW, |field| &field.node.text));
        vec![StageKind::Parse(Parse::Elements { field })]
    }

    pub(super) fn replace(&mut self, replace: &Replace) -> Result<Vec<StageKind>, Fault> {
        let mut pairs = Vec::new();
        for replacement in &replace.replacements {
            let (from, to) = (&replacement.from.node, &replacement.to.node);
            pairs.push(if to.has_wildcard() {
                Replacement::Pattern(NamePattern::new(&from.text()), NamePattern::new(&to.text()))
            } else {
                Replacement::Value(glob(from), Value::text(&to.text()))
            });
        }
        Ok(vec![StageKind::Replace {
            pairs,
            fields: patterns(&replace.fields),
        }])
    }
}

fn set(field: FieldRef, value: Expr) -> StageKind {
    StageKind::Extend(vec![Assignment {
        target: Target::Field(field),
        value,
    }])
}
