//! The shapes that values come in.

use std::sync::LazyLock;

use regex::Regex;

/// Shapes from the most specific to the least; the first that fits is taken.
const SHAPES: [(&str, &str); 28] = [
    ("nothing", r"^$"),
    ("a dash", r"^-$"),
    ("a GUID", r"^\{[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}$"),
    (
        "a GUID in upper case",
        r"^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$",
    ),
    ("a SID", r"^S-1(-\d+)+$"),
    ("a hexadecimal number", r"^0x[0-9a-f]+$"),
    ("a number", r"^\d+$"),
    ("true or false", r"^(true|false)$"),
    (
        "a date and time",
        r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$",
    ),
    (
        "a time in ISO form",
        r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$",
    ),
    ("a message parameter", r"^%%\d+$"),
    (
        "hashes",
        r"^((MD5|SHA1|SHA256|IMPHASH)=[0-9A-F]+)(,(MD5|SHA1|SHA256|IMPHASH)=[0-9A-F]+)*$",
    ),
    (
        "an integrity level",
        r"^(Low|Medium|High|System|AppContainer|Untrusted)$",
    ),
    ("a Windows version", r"^\d+(\.\d+){3} \([\w.]+\)$"),
    ("an IPv4 address", r"^\d{1,3}(\.\d{1,3}){3}$"),
    (
        "an IPv6 address",
        r"^[0-9a-f]*:[0-9a-f:]*(\d+(\.\d+){3})?(%\d+)?$",
    ),
    ("a list of answers", r"^((type:\s+\d+ )?\S+;)+$"),
    (
        "registry data",
        r"^(DWORD|QWORD) \(0x[0-9a-f]{8}(-0x[0-9a-f]{8})?\)$|^Binary Data$",
    ),
    ("a registry path", r"^(HKLM|HKU|HKCR)\\"),
    ("XML", r"^<\?xml"),
    ("a folder", r"^[A-Za-z]:\\([^\x22<>|]*\\)?$"),
    ("a path", r"^[A-Za-z]:\\[^\x22<>|?*/]*\.\w+$"),
    ("an NT path", r"^\\(\?\?|Device)\\"),
    ("a share or device", r"^\\\\"),
    (
        "a command line",
        r"^\x22.+\x22|^\S+( +\S+)* +[-/]\S|^[A-Za-z]:\\.+\.\w+ +\S",
    ),
    ("an account", r"^[^\\/:;]+\\[^\\/:;]+$"),
    ("a task name", r"^\\"),
    ("bytes", r"^([0-9A-F]{2}){4,}$"),
];

/// The shape of a value.
pub fn shape(text: &str) -> &'static str {
    static PATTERNS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
        let compile = |pattern| Regex::new(pattern).expect("a sound pattern");
        SHAPES
            .map(|(name, pattern)| (name, compile(pattern)))
            .into()
    });
    PATTERNS
        .iter()
        .find(|(_, pattern)| pattern.is_match(text))
        .map_or("text", |(name, _)| name)
}

#[test]
fn values_have_the_shapes_that_people_see() {
    for (text, expected) in [
        ("", "nothing"),
        ("-", "a dash"),
        ("{7c1d0a52-8a66-6ae8-a712-000000001b00}", "a GUID"),
        ("S-1-5-18", "a SID"),
        ("0x3e7", "a hexadecimal number"),
        ("443", "a number"),
        ("2026-11-02 13:04:38.207", "a date and time"),
        ("%%1936", "a message parameter"),
        ("SHA256=00AF", "hashes"),
        ("10.0.26100.1 (WinBuild.160101.0800)", "a Windows version"),
        ("203.0.113.7", "an IPv4 address"),
        ("2001:db8::1", "an IPv6 address"),
        ("::ffff:203.0.113.7;", "a list of answers"),
        ("type:  5 relay.example;203.0.113.7;", "a list of answers"),
        ("DWORD (0x00000001)", "registry data"),
        (r"HKLM\Software\Example", "a registry path"),
        (r"C:\Windows\", "a folder"),
        (r"C:\Windows\explorer.exe", "a path"),
        (r#""C:\Windows\explorer.exe" /x"#, "a command line"),
        (r"C:\Windows\explorer.exe /x", "a command line"),
        (r"\??\C:\Windows\explorer.exe", "an NT path"),
        (r"NT AUTHORITY\SYSTEM", "an account"),
        (r"\Example task", "a task name"),
        ("Host Process for Windows Services", "text"),
    ] {
        assert_eq!(shape(text), expected, "{text}");
    }
}
