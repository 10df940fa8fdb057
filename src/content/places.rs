//! Where the parts of a content file stand.

use crate::diagnostic::{Code, Diagnostic, Place, YamlNode, did_you_mean};
use crate::event::catalogue::{Catalogue, Source};

/// The place of the value of a key; where there is none, the first line of the
/// mapping.
pub(super) fn of(node: YamlNode<'_>, key: &str) -> Place {
    node.get(key)
        .map_or_else(|| node.first_line(), |value| value.first_line())
}

/// The place of a key itself; where there is none, the first line of the mapping.
pub(super) fn of_key(node: YamlNode<'_>, key: &str) -> Place {
    node.pair(key)
        .map_or_else(|| node.first_line(), |(key, _)| key.place())
}

/// The elements of a list below a key.
pub(super) fn elements<'y>(node: YamlNode<'y>, key: &str) -> impl Iterator<Item = YamlNode<'y>> {
    node.get(key).into_iter().flat_map(YamlNode::elements)
}

/// The values below a key that has one of them or a list.
pub(super) fn one_or_many<'y>(node: YamlNode<'y>, key: &str) -> Vec<YamlNode<'y>> {
    match node.get(key) {
        None => Vec::new(),
        Some(value) if value.is_list() => value.elements().collect(),
        Some(value) => vec![value],
    }
}

/// The source of that short name.
///
/// # Errors
///
/// A diagnostic of that code: there is none.
pub(super) fn source(
    name: &str,
    place: impl FnOnce() -> Place,
    code: Code,
) -> Result<&'static Source, Diagnostic> {
    let catalogue = Catalogue::bundled();
    catalogue.source(name).ok_or_else(|| {
        let known = || {
            let sources = catalogue.sources().iter();
            sources.map(|source| source.id.as_str())
        };
        // Many know a source by its product's words.
        let by_title = catalogue.sources().iter().find(|source| {
            let title = source.title.to_lowercase();
            let name = name.to_lowercase();
            title == name || title.split(' ').any(|word| word == name)
        });
        let help = match (did_you_mean(name, known()), by_title) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, Some(source)) => format!("did you mean `{}`?", source.id),
            (None, None) => "common ones are `sysmon`, `security`, `system`, `powershell`, \
                             `taskscheduler`, `cloudtrail`, and `azure-activity`"
                .to_owned(),
        };
        Diagnostic::error(code, format!("there is no source `{name}`"))
            .at(place())
            .help(help)
    })
}
