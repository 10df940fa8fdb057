//! Values as YAML, on one line.

use std::fmt::Write as _;

use serde_yaml::Value;

/// Text as YAML: as it is where that is read back as the same text, else in
/// quotes.
pub(crate) fn scalar(text: &str) -> String {
    let is_tame = |character: char| {
        character.is_ascii_alphanumeric()
            || matches!(character, '.' | '_' | '-' | '/' | '+' | '@' | ':' | ' ')
    };
    let starts_well = text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '/');
    if starts_well
        && text.chars().all(is_tame)
        && !text.contains(": ")
        && !text.ends_with([':', ' '])
        && reads_as(text, text)
    {
        return text.to_owned();
    }
    let single = format!("'{}'", text.replace('\'', "''"));
    if !text.chars().any(is_special) && reads_as(&single, text) {
        return single;
    }
    double(text)
}

/// Text that must stay text, such as a version.
pub(crate) fn quoted(text: &str) -> String {
    let scalar = scalar(text);
    if scalar.starts_with(['\'', '"']) {
        scalar
    } else {
        format!("'{scalar}'")
    }
}

/// Whether a character cannot stand in single quotes on one line.
fn is_special(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}'
        )
}

fn double(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other if is_special(other) => {
                // Writing to a text does not fail.
                let _ = write!(quoted, "\\u{:04X}", u32::from(other));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

fn reads_as(yaml: &str, text: &str) -> bool {
    matches!(serde_yaml::from_str(yaml), Ok(Value::String(read)) if read == text)
}

/// Text as one line of a comment.
pub(crate) fn comment(text: &str) -> String {
    const LONGEST: usize = 200;
    let tame: String = text
        .chars()
        .take(LONGEST)
        .map(|character| {
            if is_special(character) {
                ' '
            } else {
                character
            }
        })
        .collect();
    tame.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{comment, double, quoted, reads_as, scalar};

    #[test]
    fn every_text_is_read_back_as_it_was() {
        for text in [
            "",
            " ",
            "a",
            "WS01.corp.example",
            "no",
            "null",
            "1",
            "1.10",
            "00123",
            "0x10",
            "1e3",
            "2026-11-02",
            "~",
            "-",
            "- a",
            "a: b",
            "a:",
            "a #b",
            "#{x}",
            "it's",
            "\"",
            "\\",
            "{a}",
            "[a]",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a",
            "a\nb",
            "a\u{1b}b",
            "\u{85}",
            "\u{2028}",
            "\u{feff}a",
            "é",
            "\u{1f980}",
            "trailing ",
            "\ttab",
            "? a",
            "=",
            "<<",
            "2026-11-02T09:14:00Z",
            "C:\\x",
            "12:30:45",
            "'",
            "''",
            "\u{7f}",
        ] {
            assert!(reads_as(&scalar(text), text), "{text:?}: {}", scalar(text));
            assert!(reads_as(&quoted(text), text), "{text:?}: {}", quoted(text));
            assert!(reads_as(&double(text), text), "{text:?}: {}", double(text));
            assert!(!scalar(text).contains('\n'));
        }
    }

    #[test]
    fn a_comment_is_one_line() {
        assert_eq!(comment("a\nb: c\u{1b}[0m"), "a b: c [0m");
        assert_eq!(comment(&"x".repeat(500)).len(), 200);
    }
}
