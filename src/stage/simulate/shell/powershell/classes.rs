//! Classes of .NET: their static methods, and what is made of them.

use std::sync::Arc;

use super::shell::{Done, Shell};
use super::types::{bytes_of, short_type};
use super::value::Value;
use super::{HASHTABLE, encoded};
use crate::event::base64;
use crate::stage::simulate::program::{self, Invocation};
use crate::stage::simulate::world::{Content, Presence};

impl Shell<'_> {
    pub(super) fn invoke_static(
        &mut self,
        of: &str,
        name: &str,
        arguments: Vec<Value>,
    ) -> Done<Value> {
        let of = short_type(of);
        let lower = name.to_lowercase();
        let texts = self.texts(&arguments)?;
        let text = |at: usize| texts.get(at).cloned().unwrap_or_default();
        let first = arguments.first().cloned().unwrap_or(Value::Null);
        let process = Arc::clone(&self.context.process);
        match (of.as_str(), lower.as_str()) {
            (_, "new") => self.new_object(&of, arguments),
            ("convert", "frombase64string") => {
                if first.is_unknown() {
                    return Ok(first);
                }
                match encoded::decode(&text(0)) {
                    Some(bytes) => self.array(
                        bytes
                            .into_iter()
                            .map(|byte| Value::Integer(i64::from(byte)))
                            .collect(),
                    ),
                    None => Ok(Value::Unknown),
                }
            }
            ("convert", "tobase64string") => match bytes_of(&first) {
                Some(bytes) => self.new_text(base64(&bytes)),
                None => Ok(Value::Unknown),
            },
            ("convert", "toint32" | "toint64" | "tobyte" | "toint16") => {
                let radix = arguments
                    .get(1)
                    .and_then(Value::integer)
                    .and_then(|radix| u32::try_from(radix).ok());
                let number = match radix {
                    Some(radix @ (2 | 8 | 16)) => {
                        i64::from_str_radix(text(0).trim_start_matches("0x"), radix).ok()
                    }
                    _ => first.integer(),
                };
                Ok(number.map_or(Value::Unknown, Value::Integer))
            }
            ("convert", "tochar") | ("char", "convertfromutf32") => self.cast("char", first),
            ("string", "join") => {
                let parts = match arguments.get(1) {
                    Some(list @ Value::Array(_)) => self.texts(list.slice())?,
                    _ => texts.iter().skip(1).cloned().collect(),
                };
                self.room(text(0).len() * parts.len())?;
                self.new_text(parts.join(&text(0)))
            }
            ("string", "format") => {
                let rest = match arguments.get(1) {
                    Some(list @ Value::Array(_)) => list.clone(),
                    _ => Value::array(arguments.iter().skip(1).cloned().collect()),
                };
                self.operate("f", first, rest)
            }
            ("string", "isnullorempty" | "isnullorwhitespace") => Ok(match first.truth() {
                Some(_) => Value::Bool(text(0).trim().is_empty()),
                None => Value::Unknown,
            }),
            ("string", "concat") => self.new_text(texts.concat()),
            ("environment", "getenvironmentvariable") => self.variable(&format!("env:{}", text(0))),
            ("environment", "setenvironmentvariable") => {
                self.environment_variable(&text(0), &text(1), &text(2));
                Ok(Value::Null)
            }
            ("environment", "expandenvironmentvariables") => {
                let expanded = self.expand_environment(&text(0));
                self.new_text(expanded)
            }
            ("environment", "getfolderpath") => {
                let home = self
                    .context
                    .environment
                    .get("USERPROFILE")
                    .unwrap_or("")
                    .to_owned();
                let roaming = format!(r"{home}\AppData\Roaming");
                let path = match text(0).to_lowercase().as_str() {
                    "desktop" | "desktopdirectory" => format!(r"{home}\Desktop"),
                    "mydocuments" | "personal" => format!(r"{home}\Documents"),
                    "applicationdata" => roaming,
                    "localapplicationdata" => format!(r"{home}\AppData\Local"),
                    "startup" => {
                        format!(r"{roaming}\Microsoft\Windows\Start Menu\Programs\Startup")
                    }
                    "commonstartup" => {
                        r"C:\ProgramData\Microsoft\Windows\Start Menu\Programs\StartUp".to_owned()
                    }
                    "commonapplicationdata" => r"C:\ProgramData".to_owned(),
                    "system" => r"C:\Windows\system32".to_owned(),
                    "windows" => r"C:\Windows".to_owned(),
                    "programfiles" => r"C:\Program Files".to_owned(),
                    "userprofile" => home,
                    _ => return Ok(Value::Unknown),
                };
                self.new_text(path)
            }
            ("io.path", "gettemppath") => {
                let folder = self
                    .context
                    .environment
                    .get("TEMP")
                    .unwrap_or(r"C:\Windows\Temp")
                    .to_owned();
                self.new_text(format!("{folder}\\"))
            }
            ("io.path", "combine") => {
                let joined = texts.join("\\").replace(r"\\", r"\");
                self.new_text(joined)
            }
            ("io.path", "getrandomfilename") => {
                let name = self
                    .world
                    .numbers
                    .pick(8, b"abcdefghijklmnopqrstuvwxyz012345");
                self.new_text(format!("{name}.tmp"))
            }
            ("io.path", "getfilename") => {
                self.new_text(text(0).rsplit(['\\', '/']).next().unwrap_or(""))
            }
            ("io.path", "getdirectoryname") => {
                self.new_text(text(0).rsplit_once('\\').map_or("", |(folder, _)| folder))
            }
            ("io.path", "getfullpath") => {
                let path = self.full_path(&text(0));
                self.new_text(path)
            }
            ("io.file", "writealltext" | "writealllines") => {
                let content = match arguments.get(1) {
                    Some(Value::Unknown) | None => None,
                    Some(_) => Some(text(1)),
                };
                let path = self.full_path(&text(0));
                self.write_text(&path, content, false);
                Ok(Value::Null)
            }
            ("io.file", "appendalltext") => {
                let path = self.full_path(&text(0));
                self.write_text(&path, Some(text(1)), true);
                Ok(Value::Null)
            }
            ("io.file", "writeallbytes" | "create" | "openwrite" | "createtext") => {
                let path = self.full_path(&text(0));
                let bytes = arguments.get(1).and_then(bytes_of);
                let content = match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
                    Some(text) if !text.starts_with("MZ") => Content::Text(text),
                    _ => Content::Unknown,
                };
                self.world.write_file(&process, &path, content);
                if lower == "writeallbytes" {
                    return Ok(Value::Null);
                }
                self.object("System.IO.StreamWriter", &[("Path", Value::text(path))])
            }
            ("io.file", "copy" | "move") => {
                let from = self.full_path(&text(0));
                let to = self.full_path(&text(1));
                let content = self.world.content(&from);
                self.world.write_file(&process, &to, content);
                if lower == "move" {
                    self.world.delete_file(&process, &from);
                }
                Ok(Value::Null)
            }
            ("io.file", "delete") => {
                let path = self.full_path(&text(0));
                self.world.delete_file(&process, &path);
                Ok(Value::Null)
            }
            ("io.file" | "io.directory", "exists") => self.path_is_there(&text(0)),
            ("io.directory", "createdirectory") => {
                let path = self.full_path(&text(0));
                self.world.make_folder(&path);
                Ok(Value::Null)
            }
            ("io.file", "readalltext") => {
                let path = self.full_path(&text(0));
                match self.world.content(&path) {
                    Content::Text(text) => self.new_text(text),
                    _ => Ok(Value::Unknown),
                }
            }
            ("diagnostics.process", "start") => {
                if self.kind(&first) == "diagnostics.processstartinfo" {
                    let file = self.property(&first, "FileName").unwrap_or(Value::Null);
                    let file = self.text_of(&file)?;
                    let rest = self.property(&first, "Arguments").unwrap_or(Value::Null);
                    let rest = self.text_of(&rest)?;
                    return self.start_file(&file, &rest);
                }
                self.start_file(&text(0), &text(1))
            }
            ("net.webrequest" | "net.httpwebrequest", "create") => {
                self.object("net.webrequest", &[("RequestUri", Value::text(text(0)))])
            }
            ("net.dns", "gethostaddresses" | "gethostentry" | "gethostbyname" | "resolve") => {
                self.world.resolve(&process, &text(0));
                Ok(Value::Unknown)
            }
            ("scriptblock", "create") => self.block_of(&text(0)),
            ("guid", "newguid") => {
                let guid = self.world.numbers.guid();
                self.new_text(guid)
            }
            ("activator", "createinstance") => {
                let kind = self.property(&first, "ProgId").unwrap_or(Value::Null);
                let kind = self.text_of(&kind)?;
                self.new_object(&kind, Vec::new())
            }
            ("type", "gettypefromprogid") => {
                self.object("ComType", &[("ProgId", Value::text(text(0)))])
            }
            ("type", "gettypefromclsid") => {
                let known = match text(0).to_uppercase().trim_matches(['{', '}']) {
                    "9BA05972-F6A8-11CF-A442-00A0C90A8F39"
                    | "C08AFD90-F2A1-11D1-8455-00A0C91F3880" => "Shell.Application",
                    "49B2791A-B1AE-4C90-9B8E-E860BA07F889" => "MMC20.Application",
                    _ => return Ok(Value::Unknown),
                };
                self.object("ComType", &[("ProgId", Value::text(known))])
            }
            ("console", _) | ("gc", _) | ("threading.thread", _) | ("reflection.assembly", _) => {
                Ok(Value::Unknown)
            }
            ("math", "floor" | "round" | "ceiling" | "truncate") => {
                Ok(first.integer().map_or(Value::Unknown, Value::Integer))
            }
            ("bitconverter", "tostring") => match bytes_of(&first) {
                Some(bytes) => {
                    let parts: Vec<String> =
                        bytes.iter().map(|byte| format!("{byte:02X}")).collect();
                    self.new_text(parts.join("-"))
                }
                None => Ok(Value::Unknown),
            },
            ("text.encoding", "getencoding") => {
                self.object("Encoding", &[("Name", Value::text(text(0)))])
            }
            ("array", "reverse") => Ok(Value::Null),
            _ => Ok(Value::Unknown),
        }
    }

    /// `New-Object` and `[type]::new()`.
    pub(super) fn new_object(&mut self, kind: &str, arguments: Vec<Value>) -> Done<Value> {
        let kind = short_type(kind);
        let texts = self.texts(&arguments)?;
        let text = |at: usize| texts.get(at).cloned().unwrap_or_default();
        match kind.as_str() {
            "io.streamwriter" | "io.filestream" => {
                let path = self.full_path(&text(0));
                self.write_text(&path, Some(String::new()), false);
                self.object("System.IO.StreamWriter", &[("Path", Value::text(path))])
            }
            "net.sockets.tcpclient" | "net.sockets.udpclient" if !arguments.is_empty() => {
                let port = arguments
                    .get(1)
                    .and_then(Value::integer)
                    .and_then(|port| u16::try_from(port).ok());
                let process = Arc::clone(&self.context.process);
                let protocol = if kind.contains("udp") {
                    crate::activity::Protocol::Udp
                } else {
                    crate::activity::Protocol::Tcp
                };
                if let Some(port) = port {
                    self.world.connect(&process, &text(0), port, protocol);
                }
                self.object(&kind, &[])
            }
            "management.automation.pscredential" => {
                self.object(&kind, &[("UserName", Value::text(text(0)))])
            }
            "collections.hashtable" => self.object(HASHTABLE, &[]),
            "psobject" | "object" | "management.automation.psobject" => {
                self.object("PSCustomObject", &[])
            }
            "string" => {
                let parts = arguments.first().map_or(Value::Null, Clone::clone);
                self.unary("join", parts)
            }
            "uri" => self.new_text(text(0)),
            "diagnostics.processstartinfo" => self.object(
                &kind,
                &[
                    ("FileName", Value::text(text(0))),
                    ("Arguments", Value::text(text(1))),
                ],
            ),
            "diagnostics.process" => {
                let info = self.object("diagnostics.processstartinfo", &[])?;
                self.object(&kind, &[("StartInfo", info)])
            }
            "management.managementclass" => self.cast(
                "wmiclass",
                arguments.first().cloned().unwrap_or(Value::Null),
            ),
            "random" => self.object(&kind, &[]),
            "shell.application" => self.object(&kind, &[]),
            "excel.application" => self.office(&kind, "EXCEL.EXE"),
            "word.application" => self.office(&kind, "WINWORD.EXE"),
            "powerpoint.application" => self.office(&kind, "POWERPNT.EXE"),
            "mmc20.application" => {
                let view = self.object("mmc20.view", &[])?;
                let document = self.object("mmc20.document", &[("ActiveView", view)])?;
                self.object(&kind, &[("Document", document)])
            }
            _ => self.object(&kind, &[]),
        }
    }

    /// An application of Office, which COM starts: every version since 2016 calls itself
    /// 16.0.
    fn office(&mut self, kind: &str, program: &str) -> Done<Value> {
        let folder = r"C:\Program Files\Microsoft Office\root\Office16";
        let image = format!(r"{folder}\{program}");
        if self.world.presence(&image) == Presence::Absent {
            return self.object(kind, &[]);
        }
        let launcher = self.world.com_launcher();
        let caller = Arc::clone(&self.context.process);
        let context = self.context_of(launcher);
        let invocation = Invocation {
            account: Some((Arc::clone(&caller.account), Arc::clone(&caller.logon))),
            integrity: Some(caller.integrity),
            ..Invocation::of_line(&image, format!("\"{image}\" /automation -Embedding"))
        };
        program::run(self.world, &context, &invocation)?;
        self.object(
            kind,
            &[
                ("Version", Value::text("16.0")),
                ("Path", Value::text(folder)),
            ],
        )
    }
}
