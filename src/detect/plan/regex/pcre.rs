//! Perl-compatible regular expressions in the words of the `regex` crate.

use super::{Needs, Translated};

/// A quantifier has so many characters at most.
const LONGEST_QUANTIFIER: usize = 16;

/// Translates a pattern.
///
/// A brace that begins no quantifier is a character, as are escaped characters that
/// need no escape; what the crates spell otherwise is spelled out; `$` also matches
/// before a newline that ends the text.
///
/// Source: PCRE2, "pcre2pattern".
pub(super) fn translate(written: &str) -> Translated {
    let characters: Vec<char> = written.chars().collect();
    let mut translator = Translator {
        rest: &characters,
        out: String::with_capacity(written.len() + 16),
        is_multi_line: false,
        after: After::Other,
        engine: Needs::Either,
    };
    while translator.step() {}
    Translated {
        pattern: translator.out,
        engine: translator.engine,
    }
}

/// What was translated last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Quantifier,
    Other,
}

struct Translator<'p> {
    rest: &'p [char],
    out: String,
    is_multi_line: bool,
    after: After,
    engine: Needs,
}

impl Translator<'_> {
    fn take(&mut self) -> Option<char> {
        let (&first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first)
    }

    fn take_if(&mut self, wanted: char) -> bool {
        let is_next = self.rest.first() == Some(&wanted);
        if is_next {
            self.take();
        }
        is_next
    }

    /// Everything before a character, which is passed over; `None` if there is none.
    fn take_until(&mut self, wanted: char) -> Option<String> {
        let end = self.rest.iter().position(|next| *next == wanted)?;
        let inner = self.rest.get(..end)?.iter().collect();
        self.rest = self.rest.get(end + 1..)?;
        Some(inner)
    }

    fn step(&mut self) -> bool {
        let Some(character) = self.take() else {
            return false;
        };
        let before = std::mem::replace(&mut self.after, After::Other);
        match character {
            '\\' => self.escape(),
            '[' => self.class(),
            '(' => self.open(),
            '{' => match self.quantifier() {
                Some(quantifier) => {
                    self.out.push_str(&quantifier);
                    self.after = After::Quantifier;
                }
                None => self.out.push_str(r"\{"),
            },
            '}' => self.out.push_str(r"\}"),
            '$' if !self.is_multi_line => self.out.push_str(r"(?:\n?\z)"),
            '+' if before == After::Quantifier => {
                // The crate that takes linear time reads it as a second quantifier.
                self.engine = Needs::Backtracking;
                self.out.push('+');
            }
            '?' if before == After::Quantifier => self.out.push('?'),
            '*' | '+' | '?' => {
                self.out.push(character);
                self.after = After::Quantifier;
            }
            other => self.out.push(other),
        }
        true
    }

    /// The rest of a quantifier whose brace was passed.
    fn quantifier(&mut self) -> Option<String> {
        let near = self.rest.get(..self.rest.len().min(LONGEST_QUANTIFIER))?;
        let end = near.iter().position(|next| *next == '}')?;
        let inner: String = near.get(..end)?.iter().collect();
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let (least, most) = inner.split_once(',').unwrap_or((&inner, ""));
        if least.is_empty() || !digits(least) || !digits(most) {
            return None;
        }
        self.rest = self.rest.get(end + 1..)?;
        Some(format!("{{{inner}}}"))
    }

    /// What follows an opening parenthesis: comments, names, and flags.
    fn open(&mut self) {
        match self.rest {
            ['?', '#', ..] => {
                self.take_until(')');
            }
            ['?', '\'', ..] => {
                self.rest = self.rest.get(2..).unwrap_or_default();
                match self.take_until('\'') {
                    Some(name) => self.out.push_str(&format!("(?<{name}>")),
                    None => self.out.push_str("(?'"),
                }
            }
            ['?', flags @ ..] => {
                let set = flags.iter().take_while(|flag| flag.is_ascii_lowercase());
                if set.into_iter().any(|flag| *flag == 'm') {
                    self.is_multi_line = true;
                }
                self.out.push_str("(?");
                self.take();
                // The sign behind is none that repeats.
                if let Some(sign) = self.take() {
                    self.out.push(sign);
                }
            }
            _ => self.out.push('('),
        }
    }

    fn escape(&mut self) {
        let Some(next) = self.take() else {
            self.out.push_str(r"\\");
            return;
        };
        match next {
            'h' => self.out.push_str(r"[ \t]"),
            'H' => self.out.push_str(r"[^ \t]"),
            'v' => self.out.push_str(r"[\n\x0b\f\r]"),
            'V' => self.out.push_str(r"[^\n\x0b\f\r]"),
            'N' => self.out.push_str(r"[^\n]"),
            'R' => self.out.push_str(r"(?:\r\n|[\n\x0b\f\r])"),
            'Z' => self.out.push_str(r"(?:\n?\z)"),
            'Q' => {
                let mut quoted = String::new();
                while let Some(character) = self.take() {
                    if character == '\\' && self.take_if('E') {
                        break;
                    }
                    quoted.push(character);
                }
                self.out.push_str(&regex_syntax::escape(&quoted));
            }
            'E' => {}
            'g' | 'k' => self.reference(next),
            other => self.plain_escape(other),
        }
    }

    /// A reference to a group.
    fn reference(&mut self, letter: char) {
        let name = match self.rest.first() {
            Some('{') => {
                self.take();
                self.take_until('}')
            }
            Some('<') => {
                self.take();
                self.take_until('>')
            }
            Some('\'') => {
                self.take();
                self.take_until('\'')
            }
            _ => None,
        };
        match name {
            Some(name) if name.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.out.push_str(&format!(r"(?:\{name})"));
            }
            Some(name) => self.out.push_str(&format!(r"\k<{name}>")),
            None if letter == 'g' => self.out.push('\\'),
            None => self.out.push_str(r"\k"),
        }
    }

    /// An escape that means the same within a class and without.
    fn plain_escape(&mut self, next: char) {
        match next {
            'e' => self.out.push_str(r"\x1b"),
            'p' | 'P' | 'x' if self.rest.first() == Some(&'{') => {
                self.take();
                match self.take_until('}') {
                    Some(inner) => self.out.push_str(&format!("\\{next}{{{inner}}}")),
                    None => self.out.push_str(r"\{"),
                }
            }
            'x' => self.hexadecimal(),
            '0' => {
                let mut code = 0;
                for _ in 0..2 {
                    let digit = self.rest.first().and_then(|digit| digit.to_digit(8));
                    let Some(digit) = digit else { break };
                    code = code * 8 + digit;
                    self.take();
                }
                self.out.push_str(&format!(r"\x{{{code:x}}}"));
            }
            other if other.is_ascii_alphanumeric() => {
                self.out.push('\\');
                self.out.push(other);
            }
            other => {
                // White space would be nothing where white space does not count.
                if other.is_whitespace() {
                    self.out.push_str(&format!(r"\x{{{:x}}}", u32::from(other)));
                } else {
                    let mut buffer = [0; 4];
                    let text = other.encode_utf8(&mut buffer);
                    self.out.push_str(&regex_syntax::escape(text));
                }
            }
        }
    }

    /// `\x` with up to two digits; the crates want both.
    fn hexadecimal(&mut self) {
        let mut code = 0;
        for _ in 0..2 {
            let digit = self.rest.first().and_then(|digit| digit.to_digit(16));
            let Some(digit) = digit else { break };
            code = code * 16 + digit;
            self.take();
        }
        self.out.push_str(&format!(r"\x{{{code:x}}}"));
    }

    fn class(&mut self) {
        self.out.push('[');
        if self.take_if('^') {
            self.out.push('^');
        }
        // A bracket in the first place is a character.
        if self.take_if(']') {
            self.out.push_str(r"\]");
        }
        while let Some(character) = self.take() {
            match character {
                ']' => {
                    self.out.push(']');
                    return;
                }
                '\\' => {
                    if self.class_escape() && self.rest.first() == Some(&'-') {
                        // Behind a class of its own it begins no range.
                        self.take();
                        self.out.push_str(r"\-");
                    }
                }
                '[' => match self.named_class() {
                    Some(name) => self.out.push_str(&name),
                    None => self.out.push_str(r"\["),
                },
                '-' if matches!(
                    self.rest,
                    ['\\', 'd' | 'w' | 's' | 'D' | 'W' | 'S' | 'h', ..]
                ) =>
                {
                    self.out.push_str(r"\-");
                }
                '&' | '~' => {
                    self.out.push('\\');
                    self.out.push(character);
                }
                '-' if self.rest.first() == Some(&'-') => self.out.push_str(r"\-"),
                other => self.out.push(other),
            }
        }
    }

    /// An escape within a class; whether it stands for several characters.
    fn class_escape(&mut self) -> bool {
        let Some(next) = self.take() else {
            self.out.push_str(r"\\");
            return false;
        };
        match next {
            'h' => self.out.push_str(r" \t"),
            'v' => self.out.push_str(r"\n\x0b\f\r"),
            'R' => self.out.push_str(r"\r\n"),
            'b' => self.out.push_str(r"\x08"),
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => {
                self.out.push('\\');
                self.out.push(next);
            }
            other => {
                self.plain_escape(other);
                return matches!(other, 'p' | 'P');
            }
        }
        next != 'b'
    }

    /// The rest of a named class whose bracket was passed: `[:alpha:]`.
    fn named_class(&mut self) -> Option<String> {
        let near = self.rest.get(..self.rest.len().min(LONGEST_QUANTIFIER))?;
        let [':', inner @ ..] = near else {
            return None;
        };
        let end = inner.windows(2).position(|pair| pair == [':', ']'])?;
        let name: String = inner.get(..end)?.iter().collect();
        let is_name = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
        if !is_name(name.strip_prefix('^').unwrap_or(&name)) {
            return None;
        }
        self.rest = self.rest.get(end + 3..)?;
        Some(format!("[:{name}:]"))
    }
}
