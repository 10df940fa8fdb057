//! What belongs to the host: services, tasks, WMI, and the protection of Defender.

use std::sync::Arc;

use super::super::shell::{Done, Shell};
use super::super::value::Value;
use super::task::TaskParts;
use super::{Bound, Given};
use crate::activity::{ActivityKind, RegistryData, Service};

impl Shell<'_> {
    pub(super) fn host_cmdlet(
        &mut self,
        name: &str,
        bound: &Bound,
        input: &Option<Vec<Value>>,
    ) -> Given {
        Ok(Some(match name {
            "new-service" => self.new_service(bound)?,
            "start-service" | "stop-service" | "restart-service" => Vec::new(),
            "set-service" => {
                let name = self.text_at(bound, &["Name"])?;
                let start = self.text_at(bound, &["StartupType"])?;
                if let Some(number) = start_number(&start) {
                    let manager = self.service_manager();
                    let key = format!(r"HKLM\SYSTEM\CurrentControlSet\Services\{name}");
                    self.world
                        .set_value(&manager, &key, "Start", RegistryData::Dword(number));
                }
                Vec::new()
            }
            "new-scheduledtaskaction" => {
                let command = bound.get("Execute").cloned().unwrap_or(Value::Null);
                let arguments = bound.get("Argument").cloned().unwrap_or(Value::Null);
                let folder = bound
                    .get("WorkingDirectory")
                    .cloned()
                    .unwrap_or(Value::Null);
                vec![self.object(
                    "TaskAction",
                    &[
                        ("Path", command),
                        ("Arguments", arguments),
                        ("WorkingDirectory", folder),
                    ],
                )?]
            }
            "new-scheduledtasktrigger"
            | "new-scheduledtaskprincipal"
            | "new-scheduledtasksettingsset" => {
                let made = self.object(name, &[])?;
                for (name, value) in &bound.named {
                    self.set_property(&made, name, value.clone())?;
                }
                vec![made]
            }
            "new-scheduledtask" => {
                let made = self.object("ScheduledTask", &[])?;
                for (name, value) in &bound.named {
                    self.set_property(&made, name, value.clone())?;
                }
                vec![made]
            }
            "register-scheduledtask" => self.register(bound, input)?,
            "set-scheduledtask" | "unregister-scheduledtask" => {
                let task = self.text_at(bound, &["TaskName"])?;
                if name.starts_with("un") && !task.is_empty() {
                    let service = self.task_service();
                    self.world
                        .delete_file(&service, &format!(r"C:\Windows\System32\Tasks\{task}"));
                }
                Vec::new()
            }
            "start-scheduledtask" => {
                let task = self.text_at(bound, &["TaskName"])?;
                self.start_task(&task)?;
                Vec::new()
            }
            "invoke-cimmethod" | "invoke-wmimethod" => self.invoke_method(bound)?,
            "new-ciminstance" | "set-wmiinstance" | "register-wmievent" => vec![Value::Unknown],
            "get-ciminstance" | "get-wmiobject" => {
                let class = self.text_at(bound, &["ClassName", "Class"])?;
                if bound.has("List") {
                    vec![self.object("WmiClass", &[("Name", Value::text(class))])?]
                } else {
                    vec![Value::Unknown]
                }
            }
            "add-mppreference" | "set-mppreference" => {
                self.preferences(bound)?;
                Vec::new()
            }
            "set-executionpolicy" => {
                let policy = self.text_at(bound, &["ExecutionPolicy"])?;
                let scope = self.text_at(bound, &["Scope"])?.to_lowercase();
                let process = Arc::clone(&self.context.process);
                let root = match scope.as_str() {
                    "process" => return Ok(Some(Vec::new())),
                    "currentuser" => r"HKCU\SOFTWARE",
                    _ => r"HKLM\SOFTWARE",
                };
                let key = format!(r"{root}\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell");
                if let Some(key) = self.world.registry_key(&process, &key) {
                    self.world.set_value(
                        &process,
                        &key,
                        "ExecutionPolicy",
                        RegistryData::Text(policy),
                    );
                }
                Vec::new()
            }
            "import-module" => {
                let module = self.text_at(bound, &["Name"])?;
                let is_script = module.to_lowercase().ends_with(".ps1")
                    || module.to_lowercase().ends_with(".psm1");
                if is_script {
                    let path = self.full_path(&module);
                    let mut out = Vec::new();
                    self.script_file(&path, &[], super::super::ast::Call::Dot, &mut out)?;
                } else {
                    // A module brings functions with it.
                    self.ran_unknown = true;
                }
                Vec::new()
            }
            _ => return Ok(None),
        }))
    }

    fn service_manager(&mut self) -> Arc<crate::activity::Process> {
        self.system_process(
            r"C:\Windows\System32\services.exe",
            r"C:\Windows\system32\services.exe",
        )
    }

    fn new_service(&mut self, bound: &Bound) -> Done<Vec<Value>> {
        let name = self.text_at(bound, &["Name"])?;
        let path = self.text_at(bound, &["BinaryPathName"])?;
        let start = self.text_at(bound, &["StartupType"])?;
        let number = start_number(&start).unwrap_or(2);
        let manager = self.service_manager();
        let key = format!(r"HKLM\SYSTEM\CurrentControlSet\Services\{name}");
        for (value, data) in [
            ("Type", RegistryData::Dword(0x10)),
            ("Start", RegistryData::Dword(number)),
            ("ErrorControl", RegistryData::Dword(1)),
            ("ImagePath", RegistryData::ExpandText(path.clone())),
            ("ObjectName", RegistryData::Text("LocalSystem".to_owned())),
        ] {
            self.world.set_value(&manager, &key, value, data);
        }
        let start = match number {
            3 => "demand start",
            4 => "disabled",
            _ => "auto start",
        };
        self.world.happen(
            Some(&manager),
            ActivityKind::ServiceInstalled(Service {
                name,
                image_path: path,
                kind: "user mode service".to_owned(),
                start: start.to_owned(),
                account: "LocalSystem".to_owned(),
            }),
        );
        Ok(vec![
            self.object("System.ServiceProcess.ServiceController", &[])?,
        ])
    }

    fn register(&mut self, bound: &Bound, input: &Option<Vec<Value>>) -> Done<Vec<Value>> {
        let name = self.text_at(bound, &["TaskName"])?;
        let folder = self.text_at(bound, &["TaskPath"])?;
        let name = format!(r"{}\{name}", folder.trim_end_matches('\\'));
        let xml = bound.get("Xml").cloned();
        let parts = match xml {
            Some(xml) => TaskParts::of_xml(&self.text_of(&xml)?),
            None => {
                let given = bound
                    .get("InputObject")
                    .cloned()
                    .or_else(|| input.as_ref().and_then(|input| input.first().cloned()));
                let object = match given {
                    Some(object) => object,
                    None => {
                        let made = self.object("ScheduledTask", &[])?;
                        for (name, value) in &bound.named {
                            self.set_property(&made, name, value.clone())?;
                        }
                        made
                    }
                };
                self.parts_of_object(&object)?
            }
        };
        self.register_task(&name, parts)?;
        Ok(vec![self.object(
            "ScheduledTask",
            &[("TaskName", Value::text(name))],
        )?])
    }

    fn invoke_method(&mut self, bound: &Bound) -> Done<Vec<Value>> {
        let class = self.text_at(bound, &["ClassName", "Class", "Path"])?;
        let method = self.text_at(bound, &["MethodName", "Name"])?;
        let host = self.text_at(bound, &["ComputerName"])?;
        let own = self
            .context
            .environment
            .get("COMPUTERNAME")
            .unwrap_or("")
            .to_owned();
        let is_here = ["", "localhost", "127.0.0.1", "."].contains(&host.to_lowercase().as_str())
            || host.eq_ignore_ascii_case(&own);
        let is_process = class.to_lowercase().ends_with("win32_process")
            && method.eq_ignore_ascii_case("create");
        if !is_here || bound.get("CimSession").is_some() {
            let process = Arc::clone(&self.context.process);
            if !host.is_empty() {
                self.world
                    .connect(&process, &host, 135, crate::activity::Protocol::Tcp);
            }
            self.not_interpreted("what happens on other hosts is not modelled");
            return Ok(vec![Value::Unknown]);
        }
        if !is_process {
            self.not_interpreted(format!("what {method} of {class} does is not known"));
            return Ok(vec![Value::Unknown]);
        }
        let line = match bound.any(&["Arguments", "ArgumentList"]).cloned() {
            Some(table) if self.is_table(&table) => {
                self.property(&table, "CommandLine").unwrap_or(Value::Null)
            }
            Some(list) => list.slice().first().cloned().unwrap_or(Value::Null),
            None => Value::Null,
        };
        let line = self.text_of(&line)?;
        self.start_by_wmi(&line, "")?;
        Ok(vec![self.object(
            "__PARAMETERS",
            &[
                ("ReturnValue", Value::Integer(0)),
                ("ProcessId", Value::Unknown),
            ],
        )?])
    }

    /// Exclusions and switches of Defender, which its service keeps in the registry.
    fn preferences(&mut self, bound: &Bound) -> Done<()> {
        let service = self.system_process(
            r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24090.11-0\MsMpEng.exe",
            r#""C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24090.11-0\MsMpEng.exe""#,
        );
        let root = r"HKLM\SOFTWARE\Microsoft\Windows Defender";
        for (name, value) in &bound.named {
            let lower = name.to_lowercase();
            let exclusion = match lower.as_str() {
                "exclusionpath" => Some("Paths"),
                "exclusionextension" => Some("Extensions"),
                "exclusionprocess" => Some("Processes"),
                _ => None,
            };
            if let Some(part) = exclusion {
                for item in value.items() {
                    let item = self.text_of(&item)?;
                    let key = format!(r"{root}\Exclusions\{part}");
                    self.world
                        .set_value(&service, &key, &item, RegistryData::Dword(0));
                }
                continue;
            }
            let number = match (value.truth(), value.integer()) {
                (_, Some(number)) => u32::try_from(number).unwrap_or(1),
                (Some(true), None) => 1,
                _ => 0,
            };
            let below = match lower.as_str() {
                "disablerealtimemonitoring"
                | "disablebehaviormonitoring"
                | "disablescriptscanning"
                | "disableioavprotection"
                | "disableintrusionpreventionsystem" => r"\Real-Time Protection",
                _ => continue,
            };
            self.world.set_value(
                &service,
                &format!("{root}{below}"),
                name,
                RegistryData::Dword(number),
            );
        }
        Ok(())
    }
}

/// The number of a way to start (the service manager's `Start` value).
fn start_number(name: &str) -> Option<u32> {
    match name.to_lowercase().as_str() {
        "boot" => Some(0),
        "system" => Some(1),
        "automatic" => Some(2),
        "manual" => Some(3),
        "disabled" => Some(4),
        _ => None,
    }
}
