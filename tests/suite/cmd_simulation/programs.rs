//! The command lines of processes, as recordings of real systems show them.

use super::{Host, batch_said, refused};
use misfire::stage::simulate::program::run_line;
use misfire::stage::simulate::shell::cmd::after_c;
use rstest::rstest;

/// What the shell starts, in order; nothing of what those programs start.
fn started(text: &str) -> Vec<String> {
    let mut host = Host::new();
    host.line(text);
    let own = host.context.process.serial;
    let of_shell = host.world.activities().iter().filter_map(|traced| {
        let process = traced.activity.process.as_ref()?;
        let parent = process.parent.as_ref()?;
        let is_start = matches!(
            traced.activity.kind,
            misfire::activity::ActivityKind::ProcessStarted
        );
        (is_start && parent.serial == own).then(|| process.command_line.clone())
    });
    of_shell.collect()
}

#[rstest]
#[case("whoami", "whoami")]
#[case("whoami /groups", "whoami  /groups")]
#[case("whoami /all 1>out.txt 2>&1", "whoami  /all ")]
#[case("reg add HKCU\\x /v \"a b\" /f", "reg  add HKCU\\x /v \"a b\" /f")]
#[case("\"C:\\x y\\a.exe\" host --port", "\"C:\\x y\\a.exe\"  host --port")]
#[case("ping   -n 1 127.0.0.1", "ping    -n 1 127.0.0.1")]
#[case("ipconfig/all", "ipconfig /all")]
#[case("netsh interface show^\ninterface", "netsh  interface showinterface")]
#[case(
    "schtasks /tr \"cmd /c start /min \\\"\\\" x\"",
    "schtasks  /tr \"cmd /c start /min \\\"\\\" x\""
)]
#[case("call ping localhost", "ping  localhost")]
#[case("start ping localhost", "ping  localhost")]
#[case("start \"\" \"C:\\x y\\a.exe\" host", "\"C:\\x y\\a.exe\"  host")]
#[case("start /b /min powershell.exe -nop", "powershell.exe  -nop")]
#[case("start \"title\" /wait /d C:\\Windows ping", "ping")]
#[case(
    "%SystemRoot%\\system32\\net.exe user",
    "C:\\Windows\\system32\\net.exe  user"
)]
#[case("for %i in (1) do ping 10.0.0.%i", "ping  10.0.0.1")]
#[case("%LOCALAPPDATA:~-3,1%md /c echo a", "cmd  /c echo a")]
fn a_command_line_is_built(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(started(text), [expected], "for {text}");
}

#[test]
fn sides_of_a_pipe_that_are_no_programs_get_shells() {
    assert_eq!(
        started(r"dir c:\ /b /s .key | findstr /e .key"),
        [
            r#"C:\Windows\system32\cmd.exe  /S /D /c" dir c:\ /b /s .key ""#,
            "findstr  /e .key",
        ]
    );
    assert_eq!(
        started(r#"vssadmin List Shadows| find "Shadow Copy Volume" "#),
        ["vssadmin  List Shadows", "find  \"Shadow Copy Volume\" "]
    );
    let echoed = started("echo y | more");
    assert_eq!(
        echoed[0],
        r#"C:\Windows\system32\cmd.exe  /S /D /c" echo y ""#
    );
}

#[test]
fn what_a_pipe_carries_is_known() {
    let finished =
        Host::new().line("echo a b| (for /f \"tokens=2\" %i in ('echo a b') do @echo %i)");
    assert_eq!(finished.output.as_deref(), Some("b\r\n"));
}

#[test]
fn a_loop_over_output_gets_a_shell() {
    let text =
        r#"for /f "tokens=2" %i in ('reg query HKLM\x /ve 2^>nul ^| find "REG_SZ"') do @rem"#;
    assert_eq!(
        started(text),
        [r#"C:\Windows\system32\cmd.exe /c reg query HKLM\x /ve 2>nul | find "REG_SZ""#]
    );
}

#[test]
fn a_loop_over_unknown_output_goes_round_once() {
    let mut host = Host::new();
    host.line("for /f \"tokens=2\" %i in ('tasklist') do rundll32 x.dll,MiniDump %i out.dmp");
    assert!(
        host.started()
            .contains(&"rundll32  x.dll,MiniDump %i out.dmp".to_owned()),
        "{:?}",
        host.started()
    );
    let assumes = |command: &misfire::stage::simulate::world::Command| !command.assumed.is_empty();
    assert!(host.world.commands().iter().any(assumes));
}

#[test]
fn batch_files_and_built_in_commands_are_started_in_shells() {
    assert_eq!(
        started("start echo a"),
        [r"C:\Windows\system32\cmd.exe /K echo a"]
    );
}

#[test]
fn documents_are_opened_by_their_programs() {
    assert_eq!(
        started("AtomicTest.vbs"),
        [r#""C:\Windows\System32\WScript.exe" "C:\work\AtomicTest.vbs" "#]
    );
    assert_eq!(
        started("compmgmt.msc"),
        [r#""C:\Windows\system32\mmc.exe" "C:\Windows\system32\compmgmt.msc" "#]
    );
    let mut host = Host::new();
    host.line("start \"\" https://example.com");
    assert_eq!(refused(host.world.commands()).len(), 1);
}

#[rstest]
#[case(" whoami /all", "whoami /all")]
#[case(" \"arp -a\"", "arp -a")]
#[case("\" dir c: /b \"", " dir c: /b ")]
#[case(" \"C:\\x y\\a.exe\"", "\"C:\\x y\\a.exe\"")]
#[case(" \"C:\\x y\\a.exe\" --port 1", "\"C:\\x y\\a.exe\" --port 1")]
#[case(" \"C:\\xy\\a.exe\" --port 1", "C:\\xy\\a.exe --port 1")]
#[case(" \"C:\\x (y)\\a.exe\" -p", "C:\\x (y)\\a.exe -p")]
#[case(" \"C:\\x y\\a.exe\" \"b\"", "C:\\x y\\a.exe\" \"b")]
#[case(" \"\"C:\\x y\\a.exe\" \"b c\"\"", "\"C:\\x y\\a.exe\" \"b c\"")]
#[case(" \"net use \\\\T\\C$ P@ss\"", "net use \\\\T\\C$ P@ss")]
fn outer_quotes_are_taken_off(#[case] rest: &str, #[case] expected: &str) {
    let is_program = |text: &str| text.ends_with(".exe");
    assert_eq!(after_c(rest, is_program), expected, "for {rest}");
}

/// The images and command lines of what a shell starts that gets this after `/c`, how it
/// ends, and what was taken for granted.
fn after_switch(rest: &str) -> (Vec<(String, String)>, Option<i32>, String) {
    let mut host = Host::new();
    host.world.begin_command("test");
    let line = format!("\"cmd.exe\" /c {rest}");
    let finished = run_line(&mut host.world, &host.context, &line).expect("a budget that lasts");
    let started = host.world.activities().iter().filter_map(|traced| {
        let process = traced.activity.process.as_ref()?;
        let is_start = matches!(
            traced.activity.kind,
            misfire::activity::ActivityKind::ProcessStarted
        );
        is_start.then(|| (process.image.clone(), process.command_line.clone()))
    });
    let started = started.skip(1).collect();
    let commands = host.world.commands().iter();
    let assumed: Vec<_> = commands.flat_map(|it| it.assumed.clone()).collect();
    (started, finished.exit_code, assumed.join("; "))
}

#[rstest]
#[case::two_quoted_words(r#""C:\tools\a.exe" "C:\in.xml" "C:\out.xsl""#)]
#[case::switches_between(r#""C:\tools\a.exe" -x "$b = (c);$d" "#)]
#[case::two_colons(r#""C:\tools\a.exe" "module::command /p:q"  exit"#)]
#[case::a_document_at_the_end(r#""C:\tools\a.exe" "C:\in.js""#)]
#[case::bare(r#""tool" "b""#)]
#[case::a_parenthesis_in_the_path(r#""C:\Program Files (x86)\Tool\a.exe""#)]
#[case::no_quotes(r"C:\Program Files\Tool\a.exe -x")]
#[case::single_quotes(r"'C:\tools\a.exe' -x")]
#[case::single_quotes_without_a_folder("'a.exe' -x")]
#[case::a_variable_of_another_shell(r"$tool -x")]
fn what_quotes_leave_of_a_name_is_no_program(#[case] rest: &str) {
    let (started, code, assumed) = after_switch(rest);
    assert!(started.is_empty(), "{started:?}");
    assert_eq!(code, Some(1));
    assert!(assumed.contains("no program is named"), "{assumed}");
}

#[rstest]
#[case(
    r#""C:\Program Files\Tool\a.exe" -i 1"#,
    r"C:\Program Files\Tool\a.exe"
)]
#[case(
    r#""C:\Program Files/Tool/a.exe" -i *"#,
    r"C:\Program Files\Tool\a.exe"
)]
#[case(r#""C:\tools\a.exe" -i"#, r"C:\tools\a.exe")]
#[case(r#"""C:\tools\a.exe" "b c"""#, r"C:\tools\a.exe")]
#[case(
    r#"C:\"Program Files"\Tool\a.exe "b c""#,
    r"C:\Program Files\Tool\a.exe"
)]
fn quotes_that_stay_leave_the_program(#[case] rest: &str, #[case] image: &str) {
    let (started, code, _) = after_switch(rest);
    assert_eq!(started.len(), 1, "{started:?}");
    assert_eq!(started[0].0, image);
    assert_eq!(code, Some(0));
}

#[test]
fn a_program_that_was_put_in_the_way_is_found() {
    let mut host = Host::new();
    host.line(r"copy C:\Windows\System32\whoami.exe C:\Program.exe");
    host.line(r"C:\Program Files\Tool\a.exe");
    assert_eq!(host.started(), [r"C:\Program  Files\Tool\a.exe"]);
}

#[test]
fn a_name_that_is_no_command_sets_the_level() {
    assert_eq!(batch_said("'a.exe'\necho %errorlevel%", &[]), "9009\r\n");
}

#[rstest]
#[case("C:\\work\\a.lnk")]
#[case("start shell:AppsFolder\\Maker.App_8wekyb3d8bbwe!App")]
#[case("start C:\\work\\a.lnk")]
fn what_only_names_something_else_is_no_program(#[case] text: &str) {
    let mut host = Host::new();
    host.line(text);
    assert!(host.started().is_empty(), "{:?}", host.started());
    assert_eq!(refused(host.world.commands()).len(), 1);
}
