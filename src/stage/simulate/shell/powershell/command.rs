//! Commands: aliases, functions, cmdlets, scripts, and programs, in the order in which
//! PowerShell looks for them (about_Command_Precedence).

use std::rc::Rc;

use super::ast::{Argument, Block, Call, Command, Expression};
use super::shell::{Done, Shell, Stop};
use super::value::Value;
use super::vocabulary;

/// A word after a command's name, worked out.
#[derive(Debug, Clone)]
pub(super) enum Word {
    Parameter(String, Option<Value>),
    /// A value, and what stands between its parts where it is a list.
    Value(Value, &'static str),
    Verbatim(String),
}

impl Shell<'_> {
    pub(super) fn command(
        &mut self,
        command: &Command,
        input: Option<Vec<Value>>,
        out: &mut Vec<Value>,
    ) -> Done<()> {
        self.world.budget.step()?;
        let target = self.evaluate(&command.name)?;
        let words = self.words(&command.arguments)?;
        match &target {
            Value::Block(block) => {
                self.log_block(&format!("{{{}}}", block.text), None);
                self.call_block(block, &words, input, command.call, out)
            }
            Value::Unknown => {
                self.not_interpreted("what it calls is not known");
                out.push(Value::Unknown);
                Ok(())
            }
            Value::Null => {
                self.went_well = false;
                Ok(())
            }
            _ => {
                let name = self.text_of(&target)?;
                self.named(&name, command, &words, input, out)
            }
        }
    }

    fn named(
        &mut self,
        name: &str,
        command: &Command,
        words: &[Word],
        input: Option<Vec<Value>>,
        out: &mut Vec<Value>,
    ) -> Done<()> {
        let name = name.trim();
        let own = self.variable(&format!("alias of {name}"))?;
        let name = match &own {
            Value::Text(target) => target.to_string(),
            _ => vocabulary::alias(name).unwrap_or(name).to_owned(),
        };
        if let Some(block) = self.functions.get(&name.to_lowercase()).map(Rc::clone) {
            return self.call_block(&block, words, input, command.call, out);
        }
        // `Module\Cmdlet`
        let bare = match name.rsplit_once('\\') {
            Some((module, bare))
                if bare.contains('-')
                    && !bare.contains('.')
                    && !module.contains([':', '\\', '.']) =>
            {
                bare.to_owned()
            }
            _ => name.clone(),
        };
        if let Some(done) = self.cmdlet(&bare, words, input.clone())? {
            self.went_well = true;
            out.extend(done);
            return Ok(());
        }
        if is_cmdlet_name(&bare) {
            self.not_interpreted(format!("what {bare} does is not known"));
            out.push(Value::Unknown);
            return Ok(());
        }
        self.native(&name, words, input, command.call, out)
    }

    pub(super) fn words(&mut self, arguments: &[Argument]) -> Done<Vec<Word>> {
        let mut words = Vec::new();
        for argument in arguments {
            match argument {
                Argument::Parameter(name, None) => words.push(Word::Parameter(name.clone(), None)),
                Argument::Parameter(name, Some(value)) => {
                    let value = self.evaluate(value)?;
                    words.push(Word::Parameter(name.clone(), Some(value)));
                }
                Argument::Verbatim(text) => words.push(Word::Verbatim(text.clone())),
                Argument::Value(Expression::Splat(name)) => {
                    let value = self.variable(name)?;
                    if self.is_table(&value) {
                        for (name, value) in self.properties(&value) {
                            words.push(Word::Parameter(name, Some(value)));
                        }
                    } else {
                        words.extend(value.items().into_iter().map(|item| Word::Value(item, " ")));
                    }
                }
                Argument::Value(expression) => {
                    let separator = match expression {
                        Expression::List(_, separator) => separator,
                        _ => " ",
                    };
                    let value = self.evaluate(expression)?;
                    words.push(Word::Value(value, separator));
                }
            }
        }
        self.room(words.len() * size_of::<Word>())?;
        Ok(words)
    }

    /// Calls a function or script block: parameters by name, then by place, and the
    /// rest as `$args`.
    pub(super) fn call_block(
        &mut self,
        block: &Rc<Block>,
        words: &[Word],
        input: Option<Vec<Value>>,
        call: Call,
        out: &mut Vec<Value>,
    ) -> Done<()> {
        if self.is_deep() || self.world.budget.enter().is_err() {
            self.not_interpreted("it calls itself too deeply");
            out.push(Value::Unknown);
            return Ok(());
        }
        if call != Call::Dot {
            self.scopes.push(std::collections::BTreeMap::new());
        }
        let done = self
            .bind_function(block, words)
            .and_then(|()| self.run_block(block, input, out));
        if call != Call::Dot {
            self.scopes.pop();
        }
        self.world.budget.leave();
        done
    }

    fn bind_function(&mut self, block: &Rc<Block>, words: &[Word]) -> Done<()> {
        let mut named: Vec<(usize, Value)> = Vec::new();
        let mut loose = Vec::new();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            match word {
                Word::Parameter(name, value) => {
                    let lower = name.to_lowercase();
                    let found = block
                        .parameters
                        .iter()
                        .position(|known| known.name.to_lowercase() == lower)
                        .or_else(|| {
                            block
                                .parameters
                                .iter()
                                .position(|known| known.name.to_lowercase().starts_with(&lower))
                        });
                    let Some((at, parameter)) =
                        found.and_then(|at| Some((at, block.parameters.get(at)?)))
                    else {
                        if value.is_none()
                            && !vocabulary::is_common_switch(name)
                            && block.parameters.is_empty()
                        {
                            loose.push(Value::text(format!("-{name}")));
                        }
                        continue;
                    };
                    let value = match value {
                        Some(value) => value.clone(),
                        None if parameter.is_switch => Value::Bool(true),
                        None => match words.next_if(|next| matches!(next, Word::Value(..))) {
                            Some(Word::Value(value, _)) => value.clone(),
                            _ => Value::Null,
                        },
                    };
                    named.push((at, value));
                }
                Word::Value(value, _) => loose.push(value.clone()),
                Word::Verbatim(text) => loose.push(Value::text(text)),
            }
        }
        let mut loose = loose.into_iter();
        for (at, parameter) in block.parameters.iter().enumerate() {
            let given = named
                .iter()
                .find(|(place, _)| *place == at)
                .map(|(_, value)| value.clone());
            let given = match given {
                Some(given) => Some(given),
                None if parameter.is_switch => Some(Value::Bool(false)),
                None => loose.next(),
            };
            let value = match (given, &parameter.default) {
                (Some(value), _) => value,
                (None, Some(default)) => self.evaluate(default)?,
                (None, None) => Value::Null,
            };
            self.room(64)?;
            self.set_variable(&parameter.name, value);
        }
        let rest = self.array(loose.collect())?;
        self.set_variable("args", rest);
        Ok(())
    }

    /// Runs a text as a script, as `Invoke-Expression` does.
    pub(super) fn run_text(
        &mut self,
        text: &str,
        path: Option<&str>,
        call: Call,
        words: &[Word],
        out: &mut Vec<Value>,
    ) -> Done<()> {
        self.room(text.len())?;
        self.log_block(text, path);
        match super::parse::script(text) {
            Ok(block) => {
                let outer = path.map(|path| self.path.replace(path.to_owned()));
                let done = self.call_block(&Rc::new(block), words, None, call, out);
                if let Some(outer) = outer {
                    self.path = outer;
                }
                match done {
                    // `exit` leaves only the script file that holds it.
                    Err(Stop::Exit(code)) if path.is_some() => {
                        self.last_exit = Some(i64::from(code));
                        Ok(())
                    }
                    other => other,
                }
            }
            Err(problem) => {
                self.not_interpreted(format!("it cannot be read: {}", problem.because));
                Ok(())
            }
        }
    }
}

/// Whether a name is made as those of cmdlets are: a verb, a hyphen, and a noun.
fn is_cmdlet_name(name: &str) -> bool {
    let Some((verb, noun)) = name.split_once('-') else {
        return false;
    };
    !name.contains(['.', '\\', '/', ':'])
        && !noun.is_empty()
        && verb.chars().all(char::is_alphabetic)
        && verb
            .chars()
            .next()
            .is_some_and(|sign| sign.is_uppercase() || vocabulary::is_verb(verb))
}
