//! `set /a`: whole numbers of 32 bits.

use crate::stage::simulate::world::Environment;

/// The deepest that parentheses and signs may stand within each other.
const DEEPEST: usize = 40;

/// The operators with two sides, from the loosest binding to the tightest.
const LEVELS: &[&[&str]] = &[
    &["|"],
    &["^"],
    &["&"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

/// Calculates an expression, and sets the variables that it assigns; `None` if the
/// shell refuses it.
pub(super) fn calculate(text: &str, environment: &mut Environment) -> Option<i32> {
    let mut reader = Reader {
        signs: text.chars().filter(|sign| *sign != '"').collect(),
        at: 0,
        depth: 0,
        environment,
    };
    let mut result = reader.assignment()?;
    while reader.eat(",") {
        result = reader.assignment()?;
    }
    reader.skip();
    (reader.at >= reader.signs.len()).then_some(result)
}

struct Reader<'a> {
    signs: Vec<char>,
    at: usize,
    depth: usize,
    environment: &'a mut Environment,
}

impl Reader<'_> {
    fn skip(&mut self) {
        while self
            .signs
            .get(self.at)
            .is_some_and(|sign| sign.is_whitespace())
        {
            self.at += 1;
        }
    }

    fn eat(&mut self, text: &str) -> bool {
        self.skip();
        let length = text.chars().count();
        let here = self.signs.get(self.at..self.at + length);
        let found = here.is_some_and(|here| here.iter().copied().eq(text.chars()));
        if found {
            self.at += length;
        }
        found
    }

    fn name(&mut self) -> Option<String> {
        self.skip();
        let name: String = self
            .signs
            .get(self.at..)?
            .iter()
            .take_while(|sign| {
                sign.is_alphanumeric() || matches!(sign, '_' | '.' | '$' | '#' | '@')
            })
            .collect();
        let begins = name.chars().next()?;
        if begins.is_ascii_digit() {
            return None;
        }
        self.at += name.chars().count();
        Some(name)
    }

    fn value_of(&self, name: &str) -> i32 {
        self.environment.get(name).and_then(number).unwrap_or(0)
    }

    fn assignment(&mut self) -> Option<i32> {
        let start = self.at;
        if let Some(name) = self.name() {
            self.skip();
            let operator = ["<<", ">>", "*", "/", "%", "+", "-", "&", "^", "|", ""]
                .into_iter()
                .find(|operator| self.eat(&format!("{operator}=")));
            if let Some(operator) = operator {
                let right = self.deeper(Self::assignment)?;
                let value = match operator {
                    "" => right,
                    _ => apply(self.value_of(&name), operator, right)?,
                };
                self.environment.set(&name, value.to_string());
                return Some(value);
            }
        }
        self.at = start;
        self.level(0)
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let done = read(self);
        self.depth -= 1;
        done
    }

    fn level(&mut self, level: usize) -> Option<i32> {
        let Some(operators) = LEVELS.get(level) else {
            return self.deeper(Self::single);
        };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = operators.iter().find(|operator| self.eat(operator)) {
            let right = self.level(level + 1)?;
            left = apply(left, operator, right)?;
        }
        Some(left)
    }

    fn single(&mut self) -> Option<i32> {
        if self.eat("!") {
            return Some(i32::from(self.deeper(Self::single)? == 0));
        }
        if self.eat("~") {
            return Some(!self.deeper(Self::single)?);
        }
        if self.eat("-") {
            return Some(self.deeper(Self::single)?.wrapping_neg());
        }
        if self.eat("+") {
            return self.deeper(Self::single);
        }
        if self.eat("(") {
            let value = self.deeper(Self::assignment)?;
            return self.eat(")").then_some(value);
        }
        if let Some(name) = self.name() {
            return Some(self.value_of(&name));
        }
        let digits: String = self
            .signs
            .get(self.at..)?
            .iter()
            .take_while(|sign| sign.is_ascii_alphanumeric())
            .collect();
        self.at += digits.chars().count();
        number(&digits)
    }
}

/// A number as it may be written: decimal, `0x` hexadecimal, or octal after a zero.
pub(super) fn number(text: &str) -> Option<i32> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let value = if let Some(hexadecimal) = lower.strip_prefix("0x") {
        i64::from_str_radix(hexadecimal, 16).ok()?
    } else if lower.len() > 1 && lower.starts_with('0') {
        i64::from_str_radix(&lower, 8).ok()?
    } else {
        lower.parse().ok()?
    };
    let value = if negative {
        value.checked_neg()?
    } else {
        value
    };
    i32::try_from(value).ok()
}

fn apply(left: i32, operator: &str, right: i32) -> Option<i32> {
    Some(match operator {
        "+" => left.wrapping_add(right),
        "-" => left.wrapping_sub(right),
        "*" => left.wrapping_mul(right),
        "/" => left.checked_div(right)?,
        "%" => left.checked_rem(right)?,
        "&" => left & right,
        "^" => left ^ right,
        "|" => left | right,
        "<<" => left.checked_shl(u32::try_from(right).ok()?).unwrap_or(0),
        ">>" => left >> right.clamp(0, 31),
        _ => return None,
    })
}
