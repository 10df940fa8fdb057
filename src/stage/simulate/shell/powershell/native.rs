//! Programs and script files.

use std::rc::Rc;
use std::sync::Arc;

use super::ast::Call;
use super::command::Word;
use super::shell::{Done, Shell};
use super::value::Value;
use super::vocabulary;
use crate::stage::simulate::program::{self, Invocation};
use crate::stage::simulate::world::{Content, Context, Finished};

/// What runs batch files.
const CMD: &str = r"C:\Windows\system32\cmd.exe";

impl Shell<'_> {
    /// Runs what is no cmdlet: a script file, or a program.
    pub(super) fn native(
        &mut self,
        name: &str,
        words: &[Word],
        input: Option<Vec<Value>>,
        call: Call,
        out: &mut Vec<Value>,
    ) -> Done<()> {
        let Some(path) = self.find_command(name) else {
            return self.unknown_command(name, words, input, call, out);
        };
        let tail = self.native_arguments(words)?;
        let lower = path.to_lowercase();
        if lower.ends_with(".ps1") {
            return self.script_file(&path, words, call, out);
        }
        let (program, command_line) = if lower.ends_with(".bat") || lower.ends_with(".cmd") {
            (CMD.to_owned(), format!("{CMD} /c \"\"{path}\"{tail}\""))
        } else if let Some((opener, line)) = opened_with(&path, &tail)
            .filter(|_| program::chosen_opener(self.world, &self.context.process, &path).is_none())
        {
            (opener, line)
        } else {
            (path.clone(), format!("\"{}\"{tail}", as_shown(&path)))
        };
        let input = match input {
            Some(values) => self.lines_of(&values)?,
            None => None,
        };
        let context = self.context.clone();
        let finished = self.start(&context, &program, &command_line, input)?;
        self.program_ended(&finished, out)
    }

    /// Takes what a program left: its exit code and its output.
    pub(super) fn program_ended(&mut self, finished: &Finished, out: &mut Vec<Value>) -> Done<()> {
        self.last_exit = finished.exit_code.map(i64::from);
        self.went_well = finished.is_well();
        match &finished.output {
            Some(text) => {
                self.room(text.len())?;
                out.extend(text.lines().map(Value::text));
            }
            None => out.push(Value::Unknown),
        }
        Ok(())
    }

    /// Starts a program with a command line.
    pub(super) fn start(
        &mut self,
        context: &Context,
        program: &str,
        command_line: &str,
        input: Option<String>,
    ) -> Done<Finished> {
        self.room(command_line.len())?;
        let mut arguments = split_arguments(command_line);
        if !arguments.is_empty() {
            arguments.remove(0);
        }
        let invocation = Invocation {
            program: program.to_owned(),
            command_line: command_line.to_owned(),
            arguments,
            input,
            ..Invocation::default()
        };
        self.world.budget.enter()?;
        let finished = program::run(self.world, context, &invocation);
        self.world.budget.leave();
        Ok(finished?)
    }

    /// Starts what a whole command line names first.
    pub(super) fn start_line(&mut self, context: &Context, line: &str) -> Done<Finished> {
        let name = split_arguments(line).into_iter().next().unwrap_or_default();
        let program = self.find_program(&name).unwrap_or(name);
        self.start(context, &program, line, None)
    }

    /// Runs a script file whose text is known.
    pub(super) fn script_file(
        &mut self,
        path: &str,
        words: &[Word],
        call: Call,
        out: &mut Vec<Value>,
    ) -> Done<()> {
        match self.world.content(path) {
            Content::Text(text) => self.run_text(&text, Some(path), call, words, out),
            _ => {
                self.ran_unknown = true;
                self.not_interpreted(format!("what is in {path} is not known"));
                out.push(Value::Unknown);
                Ok(())
            }
        }
    }

    /// The arguments of a program as Windows PowerShell passes them: a value with a
    /// blank is put in quotes, and quotes within it are left as they are
    /// (about_Parsing, before 7.3).
    pub(super) fn native_arguments(&mut self, words: &[Word]) -> Done<String> {
        let mut line = String::new();
        for word in words {
            match word {
                Word::Parameter(name, None) => {
                    line.push_str(" -");
                    line.push_str(name);
                }
                Word::Parameter(name, Some(value)) => {
                    let value = self.text_of(value)?;
                    line.push_str(&format!(" -{name}:{}", quoted(&value)));
                }
                Word::Verbatim(text) => {
                    line.push(' ');
                    line.push_str(text);
                }
                Word::Value(value, separator) => {
                    let mut parts = Vec::new();
                    for item in value.slice() {
                        let text = self.text_of(item)?;
                        if !text.is_empty() {
                            parts.push(quoted(&text));
                        }
                    }
                    if !parts.is_empty() {
                        line.push(' ');
                        line.push_str(&parts.join(separator));
                    }
                }
            }
        }
        self.room(line.len())?;
        Ok(line)
    }

    /// The path of the program that a command names: unless it says a folder, that is
    /// one of `PATH`, and never the current one (about_Command_Precedence).
    fn find_command(&self, name: &str) -> Option<String> {
        if name.contains(['\\', '/', ':']) {
            return program::resolve(self.world, self.context, name)
                .filter(|path| program::is_plausible(self.context, path));
        }
        program::on_path(self.world, self.context, name)
    }

    /// A name that is no command: `Get-` is put before it as the last that PowerShell
    /// tries, and a script whose text nobody knows may have defined it.
    fn unknown_command(
        &mut self,
        name: &str,
        words: &[Word],
        input: Option<Vec<Value>>,
        call: Call,
        out: &mut Vec<Value>,
    ) -> Done<()> {
        let longer = format!("Get-{name}");
        if !name.contains(['-', '\\', '/', ':', '.', ' ']) {
            if let Some(block) = self.functions.get(&longer.to_lowercase()).map(Rc::clone) {
                return self.call_block(&block, words, input, call, out);
            }
            // Nobody knows whether what is no known cmdlet would be one with `Get-`.
            if vocabulary::cmdlet(&longer).is_some()
                && let Some(done) = self.cmdlet(&longer, words, input)?
            {
                self.went_well = true;
                out.extend(done);
                return Ok(());
            }
        }
        self.went_well = false;
        let name: String = name.chars().take(80).collect();
        self.not_interpreted(if self.ran_unknown {
            out.push(Value::Unknown);
            format!("`{name}` may be a function of a script whose text is not known")
        } else {
            format!("no program, function, or cmdlet is known to be named `{name}`")
        });
        Ok(())
    }

    /// The path of the program that a name stands for.
    pub(super) fn find_program(&mut self, name: &str) -> Option<String> {
        program::resolve(self.world, self.context, name)
    }

    /// A context of another process with the same environment.
    pub(super) fn context_of(&self, process: Arc<crate::activity::Process>) -> Context {
        Context {
            process,
            directory: r"C:\Windows\system32".to_owned(),
            environment: self.context.environment.clone(),
        }
    }
}

/// A program's path as PowerShell writes it into a command line: the system's folder is
/// spelt as `PATH` spells it.
fn as_shown(path: &str) -> String {
    const SYSTEM: &str = r"C:\Windows\System32\";
    match path.get(..SYSTEM.len()) {
        Some(start) if start.eq_ignore_ascii_case(SYSTEM) => {
            format!(r"C:\Windows\system32\{}", &path[SYSTEM.len()..])
        }
        _ => path.to_owned(),
    }
}

/// What opens files that are no programs, and its command line.
fn opened_with(path: &str, tail: &str) -> Option<(String, String)> {
    let ending = path.rsplit_once('.')?.1.to_lowercase();
    let system = r"C:\Windows\System32";
    let (program, line) = match ending.as_str() {
        "msi" => (
            "msiexec.exe",
            format!("\"{system}\\msiexec.exe\" /i \"{path}\"{tail} "),
        ),
        "hta" => (
            "mshta.exe",
            format!("\"{system}\\mshta.exe\" \"{path}\" {tail}"),
        ),
        "vbs" | "vbe" | "js" | "jse" | "wsf" => (
            "WScript.exe",
            format!("\"{system}\\WScript.exe\" \"{path}\" {tail}"),
        ),
        "cpl" => (
            "control.exe",
            format!("\"{system}\\control.exe\" \"{path}\",{tail}"),
        ),
        "txt" | "log" | "ini" => ("notepad.exe", format!("\"{system}\\NOTEPAD.EXE\" {path}")),
        _ => return None,
    };
    Some((format!(r"{system}\{program}"), line))
}

fn quoted(text: &str) -> String {
    let mut within = false;
    let needs = text.chars().any(|sign| {
        within ^= sign == '"';
        sign.is_whitespace() && !within
    });
    if !needs {
        return text.to_owned();
    }
    let end = if text.ends_with('\\') { "\\" } else { "" };
    format!("\"{text}{end}\"")
}

/// A command line's words as programs split it (CommandLineToArgvW).
pub(super) fn split_arguments(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut is_open = false;
    let mut has_word = false;
    let mut slashes = 0_usize;
    for sign in line.chars() {
        match sign {
            '\\' => slashes += 1,
            '"' => {
                word.extend(std::iter::repeat_n('\\', slashes / 2));
                has_word = true;
                if slashes % 2 == 1 {
                    word.push('"');
                } else {
                    is_open = !is_open;
                }
                slashes = 0;
            }
            other => {
                word.extend(std::iter::repeat_n('\\', slashes));
                has_word |= slashes > 0;
                slashes = 0;
                if other.is_whitespace() && !is_open {
                    if has_word {
                        words.push(std::mem::take(&mut word));
                    }
                    has_word = false;
                } else {
                    word.push(other);
                    has_word = true;
                }
            }
        }
    }
    word.extend(std::iter::repeat_n('\\', slashes));
    if has_word || slashes > 0 {
        words.push(word);
    }
    words
}
