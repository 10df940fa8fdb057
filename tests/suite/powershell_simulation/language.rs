//! Values, operators, and statements.

use crate::powershell_simulation::run;

#[test]
fn texts_expand_variables_and_subexpressions() {
    let left = run("$a = @{n = 3}; \"x $($a.n + 1)`t$env:USERNAME ${env:USERNAME}!\"; 'no $a'");
    assert_eq!(left.output(), ["x 4\tavery avery!", "no $a"]);
}

#[test]
fn here_strings_keep_their_lines() {
    let left = run("$x = @\"\none $env:USERNAME\n\"two\"\n\"@\n$x\n@'\n$raw\n'@");
    assert_eq!(left.output(), ["one avery", "\"two\"", "$raw"]);
}

#[test]
fn operators_work_on_texts_lists_and_numbers() {
    let left = run(
        "'{1}-{0:X2}' -f 10,'b'; (1..3) -join '+'; 'a,b' -split ','; 'abc' -replace 'B','x'; 7 % 4; 'ab' * 2",
    );
    assert_eq!(
        left.output(),
        ["b-0A", "1+2+3", "a", "b", "axc", "3", "abab"]
    );
}

#[test]
fn obfuscated_texts_come_out_plain() {
    let left = run("(('ie'+'x') + [char]65 + [string]::Join('', (72,105 | % { [char]$_ })))");
    assert_eq!(left.output(), ["iexAHi"]);
    let left = run("[Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('dwBoAG8A'))");
    assert_eq!(left.output(), ["who"]);
}

#[test]
fn statements_branch_and_loop() {
    let script = "
        function Add([int]$a, $b = 2) { return $a + $b }
        foreach ($i in 1..4) { if ($i -eq 2) { continue }; if ($i -gt 3) { break }; \"i$i\" }
        for ($n = 0; $n -lt 2; $n++) { \"n$n\" }
        switch ('b') { 'a' { 'A' } 'b' { 'B' } default { 'D' } }
        try { throw 'bad'; 'unseen' } catch { \"caught $($_.Exception.Message)\" } finally { 'done' }
        Add -b 5 1
        1,2,3 | Where-Object { $_ -ge 2 } | ForEach-Object { $_ * 10 }
    ";
    let left = run(script);
    assert_eq!(
        left.output(),
        [
            "i1",
            "i3",
            "n0",
            "n1",
            "B",
            "caught bad",
            "done",
            "6",
            "20",
            "30"
        ]
    );
}

#[test]
fn hashtables_are_splatted() {
    let left = run("$p = @{Path = 'C:\\a'; ChildPath = 'b.txt'}\nJoin-Path @p");
    assert_eq!(left.output(), [r"C:\a\b.txt"]);
}

#[test]
fn what_is_not_known_takes_the_intended_path() {
    let left = run(
        "if (Test-Path C:\\tools\\x.exe) { 'there' } else { 'missing' }\nif (-not (Test-Path C:\\tools\\y.exe)) { 'get it' }",
    );
    assert_eq!(left.output(), ["there"]);
    let assumed: Vec<_> = left
        .world
        .commands()
        .iter()
        .flat_map(|command| command.assumed.clone())
        .collect();
    assert_eq!(
        assumed,
        [r"C:\tools\x.exe is there", r"C:\tools\y.exe is there"]
    );
}
