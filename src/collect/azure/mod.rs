//! The Azure activity log, by its REST interface or from where it is exported to.
//!
//! [`ActivityList`] asks the interface of Azure Monitor; [`ActivityBlobs`] reads what
//! a diagnostic setting writes to a storage account. Both sign in with a token from
//! [`Tokens`], which says where it came from and never what it is.

mod answer;
mod blob_list;
mod blobs;
mod cloud;
mod collector;
mod list;
mod profile;
mod reading;
mod record;
mod session;
mod subscription;
mod token;

pub use blobs::ActivityBlobs;
pub use cloud::Cloud;
pub use collector::{AzureCollector, Route};
pub use list::ActivityList;
pub use profile::default_subscription;
pub use record::twin;
pub use session::Session;
pub use subscription::{NotASubscription, SubscriptionId};
pub use token::{Identity, Token, Tokens};
