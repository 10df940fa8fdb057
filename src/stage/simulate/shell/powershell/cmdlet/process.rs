//! Processes, scripts, and jobs.

use std::rc::Rc;
use std::sync::Arc;

use super::super::ast::Call;
use super::super::command::Word;
use super::super::shell::{Done, Shell};
use super::super::value::Value;
use super::{Bound, Given};
use crate::stage::simulate::program;
use crate::stage::simulate::world::Content;

impl Shell<'_> {
    pub(super) fn process_cmdlet(
        &mut self,
        name: &str,
        bound: &Bound,
        input: &Option<Vec<Value>>,
    ) -> Given {
        match name {
            "start-process" => Ok(Some(self.start_process(bound)?)),
            "invoke-item" => {
                for path in self.paths_at(bound, input)? {
                    self.native(&path, &[], None, Call::Ampersand, &mut Vec::new())?;
                }
                Ok(Some(Vec::new()))
            }
            "get-process" => {
                let name = self.text_at(bound, &["Name"])?;
                let id = self.world.numbers.below(2_000) * 4 + 600;
                let id = Value::Integer(i64::try_from(id).unwrap_or(600));
                let given = bound.get("Id").cloned().unwrap_or(id);
                if name.is_empty() && bound.get("Id").is_none() {
                    return Ok(Some(vec![Value::Unknown]));
                }
                self.world.assume(format!("{name} runs"));
                let process = self.object(
                    "System.Diagnostics.Process",
                    &[
                        ("Id", given.clone()),
                        ("ProcessName", Value::text(&name)),
                        ("Name", Value::text(&name)),
                        ("ProcessId", given),
                    ],
                )?;
                Ok(Some(vec![process]))
            }
            "stop-process" | "wait-process" => Ok(Some(Vec::new())),
            "start-sleep" => {
                let seconds = bound.get("Seconds").and_then(Value::real).unwrap_or(0.0);
                let millis = bound
                    .get("Milliseconds")
                    .and_then(Value::real)
                    .unwrap_or(0.0);
                let time = (seconds + millis / 1_000.0).clamp(0.0, 86_400.0);
                self.world.pass(std::time::Duration::from_secs_f64(time));
                Ok(Some(Vec::new()))
            }
            "invoke-expression" => {
                let commands = match bound.get("Command") {
                    Some(value) => value.items(),
                    None => input.clone().unwrap_or_default(),
                };
                let mut out = Vec::new();
                for command in commands {
                    if command.is_unknown() {
                        self.ran_unknown = true;
                        self.not_interpreted("the text that it runs is not known");
                        out.push(Value::Unknown);
                        continue;
                    }
                    let text = self.text_of(&command)?;
                    if !text.is_empty() {
                        self.run_text(&text, None, Call::Dot, &[], &mut out)?;
                    }
                }
                Ok(Some(out))
            }
            "invoke-command" => Ok(Some(self.invoke_command(bound)?)),
            "start-job" => {
                let mut out = Vec::new();
                let shell = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
                // The job's own PowerShell reads its commands from its input.
                let line = format!("\"{shell}\" -Version 5.1 -s -NoLogo -NoProfile");
                let context = self.context.clone();
                self.start(&context, shell, &line, None)?;
                if let Some(Value::Block(block)) = bound.get("ScriptBlock").cloned() {
                    self.log_block(&block.text, None);
                    self.world
                        .assume("what a job does is done by this PowerShell");
                    let words = self.argument_words(bound);
                    self.call_block(&block, &words, None, Call::Ampersand, &mut out)?;
                }
                let job = self.object(
                    "System.Management.Automation.PSRemotingJob",
                    &[("Id", Value::Integer(1))],
                )?;
                Ok(Some(vec![job]))
            }
            "wait-job" | "receive-job" => Ok(Some(vec![Value::Unknown])),
            "enter-pssession" | "new-pssession" | "new-cimsession" => {
                let host = self.text_at(bound, &["ComputerName"])?;
                if !host.is_empty() {
                    let process = Arc::clone(&self.context.process);
                    self.world
                        .connect(&process, &host, 5985, crate::activity::Protocol::Tcp);
                }
                self.not_interpreted("sessions on other hosts are not modelled");
                Ok(Some(vec![Value::Unknown]))
            }
            "add-type" => Ok(Some(self.add_type(bound)?)),
            _ => Ok(None),
        }
    }

    fn argument_words(&self, bound: &Bound) -> Vec<Word> {
        bound
            .get("ArgumentList")
            .map(Value::items)
            .unwrap_or_default()
            .into_iter()
            .map(|value| Word::Value(value, " "))
            .collect()
    }

    fn invoke_command(&mut self, bound: &Bound) -> Done<Vec<Value>> {
        let mut out = Vec::new();
        let host = self.text_at(bound, &["ComputerName"])?;
        let own = self
            .context
            .environment
            .get("COMPUTERNAME")
            .unwrap_or("")
            .to_owned();
        let is_here = host.is_empty()
            || host.eq_ignore_ascii_case("localhost")
            || host == "127.0.0.1"
            || host.eq_ignore_ascii_case(&own);
        let block = match bound.get("ScriptBlock") {
            Some(Value::Block(block)) => Some(Rc::clone(block)),
            _ => None,
        };
        if !is_here || bound.get("Session").is_some() {
            if !host.is_empty() {
                let process = Arc::clone(&self.context.process);
                self.world
                    .connect(&process, &host, 5985, crate::activity::Protocol::Tcp);
            }
            self.not_interpreted("what happens on other hosts is not modelled");
            return Ok(vec![Value::Unknown]);
        }
        let words = self.argument_words(bound);
        if let Some(block) = block {
            self.log_block(&block.text, None);
            self.call_block(&block, &words, None, Call::Ampersand, &mut out)?;
        } else {
            let file = self.text_at(bound, &["FilePath"])?;
            if !file.is_empty() {
                let path = self.full_path(&file);
                self.script_file(&path, &words, Call::Ampersand, &mut out)?;
            }
        }
        Ok(out)
    }

    fn start_process(&mut self, bound: &Bound) -> Done<Vec<Value>> {
        let file = self.text_at(bound, &["FilePath"])?;
        let mut parts = Vec::new();
        for item in bound
            .get("ArgumentList")
            .map(Value::items)
            .unwrap_or_default()
        {
            parts.push(self.text_of(&item)?);
        }
        let arguments = parts.join(" ");
        if file.contains("://") {
            self.not_interpreted("which program opens an address is not known");
            return Ok(Vec::new());
        }
        let is_address = program::scheme_of(&file).is_some();
        let program = if is_address {
            Some(file.clone())
        } else {
            self.find_program(&file)
        };
        let Some(program) = program else {
            self.not_interpreted("what it starts is not known");
            return Ok(Vec::new());
        };
        let line = format!("\"{program}\" {arguments}");
        let mut context = self.context.clone();
        let directory = self.text_at(bound, &["WorkingDirectory"])?;
        if !directory.is_empty() {
            context.directory = self.full_path(&directory);
        }
        if self
            .text_at(bound, &["Verb"])?
            .eq_ignore_ascii_case("runas")
        {
            self.world.assume("the user consents to raising it");
            let raised = crate::activity::Process {
                integrity: crate::activity::Integrity::High.max(context.process.integrity),
                ..context.process.as_ref().clone()
            };
            context.process = Arc::new(raised);
        }
        let process = Arc::clone(&self.context.process);
        for name in ["RedirectStandardOutput", "RedirectStandardError"] {
            let file = self.text_at(bound, &[name])?;
            if !file.is_empty() {
                let path = self.full_path(&file);
                self.world.write_file(&process, &path, Content::Unknown);
            }
        }
        let lower = program.to_lowercase();
        let (program, line) = if lower.ends_with(".bat") || lower.ends_with(".cmd") {
            let cmd = r"C:\Windows\system32\cmd.exe";
            (
                cmd.to_owned(),
                format!("{cmd} /c \"\"{program}\" {arguments}\""),
            )
        } else {
            (program, line)
        };
        let finished = self.start(&context, &program, &line, None)?;
        if bound.has("PassThru") {
            let id = self.world.numbers.below(4_000) * 4 + 1_000;
            let id = Value::Integer(i64::try_from(id).unwrap_or(1_000));
            let code = finished
                .exit_code
                .map_or(Value::Null, |code| Value::Integer(i64::from(code)));
            return Ok(vec![self.object(
                "System.Diagnostics.Process",
                &[("Id", id), ("ExitCode", code)],
            )?]);
        }
        Ok(Vec::new())
    }

    /// Compiles a class: Windows PowerShell has the compiler of the .NET Framework do
    /// it, by way of files in the temporary folder.
    fn add_type(&mut self, bound: &Bound) -> Done<Vec<Value>> {
        let source = bound.any(&["TypeDefinition", "MemberDefinition"]).cloned();
        let Some(source) = source else {
            return Ok(Vec::new());
        };
        let source = self.text_of(&source)?;
        let folder = self
            .context
            .environment
            .get("TEMP")
            .unwrap_or(r"C:\Windows\Temp")
            .to_owned();
        let name = self
            .world
            .numbers
            .pick(8, b"abcdefghijklmnopqrstuvwxyz012345");
        let process = Arc::clone(&self.context.process);
        let base = format!(r"{folder}\{name}");
        let code = format!("{base}.0.cs");
        let settings = format!("{base}.cmdline");
        self.world
            .write_file(&process, &code, Content::Text(source));
        let output = self.text_at(bound, &["OutputAssembly"])?;
        let kind = self.text_at(bound, &["OutputType"])?.to_lowercase();
        let (output, kind) = match (output.as_str(), kind.as_str()) {
            ("", _) => (format!("{base}.dll"), "library"),
            (_, "consoleapplication") => (self.full_path(&output), "exe"),
            (_, "windowsapplication") => (self.full_path(&output), "winexe"),
            _ => (self.full_path(&output), "library"),
        };
        let text = format!(
            "/t:{kind} /utf8output /R:\"System.dll\" /out:\"{output}\" /debug- /optimize+ /warnaserror /optimize+  \"{code}\"\r\n"
        );
        self.world
            .write_file(&process, &settings, Content::Text(text));
        let compiler = r"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe";
        let line = format!("\"{compiler}\" /noconfig /fullpaths @\"{settings}\"");
        let context = self.context.clone();
        self.start(&context, compiler, &line, None)?;
        for path in [&code, &settings] {
            self.world.delete_file(&process, path);
        }
        Ok(Vec::new())
    }
}
