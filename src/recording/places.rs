//! Where the records of clouds are kept, as a user names it.

use std::fmt;
use std::net::IpAddr;

use uuid::Uuid;

/// Where records of clouds are read from; what is not named is read from where every
/// account has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordPlaces {
    /// Those of CloudTrail; its event history if there are none.
    pub cloudtrail: Vec<TrailPlace>,
    /// The log groups that Systems Manager writes to.
    pub ssm_logs: Vec<LogGroupPlace>,
    /// Those of the Azure activity log; the list if there are none.
    pub activity: Vec<ActivityPlace>,
    /// The Azure subscription, where a test does not name one itself.
    pub subscription: Option<Uuid>,
}

impl RecordPlaces {
    /// These, and the other ones where nothing is said here.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        fn first<T>(own: Vec<T>, other: Vec<T>) -> Vec<T> {
            if own.is_empty() { other } else { own }
        }
        Self {
            cloudtrail: first(self.cloudtrail, other.cloudtrail),
            ssm_logs: first(self.ssm_logs, other.ssm_logs),
            activity: first(self.activity, other.activity),
            subscription: self.subscription.or(other.subscription),
        }
    }
}

/// Where CloudTrail is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrailPlace {
    /// Its event history, which every account has: `lookup-events`.
    LookupEvents,
    /// The log files that a trail puts into a bucket: `s3://BUCKET/PREFIX`.
    LogFiles {
        /// The bucket.
        bucket: String,
        /// What stands before `AWSLogs/`, without slashes at its ends; empty for
        /// nothing.
        prefix: String,
    },
    /// A log group that a trail sends its events to: `log-group:NAME`, or its ARN.
    LogGroup(LogGroupPlace),
}

/// A log group of CloudWatch Logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogGroupPlace {
    /// Its name.
    pub name: String,
    /// Its region, if it is named by its ARN.
    pub region: Option<String>,
}

/// Where the Azure activity log is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActivityPlace {
    /// The REST interface of Azure Monitor: `list`.
    List,
    /// The container that it is exported to, by its address, without a slash at its
    /// end: `https://ACCOUNT.blob.core.windows.net/insights-activity-logs`.
    Container(String),
}

/// It names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` {because}")]
pub struct NoPlace {
    given: String,
    because: &'static str,
}

impl NoPlace {
    fn new(given: &str, because: &'static str) -> Self {
        Self {
            given: given.to_owned(),
            because,
        }
    }
}

impl TrailPlace {
    /// What there is, for whoever named something else.
    pub const FORMS: &'static str = "write `lookup-events`, `s3://BUCKET/PREFIX`, \
                                     `log-group:NAME`, or the ARN of a log group";

    /// Reads a place.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, NoPlace> {
        if text == "lookup-events" {
            return Ok(Self::LookupEvents);
        }
        if let Some(rest) = text.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let prefix = prefix.trim_matches('/');
            if !is_bucket(bucket) {
                return Err(NoPlace::new(text, "names no bucket"));
            }
            if prefix.split('/').any(|part| part == "AWSLogs") {
                let because = "goes too far: the prefix is what stands before `AWSLogs/`";
                return Err(NoPlace::new(text, because));
            }
            if prefix.chars().any(char::is_control) {
                return Err(NoPlace::new(text, "has a prefix that cannot be one"));
            }
            return Ok(Self::LogFiles {
                bucket: bucket.to_owned(),
                prefix: prefix.to_owned(),
            });
        }
        if text.starts_with("log-group:") || text.starts_with("arn:") {
            return LogGroupPlace::parse(text).map(Self::LogGroup);
        }
        Err(NoPlace::new(
            text,
            "is no place that CloudTrail is read from",
        ))
    }
}

impl fmt::Display for TrailPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LookupEvents => f.write_str("lookup-events"),
            Self::LogFiles { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
            Self::LogGroup(group) => write!(f, "log-group:{}", group.name),
        }
    }
}

impl LogGroupPlace {
    /// What there is, for whoever named something else.
    pub const FORMS: &'static str = "write the name of a log group, or its ARN";

    /// Reads a name, with `log-group:` before it or not, or an ARN
    /// (`arn:aws:logs:REGION:ACCOUNT:log-group:NAME`, with or without `:*`).
    ///
    /// CloudWatch Logs API reference, `CreateLogGroup`: names have at most 512 letters,
    /// digits, and signs of `_-/.#`.
    ///
    /// # Errors
    /// It is neither.
    pub fn parse(text: &str) -> Result<Self, NoPlace> {
        let is_name = |name: &str| {
            let is_sign = |sign: char| sign.is_ascii_alphanumeric() || "_-/.#".contains(sign);
            (1..=512).contains(&name.len()) && name.chars().all(is_sign)
        };
        let (name, region) = if text.starts_with("arn:") {
            let text = text.strip_suffix(":*").unwrap_or(text);
            let parts: Vec<&str> = text.split(':').collect();
            match parts.as_slice() {
                ["arn", _, "logs", region, _, "log-group", name] if !region.is_empty() => {
                    (*name, Some((*region).to_owned()))
                }
                _ => return Err(NoPlace::new(text, "is no ARN of a log group")),
            }
        } else {
            (text.strip_prefix("log-group:").unwrap_or(text), None)
        };
        if !is_name(name) {
            return Err(NoPlace::new(text, "names no log group"));
        }
        Ok(Self {
            name: name.to_owned(),
            region,
        })
    }
}

/// Where containers are. A token of the user goes there, so no other host will do
/// (Microsoft, "Storage account overview", endpoints, and those of its other clouds).
const BLOB_DOMAINS: [&str; 3] = [
    ".blob.core.windows.net",
    ".blob.core.usgovcloudapi.net",
    ".blob.core.chinacloudapi.cn",
];

impl ActivityPlace {
    /// What there is, for whoever named something else.
    pub const FORMS: &'static str =
        "write `list`, or `https://ACCOUNT.blob.core.windows.net/insights-activity-logs`";

    /// Reads a place. On this machine, where something may stand in for storage, any
    /// address will do.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(text: &str) -> Result<Self, NoPlace> {
        if text == "list" {
            return Ok(Self::List);
        }
        let none = |because| Err(NoPlace::new(without_query(text), because));
        let Some((scheme, rest)) = text.split_once("://") else {
            return none("is no place that the activity log is read from");
        };
        if text.contains(['?', '#']) {
            return none(
                "goes on after the container; what asks signs in, so that no signature is needed",
            );
        }
        let Some((authority, path)) = rest.trim_end_matches('/').split_once('/') else {
            return none("names no container");
        };
        let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "-._/:[]".contains(sign);
        if !authority.chars().chain(path.chars()).all(is_plain) {
            return none("is no address of a container");
        }
        let is_container = match scheme {
            "https" if is_storage(authority) => !path.contains('/'),
            "http" | "https" => is_here(authority),
            _ => false,
        };
        if !is_container {
            return none("is no address of a container of Azure storage");
        }
        Ok(Self::Container(text.trim_end_matches('/').to_owned()))
    }

    /// Whether something on this machine stands in for it.
    #[must_use]
    pub fn is_here(&self) -> bool {
        let Self::Container(url) = self else {
            return false;
        };
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        is_here(rest.split('/').next().unwrap_or_default())
    }
}

/// An address without what may be a secret in it.
fn without_query(text: &str) -> &str {
    text.split(['?', '#']).next().unwrap_or_default()
}

fn is_storage(host: &str) -> bool {
    BLOB_DOMAINS.iter().any(|domain| {
        let account = host.strip_suffix(domain).unwrap_or_default();
        let is_plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit();
        (3..=24).contains(&account.len()) && account.chars().all(is_plain)
    })
}

/// Whether a host, with or without its port, is this machine.
fn is_here(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let address: Option<IpAddr> = host.parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

/// Whether a text can be a bucket: it becomes part of a host (S3 user guide, "General
/// purpose bucket naming rules").
#[must_use]
pub fn is_bucket(text: &str) -> bool {
    (3..=63).contains(&text.len())
        && text.chars().all(|character| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || "-.".contains(character)
        })
        && !text.starts_with(['-', '.'])
        && !text.ends_with(['-', '.'])
}
