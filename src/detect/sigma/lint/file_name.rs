//! File names that are compared with full paths.

use super::edits;
use super::rule::{Item, Part, Rule, Sign, plain, signs};
use super::rules::{BARE_NAME, BARE_START, NO_SEPARATOR};
use crate::detect::lint::{Edit, Finding, Remedy};
use crate::diagnostic::{Severity, YamlNode};

/// Fields that hold the full path of a program or a library.
const IMAGES: [&str; 9] = [
    "GrandParentImage",
    "Image",
    "ImageLoaded",
    "NewProcessName",
    "ParentImage",
    "ParentProcessName",
    "ProcessName",
    "SourceImage",
    "TargetImage",
];

/// Endings of files that are run or loaded.
const PROGRAMS: [&str; 6] = ["exe", "dll", "com", "scr", "sys", "cpl"];

/// Whether a field holds the full path of a file.
pub(super) fn is_path(field: &str) -> bool {
    field == "TargetFilename" || IMAGES.contains(&field)
}

pub(super) fn check(rule: &Rule<'_>, findings: &mut Vec<Finding>) {
    for (part, item) in rule.items() {
        match Compared::of(rule, item) {
            Some(Compared::Start) => starts(rule, part, item, findings),
            Some(Compared::End) => ends(rule, part, item, findings),
            Some(Compared::Whole(separator)) => whole(rule, part, item, separator, findings),
            None => {}
        }
    }
}

/// What of a path is compared.
#[derive(Debug, Clone, Copy)]
enum Compared {
    Start,
    End,
    /// All of it, in which this stands between the names.
    Whole(char),
}

impl Compared {
    fn of(rule: &Rule<'_>, item: &Item<'_>) -> Option<Self> {
        if !is_path(item.field) || !item.is_of_text() || item.has("neq") {
            return None;
        }
        let has_slashes = ["linux", "macos"]
            .map(Some)
            .contains(&rule.log_source.product.as_deref());
        match (rule.is_windows(), has_slashes) {
            (true, _) if item.has("startswith") => Some(Self::Start),
            (true, _) if item.has("endswith") => Some(Self::End),
            (true, _) if !item.has("contains") => Some(Self::Whole('\\')),
            (_, true) if !item.has_any(&["startswith", "endswith", "contains"]) => {
                Some(Self::Whole('/'))
            }
            _ => None,
        }
    }
}

/// Whether a part asks for paths that there are not.
pub(super) fn is_impossible(rule: &Rule<'_>, part: &Part<'_>) -> bool {
    let never = |item: &Item<'_>| {
        let all = |is_bad: &dyn Fn(&str) -> bool| {
            let is_bad = |value: &YamlNode<'_>| value.as_str().is_some_and(is_bad);
            !item.values.is_empty() && item.values.iter().all(is_bad)
        };
        match Compared::of(rule, item) {
            Some(Compared::Start) => all(&|text| bad_start(text).is_some()),
            Some(Compared::Whole(separator)) => all(&|text| is_no_path(text, separator)),
            Some(Compared::End) | None => false,
        }
    };
    part.groups.iter().flatten().any(never)
}

/// How bad a value is that matches nothing: a rule cannot fire for it, unless there is
/// something else that it can match.
fn severity(rule: &Rule<'_>, part: &Part<'_>, item: &Item<'_>) -> Severity {
    let is_all = item.values.len() == 1 || item.has("all");
    let is_needed = part.groups.len() == 1 && !part.has_more && !rule.is_only_excluded(part.name);
    if is_all && is_needed {
        Severity::Error
    } else {
        Severity::Warning
    }
}

/// The ending of a file's name.
fn extension(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    let is_one = (2..=4).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && extension.bytes().any(|byte| byte.is_ascii_alphabetic());
    (is_one && !stem.is_empty()).then_some(extension)
}

/// Whether a value is the name of a file without any folder.
fn is_bare(text: &str, separator: char) -> bool {
    let Some(text) = plain(text) else {
        return false;
    };
    if separator == '/' {
        let is_right = |character: char| {
            character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '+' | '-')
        };
        return text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.chars().all(is_right);
    }
    !text.contains(['\\', '/', ':', '%', '"', '<']) && extension(&text).is_some()
}

/// Whether a value begins with a backslash and has none of what such a path begins with.
fn is_rooted(text: &str) -> bool {
    /// How the kernel names what has no drive.
    const KERNEL: [&str; 4] = ["\\\\", "\\device\\", "\\systemroot\\", "\\??\\"];
    plain(text).is_some_and(|text| {
        let lower = text.to_lowercase();
        lower.starts_with('\\')
            && !KERNEL.iter().any(|start| lower.starts_with(start))
            && extension(&text).is_some()
    })
}

/// Whether a value is only the end of a path.
fn is_no_path(text: &str, separator: char) -> bool {
    is_bare(text, separator) || (separator == '\\' && is_rooted(text))
}

/// A value as the end of paths.
fn as_end(text: &str, separator: char) -> String {
    match text.starts_with(separator) {
        true => text.to_owned(),
        false => format!("{separator}{text}"),
    }
}

fn whole(
    rule: &Rule<'_>,
    part: &Part<'_>,
    item: &Item<'_>,
    separator: char,
    findings: &mut Vec<Finding>,
) {
    let texts: Vec<_> = item.texts().collect();
    let mut bare = texts.iter().filter(|(_, text)| is_no_path(text, separator));
    let Some((node, text)) = bare.next() else {
        return;
    };
    let others = bare.count();
    let field = item.field;
    let mut finding = Finding::new(
        &BARE_NAME,
        format!("`{field}` holds a full path, which `{text}` never equals"),
        node.place(),
    );
    finding.diagnostic.severity = severity(rule, part, item);
    let key = format!("{field}|endswith");
    let is_free = item.modifiers.is_empty() && !has_key(part, &key);
    let edits = (is_free && others + 1 == item.values.len())
        .then(|| with_endings(item, &key, &texts, separator))
        .flatten();
    let end = as_end(text, separator);
    let title = format!("ask for the end: `{key}: '{end}'`");
    findings.push(match edits {
        Some(edits) => finding.fix(Remedy::Proposed, title, edits),
        None => finding.help(title),
    });
}

fn has_key(part: &Part<'_>, key: &str) -> bool {
    let items = part.groups.iter().flatten();
    items.into_iter().any(|item| item.key.as_str() == Some(key))
}

fn with_endings(
    item: &Item<'_>,
    key: &str,
    texts: &[(YamlNode<'_>, &str)],
    separator: char,
) -> Option<Vec<Edit>> {
    let key = std::iter::once(edits::value(item.key, key));
    let values = texts
        .iter()
        .map(|(node, text)| edits::value(*node, &as_end(text, separator)));
    key.chain(values).collect()
}

fn ends(rule: &Rule<'_>, part: &Part<'_>, item: &Item<'_>, findings: &mut Vec<Finding>) {
    for (node, text) in item.texts() {
        let is_name = text.starts_with(|first: char| first.is_ascii_alphanumeric());
        let Some(extension) = extension(text).filter(|_| is_name && is_bare(text, '\\')) else {
            continue;
        };
        let mut finding = Finding::new(
            &NO_SEPARATOR,
            format!("`{text}` is also the end of longer names, such as `\\x{text}`"),
            node.place(),
        )
        .fix(
            Remedy::Proposed,
            format!("write `\\{text}`"),
            edits::value(node, &format!("\\{text}"))
                .into_iter()
                .collect(),
        );
        let is_program = PROGRAMS.contains(&extension.to_ascii_lowercase().as_str());
        // What is excluded too widely can be made use of; a wide selection may be meant,
        // as `python.exe` is for `ipython.exe`.
        let is_exclusion = rule.is_only_excluded(part.name);
        if !is_program || !is_exclusion || !IMAGES.contains(&item.field) {
            finding.diagnostic.severity = Severity::Note;
        }
        findings.push(finding);
    }
}

/// What is wrong with the start of a path, as a change of it.
enum Start<'t> {
    /// Blanks in front.
    Blank(&'t str),
    /// A drive without its colon.
    NoColon(String),
    /// A path behind the drive's letter.
    NoDrive,
    /// A file's name.
    Name,
}

fn bad_start(text: &str) -> Option<Start<'_>> {
    /// Programs that are no files.
    const KERNEL: [&str; 5] = ["system", "registry", "memcompression", "idle", "vmmem"];
    let trimmed = text.trim_start_matches([' ', '\t']);
    let mut characters = text.chars();
    let (first, second) = (characters.next()?, characters.next());
    if trimmed.len() < text.len() {
        return is_drive(trimmed).then_some(Start::Blank(trimmed));
    }
    match (first, second) {
        (':', Some('\\')) => Some(Start::NoDrive),
        (letter, Some('\\')) if letter.is_ascii_alphabetic() => {
            Some(Start::NoColon(format!("{letter}:{}", &text[1..])))
        }
        _ => {
            let lower = text.to_lowercase();
            let is_kernel = KERNEL.iter().any(|name| name.starts_with(&lower));
            let is_name = is_bare(text, '\\')
                && first.is_ascii_alphanumeric()
                && !signs(text)
                    .iter()
                    .any(|(_, sign)| matches!(sign, Sign::Any | Sign::One));
            (is_name && !is_kernel).then_some(Start::Name)
        }
    }
}

fn is_drive(text: &str) -> bool {
    let mut characters = text.chars();
    let letter = characters
        .next()
        .is_some_and(|letter| letter.is_ascii_alphabetic());
    letter && characters.next() == Some(':')
}

fn starts(rule: &Rule<'_>, part: &Part<'_>, item: &Item<'_>, findings: &mut Vec<Finding>) {
    for (node, text) in item.texts() {
        let Some(start) = bad_start(text) else {
            continue;
        };
        let mut finding = Finding::new(
            &BARE_START,
            format!("no path starts with `{text}`"),
            node.place(),
        );
        finding.diagnostic.severity = severity(rule, part, item);
        let value = |meant: &str| edits::value(node, meant).into_iter().collect();
        findings.push(match start {
            Start::Blank(meant) => finding.fix(Remedy::Proposed, "remove the blank", value(meant)),
            Start::NoColon(meant) => finding.fix(
                Remedy::Proposed,
                format!("did you mean `{meant}`?"),
                value(&meant),
            ),
            Start::NoDrive => finding.fix(
                Remedy::Proposed,
                "leave the drive open: `?:` matches any",
                value(&format!("?{text}")),
            ),
            Start::Name => finding.help(format!("ask for `contains: '\\{text}'`")),
        });
    }
}
