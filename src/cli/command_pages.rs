//! A page of Markdown for each command, from the definitions that `--help` shows.

use std::fmt::Write as _;

use clap::{Arg, Command};

/// The name of a page's file and its text, for each command that users see.
pub(super) fn command_pages(mut program: Command) -> Vec<(String, String)> {
    program.build();
    let name = program.get_name().to_owned();
    let mut pages = Vec::new();
    for command in program.get_subcommands_mut() {
        if command.is_hide_set() || command.get_name() == "help" {
            continue;
        }
        let file = format!("{}.md", command.get_name());
        let usage = command.render_usage().to_string();
        pages.push((file, page(&name, command, &usage)));
    }
    pages
}

fn page(program: &str, command: &Command, usage: &str) -> String {
    let mut text = format!("# {program} {}\n\n", command.get_name());
    if let Some(about) = command.get_long_about().or_else(|| command.get_about()) {
        paragraphs(&mut text, &about.to_string());
    }
    let usage = usage.trim_start_matches("Usage: ").trim();
    let _ = write!(text, "```text\n{usage}\n```\n\n");
    for (heading, arguments) in sections(command) {
        let _ = write!(text, "## {heading}\n\n");
        for argument in arguments {
            describe(&mut text, argument);
        }
        text.push('\n');
    }
    if let Some(after) = command
        .get_after_long_help()
        .or_else(|| command.get_after_help())
    {
        paragraphs(&mut text, &after.to_string());
    }
    let end = text.trim_end().len();
    text.truncate(end);
    text.push('\n');
    text
}

/// The arguments below their headings, both in the order of the help.
fn sections(command: &Command) -> Vec<(&str, Vec<&Arg>)> {
    let mut sections: Vec<(&str, Vec<&Arg>)> = Vec::new();
    let (positional, options): (Vec<&Arg>, Vec<&Arg>) = command
        .get_arguments()
        .filter(|argument| !argument.is_hide_set())
        .partition(|argument| argument.is_positional());
    let plain = |argument: &&Arg| argument.get_help_heading().is_none();
    let (plain, headed): (Vec<&Arg>, Vec<&Arg>) = options.into_iter().partition(plain);
    for (default, arguments) in [
        ("Arguments", positional),
        ("Options", plain),
        ("Options", headed),
    ] {
        for argument in arguments {
            let heading = argument.get_help_heading().unwrap_or(default);
            match sections.iter_mut().find(|(known, _)| *known == heading) {
                Some((_, known)) => known.push(argument),
                None => sections.push((heading, vec![argument])),
            }
        }
    }
    sections
}

fn describe(text: &mut String, argument: &Arg) {
    let _ = write!(text, "- `{}`: ", spelled(argument));
    let help = argument
        .get_long_help()
        .or_else(|| argument.get_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    text.push_str(&escaped(&one_line(&help)));
    let shown = argument.get_action().takes_values();
    let defaults = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy());
    let defaults: Vec<_> = defaults.map(|value| format!("`{value}`")).collect();
    if shown && !defaults.is_empty() && !argument.is_hide_default_value_set() {
        let _ = write!(text, " [default: {}]", defaults.join(" "));
    }
    let values = argument.get_possible_values();
    let values: Vec<_> = values
        .iter()
        .filter(|value| shown && !argument.is_hide_possible_values_set() && !value.is_hide_set())
        .collect();
    if values.iter().all(|value| value.get_help().is_none()) && !values.is_empty() {
        let names: Vec<_> = values.iter().map(|value| value.get_name()).collect();
        let _ = write!(text, " [values: `{}`]", names.join("`, `"));
        text.push('\n');
        return;
    }
    text.push('\n');
    for value in values {
        let help = value.get_help().map(ToString::to_string);
        let help = escaped(&one_line(&help.unwrap_or_default()));
        let _ = writeln!(text, "  - `{}`: {help}", value.get_name());
    }
}

/// An argument as it is written on a command line.
fn spelled(argument: &Arg) -> String {
    let value = argument
        .get_value_names()
        .filter(|_| argument.get_action().takes_values())
        .map(|names| {
            let names: Vec<_> = names.iter().map(|name| format!("<{name}>")).collect();
            names.join(" ")
        });
    if argument.is_positional() {
        return argument.to_string();
    }
    let short = argument.get_short().map(|sign| format!("-{sign}"));
    let long = argument.get_long().map(|word| format!("--{word}"));
    let flags: Vec<String> = short.into_iter().chain(long).collect();
    match value {
        Some(value) => format!("{} {value}", flags.join(", ")),
        None => flags.join(", "),
    }
}

/// Text of a help as Markdown: examples and what else is indented stay as they are.
fn paragraphs(text: &mut String, help: &str) {
    for paragraph in help.split("\n\n").map(str::trim_end) {
        let mut lines = paragraph.lines().peekable();
        let mut flowing = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("  ")) {
            flowing.push(line);
        }
        if !flowing.is_empty() {
            let _ = write!(text, "{}\n\n", escaped(&one_line(&flowing.join(" "))));
        }
        if lines.peek().is_some() {
            text.push_str("```text\n");
            for line in lines {
                let _ = writeln!(text, "{}", line.strip_prefix("  ").unwrap_or(line));
            }
            text.push_str("```\n\n");
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text that Markdown shows as it is; what stands between backticks is left alone.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for (place, span) in text.split('`').enumerate() {
        if place > 0 {
            out.push('`');
        }
        for sign in span.chars() {
            if place % 2 == 0 && matches!(sign, '<' | '>' | '*' | '_' | '[' | ']' | '\\' | '#') {
                out.push('\\');
            }
            out.push(sign);
        }
    }
    out
}
