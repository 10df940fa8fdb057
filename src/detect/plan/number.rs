//! Numbers in decimal.

/// A number with so many decimals, a half rounded away from zero.
///
/// It is the decimal number that is rounded, as it is written: 2.555 becomes 2.56,
/// though the float is a bit smaller.
#[must_use]
pub fn rounded(number: f64, decimals: usize) -> f64 {
    if !number.is_finite() {
        return number;
    }
    fixed(number, decimals).parse().unwrap_or(number)
}

/// A number written with so many decimals, a half rounded away from zero.
#[must_use]
pub fn fixed(number: f64, decimals: usize) -> String {
    if !number.is_finite() {
        return number.to_string();
    }
    let sign = if number < 0.0 { "-" } else { "" };
    let text = number.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
    let wanted = whole.len() + decimals;
    let is_up = digits.get(wanted).is_some_and(|digit| *digit >= b'5');
    digits.resize(wanted, b'0');
    if is_up {
        increment(&mut digits);
    }
    let point = digits.len() - decimals;
    let (whole, fraction) = digits.split_at(point);
    let text = |digits: &[u8]| String::from_utf8_lossy(digits).into_owned();
    if fraction.is_empty() {
        format!("{sign}{}", text(whole))
    } else {
        format!("{sign}{}.{}", text(whole), text(fraction))
    }
}

/// Adds one to a number of decimal digits.
fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
    digits.insert(0, b'1');
}

/// A number in a base from 2 to 36, with the prefix that the base may have; `None` if the
/// text is none.
#[must_use]
pub fn in_base(text: &str, base: u32) -> Option<i128> {
    if !(2..=36).contains(&base) {
        return None;
    }
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let prefixes: &[&str] = match base {
        2 => &["0b", "0B"],
        8 => &["0o", "0O"],
        16 => &["0x", "0X"],
        _ => &[],
    };
    let digits = prefixes
        .iter()
        .find_map(|prefix| digits.strip_prefix(prefix))
        .unwrap_or(digits);
    if !digits.starts_with(|first: char| first.is_digit(base)) {
        return None;
    }
    Some(sign * i128::from_str_radix(digits, base).ok()?)
}

/// Digits with a comma between thousands.
#[must_use]
pub fn with_commas(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits),
    };
    let (whole, fraction) = match digits.find('.') {
        Some(point) => digits.split_at(point),
        None => (digits, ""),
    };
    let mut out = sign.to_owned();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out.push_str(fraction);
    out
}
