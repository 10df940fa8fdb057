//! What closes as one.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::time::Duration;

/// Records that reach us by one way, so that one of them says how far the others
/// have come.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Stream {
    kind: Kind,
    place: Name,
    part: Name,
    /// By what way, if one source is read by several.
    way: Option<Name>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    Channel,
    CloudTrail,
    AzureActivity,
}

/// A name whose case does not matter, as those of hosts, channels, regions, and
/// resource providers.
#[derive(Debug, Clone)]
struct Name(Box<str>);

/// Whether the records of a stream come in the order in which they were made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// They do, and are numbered.
    Ordered {
        /// How much later than the window's end a record has to be, since what
        /// makes the records may hold some of them back.
        slack: Duration,
    },
    /// They do not.
    Unordered {
        /// Within what time of what they tell the vendor says that they come.
        delay: Duration,
    },
    /// They do not, and nothing harmless leaves a record that could tell how far
    /// they have come. Chosen only by someone who accepts what is left of doubt.
    DelayAlone {
        /// Within what time of what they tell the vendor says that they come.
        delay: Duration,
    },
}

impl Stream {
    /// How much later than a window's end a record of a Windows channel has to be.
    ///
    /// Event tracing keeps events in a buffer for each processor and flushes them
    /// at least once a second if no other time was set (Microsoft,
    /// `EVENT_TRACE_PROPERTIES`, `FlushTimer`); only then are they numbered.
    pub const CHANNEL_SLACK: Duration = Duration::from_secs(2);

    /// Within what time of a call CloudTrail delivers its record.
    ///
    /// AWS, "Getting and viewing your CloudTrail log files": typically within an
    /// average of about 5 minutes, which is not guaranteed. Until 2023 the same
    /// page said 15 minutes, and so do the pages about new trails; the larger
    /// figure is what an average of 5 leaves room for.
    pub const CLOUDTRAIL_DELAY: Duration = Duration::from_secs(15 * 60);

    /// Within what time of an operation Azure's activity log tells of it.
    ///
    /// Microsoft, "Azure Monitor activity log": entries are usually available
    /// within 3 to 20 minutes. Nothing is guaranteed.
    pub const AZURE_ACTIVITY_DELAY: Duration = Duration::from_secs(20 * 60);

    /// A channel of the Windows event log of one host.
    #[must_use]
    pub fn channel(host: &str, channel: &str) -> Self {
        Self::new(Kind::Channel, host, channel)
    }

    /// What CloudTrail records in a region of calls to one service, which is named
    /// as in `eventSource` (`ssm.amazonaws.com`).
    ///
    /// Calls to global services are recorded in `us-east-1`.
    #[must_use]
    pub fn cloudtrail(region: &str, service: &str) -> Self {
        Self::new(Kind::CloudTrail, region, service)
    }

    /// What the activity log of an Azure subscription records of one resource
    /// provider (`Microsoft.Compute`).
    ///
    /// The records that the REST interface lists name no region, and the log
    /// belongs to the subscription as a whole; so the provider is all that tells
    /// one way from another.
    #[must_use]
    pub fn azure_activity(subscription: &str, provider: &str) -> Self {
        Self::new(Kind::AzureActivity, subscription, provider)
    }

    fn new(kind: Kind, place: &str, part: &str) -> Self {
        Self {
            kind,
            place: Name(place.into()),
            part: Name(part.into()),
            way: None,
        }
    }

    /// The same records as they come by one of several ways, such as `the bucket
    /// lab-trail`: what is late by one way is not by another.
    #[must_use]
    pub fn by(mut self, way: &str) -> Self {
        self.way = Some(Name(way.into()));
        self
    }

    /// The host, the region, or the subscription.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.place.0
    }

    /// The channel, the service, or the resource provider.
    #[must_use]
    pub fn part(&self) -> &str {
        &self.part.0
    }

    /// By what way its records come, if there are several.
    #[must_use]
    pub fn way(&self) -> Option<&str> {
        self.way.as_ref().map(|way| &*way.0)
    }

    /// What its vendor documents of its order.
    #[must_use]
    pub fn documented_order(&self) -> Order {
        match self.kind {
            Kind::Channel => Order::Ordered {
                slack: Self::CHANNEL_SLACK,
            },
            Kind::CloudTrail => Order::Unordered {
                delay: Self::CLOUDTRAIL_DELAY,
            },
            Kind::AzureActivity => Order::Unordered {
                delay: Self::AZURE_ACTIVITY_DELAY,
            },
        }
    }

    pub(super) fn is_channel(&self) -> bool {
        self.kind == Kind::Channel
    }

    pub(super) fn is_cloudtrail(&self) -> bool {
        self.kind == Kind::CloudTrail
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (place, part) = (self.place(), self.part());
        match self.kind {
            Kind::Channel => write!(f, "channel {part} of {place}")?,
            Kind::CloudTrail => write!(f, "CloudTrail records of {part} in {place}")?,
            Kind::AzureActivity => write!(f, "Azure activity of {part} in subscription {place}")?,
        }
        match &self.way {
            Some(way) => write!(f, ", by {}", way.0),
            None => Ok(()),
        }
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
        state.write_u8(0xff);
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        let lower = |name: &'_ Self| name.0.to_ascii_lowercase();
        lower(self).cmp(&lower(other))
    }
}
