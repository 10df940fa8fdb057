//! Which commands are carried out, and in which order.

use super::{Host, batch_said, said};
use rstest::rstest;

#[rstest]
#[case("echo a&echo b", "a\r\nb\r\n")]
#[case("echo a&&echo b", "a\r\nb\r\n")]
#[case("echo a||echo b", "a\r\n")]
#[case("type C:\\absent\\x||echo b", "b\r\n")]
#[case("set nothing && echo a || echo b", "b\r\n")]
#[case("(echo a&echo b)&echo c", "a\r\nb\r\nc\r\n")]
#[case("echo a ^& b", "a & b\r\n")]
#[case("echo \"a & b\"", "\"a & b\"\r\n")]
#[case("@echo a", "a\r\n")]
#[case("rem a & echo b", "")]
#[case("echo a) b", "a) b\r\n")]
#[case("(echo a^) b)", "a) b\r\n")]
#[case("echo.", "\r\n")]
#[case("echo.a", "a\r\n")]
#[case("echo:a", "a\r\n")]
#[case("exit 3 & echo a", "")]
#[case("cmd /c echo inner", "inner\r\n")]
fn commands_follow_each_other(#[case] text: &str, #[case] expected: &str) {
    let mut host = Host::new();
    // Whether it is there must not be guessed.
    host.put(r"C:\absent\x", "");
    let process = host.context.process.clone();
    host.world.delete_file(&process, r"C:\absent\x");
    let finished = host.line(text);
    assert_eq!(finished.output.as_deref(), Some(expected), "for {text}");
}

#[rstest]
#[case("if 1==1 echo a", "a\r\n")]
#[case("if 1==2 (echo a) else echo b", "b\r\n")]
#[case("if 1==2 echo a & echo b", "")]
#[case("if not 1==2 echo a", "a\r\n")]
#[case("if a==A (echo same) else (echo other)", "other\r\n")]
#[case("if /i a==A (echo same) else (echo other)", "same\r\n")]
#[case("if \"x y\"==\"x y\" echo a", "\"no\"")]
#[case("if 10 gtr 9 echo a", "a\r\n")]
#[case("if 010 equ 8 echo a", "a\r\n")]
#[case("if b geq a echo a", "a\r\n")]
#[case("if defined OS echo a", "a\r\n")]
#[case("if not defined none echo a", "a\r\n")]
#[case(
    "if exist C:\\work\\known.txt (echo there) else (echo gone)",
    "there\r\n"
)]
#[case(
    "if not exist C:\\unknown.txt (echo made) else (echo kept)",
    "(unknown)"
)]
#[case("if exist C:\\unknown.txt (echo there) else (echo gone)", "there\r\n")]
#[case("if 1==2 (echo a) else if 1==1 (echo b) else (echo c)", "b\r\n")]
fn conditions_choose(#[case] text: &str, #[case] expected: &str) {
    let mut host = Host::new();
    host.put(r"C:\work\known.txt", "");
    let finished = host.line(text);
    let expected = match expected {
        "\"no\"" => "a\r\n",
        // What only says something gives up: the file is taken to be there.
        "(unknown)" => "kept\r\n",
        other => other,
    };
    assert_eq!(finished.output.as_deref(), Some(expected), "for {text}");
}

#[test]
fn the_error_level_is_asked_for() {
    let text = "cmd /c exit 3\nif errorlevel 4 echo four\nif errorlevel 3 echo three\n\
                if %errorlevel% equ 3 echo same\ncmd /c exit 0\nif not errorlevel 1 echo none";
    assert_eq!(batch_said(text, &[]), "three\r\nsame\r\nnone\r\n");
}

#[test]
fn what_is_not_known_goes_as_the_atomic_intends() {
    let mut host = Host::new();
    host.line(r"IF NOT EXIST C:\x_backup.exe (copy C:\x.exe C:\x_backup.exe) ELSE ( pushd )");
    assert_eq!(host.files().len(), 1);
    let assumed: Vec<_> = host
        .world
        .commands()
        .iter()
        .flat_map(|command| &command.assumed)
        .collect();
    assert_eq!(
        assumed,
        [r"`C:\x_backup.exe` is not there", r"`C:\x.exe` is there"]
    );
}

#[rstest]
#[case("for %i in (a b \"c d\") do @echo %i", "a\r\nb\r\n\"c d\"\r\n")]
#[case("for %i in (a,b;c) do @echo %~i", "a\r\nb\r\nc\r\n")]
#[case("for /l %i in (1,2,5) do @echo %i", "1\r\n3\r\n5\r\n")]
#[case("for /l %i in (3,-1,2) do @echo %i", "3\r\n2\r\n")]
#[case(
    "for %i in (a b) do @for %j in (1 2) do @echo %i%j",
    "a1\r\na2\r\nb1\r\nb2\r\n"
)]
#[case("for /f %i in (\"a b c\") do @echo %i", "a\r\n")]
#[case("for /f \"tokens=1,3\" %i in (\"a b c\") do @echo %i%j", "ac\r\n")]
#[case("for /f \"tokens=1*\" %i in (\"a b c\") do @echo %j", "b c\r\n")]
#[case("for /f \"tokens=2 delims=:\" %i in (\"a:b:c\") do @echo %i", "b\r\n")]
#[case("for /f \"delims=\" %i in ('echo a b') do @echo [%i]", "[a b]\r\n")]
#[case(
    "for /f \"usebackq delims=\" %i in (`echo x y`) do @echo [%i]",
    "[x y]\r\n"
)]
#[case("for /f \"usebackq\" %i in ('x y') do @echo [%i]", "[x]\r\n")]
#[case(
    "for /f \"skip=1 delims=\" %i in (three.txt) do @echo %i",
    "two\r\nthree\r\n"
)]
#[case("for %f in (*.txt) do @echo %~nf", "three\r\n")]
#[case("for %f in (C:\\a\\b.txt) do @echo %~dpf+%~xf", "C:\\a\\+.txt\r\n")]
#[case("for /r C:\\work %f in (*.txt) do @echo %~nxf", "three.txt\r\n")]
#[case("for %i in (1) do @(echo a& echo b)", "a\r\nb\r\n")]
fn loops_go_round(#[case] text: &str, #[case] expected: &str) {
    let mut host = Host::new();
    host.put(r"C:\work\three.txt", "one\r\ntwo\r\nthree\r\n");
    let finished = host.line(text);
    assert_eq!(finished.output.as_deref(), Some(expected), "for {text}");
    assert_eq!(host.refused(), Vec::<String>::new(), "for {text}");
}

#[test]
fn loops_in_batch_files_double_the_sign() {
    assert_eq!(
        batch_said("for %%i in (a b) do (\n  echo %%i\n  echo -\n)", &[]),
        "a\r\n-\r\nb\r\n-\r\n"
    );
    let mut host = Host::new();
    host.line("for %%i in (a b) do echo %%i");
    assert_eq!(host.refused().len(), 1);
}

#[test]
fn jumps_leave_the_line() {
    let text = "set n=0\n:again\nset /a n+=1\nif %n% lss 3 goto again\necho %n%\ngoto :end & echo no\n\
                echo no\n:end\nexit /b 5\necho no";
    let finished = Host::new().batch(text, &[]);
    assert_eq!(finished.output.as_deref(), Some("3\r\n"));
    assert_eq!(finished.exit_code, Some(5));
}

#[test]
fn a_batch_file_is_carried_out_by_the_same_shell() {
    let mut host = Host::new();
    host.put(
        r"C:\work\other.cmd",
        "@echo off\r\nset made=%1\r\necho in %~n0\r\n",
    );
    let finished = host.line("other value & echo after");
    assert_eq!(finished.output.as_deref(), Some("in other\r\nafter\r\n"));
    assert_eq!(host.context.environment.get("made"), Some("value"));
    assert_eq!(host.started(), Vec::<String>::new());
    let mut host = Host::new();
    host.put(r"C:\work\other.cmd", "@echo other\r\n");
    let finished = host.batch("other.cmd\necho never", &[]);
    assert_eq!(finished.output.as_deref(), Some("other\r\n"));
    let finished = host.batch("call other.cmd\necho after", &[]);
    assert_eq!(finished.output.as_deref(), Some("other\r\nafter\r\n"));
}

#[test]
fn a_batch_file_that_nobody_knows_is_said_to_be_unknown() {
    let mut host = Host::new();
    host.line(r#""C:\atomics\T1105.bat" 1>NUL"#);
    assert_eq!(host.refused().len(), 1);
}

#[test]
fn errors_are_said_and_the_next_line_goes_on() {
    let mut host = Host::new();
    let finished = host.batch("( & echo a )\necho b", &[]);
    assert_eq!(host.refused().len(), 1);
    assert_eq!(finished.output, None);
    for text in [
        "| a",
        "a |",
        "&& b",
        "if",
        "for %i in",
        "( a",
        "a >",
        "if 1==1",
        "if a b c",
    ] {
        let mut host = Host::new();
        host.line(text);
        assert_eq!(host.refused().len(), 1, "for {text}");
    }
    assert_eq!(said("(echo a\necho b)"), "a\r\nb\r\n");
}
