//! Regular expressions.

use regex_syntax::ast::{Ast, Concat};

use super::edits;
use super::file_name::is_path;
use super::rule::{Item, Rule};
use super::rules::{REGEX_CASE, REGEX_DOT, REGEX_GLOB, REGEX_PATH};
use crate::detect::lint::{Finding, Remedy};
use crate::diagnostic::YamlNode;

/// Fields, besides those of paths, in whose values Windows does not heed letter case.
const CASELESS: [&str; 10] = [
    "CommandLine",
    "CurrentDirectory",
    "OriginalFileName",
    "ParentCommandLine",
    "PipeName",
    "QueryName",
    "ScriptBlockText",
    "ServiceFileName",
    "TargetObject",
    "ImagePath",
];

pub(super) fn check(rule: &Rule<'_>, findings: &mut Vec<Finding>) {
    for (_, item) in rule.items() {
        if !item.has("re") {
            continue;
        }
        let is_caseless = is_path(item.field) || CASELESS.contains(&item.field);
        let heeds_case = !item.has_any(&["i", "ignorecase"]);
        let mut is_told = !(rule.is_windows() && is_caseless && heeds_case);
        for (node, text) in item.texts() {
            folders(node, text, findings);
            globs(node, text, findings);
            let Ok(tree) = regex_syntax::ast::parse::Parser::new().parse(text) else {
                continue;
            };
            if !is_told && !text.contains("(?") && has_word(&tree) {
                is_told = true;
                findings.push(case(item));
            }
            dots(&tree, node, findings);
        }
    }
}

/// `\Windows`, in which `\W` is a class of characters.
fn folders(node: YamlNode<'_>, text: &str, findings: &mut Vec<Finding>) {
    const FOLDERS: [&str; 13] = [
        "appdata",
        "desktop",
        "documents",
        "downloads",
        "drivers",
        "services",
        "software",
        "startup",
        "system32",
        "syswow64",
        "temp",
        "windows",
        "winsxs",
    ];
    let lower = text.to_ascii_lowercase();
    let mut is_escape = false;
    for (at, byte) in lower.bytes().enumerate() {
        if byte != b'\\' {
            is_escape = false;
            continue;
        }
        // Of two backslashes the second is the plain character.
        is_escape = !is_escape;
        let behind = lower.get(at + 1..).unwrap_or_default();
        let folder = FOLDERS.iter().find(|folder| behind.starts_with(*folder));
        let Some(folder) = folder.filter(|_| is_escape) else {
            continue;
        };
        let bytes = at..at + 1 + folder.len();
        let written = text.get(bytes.clone()).unwrap_or_default();
        let class = written.get(..2).unwrap_or_default();
        findings.push(
            Finding::new(
                &REGEX_PATH,
                format!("`{class}` has a meaning of its own, so `{written}` is no folder"),
                edits::place_in(node, bytes),
            )
            .fix(
                Remedy::Proposed,
                format!("write `\\{written}`"),
                edits::part(node, at..at, "\\").into_iter().collect(),
            ),
        );
    }
}

/// `cmd*exe`, in which the star repeats the letter before it.
fn globs(node: YamlNode<'_>, text: &str, findings: &mut Vec<Finding>) {
    const OTHERS: [char; 12] = ['\\', '[', ']', '(', ')', '{', '}', '+', '^', '$', '|', '?'];
    // Who writes other signs of expressions knows what they are.
    if text.contains(OTHERS) || text.contains(".*") {
        return;
    }
    for (at, _) in text.match_indices('*') {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        if !before.is_some_and(|before| before.is_alphanumeric() || before == ' ') {
            continue;
        }
        findings.push(
            Finding::new(
                &REGEX_GLOB,
                "in a regular expression, `*` repeats the character before it",
                edits::place_in(node, at..at + 1),
            )
            .fix(
                Remedy::Proposed,
                "write `.*` for anything",
                edits::part(node, at..at, ".").into_iter().collect(),
            ),
        );
    }
}

fn case(item: &Item<'_>) -> Finding {
    let key = item.key.as_str().unwrap_or_default();
    let meant = key.replacen("|re", "|re|i", 1);
    Finding::new(
        &REGEX_CASE,
        format!(
            "the expression heeds letter case, and `{}` is written in any",
            item.field
        ),
        item.place_of_modifier("re"),
    )
    .fix(
        Remedy::Proposed,
        format!("write `{meant}`"),
        edits::value(item.key, &meant).into_iter().collect(),
    )
}

/// Whether letters stand beside each other that are compared as they are.
fn has_word(tree: &Ast) -> bool {
    match tree {
        Ast::Concat(concat) => {
            let mut letters = 0;
            concat.asts.iter().any(|part| {
                letters = match letter(part) {
                    Some(character) if character.is_alphabetic() => letters + 1,
                    _ => 0,
                };
                letters == 3 || has_word(part)
            })
        }
        Ast::Alternation(alternation) => alternation.asts.iter().any(has_word),
        Ast::Group(group) => has_word(&group.ast),
        Ast::Repetition(repetition) => has_word(&repetition.ast),
        _ => false,
    }
}

fn letter(part: &Ast) -> Option<char> {
    match part {
        Ast::Literal(literal) => Some(literal.c),
        _ => None,
    }
}

/// Dots that stand in front of a file's extension.
fn dots(tree: &Ast, node: YamlNode<'_>, findings: &mut Vec<Finding>) {
    match tree {
        Ast::Concat(concat) => {
            for (index, part) in concat.asts.iter().enumerate() {
                if is_extension_dot(concat, index) {
                    let span = part.span();
                    let bytes = span.start.offset..span.end.offset;
                    findings.push(
                        Finding::new(
                            &REGEX_DOT,
                            "the dot in front of the extension is any character",
                            edits::place_in(node, bytes.clone()),
                        )
                        .fix(
                            Remedy::Proposed,
                            "write `\\.`",
                            edits::part(node, bytes, "\\.").into_iter().collect(),
                        ),
                    );
                }
                dots(part, node, findings);
            }
        }
        Ast::Alternation(alternation) => {
            for part in &alternation.asts {
                dots(part, node, findings);
            }
        }
        Ast::Group(group) => dots(&group.ast, node, findings),
        Ast::Repetition(repetition) => dots(&repetition.ast, node, findings),
        _ => {}
    }
}

fn is_extension_dot(concat: &Concat, index: usize) -> bool {
    const EXTENSIONS: [&str; 14] = [
        "bat", "cmd", "com", "dll", "exe", "hta", "jar", "lnk", "msi", "ps1", "sys", "txt", "vbs",
        "zip",
    ];
    let part = |index: usize| concat.asts.get(index);
    let literal = |index: usize| part(index).and_then(letter);
    let before = index.checked_sub(1).and_then(literal);
    if !matches!(part(index), Some(Ast::Dot(_))) || !before.is_some_and(char::is_alphanumeric) {
        return false;
    }
    let extension: String = (index + 1..).map_while(literal).take(4).collect();
    let end: String = extension
        .chars()
        .take_while(|character| character.is_alphanumeric())
        .collect();
    // What is repeated, as in `a.exe*`, is no extension.
    let is_whole = !matches!(part(index + 1 + end.len()), Some(Ast::Repetition(_)));
    is_whole && EXTENSIONS.contains(&end.to_ascii_lowercase().as_str())
}
