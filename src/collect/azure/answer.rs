//! What an answer that is none says.

use serde::Deserialize;

use crate::collect::CollectError;
use crate::collect::http::Answer;

/// The error of resource manager: `{"error": {"code", "message"}}`, or the same
/// without the outer object.
#[derive(Deserialize, Default)]
struct Body {
    error: Option<Inner>,
    code: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
struct Inner {
    code: Option<String>,
    message: Option<String>,
}

/// What the service says is wrong, in one short line.
pub(super) fn says(answer: &Answer) -> String {
    let body: Body = serde_json::from_slice(&answer.body).unwrap_or_default();
    let (code, message) = match body.error {
        Some(inner) => (inner.code, inner.message),
        None => (body.code, body.message),
    };
    // Storage names the code in a header, and answers in XML.
    let code = code.or_else(|| answer.header("x-ms-error-code").map(str::to_owned));
    match (code, message) {
        (Some(code), Some(message)) => one_line(&format!("{code}: {message}")),
        (Some(text), None) | (None, Some(text)) => one_line(&text),
        (None, None) => answer.in_words(),
    }
}

/// The first line of a text, without control characters, not too long.
pub(super) fn one_line(text: &str) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty());
    let line = line.unwrap_or_default().trim();
    line.chars()
        .filter(|sign| !sign.is_control())
        .take(300)
        .collect::<String>()
        .trim_end_matches('.')
        .to_owned()
}

/// What a final answer that is no success means.
pub(super) fn refusal(service: &str, answer: &Answer) -> CollectError {
    let service = service.to_owned();
    let because = says(answer);
    match answer.status {
        401 | 403 => CollectError::Denied { service, because },
        300..=399 => CollectError::Malformed {
            service,
            because: "it sends elsewhere, which is not followed".to_owned(),
        },
        200..=299 => CollectError::Malformed { service, because },
        _ => CollectError::Refused { service, because },
    }
}
