//! Expansion of words (POSIX Shell Command Language, 2.6).

use super::parse::Flavour;
use super::pattern;
use super::state::{Interpreter, Target};
use super::syntax::{List, Parameter, Part, Word};
use super::unknown;
use crate::stage::simulate::world::Exhausted;

/// A field, and the pattern that it is.
#[derive(Debug, Default, Clone)]
struct Field {
    text: String,
    pattern: String,
    is_pattern: bool,
}

/// Whether what is expanded is split into fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Splitting {
    Split,
    Keep,
}

/// Whether the pattern that a field is will be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patterns {
    Wanted,
    Unwanted,
}

/// Whether a part stands within double quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    Bare,
    Quoted,
}

/// Fields as they come to be.
pub(super) struct Fields {
    done: Vec<Field>,
    current: Option<Field>,
    splitting: Splitting,
    separators: String,
    patterns: Patterns,
    is_after_blank: bool,
}

impl Fields {
    fn new(splitting: Splitting, separators: String, patterns: Patterns) -> Self {
        Self {
            done: Vec::new(),
            current: None,
            splitting,
            separators,
            patterns,
            is_after_blank: false,
        }
    }

    fn field(&mut self) -> &mut Field {
        self.is_after_blank = false;
        self.current.get_or_insert_with(Field::default)
    }

    fn push_quoted(&mut self, text: &str) {
        let patterns = self.patterns;
        let field = self.field();
        field.text.push_str(text);
        if patterns == Patterns::Unwanted {
            return;
        }
        field.pattern.push_str(&pattern::quoted(text));
    }

    fn push_plain(&mut self, text: &str) {
        let patterns = self.patterns;
        let field = self.field();
        field.text.push_str(text);
        if patterns == Patterns::Unwanted {
            return;
        }
        field.pattern.push_str(text);
        field.is_pattern |= text.contains(['*', '?', '[']);
    }

    fn push_expanded(&mut self, text: &str) {
        if self.splitting == Splitting::Keep {
            if !text.is_empty() {
                self.push_plain(text);
            }
            return;
        }
        let mut is_hidden = false;
        for sign in text.chars() {
            is_hidden |= unknown::opens(sign);
            if is_hidden || !self.separators.contains(sign) {
                is_hidden &= !unknown::closes(sign);
                let field = self.field();
                field.text.push(sign);
                if sign == '\\' {
                    field.pattern.push('\\');
                }
                field.pattern.push(sign);
                field.is_pattern |= matches!(sign, '*' | '?' | '[');
            } else if sign.is_ascii_whitespace() {
                if self.current.is_some() {
                    self.finish();
                    self.is_after_blank = true;
                }
            } else if self.current.is_some() {
                self.finish();
            } else if self.is_after_blank {
                self.is_after_blank = false;
            } else {
                self.done.push(Field::default());
            }
        }
    }

    fn finish(&mut self) {
        self.done.extend(self.current.take());
    }
}

impl Interpreter<'_> {
    /// The fields that words become.
    pub(super) fn fields(&mut self, words: &[Word]) -> Result<Vec<String>, Exhausted> {
        let mut texts = Vec::new();
        for word in words {
            let braced = match self.flavour {
                Flavour::Bash => super::brace::expand(word),
                Flavour::Posix => vec![word.clone()],
            };
            for word in braced {
                let mut fields = Fields::new(Splitting::Split, self.separators(), Patterns::Wanted);
                self.expand(&word, Quoting::Bare, &mut fields)?;
                fields.finish();
                for field in fields.done {
                    self.world.budget.text(field.text.len() + 1)?;
                    let found = if field.is_pattern && !self.shell.options.contains(&'f') {
                        self.files_like(&field.pattern)
                    } else {
                        Vec::new()
                    };
                    if found.is_empty() {
                        texts.push(field.text);
                    } else {
                        texts.extend(found);
                    }
                }
            }
        }
        Ok(texts)
    }

    /// The text that a word becomes where it is not split.
    pub(super) fn text(&mut self, word: &Word) -> Result<String, Exhausted> {
        Ok(self.single(word, Patterns::Unwanted)?.text)
    }

    /// The pattern that a word becomes: what is quoted stands for itself.
    pub(super) fn pattern(&mut self, word: &Word) -> Result<String, Exhausted> {
        Ok(self.single(word, Patterns::Wanted)?.pattern)
    }

    fn single(&mut self, word: &Word, patterns: Patterns) -> Result<Field, Exhausted> {
        let mut fields = Fields::new(Splitting::Keep, self.separators(), patterns);
        self.expand(word, Quoting::Bare, &mut fields)?;
        fields.finish();
        let mut whole = Field::default();
        for (at, field) in fields.done.into_iter().enumerate() {
            if at > 0 {
                whole.text.push(' ');
                whole.pattern.push(' ');
            }
            whole.text.push_str(&field.text);
            whole.pattern.push_str(&field.pattern);
        }
        self.world.budget.text(whole.text.len())?;
        Ok(whole)
    }

    /// The text of a here-document or an arithmetic expression.
    pub(super) fn quoted_text(&mut self, word: &Word) -> Result<String, Exhausted> {
        self.text(&vec![Part::Double(word.clone())])
    }

    fn separators(&self) -> String {
        self.variable("IFS").unwrap_or_else(|| " \t\n".to_owned())
    }

    fn expand(
        &mut self,
        word: &[Part],
        quoting: Quoting,
        fields: &mut Fields,
    ) -> Result<(), Exhausted> {
        for (at, part) in word.iter().enumerate() {
            match part {
                Part::Plain(text) if quoting == Quoting::Quoted => fields.push_quoted(text),
                Part::Plain(text) => {
                    let rest = if at == 0 {
                        self.tilde(text, fields)
                    } else {
                        text
                    };
                    if !rest.is_empty() {
                        fields.push_plain(rest);
                    }
                }
                Part::Quoted(text) => fields.push_quoted(text),
                Part::Double(inner) => {
                    if !inner.iter().any(is_list) {
                        fields.push_quoted("");
                    }
                    self.expand(inner, Quoting::Quoted, fields)?;
                }
                Part::Parameter(parameter) => self.push_parameter(parameter, quoting, fields)?,
                Part::Command { list, text } => {
                    let output = self.substitute(list, text)?;
                    push(&output, quoting, fields);
                }
                Part::Arithmetic(word) => {
                    let text = self.quoted_text(word)?;
                    let value = self.arithmetic(&text);
                    push(&value, quoting, fields);
                }
                Part::Process { list, text } => {
                    let output = self.substitute(list, text)?;
                    self.sources.push(super::state::Source {
                        text: unknown::is_known(&output).then_some(output),
                        at: 0,
                    });
                    fields.push_quoted("/dev/fd/63");
                }
            }
        }
        Ok(())
    }

    /// Expands the word of `${x:-word}`, which is split where it has no quotes.
    fn expand_default(
        &mut self,
        word: &Word,
        quoting: Quoting,
        fields: &mut Fields,
    ) -> Result<(), Exhausted> {
        for (at, part) in word.iter().enumerate() {
            match part {
                Part::Plain(text) if quoting == Quoting::Bare => {
                    let rest = if at == 0 {
                        self.tilde(text, fields)
                    } else {
                        text
                    };
                    fields.push_expanded(rest);
                }
                part => self.expand(std::slice::from_ref(part), quoting, fields)?,
            }
        }
        Ok(())
    }

    /// Puts the folder for a tilde at the beginning of a word, and gives the rest.
    fn tilde<'t>(&self, text: &'t str, fields: &mut Fields) -> &'t str {
        let Some(rest) = text.strip_prefix('~') else {
            return text;
        };
        let end = rest.find('/').unwrap_or(rest.len());
        let (user, path) = rest.split_at(end);
        let home = match user {
            "" => self.variable("HOME"),
            "+" => Some(self.shell.directory.clone()),
            "-" => self.variable("OLDPWD"),
            "root" => Some("/root".to_owned()),
            _ => None,
        };
        match home {
            Some(home) if fields.current.is_none() => {
                fields.push_quoted(&home);
                path
            }
            _ => text,
        }
    }

    fn push_parameter(
        &mut self,
        parameter: &Parameter,
        quoting: Quoting,
        fields: &mut Fields,
    ) -> Result<(), Exhausted> {
        let values = match self.parameter(parameter)? {
            super::parameter::Got::Nothing => return Ok(()),
            super::parameter::Got::Word(word) => {
                return self.expand_default(&word, quoting, fields);
            }
            super::parameter::Got::Text(text) => {
                let text = if unknown::is_nothing_known(&text) {
                    self.world.assume(format!(
                        "what `{}` is is not known, and it stands as it is written",
                        parameter.text
                    ));
                    unknown::hidden(&parameter.text)
                } else {
                    text
                };
                push(&text, quoting, fields);
                return Ok(());
            }
            super::parameter::Got::Joined(values) if quoting == Quoting::Quoted => {
                let separator = self.separators().chars().next();
                let separator = separator.map_or_else(String::new, String::from);
                fields.push_quoted(&values.join(&separator));
                return Ok(());
            }
            super::parameter::Got::Joined(values) | super::parameter::Got::List(values) => values,
        };
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                if fields.splitting == Splitting::Keep {
                    fields.push_quoted(" ");
                } else {
                    fields.finish();
                }
            }
            if quoting == Quoting::Quoted {
                fields.push_quoted(value);
            } else {
                push(value, quoting, fields);
            }
        }
        Ok(())
    }

    /// What commands write, without the line ends at its end.
    pub(super) fn substitute(&mut self, list: &List, text: &str) -> Result<String, Exhausted> {
        self.world.budget.enter()?;
        self.world.budget.step()?;
        let deciding = self.deciding.take();
        let shell = self.shell.clone();
        let buffer = self.buffers.len();
        self.buffers.push(String::new());
        self.shell.descriptors.insert(1, Target::Buffer(buffer));
        self.run_subshell(list)?;
        let ended = (self.shell.status, self.shell.doubt.take());
        self.shell = shell;
        self.deciding = deciding;
        self.substituted = Some(ended);
        let output = self.buffers.pop().unwrap_or_default();
        self.world.budget.leave();
        if !unknown::is_known(&output) {
            return Ok(unknown::hidden(text));
        }
        Ok(output.trim_end_matches('\n').replace('\0', ""))
    }
}

fn push(text: &str, quoting: Quoting, fields: &mut Fields) {
    match quoting {
        Quoting::Quoted => fields.push_quoted(text),
        Quoting::Bare => fields.push_expanded(text),
    }
}

/// Whether a part within double quotes may be several fields, or none.
fn is_list(part: &Part) -> bool {
    match part {
        Part::Parameter(parameter) => {
            parameter.name == "@"
                || matches!(
                    parameter.index.as_deref(),
                    Some([Part::Plain(index)]) if index == "@"
                )
        }
        _ => false,
    }
}
