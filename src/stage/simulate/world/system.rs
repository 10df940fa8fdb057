//! The processes that Windows itself keeps running: services work in them.

use std::sync::Arc;

use super::World;
use crate::activity::{Account, Integrity, LogonSession, Process};

impl World {
    /// The account that Windows runs as, with its logon.
    #[must_use]
    pub fn system_account() -> (Arc<Account>, Arc<LogonSession>) {
        let account = Account {
            domain: "NT AUTHORITY".to_owned(),
            name: "SYSTEM".to_owned(),
            sid: "S-1-5-18".to_owned(),
        };
        let logon = LogonSession {
            id: 0x3e7,
            terminal: 0,
        };
        (Arc::new(account), Arc::new(logon))
    }

    /// The account that services with few rights run as, with its logon.
    #[must_use]
    pub fn network_service_account() -> (Arc<Account>, Arc<LogonSession>) {
        let account = Account {
            domain: "NT AUTHORITY".to_owned(),
            name: "NETWORK SERVICE".to_owned(),
            sid: "S-1-5-20".to_owned(),
        };
        let logon = LogonSession {
            id: 0x3e4,
            terminal: 0,
        };
        (Arc::new(account), Arc::new(logon))
    }

    /// The process of Windows itself that runs with that command line, started long
    /// before; `services.exe` is the parent of those that host services.
    pub fn system_process(&mut self, image: &str, command_line: &str) -> Arc<Process> {
        if let Some(known) = self.system.get(command_line) {
            return Arc::clone(known);
        }
        let parent = (!image.eq_ignore_ascii_case(SERVICES)).then(|| self.service_manager());
        self.kept_running(parent, image, command_line, Self::system_account())
    }

    /// A process of Windows that was started long before, once.
    fn kept_running(
        &mut self,
        parent: Option<Arc<Process>>,
        image: &str,
        command_line: &str,
        (account, logon): (Arc<Account>, Arc<LogonSession>),
    ) -> Arc<Process> {
        let process = self.existing_process(
            parent,
            image,
            command_line,
            r"C:\WINDOWS\system32",
            account,
            logon,
            Integrity::System,
        );
        self.system
            .insert(command_line.to_owned(), Arc::clone(&process));
        process
    }

    /// The kernel's own process, which writes what comes through a share.
    pub fn kernel(&mut self) -> Arc<Process> {
        const NAME: &str = "System";
        if let Some(known) = self.system.get(NAME) {
            return Arc::clone(known);
        }
        let process = self.kept_running(None, NAME, "", Self::system_account());
        let process = Arc::new(Process {
            id: 4,
            ..process.as_ref().clone()
        });
        self.system.insert(NAME.to_owned(), Arc::clone(&process));
        process
    }

    /// `services.exe`, which starts services and writes their keys.
    pub fn service_manager(&mut self) -> Arc<Process> {
        self.system_process(SERVICES, r"C:\WINDOWS\system32\services.exe")
    }

    /// The `svchost.exe` that hosts the task scheduler.
    pub fn task_scheduler(&mut self) -> Arc<Process> {
        let line = r"C:\WINDOWS\system32\svchost.exe -k netsvcs -p -s Schedule";
        self.system_process(r"C:\Windows\System32\svchost.exe", line)
    }

    /// The `svchost.exe` that starts the servers of COM.
    pub fn com_launcher(&mut self) -> Arc<Process> {
        let line = r"C:\WINDOWS\system32\svchost.exe -k DcomLaunch -p";
        self.system_process(r"C:\Windows\System32\svchost.exe", line)
    }

    /// The `WmiPrvSE.exe` that starts processes for WMI. The provider of
    /// `Win32_Process` is hosted with the rights of a network service
    /// (`HostingModel = "NetworkServiceHost"`).
    pub fn wmi_provider(&mut self) -> Arc<Process> {
        let line = r"C:\WINDOWS\system32\wbem\wmiprvse.exe -secured -Embedding";
        if let Some(known) = self.system.get(line) {
            return Arc::clone(known);
        }
        let launcher = self.com_launcher();
        let image = r"C:\Windows\System32\wbem\WmiPrvSE.exe";
        self.kept_running(Some(launcher), image, line, Self::network_service_account())
    }
}

const SERVICES: &str = r"C:\Windows\System32\services.exe";
