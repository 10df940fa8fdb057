//! Filling arguments into the texts of an atomic.
//!
//! Nothing is run here: these are functions from texts to texts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{NoExpand, Regex, RegexBuilder};

use super::model::{Atomic, DependenciesBy, Executor, Shell};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};

/// Values and texts do not grow beyond this by what is filled in, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Defaults that hold arguments whose defaults hold arguments are followed this
/// far.
const DEEPEST: usize = 64;

/// The word that stands for the folder of the atomics.
const FOLDER: &str = "PathToAtomicsFolder";

static USE: LazyLock<Regex> = LazyLock::new(|| pattern(r"#\{(.*?)\}"));
static VARIABLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\$PathToAtomicsFolder"));
static VARIABLE_OR_WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\$?PathToAtomicsFolder"));
static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(FOLDER));

fn pattern(text: &str) -> Regex {
    RegexBuilder::new(text)
        .case_insensitive(true)
        .build()
        .unwrap_or_else(|error| panic!("the pattern `{text}` is invalid: {error}"))
}

/// How arguments are filled in, and what becomes of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// Each `#{argument}` becomes its value. A default may itself hold arguments
    /// and the folder of the atomics, and they are filled in first; a value that
    /// was given is taken as it is. Commands stay scripts of many lines.
    #[default]
    Script,
    /// As the public runner does: each argument is replaced once, in the order of
    /// the names, in whatever the text then is, so that an argument within a
    /// default is filled in only if its name comes later. Commands become the one
    /// line that the shell is given, lines joined and quotes escaped as the
    /// runner does it.
    InvokeArt,
}

/// The texts of an atomic with all arguments filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Substituted {
    /// What is performed.
    pub run: SubstitutedRun,
    /// What must be there first.
    pub dependencies: Vec<SubstitutedDependency>,
}

/// What is performed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubstitutedRun {
    /// Steps for a person.
    Manual {
        /// The steps.
        steps: String,
    },
    /// Commands for a shell.
    Command {
        /// The shell.
        shell: Shell,
        /// What it runs.
        command: String,
        /// What undoes it.
        cleanup_command: Option<String>,
    },
}

/// What must be there first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubstitutedDependency {
    /// What is needed.
    pub description: String,
    /// A command that exits with 0 if it is there.
    pub prereq_command: String,
    /// A command that gets it, if there is one.
    pub get_prereq_command: Option<String>,
}

/// Why arguments cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubstitutionError {
    /// A value was given for an argument that is not there.
    #[error("there is no argument `{name}`")]
    UnknownArgument {
        /// The argument.
        name: String,
        /// What it was likely meant to be.
        meant: Option<String>,
        /// All arguments that there are.
        known: Vec<String>,
    },
    /// Defaults hold each other.
    #[error("the default of `{}` holds itself: {}", .through.first().map_or("", String::as_str), .through.join(" -> "))]
    Circle {
        /// The arguments, the first of them once more at the end.
        through: Vec<String>,
    },
    /// A value, or a text that it is filled into, grows out of all bounds.
    #[error("with the value of `{name}`, a text grows beyond {LONGEST} bytes")]
    TooLong {
        /// The argument.
        name: String,
    },
    /// Defaults hold arguments whose defaults hold arguments, and so on.
    #[error(
        "the default of `{name}` is filled in by more than {DEEPEST} others, one within another"
    )]
    TooDeep {
        /// The argument.
        name: String,
    },
    /// An argument that is used has no value.
    #[error("the argument `{name}` has no default, and no value is given")]
    NoValue {
        /// The argument.
        name: String,
    },
}

impl SubstitutionError {
    /// The problem as its user is told it, at the place of the atomic.
    #[must_use]
    pub fn to_diagnostic(&self, atomic: &Atomic) -> Diagnostic {
        let (code, help) = match self {
            Self::UnknownArgument { meant, known, .. } => (
                Code::ATOMIC_UNKNOWN_ARGUMENT,
                match meant {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None if known.is_empty() => {
                        "remove the value; the atomic has no arguments".to_owned()
                    }
                    None => format!("the atomic has: `{}`", known.join("`, `")),
                },
            ),
            Self::Circle { .. } => (
                Code::ATOMIC_ENDLESS_ARGUMENT,
                "write one of the defaults without arguments, or give a value".to_owned(),
            ),
            Self::TooLong { .. } | Self::TooDeep { .. } => (
                Code::ATOMIC_ENDLESS_ARGUMENT,
                "use fewer arguments in the defaults of others".to_owned(),
            ),
            Self::NoValue { name } => (
                Code::ATOMIC_MISSING_VALUE,
                format!("give a value for `{name}`"),
            ),
        };
        Diagnostic::error(code, self.to_string())
            .at(atomic.place.clone())
            .help(help)
    }
}

/// The value of every argument that has one: the given one, or the default with
/// all arguments in it filled in. The folder of the atomics stays a word.
///
/// # Errors
///
/// Values are given for arguments that the atomic does not have, or defaults hold
/// each other. Never empty.
pub fn resolve_arguments(
    atomic: &Atomic,
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Vec<SubstitutionError>> {
    check_given(atomic, given)?;
    Resolver::new(atomic, given, None).resolve_all()
}

/// Fills arguments into all texts of an atomic. `folder` is where the atomics
/// are, for texts that ask for it as `PathToAtomicsFolder`.
///
/// # Errors
///
/// Values are given for arguments that the atomic does not have, or a text grows
/// out of all bounds; in [`Way::Script`], also: defaults hold each other, or a
/// text uses an argument that has no value. Never empty.
pub fn substitute(
    atomic: &Atomic,
    given: &BTreeMap<String, String>,
    way: Way,
    folder: &str,
) -> Result<Substituted, Vec<SubstitutionError>> {
    check_given(atomic, given)?;
    match way {
        Way::Script => script(atomic, given, folder),
        Way::InvokeArt => invoke_art(atomic, given, folder),
    }
}

fn check_given(
    atomic: &Atomic,
    given: &BTreeMap<String, String>,
) -> Result<(), Vec<SubstitutionError>> {
    let known = || atomic.arguments.keys();
    let unknown = given
        .keys()
        .filter(|name| !atomic.arguments.contains_key(*name));
    let errors: Vec<_> = unknown
        .map(|name| SubstitutionError::UnknownArgument {
            name: name.clone(),
            meant: did_you_mean(name, known().map(String::as_str)).map(str::to_owned),
            known: known().cloned().collect(),
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn script(
    atomic: &Atomic,
    given: &BTreeMap<String, String>,
    folder: &str,
) -> Result<Substituted, Vec<SubstitutionError>> {
    let values = Resolver::new(atomic, given, Some(folder)).resolve_all()?;
    let mut errors = Vec::new();
    let filled = each_text(atomic, |text, _| {
        filled_in(atomic, &values, &with_folder(text, folder), &mut errors)
    });
    if errors.is_empty() {
        Ok(filled)
    } else {
        Err(errors)
    }
}

fn filled_in(
    atomic: &Atomic,
    values: &BTreeMap<String, String>,
    text: &str,
    errors: &mut Vec<SubstitutionError>,
) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut end = 0;
    for (whole, name) in uses(text) {
        let Some(value) = values.get(name) else {
            // What is not declared is no argument, only text.
            let is_argument = atomic.arguments.contains_key(name);
            let name = name.to_owned();
            let error = SubstitutionError::NoValue { name };
            if is_argument && !errors.contains(&error) {
                errors.push(error);
            }
            continue;
        };
        filled.push_str(&text[end..whole.start]);
        filled.push_str(value);
        end = whole.end;
        if filled.len() > text.len() + LONGEST {
            let name = name.to_owned();
            errors.push(SubstitutionError::TooLong { name });
            return String::new();
        }
    }
    filled.push_str(&text[end..]);
    filled
}

/// The uses of arguments in a text, each with its name.
fn uses(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    USE.captures_iter(text)
        .filter_map(|found| Some((found.get(0)?.range(), found.get(1)?.as_str())))
}

fn with_folder<'t>(text: &'t str, folder: &str) -> Cow<'t, str> {
    VARIABLE_OR_WORD.replace_all(text, NoExpand(folder))
}

/// What a text of an atomic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Words for a person.
    Words,
    /// A command for a shell.
    Command(Shell),
    /// A command that checks whether something is there.
    Check(Shell),
}

/// An atomic's texts, each through `fill`.
fn each_text(atomic: &Atomic, mut fill: impl FnMut(&str, Part) -> String) -> Substituted {
    let run = match &atomic.executor {
        Executor::Manual { steps } => SubstitutedRun::Manual {
            steps: fill(steps, Part::Words),
        },
        Executor::Command {
            shell,
            command,
            cleanup_command,
            ..
        } => SubstitutedRun::Command {
            shell: *shell,
            command: fill(command, Part::Command(*shell)),
            cleanup_command: cleanup_command
                .as_ref()
                .map(|cleanup| fill(cleanup, Part::Command(*shell))),
        },
    };
    let (check, get) = match atomic.dependencies_by {
        DependenciesBy::Person => (Part::Words, Part::Words),
        DependenciesBy::Shell(shell) => (Part::Check(shell), Part::Command(shell)),
    };
    let dependencies = atomic
        .dependencies
        .iter()
        .map(|dependency| SubstitutedDependency {
            // A description may show what is no argument; that stays as it is.
            description: dependency.description.clone(),
            prereq_command: fill(&dependency.prereq_command, check),
            get_prereq_command: dependency
                .get_prereq_command
                .as_ref()
                .map(|command| fill(command, get)),
        })
        .collect();
    Substituted { run, dependencies }
}

/// Finds the values of arguments, those that a default holds first.
struct Resolver<'a> {
    atomic: &'a Atomic,
    given: &'a BTreeMap<String, String>,
    folder: Option<&'a str>,
    /// What was found; nothing for an argument without a value.
    found: BTreeMap<&'a str, Option<String>>,
    /// The arguments whose defaults are being filled in.
    open: Vec<&'a str>,
}

impl<'a> Resolver<'a> {
    fn new(
        atomic: &'a Atomic,
        given: &'a BTreeMap<String, String>,
        folder: Option<&'a str>,
    ) -> Self {
        Self {
            atomic,
            given,
            folder,
            found: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    fn resolve_all(mut self) -> Result<BTreeMap<String, String>, Vec<SubstitutionError>> {
        for name in self.atomic.arguments.keys() {
            self.resolve(name).map_err(|error| vec![error])?;
        }
        let values = self.found.into_iter();
        Ok(values
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect())
    }

    fn resolve(&mut self, name: &'a str) -> Result<(), SubstitutionError> {
        if self.found.contains_key(name) {
            return Ok(());
        }
        if let Some(start) = self.open.iter().position(|open| *open == name) {
            let circle = self.open[start..].iter().chain([&name]);
            return Err(SubstitutionError::Circle {
                through: circle.map(|name| (*name).to_owned()).collect(),
            });
        }
        if self.open.len() > DEEPEST {
            let name = self.open[0].to_owned();
            return Err(SubstitutionError::TooDeep { name });
        }
        let value = match self.given.get(name) {
            Some(given) => Some(given.clone()),
            None => {
                self.open.push(name);
                let value = self.default_of(name)?;
                self.open.pop();
                value
            }
        };
        self.found.insert(name, value);
        Ok(())
    }

    fn default_of(&mut self, name: &'a str) -> Result<Option<String>, SubstitutionError> {
        let argument = self.atomic.arguments.get(name);
        let Some(default) = argument.and_then(|argument| argument.default.as_deref()) else {
            return Ok(None);
        };
        let mut filled = String::new();
        let mut end = 0;
        for (whole, inner) in uses(default) {
            let Some((inner, _)) = self.atomic.arguments.get_key_value(inner) else {
                continue;
            };
            self.resolve(inner)?;
            filled.push_str(&self.with_folder(&default[end..whole.start]));
            match self.found.get(inner.as_str()) {
                Some(Some(value)) => filled.push_str(value),
                // Without a value, this default has none either.
                _ => return Ok(None),
            }
            end = whole.end;
            if filled.len() > LONGEST {
                return Err(SubstitutionError::TooLong {
                    name: name.to_owned(),
                });
            }
        }
        filled.push_str(&self.with_folder(&default[end..]));
        Ok(Some(filled))
    }

    fn with_folder<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.folder {
            Some(folder) => with_folder(text, folder),
            None => Cow::Borrowed(text),
        }
    }
}

fn invoke_art(
    atomic: &Atomic,
    given: &BTreeMap<String, String>,
    folder: &str,
) -> Result<Substituted, Vec<SubstitutionError>> {
    let mut errors = Vec::new();
    let filled = each_text(atomic, |text, part| {
        let mut filled = text.to_owned();
        for (name, argument) in &atomic.arguments {
            let value = given.get(name).or(argument.default.as_ref());
            let value = value.map_or("", String::as_str);
            let written = format!("#{{{name}}}");
            let growth = filled.matches(&written).count().saturating_mul(value.len());
            if filled.len().saturating_add(growth) > text.len() + LONGEST {
                let name = name.clone();
                errors.push(SubstitutionError::TooLong { name });
                return String::new();
            }
            filled = filled.replace(&written, value);
        }
        // Two passes, as the runner's: a folder whose own name holds the word is
        // filled in once more.
        let filled = VARIABLE.replace_all(&filled, NoExpand(folder));
        let filled = WORD.replace_all(&filled, NoExpand(folder));
        match part {
            Part::Words => filled.into_owned(),
            Part::Command(shell) => one_line(shell, &filled),
            Part::Check(Shell::PowerShell) => one_line(Shell::PowerShell, &filled),
            Part::Check(shell) => one_line(shell, &filled.trim().replace('\n', " && ")),
        }
    });
    errors.dedup();
    if errors.is_empty() {
        Ok(filled)
    } else {
        Err(errors)
    }
}

/// The line that the public runner gives to a shell.
fn one_line(shell: Shell, command: &str) -> String {
    let command = command.trim();
    match shell {
        Shell::CommandPrompt => command.replace('\n', " & "),
        Shell::PowerShell => command.replace('"', "\\\"\""),
        Shell::Sh | Shell::Bash => posix_line(command),
    }
}

/// A command within double quotes: backslashes and quotes escaped, lines joined.
/// A backslash in front of a semicolon is left alone, and so is the end of a line
/// behind one.
fn posix_line(command: &str) -> String {
    let mut line = String::with_capacity(command.len());
    let mut characters = command.chars().peekable();
    let mut before = None;
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.peek() != Some(&';') => line.push_str("\\\\"),
            '"' => line.push_str("\\\""),
            '\n' if before != Some(';') => line.push_str("; "),
            other => line.push(other),
        }
        before = Some(character);
    }
    line
}
