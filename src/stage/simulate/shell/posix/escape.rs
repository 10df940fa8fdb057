//! Backslash sequences of `echo`, `printf`, and `$'…'`.

/// Whose sequences they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `$'…'`.
    Ansi,
    /// `echo -e`, and `%b` of `printf`: octal numbers begin with a zero.
    Echo,
    /// The format of `printf`.
    Format,
}

/// A text without its backslash sequences.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub text: String,
    /// Whether `\c` ended it.
    pub is_cut: bool,
}

/// Decodes backslash sequences.
pub(super) fn decode(text: &str, style: Style) -> Decoded {
    let signs: Vec<char> = text.chars().collect();
    let mut decoded = Decoded::default();
    // Bytes of one character may come one by one.
    let mut bytes: Vec<u8> = Vec::new();
    let mut at = 0;
    while let Some(sign) = signs.get(at) {
        at += 1;
        if *sign != '\\' {
            flush(&mut decoded.text, &mut bytes);
            decoded.text.push(*sign);
            continue;
        }
        let Some(next) = signs.get(at) else {
            flush(&mut decoded.text, &mut bytes);
            decoded.text.push('\\');
            break;
        };
        at += 1;
        let plain = match next {
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'v' => Some('\u{b}'),
            'e' | 'E' => Some('\u{1b}'),
            '\\' => Some('\\'),
            '\'' | '"' | '?' if style != Style::Echo => Some(*next),
            'c' if style == Style::Echo => {
                decoded.is_cut = true;
                flush(&mut decoded.text, &mut bytes);
                return decoded;
            }
            _ => None,
        };
        if let Some(plain) = plain {
            flush(&mut decoded.text, &mut bytes);
            decoded.text.push(plain);
            continue;
        }
        let (radix, most) = match next {
            'x' => (16, 2),
            'u' => (16, 4),
            'U' => (16, 8),
            '0' if style == Style::Echo => (8, 3),
            '0'..='7' if style != Style::Echo => {
                at -= 1;
                (8, 3)
            }
            other => {
                flush(&mut decoded.text, &mut bytes);
                decoded.text.extend(['\\', *other]);
                continue;
            }
        };
        let digits: String = signs
            .iter()
            .skip(at)
            .take(most)
            .take_while(|digit| digit.is_digit(radix))
            .collect();
        at += digits.len();
        match u32::from_str_radix(&digits, radix) {
            Ok(number) if matches!(next, 'u' | 'U') => {
                flush(&mut decoded.text, &mut bytes);
                decoded.text.extend(char::from_u32(number));
            }
            Ok(number) => bytes.extend(u8::try_from(number & 0xff)),
            Err(_) if *next == '0' => bytes.push(0),
            Err(_) => {
                flush(&mut decoded.text, &mut bytes);
                decoded.text.extend(['\\', *next]);
            }
        }
    }
    flush(&mut decoded.text, &mut bytes);
    decoded
}

fn flush(text: &mut String, bytes: &mut Vec<u8>) {
    if !bytes.is_empty() {
        text.push_str(&String::from_utf8_lossy(bytes));
        bytes.clear();
    }
}
