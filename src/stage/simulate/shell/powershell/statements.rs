//! Carries out statements.

use std::rc::Rc;

use super::ast::{
    Block, Element, Expression, Redirection, Statement, StatementKind, SwitchMode, Until,
};
use super::shell::{Done, Shell, Stop};
use super::value::Value;

/// The most rounds of a loop that are followed.
const MOST_ROUNDS: u32 = 256;
/// The most values of a pipeline or list that a block is run for.
const MOST_ITEMS: usize = 1_024;

impl Shell<'_> {
    /// The first of many values, or all of them.
    pub(super) fn cut(&mut self, mut items: Vec<Value>) -> Vec<Value> {
        if items.len() > MOST_ITEMS {
            self.world
                .assume(format!("what is done for {MOST_ITEMS} values tells all"));
            items.truncate(MOST_ITEMS);
        }
        items
    }

    fn cut_loop(&mut self) {
        self.world
            .assume(format!("a loop ends after {MOST_ROUNDS} rounds"));
    }

    pub(super) fn statements(
        &mut self,
        statements: &[Statement],
        out: &mut Vec<Value>,
    ) -> Done<()> {
        for statement in statements {
            self.statement(statement, out)?;
        }
        Ok(())
    }

    /// Carries out a statement; commands and assignments are noted as commands.
    pub(super) fn statement(&mut self, statement: &Statement, out: &mut Vec<Value>) -> Done<()> {
        self.world.budget.step()?;
        let is_command = matches!(
            statement.kind,
            StatementKind::Pipeline(_) | StatementKind::Assign { .. } | StatementKind::NotRead(_)
        );
        if !is_command {
            return self.deeper(|shell| shell.control(statement, out));
        }
        self.room(statement.text.len())?;
        self.world.begin_command(&statement.text);
        let line = std::mem::replace(&mut self.line, statement.text.clone());
        let done = self.deeper(|shell| shell.control(statement, out));
        self.line = line;
        self.world.end_command();
        done
    }

    /// What a statement yields as one value. Within an expression a pipeline without a
    /// command is no command of its own.
    pub(super) fn value_of(&mut self, statement: &Statement) -> Done<Value> {
        let mut out = Vec::new();
        let is_plain = match &statement.kind {
            StatementKind::Pipeline(elements) => !elements
                .iter()
                .any(|element| matches!(element, Element::Command(_))),
            _ => false,
        };
        if is_plain {
            self.world.budget.step()?;
            self.deeper(|shell| shell.control(statement, &mut out))?;
        } else {
            self.statement(statement, &mut out)?;
        }
        if let (StatementKind::Pipeline(elements), [only]) = (&statement.kind, out.as_slice()) {
            let keeps = matches!(elements.as_slice(), [Element::Expression(..)]);
            if keeps {
                return Ok(only.clone());
            }
        }
        self.room(out.len() * size_of::<Value>())?;
        Ok(Value::collected(out))
    }

    fn control(&mut self, statement: &Statement, out: &mut Vec<Value>) -> Done<()> {
        match &statement.kind {
            StatementKind::Pipeline(elements) => self.pipeline(elements, out),
            StatementKind::Assign {
                target,
                operator,
                value,
            } => {
                let new = match &value.kind {
                    // `$x = @(…)` keeps its array, whatever it holds.
                    StatementKind::Pipeline(elements) => match elements.as_slice() {
                        [Element::Expression(expression, redirections)]
                            if redirections.is_empty() =>
                        {
                            self.evaluate(expression)?
                        }
                        _ => self.value_of_inner(value)?,
                    },
                    _ => self.value_of_inner(value)?,
                };
                let new = if *operator == "=" {
                    new
                } else {
                    let old = self.evaluate(target)?;
                    let sign = operator.get(..1).unwrap_or("+");
                    self.operate(sign, old, new)?
                };
                self.assign(target, new)
            }
            StatementKind::If { clauses, otherwise } => {
                for (condition, body) in clauses {
                    if self.holds(condition)? {
                        return self.statements(body, out);
                    }
                }
                self.statements(otherwise, out)
            }
            StatementKind::Switch {
                mode,
                subject,
                clauses,
            } => self.switch(*mode, subject, clauses, out),
            StatementKind::ForEach {
                variable,
                over,
                body,
            } => {
                let items = self.value_of(over)?.items();
                for item in self.cut(items) {
                    self.world.budget.step()?;
                    self.set_variable(variable, item);
                    if !self.round(body, out)? {
                        break;
                    }
                }
                Ok(())
            }
            StatementKind::For {
                first,
                condition,
                next,
                body,
            } => {
                if let Some(first) = first {
                    self.value_of(first)?;
                }
                for _ in 0..MOST_ROUNDS {
                    self.world.budget.step()?;
                    let goes_on = match condition {
                        Some(condition) => self.value_of(condition)?.truth(),
                        None => Some(true),
                    };
                    if goes_on == Some(false) {
                        return Ok(());
                    }
                    if !self.round(body, out)? || goes_on.is_none() {
                        return Ok(());
                    }
                    if let Some(next) = next {
                        self.value_of(next)?;
                    }
                }
                self.cut_loop();
                Ok(())
            }
            StatementKind::While { condition, body } => {
                for _ in 0..MOST_ROUNDS {
                    self.world.budget.step()?;
                    let goes_on = self.value_of(condition)?.truth();
                    if goes_on == Some(false) {
                        return Ok(());
                    }
                    if goes_on.is_none() {
                        self.world
                            .assume("a loop whose condition is not known runs once");
                    }
                    if !self.round(body, out)? || goes_on.is_none() {
                        return Ok(());
                    }
                    if self.runs_for_ever(condition) {
                        self.world.assume("a loop without end runs once");
                        return Ok(());
                    }
                }
                self.cut_loop();
                Ok(())
            }
            StatementKind::Do {
                body,
                condition,
                until,
            } => {
                for _ in 0..MOST_ROUNDS {
                    self.world.budget.step()?;
                    if !self.round(body, out)? {
                        return Ok(());
                    }
                    let value = self.value_of(condition)?.truth();
                    let goes_on = match until {
                        Until::True => value.map(|value| !value),
                        Until::False => value,
                    };
                    if goes_on != Some(true) || self.runs_for_ever(condition) {
                        return Ok(());
                    }
                }
                self.cut_loop();
                Ok(())
            }
            StatementKind::Function { name, block } => {
                self.room(64)?;
                let name = name.rsplit(':').next().unwrap_or(name).to_lowercase();
                self.functions.insert(name, Rc::clone(block));
                Ok(())
            }
            StatementKind::Try {
                body,
                catch,
                finally,
            } => self.try_statement(body, catch.as_deref(), finally, out),
            StatementKind::Break => Err(Stop::Break),
            StatementKind::Continue => Err(Stop::Continue),
            StatementKind::Return(value) => {
                if let Some(value) = value {
                    self.statement(value, out)?;
                }
                Err(Stop::Return)
            }
            StatementKind::Throw(value) => {
                let value = match value {
                    Some(value) => self.value_of(value)?,
                    None => Value::Unknown,
                };
                Err(Stop::Throw(value))
            }
            StatementKind::Exit(value) => {
                let code = match value {
                    Some(value) => self.value_of(value)?.integer(),
                    None => Some(0),
                };
                Err(Stop::Exit(
                    code.and_then(|code| i32::try_from(code).ok()).unwrap_or(0),
                ))
            }
            StatementKind::NotRead(because) => {
                self.not_interpreted(format!("it cannot be read: {because}"));
                Ok(())
            }
        }
    }

    fn value_of_inner(&mut self, statement: &Statement) -> Done<Value> {
        let mut out = Vec::new();
        self.world.budget.step()?;
        self.deeper(|shell| shell.control(statement, &mut out))?;
        self.room(out.len() * size_of::<Value>())?;
        Ok(Value::collected(out))
    }

    /// Whether a condition is a constant, as in `while ($true)`: what such a loop does
    /// it does over and over, until somebody stops it.
    fn runs_for_ever(&self, condition: &Statement) -> bool {
        matches!(&condition.kind, StatementKind::Pipeline(elements)
            if matches!(elements.as_slice(), [Element::Expression(Expression::Variable(_) | Expression::Integer(_), _)]))
    }

    /// Whether a condition holds; one that is not known is taken to.
    fn holds(&mut self, condition: &Statement) -> Done<bool> {
        self.world.budget.step()?;
        let value = self.value_of(condition)?;
        Ok(value.truth().unwrap_or_else(|| {
            self.world.begin_command(&condition.text);
            self.world.assume(format!("`{}` holds", condition.text));
            self.world.end_command();
            true
        }))
    }

    /// A round of a loop; says whether it goes on.
    fn round(&mut self, body: &[Statement], out: &mut Vec<Value>) -> Done<bool> {
        match self.statements(body, out) {
            Ok(()) | Err(Stop::Continue) => Ok(true),
            Err(Stop::Break) => Ok(false),
            Err(stop) => Err(stop),
        }
    }

    fn switch(
        &mut self,
        mode: SwitchMode,
        subject: &Statement,
        clauses: &[(Expression, Vec<Statement>)],
        out: &mut Vec<Value>,
    ) -> Done<()> {
        for item in self.value_of(subject)?.items() {
            self.world.budget.step()?;
            self.set_variable("_", item.clone());
            let mut matched = false;
            for (test, body) in clauses {
                let is_default =
                    matches!(test, Expression::Text(word) if word.eq_ignore_ascii_case("default"));
                let matches = if is_default {
                    !matched
                } else if let Expression::Block(block) = test {
                    let mut found = Vec::new();
                    self.call_in_scope(block, &mut found)?;
                    Value::collected(found).truth().unwrap_or(true)
                } else {
                    let wanted = self.evaluate(test)?;
                    let operator = match mode {
                        SwitchMode::Exact => "eq",
                        SwitchMode::Wildcard => "like",
                        SwitchMode::Regex => "match",
                    };
                    self.operate(operator, item.clone(), wanted)?
                        .truth()
                        .unwrap_or(false)
                };
                if matches {
                    matched = true;
                    match self.statements(body, out) {
                        Ok(()) => {}
                        Err(Stop::Break | Stop::Continue) => break,
                        Err(stop) => return Err(stop),
                    }
                }
            }
        }
        Ok(())
    }

    fn try_statement(
        &mut self,
        body: &[Statement],
        catch: Option<&[Statement]>,
        finally: &[Statement],
        out: &mut Vec<Value>,
    ) -> Done<()> {
        self.tries += 1;
        let done = self.statements(body, out);
        self.tries -= 1;
        let done = match (done, catch) {
            (Err(Stop::Throw(value)), Some(catch)) => {
                let message = self.object("System.Exception", &[("Message", value)])?;
                let error = self.object(
                    "System.Management.Automation.ErrorRecord",
                    &[("Exception", message)],
                )?;
                self.set_variable("_", error);
                self.statements(catch, out)
            }
            (done, _) => done,
        };
        if !matches!(done, Err(Stop::Exhausted(_))) {
            self.statements(finally, out)?;
        }
        done
    }

    fn pipeline(&mut self, elements: &[Element], out: &mut Vec<Value>) -> Done<()> {
        let mut carried: Option<Vec<Value>> = None;
        for element in elements {
            let mut made = Vec::new();
            let redirections = match element {
                Element::Expression(expression, redirections) => {
                    let value = self.evaluate(expression)?;
                    let keeps_silent = matches!(expression, Expression::Step(..));
                    if !keeps_silent {
                        made.extend(value.items());
                    }
                    redirections
                }
                Element::Command(command) => {
                    self.command(command, carried.take(), &mut made)?;
                    &command.redirections
                }
            };
            for redirection in redirections {
                self.redirect(redirection, &mut made)?;
            }
            self.room(made.len() * size_of::<Value>())?;
            carried = Some(made);
        }
        out.extend(carried.unwrap_or_default());
        Ok(())
    }

    /// Writes output to a file instead.
    fn redirect(&mut self, redirection: &Redirection, made: &mut Vec<Value>) -> Done<()> {
        let target = self.evaluate(&redirection.target)?;
        let name = self.text_of(&target)?;
        let takes_output = redirection.stream <= 1;
        let values = if takes_output {
            std::mem::take(made)
        } else {
            Vec::new()
        };
        if target.truth() == Some(false) || name.eq_ignore_ascii_case("nul") || name.is_empty() {
            return Ok(());
        }
        let text = if takes_output {
            self.lines_of(&values)?
        } else {
            Some(String::new())
        };
        let path = self.full_path(&name);
        self.write_text(&path, text, redirection.appends);
        Ok(())
    }

    /// Runs a block in the scope that is there.
    pub(super) fn call_in_scope(&mut self, block: &Rc<Block>, out: &mut Vec<Value>) -> Done<()> {
        if self.is_deep() || self.world.budget.enter().is_err() {
            self.not_interpreted("it calls itself too deeply");
            return Ok(());
        }
        let done = self.run_block(block, None, out);
        self.world.budget.leave();
        done
    }

    /// Runs a block's parts.
    pub(super) fn run_block(
        &mut self,
        block: &Rc<Block>,
        input: Option<Vec<Value>>,
        out: &mut Vec<Value>,
    ) -> Done<()> {
        let returned = (|| {
            self.statements(&block.begin, out)?;
            if !block.process.is_empty() {
                for item in input.clone().unwrap_or_else(|| vec![Value::Null]) {
                    self.world.budget.step()?;
                    self.set_variable("_", item);
                    self.statements(&block.process, out)?;
                }
            }
            if let Some(input) = input {
                let input = self.array(input)?;
                self.set_variable("input", input);
            }
            self.statements(&block.end, out)
        })();
        match returned {
            Err(Stop::Return) => Ok(()),
            other => other,
        }
    }
}
