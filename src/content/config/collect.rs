//! The table `[collect]`: where the records of clouds are read from.

use std::fmt::Display;

use uuid::Uuid;

use super::raw::RawCollect;
use crate::content::structure::TomlNode;
use crate::content::text::OneOrMany;
use crate::diagnostic::{Code, Diagnostic};
use crate::recording::{ActivityPlace, LogGroupPlace, NoPlace, RecordPlaces, TrailPlace};

/// Reads the table; what is wrong with it is added to the problems.
pub(super) fn places(
    raw: &RawCollect,
    node: Option<TomlNode<'_>>,
    problems: &mut Vec<Diagnostic>,
) -> RecordPlaces {
    let aws = node.and_then(|node| node.get("aws"));
    let azure = node.and_then(|node| node.get("azure"));
    RecordPlaces {
        cloudtrail: each(
            raw.aws.cloudtrail.as_ref(),
            member(aws, "cloudtrail"),
            TrailPlace::FORMS,
            TrailPlace::parse,
            problems,
        ),
        ssm_logs: each(
            raw.aws.ssm_logs.as_ref(),
            member(aws, "ssm_logs"),
            LogGroupPlace::FORMS,
            LogGroupPlace::parse,
            problems,
        ),
        activity: each(
            raw.azure.activity.as_ref(),
            member(azure, "activity"),
            ActivityPlace::FORMS,
            ActivityPlace::parse,
            problems,
        ),
        subscription: raw.azure.subscription.as_deref().and_then(|id| {
            let found = Uuid::try_parse(id).ok();
            if found.is_none() {
                let message = format!("`{id}` is no id of a subscription");
                let help = "it is a GUID; `az account show` tells it";
                problems.push(wrong(message, member(azure, "subscription"), help));
            }
            found
        }),
    }
}

fn member<'n>(table: Option<TomlNode<'n>>, key: &str) -> Option<TomlNode<'n>> {
    table.and_then(|table| table.get(key))
}

fn each<T: PartialEq>(
    raw: Option<&OneOrMany<String>>,
    node: Option<TomlNode<'_>>,
    help: &str,
    parse: impl Fn(&str) -> Result<T, NoPlace>,
    problems: &mut Vec<Diagnostic>,
) -> Vec<T> {
    let texts = raw.map(OneOrMany::as_slice).unwrap_or_default();
    if raw.is_some() && texts.is_empty() {
        problems.push(wrong("the list names no place", node, help));
    }
    let nodes = node.map(TomlNode::one_or_many).unwrap_or_default();
    let mut places = Vec::new();
    for (text, node) in texts.iter().zip(nodes) {
        match parse(text) {
            Ok(place) if places.contains(&place) => {
                let message = format!("`{text}` is named twice");
                problems.push(wrong(message, Some(node), "name it once"));
            }
            Ok(place) => places.push(place),
            Err(error) => problems.push(wrong(error, Some(node), help)),
        }
    }
    places
}

fn wrong(message: impl Display, node: Option<TomlNode<'_>>, help: &str) -> Diagnostic {
    let problem = Diagnostic::error(Code::CONFIG_BAD_VALUE, message.to_string()).help(help);
    match node {
        Some(node) => problem.at(node.place()),
        None => problem,
    }
}
