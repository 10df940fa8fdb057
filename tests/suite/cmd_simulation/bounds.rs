//! Any text ends, soon, and without a panic.

use std::time::{Duration, Instant};

use super::Host;
use misfire::stage::simulate::shell::cmd::{self, Source, after_c};
use proptest::prelude::*;

/// Carries out a text, however it ends.
fn carry_out(text: &str, source: Source) {
    let mut host = Host::new();
    let begun = Instant::now();
    let arguments = ["C:\\x.bat".to_owned(), "a".to_owned()];
    let ended = cmd::run(
        &mut host.world,
        &mut host.context,
        text,
        source,
        &arguments,
        Some("input"),
    );
    drop(ended);
    let took = begun.elapsed();
    assert!(
        took < Duration::from_secs(20),
        "it took {took:?} for {text:?}"
    );
}

#[test]
fn what_never_ends_is_ended() {
    for text in [
        ":a\ngoto a",
        ":a\ncall :a",
        "set x=a\n:a\nset x=%x%%x%\ngoto a",
        "for /l %%i in (1,0,2) do echo %%i",
        "for /l %%i in (1,1,100000) do for /l %%j in (1,1,100000) do set x=%%i",
        ":a\necho a>>f.txt\ntype f.txt>>f.txt\ngoto a",
        ":a\n%0\ngoto a",
        ":a\necho a | call :a",
        ":a\nfor /f %%i in ('cmd /c cmd /c cmd /c x') do goto a",
    ] {
        carry_out(text, Source::Batch);
    }
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("if 1==1 ", ""),
        ("for %i in (1) do ", ""),
        ("cmd /c ", ""),
    ] {
        let text = format!("{}echo a{}", open.repeat(4_000), close.repeat(4_000));
        carry_out(&text, Source::CommandLine);
    }
    let deep = format!("{}echo a{}", "(".repeat(19), ")".repeat(19));
    carry_out(&format!(":a\n{deep}\ncall :a"), Source::Batch);
    let calls = format!("{}call :a{}", "(".repeat(10), ")".repeat(10));
    carry_out(&format!(":a\n{calls}"), Source::Batch);
    carry_out(&"a && b || c | ".repeat(3_000), Source::CommandLine);
    carry_out(
        &format!("set /a {}1", "(-~!".repeat(3_000)),
        Source::CommandLine,
    );
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(vec![
            "echo ",
            "if ",
            "not ",
            "exist ",
            "defined ",
            "errorlevel ",
            "==",
            " equ ",
            "else ",
            "for ",
            "/f ",
            "/l ",
            "/r ",
            "/d ",
            "%i ",
            "%%i ",
            "in ",
            "(",
            ")",
            "do ",
            "goto ",
            ":a",
            "\n",
            "call ",
            "set ",
            "/a ",
            "/p ",
            "x",
            "=",
            "%x%",
            "%x:~1,-2%",
            "%~dp0",
            "!x!",
            "^",
            "\"",
            "&",
            "&&",
            "|",
            "||",
            ">",
            ">>",
            "<",
            "2>&1",
            "1",
            "nul",
            "copy ",
            "del ",
            "*",
            "*.txt ",
            "start ",
            "setlocal enabledelayedexpansion",
            "cmd /c ",
            "'",
            "`",
            "\"tokens=1,2* delims=,\" ",
            "usebackq",
            " ",
            "C:\\",
            "\\\\?\\",
            "..",
            "/s ",
            "exit ",
            "/b ",
            "pushd ",
            "popd",
            "type ",
            "move ",
            "ren ",
            "md ",
            "rd ",
            "ä",
            "💥",
            "\r",
            "\t",
            "\0",
            "%",
            "~",
            "mklink ",
            "assoc .x=y",
            "date ",
            "0x",
            "%random%",
        ])
        .prop_map(str::to_owned),
        1 => "\\PC{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_carried_out(
        pieces in prop::collection::vec(piece(), 0..40),
        is_batch in any::<bool>(),
    ) {
        let text = pieces.concat();
        carry_out(&text, if is_batch { Source::Batch } else { Source::CommandLine });
        prop_assert!(after_c(&text, |_| true).len() <= text.len());
    }
}
