//! Arithmetic of the shell: whole numbers of 64 bits, as in C.

/// What the expression knows of variables.
pub(super) trait Variables {
    /// The text of a variable; empty if it is not set.
    fn value(&self, name: &str) -> String;
    /// The text of an element of a list; empty if there is none.
    fn element(&self, name: &str, index: i64) -> String;
    /// Sets a variable.
    fn set(&mut self, name: &str, value: i64);
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Senseless;

type Value = Result<i64, Senseless>;

/// The most expressions within expressions.
const DEEPEST: usize = 40;

/// The value of an expression; an empty one is 0.
pub(super) fn evaluate(text: &str, variables: &mut dyn Variables) -> Value {
    evaluate_at(text, variables, 0)
}

fn evaluate_at(text: &str, variables: &mut dyn Variables, depth: usize) -> Value {
    if text.trim().is_empty() {
        return Ok(0);
    }
    let mut expression = Expression {
        signs: text.chars().collect(),
        at: 0,
        depth,
        is_skipped: false,
        variables,
    };
    let value = expression.comma()?;
    expression.blanks();
    if expression.at < expression.signs.len() {
        return Err(Senseless);
    }
    Ok(value)
}

struct Expression<'v> {
    signs: Vec<char>,
    at: usize,
    depth: usize,
    /// Whether nothing is to be set: the branch is not taken.
    is_skipped: bool,
    variables: &'v mut dyn Variables,
}

/// Operators between two values by how tightly they bind, the loosest first.
const BINARY: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Expression<'_> {
    fn blanks(&mut self) {
        while self
            .signs
            .get(self.at)
            .is_some_and(|sign| sign.is_whitespace())
        {
            self.at += 1;
        }
    }

    fn looks_at(&self, what: &str) -> bool {
        what.chars()
            .enumerate()
            .all(|(ahead, sign)| self.signs.get(self.at + ahead) == Some(&sign))
    }

    fn take(&mut self, what: &str) -> bool {
        self.blanks();
        let found = self.looks_at(what);
        if found {
            self.at += what.len();
        }
        found
    }

    fn comma(&mut self) -> Value {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Senseless);
        }
        let mut value = self.assignment()?;
        while self.take(",") {
            value = self.assignment()?;
        }
        self.depth -= 1;
        Ok(value)
    }

    fn name(&mut self) -> Option<String> {
        self.blanks();
        let rest = self.signs.get(self.at..)?;
        if !rest
            .first()
            .is_some_and(|sign| sign.is_ascii_alphabetic() || *sign == '_')
        {
            return None;
        }
        let name: String = rest
            .iter()
            .take_while(|sign| sign.is_ascii_alphanumeric() || **sign == '_')
            .collect();
        self.at += name.len();
        Some(name)
    }

    fn assignment(&mut self) -> Value {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Senseless);
        }
        let value = self.assignment_within();
        self.depth -= 1;
        value
    }

    fn assignment_within(&mut self) -> Value {
        let start = self.at;
        if let Some(name) = self.name() {
            for operator in [
                "<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "=",
            ] {
                self.blanks();
                if operator == "=" && self.looks_at("==") {
                    continue;
                }
                if !self.take(operator) {
                    continue;
                }
                let right = self.assignment()?;
                let value = match operator.trim_end_matches('=') {
                    "" => right,
                    operator => {
                        let left = self.variable(&name)?;
                        self.combine(operator, left, right)?
                    }
                };
                self.store(&name, value);
                return Ok(value);
            }
            self.at = start;
        }
        self.choice()
    }

    fn choice(&mut self) -> Value {
        let condition = self.binary(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let outer = self.is_skipped;
        self.is_skipped = outer || condition == 0;
        let yes = self.assignment()?;
        if !self.take(":") {
            return Err(Senseless);
        }
        self.is_skipped = outer || condition != 0;
        let no = self.assignment()?;
        self.is_skipped = outer;
        Ok(if condition == 0 { no } else { yes })
    }

    fn binary(&mut self, level: usize) -> Value {
        let Some(operators) = BINARY.get(level) else {
            return self.power();
        };
        let mut left = self.binary(level + 1)?;
        'next: loop {
            self.blanks();
            for operator in *operators {
                if !self.looks_at(operator) || self.is_longer(operator) {
                    continue;
                }
                self.at += operator.len();
                let outer = self.is_skipped;
                let is_settled =
                    matches!((*operator, left), ("&&", 0)) || (*operator == "||" && left != 0);
                self.is_skipped = outer || is_settled;
                let right = self.binary(level + 1)?;
                self.is_skipped = outer;
                left = self.combine(operator, left, right)?;
                continue 'next;
            }
            return Ok(left);
        }
    }

    /// Whether the operator here is but the beginning of a longer one.
    fn is_longer(&self, operator: &str) -> bool {
        let next = self.signs.get(self.at + operator.len());
        match operator {
            "|" | "&" => next.is_some_and(|next| operator.starts_with(*next) || *next == '='),
            "<" | ">" => next.is_some_and(|next| operator.starts_with(*next) || *next == '='),
            "<<" | ">>" | "+" | "-" | "/" | "%" | "^" => next == Some(&'='),
            "*" => matches!(next, Some('*' | '=')),
            _ => false,
        }
    }

    fn combine(&self, operator: &str, left: i64, right: i64) -> Value {
        let amount = u32::try_from(right & 63).unwrap_or(0);
        Ok(match operator {
            "||" => i64::from(left != 0 || right != 0),
            "&&" => i64::from(left != 0 && right != 0),
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "==" => i64::from(left == right),
            "!=" => i64::from(left != right),
            "<=" => i64::from(left <= right),
            ">=" => i64::from(left >= right),
            "<" => i64::from(left < right),
            ">" => i64::from(left > right),
            "<<" => left.wrapping_shl(amount),
            ">>" => left.wrapping_shr(amount),
            "+" => left.wrapping_add(right),
            "-" => left.wrapping_sub(right),
            "*" => left.wrapping_mul(right),
            "/" | "%" if right == 0 && self.is_skipped => 0,
            "/" | "%" if right == 0 => return Err(Senseless),
            "/" => left.wrapping_div(right),
            "%" => left.wrapping_rem(right),
            _ => return Err(Senseless),
        })
    }

    fn power(&mut self) -> Value {
        let base = self.unary()?;
        if !self.take("**") {
            return Ok(base);
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Senseless);
        }
        let exponent = self.power()?;
        self.depth -= 1;
        let exponent = u32::try_from(exponent).map_err(|_| Senseless)?;
        Ok(base.wrapping_pow(exponent))
    }

    fn unary(&mut self) -> Value {
        self.blanks();
        for (sign, step) in [("++", 1), ("--", -1)] {
            if self.looks_at(sign) {
                let start = self.at;
                self.at += 2;
                if let Some(name) = self.name() {
                    let value = self.variable(&name)?.wrapping_add(step);
                    self.store(&name, value);
                    return Ok(value);
                }
                self.at = start;
            }
        }
        let sign = self.signs.get(self.at).copied();
        if let Some(sign @ ('-' | '+' | '!' | '~')) = sign {
            self.at += 1;
            self.depth += 1;
            if self.depth > DEEPEST {
                return Err(Senseless);
            }
            let value = self.unary()?;
            self.depth -= 1;
            return Ok(match sign {
                '-' => value.wrapping_neg(),
                '!' => i64::from(value == 0),
                '~' => !value,
                _ => value,
            });
        }
        self.single()
    }

    fn single(&mut self) -> Value {
        if self.take("(") {
            let value = self.comma()?;
            return if self.take(")") {
                Ok(value)
            } else {
                Err(Senseless)
            };
        }
        if let Some(name) = self.name() {
            if self.take("[") {
                let index = self.comma()?;
                if !self.take("]") {
                    return Err(Senseless);
                }
                let text = self.variables.element(&name, index);
                return if text.trim().is_empty() {
                    Ok(0)
                } else {
                    parse_number(text.trim()).ok_or(Senseless)
                };
            }
            let value = self.variable(&name)?;
            for (sign, step) in [("++", 1), ("--", -1)] {
                if self.take(sign) {
                    self.store(&name, value.wrapping_add(step));
                    return Ok(value);
                }
            }
            return Ok(value);
        }
        let rest = self.signs.get(self.at..).unwrap_or_default();
        let number: String = rest
            .iter()
            .take_while(|sign| sign.is_ascii_alphanumeric() || **sign == '#')
            .collect();
        self.at += number.len();
        parse_number(&number).ok_or(Senseless)
    }

    /// The value of a variable, whose text may itself be an expression.
    fn variable(&mut self, name: &str) -> Value {
        let text = self.variables.value(name);
        if let Some(number) = parse_number(text.trim()) {
            return Ok(number);
        }
        if self.depth >= DEEPEST {
            return Err(Senseless);
        }
        evaluate_at(&text, self.variables, self.depth + 4)
    }

    fn store(&mut self, name: &str, value: i64) {
        if !self.is_skipped {
            self.variables.set(name, value);
        }
    }
}

fn parse_number(text: &str) -> Option<i64> {
    if let Some((base, digits)) = text.split_once('#') {
        let base = base.parse().ok().filter(|base| (2..=36).contains(base))?;
        return i64::from_str_radix(digits, base).ok();
    }
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return i64::from_str_radix(digits, 16).ok();
    }
    match text.strip_prefix('0') {
        Some(digits) if !digits.is_empty() => i64::from_str_radix(digits, 8).ok(),
        _ => text.parse().ok(),
    }
}
