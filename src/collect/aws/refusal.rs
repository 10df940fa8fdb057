//! What an error answer of AWS says.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserialize;

use crate::collect::http::{Answer, Judged, by_status};

/// How much of a service's own words is told.
const LONGEST_WORDS: usize = 300;

/// What a service says when it does not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Its code, such as `AccessDeniedException`; the status where there is none.
    pub(super) code: String,
    /// Its words, shortened; may be empty.
    message: String,
}

/// What is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The session is over.
    Expired,
    /// The time or the signature is not accepted.
    Time,
    /// Whoever asks is not known.
    Unknown,
    /// Whoever asks may not.
    Denied,
    /// Anything else.
    Other,
}

impl Refusal {
    /// Reads the error of an answer in JSON or XML.
    pub(super) fn of(answer: &Answer) -> Self {
        let (code, message) = in_json(answer)
            .or_else(|| in_xml(&answer.text()))
            .unwrap_or_default();
        let header = answer.header("x-amzn-errortype").unwrap_or_default();
        let code = [code.as_str(), header]
            .into_iter()
            .map(bare)
            .find(|code| !code.is_empty())
            .map_or_else(|| format!("status {}", answer.status), str::to_owned);
        Self {
            code,
            message: shortened(&message),
        }
    }

    /// What is to be done about it.
    pub(super) fn kind(&self, status: u16) -> Kind {
        match self.code.as_str() {
            "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => Kind::Expired,
            "RequestTimeTooSkewed"
            | "RequestExpired"
            | "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "RequestInTheFuture" => Kind::Time,
            "UnrecognizedClientException"
            | "InvalidClientTokenId"
            | "InvalidAccessKeyId"
            | "InvalidToken"
            | "AuthFailure" => Kind::Unknown,
            code if code.starts_with("AccessDenied")
                || code.starts_with("NotAuthorized")
                || code == "UnauthorizedOperation"
                || code == "OptInRequired" =>
            {
                Kind::Denied
            }
            _ if status == 401 || status == 403 => Kind::Denied,
            _ => Kind::Other,
        }
    }

    /// Both in one line. The words behind a signature that does not match repeat the
    /// request with its session token, so they are not told.
    pub(super) fn in_words(&self) -> String {
        match self.message.as_str() {
            "" => self.code.clone(),
            _ if self.code == "SignatureDoesNotMatch"
                || self.code == "InvalidSignatureException" =>
            {
                self.code.clone()
            }
            message => format!("{}: {message}", self.code),
        }
    }
}

/// What an answer of AWS means for the request: besides what the status says, some
/// services throttle with 400 or 503 and a code of their own.
pub(super) fn judge(answer: &Answer) -> Judged {
    const THROTTLING: [&str; 11] = [
        "BandwidthLimitExceeded",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
    ];
    if answer.is_success() {
        return Judged::Final;
    }
    match Refusal::of(answer).code.as_str() {
        code if THROTTLING.contains(&code) => Judged::Throttled,
        // S3 says so of a body that came too slowly, with 400.
        "RequestTimeout" | "RequestTimeoutException" => Judged::Failing,
        _ => by_status(answer),
    }
}

fn in_json(answer: &Answer) -> Option<(String, String)> {
    #[derive(Deserialize)]
    struct Fault {
        #[serde(rename = "__type", alias = "code", alias = "Code", default)]
        code: String,
        #[serde(alias = "Message", default)]
        message: String,
    }
    let fault: Fault = serde_json::from_slice(&answer.body).ok()?;
    Some((fault.code, fault.message))
}

/// `<Error>` as S3 writes it, alone or inside `<ErrorResponse>` as other services do.
fn in_xml(text: &str) -> Option<(String, String)> {
    let code = element(text, "Code")?;
    Some((code, element(text, "Message").unwrap_or_default()))
}

/// The text of the first element of that name, whatever it is in.
pub(super) fn element(text: &str, name: &str) -> Option<String> {
    let mut reader = Reader::from_str(text);
    let mut inside = false;
    let mut found = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) if start.local_name().as_ref() == name => inside = true,
            Event::End(end) if inside && end.local_name().as_ref() == name => {
                return Some(found);
            }
            Event::Text(part) if inside => found.push_str(&part),
            Event::GeneralRef(part) if inside => found.push_str(&resolved(&part)?),
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// What a reference such as `&amp;` stands for.
pub(super) fn resolved(part: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Some(character) = part.resolve_char_ref().ok()? {
        return Some(character.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(part).map(str::to_owned)
}

/// `com.amazonaws.cloudtrail#ThrottlingException:http://…` without what is around it.
fn bare(code: &str) -> &str {
    let code = code.rsplit_once('#').map_or(code, |(_, code)| code);
    code.split(':').next().unwrap_or_default().trim()
}

fn shortened(message: &str) -> String {
    let line: String = message
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    let line = line.trim();
    match line.char_indices().nth(LONGEST_WORDS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}
