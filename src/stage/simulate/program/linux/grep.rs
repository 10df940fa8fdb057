//! `grep`.

use std::fmt::Write as _;

use regex::{Regex, RegexBuilder};

use super::options::Options;
use super::{Job, Reading};
use crate::stage::simulate::world::Finished;

const WITH_VALUE: &str = "e f m A B C d regexp file max-count include exclude exclude-dir color \
                          after-context before-context context";

/// Carries out `grep` and its like.
pub(super) fn run(job: &mut Job<'_>, name: &str) -> Finished {
    let options = Options::parse(job.arguments, WITH_VALUE);
    let mut operands = options.operands.clone();
    let mut patterns: Vec<String> = options
        .values(&["e", "regexp"])
        .into_iter()
        .map(str::to_owned)
        .collect();
    if patterns.is_empty() && options.value(&["f", "file"]).is_none() && !operands.is_empty() {
        patterns.push(operands.remove(0));
    }
    let style = if name == "fgrep" || options.has(&["F", "fixed-strings"]) {
        Style::Fixed
    } else if name == "egrep" || options.has(&["E", "P", "extended-regexp", "perl-regexp"]) {
        Style::Extended
    } else {
        Style::Basic
    };
    let is_recursive = options.has(&["r", "R", "recursive"]);
    let Some(regex) = compiled(&patterns, style, &options) else {
        return Finished::well();
    };
    let shows_context = options.has(&["A", "B", "C", "after-context", "before-context"]);
    if is_recursive || shows_context || name == "zgrep" {
        return Finished::well();
    }
    if operands.is_empty() {
        operands.push("-".to_owned());
    }
    let shows_names =
        (operands.len() > 1 || options.has(&["H"])) && !options.has(&["h", "no-filename"]);
    let mut out = String::new();
    let mut is_found = false;
    let mut is_known = true;
    for path in &operands {
        let text = match job.read(path) {
            Reading::Text(text) => text,
            Reading::Unknown => {
                is_known = false;
                continue;
            }
            Reading::Absent => continue,
        };
        let prefix = if shows_names {
            format!("{path}:")
        } else {
            String::new()
        };
        is_found |= search(&text, &regex, &options, &prefix, path, &mut out);
    }
    if !is_known {
        let what = patterns.join(" ");
        job.world
            .assume(format!("whether `{what}` is found is not known"));
        let is_silent = options.has(&["q", "quiet", "silent"]);
        return Finished {
            exit_code: Some(0),
            output: is_silent.then(String::new),
        };
    }
    if options.has(&["q", "quiet", "silent"]) {
        out.clear();
    }
    Finished {
        exit_code: Some(i32::from(!is_found)),
        output: Some(out),
    }
}

/// How a pattern is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Fixed,
    Basic,
    Extended,
}

fn compiled(patterns: &[String], style: Style, options: &Options) -> Option<Regex> {
    let mut all: Vec<String> = Vec::new();
    for pattern in patterns.iter().flat_map(|pattern| pattern.split('\n')) {
        all.push(format!("(?:{})", expression(pattern, style)));
    }
    let mut all = all.join("|");
    if options.has(&["w", "word-regexp"]) {
        all = format!(r"\b(?:{all})\b");
    }
    if options.has(&["x", "line-regexp"]) {
        all = format!("^(?:{all})$");
    }
    if patterns.is_empty() {
        return None;
    }
    RegexBuilder::new(&all)
        .case_insensitive(options.has(&["i", "y", "ignore-case"]))
        .size_limit(1 << 20)
        .build()
        .ok()
}

/// A pattern in the form that the `regex` crate knows.
pub(super) fn expression(pattern: &str, style: Style) -> String {
    match style {
        Style::Fixed => regex::escape(pattern),
        Style::Extended => pattern.to_owned(),
        Style::Basic => from_basic(pattern),
    }
}

/// A basic regular expression (POSIX Base Definitions, 9.3) as an extended one.
fn from_basic(pattern: &str) -> String {
    let signs: Vec<char> = pattern.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    while let Some(sign) = signs.get(at).copied() {
        at += 1;
        match sign {
            '\\' => {
                match signs.get(at) {
                    Some(next @ ('(' | ')' | '{' | '}' | '|' | '+' | '?')) => out.push(*next),
                    Some('<' | '>') => out.push_str(r"\b"),
                    Some(next) if next.is_ascii_digit() || next.is_alphabetic() => {
                        out.extend(['\\', *next]);
                    }
                    Some(next) => out.push_str(&regex::escape(&next.to_string())),
                    None => out.push_str(r"\\"),
                }
                at += 1;
            }
            '(' | ')' | '{' | '}' | '|' | '+' | '?' => out.extend(['\\', sign]),
            '*' if out.is_empty() || out.ends_with('(') || out == "^" => out.push_str(r"\*"),
            '[' => {
                out.push('[');
                if signs.get(at) == Some(&'^') {
                    out.push('^');
                    at += 1;
                }
                if signs.get(at) == Some(&']') {
                    out.push_str(r"\]");
                    at += 1;
                }
                while let Some(inner) = signs.get(at).copied() {
                    at += 1;
                    match inner {
                        ']' => break,
                        '[' if signs.get(at) == Some(&':') => {
                            out.push('[');
                            while let Some(class) = signs.get(at).copied() {
                                at += 1;
                                out.push(class);
                                if class == ']' {
                                    break;
                                }
                            }
                        }
                        '[' | '\\' | '&' | '~' => out.extend(['\\', inner]),
                        inner => out.push(inner),
                    }
                }
                out.push(']');
            }
            sign => out.push(sign),
        }
    }
    out
}

fn search(
    text: &str,
    regex: &Regex,
    options: &Options,
    prefix: &str,
    path: &str,
    out: &mut String,
) -> bool {
    let is_inverted = options.has(&["v", "invert-match"]);
    let most = options.value(&["m", "max-count"]);
    let most: usize = most
        .and_then(|most| most.parse().ok())
        .unwrap_or(usize::MAX);
    let mut count = 0;
    for (number, line) in (1..).zip(text.lines()) {
        if count >= most {
            break;
        }
        if regex.is_match(line) == is_inverted {
            continue;
        }
        count += 1;
        if options.has(&["c", "count", "l", "files-with-matches"]) {
            continue;
        }
        let numbered = if options.has(&["n", "line-number"]) {
            format!("{prefix}{number}:")
        } else {
            prefix.to_owned()
        };
        if options.has(&["o", "only-matching"]) {
            for found in regex.find_iter(line).filter(|found| !found.is_empty()) {
                let _ = writeln!(out, "{numbered}{}", found.as_str());
            }
        } else {
            let _ = writeln!(out, "{numbered}{line}");
        }
    }
    if options.has(&["c", "count"]) {
        let _ = writeln!(out, "{prefix}{count}");
    } else if options.has(&["l", "files-with-matches"]) && count > 0 {
        let _ = writeln!(out, "{path}");
    }
    count > 0
}
