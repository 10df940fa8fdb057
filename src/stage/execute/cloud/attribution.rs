//! Which records of CloudTrail are of the run.

use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::recording::Closure;

/// What is looked at of a record (CloudTrail user guide, "CloudTrail record contents").
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "userAgent")]
    user_agent: Option<String>,
    #[serde(rename = "awsRegion")]
    region: Option<String>,
    #[serde(rename = "eventType")]
    event_type: Option<String>,
    #[serde(rename = "userIdentity")]
    identity: Option<Identity>,
}

#[derive(Deserialize)]
struct Identity {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "invokedBy")]
    invoked_by: Option<String>,
}

#[derive(Deserialize)]
struct Records<'a> {
    #[serde(rename = "Records", borrow)]
    records: Vec<&'a RawValue>,
}

/// What is known of the records of a run.
#[derive(Debug, Clone, Copy)]
pub struct OfRun<'a> {
    /// What the user agents of its calls hold, if they hold a mark.
    pub marker: Option<&'a str>,
    /// The regions that they are of; any if there are none.
    pub regions: &'a [String],
    /// Whether more of them may come.
    pub closure: Closure,
}

/// The records of a window that are of the run, or may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributed {
    /// The file, with these records only, each unchanged.
    pub bytes: Vec<u8>,
    /// How many they are.
    pub records: u64,
    /// How they were told from the others: a sentence.
    pub note: String,
}

/// Who made a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// A client with the mark of the run.
    Marked,
    /// A service of AWS, on behalf of someone.
    Service,
    /// misfire itself, to collect.
    Misfire,
    /// A client with the mark of another run.
    OtherRun,
    /// A client in a region that the run has nothing to do with.
    Elsewhere,
    /// Another client.
    Other,
}

/// Leaves out of a file of CloudTrail what is not of the run.
///
/// If any record carries it, those of other clients are left out; what services of AWS
/// did stays. If none does, the clients may be of those that send no such mark, and only
/// the time tells. As long as marked records may still come, that is not relied upon:
/// someone else's call would be taken for the test's.
///
/// # Errors
/// It is no file of CloudTrail.
pub fn attribute(bytes: &[u8], of_run: OfRun<'_>) -> Result<Attributed, serde_json::Error> {
    let file: Records<'_> = serde_json::from_slice(bytes)?;
    let mut callers = Vec::with_capacity(file.records.len());
    for record in &file.records {
        let head: Head = serde_json::from_str(record.get())?;
        callers.push(caller(&head, of_run));
    }
    let OfRun {
        marker, closure, ..
    } = of_run;
    let count = |wanted| callers.iter().filter(|caller| **caller == wanted).count();
    let marked = count(Caller::Marked);
    let others = count(Caller::Other) + count(Caller::OtherRun);
    let keeps_others = marked == 0 && (marker.is_none() || closure == Closure::Closed);
    let kept: Vec<&str> = file
        .records
        .iter()
        .zip(&callers)
        .filter(|(_, caller)| match caller {
            Caller::Marked | Caller::Service => true,
            Caller::Misfire | Caller::OtherRun | Caller::Elsewhere => false,
            Caller::Other => keeps_others,
        })
        .map(|(record, _)| record.get())
        .collect();
    let note = match (marker, marked, keeps_others) {
        (None, ..) => "the act had no mark of its own in its user agent, so that its records are \
                       told from others by their time only"
            .to_owned(),
        (Some(_), 0, true) => {
            "no record carries the mark of the run, so that its records are told \
                               from others by their time only"
                .to_owned()
        }
        (Some(_), 0, false) => format!(
            "no record carries the mark of the run yet; {} of other clients left out",
            records(others)
        ),
        (Some(_), marked, _) => format!(
            "{} the mark of the run in its user agent; {} of other clients left out",
            match marked {
                1 => "1 record carries".to_owned(),
                _ => format!("{marked} records carry"),
            },
            records(others)
        ),
    };
    let mut bytes = b"{\"Records\":[\n".to_vec();
    bytes.extend_from_slice(kept.join(",\n").as_bytes());
    bytes.extend_from_slice(b"\n]}\n");
    Ok(Attributed {
        bytes,
        records: kept.len() as u64,
        note,
    })
}

fn caller(head: &Head, of_run: OfRun<'_>) -> Caller {
    let agent = head.user_agent.as_deref().unwrap_or_default();
    let identity = head.identity.as_ref();
    let kind = identity.and_then(|identity| identity.kind.as_deref());
    let invoked_by = identity.and_then(|identity| identity.invoked_by.as_deref());
    let is_service = |name: &str| name.ends_with(".amazonaws.com") || name == "AWS Internal";
    let is_of_region = |region: &String| of_run.regions.contains(region);
    if of_run.marker.is_some_and(|marker| agent.contains(marker)) {
        Caller::Marked
    } else if !of_run.regions.is_empty() && !head.region.as_ref().is_none_or(is_of_region) {
        Caller::Elsewhere
    } else if agent.starts_with("misfire/") {
        Caller::Misfire
    } else if has_mark(agent) {
        Caller::OtherRun
    } else if kind == Some("AWSService")
        || head.event_type.as_deref() == Some("AwsServiceEvent")
        || is_service(agent)
        || invoked_by.is_some_and(is_service)
    {
        Caller::Service
    } else {
        Caller::Other
    }
}

/// Whether a user agent carries the mark of a run.
fn has_mark(agent: &str) -> bool {
    agent.match_indices("app/misfire-").any(|(at, begin)| {
        let run = agent.get(at + begin.len()..at + begin.len() + 36);
        run.is_some_and(|run| Uuid::try_parse(run).is_ok())
    })
}

fn records(count: usize) -> String {
    match count {
        1 => "1 record".to_owned(),
        _ => format!("{count} records"),
    }
}
