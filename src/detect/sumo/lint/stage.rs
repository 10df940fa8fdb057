//! Operators, one after the other, and what they leave of the fields.

use super::Linter;
use super::conjunction::Facts;
use super::fields::Known;
use super::rules::{DUPLICATE_FIELD, LAZY_PARSE};
use crate::detect::lint::{Edit, Finding, Holds, Remedy};
use crate::detect::plan::compare::Case;
use crate::detect::plan::regex::{Anchoring, Flavour, Regex};
use crate::detect::sumo::syntax::{
    Aggregate, AggregateFunction, Aggregation, Assignment, Expression, ExpressionKind, Field,
    FieldName, FieldsMode, Json, JsonMode, KeyValue, KeyValueMode, Operator, Parse, ParseRegex,
    Quoting, Span, Spanned, Unmatched,
};

impl Linter<'_> {
    pub(super) fn stage(&mut self, operator: &Spanned<Operator>) {
        match &operator.node {
            Operator::Where(condition) => {
                self.expression(condition);
                self.conjunction(condition);
            }
            Operator::Assignment(assignment) => self.assignment(assignment),
            Operator::Parse(parse) => self.parse(parse, operator.span),
            Operator::ParseRegex(parse) => self.parse_regex(parse),
            Operator::Json(json) => self.json(json),
            Operator::KeyValue(pairs) => self.key_value(pairs),
            Operator::Fields { mode, fields } => self.projection(*mode, fields),
            Operator::Aggregate(aggregate) => self.aggregate(aggregate),
            Operator::Timeslice(slice) => {
                let name = slice.name.as_ref().map(|name| name.node.text.clone());
                let name = name.unwrap_or_else(|| "_timeslice".to_owned());
                self.made(&name, Known::default());
            }
            Operator::Sort(sort) => {
                for key in &sort.keys {
                    self.read_field(&key.field);
                }
            }
            Operator::Top(top) => {
                self.read_fields(&top.fields);
                // What `by` may hold besides expressions is in no form of the tree.
                self.fields.open();
            }
            Operator::Dedup(dedup) => self.read_fields(&dedup.by),
            Operator::Running(running) => {
                self.read_field(&running.field);
                self.read_fields(&running.by);
                let name = match &running.name {
                    Some(name) => name.node.text.clone(),
                    None => format!("_{}", running.function.name()),
                };
                self.made(&name, number());
            }
            Operator::Limit(_) | Operator::Save { .. } => {}
            Operator::Unknown(unknown) => self.unknown_operator(unknown, operator.span),
            _ => {
                // Rows of other kinds may come of it.
                self.absent_fields();
                self.facts = Facts::default();
                self.fields.open();
            }
        }
    }

    fn read_fields(&mut self, fields: &[Field]) {
        for field in fields {
            self.read_field(field);
        }
    }

    /// A field gets another value: nothing that was known of it holds any more.
    pub(super) fn made(&mut self, name: &str, known: Known) {
        self.facts.forget(name);
        self.fields.make_named(name, known);
    }

    fn assignment(&mut self, assignment: &Assignment) {
        self.expression(&assignment.value);
        let known = self.fields.known(&assignment.value);
        let name = match (&assignment.name, &assignment.value.node) {
            (Some(name), _) => Some(name.node.text.clone()),
            (None, ExpressionKind::Call { arguments, .. }) => {
                arguments.first().and_then(field_name).map(str::to_owned)
            }
            (None, _) => None,
        };
        if let Some(name) = name {
            self.made(&name, known);
        }
    }

    fn parse(&mut self, parse: &Parse, span: Span) {
        let mut known = Known::default();
        if let Some(field) = &parse.field {
            self.read_field(field);
            let of = self.fields.known(&Spanned::new(
                ExpressionKind::Field(field.node.clone()),
                field.span,
            ));
            if matches!(of.holds, Some(Holds::Path | Holds::PathPart)) {
                self.lazy_parse(parse, field, span);
                known = Known {
                    holds: Some(Holds::PathPart),
                    ..of
                };
            }
        }
        for name in parse.terms.iter().flat_map(|term| &term.names) {
            self.made(&name.node.text, known);
        }
    }

    /// `"*\\*"` on a path: the first backslash parts it, not the last one.
    fn lazy_parse(&mut self, parse: &Parse, field: &Field, span: Span) {
        let [term] = parse.terms.as_slice() else {
            return;
        };
        let [first, second] = term.names.as_slice() else {
            return;
        };
        let pattern = term.pattern.node.text();
        let Some(separator @ ("\\" | "/")) = pattern
            .strip_prefix('*')
            .and_then(|rest| rest.strip_suffix('*'))
        else {
            return;
        };
        let (first, second) = (&first.node, &second.node);
        let finding = Finding::new(
            &LAZY_PARSE,
            format!(
                "`{}` ends at the first `{separator}` of the path, so that `{}` is all that follows it",
                first.text, second.text
            ),
            self.query.place(term.pattern.span),
        );
        if !is_group(first) || !is_group(second) {
            self.tell(finding.help("part it at the last separator with `parse regex`"));
            return;
        }
        let (escaped, class) = match separator {
            "\\" => (r"\\", r"[^\\]"),
            _ => ("/", "[^/]"),
        };
        let source = self.text(field.span);
        let nodrop = match parse.unmatched {
            Unmatched::Keep => " nodrop",
            Unmatched::Drop => "",
        };
        let better = format!(
            "parse regex field={source} \"^(?<{}>.*){escaped}(?<{}>{class}*)$\"{nodrop}",
            first.text, second.text
        );
        let edit = Edit::replace(&self.query, span, better);
        let title = "part it at the last separator with `parse regex`";
        self.tell(finding.fix(Remedy::Proposed, title, vec![edit]));
    }

    fn parse_regex(&mut self, parse: &ParseRegex) {
        if let Some(field) = &parse.field {
            self.read_field(field);
        }
        for pattern in &parse.patterns {
            let regex = Regex::new(
                pattern.node.raw(),
                Flavour::Java,
                Anchoring::Find,
                Case::Sensitive,
            );
            match regex {
                Ok(regex) => {
                    let names: Vec<_> =
                        regex.group_names().into_iter().map(str::to_owned).collect();
                    for name in names {
                        self.made(&name, Known::default());
                    }
                }
                Err(_) => self.fields.open(),
            }
        }
    }

    fn json(&mut self, json: &Json) {
        if let Some(field) = &json.field {
            self.read_field(field);
        }
        match &json.mode {
            JsonMode::Paths { paths, names } if names.is_empty() => {
                for path in paths {
                    let text = path.node.text();
                    let last = text.rsplit('.').next().unwrap_or(&text);
                    self.made(last, Known::default());
                }
            }
            JsonMode::Paths { names, .. } => self.made_all(names),
            JsonMode::Auto { names, .. } => {
                self.made_all(names);
                self.fields.infer();
            }
        }
    }

    fn key_value(&mut self, pairs: &KeyValue) {
        if let Some(field) = &pairs.field {
            self.read_field(field);
        }
        if pairs.mode == KeyValueMode::Auto || pairs.keys.is_empty() {
            self.fields.infer();
        }
        self.made_all(&pairs.names);
        if pairs.names.is_empty() {
            for key in &pairs.keys {
                self.made(&key.node.text(), Known::default());
            }
        }
    }

    fn made_all(&mut self, names: &[Field]) {
        for name in names {
            self.made(&name.node.text, Known::default());
        }
    }

    fn projection(&mut self, mode: FieldsMode, fields: &[Field]) {
        let mut seen: Vec<String> = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let lower = field.node.text.to_lowercase();
            if seen.contains(&lower) {
                let before = index.checked_sub(1).and_then(|index| fields.get(index));
                self.duplicate(field, before);
            } else {
                self.read_field(field);
                seen.push(lower);
            }
        }
        self.fields.project(mode, fields);
    }

    fn duplicate(&mut self, field: &Field, before: Option<&Field>) {
        let finding = Finding::new(
            &DUPLICATE_FIELD,
            format!("`{}` is named twice, so the search fails", field.node.text),
            self.query.place(field.span),
        );
        let edits = before.map(|before| {
            let span = Span::new(before.span.end, field.span.end);
            vec![Edit::replace(&self.query, span, "")]
        });
        let title = "name it once";
        self.tell(finding.fix(Remedy::Certain, title, edits.unwrap_or_default()));
    }

    fn aggregate(&mut self, tree: &Aggregate) {
        let mut names = Vec::new();
        for key in &tree.by {
            self.expression(&key.value);
            match (&key.name, field_name(&key.value)) {
                (Some(name), _) => {
                    let known = self.fields.known(&key.value);
                    self.made(&name.node.text, known);
                    names.push(name.node.text.clone());
                    // After the last key it may name the result instead.
                    names.extend(field_name(&key.value).map(str::to_owned));
                }
                (None, Some(name)) => names.push(name.to_owned()),
                (None, None) => self.fields.open(),
            }
        }
        for function in &tree.aggregations {
            for argument in &function.arguments {
                self.expression(argument);
            }
        }
        self.fields.aggregate(names);
        for function in &tree.aggregations {
            self.made(&result_of(function), number());
            if matches!(
                function.function,
                AggregateFunction::Pct | AggregateFunction::PctSampling
            ) {
                self.fields.open();
            }
        }
    }
}

fn number() -> Known {
    Known {
        is_number: true,
        ..Known::default()
    }
}

fn result_of(function: &Aggregation) -> String {
    match &function.name {
        Some(name) => name.node.text.clone(),
        None => format!("_{}", function.function.name()),
    }
}

fn field_name(value: &Expression) -> Option<&str> {
    match &value.node {
        ExpressionKind::Field(name) => Some(&name.text),
        _ => None,
    }
}

/// Whether a group of a regular expression may have this name.
fn is_group(name: &FieldName) -> bool {
    let mut letters = name.text.chars();
    name.quoting == Quoting::Bare
        && letters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.text.ends_with('_')
}
