//! What Windows PowerShell is asked.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::Sort;
use crate::collect::process::Command;

/// Windows' own PowerShell, by its full path where the folder of Windows is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PowerShell {
    program: PathBuf,
}

/// Before every question: the output is UTF-8 whatever the console's code page is, and
/// what goes wrong is an exit code.
const PREAMBLE: &str = "$ErrorActionPreference = 'Stop'; \
    [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false; ";

/// `Win32_Service` (Microsoft, "Win32_Service class"): its states are words of the class,
/// and not of the language of the host.
const SERVICES: &str = "@(Get-CimInstance -ClassName Win32_Service | \
    Select-Object -Property Name, PathName, StartMode, StartName)";

/// Tasks of the Task Scheduler (module ScheduledTasks); state 1 is "disabled" (Microsoft,
/// "TASK_STATE enumeration").
const TASKS: &str = "@(Get-ScheduledTask | ForEach-Object { [PSCustomObject]@{ \
    Path = [string]$_.TaskPath; Name = [string]$_.TaskName; State = [int]$_.State; \
    Does = [string](@($_.Actions | ForEach-Object { \
    ('' + $_.Execute + ' ' + $_.Arguments + $_.ClassId).Trim() }) -join '; ') } })";

/// The keys of the host and of every user that is loaded (Microsoft, "Run and RunOnce
/// registry keys"). Values are not expanded, so that they are as they stand there.
const RUN_KEYS: &str = "@($roots = @('Registry::HKEY_LOCAL_MACHINE\\SOFTWARE', \
    'Registry::HKEY_LOCAL_MACHINE\\SOFTWARE\\WOW6432Node') + \
    @(Get-ChildItem -Path 'Registry::HKEY_USERS' -ErrorAction SilentlyContinue | \
    ForEach-Object { 'Registry::' + $_.Name + '\\SOFTWARE' }); \
    foreach ($root in $roots) { foreach ($run in 'Run', 'RunOnce') { \
    $path = $root + '\\Microsoft\\Windows\\CurrentVersion\\' + $run; \
    if (Test-Path -LiteralPath $path) { $key = Get-Item -LiteralPath $path; \
    foreach ($name in $key.GetValueNames()) { [PSCustomObject]@{ Key = [string]$key.Name; \
    Name = [string]$name; \
    Value = [string]$key.GetValue($name, '', 'DoNotExpandEnvironmentNames') } } } } })";

/// Listening ports (module NetTCPIP).
const PORTS: &str = "@(Get-NetTCPConnection -State Listen | \
    Select-Object -Property LocalAddress, LocalPort, OwningProcess)";

/// `Win32_Process` (Microsoft, "Win32_Process class").
const PROCESSES: &str = "@(Get-CimInstance -ClassName Win32_Process | \
    ForEach-Object { [PSCustomObject]@{ ProcessId = $_.ProcessId; \
    ParentProcessId = $_.ParentProcessId; Name = [string]$_.Name; \
    CommandLine = [string]$_.CommandLine; \
    Created = if ($_.CreationDate) { $_.CreationDate.ToUniversalTime().ToString('o') } \
    else { '' } } })";

/// The script that tells of all things of a sort as one JSON array.
#[must_use]
pub fn script(sort: Sort) -> String {
    let things = match sort {
        Sort::Service => SERVICES,
        Sort::Task => TASKS,
        Sort::RunKey => RUN_KEYS,
        Sort::Port => PORTS,
        Sort::Process => PROCESSES,
    };
    // Piped, an array of one thing would come out as that thing.
    format!("{PREAMBLE}ConvertTo-Json -Compress -Depth 3 -InputObject {things}")
}

impl PowerShell {
    /// That below the folder of Windows, which `SystemRoot` names.
    #[must_use]
    pub fn below(system_root: Option<&OsStr>) -> Self {
        let program = match system_root {
            Some(root) if !root.is_empty() => Path::new(root)
                .join("System32")
                .join("WindowsPowerShell")
                .join("v1.0")
                .join("powershell.exe"),
            _ => PathBuf::from("powershell.exe"),
        };
        Self { program }
    }

    /// That of this host.
    #[must_use]
    pub fn of_this_host() -> Self {
        Self::below(std::env::var_os("SystemRoot").as_deref())
    }

    /// What tells of all things of a sort. The script holds no double quotes, so that it
    /// is one argument however the program splits its command line.
    #[must_use]
    pub fn ask(&self, sort: Sort) -> Command {
        let flags = ["-NoLogo", "-NoProfile", "-NonInteractive", "-Command"];
        let mut arguments: Vec<OsString> = flags.map(OsString::from).to_vec();
        arguments.push(script(sort).into());
        Command {
            program: self.program.clone(),
            arguments,
        }
    }
}
