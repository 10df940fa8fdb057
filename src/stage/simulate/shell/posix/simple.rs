//! Carrying out simple commands (POSIX Shell Command Language, 2.9.1).

use std::rc::Rc;

use super::state::{Flow, Interpreter, Target, Value, Variable};
use super::syntax::{Assigned, Assignment, Command, Word};
use super::unknown;
use crate::stage::simulate::program::{self, Invocation};
use crate::stage::simulate::world::{CommandOutcome, Content, Exhausted, Presence};

type Step = Result<Flow, Exhausted>;

impl Interpreter<'_> {
    pub(super) fn run_simple(
        &mut self,
        command: &Command,
        assignments: &[Assignment],
        words: &[Word],
    ) -> Step {
        self.world.budget.text(command.text.len())?;
        self.world.begin_command(&command.text);
        let flow = self.run_within(command, assignments, words)?;
        self.settle();
        self.world.end_command();
        Ok(flow)
    }

    fn run_within(
        &mut self,
        command: &Command,
        assignments: &[Assignment],
        words: &[Word],
    ) -> Step {
        self.substituted = None;
        let fields = self.fields(words)?;
        if std::mem::take(&mut self.is_failed) {
            return Ok(Flow::Exit);
        }
        let descriptors = self.shell.descriptors.clone();
        let Some((name, arguments)) = fields.split_first() else {
            if self.redirect(&command.redirects)? {
                for assignment in assignments {
                    self.assign(assignment)?;
                }
                let (status, doubt) = self.substituted.take().unwrap_or_default();
                self.end(status);
                self.shell.doubt = doubt;
            }
            self.shell.descriptors = descriptors;
            let fails = std::mem::take(&mut self.is_failed);
            return Ok(if fails { Flow::Exit } else { Flow::Next });
        };
        if !self.redirect(&command.redirects)? {
            self.shell.descriptors = descriptors;
            return Ok(Flow::Next);
        }
        let kept = self.assign_for_now(assignments)?;
        let flow = self.run_fields(name, arguments)?;
        for (name, variable) in kept {
            match variable {
                Some(variable) => self.shell.variables.insert(name, variable),
                None => self.shell.variables.remove(&name),
            };
        }
        if !(name == "exec" && arguments.is_empty()) {
            self.shell.descriptors = descriptors;
        }
        Ok(flow)
    }

    /// Runs a function, builtin, or program.
    pub(super) fn run_fields(&mut self, name: &str, arguments: &[String]) -> Step {
        if let Some(function) = self.shell.functions.get(name) {
            let function = Rc::clone(function);
            return self.call(&function, arguments);
        }
        if let Some(flow) = self.builtin(name, arguments)? {
            return Ok(flow);
        }
        self.run_program(name, arguments)?;
        Ok(Flow::Next)
    }

    fn call(&mut self, function: &Command, arguments: &[String]) -> Step {
        self.world.budget.enter()?;
        let zeroth = self.shell.positional.first().cloned().unwrap_or_default();
        let mut positional = vec![zeroth];
        positional.extend(arguments.iter().cloned());
        let outer = std::mem::replace(&mut self.shell.positional, positional);
        let deciding = self.deciding.take();
        self.shell.hidden.push(Default::default());
        self.returning += 1;
        let flow = self.run_command(function)?;
        self.returning -= 1;
        for (name, variable) in self.shell.hidden.pop().unwrap_or_default() {
            match variable {
                Some(variable) => self.shell.variables.insert(name, variable),
                None => self.shell.variables.remove(&name),
            };
        }
        self.deciding = deciding;
        self.shell.positional = outer;
        self.world.budget.leave();
        Ok(match flow {
            Flow::Exit => Flow::Exit,
            _ => Flow::Next,
        })
    }

    /// Starts a program that is not part of the shell.
    pub(super) fn run_program(
        &mut self,
        name: &str,
        arguments: &[String],
    ) -> Result<(), Exhausted> {
        if name.is_empty() || self.is_known_to_be_absent(name) {
            self.end(127);
            return Ok(());
        }
        let mut words: Vec<String> = vec![unknown::shown(name)];
        words.extend(arguments.iter().map(|argument| unknown::shown(argument)));
        if let Some(script) = self.script_at(name) {
            match interpreter_of(&script) {
                Some(interpreter) => {
                    let rest = std::mem::replace(&mut words, interpreter);
                    words.extend(rest);
                }
                None => return self.run_script(&script, arguments),
            }
        }
        let input = self.take_input();
        let command_line = words.join(" ");
        self.world.budget.text(command_line.len())?;
        let arguments = words.split_off(1);
        let invocation = Invocation {
            program: words.pop().unwrap_or_default(),
            command_line,
            arguments,
            input,
            ..Invocation::default()
        };
        let context = self.context();
        let innermost = self.world.innermost_command();
        let assumed = self.assumed_by(innermost);
        let finished = program::run(self.world, &context, &invocation)?;
        let output = match finished.output {
            Some(output) => output,
            None => unknown::hidden(""),
        };
        self.write(1, &output)?;
        if finished.exit_code == Some(126) || finished.exit_code == Some(127) {
            self.end(finished.exit_code.unwrap_or(127));
            return Ok(());
        }
        let is_only_started = innermost
            .and_then(|at| self.world.commands().get(at))
            .is_some_and(|command| command.outcome == CommandOutcome::OnlyStarted);
        // A program that took something for granted may have failed.
        let is_doubtful = is_only_started || self.assumed_by(innermost) > assumed;
        let status = finished.exit_code.unwrap_or(0);
        if is_doubtful && status == 0 {
            self.end_in_doubt(format!("`{}`", invocation.command_line));
        } else {
            self.end(status);
        }
        Ok(())
    }

    fn assumed_by(&self, command: Option<usize>) -> usize {
        let command = command.and_then(|at| self.world.commands().get(at));
        command.map_or(0, |command| command.assumed.len())
    }

    fn is_known_to_be_absent(&self, name: &str) -> bool {
        if matches!(name, "[[" | "source" | "declare" | "let" | "shopt") {
            return true;
        }
        if name.contains('/') {
            return self.world.presence(&self.absolute(name)) == Presence::Absent;
        }
        let path = format!("/usr/bin/{name}");
        self.world.presence(&path) == Presence::Absent
    }

    /// The text of the script at a path, if the command names one.
    fn script_at(&self, name: &str) -> Option<String> {
        if !name.contains('/') {
            return None;
        }
        match self.world.content(&self.absolute(name)) {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Carries out a script that names no interpreter: the shell does it itself.
    fn run_script(&mut self, script: &str, arguments: &[String]) -> Result<(), Exhausted> {
        self.world.budget.enter()?;
        let shell = self.shell.clone();
        self.shell.positional.truncate(1);
        self.shell.positional.extend(arguments.iter().cloned());
        self.run_text(script)?;
        let status = self.shell.status;
        self.shell = shell;
        self.end(status);
        self.world.budget.leave();
        Ok(())
    }

    /// What a program reads from its standard input, if that is known.
    fn take_input(&mut self) -> Option<String> {
        match self.shell.descriptors.get(&0) {
            Some(Target::Source(at)) => {
                let source = self.sources.get_mut(*at)?;
                let text = source.text.as_ref()?;
                let rest = text.get(source.at..)?.to_owned();
                source.at = text.len();
                unknown::is_known(&rest).then_some(rest)
            }
            Some(Target::File(path)) => match self.world.content(path) {
                Content::Text(text) => Some(text),
                _ => None,
            },
            _ => Some(String::new()),
        }
    }

    fn assign_for_now(
        &mut self,
        assignments: &[Assignment],
    ) -> Result<Vec<(String, Option<Variable>)>, Exhausted> {
        let mut kept = Vec::new();
        for assignment in assignments {
            let before = self.shell.variables.get(&assignment.name).cloned();
            self.assign(assignment)?;
            if let Some(variable) = self.shell.variables.get_mut(&assignment.name) {
                variable.is_exported = true;
            }
            kept.push((assignment.name.clone(), before));
        }
        kept.reverse();
        Ok(kept)
    }

    fn assign(&mut self, assignment: &Assignment) -> Result<(), Exhausted> {
        let name = &assignment.name;
        let known = self.shell.variables.get(name);
        if known.is_some_and(|known| known.is_readonly) {
            self.end(1);
            return Ok(());
        }
        match &assignment.value {
            Assigned::List(values) => {
                let mut list = match known.map(|known| known.value.clone()) {
                    Some(Value::List(list)) if assignment.appends => list,
                    Some(map @ Value::Map(_)) => return self.assign_map(name, map, values),
                    Some(Value::Text(text)) if assignment.appends => [(0, text)].into(),
                    _ => Default::default(),
                };
                for (index, value) in values {
                    let next = list.keys().next_back().map_or(0, |last| last + 1);
                    if let Some(index) = index {
                        let index = self.text(index)?;
                        let index = self.arithmetic(&index).parse().unwrap_or(0);
                        let value = self.text(value)?;
                        list.insert(index.clamp(0, 1 << 30), value);
                    } else {
                        let fields = self.fields(std::slice::from_ref(value))?;
                        list.extend((next..).zip(fields));
                    }
                }
                let variable = self.shell.variables.entry(name.clone()).or_default();
                variable.value = Value::List(list);
            }
            Assigned::Text(word) => {
                let text = self.text(word)?;
                let index = match &assignment.index {
                    Some(index) => Some(self.text(index)?),
                    None => None,
                };
                self.assign_text(name, index, text, assignment.appends);
            }
        }
        Ok(())
    }

    fn assign_map(
        &mut self,
        name: &str,
        map: Value,
        values: &[(Option<Word>, Word)],
    ) -> Result<(), Exhausted> {
        let Value::Map(mut map) = map else {
            return Ok(());
        };
        for (key, value) in values {
            if let Some(key) = key {
                let key = self.text(key)?;
                map.insert(key, self.text(value)?);
            }
        }
        let variable = self.shell.variables.entry(name.to_owned()).or_default();
        variable.value = Value::Map(map);
        Ok(())
    }

    fn assign_text(&mut self, name: &str, index: Option<String>, text: String, appends: bool) {
        let Some(index) = index else {
            let before = if appends { self.variable(name) } else { None };
            self.set(name, before.unwrap_or_default() + &text);
            return;
        };
        let number: i64 = match self.shell.variables.get(name).map(|known| &known.value) {
            Some(Value::Map(_)) => 0,
            _ => self.arithmetic(&index).parse().unwrap_or(0),
        };
        let variable = self.shell.variables.entry(name.to_owned()).or_default();
        if let Value::Text(before) = &variable.value {
            let before = before.clone();
            let list = if before.is_empty() {
                Default::default()
            } else {
                [(0, before)].into()
            };
            variable.value = Value::List(list);
        }
        match &mut variable.value {
            Value::Map(map) => {
                let value = map.entry(index).or_default();
                *value = if appends {
                    format!("{value}{text}")
                } else {
                    text
                };
            }
            Value::List(list) => {
                let value = list.entry(number.clamp(0, 1 << 30)).or_default();
                *value = if appends {
                    format!("{value}{text}")
                } else {
                    text
                };
            }
            Value::Text(_) => {}
        }
    }
}

/// The interpreter that the first line of a script names, and its argument.
fn interpreter_of(script: &str) -> Option<Vec<String>> {
    let line = script.lines().next()?.strip_prefix("#!")?.trim();
    let (program, argument) = match line.split_once(char::is_whitespace) {
        Some((program, argument)) => (program, Some(argument.trim())),
        None => (line, None),
    };
    if program.is_empty() {
        return None;
    }
    let words = [Some(program), argument].into_iter().flatten();
    Some(words.map(str::to_owned).collect())
}
