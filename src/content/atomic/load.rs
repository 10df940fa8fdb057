//! Loading atomics from a folder, or from texts.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use rayon::prelude::*;

use super::check;
use super::model::{Atomic, TechniqueId};
use super::raw::RawTechnique;
use crate::content::files::{find_files, read_text};
use crate::content::structure::Form;
use crate::diagnostic::{self, Code, Diagnostic, Place, SourceText, YamlNode};

static FORM: LazyLock<Form<RawTechnique>> = LazyLock::new(Form::new);

/// The JSON Schema of a file of atomics.
pub(in crate::content) fn schema() -> &'static serde_json::Value {
    FORM.schema()
}

/// The JSON Schema of a file of atomics.
#[must_use]
pub fn atomics_schema() -> &'static serde_json::Value {
    FORM.schema()
}

/// The folders that may stand beside a file of atomics.
const BESIDE: [&str; 2] = ["src", "bin"];

/// What was loaded, and what could not be.
#[derive(Debug, Default)]
pub struct LoadedAtomics {
    /// The atomics that nothing is wrong with, in the order of their files.
    pub atomics: Vec<Arc<Atomic>>,
    /// Everything that is wrong with the files.
    pub problems: Vec<Diagnostic>,
    /// How many files were read.
    pub files: usize,
}

/// Loads every atomic below a folder that is laid out as the public one:
/// `T1219/T1219.yaml`, with the folders `src` and `bin` beside it if need be.
///
/// Files that are not YAML, and folders that are not named as techniques are,
/// are passed over.
#[must_use]
pub fn load_atomics(root: &Path) -> LoadedAtomics {
    let (found, mut problems) = find_files(&[root.to_owned()]);
    let mut texts = Vec::new();
    let mut strange = BTreeMap::new();
    for file in found {
        match role(root, &file.path) {
            Role::Atomics => texts.push(file.path),
            Role::Misplaced(problem) => problems.push(*problem),
            Role::InStrangeFolder(folder) => {
                strange.entry(folder).or_insert(());
            }
            Role::Other => {}
        }
    }
    problems.extend(strange.into_keys().map(|folder| {
        Diagnostic::error(
            Code::ATOMIC_MISPLACED_FILE,
            "the folder is neither `src` nor `bin`",
        )
        .in_file(&folder)
        .help("move what it holds into `src` or `bin`; there can be no other folder beside atomics")
    }));
    let is_empty = texts.is_empty() && problems.is_empty();
    let mut loaded = gathered(
        texts
            .par_iter()
            .map(|path| parse(read_text(path)))
            .collect(),
    );
    loaded.problems.extend(problems);
    if is_empty {
        loaded.problems.push(
            Diagnostic::error(Code::IO_NOTHING_FOUND, "there is no atomic here")
                .in_file(root)
                .help(where_atomics_are(root)),
        );
    }
    diagnostic::sort(&mut loaded.problems);
    loaded
}

/// Where to look for atomics when a folder holds none; a checkout of the public ones
/// has them in a folder of its own.
fn where_atomics_are(root: &Path) -> String {
    let below = root.join("atomics");
    let techniques = std::fs::read_dir(&below).into_iter().flatten().flatten();
    let mut names = techniques.map(|entry| entry.file_name());
    if names.any(|name| name.to_str().is_some_and(is_like_technique)) {
        format!("did you mean `{}`?", below.display())
    } else {
        "atomics stand in files such as `T1219/T1219.yaml` below this folder".to_owned()
    }
}

/// Loads atomics from texts, in their order. The names of the files count: each
/// must end as in `T1219/T1219.yaml`.
#[must_use]
pub fn load_atomics_from(texts: Vec<Result<Arc<SourceText>, Box<Diagnostic>>>) -> LoadedAtomics {
    let mut loaded = gathered(texts.into_par_iter().map(parse).collect());
    diagnostic::sort(&mut loaded.problems);
    loaded
}

/// What a file below the folder of atomics is.
enum Role {
    /// A file of atomics.
    Atomics,
    /// A file that was meant to be one.
    Misplaced(Box<Diagnostic>),
    /// A file in a folder that must not be there.
    InStrangeFolder(PathBuf),
    /// Anything else.
    Other,
}

fn role(root: &Path, path: &Path) -> Role {
    let inside = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = inside
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    match parts.as_slice() {
        [file] if is_yaml(file) && is_like_technique(stem(file)) => misplaced(
            path,
            "the file of atomics stands in no folder of its technique",
            format!("move it to `{}/{file}`", stem(file)),
        ),
        [folder, file] if is_like_technique(folder) && is_yaml(file) => {
            let wanted = format!("{}.yaml", folder.to_uppercase());
            if !folder.starts_with('T') {
                let message = "the folder of atomics is not named after its technique";
                misplaced(
                    path,
                    message,
                    format!("rename the folder to `{}`", folder.to_uppercase()),
                )
            } else if *file == wanted {
                Role::Atomics
            } else if stem(file).eq_ignore_ascii_case(folder) {
                let message = "the file of atomics is not named as its folder, with `.yaml`";
                misplaced(path, message, format!("rename the file to `{wanted}`"))
            } else {
                let message = "the file of atomics is not named after its folder";
                let help = format!(
                    "put its tests into `{folder}/{wanted}`, or move it to `{folder}/src` if it holds none"
                );
                misplaced(path, message, help)
            }
        }
        [folder, beside, _, ..] if is_like_technique(folder) && folder.starts_with('T') => {
            if BESIDE.contains(&beside.as_ref()) {
                Role::Other
            } else {
                Role::InStrangeFolder(root.join(&**folder).join(&**beside))
            }
        }
        _ => Role::Other,
    }
}

fn misplaced(path: &Path, message: &str, help: String) -> Role {
    Role::Misplaced(Box::new(
        Diagnostic::error(Code::ATOMIC_MISPLACED_FILE, message)
            .in_file(path)
            .help(help),
    ))
}

fn is_yaml(file: &str) -> bool {
    let file = file.to_ascii_lowercase();
    file.ends_with(".yaml") || file.ends_with(".yml")
}

fn stem(file: &str) -> &str {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// Whether a name is that of a technique, or was likely meant to be.
fn is_like_technique(name: &str) -> bool {
    let mut characters = name.chars();
    matches!(characters.next(), Some('T' | 't'))
        && characters.next().is_some_and(|next| next.is_ascii_digit())
}

/// What one file holds, and what is wrong with it.
type ParsedFile = (Vec<Located>, Vec<Diagnostic>);

/// An atomic, and where its GUID stands.
struct Located {
    atomic: Atomic,
    guid: Option<Place>,
}

fn parse(text: Result<Arc<SourceText>, Box<Diagnostic>>) -> ParsedFile {
    match text {
        Ok(source) => FORM
            .read(&source, atomics_of)
            .unwrap_or_else(|problems| (Vec::new(), problems)),
        Err(problem) => (Vec::new(), vec![*problem]),
    }
}

fn atomics_of(raw: RawTechnique, root: YamlNode<'_>) -> ParsedFile {
    let mut problems = Vec::new();
    let written = root.get("attack_technique").unwrap_or(root);
    let Some(technique) = TechniqueId::parse(&raw.attack_technique) else {
        problems.push(
            Diagnostic::error(
                Code::CONTENT_BAD_VALUE,
                "`attack_technique` is no technique of ATT&CK",
            )
            .at(written.first_line())
            .help("write an id such as `T1219` or `T1219.001`"),
        );
        return (Vec::new(), problems);
    };
    let place_fault = place_fault(&root.source().file, &technique);
    let is_misplaced = place_fault.is_some();
    if let Some(help) = place_fault {
        problems.push(
            Diagnostic::error(
                Code::ATOMIC_MISPLACED_FILE,
                format!("the file holds atomics of {technique} and is not named after it"),
            )
            .at(written.first_line())
            .help(help),
        );
    }
    let mut nodes = root
        .get("atomic_tests")
        .into_iter()
        .flat_map(YamlNode::elements);
    let mut atomics = Vec::new();
    for (index, test) in raw.atomic_tests.into_iter().enumerate() {
        let node = nodes.next().unwrap_or(root);
        let guid = node.get("auto_generated_guid").map(YamlNode::place);
        let atomic = check::atomic(&technique, index, test, node, &mut problems);
        atomics.extend(atomic.map(|atomic| Located { atomic, guid }));
    }
    if is_misplaced {
        // Which technique they are of is not sure.
        atomics.clear();
    }
    (atomics, problems)
}

/// What to do about a file that is not `T1219/T1219.yaml`.
fn place_fault(file: &Path, technique: &TechniqueId) -> Option<String> {
    let wanted = Path::new(technique.as_str()).join(format!("{technique}.yaml"));
    if file.ends_with(&wanted) {
        return None;
    }
    let folder = file.parent().and_then(Path::file_name);
    let stem = file.file_stem();
    if stem.is_some() && stem == folder && file.extension().is_some_and(|ending| ending == "yaml") {
        let name = stem.unwrap_or_default().to_string_lossy();
        return Some(format!(
            "write `attack_technique: {name}`, or move the file to `{technique}/{technique}.yaml`"
        ));
    }
    Some(format!("move the file to `{technique}/{technique}.yaml`"))
}

fn gathered(parsed: Vec<ParsedFile>) -> LoadedAtomics {
    let mut loaded = LoadedAtomics {
        files: parsed.len(),
        ..LoadedAtomics::default()
    };
    let mut places: BTreeMap<_, Place> = BTreeMap::new();
    for (atomics, problems) in parsed {
        loaded.problems.extend(problems);
        for Located { atomic, guid } in atomics {
            if let (Some(id), Some(place)) = (atomic.guid, guid) {
                match places.entry(id) {
                    Entry::Vacant(entry) => {
                        entry.insert(place);
                    }
                    Entry::Occupied(first) => {
                        loaded.problems.push(duplicate(place, first.get()));
                        continue;
                    }
                }
            }
            loaded.atomics.push(Arc::new(atomic));
        }
    }
    loaded
}

fn duplicate(place: Place, first: &Place) -> Diagnostic {
    let line = first
        .line_and_column()
        .map_or_else(String::new, |(line, _)| format!(" in line {line}"));
    Diagnostic::error(
        Code::ATOMIC_DUPLICATE_GUID,
        "another atomic has the same GUID",
    )
    .at(place)
    .help(format!(
        "give it a new one; the other stands{line} of {}",
        first.file.display()
    ))
}
