//! Scheduled tasks.

use std::sync::Arc;

use super::super::shell::{Done, Shell};
use super::super::value::Value;
use crate::activity::{ActivityKind, Process, ScheduledTask};
use crate::stage::simulate::world::Content;

/// What a task is made of.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct TaskParts {
    command: String,
    arguments: Option<String>,
    /// Its triggers as XML.
    triggers: String,
    /// The account that it runs as, if it is said.
    user: Option<String>,
    is_highest: bool,
    /// The whole definition, where it is given as such.
    xml: Option<String>,
}

impl TaskParts {
    /// What a definition in XML says.
    pub(in super::super) fn of_xml(xml: &str) -> Self {
        let element = |name: &str| {
            let (_, rest) = xml.split_once(&format!("<{name}>"))?;
            let (inner, _) = rest.split_once(&format!("</{name}>"))?;
            Some(unescaped(inner.trim()))
        };
        Self {
            command: element("Command").unwrap_or_default(),
            arguments: element("Arguments"),
            user: element("UserId"),
            xml: Some(xml.to_owned()),
            ..Self::default()
        }
    }
}

impl Shell<'_> {
    pub(super) fn task_service(&mut self) -> Arc<Process> {
        self.system_process(
            r"C:\Windows\System32\svchost.exe",
            r"C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule",
        )
    }

    /// The parts of what `New-ScheduledTask` and its like made.
    pub(super) fn parts_of_object(&mut self, task: &Value) -> Done<TaskParts> {
        let action = self.property(task, "Action").unwrap_or(Value::Null);
        let action = action.slice().first().cloned().unwrap_or(Value::Null);
        let mut parts = TaskParts {
            command: self.part(&action, "Path")?,
            arguments: Some(self.part(&action, "Arguments")?)
                .filter(|arguments| !arguments.is_empty()),
            ..TaskParts::default()
        };
        let principal = self.property(task, "Principal").unwrap_or(Value::Null);
        let user = self.part(&principal, "UserId")? + &self.part(task, "User")?;
        parts.user = Some(user).filter(|user| !user.is_empty());
        let level = self.part(&principal, "RunLevel")? + &self.part(task, "RunLevel")?;
        parts.is_highest = level.to_lowercase().starts_with("highest");
        let triggers = self.property(task, "Trigger").unwrap_or(Value::Null);
        for trigger in triggers.items() {
            let has = |shell: &Self, name: &str| shell.property(&trigger, name).is_some();
            let xml = if has(self, "AtLogOn") {
                "    <LogonTrigger>\r\n      <Enabled>true</Enabled>\r\n    </LogonTrigger>\r\n"
            } else if has(self, "AtStartup") {
                "    <BootTrigger>\r\n      <Enabled>true</Enabled>\r\n    </BootTrigger>\r\n"
            } else {
                "    <TimeTrigger>\r\n      <Enabled>true</Enabled>\r\n    </TimeTrigger>\r\n"
            };
            parts.triggers.push_str(xml);
        }
        Ok(parts)
    }

    fn part(&mut self, of: &Value, name: &str) -> Done<String> {
        let value = self.property(of, name).unwrap_or(Value::Null);
        self.text_of(&value)
    }

    /// A definition as `Schedule.Service` makes it.
    pub(in super::super) fn new_task_definition(&mut self) -> Done<Value> {
        let actions = self.object("TaskCollection", &[])?;
        let triggers = self.object("TaskCollection", &[])?;
        let principal = self.object("TaskPart", &[])?;
        let settings = self.object("TaskPart", &[])?;
        let information = self.object("TaskPart", &[])?;
        self.object(
            "TaskDefinition",
            &[
                ("Actions", actions),
                ("Triggers", triggers),
                ("Principal", principal),
                ("Settings", settings),
                ("RegistrationInfo", information),
            ],
        )
    }

    pub(in super::super) fn parts_of_definition(&mut self, definition: &Value) -> Done<TaskParts> {
        let actions = self.property(definition, "Actions").unwrap_or(Value::Null);
        let action = self.property(&actions, "Made").unwrap_or(Value::Null);
        Ok(TaskParts {
            command: self.part(&action, "Path")?,
            arguments: Some(self.part(&action, "Arguments")?)
                .filter(|arguments| !arguments.is_empty()),
            ..TaskParts::default()
        })
    }

    /// Registers a task: the scheduler's service writes its file.
    pub(in super::super) fn register_task(&mut self, name: &str, parts: TaskParts) -> Done<()> {
        let path = format!(r"\{}", name.trim_start_matches('\\'));
        let account = self.context.process.account.as_ref().clone();
        let xml = match &parts.xml {
            Some(xml) => xml.replace("\r\n", "\n").replace('\n', "\r\n"),
            None => definition(&path, &account.qualified(), &account.sid, &parts),
        };
        self.room(xml.len() * 2)?;
        let service = self.task_service();
        let file = format!(r"C:\Windows\System32\Tasks{path}");
        self.world
            .write_file(&service, &file, Content::Text(xml.clone()));
        let process = Arc::clone(&self.context.process);
        self.world.happen(
            Some(&process),
            ActivityKind::TaskRegistered(ScheduledTask {
                path: path.clone(),
                xml,
                command: parts.command.clone(),
                arguments: parts.arguments.clone(),
                account,
            }),
        );
        let line = match &parts.arguments {
            Some(arguments) => format!("{} {arguments}", parts.command),
            None => parts.command,
        };
        self.set_variable(&format!("script:task {path}"), Value::text(line));
        Ok(())
    }

    /// Starts a task that this script registered.
    pub(super) fn start_task(&mut self, name: &str) -> Done<()> {
        let path = format!(r"\{}", name.trim_start_matches('\\'));
        let line = match self.variable(&format!("script:task {path}"))? {
            Value::Text(line) => line.to_string(),
            _ => {
                self.not_interpreted(format!("what the task {name} does is not known"));
                return Ok(());
            }
        };
        let service = self.task_service();
        let caller = Arc::clone(&self.context.process);
        let service = Arc::new(Process {
            account: Arc::clone(&caller.account),
            logon: Arc::clone(&caller.logon),
            integrity: caller.integrity,
            ..service.as_ref().clone()
        });
        let context = self.context_of(service);
        self.start_line(&context, &line)?;
        Ok(())
    }
}

/// A definition as the scheduler writes it (Task Scheduler Schema 1.2).
fn definition(path: &str, author: &str, sid: &str, parts: &TaskParts) -> String {
    let user = parts.user.as_deref().unwrap_or(sid);
    let level = if parts.is_highest {
        "HighestAvailable"
    } else {
        "LeastPrivilege"
    };
    let arguments = parts.arguments.as_ref().map_or(String::new(), |arguments| {
        format!("      <Arguments>{}</Arguments>\r\n", escaped(arguments))
    });
    [
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n",
        "<Task version=\"1.3\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n",
        "  <RegistrationInfo>\r\n",
        &format!("    <Author>{}</Author>\r\n", escaped(author)),
        &format!("    <URI>{}</URI>\r\n", escaped(path)),
        "  </RegistrationInfo>\r\n",
        "  <Triggers>\r\n",
        &parts.triggers,
        "  </Triggers>\r\n",
        "  <Principals>\r\n    <Principal id=\"Author\">\r\n",
        &format!("      <UserId>{}</UserId>\r\n", escaped(user)),
        "      <LogonType>InteractiveToken</LogonType>\r\n",
        &format!("      <RunLevel>{level}</RunLevel>\r\n"),
        "    </Principal>\r\n  </Principals>\r\n",
        "  <Settings>\r\n    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>\r\n    <Enabled>true</Enabled>\r\n  </Settings>\r\n",
        "  <Actions Context=\"Author\">\r\n    <Exec>\r\n",
        &format!("      <Command>{}</Command>\r\n", escaped(&parts.command)),
        &arguments,
        "    </Exec>\r\n  </Actions>\r\n</Task>",
    ]
    .concat()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
