//! The environment that every process of Windows is given.

use super::environment::Environment;
use super::profile::HostProfile;

/// Variables that are the same on every host, in their places of a fresh installation
/// of Windows 11.
const EVERYWHERE: &[(&str, &str)] = &[
    ("ALLUSERSPROFILE", r"C:\ProgramData"),
    ("CommonProgramFiles", r"C:\Program Files\Common Files"),
    (
        "CommonProgramFiles(x86)",
        r"C:\Program Files (x86)\Common Files",
    ),
    ("CommonProgramW6432", r"C:\Program Files\Common Files"),
    ("ComSpec", r"C:\Windows\system32\cmd.exe"),
    ("DriverData", r"C:\Windows\System32\Drivers\DriverData"),
    ("HOMEDRIVE", "C:"),
    ("NUMBER_OF_PROCESSORS", "4"),
    ("OS", "Windows_NT"),
    (
        "PATHEXT",
        ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
    ),
    ("PROCESSOR_ARCHITECTURE", "AMD64"),
    (
        "PROCESSOR_IDENTIFIER",
        "Intel64 Family 6 Model 158 Stepping 10, GenuineIntel",
    ),
    ("PROCESSOR_LEVEL", "6"),
    ("PROCESSOR_REVISION", "9e0a"),
    ("ProgramData", r"C:\ProgramData"),
    ("ProgramFiles", r"C:\Program Files"),
    ("ProgramFiles(x86)", r"C:\Program Files (x86)"),
    ("ProgramW6432", r"C:\Program Files"),
    (
        "PSModulePath",
        r"C:\Program Files\WindowsPowerShell\Modules;C:\Windows\system32\WindowsPowerShell\v1.0\Modules",
    ),
    ("PUBLIC", r"C:\Users\Public"),
    ("SESSIONNAME", "Console"),
    ("SystemDrive", "C:"),
    ("SystemRoot", r"C:\Windows"),
    ("windir", r"C:\Windows"),
];

/// Where programs are looked for, before the user's own folder.
const PATH: &str = r"C:\Windows\system32;C:\Windows;C:\Windows\System32\Wbem;C:\Windows\System32\WindowsPowerShell\v1.0\;C:\Windows\System32\OpenSSH\";

/// The environment of a process of the user who is signed in to a host with Windows:
/// the standard variables, with the profile's own over them.
#[must_use]
pub fn windows_environment(profile: &HostProfile) -> Environment {
    let mut environment = Environment::windows();
    for (name, value) in EVERYWHERE {
        environment.set(name, *value);
    }
    let user = &profile.user;
    let home = format!(r"C:\Users\{}", user.name);
    let temporary = format!(r"{home}\AppData\Local\Temp");
    let computer = profile.name.to_uppercase();
    environment.set("APPDATA", format!(r"{home}\AppData\Roaming"));
    environment.set("COMPUTERNAME", computer.as_str());
    environment.set("HOMEPATH", format!(r"\Users\{}", user.name));
    environment.set("LOCALAPPDATA", format!(r"{home}\AppData\Local"));
    environment.set(
        "Path",
        format!(r"{PATH};{home}\AppData\Local\Microsoft\WindowsApps"),
    );
    environment.set("TEMP", temporary.as_str());
    environment.set("TMP", temporary);
    environment.set("USERNAME", user.name.as_str());
    environment.set("USERPROFILE", home);
    if user.domain.is_empty() || user.domain.eq_ignore_ascii_case(&profile.name) {
        environment.set("LOGONSERVER", format!(r"\\{computer}"));
        environment.set("USERDOMAIN", computer);
    } else {
        // The name of the domain controller is not in the profile.
        environment.set("LOGONSERVER", r"\\DC01");
        environment.set("USERDNSDOMAIN", profile.domain.to_uppercase());
        environment.set("USERDOMAIN", user.domain.as_str());
    }
    for (name, value) in &profile.environment {
        environment.set(name, value.as_str());
    }
    environment
}
