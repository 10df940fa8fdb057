//! Any text ends, and nothing panics.

use std::time::Instant;

use proptest::prelude::*;

use super::Host;

#[test]
fn texts_that_would_run_forever_end() {
    let deep = "(".repeat(5_000);
    let nested = "$(".repeat(3_000);
    let braces = "echo ".to_owned() + &"{a,b}".repeat(40);
    let quotes = "\"${x:-".repeat(2_000);
    let texts = [
        "f() { f; f; }; f",
        "while :; do while :; do x=$x$x.; done; done",
        "x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; while :; do x=$x$x; done",
        "eval 'x=\"$x eval\"; eval \"$x\"'",
        ":(){ :|:& };:",
        "for i in {1..999}; do for j in {1..999}; do echo $i$j; done; done",
        "x='${x}'; y=x; x=y; echo $((x)) $((y))",
        "printf '%2147483647d' 1; printf '%*d' 99999999999 1",
        "echo ${x//*/}; x=$(seq 100000); echo ${x//1*2*3*4*5/}",
        "seq 1 99999999999 | sort | uniq -c | sed 's/1/&&&&&&&&/g'",
        "exec bash -c 'exec bash -c \"$0\"' x",
        "echo 'sh /tmp/a' > /tmp/a; sh /tmp/a",
        &deep,
        &nested,
        &braces,
        &quotes,
    ];
    for text in texts {
        let began = Instant::now();
        let _ = Host::bash().try_run(text);
        let _ = Host::sh().try_run(text);
        assert!(
            began.elapsed().as_secs() < 60,
            "{text:.60} takes {:?}",
            began.elapsed()
        );
    }
}

/// Pieces that scripts are made of.
fn script() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "echo",
        " ",
        "$",
        "{",
        "}",
        "(",
        ")",
        "((",
        "))",
        "[[",
        "]]",
        "[",
        "]",
        "\"",
        "'",
        "`",
        "\\",
        "\n",
        ";",
        ";;",
        "&",
        "&&",
        "|",
        "||",
        "<",
        ">",
        ">>",
        "<<E",
        "<<<",
        "E",
        "if",
        "then",
        "fi",
        "for",
        "in",
        "do",
        "done",
        "while",
        "case",
        "esac",
        "x=",
        "$x",
        "${x",
        ":-",
        "#",
        "%",
        "/",
        "*",
        "?",
        "$(",
        "$((",
        "1",
        "+",
        "-",
        "=",
        "==",
        "=~",
        "!",
        "~",
        "cat",
        "sed",
        "s/a/b/",
        "grep",
        "tr",
        "printf",
        "%s",
        "read",
        "x",
        "eval",
        "set",
        "--",
        "-e",
        "test",
        "find",
        "xargs",
        "sort",
        "cut",
        "é",
        "\u{e000}",
        "\u{0}",
        "local",
        "declare -A x",
        "x[1]=",
        "${x[@]}",
        "${!x}",
        "trap",
        "EXIT",
        "return",
        "break",
        "{1..3}",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.join(""))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_script_panics(text in script()) {
        let _ = Host::bash().try_run(&text);
        let _ = Host::sh().try_run(&text);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,80}") {
        let _ = Host::bash().try_run(&text);
    }
}
