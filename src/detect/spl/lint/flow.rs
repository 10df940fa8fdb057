//! Commands, one after the other.

use std::collections::BTreeSet;

use super::event::Scope;
use super::expression::Role;
use super::fields::Rows;
use super::rules::{ALWAYS_COUNTED, GONE_FIELD};
use super::{Linter, Weight, as_bad_as};
use crate::detect::lint::Remedy;
use crate::detect::spl::Deployment;
use crate::detect::spl::syntax::{
    Aggregation, Argument, ByField, Command, ComparisonOperator, Expression, ExpressionKind, Field,
    HeadLimit, JoinType, Pipeline, RegexTest, RexMode, SearchExpression, SearchExpressionKind,
    SearchOperator, Span, Spanned,
};
use crate::diagnostic::{Severity, did_you_mean};

impl Linter<'_> {
    /// Looks over commands that are given rows, and says which rows they give.
    pub(super) fn pipeline(&mut self, tree: &Pipeline, mut rows: Rows) -> Rows {
        let mut scope = None;
        for command in &tree.commands {
            let inner = self.command(command, &rows, &mut scope);
            rows.pass(&command.node, inner.as_ref());
        }
        rows
    }

    /// Looks over one command; gives the rows of its own search.
    fn command(
        &mut self,
        command: &Spanned<Command>,
        rows: &Rows,
        scope: &mut Option<Scope>,
    ) -> Option<Rows> {
        match &command.node {
            Command::Search(condition) => {
                if rows.are_raw {
                    self.sourcetypes(condition);
                    self.events(condition, Weight::Required, scope);
                }
                self.condition(condition, Weight::Required, rows);
            }
            Command::Where(tree) => {
                self.expression(tree, Role::Filter(Weight::Required), rows);
            }
            Command::Eval(assignments) => {
                let mut rows = rows.clone();
                for assignment in assignments {
                    self.expression(&assignment.value, Role::Value, &rows);
                    rows.pass(&Command::Eval(vec![assignment.clone()]), None);
                }
            }
            Command::Stats(stats) => {
                self.grouped_by(&stats.by, Severity::Error, rows, scope.as_ref());
                self.aggregated(&stats.aggregations, rows);
            }
            Command::EventStats(stats) => {
                self.grouped_by(&stats.by, Severity::Warning, rows, scope.as_ref());
                self.aggregated(&stats.aggregations, rows);
            }
            Command::StreamStats(stats) => {
                self.grouped_by(&stats.by, Severity::Warning, rows, scope.as_ref());
                self.aggregated(&stats.aggregations, rows);
            }
            Command::Tstats(tstats) => {
                self.data_model(tstats);
                if let Some(condition) = &tstats.condition {
                    self.condition(condition, Weight::Required, &Rows::events());
                }
            }
            Command::Dedup(dedup) if dedup.options.keep_empty != Some(true) => {
                self.named(&dedup.fields, Severity::Error, rows);
            }
            Command::Regex(regex) => {
                let severity = match regex.test {
                    RegexTest::Matches => Severity::Error,
                    RegexTest::DiffersFrom => Severity::Warning,
                };
                self.named(regex.field.as_slice(), severity, rows);
                let field = regex.field.as_ref().map(|field| field.node.text.as_str());
                let field = field.filter(|_| regex.test == RegexTest::Matches);
                self.regex_text(regex.pattern.span, &regex.pattern.node, field);
            }
            Command::Rex(rex) => {
                self.named(rex.options.field.as_slice(), Severity::Warning, rows);
                if rex.options.mode != Some(RexMode::Sed) {
                    self.regex_text(rex.pattern.span, &rex.pattern.node, None);
                }
            }
            Command::MvExpand(expand) => {
                self.named(std::slice::from_ref(&expand.field), Severity::Warning, rows);
            }
            Command::Head(head) => {
                if let Some(HeadLimit::While(tree)) = &head.limit {
                    self.expression(tree, Role::Value, rows);
                }
            }
            Command::Lookup(lookup) => {
                let inputs = lookup.matches.iter();
                let inputs: Vec<_> = inputs
                    .map(|one| one.field.as_ref().unwrap_or(&one.column).clone())
                    .collect();
                self.named(&inputs, Severity::Warning, rows);
            }
            Command::InputLookup(input) => {
                if let Some(condition) = &input.condition {
                    // It is about the rows of the table.
                    self.condition(condition, Weight::Required, &Rows::events());
                }
            }
            Command::Transaction(transaction) => {
                self.named(&transaction.fields, Severity::Warning, rows);
            }
            Command::Join(join) => {
                let severity = match join.options.kind {
                    None | Some(JoinType::Inner) => Severity::Error,
                    Some(JoinType::Outer | JoinType::Left) => Severity::Warning,
                };
                let inner = self.pipeline(&join.subsearch.node, Rows::events());
                self.named(&join.fields, severity, rows);
                self.named(&join.fields, severity, &inner);
                return Some(inner);
            }
            Command::Append(append) => {
                return Some(self.pipeline(&append.subsearch.node, Rows::events()));
            }
            Command::AppendCols(append) => {
                return Some(self.pipeline(&append.subsearch.node, Rows::events()));
            }
            Command::AppendPipe(append) => {
                return Some(self.pipeline(&append.subpipeline.node, rows.clone()));
            }
            Command::Other(other) => self.known_command(other),
            _ => {}
        }
        None
    }

    /// A condition of `search`.
    pub(super) fn condition(&mut self, condition: &SearchExpression, weight: Weight, rows: &Rows) {
        self.together(condition, weight, rows.are_raw);
        match &condition.node {
            SearchExpressionKind::And(parts) => {
                for part in parts {
                    self.condition(part, weight, rows);
                }
            }
            SearchExpressionKind::Or(parts) => {
                for part in parts {
                    self.condition(part, weight.in_alternatives(), rows);
                }
            }
            SearchExpressionKind::Not(part) => self.condition(part, weight.negated(), rows),
            SearchExpressionKind::Comparison {
                field,
                operator,
                value,
            } => {
                self.missing(field, weight, rows);
                let weight = match operator {
                    SearchOperator::NotEqual => Weight::Excluded,
                    _ => weight,
                };
                self.value(field, value, weight);
            }
            SearchExpressionKind::In { field, values } => {
                self.missing(field, weight, rows);
                let weight = match values.as_slice() {
                    [_] => weight,
                    _ => weight.in_alternatives(),
                };
                for value in values {
                    self.value(field, value, weight);
                }
            }
            SearchExpressionKind::Subsearch(pipeline) => {
                self.pipeline(pipeline, Rows::events());
            }
            SearchExpressionKind::Everything
            | SearchExpressionKind::Keyword(_)
            | SearchExpressionKind::TimeModifier { .. } => {}
        }
    }

    fn missing(&mut self, field: &Field, weight: Weight, rows: &Rows) {
        self.gone_as(
            &field.node.text,
            field.span,
            weight.of_never(),
            rows,
            Naming::Plain,
        );
    }

    /// Fields that a command is about.
    fn named(&mut self, fields: &[Field], severity: Severity, rows: &Rows) {
        for field in fields {
            self.gone_as(&field.node.text, field.span, severity, rows, Naming::Plain);
        }
    }

    fn grouped_by(
        &mut self,
        by: &[ByField],
        severity: Severity,
        rows: &Rows,
        scope: Option<&Scope>,
    ) {
        for by in by {
            let field = &by.field;
            self.gone_as(&field.node.text, field.span, severity, rows, Naming::Plain);
            if let Some(scope) = scope.filter(|_| rows.are_raw) {
                self.field_of_events(field, severity, scope);
            }
        }
    }

    fn aggregated(&mut self, aggregations: &[Aggregation], rows: &Rows) {
        for aggregation in aggregations {
            match &aggregation.argument {
                Argument::Field(field) => {
                    let name = &field.node.text;
                    self.gone_as(name, field.span, Severity::Warning, rows, Naming::Plain);
                }
                Argument::Eval(tree) => self.expression(tree, Role::Value, rows),
                Argument::None | Argument::Raw(_) => {}
            }
        }
    }

    /// A field in an expression that rows lack.
    pub(super) fn gone(&mut self, name: &str, span: Span, severity: Severity, rows: &Rows) {
        self.gone_as(name, span, severity, rows, Naming::Expression);
    }

    fn gone_as(&mut self, name: &str, span: Span, severity: Severity, rows: &Rows, naming: Naming) {
        let is_word = ["null", "true", "false"]
            .iter()
            .any(|word| name.eq_ignore_ascii_case(word));
        if !rows.lack(name) || is_word {
            return;
        }
        let names = rows.names();
        let prefixed = names
            .into_iter()
            .flatten()
            .find(|other| other.rsplit_once('.').is_some_and(|(_, last)| last == name));
        let near = names
            .and_then(|names| did_you_mean(name, names.iter().map(String::as_str)))
            .filter(|near| {
                strsim::damerau_levenshtein(name, near) <= 1 || near.eq_ignore_ascii_case(name)
            });
        let meant = prefixed.map(String::as_str).or(near);
        let message = match rows.by.as_deref() {
            Some("rename") => format!("`{name}` has another name after `rename`"),
            Some(by) => format!("there is no field `{name}` after `{by}`"),
            None => format!("there is no field `{name}` here"),
        };
        let edits = match (meant, naming) {
            (Some(meant), Naming::Expression) if meant.contains(['.', '(', ' ']) => {
                self.replace(span, format!("'{meant}'"))
            }
            (Some(meant), _) => self.replace(span, meant),
            (None, _) => Vec::new(),
        };
        let meant = meant.map(str::to_owned);
        self.tell(&GONE_FIELD, span, message, |_, finding| {
            let finding = as_bad_as(severity)(finding);
            match meant {
                Some(meant) => {
                    finding.fix(Remedy::Proposed, format!("did you mean `{meant}`?"), edits)
                }
                None => finding,
            }
        });
    }

    /// `stats count by user | where count > 0`.
    pub(super) fn always_counted(
        &mut self,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
        rows: &Rows,
    ) {
        use ComparisonOperator::{Greater, GreaterOrEqual, NotEqual};
        let (ExpressionKind::Field(field), ExpressionKind::Number { value, .. }) =
            (&left.node, &right.node)
        else {
            return;
        };
        let is_always = match operator {
            Greater | NotEqual => *value == 0.0,
            GreaterOrEqual => *value <= 1.0,
            _ => false,
        };
        if is_always && rows.counts.contains(&field.text) {
            let span = Span::new(left.span.start, right.span.end);
            let message = format!("`{}` is at least 1 in every row", field.text);
            self.tell(&ALWAYS_COUNTED, span, message, |_, finding| finding);
        }
    }
}

/// How names of fields are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    /// As they are.
    Plain,
    /// In single quotes, if need be.
    Expression,
}

/// Names with dots: those that records have, and those that a search uses where only
/// names of fields stand.
pub(super) fn dotted_names(tree: &Pipeline, deployment: &Deployment) -> BTreeSet<String> {
    let kinds = deployment.records.kinds.iter();
    let mut names: BTreeSet<String> = kinds
        .flat_map(|kind| kind.base.keys())
        .filter(|name| name.contains('.'))
        .map(|name| name.to_string())
        .collect();
    let mut add = |field: &Field| {
        let name = &field.node.text;
        if name.contains('.') && !name.contains(['*', ' ']) {
            names.insert(name.clone());
        }
    };
    for command in &tree.commands {
        match &command.node {
            Command::Search(condition) => compared(condition, &mut add),
            Command::Table(fields) | Command::Fields { fields, .. } => {
                fields.iter().for_each(&mut add);
            }
            Command::Rename(renamings) => {
                renamings.iter().for_each(|one| add(&one.from));
            }
            Command::Stats(stats) => {
                stats.by.iter().for_each(|by| add(&by.field));
                for aggregation in &stats.aggregations {
                    if let Argument::Field(field) = &aggregation.argument {
                        add(field);
                    }
                }
            }
            _ => {}
        }
    }
    names
}

/// The fields that a condition compares.
fn compared(condition: &SearchExpression, add: &mut impl FnMut(&Field)) {
    match &condition.node {
        SearchExpressionKind::And(parts) | SearchExpressionKind::Or(parts) => {
            for part in parts {
                compared(part, add);
            }
        }
        SearchExpressionKind::Not(part) => compared(part, add),
        SearchExpressionKind::Comparison { field, .. } | SearchExpressionKind::In { field, .. } => {
            add(field)
        }
        _ => {}
    }
}
