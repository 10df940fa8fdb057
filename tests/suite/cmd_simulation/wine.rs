//! Another `cmd` as an oracle: what Wine's writes for lines of batch files, kept as data
//! so that the comparison needs no Wine.

use super::Host;

/// Lines where Wine 8.0 is known to differ from Windows, with what Windows writes.
const WINE_DIFFERS: &[(&str, &str)] = &[
    // A success has no alternative.
    ("echo a & echo b || echo c", "a \nb \n"),
    // The root of a drive exists.
    (r"if exist C:\ echo root", "root\n"),
    ("echo %NOSUCHVAR%", "ECHO is off.\n"),
    ("set X=1&echo %X%", "ECHO is off.\n"),
    // A block may follow `@`.
    ("for %%i in (a b) do @(echo %%i & echo -)", "a \n-\nb \n-\n"),
    // These signs separate the name from its argument, and are not written.
    ("echo(text", "text\n"),
    ("echo,text", "text\n"),
    // Substitutions between exclamation marks are those between percent signs.
    (r#"cmd /v:on /c "set V=hello&echo !V:~1,3!""#, "ell\n"),
    (r#"cmd /v:on /c "set V=hello&echo !V:l=L!""#, "heLLo\n"),
    (r#"cmd /v:on /c "set V=hello&echo !V:~-2!""#, "lo\n"),
    (r#"cmd /v:on /c "set V=hello&echo !V:*l=!""#, "lo\n"),
    // The caret joins the line with the next one, which is empty.
    ("echo a^", "a\n"),
];

#[test]
fn lines_write_what_the_cmd_of_wine_writes() {
    let data = include_str!("../../data/cmd/wine.tsv");
    let mut compared = 0;
    let mut wrong = Vec::new();
    for line in data.lines().filter(|line| !line.starts_with('#')) {
        let Some((script, written)) = line.split_once('\t') else {
            continue;
        };
        let written = written
            .replace("\\\\", "\u{0}")
            .replace("\\n", "\n")
            .replace('\u{0}', "\\");
        let known = WINE_DIFFERS.iter().find(|(known, _)| *known == script);
        let expected = known.map_or(written.as_str(), |(_, windows)| windows);
        let mut host = Host::new();
        let finished = host.batch(script, &[]);
        let Some(output) = finished.output else {
            wrong.push(format!("{script}: not known, and Wine writes {expected:?}"));
            continue;
        };
        compared += 1;
        let output = output.replace("\r\n", "\n");
        if !output.eq_ignore_ascii_case(expected) {
            wrong.push(format!(
                "{script}: {output:?}, and Wine writes {expected:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 60, "{compared}");
}
