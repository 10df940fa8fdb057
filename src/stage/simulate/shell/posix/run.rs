//! Carrying out lists and compound commands.

use super::intent::{intent_before, intent_of_body};
use super::loops::after_round;
use super::parse::Parser;
use super::state::{Flow, Interpreter, Source, Target};
use super::syntax::{Command, CommandKind, Item, Joint, List, Pace, Pipeline};
use super::unknown;
use crate::activity::ActivityKind;
use crate::stage::simulate::world::{CommandOutcome, Exhausted};

/// What a condition that is not known is taken for: the path that the script intends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intent {
    Success,
    Failure,
}

impl Intent {
    fn opposite(self) -> Self {
        match self {
            Self::Success => Self::Failure,
            Self::Failure => Self::Success,
        }
    }
}

pub(super) type Step = Result<Flow, Exhausted>;

impl Interpreter<'_> {
    /// Carries out a text line by line.
    pub(super) fn run_text(&mut self, text: &str) -> Step {
        let mut parser = Parser::new(text, self.flavour);
        loop {
            let start = parser.at;
            match parser.next_line() {
                Ok(None) => return Ok(Flow::Next),
                Ok(Some(list)) => {
                    let flow = self.run_list(&list)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
                Err(fault) => {
                    self.world.begin_command(&parser.rest_of_line(start));
                    self.world.note_outcome(CommandOutcome::NotInterpreted {
                        because: format!("the shell cannot read it: {}", fault.0),
                    });
                    self.world.end_command();
                    self.end(2);
                    return Ok(Flow::Exit);
                }
            }
        }
    }

    /// Carries out what `trap … EXIT` says.
    pub(super) fn run_exit_trap(&mut self) -> Result<(), Exhausted> {
        let trap = self.shell.traps.remove("EXIT");
        if let Some(trap) = trap {
            let status = self.shell.status;
            self.run_text(&trap)?;
            self.shell.status = status;
        }
        Ok(())
    }

    /// Carries out commands in a shell that is a copy; the caller keeps the original.
    pub(super) fn run_subshell(&mut self, list: &List) -> Result<(), Exhausted> {
        self.shell.traps.clear();
        self.run_list(list)?;
        self.run_exit_trap()
    }

    pub(super) fn run_list(&mut self, list: &List) -> Step {
        for item in list {
            let flow = match item.pace {
                Pace::Foreground => self.run_item(item)?,
                Pace::Background => {
                    self.run_in_background(item)?;
                    Flow::Next
                }
            };
            if flow != Flow::Next {
                return Ok(flow);
            }
        }
        Ok(Flow::Next)
    }

    fn run_in_background(&mut self, item: &Item) -> Result<(), Exhausted> {
        let before = self.world.activities().len();
        let shell = self.shell.clone();
        let deciding = self.deciding.take();
        self.shell.descriptors.insert(0, Target::Null);
        self.world.budget.enter()?;
        self.shell.traps.clear();
        self.run_item(item)?;
        self.world.budget.leave();
        self.shell = shell;
        self.deciding = deciding;
        let started = self.world.activities().iter().skip(before).rev();
        let id = started
            .filter(|traced| traced.activity.kind == ActivityKind::ProcessStarted)
            .filter_map(|traced| traced.activity.process.as_ref())
            .find(|process| {
                let parent = process.parent.as_ref();
                parent.is_some_and(|parent| parent.serial == self.process.serial)
            })
            .map(|process| process.id);
        let id = id.unwrap_or_else(|| {
            let id = 1_000 + self.world.numbers.below(30_000);
            u32::try_from(id).unwrap_or(1_000)
        });
        self.shell.background = Some(id);
        self.end(0);
        Ok(())
    }

    fn run_item(&mut self, item: &Item) -> Step {
        let mut next = item.rest.first();
        let intent = next.map(|(joint, pipeline)| intent_before(*joint, pipeline));
        let mut flow = self.run_pipeline(&item.first, intent)?;
        for (at, (joint, pipeline)) in item.rest.iter().enumerate() {
            if flow != Flow::Next {
                return Ok(flow);
            }
            let is_well = self.shell.status == 0;
            next = item.rest.get(at + 1);
            if is_well == (*joint == Joint::And) {
                let intent = next.map(|(joint, pipeline)| intent_before(*joint, pipeline));
                flow = self.run_pipeline(pipeline, intent)?;
            }
        }
        Ok(flow)
    }

    /// Carries out a pipeline; `intent` is what it is taken for if something depends on
    /// its status.
    fn run_pipeline(&mut self, pipeline: &Pipeline, intent: Option<Intent>) -> Step {
        let outer = self.deciding;
        let mut deciding = intent.or(outer);
        if pipeline.is_negated {
            deciding = deciding.map(Intent::opposite);
        }
        self.deciding = deciding;
        let flow = match pipeline.commands.as_slice() {
            [only] => self.run_command(only)?,
            commands => {
                self.run_piped(commands)?;
                Flow::Next
            }
        };
        self.deciding = outer;
        if pipeline.is_negated {
            self.shell.status = i32::from(self.shell.status == 0);
            return Ok(flow);
        }
        let fails = self.shell.status != 0 && deciding.is_none() && flow == Flow::Next;
        if fails && self.shell.options.contains(&'e') {
            return Ok(Flow::Exit);
        }
        Ok(flow)
    }

    fn run_piped(&mut self, commands: &[Command]) -> Result<(), Exhausted> {
        self.world.budget.enter()?;
        let deciding = self.deciding;
        let mut input: Option<Target> = None;
        let mut failed = None;
        for (at, command) in commands.iter().enumerate() {
            let is_last = at + 1 == commands.len();
            let shell = self.shell.clone();
            self.shell.traps.clear();
            if let Some(input) = input.take() {
                self.shell.descriptors.insert(0, input);
            }
            let buffer = self.buffers.len();
            if is_last {
                self.deciding = deciding;
            } else {
                self.deciding = None;
                self.buffers.push(String::new());
                self.shell.descriptors.insert(1, Target::Buffer(buffer));
            }
            self.run_command(command)?;
            let ended = (self.shell.status, self.shell.doubt.take());
            self.shell = shell;
            (self.shell.status, self.shell.doubt) = ended;
            if self.shell.status != 0 {
                failed = Some(self.shell.status);
            }
            if !is_last {
                let text = self.buffers.pop();
                input = Some(Target::Source(self.sources.len()));
                self.sources.push(Source { text, at: 0 });
            }
        }
        if let Some(status) = failed.filter(|_| self.shell.options.contains(&'P')) {
            self.end(status);
        }
        self.deciding = deciding;
        self.world.budget.leave();
        Ok(())
    }

    pub(super) fn run_command(&mut self, command: &Command) -> Step {
        self.world.budget.step()?;
        if let CommandKind::Simple { assignments, words } = &command.kind {
            return self.run_simple(command, assignments, words);
        }
        let descriptors = self.shell.descriptors.clone();
        if !self.redirect(&command.redirects)? {
            self.shell.descriptors = descriptors;
            return Ok(Flow::Next);
        }
        self.world.budget.enter()?;
        let flow = self.run_compound(command)?;
        self.world.budget.leave();
        self.shell.descriptors = descriptors;
        Ok(flow)
    }

    fn run_compound(&mut self, command: &Command) -> Step {
        match &command.kind {
            CommandKind::Simple { .. } => Ok(Flow::Next),
            CommandKind::Subshell(list) => {
                let shell = self.shell.clone();
                self.run_subshell(list)?;
                let ended = (self.shell.status, self.shell.doubt.take());
                self.shell = shell;
                (self.shell.status, self.shell.doubt) = ended;
                Ok(Flow::Next)
            }
            CommandKind::Group(list) => self.run_list(list),
            CommandKind::If {
                branches,
                otherwise,
            } => {
                for (condition, body) in branches {
                    let intent = intent_of_body(body);
                    let flow = self.decide(condition, intent)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                    if self.shell.status == 0 {
                        return self.run_list(body);
                    }
                }
                self.end(0);
                match otherwise {
                    Some(body) => self.run_list(body),
                    None => Ok(Flow::Next),
                }
            }
            CommandKind::For { name, words, body } => {
                let values = match words {
                    Some(words) => self.fields(words)?,
                    None => self.shell.positional.get(1..).unwrap_or_default().to_vec(),
                };
                self.end(0);
                for value in values {
                    self.world.budget.step()?;
                    self.set(name, value);
                    let flow = self.run_list(body)?;
                    if let Some(flow) = after_round(flow) {
                        return Ok(flow);
                    }
                }
                Ok(Flow::Next)
            }
            CommandKind::ArithmeticFor { parts, body } => self.run_arithmetic_for(parts, body),
            CommandKind::While {
                ends_on,
                condition,
                body,
            } => self.run_while(*ends_on, condition, body),
            CommandKind::Case { word, arms } => self.run_case(word, arms),
            CommandKind::Function { name, body } => {
                let body = std::rc::Rc::clone(body);
                self.shell.functions.insert(name.clone(), body);
                self.end(0);
                Ok(Flow::Next)
            }
            CommandKind::Condition(terms) => {
                self.world.begin_command(&command.text);
                self.condition(terms, &command.text)?;
                self.settle();
                self.world.end_command();
                Ok(Flow::Next)
            }
            CommandKind::Arithmetic(word) => {
                self.world.begin_command(&command.text);
                let text = self.quoted_text(word)?;
                let value = self.arithmetic(&text);
                self.is_failed = false;
                if unknown::is_known(&value) {
                    self.end(i32::from(value.parse().unwrap_or(0i64) == 0));
                } else {
                    self.end_in_doubt(format!("`{}`", command.text));
                }
                self.settle();
                self.world.end_command();
                Ok(Flow::Next)
            }
        }
    }

    pub(super) fn decide(&mut self, condition: &List, intent: Intent) -> Step {
        let outer = self.deciding.replace(intent);
        let flow = self.run_list(condition)?;
        self.deciding = outer;
        Ok(flow)
    }

    /// Takes a status that is not known for the intended one, if something depends on
    /// it.
    pub(super) fn settle(&mut self) {
        let Some(intent) = self.deciding else { return };
        let Some(doubt) = self.shell.doubt.take() else {
            return;
        };
        match intent {
            Intent::Success => {
                self.shell.status = 0;
                self.world.assume(format!("{doubt} succeeds"));
            }
            Intent::Failure => {
                self.shell.status = 1;
                self.world.assume(format!("{doubt} fails"));
            }
        }
    }
}

impl Intent {
    pub(super) fn is_failure(self) -> bool {
        self == Self::Failure
    }
}
