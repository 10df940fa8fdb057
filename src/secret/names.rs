//! Secrets that are known by the name beside them.

use std::sync::LazyLock;

use regex::Regex;

use super::Spans;

/// Ends of names whose values are secret, in lower case and without `_` and `-`.
const SECRET: [&str; 22] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "secretstring",
    "clientsecret",
    "token",
    "tokenvalue",
    "apikey",
    "accesskey",
    "accountkey",
    "authkey",
    "masterkey",
    "privatekey",
    "secretkey",
    "sharedkey",
    "storagekey",
    "subscriptionkey",
    "signingkey",
    "encryptionkey",
];

/// Ends of names that look like those and are not secret.
const PUBLIC: [&str; 7] = [
    "clienttoken",
    "nexttoken",
    "paginationtoken",
    "continuationtoken",
    "publickeytoken",
    "registrykey",
    "publickey",
];

/// Parts of an argument's name that say that its value is secret.
const SECRET_PARTS: [&str; 8] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "credential",
];

/// Ends of an argument's name that say that its value is only about a secret.
const ABOUT: [&str; 12] = [
    "file", "path", "name", "id", "url", "uri", "length", "type", "policy", "count", "dir",
    "folder",
];

fn plain(name: &str) -> String {
    let last = name.trim_end_matches('.').rsplit('.').next();
    last.unwrap_or(name)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|character| character.to_ascii_lowercase())
        .collect()
}

/// Whether the value of a field with that name is secret.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_pass = lower == "pass"
        || ["_pass", "-pass", ".pass", "/pass"]
            .iter()
            .any(|end| lower.ends_with(end));
    let plain = plain(name);
    is_pass
        || SECRET.iter().any(|end| plain.ends_with(end))
            && !PUBLIC.iter().any(|end| plain.ends_with(end))
}

/// Whether the value of an argument with that name is secret.
#[must_use]
pub fn is_secret_argument(name: &str) -> bool {
    let plain = plain(name);
    let is_about = ABOUT.iter().any(|end| plain.ends_with(end))
        || PUBLIC.iter().any(|end| plain.ends_with(end));
    is_secret_name(name)
        || plain == "key"
        || SECRET_PARTS.iter().any(|part| plain.contains(part)) && !is_about
}

/// What kind of secret a value with that name is, in a word or two.
#[must_use]
pub fn kind(name: &str) -> &'static str {
    let plain = plain(name);
    let has = |part| plain.contains(part);
    if plain.ends_with("secretaccesskey") {
        "aws-secret-key"
    } else if has("pass") || has("pwd") {
        "password"
    } else if has("token") {
        "token"
    } else if has("key") {
        "key"
    } else {
        "secret"
    }
}

/// Whether a value says nothing that is secret: a switch, something that was
/// hidden already, or a name that stands for a value.
#[must_use]
pub fn is_trivial(value: &str) -> bool {
    const WORDS: [&str; 14] = [
        "", "0", "1", "true", "false", "yes", "no", "on", "off", "null", "none", "(empty)", "-",
        "n/a",
    ];
    let lower = value.to_ascii_lowercase();
    WORDS.contains(&lower.as_str())
        || value.contains("[masked")
        || value.bytes().all(|byte| byte == b'*')
        || is_hidden(value)
        || value.starts_with("#{") && value.ends_with('}')
        || value.starts_with("%%")
}

/// Whether the service that logged a value has hidden it.
fn is_hidden(value: &str) -> bool {
    ["value hidden", "hidden_due", "hidden due"]
        .iter()
        .any(|start| {
            value
                .get(..start.len())
                .is_some_and(|front| front.eq_ignore_ascii_case(start))
        })
}

/// A name, and what stands between it and its value.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix)
        ([a-z0-9_.\-]*(?: pass | password | passwd | passphrase | passcode | pwd
            | secret | secretstring | token | tokenvalue | key ))
        (?: \\*["'`]? \s* [:=]{1,2}>? \s* | (\s+) | (>) )"#,
    )
    .ok()
});

/// Finds the values that stand behind such a name.
pub(super) fn find(text: &str, found: &mut Spans) {
    let Some(pattern) = NAME.as_ref() else {
        return;
    };
    let mut from = 0;
    while let Some(matched) = pattern.captures_at(text, from) {
        let (Some(whole), Some(name)) = (matched.get(0), matched.get(1)) else {
            break;
        };
        from = whole.end();
        let before = text[..name.start()].chars().next_back();
        let is_file = is_file(&text[..name.start()]);
        let style = if name.as_str().starts_with('-') || before == Some('/') && !is_file {
            Style::Option
        } else {
            Style::Setting
        };
        let is_element = matched.get(3).is_some();
        let is_accounts = is_file && name.as_str() == "passwd";
        if !is_secret_name(name.as_str())
            || is_accounts && text[name.end()..from].contains(':')
            || matched.get(2).is_some() && style == Style::Setting
            || is_element && before != Some('<')
            || is_directory(name.as_str(), &text[from..])
        {
            continue;
        }
        let value = if is_element {
            from..text[from..].find('<').map_or(text.len(), |end| from + end)
        } else {
            let end = from + value_end(&text[from..], style);
            unquoted(text, from..end)
        };
        let next_option = matched.get(2).is_some() && text[value.start..].starts_with(['-', '/']);
        if is_trivial(&text[value.clone()]) || is_hidden(&text[value.start..]) || next_option {
            continue;
        }
        from = value.end;
        found.add(value, kind(name.as_str()));
    }
}

/// Whether what follows is the last part of a path, and no option with a slash: it is
/// `passwd` in `cat /etc/passwd x`, and in what says that this may not be read.
fn is_file(before: &str) -> bool {
    let is_part = |sign: char| sign.is_alphanumeric() || matches!(sign, '.' | '_' | '~' | '-');
    before
        .strip_suffix('/')
        .is_some_and(|folder| folder.ends_with(is_part))
}

/// Whether that is the variable with the current folder.
fn is_directory(name: &str, value: &str) -> bool {
    let is_path = value.starts_with(['/', '~', '.']) || value.get(1..3) == Some(":\\");
    is_path && plain(name) == "pwd"
}

/// The value that stands at a place of a command line, without its quotes.
pub(super) fn value_at(text: &str, start: usize) -> std::ops::Range<usize> {
    let end = start + value_end(&text[start..], Style::Option);
    unquoted(text, start..end)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `--password VALUE`, `/password:VALUE`: the value goes on to the next blank.
    Option,
    /// `password=VALUE`: the value ends at what separates settings.
    Setting,
}

/// Where the value that a text starts with ends.
fn value_end(text: &str, style: Style) -> usize {
    let opening = text.trim_start_matches('\\');
    let escapes = text.len() - opening.len();
    if let Some(quote @ ('"' | '\'' | '`')) = opening.chars().next() {
        return quoted_end(text, escapes, quote);
    }
    let ends = |character: char| match style {
        Style::Option => character.is_whitespace() || matches!(character, '"' | '<' | '>'),
        Style::Setting => {
            character.is_whitespace()
                || matches!(
                    character,
                    '"' | '\'' | '<' | '>' | '&' | ';' | ',' | '|' | ')' | '}' | ']' | '`'
                )
        }
    };
    let value = text.find(ends).map_or(text, |end| &text[..end]);
    // The quote that closes the whole command.
    value.trim_end_matches(['\'', '\\']).len()
}

/// Where a quoted value ends, its closing quote included: at the same quote with
/// as many backslashes before it, unless it is doubled. One that is not closed
/// goes on to the end.
fn quoted_end(text: &str, escapes: usize, quote: char) -> usize {
    let mut place = escapes + quote.len_utf8();
    let mut backslashes = 0;
    let mut rest = text[place..].chars().peekable();
    while let Some(character) = rest.next() {
        place += character.len_utf8();
        if character == '\\' {
            backslashes += 1;
            continue;
        }
        if character == quote {
            if rest.peek() == Some(&quote) && backslashes == 0 && escapes == 0 {
                rest.next();
                place += quote.len_utf8();
            } else if backslashes <= escapes || quote == '\'' {
                return place;
            }
        }
        backslashes = 0;
    }
    place
}

/// The part of a value between its quotes.
fn unquoted(text: &str, value: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let is_mark = |character: char| matches!(character, '"' | '\'' | '`');
    let whole = &text[value.clone()];
    let opening = whole.trim_start_matches('\\');
    if !opening.starts_with(['"', '\'', '`']) {
        return value;
    }
    let escapes = whole.len() - opening.len();
    let start = (value.start + escapes + 1).min(value.end);
    let inner = text[start..value.end].strip_suffix(is_mark);
    let mut inner = inner.unwrap_or(&text[start..value.end]);
    for _ in 0..escapes {
        inner = inner.strip_suffix('\\').unwrap_or(inner);
    }
    start..start + inner.len()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_pattern_compiles() {
        assert!(super::NAME.is_some());
    }
}
