//! What a document says that a command prints.

/// Whether the lines are what is wanted. A wanted line `...` stands for any lines,
/// and `[..]` in a line for any text.
pub fn matches(wanted: &[String], lines: &[&str]) -> bool {
    let Some((first, rest)) = wanted.split_first() else {
        return lines.is_empty();
    };
    if first.trim() == "..." {
        return (0..=lines.len()).any(|skipped| matches(rest, &lines[skipped..]));
    }
    match lines.split_first() {
        Some((line, others)) => line_matches(first.trim_end(), line) && matches(rest, others),
        None => false,
    }
}

fn line_matches(wanted: &str, line: &str) -> bool {
    let line = line.trim_end();
    let Some((start, rest)) = wanted.split_once("[..]") else {
        return wanted == line;
    };
    line.strip_prefix(start).is_some_and(|behind| {
        behind
            .char_indices()
            .map(|(index, _)| index)
            .chain([behind.len()])
            .any(|index| line_matches(rest, &behind[index..]))
    })
}

#[test]
fn lines_and_parts_of_lines_may_be_left_out() {
    let fits = |wanted: &str, text: &str| {
        let wanted: Vec<String> = wanted.lines().map(ToOwned::to_owned).collect();
        matches(&wanted, &text.lines().collect::<Vec<_>>())
    };
    assert!(fits("", "") && fits("a\nb", "a\nb"));
    assert!(fits("a\n...", "a\nb\nc") && fits("...\nc", "a\nb\nc") && fits("...", ""));
    assert!(fits("a\n...\nd", "a\nb\nc\nd") && fits("a\n...\nb", "a\nb"));
    assert!(fits("id [..] of [..]", "id 1 of 2") && fits("a[..]", "a"));
    assert!(!fits("", "a") && !fits("a", "") && !fits("a\nb", "a\nc"));
    assert!(!fits("a\n...\nd", "a\nb\nc") && !fits("id [..]", "no 1") && !fits("x[..]y", "xz"));
}
