//! `aws s3`: files in buckets.
//!
//! What concerns objects are data events, which a trail does not log unless told to.

use serde_json::{Map, Value};

use super::call::Client;
use super::line::Line;
use super::operations;
use super::{NOT_UNDERSTOOD, Outcome, not_interpreted, perform};
use crate::stage::simulate::world::{Exhausted, Finished, World};

/// Flags that a value follows, and those that stand alone ("AWS CLI Command Reference",
/// `s3`).
const WITH_VALUE: &[&str] = &[
    "acl",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "exclude",
    "expected-size",
    "expires",
    "expires-in",
    "grants",
    "include",
    "metadata",
    "metadata-directive",
    "request-payer",
    "source-region",
    "sse",
    "sse-c",
    "sse-c-key",
    "sse-kms-key-id",
    "storage-class",
    "website-redirect",
];
const ALONE: &[&str] = &[
    "delete",
    "dryrun",
    "exact-timestamps",
    "follow-symlinks",
    "force",
    "force-glacier-transfer",
    "human-readable",
    "ignore-glacier-warnings",
    "no-follow-symlinks",
    "no-guess-mime-type",
    "no-progress",
    "only-show-errors",
    "quiet",
    "recursive",
    "size-only",
    "summarize",
];

/// The words that are no flags and no values of flags; `None` if a flag is not known.
fn places(line: &Line) -> Option<Vec<&str>> {
    let mut places: Vec<&str> = line.words.iter().skip(2).map(String::as_str).collect();
    for (flag, words) in &line.parameters {
        let of_the_flag = match flag.as_str() {
            flag if WITH_VALUE.contains(&flag) => 1,
            flag if ALONE.contains(&flag) => 0,
            _ => return None,
        };
        places.extend(words.iter().skip(of_the_flag).map(String::as_str));
    }
    Some(places)
}

pub(super) fn run(
    client: &Client<'_>,
    world: &mut World,
    command: &str,
    line: &Line,
) -> Result<Finished, Exhausted> {
    let Some(places) = places(line) else {
        let because = "a flag of `aws s3` that is not modelled".to_owned();
        return Ok(not_interpreted(world, because));
    };
    let remote = |at: usize| places.get(at).and_then(|place| place.strip_prefix("s3://"));
    let bucket = |place: &str| place.split('/').next().unwrap_or_default().to_owned();
    let key = |place: &str| match place.split_once('/') {
        Some((_, key)) => key.to_owned(),
        None => String::new(),
    };
    let (operation, place) = match (command, remote(0), remote(1)) {
        ("ls", None, _) if places.is_empty() => ("ListBuckets", ""),
        ("ls", place, _) => {
            let plain = places.first().copied().unwrap_or_default();
            ("ListObjectsV2", place.unwrap_or(plain))
        }
        (_, Some(place), _) | (_, None, Some(place)) if bucket(place).is_empty() => {
            return Ok(Finished::with(NOT_UNDERSTOOD));
        }
        ("mb", Some(place), _) => ("CreateBucket", place),
        ("rb", Some(place), _) => ("DeleteBucket", place),
        ("rm", Some(place), _) => ("DeleteObject", place),
        ("cp" | "mv" | "sync", Some(_), Some(place)) => ("CopyObject", place),
        ("cp" | "mv" | "sync", Some(place), None) => ("GetObject", place),
        ("cp" | "mv" | "sync", None, Some(place)) => ("PutObject", place),
        ("presign", ..) => return Ok(Finished::well()),
        _ => {
            let because = format!("`aws s3 {command}` is not modelled");
            return Ok(not_interpreted(world, because));
        }
    };
    let known = operations::service("s3api")
        .and_then(|service| Some((service, service.operation_named(operation)?)));
    let Some((service, operation)) = known else {
        return Ok(not_interpreted(
            world,
            "the service is not modelled".to_owned(),
        ));
    };
    let mut parameters = Map::new();
    if !place.is_empty() {
        parameters.insert("Bucket".to_owned(), Value::String(bucket(place)));
        let key = key(place);
        if operation.name == "ListObjectsV2" {
            parameters.insert("Prefix".to_owned(), Value::String(key));
        } else if !key.is_empty() {
            parameters.insert("Key".to_owned(), Value::String(key));
        }
    }
    Ok(
        match perform(client, world, service, &operation, &parameters)? {
            Outcome::Ended(finished) => finished,
            Outcome::Answered(_) | Outcome::AnsweredUnknown => Finished::well(),
        },
    )
}
