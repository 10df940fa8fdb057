//! Secrets that are known by their shape.

use std::sync::LazyLock;

use regex::{Regex, RegexSet, bytes};

use super::Spans;

/// Words of which every line with a secret holds one, whatever their case. Only
/// for speed: what follows looks closer.
static SIGNS: LazyLock<Option<bytes::Regex>> = LazyLock::new(|| {
    bytes::Regex::new(
        r"(?ix-u) pass|pwd|secret|token|bearer|authorization|private\ key
        |akia|asia|abia|gh[pousr]_|github_pat|gl[a-z]{2,4}-|xox[a-z]-|xapp-|hooks\.slack
        |eyj|sig=|sig%3d|aaeaa|ssmmessages|iqojb3|fwogzx|fqogzx|aiza|npm_|[sr]k_live|[0-9]q~
        |(?:api|access|account|auth|master|private|shared|storage|subscription|signing|encryption)[_-]?key
        |://[^/\s]{1,256}@|securestring|/rp\s|\suser?\s|curl
        |\s-p|psexec|paexec",
    )
    .ok()
});

/// The kinds and shapes. A group `s` is what is masked, else the whole match.
/// Where one secret can be read as several kinds, the first has it.
const SHAPES: [(&str, &str); 28] = [
    (
        "private-key",
        r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?P<s>.*?)(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\z)",
    ),
    ("aws-access-key", r"(?:AKIA|ASIA|ABIA)(?P<s>[A-Z0-9]{16,})"),
    (
        "aws-session-token",
        r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz)[A-Za-z0-9+/=%]{16,}",
    ),
    ("ssm-token", r"AAEAA[A-Za-z0-9+/=_%\-]{40,}"),
    (
        "ssm-stream",
        r#"wss://ssmmessages[^\s"'?]*\?(?P<s>[^\s"']+)"#,
    ),
    ("github-token", r"gh[pousr]_(?P<s>[A-Za-z0-9_]{30,})"),
    ("github-token", r"github_pat_(?P<s>[A-Za-z0-9_]{22,})"),
    (
        "gitlab-token",
        r"gl(?:pat|dt|ptt|rt|cbt|soat|ft|agent|oas|imt|ffct)-(?P<s>[A-Za-z0-9_.\-]{20,})",
    ),
    ("slack-token", r"xox[a-z]-(?P<s>[A-Za-z0-9\-]{10,})"),
    ("slack-token", r"xapp-(?P<s>[0-9]-[A-Za-z0-9\-]{10,})"),
    (
        "slack-webhook",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<s>[A-Za-z0-9_/]{16,})",
    ),
    ("jwt", r"eyJ[A-Za-z0-9_\-]{8,}(?:\.[A-Za-z0-9_\-]*){2,4}"),
    ("google-key", r"AIza(?P<s>[A-Za-z0-9_\-]{35})"),
    ("npm-token", r"npm_(?P<s>[A-Za-z0-9]{36})"),
    ("stripe-key", r"[sr]k_live_(?P<s>[A-Za-z0-9]{16,})"),
    (
        "azure-client-secret",
        r"[A-Za-z0-9_~.\-]{3}[0-9]Q~[A-Za-z0-9_~.\-]{31,34}",
    ),
    (
        "azure-sas",
        r"(?i)\bsig(?:=|%3d)(?P<s>[A-Za-z0-9%+/=_\-]{16,})",
    ),
    (
        "authorization",
        r#"(?i)authorization\\*["']?\s*[:=]\s*\\*["']?\s*(?:bearer|basic|negotiate|ntlm|token|apikey)\s+(?P<s>[^\s"'<>\\,;]+)"#,
    ),
    (
        "authorization",
        r#"(?i)authorization\\*["']?\s*[:=]\s*\\*["']?\s*(?:digest|sharedkey(?:lite)?|aws4-[a-z0-9\-]+)\s+(?P<s>[^"'<>\\]+)"#,
    ),
    (
        "authorization",
        r#"(?i)authorization\\*["']?\s*[:=]\s*\\*["']?\s*(?P<s>[A-Za-z0-9._~+/=\-]{16,})"#,
    ),
    (
        "bearer-token",
        r"(?i)\bbearer\s+(?P<s>[A-Za-z0-9._~+/=\-]{20,})",
    ),
    (
        "password",
        r#"(?i)[a-z][a-z0-9+.\-]*://[^\s/:@"'<>]*:(?P<s>[^\s/@"'<>]+)@"#,
    ),
    (
        "password",
        r#"(?i)ConvertTo-SecureString\s+(?:-(?:String|AsPlainText|Force)\s+)*\\*["'](?P<s>[^"']+)"#,
    ),
    (
        "password",
        r#"(?i)\s/rp\s+(?:\\*["'])?(?P<s>[^\s"'/*][^\s"']*)"#,
    ),
    (
        "password",
        r#"(?i)\bnet1?(?:\.exe)?\\*"?\s+user\s+(?:"[^"]+"|[^\s/"]+)\s+(?:\\*["'])?(?P<s>[^\s"'/*|&<>][^\s"']*)"#,
    ),
    (
        "password",
        r#"(?i)\bnet1?(?:\.exe)?\\*"?\s+use\s+(?:(?:[a-z]:|\*)\s+)?(?:\\*"[^"]+"|[^\s"]+)\s+(?:/[^\s/]\S*\s+)*(?:\\*["'])?(?P<s>[^\s"'/*\\|&<>][^\s"']*)"#,
    ),
    (
        "password",
        r#"(?i)\bcurl(?:\.exe)?\\*"?\s(?:[^|&]*\s)?(?:-u|--user)\s*\\*["']?[^\s:"']+:(?P<s>[^\s"']+)"#,
    ),
    (
        "password",
        r#"(?i)(?:\bsshpass\s+-p\s*\\*["']?|\becho\s+\\*["']?)(?P<s>[^\s"'|]+)\\*["']?(?:\s*\|\s*[^|]*(?:--set-password|\bvncpasswd)|\s+ssh)"#,
    ),
];

struct Shapes {
    set: RegexSet,
    each: Vec<Regex>,
}

static COMPILED: LazyLock<Option<Shapes>> = LazyLock::new(|| {
    let each = SHAPES
        .iter()
        .map(|(_, shape)| Regex::new(shape))
        .collect::<Result<_, _>>()
        .ok()?;
    let set = RegexSet::new(SHAPES.iter().map(|(_, shape)| shape)).ok()?;
    Some(Shapes { set, each })
});

/// Whether a line may hold a secret; false only if it does not.
#[must_use]
pub fn might_hold(line: &str) -> bool {
    SIGNS
        .as_ref()
        .is_none_or(|signs| signs.is_match(line.as_bytes()))
}

/// Finds the secrets that are known by their shape.
pub(super) fn find(text: &str, found: &mut Spans) {
    let Some(shapes) = COMPILED.as_ref() else {
        return;
    };
    let matching = shapes.set.matches(text);
    if !matching.matched_any() {
        return;
    }
    find_beside_key_id(text, found);
    for index in matching {
        let (Some((kind, _)), Some(shape)) = (SHAPES.get(index), shapes.each.get(index)) else {
            continue;
        };
        for matched in shape.captures_iter(text) {
            let Some(whole) = matched.get(0) else {
                continue;
            };
            if whole.as_str().bytes().all(|byte| byte.is_ascii_hexdigit()) {
                // A hash can hold the letters that a token starts with.
                continue;
            }
            match matched.name("s") {
                Some(secret) if super::is_trivial(secret.as_str()) => {}
                Some(secret) => found.add(secret.range(), kind),
                None => found.add(whole.range(), kind),
            }
        }
    }
}

static KEY_ID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new("(?:AKIA|ASIA|ABIA)[A-Z0-9]{16}").ok());
static RUN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new("[A-Za-z0-9/+]{40,}").ok());

/// A secret key has no shape of its own but its length; beside the id of an access
/// key it is taken for one.
fn find_beside_key_id(text: &str, found: &mut Spans) {
    let (Some(key_id), Some(run)) = (KEY_ID.as_ref(), RUN.as_ref()) else {
        return;
    };
    if !key_id.is_match(text) {
        return;
    }
    for matched in run.find_iter(text) {
        let run = matched.as_str();
        let has = |wanted: fn(&u8) -> bool| run.bytes().any(|byte| wanted(&byte));
        let is_secret = run.len() == 40
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_digit);
        if is_secret {
            found.add(matched.range(), "aws-secret-key");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert!(SIGNS.is_some() && COMPILED.is_some());
        assert!(KEY_ID.is_some() && RUN.is_some());
    }

    #[test]
    fn an_ordinary_line_is_passed_over() {
        assert!(!might_hold(
            r#"{"Image":"C:\\Windows\\System32\\cmd.exe","User":"CORP\\avery","ProcessId":4242}"#
        ));
    }
}
