//! Why a source could not be collected.

use crate::diagnostic::{Code, Diagnostic};

/// Why a source could not be collected. Nothing in it is a secret.
///
/// `service` is what was asked, such as `CloudTrail in eu-west-1`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CollectError {
    /// Nothing was found to sign in with.
    #[error("no credentials were found for {service}; looked in {}", tried.join(", "))]
    NoCredentials {
        /// What was to be asked.
        service: String,
        /// Where it was looked for them.
        tried: Vec<String>,
    },
    /// What was found to sign in with is no longer valid, and could not be renewed.
    #[error("the credentials for {service} ({from}) have expired")]
    Expired {
        /// What was asked.
        service: String,
        /// Where they came from.
        from: String,
    },
    /// The service knows who asks, or refuses to, and does not allow it.
    #[error("{service} denied the request: {because}")]
    Denied {
        /// What was asked.
        service: String,
        /// What it says.
        because: String,
    },
    /// The service asked to slow down, to the last attempt.
    #[error("{service} throttled the request, tried {attempts} times")]
    Throttled {
        /// What was asked.
        service: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// There was no answer, or none but failures of the service.
    #[error("{service} cannot be reached: {because}")]
    Unreachable {
        /// What was asked.
        service: String,
        /// What happened.
        because: String,
    },
    /// The answer is not what the service documents.
    #[error("the answer of {service} cannot be read: {because}")]
    Malformed {
        /// What was asked.
        service: String,
        /// What is wrong with it.
        because: String,
    },
    /// The service refuses the time of the request, after the difference was allowed
    /// for, too.
    #[error("{service} refuses the time of the request, which differs by {seconds} s from its own")]
    ClockSkew {
        /// What was asked.
        service: String,
        /// How far the service's clock is ahead of this one's, in seconds.
        seconds: i64,
    },
    /// The service refuses the request for another reason, such as a log group that
    /// does not exist.
    #[error("{service} refused the request: {because}")]
    Refused {
        /// What was asked.
        service: String,
        /// What it says.
        because: String,
    },
    /// What is configured for the service on this machine is wrong.
    #[error("{service} is configured wrongly: {because}")]
    Misconfigured {
        /// What was to be asked.
        service: String,
        /// What is wrong.
        because: String,
    },
    /// There is more than is kept.
    #[error("{service} holds more than {bytes} bytes of records in the window")]
    TooMuch {
        /// What was asked.
        service: String,
        /// How many bytes are kept.
        bytes: u64,
    },
    /// Someone ended it.
    #[error("collecting was interrupted")]
    Interrupted,
}

impl CollectError {
    /// Whether it will be the same the next time.
    #[must_use]
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Throttled { .. } | Self::Unreachable { .. } | Self::Malformed { .. } => false,
            Self::NoCredentials { .. }
            | Self::Expired { .. }
            | Self::Denied { .. }
            | Self::ClockSkew { .. }
            | Self::Refused { .. }
            | Self::Misconfigured { .. }
            | Self::TooMuch { .. }
            | Self::Interrupted => true,
        }
    }

    /// What to do: one sentence.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoCredentials { .. } => {
                "sign in with the cloud's own command line, or set its environment variables"
            }
            Self::Expired { .. } => "sign in again, then collect again",
            Self::Denied { .. } => {
                "give the identity the permissions that docs/collecting.md lists"
            }
            Self::Throttled { .. } => "collect again later, or ask for a shorter window",
            Self::Unreachable { .. } => {
                "check the region, the endpoint, the proxy, and the network, then collect again"
            }
            Self::Malformed { .. } => {
                "check that the endpoint is the service's own and that no proxy changes answers"
            }
            Self::ClockSkew { .. } => "set the clock of this machine",
            Self::Refused { .. } => "check the names of what is to be collected",
            Self::Misconfigured { .. } => "correct the configuration",
            Self::TooMuch { .. } => "ask for a shorter window",
            Self::Interrupted => "run it again",
        }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::NoCredentials { .. } => Code::COLLECT_NO_CREDENTIALS,
            Self::Expired { .. } => Code::COLLECT_EXPIRED,
            Self::Denied { .. } => Code::COLLECT_DENIED,
            Self::Throttled { .. } => Code::COLLECT_THROTTLED,
            Self::Unreachable { .. } => Code::COLLECT_UNREACHABLE,
            Self::Malformed { .. } => Code::COLLECT_MALFORMED,
            Self::ClockSkew { .. } => Code::COLLECT_CLOCK_SKEW,
            Self::Refused { .. } => Code::COLLECT_REFUSED,
            Self::Misconfigured { .. } => Code::COLLECT_MISCONFIGURED,
            Self::TooMuch { .. } => Code::COLLECT_TOO_MUCH,
            Self::Interrupted => Code::RUN_INTERRUPTED,
        }
    }

    /// The problem as a user sees it.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic::error(self.code(), self.to_string()).help(self.help())
    }
}
