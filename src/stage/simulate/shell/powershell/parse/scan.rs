//! Signs, blanks, and words.

use super::{Parser, Read};

impl Parser<'_> {
    pub(super) fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        self.rest().chars().nth(ahead)
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let sign = self.peek()?;
        self.at += sign.len_utf8();
        Some(sign)
    }

    pub(super) fn since(&self, start: usize) -> String {
        self.text.get(start..self.at).unwrap_or("").to_owned()
    }

    /// Takes a text if it comes next, in any case.
    pub(super) fn take(&mut self, wanted: &str) -> bool {
        let comes = self
            .rest()
            .get(..wanted.len())
            .is_some_and(|next| next.eq_ignore_ascii_case(wanted));
        if comes {
            self.at += wanted.len();
        }
        comes
    }

    pub(super) fn expect(&mut self, wanted: &str) -> Read<()> {
        if self.take(wanted) {
            Ok(())
        } else {
            self.problem(&format!("`{wanted}` is missing"))
        }
    }

    /// Skips blanks, comments, and continued lines.
    pub(super) fn blanks(&mut self) {
        loop {
            let rest = self.rest();
            if rest.starts_with("<#") {
                let length = rest.find("#>").map_or(rest.len(), |end| end + 2);
                self.at += length;
            } else if rest.starts_with('#') {
                let length = rest.find('\n').unwrap_or(rest.len());
                self.at += length;
            } else if rest.starts_with("`\n") {
                self.at += 2;
            } else if rest.starts_with("`\r\n") {
                self.at += 3;
            } else {
                match rest.chars().next() {
                    Some(sign) if sign != '\n' && sign.is_whitespace() || sign_is_mark(rest) => {
                        self.bump();
                    }
                    _ => return,
                }
            }
        }
    }

    /// Skips blanks and ends of lines.
    pub(super) fn lines(&mut self) {
        loop {
            self.blanks();
            if !self.take("\n") {
                return;
            }
        }
    }

    /// Skips blanks and ends of statements.
    pub(super) fn separators(&mut self) {
        loop {
            self.lines();
            if !self.take(";") {
                return;
            }
        }
    }

    /// Whether a word comes next that nothing continues.
    pub(super) fn word_comes(&self, word: &str) -> bool {
        let rest = self.rest();
        rest.get(..word.len())
            .is_some_and(|next| next.eq_ignore_ascii_case(word))
            && !rest
                .get(word.len()..)
                .and_then(|after| after.chars().next())
                .is_some_and(|sign| {
                    sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.' | '\\' | ':')
                })
    }

    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let comes = self.word_comes(word);
        if comes {
            self.at += word.len();
        }
        comes
    }

    /// Takes a word of letters, digits, and underscores.
    pub(super) fn identifier(&mut self) -> Option<String> {
        let rest = self.rest();
        let length = rest
            .find(|sign: char| !sign.is_alphanumeric() && sign != '_')
            .unwrap_or(rest.len());
        if length == 0 {
            return None;
        }
        let word = rest.get(..length)?.to_owned();
        self.at += length;
        Some(word)
    }
}

/// Whether a byte order mark or a sign of no width comes next.
fn sign_is_mark(rest: &str) -> bool {
    rest.starts_with(['\u{feff}', '\u{200b}', '\u{2060}'])
}
