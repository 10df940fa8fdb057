//! The command line of `aws`: global options, service, operation, and parameters
//! ("AWS CLI Command Reference", global options).

use serde_json::{Map, Value};

use super::operations::{Kind, Need, Operation};
use super::{custom, shorthand};
use crate::stage::simulate::program::full_path;
use crate::stage::simulate::world::{CommandOutcome, Content, Context, World};

/// Global options that a value follows.
const WITH_VALUE: &[&str] = &[
    "region",
    "profile",
    "output",
    "query",
    "endpoint-url",
    "color",
    "ca-bundle",
    "cli-read-timeout",
    "cli-connect-timeout",
    "cli-binary-format",
    "cli-input-json",
    "cli-input-yaml",
    "max-items",
    "page-size",
    "starting-token",
];
/// Global options that stand alone.
const ALONE: &[&str] = &[
    "debug",
    "no-verify-ssl",
    "no-paginate",
    "no-sign-request",
    "no-cli-pager",
    "cli-auto-prompt",
    "no-cli-auto-prompt",
    "version",
    "generate-cli-skeleton",
];

/// A command line of `aws`, told apart.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Words before the first parameter: service, operation, and more.
    pub(super) words: Vec<String>,
    /// The global options.
    pub(super) global: Vec<(String, String)>,
    /// The parameters with the words that follow each.
    pub(super) parameters: Vec<(String, Vec<String>)>,
}

impl Line {
    /// Tells arguments apart.
    pub(super) fn parse(arguments: &[String]) -> Self {
        let mut line = Self::default();
        let mut rest = arguments.iter().peekable();
        while let Some(argument) = rest.next() {
            let Some(option) = argument.strip_prefix("--") else {
                match line.parameters.last_mut() {
                    Some((_, words)) => words.push(argument.clone()),
                    None => line.words.push(argument.clone()),
                }
                continue;
            };
            let (name, glued) = match option.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (option, None),
            };
            if WITH_VALUE.contains(&name) {
                let value = glued.or_else(|| rest.next().cloned()).unwrap_or_default();
                line.global.push((name.to_owned(), value));
            } else if ALONE.contains(&name) {
                line.global.push((name.to_owned(), String::new()));
            } else {
                line.parameters
                    .push((name.to_owned(), glued.into_iter().collect()));
            }
        }
        line
    }

    /// The value of a global option.
    pub(super) fn option(&self, name: &str) -> Option<&str> {
        let found = self.global.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The first word that follows a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name)?;
        found.1.first().map(String::as_str)
    }
}

/// Why parameters cannot be what the operation takes.
#[derive(Debug, thiserror::Error)]
pub(super) enum ParameterError {
    /// The operation has none of that name.
    #[error("`--{0}` is no parameter of it")]
    Unknown(String),
    /// A value is neither JSON nor shorthand.
    #[error("the value of `--{0}` is neither JSON nor shorthand, or no number")]
    Malformed(String),
    /// One that is required is not there, or has no value.
    #[error("`--{0}` or its value is missing")]
    Missing(String),
    /// All of them stand in a file of which nothing is known.
    #[error("what is in the file of `--{0}` is not known")]
    NotKnown(String),
}

/// The parameters of an operation as the interface takes them. What stands in files
/// that nothing is known of is left out, and told.
pub(super) fn parameters(
    world: &mut World,
    context: &Context,
    line: &Line,
    operation: &Operation,
) -> Result<Map<String, Value>, ParameterError> {
    let mut parameters = Map::new();
    let mut is_whole = false;
    let mut unknown: Vec<String> = Vec::new();
    if line.option("cli-input-yaml").is_some() {
        return Err(ParameterError::NotKnown("cli-input-yaml".to_owned()));
    }
    if let Some(json) = line.option("cli-input-json") {
        let name = || "cli-input-json".to_owned();
        let text = text_of(world, context, json).ok_or_else(|| ParameterError::NotKnown(name()))?;
        parameters = serde_json::from_str(&text).map_err(|_| ParameterError::Malformed(name()))?;
        is_whole = true;
    }
    for (argument, words) in &line.parameters {
        let known = |name: &str| {
            let mut parameters = operation.parameters.iter();
            parameters.find(|parameter| parameter.argument == name)
        };
        let (parameter, is_denied) = match (known(argument), argument.strip_prefix("no-")) {
            (Some(parameter), _) => (parameter, false),
            (None, Some(positive)) => match known(positive) {
                Some(parameter) if parameter.kind.is_switch() => (parameter, true),
                _ => return Err(ParameterError::Unknown(argument.clone())),
            },
            (None, None) => return Err(ParameterError::Unknown(argument.clone())),
        };
        if parameter.need == Need::Opaque {
            if custom::apply(argument, words, &mut parameters) {
                continue;
            }
            world.note_outcome(CommandOutcome::OnlyStarted);
            world.assume(format!(
                "what `--{argument}` becomes in the call is not modelled, and is left out of it"
            ));
            continue;
        }
        let value = match &parameter.kind {
            Kind::Truth if words.is_empty() => Some(Value::Bool(!is_denied)),
            kind if kind.is_switch() && words.is_empty() => {
                Some(serde_json::json!({"Value": !is_denied}))
            }
            _ if words.is_empty() => return Err(ParameterError::Missing(argument.clone())),
            kind => value(world, context, argument, words, kind)?,
        };
        match value {
            Some(value) => {
                parameters.insert(parameter.name.clone(), value);
            }
            // The record would hold it.
            None => {
                unknown.push(parameter.name.clone());
                world.note_outcome(CommandOutcome::OnlyStarted);
            }
        }
    }
    let missing = operation.parameters.iter().find(|parameter| {
        parameter.need == Need::Required
            && !parameters.contains_key(&parameter.name)
            && !unknown.contains(&parameter.name)
    });
    match missing.filter(|_| !is_whole) {
        Some(parameter) => Err(ParameterError::Missing(parameter.argument.to_owned())),
        None => Ok(parameters),
    }
}

impl Kind {
    /// Whether a flag stands for it: a truth value, or a structure that holds only one.
    fn is_switch(&self) -> bool {
        match self {
            Self::Truth => true,
            Self::Structure(members) => {
                matches!(members.as_slice(), [(name, Self::Truth)] if name == "Value")
            }
            _ => false,
        }
    }
}

/// A parameter's value; `None` if it stands in a file of which nothing is known.
fn value(
    world: &mut World,
    context: &Context,
    name: &str,
    words: &[String],
    kind: &Kind,
) -> Result<Option<Value>, ParameterError> {
    let mut texts = Vec::new();
    for word in words {
        let Some(text) = text_of(world, context, word) else {
            return Ok(None);
        };
        texts.push(text);
    }
    let malformed = || ParameterError::Malformed(name.to_owned());
    let value = match kind {
        Kind::List(item) => match texts.as_slice() {
            [only] if only.trim_start().starts_with('[') => json(only).ok_or_else(malformed)?,
            texts => texts
                .iter()
                .map(|text| composed(text, item).ok_or_else(malformed))
                .collect::<Result<Vec<_>, _>>()?
                .into(),
        },
        kind => {
            let separator = match kind {
                Kind::Map(_) | Kind::Structure(_) => ",",
                _ => " ",
            };
            composed(&texts.join(separator), kind).ok_or_else(malformed)?
        }
    };
    let value = shorthand::fit(value, kind);
    let is_number = matches!(kind, Kind::Whole | Kind::Number);
    if is_number && !value.is_number() {
        return Err(malformed());
    }
    Ok(Some(value))
}

/// A text as a value of a kind: JSON or shorthand where it has parts.
fn composed(text: &str, kind: &Kind) -> Option<Value> {
    match kind {
        Kind::Map(_) | Kind::Structure(_) if text.trim_start().starts_with('{') => json(text),
        Kind::Map(_) | Kind::Structure(_) => shorthand::parse(text),
        Kind::List(_) | Kind::Any if text.trim_start().starts_with(['[', '{']) => json(text),
        _ => Some(text.into()),
    }
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// A value as it stands, or what is in the file that it names.
fn text_of(world: &mut World, context: &Context, word: &str) -> Option<String> {
    let path = word
        .strip_prefix("file://")
        .or_else(|| word.strip_prefix("fileb://"));
    let Some(path) = path else {
        return Some(word.to_owned());
    };
    let path = match path.strip_prefix("~/") {
        Some(rest) => format!("{}/{rest}", context.environment.get("HOME").unwrap_or("")),
        None => path.to_owned(),
    };
    let path = if world.is_windows() {
        full_path(context, &path)
    } else if path.starts_with('/') {
        path
    } else {
        format!("{}/{path}", context.directory.trim_end_matches('/'))
    };
    match world.content(&path) {
        Content::Text(text) => Some(text),
        _ => {
            world.assume(format!(
                "`{path}` is there; what it holds is not known, and is left out of the call"
            ));
            None
        }
    }
}
