//! Puts the definitions of macros where they are called, and takes comments
//! out.

use super::call::Call;
use super::map::{Origin, SpanMap};
use super::{MacroError, MacroProblem, Macros};
use crate::detect::spl::syntax::span::Span;

/// How often a macro may call a macro.
const DEPTH: usize = 20;

/// How long the expanded text may be, in bytes.
const LENGTH: usize = 1 << 20;

/// How much text may be read on the way there, in bytes.
const WORK: usize = 1 << 24;

const COMMENT: &str = "```";

/// The option of `map` that holds a search.
const OPTION: &str = "search";

/// A search whose macros are put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expanded {
    /// The text.
    pub text: String,
    /// Where its parts were written.
    pub map: SpanMap,
}

/// Puts macros in and takes comments out; each comment becomes one blank.
///
/// Macros are text: they are put in as they are, without parentheses. They are
/// not put in within double quotes, save for those of `map search="…"`, which
/// hold a search.
///
/// # Errors
///
/// If a macro is missing, takes other arguments, or calls itself, if a
/// backtick or a comment stays open, or if the result is too large.
pub fn expand(text: &str, macros: &Macros) -> Result<Expanded, MacroError> {
    let mut expansion = Expansion {
        macros,
        calls: Vec::new(),
        work: 0,
    };
    let mut out = Output::default();
    expansion
        .run(text, &mut out)
        .map_err(|failure| MacroError {
            span: failure.span,
            name: failure.name,
            problem: failure.problem,
        })?;
    Ok(Expanded {
        text: out.text,
        map: out.map,
    })
}

#[derive(Default)]
struct Output {
    text: String,
    map: SpanMap,
}

impl Output {
    fn push(&mut self, text: &str, original: Span, origin: Origin) -> Result<(), MacroError> {
        let start = self.text.len();
        if start + text.len() > LENGTH {
            return Err(failure(original, "", MacroProblem::TooLarge));
        }
        self.text.push_str(text);
        self.map
            .push(Span::new(start, self.text.len()), original, origin);
        Ok(())
    }
}

fn failure(span: Span, name: &str, problem: MacroProblem) -> MacroError {
    MacroError {
        span,
        name: name.to_owned(),
        problem,
    }
}

struct Expansion<'m> {
    macros: &'m Macros,
    /// The macros that are being put in, from the outermost.
    calls: Vec<String>,
    work: usize,
}

impl Expansion<'_> {
    fn run(&mut self, text: &str, out: &mut Output) -> Result<(), MacroError> {
        self.work += text.len() + 1;
        if self.work > WORK {
            return Err(failure(
                Span::new(0, text.len()),
                "",
                MacroProblem::TooLarge,
            ));
        }
        let mut place = 0;
        let mut command = CommandWatch::default();
        while let Some(rest) = text.get(place..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with(COMMENT) {
                let end = comment_end(text, place)?;
                out.push(" ", Span::new(place, end), Origin::Replaced)?;
                place = end;
                continue;
            }
            let length = match rest.chars().next() {
                Some('`') => {
                    place = self.call(text, place, out, Form::Plain)?;
                    continue;
                }
                Some('"') if command.holds_search(text, place) => {
                    place = self.quoted_search(text, place, out)?;
                    continue;
                }
                Some('"') => quoted_length(rest),
                Some('\\') if rest.starts_with(r#"\""#) || rest.starts_with(r"\\") => 2,
                Some(letter) => {
                    command.see(letter, place);
                    letter.len_utf8()
                }
                None => break,
            };
            let end = place + length;
            let span = Span::new(place, end);
            out.push(
                text.get(place..end).unwrap_or_default(),
                span,
                Origin::Written,
            )?;
            place = end;
        }
        Ok(())
    }

    /// Puts in the macro whose call begins here; gives where the call ends.
    fn call(
        &mut self,
        text: &str,
        start: usize,
        out: &mut Output,
        form: Form,
    ) -> Result<usize, MacroError> {
        let opened = Span::new(start, start + 1);
        let inner = start + 1;
        let Some(length) = text.get(inner..).and_then(|rest| call_length(rest, form)) else {
            return Err(failure(opened, "", MacroProblem::Unclosed));
        };
        let end = inner + length + 1;
        let span = Span::new(start, end);
        let written = text.get(inner..inner + length).unwrap_or_default();
        let written = form.read(written);
        let Some(call) = Call::read(&written) else {
            return Err(failure(span, "", MacroProblem::Malformed));
        };
        let expanded = self.definition(&call, span)?;
        out.push(&form.write(&expanded), span, Origin::Replaced)?;
        Ok(end)
    }

    /// The macro's text, with its arguments and its own macros put in.
    fn definition(&mut self, call: &Call<'_>, span: Span) -> Result<String, MacroError> {
        let name = call.name;
        let given = call.arguments.len();
        let Some(found) = self.macros.get(name, given) else {
            let known = self.macros.arities(name);
            return Err(failure(
                span,
                name,
                if known.is_empty() {
                    MacroProblem::Missing
                } else {
                    MacroProblem::WrongArity { given, known }
                },
            ));
        };
        let key = format!("{name}({given})");
        if self.calls.contains(&key) {
            return Err(failure(span, name, MacroProblem::Recursion));
        }
        if self.calls.len() >= DEPTH {
            return Err(failure(span, name, MacroProblem::TooDeep { limit: DEPTH }));
        }
        let values = call.bind(&found.arguments);
        let Some(text) = substitute(&found.definition, &found.arguments, &values) else {
            return Err(failure(span, name, MacroProblem::TooLarge));
        };
        let mut out = Output::default();
        self.calls.push(key);
        let result = self.run(&text, &mut out);
        self.calls.pop();
        match result {
            Ok(()) => Ok(out.text),
            Err(inner) => Err(MacroError { span, ..inner }),
        }
    }

    /// A search in quotes: its macros are put in with their quotes escaped.
    fn quoted_search(
        &mut self,
        text: &str,
        start: usize,
        out: &mut Output,
    ) -> Result<usize, MacroError> {
        let length = text.get(start..).map_or(0, quoted_length);
        let end = start + length;
        let mut place = start;
        while let Some(rest) = text.get(place..end).filter(|rest| !rest.is_empty()) {
            let step = match rest.chars().next() {
                Some('`') => {
                    let inner = text.get(..end).unwrap_or_default();
                    place = self.call(inner, place, out, Form::InQuotes)?;
                    continue;
                }
                Some('\\') => 1 + rest.chars().nth(1).map_or(0, char::len_utf8),
                Some(letter) => letter.len_utf8(),
                None => break,
            };
            let next = place + step;
            let span = Span::new(place, next);
            out.push(
                text.get(place..next).unwrap_or_default(),
                span,
                Origin::Written,
            )?;
            place = next;
        }
        Ok(end)
    }
}

/// Where a call stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    InQuotes,
}

impl Form {
    fn read(self, text: &str) -> String {
        match self {
            Form::Plain => text.to_owned(),
            Form::InQuotes => text.replace("\\\"", "\""),
        }
    }

    fn write(self, text: &str) -> String {
        match self {
            Form::Plain => text.to_owned(),
            Form::InQuotes => text.replace('\\', "\\\\").replace('"', "\\\""),
        }
    }
}

/// How long a call is, up to the backtick that ends it.
fn call_length(text: &str, form: Form) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (place, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if form == Form::Plain => quoted = !quoted,
            '`' if !quoted => return Some(place),
            _ => {}
        }
    }
    None
}

/// How long a quoted text is, quotes included; all of it if it stays open.
fn quoted_length(text: &str) -> usize {
    let mut escaped = false;
    for (place, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

fn comment_end(text: &str, start: usize) -> Result<usize, MacroError> {
    let inner = start + COMMENT.len();
    text.get(inner..)
        .and_then(|rest| rest.find(COMMENT))
        .map(|length| inner + length + COMMENT.len())
        .ok_or_else(|| failure(Span::new(start, inner), "", MacroProblem::UnclosedComment))
}

/// Puts values where `$name$` stands; nothing if that becomes too long.
fn substitute(definition: &str, names: &[String], values: &[String]) -> Option<String> {
    let mut text = String::with_capacity(definition.len());
    let mut rest = definition;
    while let Some(start) = rest.find('$') {
        text.push_str(rest.get(..start)?);
        let after = rest.get(start + 1..)?;
        let found = after.find('$').and_then(|length| {
            let name = after.get(..length)?;
            let place = names.iter().position(|known| known == name)?;
            Some((values.get(place)?, after.get(length + 1..)?))
        });
        match found {
            Some((value, next)) => {
                text.push_str(value);
                rest = next;
            }
            None => {
                text.push('$');
                rest = after;
            }
        }
        if text.len() > LENGTH {
            return None;
        }
    }
    text.push_str(rest);
    (text.len() <= LENGTH).then_some(text)
}

/// Keeps in mind which command the text is in.
#[derive(Default)]
struct CommandWatch {
    begin: usize,
}

impl CommandWatch {
    fn see(&mut self, letter: char, place: usize) {
        if matches!(letter, '|' | '[') {
            self.begin = place + 1;
        }
    }

    /// Whether a quote that opens here holds the search of `map`.
    fn holds_search(&self, text: &str, place: usize) -> bool {
        let command = text.get(self.begin..place).unwrap_or_default().trim_start();
        let Some(after) = command
            .get(..3)
            .filter(|name| name.eq_ignore_ascii_case("map"))
            .and_then(|_| command.get(3..))
            .filter(|after| after.starts_with(char::is_whitespace))
        else {
            return false;
        };
        let Some(before) = after.trim_end().strip_suffix('=').map(str::trim_end) else {
            return false;
        };
        before
            .len()
            .checked_sub(OPTION.len())
            .and_then(|start| before.get(start..))
            .is_some_and(|name| name.eq_ignore_ascii_case(OPTION))
    }
}
