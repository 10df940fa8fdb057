//! A shell that carries out commands.

use std::rc::Rc;

use super::Source;
use super::expand::{self, Values};
use super::parse::{is_separator, parse};
use super::tree::{Node, Side, Simple};
use super::{builtin, lines};
use crate::stage::simulate::world::{
    CommandOutcome, Context, Environment, Exhausted, Start, World,
};

/// A running `cmd.exe`.
pub(super) struct Session<'a> {
    pub world: &'a mut World,
    pub context: &'a mut Context,
    /// Batch files and subroutines, the innermost last.
    pub frames: Vec<Frame>,
    /// `%ERRORLEVEL%`.
    pub error_level: i32,
    /// The variables of `for` that are set.
    pub variables: Vec<(char, String)>,
    /// Whether `!NAME!` is expanded.
    pub delayed: bool,
    /// What the next command reads, if that is known.
    pub input: Option<String>,
    /// The folders that `pushd` keeps.
    pub pushed: Vec<String>,
    /// Whether batch files show their commands.
    pub echoes: bool,
    /// How many commands are sure to come after the one that is carried out.
    followed: usize,
}

/// A batch file, a subroutine of one, or a command line.
pub(super) struct Frame {
    pub source: Source,
    pub lines: Rc<[String]>,
    pub position: usize,
    pub arguments: Vec<String>,
    /// What `setlocal` keeps.
    pub saved: Vec<(Environment, String, bool)>,
}

/// Where to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// With the next command.
    On,
    /// With the next line, as it was set.
    LeaveLine,
    /// Behind the batch file or subroutine.
    LeaveBatch,
    /// Nowhere.
    LeaveShell,
}

/// What came of commands.
pub(super) struct Done {
    /// The exit code; none of what still runs.
    pub code: Option<i32>,
    /// What was written, if that is known.
    pub output: Option<String>,
    pub flow: Flow,
}

impl Done {
    /// It went well, and wrote nothing.
    pub fn well() -> Self {
        Self::with(0)
    }

    /// It ended with that code, and wrote nothing.
    pub fn with(code: i32) -> Self {
        Self {
            code: Some(code),
            output: Some(String::new()),
            flow: Flow::On,
        }
    }

    /// It wrote that.
    pub fn said(text: impl Into<String>) -> Self {
        Self {
            output: Some(text.into()),
            ..Self::well()
        }
    }

    /// It wrote something.
    pub fn said_something() -> Self {
        Self {
            output: None,
            ..Self::well()
        }
    }

    /// Where to go on.
    pub fn then(self, flow: Flow) -> Self {
        Self { flow, ..self }
    }

    fn is_well(&self) -> bool {
        self.code.is_none_or(|code| code == 0)
    }

    /// Adds what came after it.
    pub fn followed_by(self, next: Self) -> Self {
        let output = match (self.output, next.output) {
            (Some(first), Some(second)) => Some(first + &second),
            _ => None,
        };
        Self { output, ..next }
    }
}

impl Frame {
    pub fn new(script: &str, source: Source, arguments: Vec<String>) -> Self {
        let lines: Vec<String> = script
            .split('\n')
            .map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned())
            .collect();
        Self {
            source,
            lines: lines.into(),
            position: 0,
            arguments,
            saved: Vec::new(),
        }
    }

    /// A subroutine of the same file.
    pub fn at(&self, position: usize, arguments: Vec<String>) -> Self {
        Self {
            source: self.source,
            lines: Rc::clone(&self.lines),
            position,
            arguments,
            saved: Vec::new(),
        }
    }
}

impl<'a> Session<'a> {
    pub fn new(world: &'a mut World, context: &'a mut Context, input: Option<&str>) -> Self {
        let delayed = has_delayed_expansion(&context.process.command_line);
        Self {
            world,
            context,
            frames: Vec::new(),
            error_level: 0,
            variables: Vec::new(),
            delayed,
            input: input.map(str::to_owned),
            pushed: Vec::new(),
            echoes: true,
            followed: 0,
        }
    }

    pub fn error_level(&self) -> i32 {
        self.error_level
    }

    pub fn source(&self) -> Source {
        self.frames
            .last()
            .map_or(Source::CommandLine, |frame| frame.source)
    }

    /// Carries out a batch file, a subroutine, or a command line.
    pub fn run(&mut self, frame: Frame) -> Result<Done, Exhausted> {
        self.frames.push(frame);
        let mut all = Done::well();
        while let Some(line) = self.next_line() {
            self.world.budget.step()?;
            if lines::is_idle(&line) {
                continue;
            }
            let shows = self.echoes
                && self.source() == Source::Batch
                && !line.trim_start_matches(is_separator).starts_with('@');
            let mut done = self.line(&line)?;
            if shows {
                done.output = None;
            }
            let flow = done.flow;
            all = all.followed_by(done);
            match flow {
                Flow::On | Flow::LeaveLine => {}
                Flow::LeaveBatch | Flow::LeaveShell => break,
            }
        }
        let frame = self.frames.pop();
        if let Some((environment, directory, delayed)) =
            frame.and_then(|frame| frame.saved.into_iter().next())
        {
            self.context.environment = environment;
            self.context.directory = directory;
            self.delayed = delayed;
        }
        if all.flow != Flow::LeaveShell {
            all.flow = Flow::On;
        }
        Ok(all)
    }

    fn next_line(&mut self) -> Option<String> {
        let frame = self.frames.last_mut()?;
        let line = frame.lines.get(frame.position)?.clone();
        frame.position += 1;
        Some(line)
    }

    fn line(&mut self, line: &str) -> Result<Done, Exhausted> {
        self.world.budget.text(line.len())?;
        let source = self.source();
        let Some(expanded) = expand::percent(line, source, self) else {
            return Ok(self.refuse(line, "its line grows too long"));
        };
        let parsed = parse(&expanded, &mut || {
            let line = self.next_line()?;
            expand::percent(&line, source, self)
        });
        let has_more = self.frames.last().is_some_and(|frame| {
            let rest = frame.lines.get(frame.position..).unwrap_or(&[]);
            rest.iter().take(50).any(|line| !lines::is_idle(line))
        });
        match parsed {
            Ok(node) => self.with_more(usize::from(has_more), |session| session.execute(&node)),
            Err(because) => Ok(self.refuse(line, &because)),
        }
    }

    fn with_more<T>(&mut self, more: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        self.followed += more;
        let done = work(self);
        self.followed -= more;
        done
    }

    /// Notes a command that is not interpreted; the shell goes on as after an error.
    pub fn refuse(&mut self, text: &str, because: &str) -> Done {
        self.world.begin_command(text.trim());
        self.not_interpreted(because);
        self.world.end_command();
        self.error_level = 1;
        Done {
            output: None,
            ..Done::with(1)
        }
    }

    /// Notes that the innermost command is not interpreted.
    pub fn not_interpreted(&mut self, because: &str) {
        self.world.note_outcome(CommandOutcome::NotInterpreted {
            because: because.to_owned(),
        });
    }

    pub fn execute(&mut self, node: &Node) -> Result<Done, Exhausted> {
        match node {
            Node::Nothing => Ok(Done::well()),
            Node::Simple(simple) => self.simple(simple),
            Node::Block(body, redirections) => self.nested(|session| {
                session.redirected(redirections, |session| session.execute(body))
            }),
            Node::Sequence(items) => self.all(items, |_| true),
            Node::Both(items) => self.all(items, Done::is_well),
            Node::Either(items) => self.all(items, |done| !done.is_well()),
            Node::Pipe(sides) => self.pipe(sides),
            Node::If(condition) => self.nested(|session| session.choose(condition)),
            Node::For(repetition) => self.nested(|session| session.repeat(repetition)),
        }
    }

    fn nested<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, Exhausted>,
    ) -> Result<T, Exhausted> {
        self.world.budget.enter()?;
        let done = work(self);
        self.world.budget.leave();
        done
    }

    /// Carries out commands one after another, as long as each lets the next one.
    fn all(
        &mut self,
        items: &[Node],
        lets_next: impl Fn(&Done) -> bool,
    ) -> Result<Done, Exhausted> {
        let mut all: Option<Done> = None;
        for (at, item) in items.iter().enumerate() {
            if all.as_ref().is_some_and(|done| !lets_next(done)) {
                break;
            }
            let more = usize::from(at + 1 < items.len());
            let done = self.with_more(more, |session| session.execute(item))?;
            let flow = done.flow;
            all = Some(match all {
                Some(all) => all.followed_by(done),
                None => done,
            });
            if flow != Flow::On {
                break;
            }
        }
        Ok(all.unwrap_or_else(Done::well))
    }

    /// A pipe: programs are children of this shell, and for each side that the shell
    /// itself carries out another shell is started.
    fn pipe(&mut self, sides: &[Side]) -> Result<Done, Exhausted> {
        let mut input = self.input.take();
        let mut code = Some(0);
        for side in sides {
            let (output, ended) = if self.is_program(&side.node) {
                self.input = input.take();
                let done = self.with_more(0, |session| session.execute(&side.node))?;
                self.input = None;
                (done.output, done.code)
            } else {
                let text = self.settled(&side.text);
                self.world.budget.text(text.len())?;
                self.world.begin_command(&text);
                let shell = builtin::shell(&self.context.environment);
                let line = format!("{shell}  /S /D /c\" {text}\"");
                let done = self.child(&line, &text, input.as_deref());
                self.world.end_command();
                let done = done?;
                (done.output, done.code)
            };
            input = output;
            code = ended;
        }
        self.error_level = code.unwrap_or(self.error_level);
        Ok(Done {
            code,
            output: input,
            flow: Flow::On,
        })
    }

    fn is_program(&self, node: &Node) -> bool {
        match node {
            Node::Simple(simple) => {
                let name = self.with_variables(&simple.name);
                !name.is_empty() && !self.is_own(&name)
            }
            _ => false,
        }
    }

    /// Carries out a command line in a shell of its own.
    pub fn child(
        &mut self,
        command_line: &str,
        text: &str,
        input: Option<&str>,
    ) -> Result<Done, Exhausted> {
        let image = builtin::shell_image(&self.context.environment);
        let process = self.world.start_process(
            &self.context.process,
            Start {
                image,
                command_line: command_line.to_owned(),
                directory: self.context.directory.clone(),
                ..Start::default()
            },
        );
        let mut context = Context {
            process: process.clone(),
            ..self.context.clone()
        };
        let finished = super::run(
            self.world,
            &mut context,
            text,
            Source::CommandLine,
            &[],
            input,
        )?;
        let code = finished.exit_code;
        self.world.end_process(&process, code.unwrap_or(0));
        Ok(Done {
            code,
            output: finished.output,
            flow: Flow::On,
        })
    }

    fn with_variables(&self, text: &str) -> String {
        expand::repeated(text, &self.variables, &self.context.directory)
    }

    /// A text with all variables in it that are filled in only now.
    pub fn settled(&mut self, text: &str) -> String {
        let text = self.with_variables(text);
        if self.delayed {
            expand::delayed(&text, self)
        } else {
            text
        }
    }

    fn simple(&mut self, simple: &Simple) -> Result<Done, Exhausted> {
        self.world.budget.step()?;
        let mut name = self.settled(&simple.name);
        let mut arguments = self.settled(&simple.arguments);
        if name != simple.name
            && !name.starts_with('"')
            && let Some(at) = name.find(is_separator)
        {
            let rest = name.split_off(at);
            arguments.insert_str(0, &rest);
        }
        let settled = Simple {
            name,
            arguments,
            redirections: simple.redirections.clone(),
        };
        let text = self.settled(&settled.text());
        self.world.budget.text(text.len())?;
        self.world.begin_command(text.trim());
        let done = self.redirected(&settled.redirections, |session| {
            session.command(&settled.name, &settled.arguments)
        });
        self.world.end_command();
        done
    }

    /// Notes that what comes next does not wait for a program that runs on.
    pub fn goes_on_past(&mut self, name: &str) {
        if self.followed > 0 {
            self.world
                .assume(format!("what follows does not wait for `{name}`"));
        }
    }
}

/// Whether the command line of a shell turns delayed expansion on.
fn has_delayed_expansion(command_line: &str) -> bool {
    let lower = command_line.to_ascii_lowercase();
    let before = ["/c", "/k", "/r"]
        .iter()
        .filter_map(|switch| lower.find(switch))
        .min();
    let options = lower
        .get(..before.unwrap_or(lower.len()))
        .unwrap_or_default();
    options.contains("/v:on") || options.trim_end().ends_with("/v") || options.contains("/v ")
}

impl Values for Session<'_> {
    fn value(&mut self, name: &str) -> Option<String> {
        if let Some(value) = self.context.environment.get(name) {
            return Some(value.to_owned());
        }
        Some(match name.to_ascii_lowercase().as_str() {
            "cd" => self.context.directory.clone(),
            "errorlevel" => self.error_level.to_string(),
            "random" => self.world.numbers.below(32_768).to_string(),
            "cmdcmdline" => self.context.process.command_line.clone(),
            "cmdextversion" => "2".to_owned(),
            "date" => builtin::date(self.world),
            "time" => builtin::time(self.world),
            _ => return None,
        })
    }

    fn arguments(&self) -> &[String] {
        self.frames.last().map_or(&[], |frame| &frame.arguments)
    }

    fn directory(&self) -> String {
        self.context.directory.clone()
    }
}
