//! Any text, and every shared atomic.

use std::collections::BTreeMap;

use misfire::content::atomic::{Shell, SubstitutedRun, Way, load_atomics, substitute};
use misfire::stage::simulate::world::CommandOutcome;
use proptest::prelude::*;

use crate::powershell_simulation::run;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_ends(text in "\\PC{0,200}") {
        run(&text);
    }

    #[test]
    fn any_words_end(words in proptest::collection::vec(word(), 0..60)) {
        run(&words.concat());
    }
}

/// Pieces of scripts, in any order.
fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "$a",
        "$_",
        " = ",
        " += ",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "@(",
        "@{",
        "$(",
        "'",
        "\"",
        "`",
        ",",
        ";",
        "\n",
        " | ",
        "1",
        "9999999",
        "..",
        " -join ",
        " -f ",
        " * ",
        " + ",
        " -replace ",
        "if ",
        "while ",
        "foreach ",
        " in ",
        "for ",
        "switch ",
        "function f ",
        "f ",
        "& ",
        ". ",
        "iex ",
        "%",
        "ls",
        "x.exe ",
        "-Path",
        ":",
        "::",
        ".a",
        "[char]",
        "try ",
        "catch ",
        "do ",
        "until ",
        "\\",
        "#",
        "<#",
        "#>",
        "@'\n",
        "\n'@",
        "return ",
        "New-Object ",
        "Set-Content ",
        "$env:TEMP",
    ])
}

#[test]
fn texts_that_grow_or_turn_for_ever_end() {
    for script in [
        "while (1 -eq 1) { $a += 'x' * 1000 }",
        "$a = 'x'; for (;;) { $a = $a + $a }",
        "$a = 1; for (;;) { $a = ,$a }",
        "function f { f }; f",
        "$h = @{}; $h.h = $h; \"$h\"; for (;;) { $h = @{x = $h} }",
        "1..2000000000 | % { $_ }",
        "iex ('iex ' * 400)",
    ] {
        let left = run(script);
        assert!(left.world.commands().len() < 100_000, "{script}");
    }
    run(&"(".repeat(100_000));
    run(&"{".repeat(100_000));
    run(&format!("1{}", "+1".repeat(100_000)));
    run(&"$a.b".repeat(10_000));
}

#[test]
fn most_commands_of_the_shared_atomics_are_interpreted() {
    let Some(folder) = crate::support::corpora::corpus("atomic-red-team/atomics") else {
        return;
    };
    let loaded = load_atomics(&folder);
    let mut counts = BTreeMap::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut scripts = 0;
    for atomic in &loaded.atomics {
        let Ok(filled) = substitute(
            atomic,
            &BTreeMap::new(),
            Way::Script,
            r"C:\AtomicRedTeam\atomics",
        ) else {
            continue;
        };
        let SubstitutedRun::Command {
            shell: Shell::PowerShell,
            command,
            ..
        } = filled.run
        else {
            continue;
        };
        scripts += 1;
        let left = run(&command);
        if left.finished.is_none() {
            *reasons.entry("budget".to_owned()).or_default() += 1;
            println!("budget: {}", atomic.name);
        }
        // A command that a loop repeats counts once.
        let mut seen = std::collections::BTreeSet::new();
        for command in left.world.commands() {
            if !seen.insert(&command.text) {
                continue;
            }
            let kind = match &command.outcome {
                CommandOutcome::Modelled => "modelled",
                CommandOutcome::OnlyStarted => "only started",
                CommandOutcome::NotInterpreted { because } => {
                    let because = because.split(" at byte").next().unwrap_or(because);
                    *reasons.entry(because.to_owned()).or_default() += 1;
                    "not interpreted"
                }
            };
            *counts.entry(kind).or_insert(0_usize) += 1;
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    println!("{scripts} scripts: {counts:?}");
    for (reason, count) in reasons.iter().take(90) {
        println!("{count:4} {reason}");
    }
    let all: usize = counts.values().sum();
    let missed = counts.get("not interpreted").copied().unwrap_or(0);
    // Most of them are functions of scripts that would be downloaded.
    assert!(
        missed * 100 <= all * 18,
        "{missed} of {all} commands are not interpreted"
    );
}
