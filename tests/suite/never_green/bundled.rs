//! The bundled content, technique by technique, each with one file damaged.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use rayon::prelude::*;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::never_green::damage::{Damage, copy_folder, link_folder};

const TECHNIQUES: [&str; 3] = ["T1021.008", "T1219", "T1219.001"];

const KINDS: [&str; 4] = ["atomics", "expectations", "detections", "fixtures"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A project with the content of one technique: nothing that could be damaged
/// without harm.
fn project(technique: &str) -> TempDir {
    let home = TempDir::new().expect("a temporary folder");
    for kind in ["atomics", "fixtures"] {
        let inside = Path::new(kind).join(technique);
        copy_folder(&root().join(&inside), &home.path().join(&inside));
    }
    for kind in ["expectations", "detections"] {
        fs::create_dir(home.path().join(kind)).expect("a folder");
    }
    let expectation = format!("expectations/{technique}.yaml");
    fs::copy(root().join(&expectation), home.path().join(&expectation)).expect("an expectation");
    let expected = read(&home.path().join(&expectation));
    let mut taken = 0;
    for rule in files(&root().join("detections")) {
        if ids(&read(&rule)).iter().any(|id| expected.contains(id)) {
            // One idea has the same name in the folder of every language.
            let language = rule.parent().and_then(Path::file_name).expect("a folder");
            let folder = home.path().join("detections").join(language);
            fs::create_dir_all(&folder).expect("a folder");
            let name = rule.file_name().expect("a name");
            fs::copy(&rule, folder.join(name)).expect("a rule");
            taken += 1;
        }
    }
    assert!(taken > 2, "{technique} has {taken} rules");
    home
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a text")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let all = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .build();
    let mut files: Vec<_> = all
        .flatten()
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

/// The ids that a file of rules or atomics gives.
fn ids(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| {
            let line = line.trim_start_matches(['-', ' ']);
            let id = line.strip_prefix("id: ");
            id.or_else(|| line.strip_prefix("auto_generated_guid: "))
        })
        .map(|id| id.trim().to_owned())
        .collect()
}

/// Runs a project; its exit code and its output.
fn run(home: &Path) -> (Option<i32>, String) {
    let folders = KINDS
        .iter()
        .flat_map(|kind| [format!("--{kind}"), (*kind).to_owned()]);
    let output = Command::cargo_bin("misfire")
        .expect("the binary")
        .current_dir(home)
        .env_remove("GITHUB_ACTIONS")
        .args(["run", "--threads", "1"])
        .args(folders)
        .output()
        .expect("a finished run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), text)
}

/// A second project of the same files, one of which is changed and restored at a
/// time.
struct Copy {
    home: TempDir,
    whole: PathBuf,
}

impl Copy {
    fn of(whole: &Path) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        link_folder(whole, home.path());
        Self {
            home,
            whole: whole.to_owned(),
        }
    }

    fn path(&self, inside: &Path) -> PathBuf {
        self.home.path().join(inside)
    }

    /// Writes a file without writing into the whole project.
    fn replace(&self, inside: &Path, bytes: &[u8]) {
        let path = self.path(inside);
        fs::remove_file(&path).expect("a removable file");
        fs::write(path, bytes).expect("a writable file");
    }

    fn restore(&self, inside: &Path) {
        let path = self.path(inside);
        if path.exists() {
            fs::remove_file(&path).expect("a removable file");
        }
        fs::hard_link(self.whole.join(inside), path).expect("a second name");
    }
}

/// What can be damaged: everything but the texts that binary logs were made of.
fn inputs(whole: &Path) -> Vec<PathBuf> {
    let inside = |path: PathBuf| path.strip_prefix(whole).expect("a path below").to_owned();
    files(whole)
        .into_iter()
        .filter(|path| path.extension().is_none_or(|ending| ending != "jsonl"))
        .map(inside)
        .collect()
}

/// What the message must hold: the file or its fixture, or what is gone with it.
fn names(whole: &Path, input: &Path) -> Vec<String> {
    let mut names = vec![input.display().to_string()];
    let kind = input.components().next().expect("a folder");
    let stem = input.file_stem().expect("a name").display().to_string();
    match kind.as_os_str().to_str() {
        Some("detections") => names.extend(ids(&read(&whole.join(input)))),
        Some("atomics") => {
            names.extend(ids(&read(&whole.join(input))));
            // Without its one file, the folder is empty.
            names.push("--> atomics\n".to_owned());
        }
        // What is expected wrongly is told with the test.
        Some("expectations") => names.extend([stem, "--> expectations\n".to_owned()]),
        _ => {
            let folder = input.parent().expect("a folder");
            let name = folder.strip_prefix("fixtures").expect("a path below");
            names.push(name.display().to_string());
        }
    }
    names
}

/// Whether a manifest that was cut short still says everything that judgements
/// rest on. What is gone then stood behind that, for people, and might as well have
/// been left out by its author: nobody can tell.
fn says_all(whole: &Path, damaged: &Path) -> bool {
    let judged = |path: &Path| {
        let manifest: serde_yaml::Value = serde_yaml::from_str(&read(path)).ok()?;
        let mut manifest = manifest.as_mapping()?.clone();
        for key in ["unverified_shape", "notes"] {
            manifest.remove(key);
        }
        Some(manifest)
    };
    judged(whole).is_some_and(|whole| judged(damaged) == Some(whole))
}

/// What is wrong with a run that must not be green and must name something; nothing
/// if it is right.
fn lie((code, text): &(Option<i32>, String), names: &[String]) -> Option<&'static str> {
    if *code == Some(0) || text.contains("all as expected") {
        Some("is green")
    } else if code.is_none() {
        Some("did not end by itself")
    } else if !names.iter().any(|name| text.contains(name)) {
        Some("does not say what is damaged")
    } else {
        None
    }
}

fn assert_honest(lies: Vec<String>, cases: usize) {
    assert!(
        lies.is_empty(),
        "{} of {cases}:\n{}",
        lies.len(),
        lies.join("\n----\n")
    );
}

#[test]
fn no_damaged_file_is_ever_green() {
    let mut lies = Vec::new();
    let mut cases = 0;
    for technique in TECHNIQUES {
        let whole = project(technique);
        let (code, text) = run(whole.path());
        assert_eq!(code, Some(0), "{technique} as it is:\n{text}");
        assert!(text.contains("all as expected"), "{text}");
        let inputs = inputs(whole.path());
        assert!(inputs.len() > 20, "{technique}: {} inputs", inputs.len());
        let all: Vec<_> = inputs
            .iter()
            .flat_map(|input| Damage::ALL.map(|damage| (input, damage)))
            .collect();
        cases += all.len();
        lies.par_extend(all.par_iter().map_init(
            || Copy::of(whole.path()),
            |copy, (input, damage)| {
                let damaged = copy.path(input);
                damage.inflict(&damaged);
                let is_manifest = input.file_name().is_some_and(|name| name == "fixture.yaml");
                let is_unharmed = is_manifest
                    && *damage == Damage::Halve
                    && says_all(&whole.path().join(input), &damaged);
                let done = run(copy.home.path());
                copy.restore(input);
                let lie = lie(&done, &names(whole.path(), input)).filter(|_| !is_unharmed)?;
                Some(format!(
                    "{damage:?} {} {lie}: {:?}\n{}",
                    input.display(),
                    done.0,
                    done.1
                ))
            },
        ));
    }
    assert_honest(lies.into_iter().flatten().collect(), cases);
}

fn hash(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The manifest with another file in the place of one.
fn corrected(manifest: &str, old: &[u8], new: &[u8], records: (usize, usize)) -> String {
    let found = manifest.find(&hash(old)).expect("the hash of the log");
    let (before, behind) = manifest.split_at(found);
    let behind = behind.replacen(&hash(old), &hash(new), 1);
    let count = format!("records: {}", records.0);
    assert!(behind.contains(&count), "{manifest}");
    before.to_owned() + &behind.replacen(&count, &format!("records: {}", records.1), 1)
}

/// The text that a log was made of, or the log itself: its records, and how they are
/// put together again.
struct Text {
    records: Vec<Value>,
    key: Option<String>,
}

impl Text {
    fn of(path: &Path) -> Self {
        // What is simulated has no text beside it.
        let text = match path.exists() {
            true => read(path),
            false => converted(&path.with_extension("evtx")),
        };
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            let records = text
                .lines()
                .map(|line| serde_json::from_str(line).expect("JSON"));
            return Self {
                records: records.collect(),
                key: None,
            };
        }
        let document: Value = serde_json::from_str(&text).expect("JSON");
        let (key, records) = document
            .as_object()
            .and_then(|document| document.iter().find(|(_, value)| value.is_array()))
            .expect("a list of records");
        Self {
            records: records.as_array().expect("a list").clone(),
            key: Some(key.clone()),
        }
    }

    fn first(&self, count: usize) -> String {
        let records = &self.records[..count];
        match &self.key {
            Some(key) => serde_json::json!({ key: records }).to_string(),
            None => records.iter().map(|record| format!("{record}\n")).collect(),
        }
    }
}

/// A binary log as lines of JSON.
fn converted(log: &Path) -> String {
    let done = Command::cargo_bin("misfire")
        .expect("the binary")
        .arg("convert")
        .arg(log)
        .args(["--to", "jsonl", "-o", "-", "--quiet"])
        .output()
        .expect("the binary runs");
    assert!(done.status.success(), "{done:?}");
    String::from_utf8(done.stdout).expect("text")
}

/// The log that holds these records, in the format of another.
fn log_of(text: &str, path: &Path) -> Vec<u8> {
    if path.extension().is_none_or(|ending| ending != "evtx") {
        return text.as_bytes().to_vec();
    }
    let home = TempDir::new().expect("a temporary folder");
    fs::write(home.path().join("x.jsonl"), text).expect("a log");
    Command::cargo_bin("misfire")
        .expect("the binary")
        .current_dir(home.path())
        .args(["convert", "x.jsonl", "-o", "x.evtx", "--quiet"])
        .assert()
        .success();
    fs::read(home.path().join("x.evtx")).expect("a log")
}

/// The logs of a project: each with the text that it was made of.
fn logs(whole: &Path) -> Vec<(PathBuf, PathBuf)> {
    let logs = inputs(whole).into_iter().filter(|input| {
        let ending = input.extension().and_then(|ending| ending.to_str());
        matches!(ending, Some("evtx" | "json"))
    });
    logs.map(|log| {
        let text = if log.extension().is_some_and(|ending| ending == "evtx") {
            log.with_extension("jsonl")
        } else {
            log.clone()
        };
        (log, text)
    })
    .collect()
}

/// Whoever cuts a log and corrects the manifest has another recording, which lacks
/// what the test must leave. What is left of something benign may still be benign:
/// of controls, only that nothing is quiet on nothing is certain.
#[test]
fn a_recording_without_its_later_records_is_not_green() {
    let mut lies = Vec::new();
    let mut cases = 0;
    for technique in TECHNIQUES {
        let whole = project(technique);
        let expected = read(&root().join(format!("expectations/{technique}.yaml")));
        let logs = logs(whole.path());
        let logs: Vec<_> = logs
            .iter()
            .filter(|(log, _)| !log.components().any(|part| part.as_os_str() == "controls"))
            // A log that no signal is about lacks nothing that is expected.
            .filter(|(log, _)| {
                let source = log.file_stem().and_then(|name| name.to_str());
                source.is_some_and(|source| expected.contains(&format!("source: {source}")))
            })
            .collect();
        cases += logs.len();
        lies.par_extend(logs.par_iter().map_init(
            || Copy::of(whole.path()),
            |copy, (log, text)| {
                let text = Text::of(&whole.path().join(text));
                let all = text.records.len();
                // Some later records are no signal of anything. A log of one record is
                // whole as it is.
                let kept = 1;
                if all <= kept {
                    return None;
                }
                let old = fs::read(whole.path().join(log)).expect("a log");
                let new = log_of(&text.first(kept), log);
                let manifest = log.with_file_name("fixture.yaml");
                let told = corrected(
                    &read(&whole.path().join(&manifest)),
                    &old,
                    &new,
                    (all, kept),
                );
                copy.replace(log, &new);
                copy.replace(&manifest, told.as_bytes());
                let done = run(copy.home.path());
                copy.restore(log);
                copy.restore(&manifest);
                let lie = lie(&done, &names(whole.path(), log))?;
                Some(format!(
                    "{} cut to {kept} of {all} {lie}: {:?}\n{}",
                    log.display(),
                    done.0,
                    done.1
                ))
            },
        ));
    }
    assert_honest(lies.into_iter().flatten().collect(), cases);
}

/// Two logs that have changed places are noticed by their hashes.
#[test]
fn logs_that_have_changed_places_are_not_green() {
    let mut lies = Vec::new();
    let mut cases = 0;
    for technique in TECHNIQUES {
        let whole = project(technique);
        let all = logs(whole.path());
        let next = all.iter().cycle().skip(2);
        let pairs: Vec<_> = all
            .iter()
            .zip(next)
            .filter(|((one, _), (other, _))| one.file_name() == other.file_name())
            .collect();
        assert!(pairs.len() > 5, "{technique}: {} pairs", pairs.len());
        cases += pairs.len();
        lies.par_extend(pairs.par_iter().map_init(
            || Copy::of(whole.path()),
            |copy, ((one, _), (other, _))| {
                let bytes = |log: &Path| fs::read(whole.path().join(log)).expect("a log");
                copy.replace(one, &bytes(other));
                copy.replace(other, &bytes(one));
                let done = run(copy.home.path());
                copy.restore(one);
                copy.restore(other);
                let both = [names(whole.path(), one), names(whole.path(), other)];
                let lie = both.iter().find_map(|names| lie(&done, names))?;
                Some(format!(
                    "{} for {} {lie}: {:?}\n{}",
                    one.display(),
                    other.display(),
                    done.0,
                    done.1
                ))
            },
        ));
    }
    assert_honest(lies.into_iter().flatten().collect(), cases);
}
