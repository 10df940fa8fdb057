//! What relates several values of a file of atomics.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::model::{
    Argument, ArgumentKind, Atomic, AtomicGuid, DependenciesBy, Dependency, Elevation, Executor,
    Platform, Shell, TechniqueId,
};
use super::raw::{RawArgument, RawArgumentKind, RawAtomic, RawCommand, RawExecutor};
use super::value::default_of;
use crate::diagnostic::{Code, Diagnostic, Place, YamlNode, did_you_mean, has_error};

/// More problems of one kind are not told for one atomic.
const TOLD: usize = 50;

/// A use of an argument.
static USE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("#[{](.*?)[}]")
        .unwrap_or_else(|error| panic!("the pattern of uses is invalid: {error}"))
});

/// The atomic that a test of a file is, unless something is wrong with it, which
/// is added to `problems`.
pub(super) fn atomic(
    technique: &TechniqueId,
    index: usize,
    raw: RawAtomic,
    node: YamlNode<'_>,
    problems: &mut Vec<Diagnostic>,
) -> Option<Atomic> {
    let mut found = Vec::new();
    check_arguments(&raw, node, &mut found);
    check_elevation(&raw, node, &mut found);
    check_dependency_executor(&raw, node, &mut found);
    let arguments = arguments_of(raw.input_arguments, node, &mut found);
    let is_right = !has_error(&found);
    problems.append(&mut found);
    if !is_right {
        return None;
    }
    let executor = executor_of(raw.executor);
    let own_shell = match &executor {
        Executor::Manual { .. } => None,
        Executor::Command { shell, .. } => Some(*shell),
    };
    let dependencies_shell = match raw.dependency_executor_name {
        Some(named) => named.shell(),
        None => own_shell,
    };
    let dependencies = raw.dependencies.unwrap_or_default();
    Some(Atomic {
        technique: technique.clone(),
        guid: raw
            .auto_generated_guid
            .as_deref()
            .and_then(AtomicGuid::parse),
        number: index + 1,
        name: raw.name,
        description: raw.description,
        platforms: raw
            .supported_platforms
            .into_iter()
            .map(|platform| platform.0)
            .collect(),
        arguments,
        dependencies: dependencies
            .into_iter()
            .map(|dependency| Dependency {
                description: dependency.description,
                prereq_command: dependency.prereq_command,
                get_prereq_command: dependency.get_prereq_command,
            })
            .collect(),
        dependency_shell: dependencies_shell.filter(|shell| own_shell != Some(*shell)),
        dependencies_by: dependencies_shell.map_or(DependenciesBy::Person, DependenciesBy::Shell),
        executor,
        place: node.first_line(),
    })
}

fn executor_of(raw: RawExecutor) -> Executor {
    let command = |shell, raw: RawCommand| Executor::Command {
        shell,
        command: raw.command,
        cleanup_command: raw.cleanup_command,
        elevation: if raw.elevation_required {
            Elevation::Required
        } else {
            Elevation::NotRequired
        },
    };
    match raw {
        RawExecutor::Manual(manual) => Executor::Manual {
            steps: manual.steps,
        },
        RawExecutor::Powershell(raw) => command(Shell::PowerShell, raw),
        RawExecutor::CommandPrompt(raw) => command(Shell::CommandPrompt, raw),
        RawExecutor::Sh(raw) => command(Shell::Sh, raw),
        RawExecutor::Bash(raw) => command(Shell::Bash, raw),
    }
}

fn arguments_of(
    raw: BTreeMap<String, RawArgument>,
    node: YamlNode<'_>,
    problems: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Argument> {
    let mut arguments = BTreeMap::new();
    for (name, raw) in raw {
        let kind = kind_of(raw.kind);
        match default_of(kind, &raw.default) {
            Ok(default) => {
                let description = raw.description;
                let argument = Argument {
                    description,
                    kind,
                    default,
                };
                arguments.insert(name, argument);
            }
            Err(help) => {
                let written = node
                    .get("input_arguments")
                    .and_then(|arguments| arguments.get(&name)?.get("default"));
                let message = format!("the default of `{name}` is no value of the type `{kind}`");
                problems.push(
                    Diagnostic::error(Code::ATOMIC_BAD_DEFAULT, message)
                        .at(written.unwrap_or(node).first_line())
                        .help(help),
                );
            }
        }
    }
    arguments
}

fn kind_of(raw: RawArgumentKind) -> ArgumentKind {
    match raw {
        RawArgumentKind::String | RawArgumentKind::CapitalString => ArgumentKind::String,
        RawArgumentKind::Path | RawArgumentKind::CapitalPath => ArgumentKind::Path,
        RawArgumentKind::Url | RawArgumentKind::CapitalUrl => ArgumentKind::Url,
        RawArgumentKind::Integer | RawArgumentKind::CapitalInteger => ArgumentKind::Integer,
        RawArgumentKind::Float | RawArgumentKind::CapitalFloat => ArgumentKind::Float,
    }
}

/// The texts in which arguments count as used, and where they stand. Defaults are
/// none of them.
fn texts<'r, 'y>(raw: &'r RawAtomic, node: YamlNode<'y>) -> Vec<(&'r str, Option<YamlNode<'y>>)> {
    let executor = node.get("executor");
    let in_executor = |key| executor.and_then(|executor| executor.get(key));
    let mut texts = Vec::new();
    match &raw.executor {
        RawExecutor::Manual(manual) => texts.push((manual.steps.as_str(), in_executor("steps"))),
        RawExecutor::Powershell(command)
        | RawExecutor::CommandPrompt(command)
        | RawExecutor::Sh(command)
        | RawExecutor::Bash(command) => {
            texts.push((command.command.as_str(), in_executor("command")));
            if let Some(cleanup) = &command.cleanup_command {
                texts.push((cleanup.as_str(), in_executor("cleanup_command")));
            }
        }
    }
    let mut nodes = node
        .get("dependencies")
        .into_iter()
        .flat_map(YamlNode::elements);
    for dependency in raw.dependencies.iter().flatten() {
        let node = nodes.next();
        let inside = |key| node.and_then(|node| node.get(key));
        texts.push((dependency.prereq_command.as_str(), inside("prereq_command")));
        if let Some(get) = &dependency.get_prereq_command {
            texts.push((get.as_str(), inside("get_prereq_command")));
        }
    }
    texts
}

fn check_arguments(raw: &RawAtomic, node: YamlNode<'_>, problems: &mut Vec<Diagnostic>) {
    let mut used = BTreeSet::new();
    let mut more = 0;
    for (text, written) in texts(raw, node) {
        for found in USE.captures_iter(text) {
            let name = &found[1];
            let is_first = used.insert(name.to_owned());
            if raw.input_arguments.contains_key(name) || !is_first {
                continue;
            }
            if problems.len() >= TOLD {
                more += 1;
                continue;
            }
            let declared = raw.input_arguments.keys().map(String::as_str);
            let help = match did_you_mean(name, declared) {
                Some(meant) => format!("did you mean `#{{{meant}}}`?"),
                None => format!("declare `{name}` under `input_arguments`"),
            };
            let place = place_of(written.unwrap_or(node), &found[0]);
            problems.push(
                Diagnostic::error(
                    Code::ATOMIC_UNDECLARED_ARGUMENT,
                    format!("the argument `{name}` is used and not declared"),
                )
                .at(place)
                .help(help),
            );
        }
    }
    if more > 0 {
        problems.push(cut(Code::ATOMIC_UNDECLARED_ARGUMENT, more, node));
    }
    let unused: Vec<_> = raw
        .input_arguments
        .keys()
        .filter(|name| !used.contains(*name))
        .collect();
    if unused.len() > TOLD {
        let more = unused.len() - TOLD;
        problems.push(cut(Code::ATOMIC_UNUSED_ARGUMENT, more, node));
    }
    for name in unused.into_iter().take(TOLD) {
        let declared = node
            .get("input_arguments")
            .and_then(|arguments| arguments.pair(name));
        let key = declared.map_or(node, |(key, _)| key);
        let help = if is_commented_out(raw, node, name) {
            format!("put the text with `#{{{name}}}` in quotes, since ` #` starts a comment")
        } else {
            format!(
                "write `#{{{name}}}` in a command or a dependency, or remove the argument; defaults of other arguments do not count"
            )
        };
        problems.push(
            Diagnostic::error(
                Code::ATOMIC_UNUSED_ARGUMENT,
                format!("the argument `{name}` is declared and not used"),
            )
            .at(key.first_line())
            .help(help),
        );
    }
}

/// Counts the problems of one kind that are not told.
fn cut(code: Code, more: usize, node: YamlNode<'_>) -> Diagnostic {
    let mut closing = Diagnostic::error(code, format!("{more} more problems of this kind"))
        .at(node.first_line())
        .help("solve the first ones, and check the file again");
    closing.more = more as u64;
    closing
}

/// Whether a use of an argument was likely lost, since ` #` starts a comment
/// outside of quotes.
fn is_commented_out(raw: &RawAtomic, node: YamlNode<'_>, name: &str) -> bool {
    let written = format!("#{{{name}}}");
    let text = node.source().text.get(node.bytes()).unwrap_or_default();
    let mut words = raw
        .input_arguments
        .values()
        .flat_map(|argument| {
            [
                Some(argument.description.as_str()),
                argument.default.as_str(),
            ]
        })
        .chain([Some(raw.description.as_str()), Some(raw.name.as_str())])
        .flatten();
    text.contains(&format!(" {written}")) && !words.any(|word| word.contains(&written))
}

fn check_elevation(raw: &RawAtomic, node: YamlNode<'_>, problems: &mut Vec<Diagnostic>) {
    let is_unix = raw
        .supported_platforms
        .iter()
        .any(|platform| matches!(platform.0, Platform::Linux | Platform::MacOs));
    let (RawExecutor::Powershell(command)
    | RawExecutor::CommandPrompt(command)
    | RawExecutor::Sh(command)
    | RawExecutor::Bash(command)) = &raw.executor
    else {
        return;
    };
    if !is_unix || command.elevation_required {
        return;
    }
    let executor = node.get("executor").unwrap_or(node);
    let texts = [
        (Some(&command.command), "command"),
        (command.cleanup_command.as_ref(), "cleanup_command"),
    ];
    let with_sudo = texts
        .into_iter()
        .find(|(text, _)| text.is_some_and(|text| text.contains("sudo")));
    if let Some((_, key)) = with_sudo {
        problems.push(
            Diagnostic::error(
                Code::ATOMIC_MISSING_ELEVATION,
                format!("`{key}` uses `sudo`, and the test does not say that it needs elevation"),
            )
            .at(place_of(executor.get(key).unwrap_or(executor), "sudo"))
            .help("add `elevation_required: true` to the executor"),
        );
    }
}

fn check_dependency_executor(raw: &RawAtomic, node: YamlNode<'_>, problems: &mut Vec<Diagnostic>) {
    let has_dependencies = raw
        .dependencies
        .as_ref()
        .is_some_and(|dependencies| !dependencies.is_empty());
    if raw.dependency_executor_name.is_none() || has_dependencies {
        return;
    }
    let key = node.pair("dependency_executor_name");
    let place = key.map_or_else(|| node.first_line(), |(key, _)| key.place());
    problems.push(
        Diagnostic::error(
            Code::CONTENT_BAD_VALUE,
            "`dependency_executor_name` is there, and no dependency",
        )
        .at(place)
        .help("remove the key, or add `dependencies`"),
    );
}

/// The place of a part of a text, or the first line of the text where it is
/// written in another way.
fn place_of(node: YamlNode<'_>, part: &str) -> Place {
    let bytes = node.bytes();
    let source = node.source();
    let written = source.text.get(bytes.clone()).unwrap_or_default();
    match written.find(part) {
        Some(start) => {
            let start = bytes.start + start;
            Place::span(source, start..start + part.len())
        }
        None => node.first_line(),
    }
}
