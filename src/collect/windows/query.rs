//! Which records of a channel are wanted.

use std::collections::BTreeSet;
use std::fmt::Write;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::channel::ChannelName;

/// How many conditions on the event id a query may have. Windows refuses queries
/// with many conditions; where the limit lies is not documented, but twenty are
/// taken.
const MOST_CONDITIONS: usize = 20;

/// The records of a channel from a time on, perhaps up to another, perhaps with
/// certain event ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelQuery {
    from: Timestamp,
    until: Option<Timestamp>,
    event_ids: BTreeSet<u32>,
}

impl ChannelQuery {
    /// All records from that time on.
    #[must_use]
    pub fn since(from: Timestamp) -> Self {
        Self {
            from,
            until: None,
            event_ids: BTreeSet::new(),
        }
    }

    /// Only those up to that time.
    #[must_use]
    pub fn until(mut self, until: Timestamp) -> Self {
        self.until = Some(until);
        self
    }

    /// Only those with one of these event ids; with none, all.
    #[must_use]
    pub fn event_ids(mut self, event_ids: impl IntoIterator<Item = u32>) -> Self {
        self.event_ids.extend(event_ids);
        self
    }

    /// The query in the subset of XPath 1.0 that the event log knows (Microsoft,
    /// "Consuming events"). Times are in UTC and rounded to the milliseconds outside
    /// of them, so that no record at the edge is lost. Ids that follow one another
    /// are one condition; if there are still too many, none is made of them, since
    /// records too many can be left out later and records too few cannot be found.
    #[must_use]
    pub fn xpath(&self) -> String {
        let mut query = format!(
            "*[System[TimeCreated[@SystemTime >= '{}'",
            milliseconds(self.from)
        );
        if let Some(until) = self.until {
            let until = until
                .checked_add(SignedDuration::from_nanos(999_999))
                .unwrap_or(Timestamp::MAX);
            // Writing to a string does not fail.
            let _ = write!(query, " and @SystemTime <= '{}'", milliseconds(until));
        }
        query.push(']');
        if let Some(ids) = self.id_conditions() {
            let _ = write!(query, " and ({ids})");
        }
        query.push_str("]]");
        query
    }

    /// The same as a structured query (Microsoft, "Query schema"), as
    /// `wevtutil … /sq:true` and the Event Viewer take it.
    #[must_use]
    pub fn structured(&self, channel: &ChannelName) -> String {
        let xpath = self.xpath();
        let escaped = xpath
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        // A channel's name holds nothing that XML would read otherwise.
        format!(
            "<QueryList><Query Id=\"0\" Path=\"{channel}\"><Select Path=\"{channel}\">{escaped}\
             </Select></Query></QueryList>"
        )
    }

    fn id_conditions(&self) -> Option<String> {
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for id in &self.event_ids {
            match ranges.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(*id) => *last = *id,
                _ => ranges.push((*id, *id)),
            }
        }
        let mut count = 0;
        let mut conditions = Vec::new();
        for (first, last) in ranges {
            if first == last {
                count += 1;
                conditions.push(format!("EventID={first}"));
            } else {
                count += 2;
                conditions.push(format!("(EventID >= {first} and EventID <= {last})"));
            }
        }
        (1..=MOST_CONDITIONS)
            .contains(&count)
            .then(|| conditions.join(" or "))
    }
}

/// A time as the event log writes it, cut to milliseconds. It knows no time before
/// 1601.
fn milliseconds(time: Timestamp) -> String {
    const EARLIEST: Timestamp = Timestamp::constant(-11_644_473_600, 0);
    let time = time.max(EARLIEST).to_zoned(TimeZone::UTC);
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
