//! What opens files that are not programs: the classes of a fresh installation of
//! Windows.

/// How a class of files is opened: the program, and its command line with `%1` for the
/// full path of the file and `%*` for what follows.
pub(super) struct Opener {
    /// The path of the program.
    pub program: &'static str,
    /// The command line (`shell\open\command`).
    pub command_line: &'static str,
}

const WSCRIPT: Opener = Opener {
    program: r"C:\Windows\System32\WScript.exe",
    command_line: r#""C:\Windows\System32\WScript.exe" "%1" %*"#,
};
const NOTEPAD: Opener = Opener {
    program: r"C:\Windows\system32\NOTEPAD.EXE",
    command_line: r#""C:\Windows\system32\NOTEPAD.EXE" %1"#,
};
const CONSOLE: Opener = Opener {
    program: r"C:\Windows\system32\mmc.exe",
    command_line: r#""C:\Windows\system32\mmc.exe" "%1" %*"#,
};
const HELP: Opener = Opener {
    program: r"C:\Windows\hh.exe",
    command_line: r#""C:\Windows\hh.exe" %1"#,
};
const REGISTRY: Opener = Opener {
    program: r"C:\Windows\regedit.exe",
    command_line: r#""regedit.exe" "%1""#,
};
const APPLICATION: Opener = Opener {
    program: r"C:\Windows\SysWOW64\mshta.exe",
    command_line: r#""C:\Windows\SysWOW64\mshta.exe" "%1" {1E460BD7-F1C3-4B2E-88BF-4E770A288AF5}%U{1E460BD7-F1C3-4B2E-88BF-4E770A288AF5} %*"#,
};
const INSTALLER: Opener = Opener {
    program: r"C:\Windows\System32\msiexec.exe",
    command_line: r#""C:\Windows\System32\msiexec.exe" /i "%1" %*"#,
};
const PANEL: Opener = Opener {
    program: r"C:\Windows\System32\control.exe",
    command_line: r#""C:\Windows\System32\control.exe" "%1",%*"#,
};

/// What opens files whose names end so (with the dot, in lower case).
pub(super) fn opener(ending: &str) -> Option<&'static Opener> {
    Some(match ending {
        ".vbs" | ".vbe" | ".js" | ".jse" | ".wsf" | ".wsh" => &WSCRIPT,
        ".txt" | ".log" | ".ini" | ".inf" | ".ps1" | ".psm1" | ".psd1" => &NOTEPAD,
        ".msc" => &CONSOLE,
        ".chm" => &HELP,
        ".reg" => &REGISTRY,
        ".hta" => &APPLICATION,
        ".msi" => &INSTALLER,
        ".cpl" => &PANEL,
        _ => return None,
    })
}
