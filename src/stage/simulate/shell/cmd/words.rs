//! The words of a command's arguments.

use super::parse::is_separator;

/// Arguments as a program sees them (`CommandLineToArgvW`): split at blanks outside
/// quotes, backslashes before a quote halved.
pub(super) fn arguments(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut is_open = false;
    let mut quoted = false;
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => {
                let mut count = 1;
                while signs.next_if_eq(&'\\').is_some() {
                    count += 1;
                }
                let before_quote = signs.peek() == Some(&'"');
                let kept = if before_quote { count / 2 } else { count };
                word.extend(std::iter::repeat_n('\\', kept));
                is_open = true;
                if before_quote && count % 2 == 1 {
                    signs.next();
                    word.push('"');
                }
            }
            '"' => {
                is_open = true;
                if quoted && signs.next_if_eq(&'"').is_some() {
                    word.push('"');
                } else {
                    quoted = !quoted;
                }
            }
            ' ' | '\t' if !quoted => {
                if is_open {
                    words.push(std::mem::take(&mut word));
                    is_open = false;
                }
            }
            _ => {
                is_open = true;
                word.push(sign);
            }
        }
    }
    if is_open {
        words.push(word);
    }
    words
}

/// Words as the shell's own commands see them: split at separators outside quotes,
/// quotes kept.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for sign in text.chars() {
        if sign == '"' {
            quoted = !quoted;
        }
        if !quoted && (is_separator(sign) || sign == '\n') {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        } else {
            word.push(sign);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// The switches of a built-in command, in lower case and without their slash, and what
/// else it is given, quotes kept. Switches may touch each other, as `/f/s/q`, and what
/// stands before them, as `x/s`.
pub(super) fn switches(text: &str) -> (Vec<String>, Vec<String>) {
    let mut switches = Vec::new();
    let mut operands = Vec::new();
    for word in words(text) {
        let mut parts = Vec::new();
        let mut part = String::new();
        let mut quoted = false;
        for sign in word.chars() {
            if sign == '"' {
                quoted = !quoted;
            }
            if sign == '/' && !quoted && !part.is_empty() {
                parts.push(std::mem::take(&mut part));
            }
            part.push(sign);
        }
        parts.push(part);
        for part in parts {
            match part.strip_prefix('/') {
                Some(switch) => switches.push(switch.to_ascii_lowercase()),
                None => operands.push(part),
            }
        }
    }
    (switches, operands)
}
