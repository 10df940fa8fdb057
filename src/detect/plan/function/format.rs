//! Values put into a format.
//!
//! Source: Splunk, "Conversion functions: printf".

use super::super::number::{fixed, with_commas};
use super::super::value::Value;

/// Nothing is padded to more characters, or has more decimals.
const WIDEST: usize = 1000;

/// What is longer is no use to anyone.
const LONGEST: usize = 1 << 20;

/// Values put into a format; null if there is no format, or one that is none.
pub(super) fn format(format: &Value, values: &[Value]) -> Value {
    if format.is_null() {
        return Value::Null;
    }
    written(&format.to_text(), values).map_or(Value::Null, |text| Value::text(&text))
}

fn written(format: &str, values: &[Value]) -> Option<String> {
    let mut values = values.iter();
    let mut out = String::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        let (before, after) = rest.split_at_checked(at)?;
        out.push_str(before);
        let mut spec = Spec::default();
        rest = spec.read(after.get(1..)?, &mut values)?;
        if spec.letter == '%' {
            out.push('%');
        } else {
            out.push_str(&spec.padded(spec.converted(values.next())?));
            if out.len() > LONGEST {
                return None;
            }
        }
    }
    out.push_str(rest);
    Some(out)
}

/// How one value is written: `%-08.3f`.
#[derive(Default)]
struct Spec {
    letter: char,
    flags: Vec<char>,
    width: usize,
    precision: Option<usize>,
}

impl Spec {
    /// Reads everything behind the percent sign; what follows.
    fn read<'f>(
        &mut self,
        text: &'f str,
        values: &mut std::slice::Iter<'_, Value>,
    ) -> Option<&'f str> {
        let is_flag = |character: char| matches!(character, '\'' | '-' | '+' | '0' | ' ' | '#');
        let flags = text.find(|character| !is_flag(character))?;
        let (flags, rest) = text.split_at_checked(flags)?;
        self.flags = flags.chars().collect();
        let (width, mut rest) = size(rest, values)?;
        self.width = width.unwrap_or_default();
        if let Some(after) = rest.strip_prefix('.') {
            let (precision, after) = size(after, values)?;
            self.precision = Some(precision.unwrap_or_default());
            rest = after;
        }
        self.letter = rest.chars().next()?;
        rest.get(self.letter.len_utf8()..)
    }

    fn has(&self, flag: char) -> bool {
        self.flags.contains(&flag)
    }

    fn converted(&self, value: Option<&Value>) -> Option<String> {
        let value = value.unwrap_or(&Value::Null);
        let number = || value.as_number();
        Some(match self.letter {
            's' | 'z' => {
                let text = value.to_text();
                match self.precision {
                    Some(most) => text.chars().take(most).collect(),
                    None => text.into_owned(),
                }
            }
            'c' =>
            {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "what is out of range is no character"
                )]
                match number() {
                    Some(code) => char::from_u32(code as u32)?.to_string(),
                    None => value.to_text().chars().take(1).collect(),
                }
            }
            'd' | 'i' => self.signed(&self.whole(value)?.to_string()),
            'u' => self.grouped(&self.unsigned(value)?.to_string()),
            'x' => self.prefixed("0x", &format!("{:x}", self.unsigned(value)?)),
            'X' => self.prefixed("0X", &format!("{:X}", self.unsigned(value)?)),
            'p' => format!("0x{:x}", self.unsigned(value)?),
            'o' => self.prefixed("0", &format!("{:o}", self.unsigned(value)?)),
            'f' | 'F' => self.signed(&fixed(number()?, self.precision.unwrap_or(6))),
            'e' => self.signed(&scientific(number()?, self.precision.unwrap_or(6))),
            'E' => {
                let text = scientific(number()?, self.precision.unwrap_or(6));
                self.signed(&text.to_uppercase())
            }
            'g' => self.signed(&general(number()?, self.precision.unwrap_or(6))),
            'G' => {
                let text = general(number()?, self.precision.unwrap_or(6));
                self.signed(&text.to_uppercase())
            }
            _ => return None,
        })
    }

    #[expect(clippy::cast_possible_truncation, reason = "the fraction is not shown")]
    fn whole(&self, value: &Value) -> Option<i64> {
        match value {
            Value::Integer(number) => Some(*number),
            value => value.as_number().map(|number| number as i64),
        }
    }

    fn unsigned(&self, value: &Value) -> Option<u64> {
        self.whole(value).map(i64::cast_unsigned)
    }

    fn grouped(&self, digits: &str) -> String {
        if self.has('\'') {
            with_commas(digits)
        } else {
            digits.to_owned()
        }
    }

    fn signed(&self, digits: &str) -> String {
        let digits = self.grouped(digits);
        if digits.starts_with('-') {
            digits
        } else if self.has('+') {
            format!("+{digits}")
        } else if self.has(' ') {
            format!(" {digits}")
        } else {
            digits
        }
    }

    fn prefixed(&self, prefix: &str, digits: &str) -> String {
        if self.has('#') && digits != "0" {
            format!("{prefix}{digits}")
        } else {
            digits.to_owned()
        }
    }

    fn padded(&self, text: String) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        if missing == 0 {
            return text;
        }
        if self.has('-') {
            return text + &" ".repeat(missing);
        }
        let is_number = !matches!(self.letter, 's' | 'z' | 'c' | 'p');
        if self.has('0') && is_number {
            let digits = text.find(|character: char| !matches!(character, '-' | '+' | ' '));
            let (sign, digits) = text
                .split_at_checked(digits.unwrap_or(0))
                .unwrap_or(("", &text));
            return format!("{sign}{}{digits}", "0".repeat(missing));
        }
        " ".repeat(missing) + &text
    }
}

/// A width or precision, which may be one of the values, and what follows.
fn size<'f>(
    text: &'f str,
    values: &mut std::slice::Iter<'_, Value>,
) -> Option<(Option<usize>, &'f str)> {
    if let Some(rest) = text.strip_prefix('*') {
        let number = values.next()?.as_number()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "what is less than nothing is nothing"
        )]
        return Some((Some((number as usize).min(WIDEST)), rest));
    }
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(end)?;
    if digits.is_empty() {
        return Some((None, rest));
    }
    let size = digits.parse().unwrap_or(WIDEST);
    Some((Some(size.min(WIDEST)), rest))
}

/// `1.500000e+03`.
fn scientific(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

/// The shorter of both ways, without zeros at the end.
fn general(number: f64, precision: usize) -> String {
    let precision = precision.max(1);
    let text = scientific(number, precision - 1);
    let exponent: i32 = text
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or_default();
    let short = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    let places = i32::try_from(precision).unwrap_or(i32::MAX);
    if exponent < -4 || exponent >= places {
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{exponent}", short(digits));
    }
    let decimals = usize::try_from(places - 1 - exponent).unwrap_or_default();
    short(&fixed(number, decimals))
}
