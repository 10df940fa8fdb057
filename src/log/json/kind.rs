//! What a JSON record is, told by its members.

use std::borrow::Cow;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

/// The kinds of JSON records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::log) enum Kind {
    /// A CloudTrail event.
    CloudTrail,
    /// A CloudTrail event as text in a member: `LookupEvents`, CloudWatch Logs.
    CloudTrailText,
    /// An EventBridge event with a CloudTrail event in it.
    EventBridge,
    /// A CloudTrail Insight: a statistic, no event.
    Insight,
    /// A CloudTrail digest: hashes of log files.
    Digest,
    /// A record of an Azure log.
    Azure,
    /// A Windows event as `evtx_dump` writes it.
    Evtx,
    /// A Windows event as winlogbeat ships it.
    Winlogbeat,
    /// A Windows event with everything side by side, as NXLog ships it.
    Flat,
    /// A Windows event as PowerShell's `ConvertTo-Json` writes it.
    PowerShell,
    /// A journal entry with the XML of an event in it.
    Journal,
    /// A search result with the XML of an event in it.
    SearchResult,
    /// A line of a log group of CloudWatch Logs, as misfire keeps it.
    LogLine,
    /// A record of a log that the user has named.
    Declared,
}

/// The members that kinds are told by, as bits.
#[derive(Debug, Default, Clone, Copy)]
struct Members(u64);

macro_rules! members {
    ($($name:ident = $key:literal;)+) => {
        #[expect(non_camel_case_types, reason = "named like the members that they stand for")]
        #[derive(Clone, Copy)]
        enum Member { $($name),+ }

        impl Member {
            fn of(key: &str) -> Option<Self> {
                match key {
                    $($key => Some(Self::$name),)+
                    _ if key.starts_with("winlog.") => Some(Self::winlog),
                    _ => None,
                }
            }
        }
    };
}

members! {
    Event = "Event";
    System = "System";
    EventData = "EventData";
    UserData = "UserData";
    CloudTrailEvent = "CloudTrailEvent";
    detail = "detail";
    detail_type = "detail-type";
    event_source = "eventSource";
    event_name = "eventName";
    insight = "insightDetails";
    digest_start = "digestStartTime";
    log_files = "logFiles";
    winlog = "winlog";
    source = "_source";
    event_data = "event_data";
    event_id = "event_id";
    log_name = "log_name";
    message = "message";
    log_stream = "logStreamName";
    kept_group = "logGroup";
    kept_stream = "logStream";
    journal_message = "MESSAGE";
    journal_time = "__REALTIME_TIMESTAMP";
    raw = "_raw";
    result = "result";
    operation = "operationName";
    event_timestamp = "eventTimestamp";
    time = "time";
    resource = "resourceId";
    category = "category";
    provider_name = "ProviderName";
    log = "LogName";
    id = "Id";
    properties = "Properties";
    flat_id = "EventID";
    channel = "Channel";
    source_name = "SourceName";
    provider_guid = "ProviderGuid";
}

impl Members {
    fn add(&mut self, member: Member) {
        self.0 |= 1 << member as u32;
    }

    fn has(self, member: Member) -> bool {
        self.0 & (1 << member as u32) != 0
    }

    fn has_all(self, members: &[Member]) -> bool {
        members.iter().all(|member| self.has(*member))
    }

    fn has_any(self, members: &[Member]) -> bool {
        members.iter().any(|member| self.has(*member))
    }
}

/// The kind of the record in `text`, which may be cut off; `None` for any other
/// JSON.
pub(in crate::log) fn kind_of(text: &str) -> Option<Kind> {
    use Member as M;
    let mut members = Members::default();
    let mut json = serde_json::Deserializer::from_str(text);
    // Damaged records are told by the members before the damage.
    let _ = json.deserialize_map(Look(&mut members));
    let has = |all: &[Member]| members.has_all(all);
    let kind = if members.has(M::CloudTrailEvent) || has(&[M::message, M::log_stream]) {
        Kind::CloudTrailText
    } else if has(&[M::message, M::kept_group, M::kept_stream]) {
        Kind::LogLine
    } else if has(&[M::detail, M::detail_type]) {
        Kind::EventBridge
    } else if members.has(M::insight) {
        Kind::Insight
    // Older Azure records have both of these, too.
    } else if has(&[M::event_source, M::event_name]) && !members.has(M::operation) {
        Kind::CloudTrail
    } else if has(&[M::digest_start, M::log_files]) {
        Kind::Digest
    } else if members.has(M::Event)
        || (members.has(M::System) && members.has_any(&[M::EventData, M::UserData]))
    {
        Kind::Evtx
    } else if members.has_any(&[M::winlog, M::source])
        || (members.has(M::event_id) && members.has_any(&[M::event_data, M::log_name]))
    {
        Kind::Winlogbeat
    } else if members.has_any(&[M::journal_message, M::journal_time]) {
        Kind::Journal
    } else if members.has_any(&[M::raw, M::result]) {
        Kind::SearchResult
    } else if members.has(M::operation)
        && members.has_any(&[M::event_timestamp, M::time, M::resource, M::category])
    {
        Kind::Azure
    } else if has(&[M::provider_name, M::id]) && members.has_any(&[M::log, M::properties]) {
        Kind::PowerShell
    } else if members.has(M::flat_id)
        && members.has_any(&[M::channel, M::source_name, M::provider_guid])
    {
        Kind::Flat
    } else {
        return None;
    };
    Some(kind)
}

struct Look<'m>(&'m mut Members);

impl<'de> Visitor<'de> for Look<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if let Some(member) = Member::of(&key) {
                self.0.add(member);
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}
