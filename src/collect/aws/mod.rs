//! Amazon Web Services: CloudTrail's event history, its log files in S3, and log groups
//! of CloudWatch Logs.
//!
//! A [`Session`] signs requests with the credentials that the AWS command line would
//! use, and knows the endpoints; each source asks through it.

mod canary;
mod chain;
mod credentials;
mod endpoint;
mod environment;
mod identity;
mod log_files;
mod log_group;
mod lookup_events;
mod pace;
mod paging;
mod profiles;
mod proven;
mod record;
mod refusal;
mod session;
mod sign;
mod whereabouts;

pub use credentials::Credentials;
pub use endpoint::Service;
pub use environment::Environment;
pub use identity::Identity;
pub use log_files::{LogFiles, Trail};
pub use log_group::{LogGroup, Streams};
pub use lookup_events::LookupEvents;
pub use proven::{PerformedCanary, ProvenTrail};
pub use session::Session;
pub use whereabouts::credentials_here;
