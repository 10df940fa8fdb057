//! `aws s3`: files in buckets.
//!
//! What concerns objects are data events, which a trail does not log unless told to.

use serde_json::{Map, Value};

use super::call::Client;
use super::line::Line;
use super::operations;
use super::{Outcome, not_interpreted, perform};
use crate::stage::simulate::world::{Exhausted, Finished, World};

pub(super) fn run(
    client: &Client<'_>,
    world: &mut World,
    command: &str,
    line: &Line,
) -> Result<Finished, Exhausted> {
    // Flags swallow what follows them here, as nothing says which take a value.
    let places: Vec<&str> = line
        .words
        .iter()
        .skip(2)
        .chain(line.parameters.iter().flat_map(|(_, words)| words))
        .map(String::as_str)
        .collect();
    let remote = |at: usize| places.get(at).and_then(|place| place.strip_prefix("s3://"));
    let bucket = |place: &str| place.split('/').next().unwrap_or_default().to_owned();
    let key = |place: &str| match place.split_once('/') {
        Some((_, key)) => key.to_owned(),
        None => String::new(),
    };
    let (operation, place) = match (command, remote(0), remote(1)) {
        ("ls", None, _) => ("ListBuckets", ""),
        ("ls", Some(place), _) => ("ListObjectsV2", place),
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
