//! `test`, `[ … ]`, and `[[ … ]]`.

use regex::RegexBuilder;

use super::pattern;
use super::state::{Interpreter, Value};
use super::syntax::{Part, Term};
use super::unknown;
use crate::stage::simulate::world::{Content, Exhausted, Presence};

/// Whether a condition holds; `None` is not known.
type Truth = Option<bool>;

/// The condition cannot be read.
struct Unreadable;

/// The most parentheses and negations within each other.
const DEEPEST: usize = 30;

/// Folders of every Unix.
const FOLDERS: &[&str] = &[
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/opt",
    "/proc",
    "/root",
    "/run",
    "/sbin",
    "/sys",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/share",
    "/var",
    "/var/log",
    "/var/tmp",
    "/var/spool",
];
/// Files of every Linux.
const FILES: &[&str] = &[
    "/etc/passwd",
    "/etc/shadow",
    "/etc/group",
    "/etc/hosts",
    "/etc/fstab",
    "/etc/profile",
    "/etc/os-release",
    "/usr/lib/os-release",
    "/etc/crontab",
    "/etc/sudoers",
    "/etc/resolv.conf",
    "/etc/hostname",
    "/etc/ssh/sshd_config",
    "/proc/cpuinfo",
    "/proc/version",
];

impl Interpreter<'_> {
    /// Sets the status to what a condition is.
    fn conclude(&mut self, truth: Truth, text: &str) {
        match truth {
            Some(holds) => self.end(i32::from(!holds)),
            None => self.end_in_doubt(format!("`{}`", unknown::shown(text))),
        }
    }

    /// `test` and `[`.
    pub(super) fn test(&mut self, name: &str, arguments: &[String]) {
        let text = format!("{name} {}", arguments.join(" "));
        let arguments = match (name, arguments.split_last()) {
            ("[", Some((last, rest))) if last == "]" => rest,
            ("[", _) => return self.end(2),
            _ => arguments,
        };
        let mut test = Test {
            interpreter: self,
            rest: arguments,
            depth: 0,
        };
        let truth = test.either();
        let is_whole = test.rest.is_empty();
        match truth {
            Ok(truth) if is_whole => self.conclude(truth, &text),
            _ => self.end(2),
        }
    }

    /// `[[ … ]]`.
    pub(super) fn condition(&mut self, terms: &[Term], text: &str) -> Result<(), Exhausted> {
        let mut rest = terms;
        let truth = self.any_of(&mut rest, 0)?;
        match truth {
            Ok(truth) if rest.is_empty() => self.conclude(truth, text),
            _ => self.end(2),
        }
        Ok(())
    }

    fn any_of(
        &mut self,
        rest: &mut &[Term],
        depth: usize,
    ) -> Result<Result<Truth, Unreadable>, Exhausted> {
        let mut truth = match self.all_of(rest, depth)? {
            Ok(truth) => truth,
            Err(unreadable) => return Ok(Err(unreadable)),
        };
        while take_operator(rest, "||") {
            match self.all_of(rest, depth)? {
                Ok(next) => truth = or(truth, next),
                Err(unreadable) => return Ok(Err(unreadable)),
            }
        }
        Ok(Ok(truth))
    }

    fn all_of(
        &mut self,
        rest: &mut &[Term],
        depth: usize,
    ) -> Result<Result<Truth, Unreadable>, Exhausted> {
        let mut truth = match self.one_of(rest, depth)? {
            Ok(truth) => truth,
            Err(unreadable) => return Ok(Err(unreadable)),
        };
        while take_operator(rest, "&&") {
            match self.one_of(rest, depth)? {
                Ok(next) => truth = and(truth, next),
                Err(unreadable) => return Ok(Err(unreadable)),
            }
        }
        Ok(Ok(truth))
    }

    fn one_of(
        &mut self,
        rest: &mut &[Term],
        depth: usize,
    ) -> Result<Result<Truth, Unreadable>, Exhausted> {
        if depth > DEEPEST {
            return Ok(Err(Unreadable));
        }
        if take_operator(rest, "!") {
            let truth = self.one_of(rest, depth + 1)?;
            return Ok(truth.map(|truth| truth.map(|holds| !holds)));
        }
        if take_operator(rest, "(") {
            let truth = self.any_of(rest, depth + 1)?;
            return Ok(if take_operator(rest, ")") {
                truth
            } else {
                Err(Unreadable)
            });
        }
        let (first, others) = match *rest {
            [Term::Word(first), others @ ..] => (first, others),
            _ => return Ok(Err(Unreadable)),
        };
        if let ([Part::Plain(operator)], [Term::Word(word), after @ ..]) =
            (first.as_slice(), others)
            && is_unary(operator)
            && !matches!(word.as_slice(), [Part::Plain(next)] if is_binary(next))
        {
            let operand = self.text(word)?;
            *rest = after;
            return Ok(self.unary(operator, &operand));
        }
        let left = self.text(first)?;
        let (operator, right, after) = match others {
            [Term::Operator(operator), Term::Word(right), after @ ..]
                if !matches!(operator.as_str(), "&&" | "||" | ")" | "(" | "!") =>
            {
                (operator.clone(), right, after)
            }
            [Term::Word(operator), Term::Word(right), after @ ..] => match operator.as_slice() {
                [Part::Plain(operator)] if is_binary(operator) => (operator.clone(), right, after),
                _ => return Ok(Err(Unreadable)),
            },
            _ => {
                *rest = others;
                let truth = unknown::is_known(&left).then_some(!left.is_empty());
                return Ok(Ok(truth));
            }
        };
        *rest = after;
        Ok(match operator.as_str() {
            "=" | "==" | "!=" => {
                let pattern = self.pattern(right)?;
                let truth = if unknown::is_known(&left) && unknown::is_known(&pattern) {
                    Some(pattern::matches(&pattern, &left) == (operator != "!="))
                } else {
                    None
                };
                Ok(truth)
            }
            "=~" => {
                let expression = self.text(right)?;
                Ok(self.matches_expression(&left, &expression))
            }
            operator => {
                let right = self.text(right)?;
                self.binary(&left, operator, &right)
            }
        })
    }

    fn matches_expression(&mut self, text: &str, expression: &str) -> Truth {
        if !unknown::is_known(text) || !unknown::is_known(expression) {
            return None;
        }
        let regex = RegexBuilder::new(expression).size_limit(1 << 20).build();
        let captures = regex.ok()?.captures(text);
        let found = captures.is_some();
        let list = captures.iter().flat_map(|captures| captures.iter());
        let list = list.map(|group| group.map_or("", |group| group.as_str()).to_owned());
        let list = (0..).zip(list).collect();
        let variable = self.shell.variables.entry("BASH_REMATCH".to_owned());
        variable.or_default().value = Value::List(list);
        Some(found)
    }

    fn unary(&mut self, operator: &str, operand: &str) -> Result<Truth, Unreadable> {
        Ok(match operator {
            "-z" => unknown::is_known(operand).then_some(operand.is_empty()),
            "-n" => unknown::is_known(operand).then_some(!operand.is_empty()),
            "-t" => Some(false),
            "-o" => Some(false),
            "-v" => Some(self.variable(operand).is_some()),
            _ if operand.is_empty() => Some(false),
            _ if !unknown::is_known(operand) => None,
            _ => self.file_test(operator, operand),
        })
    }

    fn file_test(&mut self, operator: &str, operand: &str) -> Truth {
        let path = self.absolute(operand);
        let home = self.variable("HOME").unwrap_or_default();
        let is_folder =
            self.world.is_folder(&path) || FOLDERS.contains(&path.as_str()) || path == home;
        let presence = if is_folder || FILES.contains(&path.as_str()) {
            Presence::There
        } else {
            self.world.presence(&path)
        };
        let is_device = path.starts_with("/dev/");
        match presence {
            Presence::Absent => return Some(false),
            Presence::Unknown if operator == "-x" && is_among_programs(&path) => {
                self.world.assume(format!("`{path}` is there"));
                return Some(true);
            }
            Presence::Unknown => return None,
            Presence::There => {}
        }
        match operator {
            "-d" => Some(is_folder),
            "-f" => Some(!is_folder && !is_device),
            "-s" => match self.world.content(&path) {
                Content::Text(text) => Some(!text.is_empty()),
                _ => Some(true),
            },
            "-L" | "-h" | "-b" | "-p" | "-S" | "-k" | "-u" | "-g" => Some(false),
            "-c" => Some(is_device),
            "-x" => Some(true),
            "-r" | "-w" | "-O" | "-G" if path.starts_with(&home) && !home.is_empty() => Some(true),
            "-r" | "-w" | "-O" | "-G" => {
                let is_root = self.process.account.sid == "0";
                let is_own = is_root || path.starts_with("/tmp/");
                (is_own || (operator == "-r" && path != "/etc/shadow")).then_some(true)
            }
            _ => Some(true),
        }
    }

    fn binary(&mut self, left: &str, operator: &str, right: &str) -> Result<Truth, Unreadable> {
        if !unknown::is_known(left) || !unknown::is_known(right) {
            return Ok(None);
        }
        let numbers = || {
            let number = |text: &str| text.trim().parse::<i64>().map_err(|_| Unreadable);
            Ok((number(left)?, number(right)?))
        };
        Ok(match operator {
            "=" | "==" => Some(left == right),
            "!=" => Some(left != right),
            "<" => Some(left < right),
            ">" => Some(left > right),
            "-eq" => numbers().map(|(left, right)| Some(left == right))?,
            "-ne" => numbers().map(|(left, right)| Some(left != right))?,
            "-lt" => numbers().map(|(left, right)| Some(left < right))?,
            "-le" => numbers().map(|(left, right)| Some(left <= right))?,
            "-gt" => numbers().map(|(left, right)| Some(left > right))?,
            "-ge" => numbers().map(|(left, right)| Some(left >= right))?,
            "-nt" | "-ot" | "-ef" => None,
            _ => return Err(Unreadable),
        })
    }
}

struct Test<'i, 'w, 't> {
    interpreter: &'i mut Interpreter<'w>,
    rest: &'t [String],
    depth: usize,
}

impl Test<'_, '_, '_> {
    fn take(&mut self, word: &str) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if first == word => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    fn either(&mut self) -> Result<Truth, Unreadable> {
        if self.rest.is_empty() {
            return Ok(Some(false));
        }
        let mut truth = self.both()?;
        while self.take("-o") {
            truth = or(truth, self.both()?);
        }
        Ok(truth)
    }

    fn both(&mut self) -> Result<Truth, Unreadable> {
        let mut truth = self.primary()?;
        while self.take("-a") {
            truth = and(truth, self.primary()?);
        }
        Ok(truth)
    }

    fn primary(&mut self) -> Result<Truth, Unreadable> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Unreadable);
        }
        let truth = self.primary_within();
        self.depth -= 1;
        truth
    }

    fn primary_within(&mut self) -> Result<Truth, Unreadable> {
        let is_bash = self.interpreter.is_bash();
        match self.rest {
            [] => Err(Unreadable),
            [left, operator, right, rest @ ..]
                if is_binary(operator) || matches!(operator.as_str(), "=" | "!=" | "==") =>
            {
                self.rest = rest;
                if operator == "==" && !is_bash {
                    return Err(Unreadable);
                }
                self.interpreter.binary(left, operator, right)
            }
            [not, rest @ ..] if not == "!" && !rest.is_empty() => {
                self.rest = rest;
                let truth = self.primary()?;
                Ok(truth.map(|holds| !holds))
            }
            [open, rest @ ..] if open == "(" && rest.len() > 1 => {
                self.rest = rest;
                let truth = self.either()?;
                if self.take(")") {
                    Ok(truth)
                } else {
                    Err(Unreadable)
                }
            }
            [operator, operand, rest @ ..] if is_unary(operator) => {
                self.rest = rest;
                self.interpreter.unary(operator, operand)
            }
            [text, rest @ ..] => {
                self.rest = rest;
                Ok(unknown::is_known(text).then_some(!text.is_empty()))
            }
        }
    }
}

fn take_operator(rest: &mut &[Term], wanted: &str) -> bool {
    match *rest {
        [Term::Operator(operator), others @ ..] if operator == wanted => {
            *rest = others;
            true
        }
        _ => false,
    }
}

fn and(left: Truth, right: Truth) -> Truth {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn or(left: Truth, right: Truth) -> Truth {
    match (left, right) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

fn is_unary(operator: &str) -> bool {
    let mut signs = operator.chars();
    signs.next() == Some('-')
        && signs
            .next()
            .is_some_and(|sign| "abcdefghknoprstuvwxzGLNOS".contains(sign))
        && signs.next().is_none()
}

fn is_binary(operator: &str) -> bool {
    matches!(
        operator,
        "-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge" | "-nt" | "-ot" | "-ef" | "<" | ">"
    )
}

fn is_among_programs(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    matches!(
        folder,
        "/bin" | "/sbin" | "/usr/bin" | "/usr/sbin" | "/usr/local/bin" | "/usr/local/sbin"
    )
}
