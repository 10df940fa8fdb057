//! Secrets that are known by the program that takes them: `-p` is a password for some,
//! and a port, a protocol, or a folder for most.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::{Spans, names};

/// It takes a password, or the path of the file that it is to write.
const VNCPASSWD: &str = r#"(?i)\bvncpasswd(?:\.exe)?\\*["']?\s+"#;

/// The kinds, and what stands before a value, from the program's name on. What is
/// between them is of the same command.
const BEFORE: [(&str, &str); 9] = [
    (
        "aws-secret-key",
        r#"(?i)\bconfigure\s+set\s+\\*["']?(?:[\w.\-]+\.)?aws_secret_access_key\\*["']?\s+"#,
    ),
    (
        "aws-session-token",
        r#"(?i)\bconfigure\s+set\s+\\*["']?(?:[\w.\-]+\.)?aws_session_token\\*["']?\s+"#,
    ),
    (
        "password",
        r#"\b(?i:az(?:\.cmd|\.exe)?)\\*["']?\s+login(?:\s[^|&;]*?)?\s-p(?:\s+|=)?"#,
    ),
    // Its own options end where the command that it starts begins.
    (
        "password",
        r#"(?ix)\b(?: psexec | paexec | psfile | psgetsid | psinfo | pskill | pslist
            | psloggedon | psloglist | psservice | psshutdown | pssuspend )
        (?:64)?(?:\.exe)?\\*["']?
        (?: \s+ (?: \\{2}\S+ | @\S+ | [-/][uanwr]\s+(?: \\*"[^"]*" | [^\s"]+ )
            | [-/]i\s+\d+ | [-/][a-oq-z]\w* ) )*
        \s+[-/]p\s+"#,
    ),
    (
        "password",
        r#"(?i)\b(?:plink|pscp|psftp|putty|kitty|klink|kscp|ksftp)(?:64)?(?:\.exe)?\\*["']?(?:\s[^|&;]*?)?\s-pw\s+"#,
    ),
    (
        "password",
        r#"\b(?i:docker|podman|nerdctl|buildah|skopeo|oras)(?i:\.exe)?\\*["']?(?:\s+--?[^\s=]+(?:=\S+|\s+[^\s\-]\S*)?)*?\s+login(?:\s[^|&;]*?)?\s-p(?:\s+|=)?"#,
    ),
    (
        "password",
        r#"\bhelm(?i:\.exe)?\s+registry\s+login(?:\s[^|&;]*?)?\s-p(?:\s+|=)?"#,
    ),
    ("password", VNCPASSWD),
    // What stands apart from `-p` is a database.
    (
        "password",
        r#"\b(?i:mysql|mysqladmin|mysqlcheck|mysqldump|mysqlimport|mysqlshow|mysqlsh|mariadb|mariadb-admin|mariadb-dump)(?i:\.exe)?\\*["']?(?:\s[^|&;]*?)?\s-p"#,
    ),
];

struct Commands {
    set: RegexSet,
    each: Vec<Regex>,
}

static COMPILED: LazyLock<Option<Commands>> = LazyLock::new(|| {
    let each = BEFORE
        .iter()
        .map(|(_, before)| Regex::new(before))
        .collect::<Result<_, _>>()
        .ok()?;
    let set = RegexSet::new(BEFORE.iter().map(|(_, before)| before)).ok()?;
    Some(Commands { set, each })
});

/// Finds the secrets that programs are given without a name.
pub(super) fn find(text: &str, found: &mut Spans) {
    let Some(commands) = COMPILED.as_ref() else {
        return;
    };
    for index in commands.set.matches(text) {
        if let (Some((kind, _)), Some(before)) = (BEFORE.get(index), commands.each.get(index)) {
            find_behind(before, kind, text, found);
        }
    }
}

fn find_behind(before: &Regex, kind: &'static str, text: &str, found: &mut Spans) {
    let mut from = 0;
    while let Some(matched) = before.find_at(text, from) {
        let value = names::value_at(text, matched.end());
        from = matched.end().max(value.end);
        let secret = &text[value.clone()];
        let is_other = secret.starts_with(['-', '|', '&', ';', '<', '>'])
            || before.as_str() == VNCPASSWD && is_path(secret);
        if !names::is_trivial(secret) && !is_other {
            found.add(value, kind);
        }
    }
}

fn is_path(value: &str) -> bool {
    value.starts_with(['/', '~', '.']) || value.get(1..3) == Some(":\\")
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_patterns_compile() {
        assert!(super::COMPILED.is_some());
    }
}
