//! `for`.

use super::path;
use super::session::{Done, Flow, Session};
use super::tree::{For, Form};
use super::{arithmetic, builtin, words};
use crate::stage::simulate::world::{Content, Exhausted};

/// What `for /f` does with each line.
struct LineOptions {
    end_of_line: Option<char>,
    skip: usize,
    delimiters: Vec<char>,
    tokens: Vec<usize>,
    /// Whether a last variable takes all that is left.
    takes_rest: bool,
    uses_backquotes: bool,
}

/// The most variables that `for /f` sets at once.
const MOST_TOKENS: usize = 31;

impl Session<'_> {
    pub fn repeat(&mut self, repetition: &For) -> Result<Done, Exhausted> {
        self.world.budget.step()?;
        let set = self.settled(&repetition.set);
        let text = format!(
            "for {}%{} in ({set}) do",
            repetition.form.text(),
            repetition.variable
        );
        self.world.budget.text(text.len())?;
        self.world.begin_command(&text);
        let done = match &repetition.form {
            Form::Numbers => self.over_numbers(repetition, &set),
            Form::Plain | Form::Folders => self.over_words(repetition, &set),
            Form::Tree(root) => self.over_tree(repetition, &set, root.as_deref()),
            Form::Lines(options) => self.over_lines(repetition, &set, options),
        };
        self.world.end_command();
        done
    }

    fn round(&mut self, repetition: &For, values: Vec<String>) -> Result<Done, Exhausted> {
        self.world.budget.step()?;
        self.world
            .budget
            .text(values.iter().map(String::len).sum())?;
        let before = self.variables.len();
        let letters = letters_from(repetition.variable);
        self.variables.extend(letters.zip(values));
        let done = self.execute(&repetition.body);
        self.variables.truncate(before);
        done
    }

    fn rounds(
        &mut self,
        repetition: &For,
        all: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<Done, Exhausted> {
        let mut done = Done::well();
        for values in all {
            done = done.followed_by(self.round(repetition, values)?);
            if done.flow != Flow::On {
                break;
            }
        }
        Ok(done)
    }

    fn over_numbers(&mut self, repetition: &For, set: &str) -> Result<Done, Exhausted> {
        let numbers: Vec<i64> = words::words(set)
            .iter()
            .map(|word| i64::from(arithmetic::number(word).unwrap_or(0)))
            .collect();
        let number = |at: usize| numbers.get(at).copied().unwrap_or(0);
        let (mut at, step, end) = (number(0), number(1), number(2));
        let mut done = Done::well();
        while if step < 0 { at >= end } else { at <= end } {
            done = done.followed_by(self.round(repetition, vec![at.to_string()])?);
            if done.flow != Flow::On {
                break;
            }
            at += step;
        }
        Ok(done)
    }

    fn over_words(&mut self, repetition: &For, set: &str) -> Result<Done, Exhausted> {
        let mut done = Done::well();
        for word in words::words(set) {
            let found = if path::is_pattern(&word) {
                let bare = path::unquoted(&word);
                let whole = path::full(&bare, &self.context.directory);
                let (folder, pattern) = path::split(&whole);
                let files = match repetition.form {
                    Form::Folders => Vec::new(),
                    _ => self.known_files(&folder, &pattern),
                };
                if files.is_empty() {
                    self.unknown_files(&word);
                }
                // Names come with the folder as it is written.
                let written = bare
                    .rfind(['\\', ':'])
                    .map_or("", |at| bare.get(..=at).unwrap_or_default());
                files
                    .into_iter()
                    .map(|file| format!("{written}{}", path::split(&file).1))
                    .collect()
            } else {
                vec![word]
            };
            let rounds = found.into_iter().map(|value| vec![value]);
            done = done.followed_by(self.rounds(repetition, rounds)?);
            if done.flow != Flow::On {
                break;
            }
        }
        Ok(done)
    }

    fn unknown_files(&mut self, pattern: &str) {
        self.not_interpreted(&format!("which files fit `{pattern}` is not known"));
    }

    fn over_tree(
        &mut self,
        repetition: &For,
        set: &str,
        root: Option<&str>,
    ) -> Result<Done, Exhausted> {
        let root = self.settled(root.unwrap_or("."));
        let root = path::full(&root, &self.context.directory);
        let mut found = Vec::new();
        for word in words::words(set) {
            let bare = path::unquoted(&word);
            if !path::is_pattern(&bare) {
                found.push(vec![path::join(&root, &bare)]);
                continue;
            }
            let before = found.len();
            for file in self.world.files_below(root.trim_end_matches('\\')) {
                if path::fits(&path::split(&file).1, &bare) {
                    found.push(vec![file]);
                }
            }
            if found.len() == before {
                self.unknown_files(&path::join(&root, &bare));
            }
        }
        self.rounds(repetition, found)
    }

    fn over_lines(
        &mut self,
        repetition: &For,
        set: &str,
        options: &str,
    ) -> Result<Done, Exhausted> {
        let options = LineOptions::read(&self.settled(options));
        let trimmed = set.trim();
        let within = |quote: char| {
            let inner = trimmed.strip_prefix(quote)?;
            Some(inner.strip_suffix(quote).unwrap_or(inner))
        };
        let (command, text) = if options.uses_backquotes {
            (within('`'), within('\''))
        } else {
            (within('\''), within('"'))
        };
        let (lines, source) = if let Some(command) = command {
            let shell = builtin::shell(&self.context.environment);
            let done = self.child(&format!("{shell} /c {command}"), command, None)?;
            (done.output, command.to_owned())
        } else if let Some(text) = text {
            (Some(text.to_owned()), text.to_owned())
        } else {
            (self.contents(trimmed), trimmed.to_owned())
        };
        let Some(lines) = lines else {
            // The atomic means a line to come; what it says cannot be known, so the
            // variables stay as they are written.
            self.world.assume(format!(
                "`{source}` yields one line, whose text is not known and stays `%{}`",
                repetition.variable
            ));
            return self.round(repetition, Vec::new());
        };
        let rows: Vec<Vec<String>> = lines
            .split('\n')
            .skip(options.skip)
            .filter_map(|line| options.values(line.trim_end_matches('\r')))
            .collect();
        self.rounds(repetition, rows)
    }

    /// The lines of files, if all of them are known.
    fn contents(&mut self, set: &str) -> Option<String> {
        let mut all = String::new();
        for word in words::words(set) {
            let path = path::full(&word, &self.context.directory);
            let Content::Text(text) = self.world.content(&path) else {
                return None;
            };
            self.world.budget.text(text.len()).ok()?;
            all.push_str(&text);
            all.push('\n');
        }
        Some(all)
    }

    /// The files that are known to be in a folder and fit a pattern.
    pub fn known_files(&self, folder: &str, pattern: &str) -> Vec<String> {
        let folder = folder.trim_end_matches('\\');
        let files = self.world.files_below(folder);
        let is_direct = |file: &str| {
            file.get(folder.len() + 1..)
                .is_some_and(|name| !name.contains('\\') && path::fits(name, pattern))
        };
        files.into_iter().filter(|file| is_direct(file)).collect()
    }
}

impl Form {
    fn text(&self) -> String {
        match self {
            Self::Plain => String::new(),
            Self::Folders => "/d ".to_owned(),
            Self::Tree(Some(root)) => format!("/r {root} "),
            Self::Tree(None) => "/r ".to_owned(),
            Self::Numbers => "/l ".to_owned(),
            Self::Lines(options) if options.is_empty() => "/f ".to_owned(),
            Self::Lines(options) => format!("/f \"{options}\" "),
        }
    }
}

/// The letters of the variables that follow each other, up to `z` or `Z`.
fn letters_from(first: char) -> impl Iterator<Item = char> {
    (u32::from(first)..)
        .map_while(char::from_u32)
        .take(MOST_TOKENS)
}

impl LineOptions {
    fn read(options: &str) -> Self {
        let mut read = Self {
            end_of_line: Some(';'),
            skip: 0,
            delimiters: vec![' ', '\t'],
            tokens: vec![1],
            takes_rest: false,
            uses_backquotes: false,
        };
        let mut rest = options;
        loop {
            rest = rest.trim_start_matches([' ', '\t', '"']);
            let lower = rest.to_ascii_lowercase();
            if lower.starts_with("usebackq") {
                read.uses_backquotes = true;
                rest = rest.get("usebackq".len()..).unwrap_or_default();
            } else if lower.starts_with("eol=") {
                let after = rest.get("eol=".len()..).unwrap_or_default();
                let mut signs = after.chars();
                read.end_of_line = signs.next();
                rest = signs.as_str();
            } else if lower.starts_with("skip=") {
                let (number, after) = value_of(rest, "skip=");
                read.skip = number.parse().unwrap_or(0);
                rest = after;
            } else if lower.starts_with("tokens=") {
                let (tokens, after) = value_of(rest, "tokens=");
                read.set_tokens(tokens);
                rest = after;
            } else if lower.starts_with("delims=") {
                let after = rest.get("delims=".len()..).unwrap_or_default();
                // A blank is a delimiter only at the end of the options.
                let end = after
                    .find(' ')
                    .filter(|at| after.get(*at..).is_some_and(|rest| !rest.trim().is_empty()));
                let (delimiters, after) = after.split_at(end.unwrap_or(after.len()));
                read.delimiters = delimiters.chars().filter(|sign| *sign != '"').collect();
                rest = after;
            } else {
                return read;
            }
        }
    }

    fn set_tokens(&mut self, tokens: &str) {
        self.tokens.clear();
        for part in tokens.split(',') {
            let part = part.trim();
            let numbers = match part.strip_suffix('*') {
                Some(numbers) => {
                    self.takes_rest = true;
                    numbers
                }
                None => part,
            };
            let (from, to) = numbers.split_once('-').unwrap_or((numbers, numbers));
            if let (Ok(from), Ok(to)) = (from.parse::<usize>(), to.parse::<usize>()) {
                let to = to.min(from.saturating_add(MOST_TOKENS));
                self.tokens.extend(from..=to);
            }
        }
        self.tokens.sort_unstable();
        self.tokens.dedup();
        self.tokens.truncate(MOST_TOKENS);
    }

    /// The values that a line sets; `None` if it is passed over.
    fn values(&self, line: &str) -> Option<Vec<String>> {
        if line.is_empty() || line.chars().next() == self.end_of_line {
            return None;
        }
        let is_delimiter = |sign: char| self.delimiters.contains(&sign);
        let last = self.tokens.last().copied().unwrap_or(0);
        let mut found = Vec::new();
        let mut rest = line.trim_start_matches(is_delimiter);
        while found.len() < last && !rest.is_empty() {
            let end = rest.find(is_delimiter).unwrap_or(rest.len());
            let (token, after) = rest.split_at(end);
            found.push(token.to_owned());
            rest = after.trim_start_matches(is_delimiter);
        }
        if found.is_empty() && (rest.is_empty() || !self.takes_rest) {
            return None;
        }
        let token = |number: &usize| {
            let at = number.checked_sub(1)?;
            found.get(at).cloned()
        };
        let mut values: Vec<String> = self
            .tokens
            .iter()
            .map(|number| token(number).unwrap_or_default())
            .collect();
        if self
            .tokens
            .first()
            .is_some_and(|first| token(first).is_none())
        {
            return None;
        }
        if self.takes_rest {
            values.push(rest.to_owned());
        }
        Some(values)
    }
}

fn value_of<'a>(options: &'a str, name: &str) -> (&'a str, &'a str) {
    let after = options.get(name.len()..).unwrap_or_default();
    let end = after.find([' ', '\t']).unwrap_or(after.len());
    after.split_at(end)
}
