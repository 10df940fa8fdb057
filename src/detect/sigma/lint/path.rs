//! Paths such as `/detection/selection/Image|endswith`, by which the library says
//! where in a document something is.

use crate::diagnostic::YamlNode;

/// Where a path leads: the key of the last step, if it is one, and the value.
#[derive(Clone, Copy)]
pub(super) struct Target<'y> {
    pub(super) key: Option<YamlNode<'y>>,
    pub(super) value: YamlNode<'y>,
}

/// Every node at a path. A key may itself hold slashes, and the library leaves out the
/// step through a list of mappings, so that a path can lead to several.
pub(super) fn resolve<'y>(document: YamlNode<'y>, path: &str) -> Vec<Target<'y>> {
    let mut targets = Vec::new();
    let path = path.strip_prefix('/').unwrap_or(path);
    if !path.is_empty() {
        follow(document, path, &mut targets);
    }
    targets
}

fn follow<'y>(node: YamlNode<'y>, path: &str, targets: &mut Vec<Target<'y>>) {
    for (key, value) in node.pairs() {
        let Some(rest) = key.as_str().and_then(|name| path.strip_prefix(name)) else {
            continue;
        };
        if rest.is_empty() {
            targets.push(Target {
                key: Some(key),
                value,
            });
        } else if let Some(rest) = rest.strip_prefix('/') {
            follow(value, rest, targets);
        }
    }
    let (step, rest) = path.split_once('/').unwrap_or((path, ""));
    match step.parse::<usize>() {
        Ok(number) => match (node.elements().nth(number), rest) {
            (Some(value), "") => targets.push(Target { key: None, value }),
            (Some(value), rest) => follow(value, rest, targets),
            (None, _) => {}
        },
        Err(_) => node
            .elements()
            .for_each(|element| follow(element, path, targets)),
    }
}
