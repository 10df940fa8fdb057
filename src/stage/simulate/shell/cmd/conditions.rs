//! `if`.

use std::cmp::Ordering;

use super::arithmetic;
use super::path;
use super::session::{Done, Session};
use super::tree::{Comparison, Condition, If, Node};
use crate::stage::simulate::world::{Exhausted, Presence};

impl Session<'_> {
    pub fn choose(&mut self, condition: &If) -> Result<Done, Exhausted> {
        self.world.budget.step()?;
        let text = self.question(condition);
        self.world.budget.text(text.len())?;
        self.world.begin_command(&text);
        let done = match self.holds(condition) {
            true => self.execute(&condition.then),
            false => match &condition.otherwise {
                Some(otherwise) => self.execute(otherwise),
                None => Ok(Done::well()),
            },
        };
        self.world.end_command();
        done
    }

    fn question(&mut self, condition: &If) -> String {
        let mut text = "if".to_owned();
        if condition.ignores_case {
            text.push_str(" /i");
        }
        if condition.negated {
            text.push_str(" not");
        }
        let asked = match &condition.condition {
            Condition::Exist(path) => format!(" exist {path}"),
            Condition::Defined(name) => format!(" defined {name}"),
            Condition::ErrorLevel(level) => format!(" errorlevel {level}"),
            Condition::Version(version) => format!(" cmdextversion {version}"),
            Condition::Compare(left, comparison, right) => {
                format!(" {left} {} {right}", comparison.word())
            }
        };
        text + &self.settled(&asked)
    }

    fn holds(&mut self, condition: &If) -> bool {
        let negated = condition.negated;
        match &condition.condition {
            Condition::Exist(path) => self.is_there(path, condition) != negated,
            Condition::Defined(name) => {
                let name = self.settled(name);
                let is_defined = self.context.environment.get(&name).is_some();
                is_defined != negated
            }
            Condition::ErrorLevel(level) => {
                let level = arithmetic::number(&self.settled(level)).unwrap_or(0);
                (self.error_level >= level) != negated
            }
            Condition::Version(version) => {
                let version = arithmetic::number(&self.settled(version)).unwrap_or(0);
                (version <= 2) != negated
            }
            Condition::Compare(left, comparison, right) => {
                let (left, right) = (self.settled(left), self.settled(right));
                compare(&left, *comparison, &right, condition.ignores_case) != negated
            }
        }
    }

    /// Whether a file is there. Where nobody knows, it is as the atomic intends: the
    /// branch that only gives up is not taken.
    fn is_there(&mut self, written: &str, condition: &If) -> bool {
        let bare = path::unquoted(&self.settled(written));
        let whole = path::full(&bare, &self.context.directory);
        if path::is_pattern(&whole) {
            let (folder, pattern) = path::split(&whole);
            if self.known_files(&folder, &pattern).is_empty() {
                return self.assumed(&whole, condition);
            }
            return true;
        }
        match self.world.presence(whole.trim_end_matches('\\')) {
            Presence::There => true,
            Presence::Absent => false,
            Presence::Unknown if bare.eq_ignore_ascii_case("nul") => true,
            Presence::Unknown => self.assumed(&whole, condition),
        }
    }

    fn assumed(&mut self, path: &str, condition: &If) -> bool {
        let is_there = !condition.negated || gives_up(&condition.then);
        let state = if is_there { "is there" } else { "is not there" };
        self.world.assume(format!("`{path}` {state}"));
        is_there
    }
}

/// Whether a command does nothing but say that it cannot go on.
fn gives_up(node: &Node) -> bool {
    match node {
        Node::Nothing => true,
        Node::Simple(simple) => {
            let name = simple.name.to_ascii_lowercase();
            let name = name.split(['.', ':']).next().unwrap_or_default();
            matches!(name, "exit" | "echo" | "goto" | "pause")
        }
        Node::Block(body, _) => gives_up(body),
        Node::Sequence(items) | Node::Both(items) => items.iter().all(gives_up),
        _ => false,
    }
}

impl Comparison {
    fn word(self) -> &'static str {
        match self {
            Self::Same => "==",
            Self::Equal => "equ",
            Self::NotEqual => "neq",
            Self::Less => "lss",
            Self::LessOrEqual => "leq",
            Self::Greater => "gtr",
            Self::GreaterOrEqual => "geq",
        }
    }
}

/// Compares as numbers if both sides are numbers, except with `==`, and as texts
/// otherwise.
fn compare(left: &str, comparison: Comparison, right: &str, ignores_case: bool) -> bool {
    let as_text = || {
        if ignores_case {
            left.to_lowercase().cmp(&right.to_lowercase())
        } else {
            left.cmp(right)
        }
    };
    let order = match comparison {
        Comparison::Same => as_text(),
        _ => match (arithmetic::number(left), arithmetic::number(right)) {
            (Some(left), Some(right)) => left.cmp(&right),
            _ => as_text(),
        },
    };
    match comparison {
        Comparison::Same | Comparison::Equal => order == Ordering::Equal,
        Comparison::NotEqual => order != Ordering::Equal,
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        Comparison::GreaterOrEqual => order != Ordering::Less,
    }
}
