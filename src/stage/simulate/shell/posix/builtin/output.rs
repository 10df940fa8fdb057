//! `echo` and `printf`.

use super::super::escape::{Style, decode};
use super::super::state::Interpreter;
use super::super::unknown;
use crate::stage::simulate::world::Exhausted;

/// The widest field of `printf`.
const WIDEST: usize = 4_096;

impl Interpreter<'_> {
    pub(super) fn echo(&mut self, arguments: &[String]) -> Result<(), Exhausted> {
        let mut rest = arguments;
        let mut ends_line = true;
        // `dash` always decodes, and knows no option but `-n`.
        let mut decodes = !self.is_bash();
        while let Some((first, others)) = rest.split_first() {
            let is_option = if self.is_bash() {
                let letters = first.strip_prefix('-').unwrap_or_default();
                !letters.is_empty() && letters.chars().all(|letter| "neE".contains(letter))
            } else {
                first == "-n"
            };
            if !is_option {
                break;
            }
            for letter in first.chars().skip(1) {
                match letter {
                    'n' => ends_line = false,
                    'e' => decodes = true,
                    _ => decodes = false,
                }
            }
            rest = others;
            if !self.is_bash() {
                break;
            }
        }
        let mut text = rest.join(" ");
        if decodes {
            let decoded = decode(&text, Style::Echo);
            text = decoded.text;
            ends_line &= !decoded.is_cut;
        }
        if ends_line {
            text.push('\n');
        }
        self.end(0);
        self.write(1, &text)
    }

    pub(super) fn printf(&mut self, arguments: &[String]) -> Result<(), Exhausted> {
        let mut rest = arguments;
        let mut variable = None;
        if self.is_bash() {
            while let [option, name, others @ ..] = rest {
                if option != "-v" {
                    break;
                }
                variable = Some(name.clone());
                rest = others;
            }
        }
        if rest.first().is_some_and(|first| first == "--") {
            rest = rest.get(1..).unwrap_or_default();
        }
        let Some((format, values)) = rest.split_first() else {
            self.end(2);
            return Ok(());
        };
        self.end(0);
        let text = self.formatted(format, values)?;
        match variable {
            Some(name) => {
                self.set(&name, text);
                Ok(())
            }
            None => self.write(1, &text),
        }
    }

    fn formatted(&mut self, format: &str, values: &[String]) -> Result<String, Exhausted> {
        let mut text = String::new();
        let mut rest = values;
        loop {
            let before = rest.len();
            let is_cut = self.format_once(format, &mut rest, &mut text)?;
            if is_cut || rest.is_empty() || rest.len() == before {
                return Ok(text);
            }
            self.world.budget.step()?;
        }
    }

    /// Goes once through the format; says whether `\c` ended it.
    fn format_once(
        &mut self,
        format: &str,
        values: &mut &[String],
        text: &mut String,
    ) -> Result<bool, Exhausted> {
        let mut signs = format.chars().peekable();
        let mut plain = String::new();
        while let Some(sign) = signs.next() {
            if sign != '%' {
                plain.push(sign);
                if sign == '\\' {
                    plain.extend(signs.next());
                }
                continue;
            }
            text.push_str(&decode(&std::mem::take(&mut plain), Style::Format).text);
            let mut flags = String::new();
            while let Some(flag) = signs.next_if(|sign| "-+ 0#'".contains(*sign)) {
                flags.push(flag);
            }
            let mut number = |values: &mut &[String]| {
                if signs.next_if_eq(&'*').is_some() {
                    return next(values).parse::<i64>().ok();
                }
                let mut digits = String::new();
                while let Some(digit) = signs.next_if(char::is_ascii_digit) {
                    digits.push(digit);
                }
                digits.parse().ok()
            };
            let mut width = number(values).unwrap_or(0);
            if width < 0 {
                flags.push('-');
                width = width.saturating_neg();
            }
            let width = usize::try_from(width).unwrap_or(0).min(WIDEST);
            let mut precision = None;
            if signs.next_if_eq(&'.').is_some() {
                let mut digits = String::new();
                if signs.next_if_eq(&'*').is_some() {
                    digits = next(values);
                }
                while let Some(digit) = signs.next_if(char::is_ascii_digit) {
                    digits.push(digit);
                }
                precision = Some(digits.parse().unwrap_or(0usize).min(WIDEST));
            }
            while signs
                .next_if(|sign| "lhqLzj".contains(*sign) && *sign != 'q')
                .is_some()
            {}
            let Some(kind) = signs.next() else {
                text.push('%');
                break;
            };
            if kind == '%' {
                text.push('%');
                continue;
            }
            let value = next(values);
            self.world.budget.text(value.len() + width)?;
            let mut is_cut = false;
            let shown = match kind {
                's' => match precision {
                    Some(most) => value.chars().take(most).collect(),
                    None => value,
                },
                'b' => {
                    let decoded = decode(&value, Style::Echo);
                    is_cut = decoded.is_cut;
                    decoded.text
                }
                'c' => value.chars().take(1).collect(),
                'q' => quoted(&value),
                'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
                    self.number_text(&value, kind, &flags, precision)
                }
                'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                    let number: f64 = value.trim().parse().unwrap_or(0.0);
                    let digits = precision.unwrap_or(6).min(60);
                    match kind {
                        'e' | 'E' => format!("{number:.digits$e}"),
                        'g' | 'G' => number.to_string(),
                        _ => format!("{number:.digits$}"),
                    }
                }
                other => {
                    self.end(1);
                    format!("%{other}")
                }
            };
            pad(text, &shown, width, &flags, kind);
            if is_cut {
                return Ok(true);
            }
        }
        text.push_str(&decode(&plain, Style::Format).text);
        Ok(false)
    }

    fn number_text(
        &mut self,
        value: &str,
        kind: char,
        flags: &str,
        precision: Option<usize>,
    ) -> String {
        if !unknown::is_known(value) {
            return value.to_owned();
        }
        let trimmed = value.trim();
        let number = if let Some(sign) = trimmed.strip_prefix(['\'', '"']) {
            sign.chars()
                .next()
                .map_or(0, |sign| i64::from(u32::from(sign)))
        } else if trimmed.is_empty() {
            0
        } else {
            let (digits, is_negative) = match trimmed.strip_prefix('-') {
                Some(digits) => (digits, true),
                None => (trimmed.trim_start_matches('+'), false),
            };
            let parsed = if let Some(hex) = digits.strip_prefix("0x") {
                i64::from_str_radix(hex, 16)
            } else if digits.len() > 1 && digits.starts_with('0') {
                i64::from_str_radix(digits, 8)
            } else {
                digits.parse()
            };
            match parsed {
                Ok(number) if is_negative => -number,
                Ok(number) => number,
                Err(_) => {
                    self.end(1);
                    let leading: String = digits.chars().take_while(char::is_ascii_digit).collect();
                    leading.parse().unwrap_or(0)
                }
            }
        };
        let is_alternate = flags.contains('#');
        let digits = match kind {
            'x' if is_alternate => format!("{number:#x}"),
            'x' => format!("{number:x}"),
            'X' => format!("{number:X}"),
            'o' => format!("{number:o}"),
            'u' => number.cast_unsigned().to_string(),
            _ => number.unsigned_abs().to_string(),
        };
        let digits = match precision {
            Some(least) => format!("{digits:0>least$}"),
            None => digits,
        };
        let sign = match kind {
            'd' | 'i' if number < 0 => "-",
            'd' | 'i' if flags.contains('+') => "+",
            'd' | 'i' if flags.contains(' ') => " ",
            _ => "",
        };
        format!("{sign}{digits}")
    }
}

fn next(values: &mut &[String]) -> String {
    match values.split_first() {
        Some((first, rest)) => {
            *values = rest;
            first.clone()
        }
        None => String::new(),
    }
}

fn pad(text: &mut String, shown: &str, width: usize, flags: &str, kind: char) {
    let missing = width.saturating_sub(shown.chars().count());
    let is_number = "diuxXoeEfFgG".contains(kind);
    if flags.contains('-') {
        text.push_str(shown);
        text.extend(std::iter::repeat_n(' ', missing));
    } else if flags.contains('0') && is_number {
        let (sign, digits) = match shown.strip_prefix('-') {
            Some(digits) => ("-", digits),
            None => ("", shown),
        };
        text.push_str(sign);
        text.extend(std::iter::repeat_n('0', missing));
        text.push_str(digits);
    } else {
        text.extend(std::iter::repeat_n(' ', missing));
        text.push_str(shown);
    }
}

/// A text as the shell would read it again.
pub(super) fn quoted(text: &str) -> String {
    if text.is_empty() {
        return "''".to_owned();
    }
    let mut out = String::new();
    for sign in text.chars() {
        if !(sign.is_alphanumeric() || "_-./:=@%+,".contains(sign)) {
            out.push('\\');
        }
        out.push(sign);
    }
    out
}
