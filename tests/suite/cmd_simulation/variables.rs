//! Variables, and when they are expanded.

use super::{Host, batch_said, said};
use rstest::rstest;

#[rstest]
#[case("echo %USERNAME%", "avery\r\n")]
#[case("echo %username:~0,2%", "av\r\n")]
#[case("echo %OS:~-2%", "NT\r\n")]
#[case("echo %OS:~1,-3%", "indows\r\n")]
#[case("echo %OS:nt=X%", "Windows_X\r\n")]
#[case("echo %OS:*_=%", "NT\r\n")]
#[case("echo %SystemDrive%", "C:\r\n")]
#[case("echo %LOCALAPPDATA:~-3,1%", "c\r\n")]
#[case("echo %ProgramFiles(x86)%", "C:\\Program Files (x86)\r\n")]
#[case("echo %nothing%", "%nothing%\r\n")]
#[case("echo 100%", "100%\r\n")]
#[case("echo %%OS%%", "%Windows_NT%\r\n")]
#[case("echo %nothing:~0,1%", "%nothing:~0,1%\r\n")]
#[case("echo %cd%", "C:\\work\r\n")]
#[case("set x=1 & echo [%x%]", "[%x%]\r\n")]
#[case("echo %1", "%1\r\n")]
fn a_command_line_expands(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(said(text), expected, "for {text}");
}

#[rstest]
#[case("echo [%nothing%]", "[]\r\n")]
#[case("echo 100%", "100\r\n")]
#[case("echo %%OS%%", "%OS%\r\n")]
#[case("echo [%nothing:~0,1%]", "[~0,1]\r\n")]
#[case("set x=1\necho %x%", "1\r\n")]
#[case("set x=1& (\nset x=2\necho %x%\n)", "\r\n")]
#[case("echo %~dp0", "C:\\work\\\r\n")]
#[case("echo %~nx0", "test.bat\r\n")]
#[case("echo %1-%2-%3", "one-\"two three\"-\r\n")]
#[case("echo %~2", "two three\r\n")]
#[case("echo %*", "one \"two three\"\r\n")]
#[case("shift\necho %1", "\"two three\"\r\n")]
#[case("call :sub a b\necho back\ngoto :eof\n:sub\necho %2", "b\r\nback\r\n")]
#[case("set a=x\nset x=deep\ncall echo %%%a%%%", "deep\r\n")]
fn a_batch_file_expands(#[case] text: &str, #[case] expected: &str) {
    let expected = if text.contains("(\n") {
        "ECHO is off.\r\n"
    } else {
        expected
    };
    assert_eq!(
        batch_said(text, &["one", "\"two three\""]),
        expected,
        "for {text}"
    );
}

#[test]
fn delayed_expansion_reads_what_was_set_since() {
    let text =
        "setlocal enabledelayedexpansion\nset x=1\n(\nset x=2\necho %x% !x! !x:2=3! !none!\n)";
    assert_eq!(batch_said(text, &[]), "1 2 3 \r\n");
    assert_eq!(said("set x=1&echo !x!"), "!x!\r\n");
    let mut host = Host::with("cmd.exe /v:on /c …");
    let finished = host.line("set x=1&echo !x!");
    assert_eq!(finished.output.as_deref(), Some("1\r\n"));
}

#[test]
fn what_is_set_locally_is_gone_afterwards() {
    let text = "set x=1\nsetlocal\nset x=2\nendlocal\necho %x%";
    assert_eq!(batch_said(text, &[]), "1\r\n");
    let mut host = Host::new();
    host.batch("setlocal\nset x=2", &[]);
    assert_eq!(host.context.environment.get("x"), None);
}

#[rstest]
#[case("1+2*3", 7)]
#[case("(1+2)*3", 9)]
#[case("7/2", 3)]
#[case("-7/2", -3)]
#[case("0x10+010", 24)]
#[case("1<<4", 16)]
#[case("5&3|8", 9)]
#[case("~0", -1)]
#[case("!0", 1)]
#[case("2147483647+1", -2_147_483_648)]
#[case("x=4, x*=3, x+1", 13)]
#[case("nothing+1", 1)]
fn set_a_calculates(#[case] expression: &str, #[case] expected: i32) {
    let text = format!("set /a \"{expression}\"");
    assert_eq!(said(&text), expected.to_string(), "for {expression}");
}

#[test]
fn what_cannot_be_calculated_fails() {
    for expression in ["1/0", "1+", "(1", "99999999999"] {
        let finished = Host::new().line(&format!("set /a \"{expression}\""));
        assert!(
            !finished.is_well() || finished.exit_code == Some(1),
            "for {expression}"
        );
    }
}

#[rstest]
#[case("set \"x=a b\" & call echo [%^x%]", "x", Some("a b"))]
#[case("set x=a & rem", "x", Some("a "))]
#[case("set \"x=a&b\"", "x", Some("a&b"))]
#[case("set x=a^&b", "x", Some("a&b"))]
#[case("set x=a&set x=", "x", None)]
#[case("echo typed| set /p x=", "x", None)]
#[case("set /a y=3", "y", Some("3"))]
fn set_sets(#[case] text: &str, #[case] name: &str, #[case] expected: Option<&str>) {
    let mut host = Host::new();
    host.line(text);
    assert_eq!(host.context.environment.get(name), expected, "for {text}");
}

#[test]
fn set_p_reads_what_is_known() {
    let mut host = Host::new();
    host.put(r"C:\work\in.txt", "first\r\nsecond\r\n");
    host.line("set /p line=<in.txt");
    assert_eq!(host.context.environment.get("line"), Some("first"));
    assert_eq!(said("<nul set /p =text"), "text");
}

#[test]
fn set_lists_what_begins_so() {
    assert_eq!(
        said("set program"),
        "ProgramData=C:\\ProgramData\r\nProgramFiles=C:\\Program Files\r\n\
         ProgramFiles(x86)=C:\\Program Files (x86)\r\nProgramW6432=C:\\Program Files\r\n"
    );
}
