//! Lucene's regular expressions in the words of the `regex` crate.

use super::{Needs, RegexError, Translated, told};

/// Translates a pattern.
///
/// `^` and `$` are characters, `@` is any text, `#` is no text at all, and quotes hold
/// a text that is taken as it is. Complement, intersection, and ranges of numbers are
/// refused.
///
/// Source: Lucene, "`RegExp`"; Elasticsearch, "Regular expression syntax".
pub(super) fn translate(written: &str) -> Result<Translated, RegexError> {
    let mut out = String::with_capacity(written.len() + 8);
    let mut in_class = false;
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(class @ ('d' | 'D' | 's' | 'S' | 'w' | 'W')) => {
                    out.push('\\');
                    out.push(class);
                }
                Some(next) => push_literal(&mut out, next),
                None => return Err(told("the pattern ends in a backslash")),
            },
            '[' if in_class => out.push_str(r"\["),
            '[' => {
                in_class = true;
                out.push('[');
            }
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => push_literal(&mut out, character),
            other if in_class => out.push(other),
            '"' => {
                for quoted in characters.by_ref().take_while(|next| *next != '"') {
                    push_literal(&mut out, quoted);
                }
            }
            '^' | '$' => push_literal(&mut out, character),
            '@' => out.push_str("(?s:.*)"),
            '.' => out.push_str("(?s:.)"),
            '#' => out.push_str("[^\\s\\S]"),
            '~' => return Err(told("a complement (`~`) is not supported")),
            '&' => return Err(told("an intersection (`&`) is not supported")),
            '<' => return Err(told("a range of numbers (`<…>`) is not supported")),
            '}' => out.push('}'),
            other => out.push(other),
        }
    }
    Ok(Translated {
        pattern: out,
        engine: Needs::Either,
    })
}

fn push_literal(out: &mut String, character: char) {
    let mut buffer = [0; 4];
    out.push_str(&regex_syntax::escape(character.encode_utf8(&mut buffer)));
}
