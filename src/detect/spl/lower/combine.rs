//! Commands that bring in tables and other searches.
//!
//! Source: Splunk, "Search Reference", the page of each command.

use std::sync::Arc;

use super::super::syntax::{
    self, Append, AppendPipe, Field, Foreach, ForeachMode, InputLookup, Join as JoinTree, JoinType,
    Lookup as LookupTree, LookupMatch, OutputMode, Return, Returned,
};
use super::{Fault, Lowerer, Position};
use crate::detect::plan::{
    EACH_FIELD, EACH_MATCH, Existing, FieldRef, Internal, Join, Limit, Lookup, Membership,
    NamePattern, Pipeline, Projection, Source, Stage, StageKind, Table,
};
use crate::diagnostic::{Code, Diagnostic, Place};

impl Lowerer<'_> {
    /// The lookup table of a name; an empty one if it is not at hand.
    pub(super) fn table(&mut self, name: &Field) -> Arc<Table> {
        let known = self.environment.tables.get(&name.node.text);
        let table = known.cloned().unwrap_or_else(|| {
            let why = "no lookup of this name is at hand".to_owned();
            Arc::new(Table::missing(&name.node.text, why))
        });
        if let Some(why) = &table.missing {
            let message = format!("the lookup `{}` is taken as empty: {why}", table.name);
            let span = self.span(name.span);
            self.problems.push(
                Diagnostic::warning(Code::SPL_MISSING_LOOKUP, message)
                    .at(Place::span(self.query.source, span.range()))
                    .help("give the folder of its tables with `--lookups`"),
            );
        }
        table
    }

    pub(super) fn lookup(&mut self, lookup: &LookupTree) -> Vec<StageKind> {
        let columns = |matches: &[LookupMatch]| {
            let matches = matches.iter();
            matches
                .map(|one| {
                    let field = one.field.as_ref().unwrap_or(&one.column);
                    (
                        Arc::from(one.column.node.text.as_str()),
                        FieldRef::new(&field.node.text),
                    )
                })
                .collect()
        };
        vec![StageKind::Lookup(Lookup {
            table: self.table(&lookup.table),
            matches: columns(&lookup.matches),
            outputs: columns(&lookup.outputs),
            existing: match lookup.mode {
                Some(OutputMode::OutputNew) => Existing::Kept,
                Some(OutputMode::Output) | None => Existing::Replaced,
            },
        })]
    }

    /// What `inputlookup` adds to the rows of its table, or to those that are there.
    pub(super) fn input_lookup(&mut self, input: &InputLookup) -> Result<Vec<StageKind>, Fault> {
        let mut stages = Vec::new();
        if let Some(condition) = &input.condition {
            stages.push(self.search(condition)?);
        }
        if let Some(most) = input.options.max {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            stages.push(StageKind::Limit(Limit::First(most)));
        }
        if input.options.append != Some(true) {
            return Ok(stages);
        }
        let table = self.table(&input.table);
        let span = self.span(input.table.span);
        let stages = stages.into_iter();
        let stages = stages.map(|kind| Stage::new(kind, "inputlookup", span));
        Ok(vec![StageKind::Append(Box::new(Pipeline::new(
            Source::Table(table),
            stages.collect(),
        )))])
    }

    pub(super) fn join(&mut self, join: &JoinTree) -> Result<Vec<StageKind>, Fault> {
        let options = &join.options;
        if !join.pairs.is_empty() || options.left.is_some() || options.right.is_some() {
            return Err(Fault::unsupported(
                "join on fields of different names",
                join.subsearch.span,
            ));
        }
        if options.use_time == Some(true) {
            return Err(Fault::unsupported("`usetime` of join", join.subsearch.span));
        }
        Ok(vec![StageKind::Join(Box::new(Join {
            pipeline: self.pipeline(&join.subsearch.node, Position::Inner),
            keys: join
                .fields
                .iter()
                .map(|field| FieldRef::new(&field.node.text))
                .collect(),
            unmatched: match options.kind {
                Some(JoinType::Outer | JoinType::Left) => Membership::In,
                Some(JoinType::Inner) | None => Membership::NotIn,
            },
            most: match options.max {
                None => Some(1),
                Some(0) => None,
                Some(most) => usize::try_from(most).ok(),
            },
            existing: match options.overwrite {
                Some(false) => Existing::Kept,
                _ => Existing::Replaced,
            },
        }))])
    }

    pub(super) fn append(&mut self, append: &Append) -> Vec<StageKind> {
        let pipeline = self.pipeline(&append.subsearch.node, Position::Inner);
        vec![StageKind::Append(Box::new(pipeline))]
    }

    pub(super) fn append_pipe(&mut self, append: &AppendPipe) -> Vec<StageKind> {
        let pipeline = self.pipeline(&append.subpipeline.node, Position::Given);
        vec![StageKind::AppendResults(Box::new(pipeline))]
    }

    pub(super) fn for_each(&mut self, foreach: &Foreach) -> Result<Vec<StageKind>, Fault> {
        let options = &foreach.options;
        if !matches!(options.mode, None | Some(ForeachMode::MultiField)) {
            return Err(Fault::unsupported("foreach over values", foreach.body.span));
        }
        let mut body = foreach.body.node.clone();
        for (given, known) in [
            (&options.field_str, EACH_FIELD),
            (&options.match_str, EACH_MATCH),
        ] {
            if let Some(given) = given {
                body = body.replace(given.as_str(), known);
            }
        }
        let body = format!("| {}", quoted(&body).trim().trim_start_matches('|'));
        let tree = syntax::parse(&body).map_err(|error| Fault::Invalid {
            why: format!("the search inside foreach: {}", error.message),
            span: foreach.body.span,
        })?;
        let mut stages = Vec::new();
        for command in &tree.pipeline.commands {
            // Places inside the body are told as the body's.
            let kinds = self.command(command).map_err(|fault| match fault {
                Fault::Unsupported { what, .. } => Fault::unsupported(what, foreach.body.span),
                Fault::Invalid { why, .. } => Fault::invalid(why, foreach.body.span),
            })?;
            let span = self.span(foreach.body.span);
            let name = command.node.name();
            stages.extend(kinds.into_iter().map(|kind| Stage::new(kind, name, span)));
        }
        Ok(vec![StageKind::ForEach {
            fields: super::command::patterns(&foreach.fields),
            except: Vec::new(),
            body: stages,
        }])
    }

    pub(super) fn returned(&self, given: &Return) -> Vec<StageKind> {
        let count = given.count.and_then(|count| usize::try_from(count).ok());
        let mut renamed = Vec::new();
        let mut kept = Vec::new();
        for field in &given.fields {
            match field {
                Returned::Field(field) | Returned::Value(field) => {
                    kept.push(NamePattern::new(&field.node.text));
                }
                Returned::Alias { alias, field } => {
                    renamed.push((
                        NamePattern::new(&field.node.text),
                        NamePattern::new(&alias.node.text),
                    ));
                    kept.push(NamePattern::new(&alias.node.text));
                }
            }
        }
        vec![
            StageKind::Limit(Limit::First(count.unwrap_or(1))),
            StageKind::Rename(renamed),
            StageKind::Project(Projection::Keep {
                patterns: kept,
                internal: Internal::Same,
            }),
        ]
    }
}

/// Words with placeholders that stand outside of quotes, as names in quotes.
fn quoted(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut open: Option<char> = None;
    let mut rest = body;
    while let Some(character) = rest.chars().next() {
        if open.is_none() {
            let word = word_of(rest);
            if word.contains("<<") {
                out.push('\'');
                out.push_str(word);
                out.push('\'');
                rest = &rest[word.len()..];
                continue;
            }
            if !word.is_empty() {
                out.push_str(word);
                rest = &rest[word.len()..];
                continue;
            }
        }
        match (character, open) {
            ('"' | '\'', None) => open = Some(character),
            (character, Some(mark)) if character == mark => open = None,
            _ => {}
        }
        out.push(character);
        rest = &rest[character.len_utf8()..];
        if character == '\\'
            && let Some(next) = rest.chars().next()
        {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    out
}

/// The word that a text begins with: name characters and placeholders.
fn word_of(text: &str) -> &str {
    let mut end = 0;
    while let Some(rest) = text.get(end..) {
        let placeholder = [EACH_FIELD, EACH_MATCH]
            .into_iter()
            .find(|placeholder| rest.starts_with(*placeholder));
        let next = rest.chars().next();
        end += match (placeholder, next) {
            (Some(placeholder), _) => placeholder.len(),
            (None, Some(next)) if next.is_alphanumeric() || next == '_' => next.len_utf8(),
            _ => break,
        };
    }
    &text[..end]
}
