//! Making almost-JSON readable without losing what it says.
//!
//! Other tools write what JSON does not allow, or what our parser refuses:
//! `NaN`, numbers beyond every float, raw control characters, half a surrogate
//! pair. Numbers become text with the same digits.

/// A text that may now be JSON.
#[derive(Debug)]
pub(super) struct Repaired {
    pub(super) text: String,
    /// Whether half a surrogate pair was replaced.
    pub(super) lost_text: bool,
    /// Whether the text was no JSON.
    pub(super) was_invalid: bool,
}

/// The text repaired, or `None` where there is nothing to repair.
pub(super) fn repair(text: &str) -> Option<Repaired> {
    let mut repaired = Repaired {
        text: String::with_capacity(text.len() + 16),
        lost_text: false,
        was_invalid: false,
    };
    let mut rest = text;
    while !rest.is_empty() {
        rest = if rest.starts_with('"') {
            repaired.string(rest)
        } else {
            repaired.plain(rest)
        };
    }
    (repaired.text != text).then_some(repaired)
}

impl Repaired {
    /// Copies one string, and says what follows it.
    fn string<'t>(&mut self, text: &'t str) -> &'t str {
        self.text.push('"');
        let mut rest = &text[1..];
        while let Some(character) = rest.chars().next() {
            let mut length = character.len_utf8();
            match character {
                '"' => {
                    self.text.push('"');
                    return &rest[1..];
                }
                '\\' => length = self.escape(rest),
                '\0'..='\u{1f}' => {
                    self.was_invalid = true;
                    self.text.push_str(&format!("\\u{:04x}", character as u32));
                }
                _ => self.text.push(character),
            }
            rest = &rest[length..];
        }
        rest
    }

    /// Copies one escape, and says how long it was.
    fn escape(&mut self, text: &str) -> usize {
        match text.as_bytes().get(1) {
            Some(b'u') => {}
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.text.push_str(&text[..2]);
                return 2;
            }
            _ => {
                self.was_invalid = true;
                self.text.push_str("\\\\");
                return 1;
            }
        }
        let Some(unit) = unit(text) else {
            self.was_invalid = true;
            self.text.push_str("\\\\");
            return 1;
        };
        let pair = (0xd800..0xdc00).contains(&unit)
            && unit_at(text, 6).is_some_and(|low| (0xdc00..0xe000).contains(&low));
        if pair {
            self.text.push_str(&text[..12]);
            return 12;
        }
        if (0xd800..0xe000).contains(&unit) {
            self.lost_text = true;
            self.text.push_str("\\ufffd");
        } else {
            self.text.push_str(&text[..6]);
        }
        6
    }

    /// Copies one number, word, or mark, and says what follows it.
    fn plain<'t>(&mut self, text: &'t str) -> &'t str {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-._".contains(byte);
        let length = text.bytes().take_while(|byte| is_word(byte)).count();
        if length == 0 {
            let next = text.chars().next().map_or(1, char::len_utf8);
            self.text.push_str(&text[..next]);
            return &text[next..];
        }
        let (word, rest) = text.split_at(length);
        let is_number = word.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        let is_named = matches!(
            word.trim_start_matches(['-', '+']),
            "NaN" | "nan" | "Infinity" | "inf" | "Inf"
        );
        let is_huge = is_number && !is_named && word.parse::<f64>().is_ok_and(f64::is_infinite);
        if is_named || is_huge {
            self.was_invalid |= is_named;
            self.text.push('"');
            self.text.push_str(word);
            self.text.push('"');
        } else {
            self.text.push_str(word);
        }
        rest
    }
}

fn unit(text: &str) -> Option<u32> {
    unit_at(text, 0)
}

/// The UTF-16 unit that the escape at a byte stands for.
fn unit_at(text: &str, at: usize) -> Option<u32> {
    let escape = text.get(at..at + 6)?;
    let digits = escape.strip_prefix("\\u")?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}
