//! Methods of objects: web clients, streams, and what Windows offers through COM.

use std::sync::Arc;

use super::cmdlet::task::TaskParts;
use super::encoded;
use super::shell::{Done, Shell, Stop};
use super::types::bytes_of;
use super::value::Value;
use crate::activity::RegistryData;
use crate::stage::simulate::program;
use crate::stage::simulate::world::Content;

impl Shell<'_> {
    pub(super) fn invoke_object(
        &mut self,
        of: &Value,
        name: &str,
        arguments: Vec<Value>,
    ) -> Done<Value> {
        let kind = self.kind(of).to_lowercase();
        let texts = self.texts(&arguments)?;
        let text = |at: usize| texts.get(at).cloned().unwrap_or_default();
        let process = Arc::clone(&self.context.process);
        match (kind.as_str(), name) {
            (_, "tostring") => {
                let text = self.text_of(of)?;
                self.new_text(text)
            }
            ("encoding" | "text.encoding", "getstring") => {
                let Some(bytes) = arguments.first().and_then(bytes_of) else {
                    return Ok(Value::Unknown);
                };
                let name = self.property(of, "Name").unwrap_or(Value::Null);
                let is_wide = self.text_of(&name)?.eq_ignore_ascii_case("unicode");
                let decoded = if is_wide {
                    encoded::utf16(&bytes)
                } else {
                    Some(String::from_utf8_lossy(&bytes).into_owned())
                };
                decoded.map_or(Ok(Value::Unknown), |text| self.new_text(text))
            }
            ("encoding" | "text.encoding", "getbytes") => {
                if arguments.first().is_some_and(Value::is_unknown) {
                    return Ok(Value::Unknown);
                }
                let name = self.property(of, "Name").unwrap_or(Value::Null);
                let is_wide = self.text_of(&name)?.eq_ignore_ascii_case("unicode");
                let bytes: Vec<u8> = if is_wide {
                    text(0).encode_utf16().flat_map(u16::to_le_bytes).collect()
                } else {
                    text(0).into_bytes()
                };
                self.array(
                    bytes
                        .into_iter()
                        .map(|byte| Value::Integer(i64::from(byte)))
                        .collect(),
                )
            }
            (
                "net.webclient",
                "downloadstring"
                | "downloaddata"
                | "openread"
                | "uploadstring"
                | "uploaddata"
                | "uploadfile"
                | "uploadvalues"
                | "downloadstringasync"
                | "downloadstringtaskasync",
            ) => {
                self.fetch(&text(0))?;
                Ok(Value::Unknown)
            }
            ("net.webclient", "downloadfile" | "downloadfileasync") => {
                if self.fetch(&text(0))? {
                    let path = self.full_path(&text(1));
                    self.world.write_file(&process, &path, Content::Unknown);
                }
                Ok(Value::Null)
            }
            ("net.webrequest", "getresponse" | "getrequeststream") => {
                let address = self.property(of, "RequestUri").unwrap_or(Value::Null);
                let address = self.text_of(&address)?;
                self.fetch(&address)?;
                Ok(Value::Unknown)
            }
            (
                "msxml2.xmlhttp"
                | "msxml2.serverxmlhttp"
                | "microsoft.xmlhttp"
                | "winhttp.winhttprequest.5.1",
                "open",
            ) => {
                self.set_property(of, "Address", Value::text(text(1)))?;
                Ok(Value::Null)
            }
            (
                "msxml2.xmlhttp"
                | "msxml2.serverxmlhttp"
                | "microsoft.xmlhttp"
                | "winhttp.winhttprequest.5.1",
                "send",
            ) => {
                let address = self.property(of, "Address").unwrap_or(Value::Null);
                let address = self.text_of(&address)?;
                self.fetch(&address)?;
                Ok(Value::Null)
            }
            (
                "net.sockets.tcpclient" | "net.sockets.udpclient" | "net.sockets.socket",
                "connect" | "beginconnect" | "connectasync",
            ) => {
                let port = arguments
                    .get(1)
                    .and_then(Value::integer)
                    .and_then(|port| u16::try_from(port).ok());
                if let Some(port) = port {
                    let protocol = if kind.contains("udp") {
                        crate::activity::Protocol::Udp
                    } else {
                        crate::activity::Protocol::Tcp
                    };
                    self.world.connect(&process, &text(0), port, protocol);
                }
                Ok(Value::Unknown)
            }
            ("system.io.streamwriter" | "scripting.textstream", "write" | "writeline") => {
                let path = self.property(of, "Path").unwrap_or(Value::Null);
                let path = self.text_of(&path)?;
                let end = if name == "writeline" { "\r\n" } else { "" };
                self.write_text(&path, Some(text(0) + end), true);
                Ok(Value::Null)
            }
            ("wscript.shell", "run" | "exec") => {
                let line = self.expand_environment(&text(0));
                let context = self.context.clone();
                self.start_line(&context, &line)?;
                Ok(Value::Unknown)
            }
            ("wscript.shell", "regwrite") => {
                let (key, value_name) = split_key(&text(0));
                if let super::paths::Place::Registry(key) = self.place(&key) {
                    let data = match (text(2).to_uppercase().as_str(), arguments.get(1)) {
                        ("REG_DWORD", Some(value)) => RegistryData::Dword(
                            value
                                .integer()
                                .and_then(|value| u32::try_from(value).ok())
                                .unwrap_or(0),
                        ),
                        ("REG_EXPAND_SZ", _) => RegistryData::ExpandText(text(1)),
                        _ => RegistryData::Text(text(1)),
                    };
                    self.world.set_value(&process, &key, &value_name, data);
                }
                Ok(Value::Null)
            }
            ("wscript.shell", "expandenvironmentstrings") => {
                let expanded = self.expand_environment(&text(0));
                self.new_text(expanded)
            }
            ("wscript.shell", "createshortcut") => {
                self.object("WshShortcut", &[("FullName", Value::text(text(0)))])
            }
            ("wshshortcut", "save") => {
                let path = self.property(of, "FullName").unwrap_or(Value::Null);
                let path = self.text_of(&path)?;
                let path = self.full_path(&path);
                self.world.write_file(&process, &path, Content::Unknown);
                Ok(Value::Null)
            }
            ("shell.application", "shellexecute" | "open") => {
                self.start_file(&text(0), &text(1))?;
                Ok(Value::Null)
            }
            ("mmc20.view", "executeshellcommand") => {
                let mmc = self.system_process(
                    r"C:\Windows\System32\mmc.exe",
                    r"C:\Windows\system32\mmc.exe -Embedding",
                );
                let context = self.context_of(mmc);
                let program = self.find_program(&text(0)).unwrap_or_else(|| text(0));
                let line = format!("\"{program}\" {}", text(2));
                self.start(&context, &program, &line, None)?;
                Ok(Value::Null)
            }
            ("scripting.filesystemobject", "createtextfile" | "opentextfile") => {
                let path = self.full_path(&text(0));
                self.write_text(&path, Some(String::new()), false);
                self.object("Scripting.TextStream", &[("Path", Value::text(path))])
            }
            ("scripting.filesystemobject", "copyfile" | "movefile") => {
                let from = self.full_path(&text(0));
                let to = self.full_path(&text(1));
                let content = self.world.content(&from);
                self.world.write_file(&process, &to, content);
                Ok(Value::Null)
            }
            ("scripting.filesystemobject", "deletefile") => {
                let path = self.full_path(&text(0));
                self.world.delete_file(&process, &path);
                Ok(Value::Null)
            }
            ("diagnostics.process", "start") => {
                let info = self.property(of, "StartInfo").unwrap_or(Value::Null);
                self.invoke_static("diagnostics.process", "start", vec![info])
            }
            ("wmiclass", "create") => self.wmi_create(of, &text(0), &text(1)),
            ("schedule.service", "newtask") => self.new_task_definition(),
            ("schedule.service", "getfolder") => {
                self.object("TaskFolder", &[("Folder", Value::text(text(0)))])
            }
            ("taskcollection", "create") => {
                let made = self.object("TaskPart", &[])?;
                self.set_property(of, "Made", made.clone())?;
                Ok(made)
            }
            ("taskfolder", "registertaskdefinition") => {
                let definition = arguments.get(1).cloned().unwrap_or(Value::Null);
                let parts = self.parts_of_definition(&definition)?;
                self.register_task(&text(0), parts)?;
                Ok(Value::Unknown)
            }
            ("taskfolder", "registertask") => {
                let parts = TaskParts::of_xml(&text(1));
                self.register_task(&text(0), parts)?;
                Ok(Value::Unknown)
            }
            (_, "add" | "set_item" | "append" | "setvalue") if self.is_table(of) => {
                let value = arguments.get(1).cloned().unwrap_or(Value::Null);
                self.set_property(of, &text(0), value)?;
                Ok(Value::Null)
            }
            (_, "containskey" | "contains") if self.is_table(of) => {
                Ok(Value::Bool(self.property(of, &text(0)).is_some()))
            }
            (_, "delete") if kind == "system.io.fileinfo" => {
                let path = self.text_of(of)?;
                self.world.delete_file(&process, &path);
                Ok(Value::Null)
            }
            (_, "kill") => Ok(Value::Null),
            (_, "close" | "dispose" | "flush" | "connect" | "waitforexit") => Ok(Value::Null),
            ("invokecommand", "invokescript" | "invokeexpression") => {
                let mut out = Vec::new();
                self.run_text(&text(0), None, super::ast::Call::Dot, &[], &mut out)?;
                Ok(Value::collected(out))
            }
            _ => Ok(Value::Unknown),
        }
    }

    /// Fetches an address; where nothing answers, an open `try` is left.
    pub(super) fn fetch(&mut self, address: &str) -> Done<bool> {
        let process = Arc::clone(&self.context.process);
        if address.trim().is_empty() {
            self.not_interpreted("the address that it fetches is not known");
            return Ok(false);
        }
        let answered = self.world.fetch(&process, address.trim());
        if !answered {
            self.went_well = false;
            if self.tries > 0 {
                return Err(Stop::Throw(Value::text(
                    "Unable to connect to the remote server",
                )));
            }
        }
        Ok(answered)
    }

    /// Starts a file as `ShellExecute` does, with its arguments after it.
    pub(super) fn start_file(&mut self, file: &str, arguments: &str) -> Done<Value> {
        let Some(program) = self.find_program(file) else {
            self.not_interpreted("what it starts is not known");
            return Ok(Value::Unknown);
        };
        let line = format!("\"{program}\" {arguments}");
        let context = self.context.clone();
        self.start(&context, &program, &line, None)?;
        let id = self.world.numbers.below(4_000) * 4 + 1_000;
        let id = Value::Integer(i64::try_from(id).unwrap_or(4));
        self.object("System.Diagnostics.Process", &[("Id", id)])
    }

    /// Sets a variable of the environment where it stays: of a user, or of the machine.
    pub(super) fn environment_variable(&mut self, name: &str, value: &str, target: &str) {
        let process = Arc::clone(&self.context.process);
        let key = match target.to_lowercase().as_str() {
            "user" => "HKCU\\Environment",
            "machine" => r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment",
            _ => {
                self.context.environment.set(name, value);
                return;
            }
        };
        if let Some(key) = self.world.registry_key(&process, key) {
            if value.is_empty() {
                self.world.delete_value(&process, &key, name);
            } else {
                self.world
                    .set_value(&process, &key, name, RegistryData::Text(value.to_owned()));
            }
        }
    }

    /// A process of the system that was there before.
    pub(super) fn system_process(
        &mut self,
        image: &str,
        line: &str,
    ) -> Arc<crate::activity::Process> {
        use crate::activity::{Account, Integrity, LogonSession};
        let account = Arc::new(Account {
            domain: "NT AUTHORITY".to_owned(),
            name: "SYSTEM".to_owned(),
            sid: "S-1-5-18".to_owned(),
        });
        let logon = Arc::new(LogonSession {
            id: 0x3e7,
            terminal: 0,
        });
        self.world.existing_process(
            None,
            image,
            line,
            r"C:\Windows\system32",
            account,
            logon,
            Integrity::System,
        )
    }

    /// `Win32_Process.Create`: the process is a child of WMI's own host.
    pub(super) fn wmi_create(&mut self, class: &Value, line: &str, directory: &str) -> Done<Value> {
        let name = self.property(class, "Name").unwrap_or(Value::Null);
        let name = self.text_of(&name)?;
        if name.eq_ignore_ascii_case("Win32_Process") {
            self.start_by_wmi(line, directory)?;
        } else {
            self.not_interpreted(format!("what {name} does is not known"));
        }
        self.object(
            "__PARAMETERS",
            &[
                ("ReturnValue", Value::Integer(0)),
                ("ProcessId", Value::Unknown),
            ],
        )
    }

    pub(super) fn start_by_wmi(&mut self, line: &str, directory: &str) -> Done<()> {
        if line.trim().is_empty() {
            self.not_interpreted("what it starts is not known");
            return Ok(());
        }
        let directory = (!directory.is_empty()).then_some(directory);
        let caller = self.context.clone();
        program::start_by_wmi(self.world, &caller, line, directory)?;
        Ok(())
    }
}

/// A path of the script host: a key, and after its last backslash a value.
fn split_key(path: &str) -> (String, String) {
    match path.rsplit_once('\\') {
        Some((key, name)) => (key.to_owned(), name.to_owned()),
        None => (path.to_owned(), String::new()),
    }
}
