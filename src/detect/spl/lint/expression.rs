//! Expressions of `where` and `eval`.

use super::fields::Rows;
use super::rules::{
    DOTTED_NAME, FIELD_FOR_TEXT, LIKE_ASTERISK, NULL_COMPARISON, TEXT_FOR_FIELD, WHERE_PRECEDENCE,
    WHERE_WILDCARD,
};
use super::{Linter, Weight, as_bad_as};
use crate::detect::lint::Remedy;
use crate::detect::spl::syntax::{
    ArithmeticOperator, ComparisonOperator, Expression, ExpressionKind, LogicalOperator, Quoting,
    Spacing, Span, UnaryOperator,
};
use crate::diagnostic::Severity;

/// What an expression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It decides which rows stay.
    Filter(Weight),
    /// It is computed.
    Value,
    /// It is computed, and may well be null.
    MayBeNull,
}

impl Role {
    /// How bad it is if a condition can never hold.
    pub(super) fn of_never(self) -> Severity {
        match self {
            Self::Filter(weight) => weight.of_never(),
            Self::Value | Self::MayBeNull => Severity::Warning,
        }
    }

    fn map(self, change: impl FnOnce(Weight) -> Weight) -> Self {
        match self {
            Self::Filter(weight) => Self::Filter(change(weight)),
            other => other,
        }
    }

    fn as_value(self) -> Self {
        match self {
            Self::Filter(_) | Self::Value => Self::Value,
            Self::MayBeNull => Self::MayBeNull,
        }
    }
}

/// A text that is written out.
pub(super) fn text_of(expression: &Expression) -> Option<&str> {
    match &expression.node {
        ExpressionKind::Text(text) => Some(text),
        _ => None,
    }
}

impl Linter<'_> {
    pub(super) fn expression(&mut self, tree: &Expression, role: Role, rows: &Rows) {
        match &tree.node {
            ExpressionKind::Field(field) => {
                if role != Role::MayBeNull {
                    let severity = role.of_never();
                    self.gone(&field.text, tree.span, severity, rows);
                }
            }
            ExpressionKind::Call {
                function,
                arguments,
            } => {
                self.known_function(function, tree.span);
                self.call(function, arguments, role, rows);
            }
            ExpressionKind::Unary { operator, operand } => {
                let role = match operator {
                    UnaryOperator::Not => role.map(Weight::negated),
                    UnaryOperator::Minus | UnaryOperator::Plus => role.as_value(),
                };
                self.expression(operand, role, rows);
            }
            ExpressionKind::Arithmetic { first, rest } => {
                if !self.dotted_name(tree, first, rest, role, rows) {
                    self.expression(first, role.as_value(), rows);
                    for (_, operand) in rest {
                        self.expression(operand, role.as_value(), rows);
                    }
                }
            }
            ExpressionKind::Comparison {
                left,
                operator,
                right,
            } => {
                self.comparison(tree, left, *operator, right, role, rows);
                self.expression(left, role, rows);
                self.expression(right, role, rows);
            }
            ExpressionKind::Membership { operand, values } => {
                self.membership(operand, values, role, rows);
            }
            ExpressionKind::Logical { operator, operands } => {
                use LogicalOperator::{And, Or};
                if *operator == Or {
                    self.where_precedence(operands);
                }
                let role = match operator {
                    And => role,
                    _ => role.map(Weight::in_alternatives),
                };
                for operand in operands {
                    self.expression(operand, role, rows);
                }
            }
            ExpressionKind::Subsearch(pipeline) => {
                self.pipeline(pipeline, Rows::events());
            }
            ExpressionKind::Number { .. }
            | ExpressionKind::Text(_)
            | ExpressionKind::Boolean(_)
            | ExpressionKind::Null => {}
        }
    }

    fn call(&mut self, function: &str, arguments: &[Expression], role: Role, rows: &Rows) {
        match (function, arguments) {
            ("in", [operand, values @ ..]) => {
                self.membership(operand, values, role, rows);
                return;
            }
            ("like", [subject, pattern]) => {
                self.like(subject, pattern, role, rows);
            }
            ("match", [subject, pattern]) => {
                self.regex(subject, pattern, role, rows);
            }
            ("replace", [_, pattern, _]) | ("mvfind", [_, pattern]) => {
                if let Some(text) = text_of(pattern) {
                    self.regex_text(pattern.span, text, None);
                }
            }
            _ => {}
        }
        let role = match function {
            "coalesce" | "isnull" | "isnotnull" | "mvappend" | "mvzip" | "if" | "case"
            | "validate" | "nullif" | "typeof" => Role::MayBeNull,
            // The name of a field that is not one: `item`.
            "mvmap" => return,
            _ => role,
        };
        for argument in arguments {
            let role = match (function, argument) {
                ("match" | "like" | "cidrmatch" | "searchmatch", _) => role,
                _ => role.as_value(),
            };
            self.expression(argument, role, rows);
        }
    }

    fn comparison(
        &mut self,
        tree: &Expression,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
        role: Role,
        rows: &Rows,
    ) {
        use ComparisonOperator::{Equal, Like, NotEqual};
        match operator {
            Equal | NotEqual => {}
            Like => {
                self.two_texts(left, right, role);
                return self.like(left, right, role, rows);
            }
            _ => return self.always_counted(left, operator, right, rows),
        }
        if self.null_comparison(tree, left, operator, right) {
            return;
        }
        self.two_texts(left, right, role);
        self.always_counted(left, operator, right, rows);
        for (subject, value) in [(left, right), (right, left)] {
            self.field_for_text(value, role, rows);
            if text_of(value).is_none() || text_of(subject).is_some() {
                continue;
            }
            if !self.wildcard(tree, subject, operator, value, role) {
                let severity = match operator {
                    Equal => role.of_never(),
                    _ => Severity::Warning,
                };
                self.letter_case(subject, value, &rows.cased, severity);
                if let (Role::Filter(weight), Equal) = (role, operator) {
                    self.case_sensitive(subject, value, weight, &rows.cased);
                }
            }
        }
    }

    fn membership(&mut self, operand: &Expression, values: &[Expression], role: Role, rows: &Rows) {
        self.expression(operand, role, rows);
        for value in values {
            let Some(text) = text_of(value) else {
                continue;
            };
            let severity = match values {
                [_] => role.of_never(),
                _ => Severity::Warning,
            };
            if is_glob(text) {
                let message = "`*` is no wildcard here";
                self.tell(&WHERE_WILDCARD, value.span, message, |_, finding| {
                    as_bad_as(severity)(finding)
                        .help("compare by `like()` with `%`, or look by `match()`")
                });
                continue;
            }
            self.letter_case(operand, value, &rows.cased, severity);
            if let (Role::Filter(weight), [first, ..]) = (role, values)
                && std::ptr::eq(first, value)
            {
                self.case_sensitive(operand, value, weight, &rows.cased);
            }
        }
    }

    /// `a="x" OR a="y" AND b="z"`: one of two values of a field, and a further condition
    /// that belongs to one of them only.
    fn where_precedence(&mut self, operands: &[Expression]) {
        let [first, second] = operands else {
            return;
        };
        let text = self.text;
        let (one, other) = match (joined(first, text), joined(second, text)) {
            (None, Some((nearest, _))) => (first, nearest),
            (Some((_, nearest)), None) => (second, nearest),
            _ => return,
        };
        if equality(one).is_none() || equality(one) != equality(other) {
            return;
        }
        let span = Span::new(
            one.span.start.min(other.span.start),
            one.span.end.max(other.span.end),
        );
        let edits = self.surround(span, "(", ")");
        let message = "`AND` is joined before this `OR`, so it belongs to one of the two only";
        self.tell(&WHERE_PRECEDENCE, span, message, |_, finding| {
            finding.fix(
                Remedy::Proposed,
                "put parentheses around what belongs together",
                edits,
            )
        });
    }

    /// `x=null`.
    fn null_comparison(
        &mut self,
        tree: &Expression,
        left: &Expression,
        operator: ComparisonOperator,
        right: &Expression,
    ) -> bool {
        let is_null = |side: &Expression| match &side.node {
            ExpressionKind::Null => true,
            ExpressionKind::Call { function, .. } => function == "null",
            ExpressionKind::Field(field) => {
                field.quoting == Quoting::Bare && field.text.eq_ignore_ascii_case("null")
            }
            _ => false,
        };
        let subject = match (is_null(left), is_null(right)) {
            (true, false) => right,
            (false, true) => left,
            _ => return false,
        };
        let function = match operator {
            ComparisonOperator::Equal => "isnull",
            _ => "isnotnull",
        };
        let subject = self.source(subject.span).map(str::to_owned);
        let edits = subject
            .map(|subject| self.replace(tree.span, format!("{function}({subject})")))
            .filter(|_| !super::boolean::is_parenthesised(self.text, tree.span));
        let message = "a comparison with null is never true";
        self.tell(&NULL_COMPARISON, tree.span, message, |_, finding| {
            finding.fix(
                Remedy::Certain,
                format!("ask by `{function}()`"),
                edits.unwrap_or_default(),
            )
        });
        true
    }

    /// `"Image"="x"`.
    fn two_texts(&mut self, left: &Expression, right: &Expression, role: Role) {
        let (Some(name), Some(value)) = (text_of(left), text_of(right)) else {
            return;
        };
        let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "_.".contains(letter));
        if name == value || !is_name {
            return;
        }
        let message = format!("`\"{name}\"` is a text here, so two texts are compared");
        let new = if name.contains('.') {
            format!("'{name}'")
        } else {
            name.to_owned()
        };
        let edits = self.replace(left.span, new.as_str());
        self.tell(&TEXT_FOR_FIELD, left.span, message, |_, finding| {
            as_bad_as(role.of_never())(finding).fix(
                Remedy::Proposed,
                format!("name the field: `{new}`"),
                edits,
            )
        });
    }

    /// `Image='C:\cmd.exe'`.
    fn field_for_text(&mut self, value: &Expression, role: Role, rows: &Rows) {
        let ExpressionKind::Field(field) = &value.node else {
            return;
        };
        let name = field.text.as_str();
        let lower = name.to_lowercase();
        let is_text = name.contains(['\\', '*', '%']) || lower.ends_with(".exe");
        if field.quoting != Quoting::Single || !is_text || rows.have(name) {
            return;
        }
        let raw = self.source(value.span).map(str::to_owned);
        let inner = raw
            .as_deref()
            .and_then(|raw| raw.strip_prefix('\'')?.strip_suffix('\''))
            .map(str::to_owned);
        let edits = inner.map(|inner| self.quoted_anew(value.span, &inner));
        let message = "this is the name of a field, not a text";
        self.tell(&FIELD_FOR_TEXT, value.span, message, |_, finding| {
            as_bad_as(role.of_never())(finding).fix(
                Remedy::Proposed,
                "write double quotes",
                edits.unwrap_or_default(),
            )
        });
    }

    /// `x="*text*"`.
    fn wildcard(
        &mut self,
        tree: &Expression,
        subject: &Expression,
        operator: ComparisonOperator,
        value: &Expression,
        role: Role,
    ) -> bool {
        let Some(text) = text_of(value).filter(|text| is_glob(text)) else {
            return false;
        };
        let (remedy, negation, severity) = match operator {
            // In a pattern, an underscore is any character.
            ComparisonOperator::Equal if text.contains('_') => {
                (Remedy::Proposed, "", role.of_never())
            }
            ComparisonOperator::Equal => (Remedy::Certain, "", role.of_never()),
            _ => (Remedy::Proposed, "NOT ", Severity::Warning),
        };
        let is_bare = !super::boolean::is_parenthesised(self.text, tree.span);
        let edits = match (self.source(subject.span), self.source(value.span)) {
            (Some(subject), Some(value)) if is_bare && !text.contains('%') => {
                let pattern = value.replace('*', "%");
                self.replace(tree.span, format!("{negation}like({subject}, {pattern})"))
            }
            _ => Vec::new(),
        };
        let message = "`*` is no wildcard here";
        self.tell(&WHERE_WILDCARD, value.span, message, |_, finding| {
            as_bad_as(severity)(finding)
                .fix(remedy, "compare by `like()` with `%`", edits)
                .help("compare by `like()` with `%`")
        });
        true
    }

    fn like(&mut self, subject: &Expression, pattern: &Expression, role: Role, rows: &Rows) {
        let Some(text) = text_of(pattern) else {
            return;
        };
        if is_glob(text) && !text.contains('%') {
            let source = self.source(pattern.span).map(|raw| raw.replace('*', "%"));
            let edits = source.map(|new| self.replace(pattern.span, new));
            let message = "`*` is no wildcard of `like`";
            self.tell(&LIKE_ASTERISK, pattern.span, message, |_, finding| {
                as_bad_as(role.of_never())(finding).fix(
                    Remedy::Certain,
                    "write `%`",
                    edits.unwrap_or_default(),
                )
            });
            return;
        }
        self.letter_case(subject, pattern, &rows.cased, role.of_never());
        if let Role::Filter(weight) = role {
            self.case_sensitive(subject, pattern, weight, &rows.cased);
        }
    }

    /// `Processes.process_name`: whether it is meant as one name.
    fn dotted_name(
        &mut self,
        tree: &Expression,
        first: &Expression,
        rest: &[(ArithmeticOperator, Expression)],
        role: Role,
        rows: &Rows,
    ) -> bool {
        let mut name = match &first.node {
            ExpressionKind::Field(field) if field.quoting == Quoting::Bare => field.text.clone(),
            _ => return false,
        };
        let mut parts = vec![name.clone()];
        for (operator, operand) in rest {
            let ExpressionKind::Field(field) = &operand.node else {
                return false;
            };
            if *operator != ArithmeticOperator::Concatenate(Spacing::Tight) {
                return false;
            }
            name.push('.');
            name.push_str(&field.text);
            parts.push(field.text.clone());
        }
        let is_meant = match rows.names() {
            Some(names) => names.contains(&name) && !parts.iter().all(|part| names.contains(part)),
            None => self.dotted.contains(&name) && !rows.lack(&name),
        };
        if !is_meant {
            return false;
        }
        let message = format!(
            "`{name}` joins the values of the fields `{}`",
            parts.join("` and `")
        );
        let edits = self.replace(tree.span, format!("'{name}'"));
        self.tell(&DOTTED_NAME, tree.span, message, |_, finding| {
            as_bad_as(role.of_never())(finding).fix(
                Remedy::Certain,
                format!("write `'{name}'`"),
                edits,
            )
        });
        true
    }
}

/// The first and the last of conditions that `AND` joins without parentheses.
fn joined<'e>(side: &'e Expression, text: &str) -> Option<(&'e Expression, &'e Expression)> {
    match &side.node {
        ExpressionKind::Logical {
            operator: LogicalOperator::And,
            operands,
        } if !super::boolean::is_parenthesised(text, side.span) => {
            Some((operands.first()?, operands.last()?))
        }
        _ => None,
    }
}

/// The field that is compared with a text.
fn equality(tree: &Expression) -> Option<&str> {
    let (subject, text) = match &tree.node {
        ExpressionKind::Comparison {
            left,
            operator: ComparisonOperator::Equal | ComparisonOperator::Like,
            right,
        } => (left.as_ref(), right.as_ref()),
        ExpressionKind::Call {
            function,
            arguments,
        } if matches!(function.as_str(), "like" | "match") => match arguments.as_slice() {
            [subject, text] => (subject, text),
            _ => return None,
        },
        _ => return None,
    };
    match &subject.node {
        ExpressionKind::Field(field) => text_of(text).map(|_| field.text.as_str()),
        _ => None,
    }
}

/// Whether a text looks like a pattern with `*`, and not like a part of a policy, in
/// which an asterisk stands as it is.
fn is_glob(text: &str) -> bool {
    let inner = text.trim_matches('*');
    let has_ends = text.starts_with('*') || text.ends_with('*');
    let is_policy = inner.ends_with(':') || inner.starts_with("arn:");
    has_ends
        && !is_policy
        && inner
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .count()
            > 1
}
