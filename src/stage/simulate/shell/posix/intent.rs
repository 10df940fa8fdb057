//! What a script intends of what is not known.

use super::run::Intent;
use super::syntax::{CommandKind, Joint, List, Part, Pipeline};

/// What the script intends of a condition that `&&` or `||` follows.
pub(super) fn intent_before(joint: Joint, pipeline: &Pipeline) -> Intent {
    match joint {
        Joint::And if gives_up(pipeline) => Intent::Failure,
        _ => Intent::Success,
    }
}

/// What the script intends of the condition of a body: a body that gives up is not
/// meant to be run.
pub(super) fn intent_of_body(body: &List) -> Intent {
    match body.last() {
        Some(item) if item.rest.is_empty() && gives_up(&item.first) => Intent::Failure,
        _ => Intent::Success,
    }
}

/// Whether a pipeline is `exit` or `return` with another status than 0.
pub(super) fn gives_up(pipeline: &Pipeline) -> bool {
    let [command] = pipeline.commands.as_slice() else {
        return false;
    };
    match &command.kind {
        CommandKind::Simple { words, .. } => match words.as_slice() {
            [name, status] => match (name.as_slice(), status.as_slice()) {
                ([Part::Plain(name)], [Part::Plain(status)]) => {
                    matches!(name.as_str(), "exit" | "return") && status != "0"
                }
                _ => false,
            },
            _ => false,
        },
        CommandKind::Group(list) | CommandKind::Subshell(list) => intent_of_body(list).is_failure(),
        _ => false,
    }
}
