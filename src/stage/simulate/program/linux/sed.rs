//! `sed`: `s`, `d`, `p`, `q`, `a`, `i`, `c`, and `y` with addresses.

use regex::{Regex, RegexBuilder};

use super::grep::{Style, expression};
use super::options::Options;
use super::{Job, Reading};
use crate::stage::simulate::world::{Content, Finished};

/// Where a command applies.
enum Address {
    Line(usize),
    Last,
    Pattern(Regex),
}

/// What a command does.
enum Action {
    Substitute {
        pattern: Regex,
        with: String,
        is_global: bool,
        nth: usize,
        prints: bool,
    },
    Delete,
    Print,
    Quit,
    Append(String),
    Insert(String),
    Change(String),
}

struct Command {
    first: Option<Address>,
    last: Option<Address>,
    is_negated: bool,
    action: Action,
    is_within: bool,
}

/// Carries out `sed`.
pub(super) fn run(job: &mut Job<'_>) -> Finished {
    let options = Options::parse(job.arguments, "e f expression file l");
    let mut operands = options.operands.clone();
    let mut scripts: Vec<String> = options
        .values(&["e", "expression"])
        .into_iter()
        .map(str::to_owned)
        .collect();
    if scripts.is_empty() && !operands.is_empty() {
        scripts.push(operands.remove(0));
    }
    let is_in_place = options.has(&["i", "in-place"]);
    let style = if options.has(&["E", "r", "regexp-extended"]) {
        Style::Extended
    } else {
        Style::Basic
    };
    let mut commands = parse(&scripts.join("\n"), style);
    let is_silent = options.has(&["n", "quiet", "silent"]);
    if !is_in_place {
        let (text, is_well) = job.read_all(&operands);
        let output = text
            .zip(commands.as_mut())
            .map(|(text, commands)| edited(&text, commands, is_silent));
        return super::wrote(output, is_well);
    }
    for path in &operands {
        let content = match job.read(path) {
            Reading::Absent => return Finished::with(2),
            Reading::Text(text) => match &mut commands {
                Some(commands) => Content::Text(edited(&text, commands, is_silent)),
                None => Content::Unknown,
            },
            Reading::Unknown => Content::Unknown,
        };
        let path = job.path(path);
        job.world.write_file(&job.context.process, &path, content);
    }
    Finished::said("")
}

struct Reader {
    signs: Vec<char>,
    at: usize,
    style: Style,
}

fn parse(script: &str, style: Style) -> Option<Vec<Command>> {
    let mut reader = Reader {
        signs: script.chars().collect(),
        at: 0,
        style,
    };
    let mut commands = Vec::new();
    loop {
        while reader
            .peek()
            .is_some_and(|sign| sign.is_whitespace() || sign == ';')
        {
            reader.at += 1;
        }
        if reader.peek().is_none() {
            return Some(commands);
        }
        if commands.len() > 200 {
            return None;
        }
        commands.push(reader.command()?);
    }
}

impl Reader {
    fn peek(&self) -> Option<char> {
        self.signs.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|sign| matches!(sign, ' ' | '\t')) {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Option<usize> {
        let mut digits = String::new();
        while let Some(digit) = self.peek().filter(char::is_ascii_digit) {
            digits.push(digit);
            self.at += 1;
        }
        digits.parse().ok()
    }

    fn address(&mut self) -> Option<Option<Address>> {
        Some(match self.peek() {
            Some('$') => {
                self.at += 1;
                Some(Address::Last)
            }
            Some(sign) if sign.is_ascii_digit() => Some(Address::Line(self.number()?)),
            Some(sign @ ('/' | '\\')) => {
                self.at += 1;
                let mut end = sign;
                if sign == '\\' {
                    end = self.peek()?;
                    self.at += 1;
                }
                let pattern = self.up_to(end)?;
                Some(Address::Pattern(self.regex(&pattern, "")?))
            }
            _ => None,
        })
    }

    fn up_to(&mut self, end: char) -> Option<String> {
        let mut text = String::new();
        loop {
            let sign = self.peek()?;
            self.at += 1;
            if sign == end {
                return Some(text);
            }
            if sign == '\\' {
                let next = self.peek()?;
                self.at += 1;
                if next == 'n' && end != 'n' {
                    text.push('\n');
                    continue;
                }
                if next != end {
                    text.push('\\');
                }
                text.push(next);
                continue;
            }
            text.push(sign);
        }
    }

    fn regex(&self, pattern: &str, flags: &str) -> Option<Regex> {
        RegexBuilder::new(&expression(pattern, self.style))
            .case_insensitive(flags.contains(['i', 'I']))
            .size_limit(1 << 20)
            .build()
            .ok()
    }

    fn text(&mut self) -> String {
        self.blanks();
        if self.peek() == Some('\\') {
            self.at += 1;
            while self.peek().is_some_and(char::is_whitespace) {
                self.at += 1;
            }
        }
        let rest = self.signs.get(self.at..).unwrap_or_default();
        let text: String = rest.iter().take_while(|sign| **sign != '\n').collect();
        self.at += text.chars().count();
        text
    }

    fn command(&mut self) -> Option<Command> {
        let first = self.address()?;
        let mut last = None;
        self.blanks();
        if self.peek() == Some(',') {
            self.at += 1;
            self.blanks();
            last = self.address()?;
        }
        self.blanks();
        let is_negated = self.peek() == Some('!');
        if is_negated {
            self.at += 1;
        }
        self.blanks();
        let letter = self.peek()?;
        self.at += 1;
        let action = match letter {
            'd' => Action::Delete,
            'p' => Action::Print,
            'q' => Action::Quit,
            'a' => Action::Append(self.text()),
            'i' => Action::Insert(self.text()),
            'c' => Action::Change(self.text()),
            's' => {
                let end = self.peek()?;
                self.at += 1;
                let pattern = self.up_to(end)?;
                let with = self.up_to(end)?;
                let mut flags = String::new();
                while let Some(flag) = self.peek().filter(|sign| sign.is_ascii_alphanumeric()) {
                    flags.push(flag);
                    self.at += 1;
                }
                let digits: String = flags.chars().filter(char::is_ascii_digit).collect();
                Action::Substitute {
                    pattern: self.regex(&pattern, &flags)?,
                    with,
                    is_global: flags.contains('g'),
                    nth: digits.parse().unwrap_or(1),
                    prints: flags.contains('p'),
                }
            }
            _ => return None,
        };
        Some(Command {
            first,
            last,
            is_negated,
            action,
            is_within: false,
        })
    }
}

impl Command {
    fn applies(&mut self, number: usize, is_last: bool, line: &str) -> bool {
        let is_at = |address: &Address| match address {
            Address::Line(wanted) => *wanted == number,
            Address::Last => is_last,
            Address::Pattern(pattern) => pattern.is_match(line),
        };
        let holds = match (&self.first, &self.last) {
            (None, _) => true,
            (Some(first), None) => is_at(first),
            (Some(_), Some(last)) if self.is_within => {
                let is_past = matches!(last, Address::Line(end) if *end <= number);
                self.is_within = !(is_past || is_at(last));
                !matches!(last, Address::Line(end) if *end < number)
            }
            (Some(first), Some(last)) => {
                let begins = is_at(first);
                let ends_at_once = matches!(last, Address::Line(end) if *end <= number);
                self.is_within = begins && !ends_at_once;
                begins
            }
        };
        holds != self.is_negated
    }
}

fn edited(text: &str, commands: &mut [Command], is_silent: bool) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    'lines: for (number, line) in (1..).zip(&lines) {
        let mut line = (*line).to_owned();
        let mut after = String::new();
        let mut quits = false;
        for command in commands.iter_mut() {
            if !command.applies(number, number == lines.len(), &line) {
                continue;
            }
            match &command.action {
                Action::Delete => {
                    continue 'lines;
                }
                Action::Print => {
                    out.push_str(&line);
                    out.push('\n');
                }
                Action::Quit => {
                    quits = true;
                    break;
                }
                Action::Append(text) => {
                    after.push_str(text);
                    after.push('\n');
                }
                Action::Insert(text) => {
                    out.push_str(text);
                    out.push('\n');
                }
                Action::Change(text) => {
                    out.push_str(text);
                    out.push('\n');
                    continue 'lines;
                }
                Action::Substitute {
                    pattern,
                    with,
                    is_global,
                    nth,
                    prints,
                } => {
                    let (changed, is_changed) = substituted(&line, pattern, with, *is_global, *nth);
                    line = changed;
                    if is_changed && *prints {
                        out.push_str(&line);
                        out.push('\n');
                    }
                }
            }
        }
        if !is_silent {
            out.push_str(&line);
            out.push('\n');
        }
        out.push_str(&after);
        if quits {
            break;
        }
    }
    out
}

fn substituted(
    line: &str,
    pattern: &Regex,
    with: &str,
    is_global: bool,
    nth: usize,
) -> (String, bool) {
    let mut out = String::new();
    let mut end = 0;
    let mut is_changed = false;
    for (count, captures) in (1..).zip(pattern.captures_iter(line)) {
        let Some(whole) = captures.get(0) else { break };
        if count < nth || (count > nth && !is_global) {
            continue;
        }
        out.push_str(line.get(end..whole.start()).unwrap_or_default());
        let mut signs = with.chars();
        while let Some(sign) = signs.next() {
            match sign {
                '&' => out.push_str(whole.as_str()),
                '\\' => match signs.next() {
                    Some('t') => out.push('\t'),
                    Some(digit) if digit.is_ascii_digit() => {
                        let group = digit.to_digit(10).and_then(|at| usize::try_from(at).ok());
                        let group = group.and_then(|at| captures.get(at));
                        out.push_str(group.map_or("", |group| group.as_str()));
                    }
                    other => out.extend(other),
                },
                sign => out.push(sign),
            }
        }
        end = whole.end();
        is_changed = true;
        if out.len() > 1 << 20 {
            break;
        }
    }
    out.push_str(line.get(end..).unwrap_or_default());
    (out, is_changed)
}
