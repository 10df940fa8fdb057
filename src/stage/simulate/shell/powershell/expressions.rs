//! Works expressions out.

use std::rc::Rc;

use super::ast::{Expression, Piece};
use super::shell::{Done, Shell};
use super::value::Value;

impl Shell<'_> {
    pub(super) fn evaluate(&mut self, expression: &Expression) -> Done<Value> {
        self.deeper(|shell| shell.evaluate_inner(expression))
    }

    fn evaluate_inner(&mut self, expression: &Expression) -> Done<Value> {
        match expression {
            Expression::Integer(value) => Ok(Value::Integer(*value)),
            Expression::Real(value) => Ok(Value::Real(*value)),
            Expression::Text(text) => self.new_text(text),
            Expression::Expandable(pieces) => self.expand(pieces),
            Expression::Variable(name) | Expression::Splat(name) => self.variable(name),
            Expression::Type(name) => Ok(Value::text_type(name)),
            Expression::Cast(name, inner) => {
                let value = self.evaluate(inner)?;
                self.cast(name, value)
            }
            Expression::Unary(operator, inner) => {
                let value = self.evaluate(inner)?;
                self.unary(operator, value)
            }
            Expression::Binary(..) => self.chain(expression),
            Expression::List(items, _) => {
                let mut values = Vec::new();
                for item in items {
                    values.push(self.evaluate(item)?);
                }
                self.array(values)
            }
            Expression::Array(statements) => {
                let mut out = Vec::new();
                self.inner_statements(statements, &mut out)?;
                self.array(out)
            }
            Expression::Sub(statements) => {
                let mut out = Vec::new();
                self.inner_statements(statements, &mut out)?;
                Ok(Value::collected(out))
            }
            Expression::Parenthesis(statement) => {
                let value = self.value_of(statement)?;
                if let super::ast::StatementKind::Assign { target, .. } = &statement.kind {
                    return self.evaluate(target);
                }
                Ok(value)
            }
            Expression::Table(entries) => self.table(entries),
            Expression::Block(block) => Ok(Value::Block(Rc::clone(block))),
            Expression::Member(of, name) => {
                let of = self.evaluate(of)?;
                let name = self.evaluate(name)?;
                let name = self.text_of(&name)?;
                self.member(&of, &name)
            }
            Expression::StaticMember(of, name) => {
                let of = self.evaluate(of)?;
                let of = self.text_of(&of)?;
                let name = self.evaluate(name)?;
                let name = self.text_of(&name)?;
                self.static_member(&of, &name)
            }
            Expression::Index(of, index) => {
                let of = self.evaluate(of)?;
                let index = self.evaluate(index)?;
                self.index(&of, &index)
            }
            Expression::Invoke(of, name, arguments) => {
                let of = self.evaluate(of)?;
                let name = self.evaluate(name)?;
                let name = self.text_of(&name)?;
                let arguments = self.all(arguments)?;
                self.invoke(&of, &name, arguments)
            }
            Expression::InvokeStatic(of, name, arguments) => {
                let of = self.evaluate(of)?;
                let of = self.text_of(&of)?;
                let name = self.evaluate(name)?;
                let name = self.text_of(&name)?;
                let arguments = self.all(arguments)?;
                self.invoke_static(&of, &name, arguments)
            }
            Expression::Step(target, by) => {
                let old = self.evaluate(target)?;
                let new = self.operate("+", old.clone(), Value::Integer(*by))?;
                self.assign(target, new)?;
                Ok(old)
            }
        }
    }

    fn inner_statements(
        &mut self,
        statements: &[super::ast::Statement],
        out: &mut Vec<Value>,
    ) -> Done<()> {
        for statement in statements {
            if let super::ast::StatementKind::Pipeline(elements) = &statement.kind
                && let [super::ast::Element::Expression(expression, _)] = elements.as_slice()
            {
                self.world.budget.step()?;
                let value = self.evaluate(expression)?;
                out.extend(value.items());
                continue;
            }
            self.statement(statement, out)?;
        }
        Ok(())
    }

    fn all(&mut self, expressions: &[Expression]) -> Done<Vec<Value>> {
        expressions
            .iter()
            .map(|expression| self.evaluate(expression))
            .collect()
    }

    /// Joins a text's parts. A text that is one unknown value alone is unknown.
    fn expand(&mut self, pieces: &[Piece]) -> Done<Value> {
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Value(expression) => {
                    let value = self.evaluate(expression)?;
                    if value.is_unknown() && pieces.len() == 1 {
                        return Ok(Value::Unknown);
                    }
                    text.push_str(&self.text_of(&value)?);
                }
            }
        }
        self.new_text(text)
    }

    /// Works out operators in a row from the left, without going down at each.
    fn chain(&mut self, expression: &Expression) -> Done<Value> {
        let mut rights = Vec::new();
        let mut at = expression;
        while let Expression::Binary(operator, left, right) = at {
            rights.push((*operator, right));
            at = left;
        }
        let mut value = self.evaluate(at)?;
        while let Some((operator, right)) = rights.pop() {
            let decided = match operator {
                "and" => value.truth() == Some(false),
                "or" => value.truth() == Some(true),
                _ => false,
            };
            if decided {
                value = Value::Bool(operator == "or");
                continue;
            }
            let right = self.evaluate(right)?;
            value = self.operate(operator, value, right)?;
        }
        Ok(value)
    }

    fn table(&mut self, entries: &[(Expression, super::ast::Statement)]) -> Done<Value> {
        let table = self.object(super::HASHTABLE, &[])?;
        for (key, value) in entries {
            let key = self.evaluate(key)?;
            let key = self.text_of(&key)?;
            let value = self.value_of_entry(value)?;
            self.set_property(&table, &key, value)?;
        }
        Ok(table)
    }

    fn value_of_entry(&mut self, statement: &super::ast::Statement) -> Done<Value> {
        if let super::ast::StatementKind::Pipeline(elements) = &statement.kind
            && let [super::ast::Element::Expression(expression, _)] = elements.as_slice()
        {
            return self.evaluate(expression);
        }
        self.value_of(statement)
    }

    fn index(&mut self, of: &Value, index: &Value) -> Done<Value> {
        if of.is_unknown() || index.is_unknown() {
            return Ok(Value::Unknown);
        }
        if let Value::Object(_) = of {
            if !self.is_table(of) {
                return Ok(Value::Unknown);
            }
            let name = self.text_of(index)?;
            return Ok(self.property(of, &name).unwrap_or(Value::Null));
        }
        let signs: Vec<Value> = match of {
            Value::Text(text) => {
                self.room(text.len() * 8)?;
                text.chars()
                    .map(|sign| Value::text(sign.to_string()))
                    .collect()
            }
            other => {
                self.room(std::mem::size_of_val(other.slice()))?;
                other.items()
            }
        };
        let mut found = Vec::new();
        for place in index.slice() {
            let Some(at) = place.integer() else {
                continue;
            };
            let length = i64::try_from(signs.len()).unwrap_or(0);
            let at = if at < 0 { length + at } else { at };
            let item = usize::try_from(at).ok().and_then(|at| signs.get(at));
            if let Some(item) = item {
                found.push(item.clone());
            }
        }
        match index {
            Value::Array(_) => self.array(found),
            _ => Ok(found.pop().unwrap_or(Value::Null)),
        }
    }
}
