//! An answer, read whole.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// An answer. Its debug output has no header's value and no body: some answers are
/// credentials.
#[derive(Clone)]
pub struct Answer {
    /// The status, such as 200.
    pub status: u16,
    /// The headers, their names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body as it came, still compressed if it was.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the status says that it was done.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first value of a header; its name in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name)?;
        Some(found.1.trim())
    }

    /// The body as text, what is not UTF-8 replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The time that the service's clock showed, if it says so.
    #[must_use]
    pub fn date(&self) -> Option<Timestamp> {
        http_date(self.header("date")?)
    }

    /// How long the service asks to wait, at `now`: seconds or a date (RFC 9110).
    #[must_use]
    pub fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let text = self.header("retry-after")?;
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let until = http_date(text)?.duration_since(now);
        Some(Duration::try_from(until).unwrap_or_default())
    }

    /// The body in a few words that hold nothing of it, for messages.
    #[must_use]
    pub fn in_words(&self) -> String {
        let kind = self.header("content-type").unwrap_or("no content type");
        let kind: String = kind
            .chars()
            .filter(|character| !character.is_control())
            .take(60)
            .collect();
        format!(
            "status {}, {}, {} bytes",
            self.status,
            kind,
            self.body.len()
        )
    }
}

/// A date as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    let parsed = rfc2822::DateTimeParser::new().parse_zoned(text).ok()?;
    Some(parsed.timestamp())
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("headers", &names)
            .field("bytes", &self.body.len())
            .finish()
    }
}
