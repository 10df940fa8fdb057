//! What is to be written, and whether it may be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::draft::slug;
use super::inputs::Inputs;
use super::known::Places;
use super::refusals::{
    in_the_way, wrong_arguments, wrong_condition, wrong_name, wrong_platform, wrong_source,
};
use super::scrubbing::Said as Scrubbed;
use super::survey::Survey;

use super::{DraftTo, ImportRequest, ImportSubject};
use crate::content::atomic::{Atomic, AtomicGuid, Platform, TechniqueId};
use crate::content::fixture::{Manifest, Said, SaidFile, SaidSensor, manifest_text};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::catalogue::Catalogue;
use crate::recording::Window;
use crate::run::folder;

/// No performance is observed for longer, in hours.
const LONGEST_WINDOW: i64 = 24 * 366;

/// What is to be written.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) technique: TechniqueId,
    /// The folder of the fixture.
    pub(super) folder: PathBuf,
    /// Its path below the folder of fixtures.
    pub(super) name: String,
    subject: Subject,
}

#[derive(Debug)]
enum Subject {
    Atomic {
        atomic: Arc<Atomic>,
        guid: AtomicGuid,
        given: Vec<(String, String)>,
    },
    Control(String),
}

/// What stands in a manifest, and where it came from.
pub(super) struct Made {
    pub(super) text: String,
    /// The names of the logs in the fixture.
    pub(super) names: Vec<String>,
    /// What stands for their hashes, which are known when they are copied.
    pub(super) marks: Vec<String>,
    pub(super) host: String,
    pub(super) platform: Platform,
    pub(super) window: Window,
    /// How many records lie outside of the window.
    pub(super) outside: u64,
    /// What each log holds.
    pub(super) held: Vec<super::survey::Held>,
    pub(super) doubts: Vec<Diagnostic>,
}

/// Stands in a manifest for the hash of a log until that is known.
fn hash_mark() -> String {
    let half = || uuid::Uuid::new_v4().simple().to_string();
    half() + &half()
}

impl Target {
    /// Says what is to be written.
    ///
    /// # Errors
    ///
    /// Everything that speaks against it.
    pub(super) fn of(
        request: &ImportRequest,
        places: &Places,
        inputs: &Inputs,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let (technique, subject, usual) = match &request.subject {
            ImportSubject::Atomic {
                guid,
                arguments,
                atomics,
            } => {
                let atomic = places.atomic(*guid, atomics)?;
                problems.extend(wrong_arguments(&atomic, arguments));
                let subject = Subject::Atomic {
                    atomic: Arc::clone(&atomic),
                    guid: *guid,
                    given: arguments.clone(),
                };
                (atomic.technique.clone(), subject, slug(&atomic.name))
            }
            ImportSubject::Control { why, technique } => {
                let first = inputs.logs.first().and_then(|log| log.path.file_stem());
                let stem = first.unwrap_or_default().to_string_lossy();
                let stem = slug(stem.split('.').next().unwrap_or_default());
                (technique.clone(), Subject::Control(why.clone()), stem)
            }
        };
        if let Subject::Control(why) = &subject
            && why.trim().is_empty()
        {
            problems.push(
                Diagnostic::error(
                    Code::FIXTURE_BAD_SUBJECT,
                    "it is not said why the control is benign",
                )
                .help("say what someone did there, and why it is no attack"),
            );
        }
        let name = request
            .name
            .clone()
            .unwrap_or_else(|| match usual.as_str() {
                "" => "capture".to_owned(),
                usual => usual.to_owned(),
            });
        problems.extend(wrong_name(&name));
        problems.extend(
            request
                .given
                .iter()
                .filter_map(|name| wrong_condition(name)),
        );
        problems.extend(
            request
                .looked_at
                .iter()
                .filter_map(|name| wrong_source(name)),
        );
        let inside = match &subject {
            Subject::Atomic { .. } => format!("{technique}/{name}"),
            Subject::Control(_) => format!("{technique}/controls/{name}"),
        };
        let folder = places.fixtures.join(&inside);
        if problems.is_empty() {
            problems.extend(in_the_way(&folder, request.existing));
            if let DraftTo::File(file) = &request.draft_to
                && file.symlink_metadata().is_ok()
            {
                problems.push(
                    Diagnostic::error(
                        Code::IMPORT_EXPECTATION_EXISTS,
                        "the file for the draft is there already, and is never overwritten",
                    )
                    .in_file(file)
                    .help("give another name, or `--expectation -` for standard output"),
                );
            }
        }
        if problems.is_empty() {
            Ok(Self {
                technique,
                folder,
                name: inside,
                subject,
            })
        } else {
            Err(problems)
        }
    }

    /// The atomic; a control has none.
    pub(super) fn atomic(&self) -> Option<(&Arc<Atomic>, AtomicGuid)> {
        match &self.subject {
            Subject::Atomic { atomic, guid, .. } => Some((atomic, *guid)),
            Subject::Control(_) => None,
        }
    }

    /// The arguments of the run by their names: those that were given, and the
    /// defaults of the others.
    pub(super) fn arguments(&self) -> Vec<(String, &str)> {
        let Subject::Atomic { atomic, given, .. } = &self.subject else {
            return Vec::new();
        };
        let is_given = |name: &str| given.iter().any(|(known, _)| known == name);
        let defaults = atomic.arguments.iter().filter_map(|(name, argument)| {
            let default = argument.default.as_deref()?;
            (!is_given(name)).then(|| (name.clone(), default))
        });
        given
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str()))
            .chain(defaults)
            .collect()
    }

    /// The arguments that were given.
    pub(super) fn given(&self) -> BTreeMap<String, String> {
        match &self.subject {
            Subject::Atomic { given, .. } => given.iter().cloned().collect(),
            Subject::Control(_) => BTreeMap::new(),
        }
    }

    /// Says what the arguments are after a scrub.
    pub(super) fn set_given(&mut self, arguments: &BTreeMap<String, String>) {
        if let Subject::Atomic { given, .. } = &mut self.subject {
            for (name, value) in given {
                if let Some(scrubbed) = arguments.get(name) {
                    value.clone_from(scrubbed);
                }
            }
        }
    }

    /// What a manifest says in its user's own words, and the name of the fixture.
    pub(super) fn texts(&self) -> Vec<String> {
        let why = match &self.subject {
            Subject::Atomic { .. } => String::new(),
            Subject::Control(why) => why.clone(),
        };
        vec![self.name.clone(), why]
    }

    /// Says what these are after a scrub.
    ///
    /// # Errors
    ///
    /// The fixture would be named after an identity.
    pub(super) fn set_texts(&mut self, texts: &[String]) -> Result<(), Vec<Diagnostic>> {
        let [name, why] = texts else {
            return Ok(());
        };
        if *name != self.name {
            return Err(vec![
                Diagnostic::error(
                    Code::IMPORT_BAD_NAME,
                    "the name of the fixture holds an identity that is scrubbed",
                )
                .help("give another one with `--name`"),
            ]);
        }
        if let Subject::Control(own) = &mut self.subject {
            own.clone_from(why);
        }
        Ok(())
    }

    /// Writes down what the records say.
    ///
    /// # Errors
    ///
    /// Something that a manifest must have is not known.
    pub(super) fn manifest(
        &self,
        request: &ImportRequest,
        inputs: &Inputs,
        read: &Survey,
        scrubbed: &Scrubbed,
    ) -> Result<Made, Vec<Diagnostic>> {
        let mut problems = Vec::new();
        let mut doubts = Vec::new();
        for (log, held) in inputs.logs.iter().zip(&read.files) {
            problems.extend(unnamed(&log.path, held, &mut doubts));
        }
        let (window, outside) = match window(request, read, &mut doubts) {
            Ok(window) => (Some(window), read.outside),
            Err(problem) => {
                problems.push(*problem);
                (None, 0)
            }
        };
        let host = match &scrubbed.host {
            Some(host) => Some(host.clone()),
            None => host(request, read, &mut doubts),
        };
        if host.is_none() && problems.is_empty() {
            problems.push(
                Diagnostic::error(
                    Code::IMPORT_NO_HOST,
                    "the records do not say on which host or account they were made",
                )
                .help("say it with `--host NAME`"),
            );
        }
        let platform = request.platform.or_else(|| read.facts.platform());
        if let (Some(platform), Some((atomic, _))) = (platform, self.atomic())
            && !atomic.platforms.iter().any(|known| known.is_of(platform))
        {
            doubts.push(wrong_platform(platform, atomic));
        }
        problems.extend(held_after_all(request, read));
        let (Some(window), Some(host), Some(platform), true) =
            (window, host, platform, problems.is_empty())
        else {
            return Err(problems);
        };
        let names = folder::names(&inputs.paths());
        let marks: Vec<_> = names.iter().map(|_| hash_mark()).collect();
        let others = read.facts.others();
        let said = Manifest {
            made_by: "Made by `misfire import`. Correct what its records could not tell.",
            subject: match &self.subject {
                Subject::Atomic { guid, given, .. } => Said::Atomic(
                    *guid,
                    given
                        .iter()
                        .map(|(name, value)| (name.as_str(), value.as_str()))
                        .collect(),
                ),
                Subject::Control(why) => Said::Control(why),
            },
            evidence: request.evidence,
            stand_in: None,
            host: &host,
            platform: platform.as_str(),
            facts: others
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .collect(),
            sensors: sensors(read),
            window,
            why_open: &[],
            found_window: request.window.is_none(),
            files: names
                .iter()
                .zip(&marks)
                .zip(&read.files)
                .map(|((name, mark), held)| SaidFile {
                    path: name,
                    sources: held.sources.keys().collect(),
                    sha256: mark,
                    records: held.records(),
                })
                .collect(),
            looked_at: &request.looked_at,
            given: &request.given,
            exit_code: None,
            scrubbed: &scrubbed.notes,
            unverified_shape: Vec::new(),
            notes: None,
        };
        Ok(Made {
            text: manifest_text(&said),
            names,
            marks,
            host,
            platform,
            window,
            outside,
            held: read.files.clone(),
            doubts,
        })
    }
}

fn unnamed(
    path: &Path,
    held: &super::survey::Held,
    doubts: &mut Vec<Diagnostic>,
) -> Option<Diagnostic> {
    let (origin, _) = held.unnamed.iter().next()?;
    let records: u64 = held.unnamed.values().sum();
    if held.sources.is_empty() {
        return Some(
            Diagnostic::error(
                Code::IMPORT_UNKNOWN_SOURCE,
                format!(
                    "the log holds only records of logs that have no name here, such as {origin}"
                ),
            )
            .in_file(path)
            .help("leave it out: no signal and no detection could name it"),
        );
    }
    doubts.push(
        Diagnostic::note(
            Code::IMPORT_UNKNOWN_SOURCE,
            format!(
                "{} of logs that have no name here, such as {origin}",
                records_do(records, "is", "are")
            ),
        )
        .in_file(path)
        .help("they are kept, and no signal can name them"),
    );
    None
}

pub(super) fn window(
    request: &ImportRequest,
    read: &Survey,
    doubts: &mut Vec<Diagnostic>,
) -> Result<Window, Box<Diagnostic>> {
    let bad = |message: String| Diagnostic::error(Code::IMPORT_BAD_WINDOW, message);
    if read.timeless > 0 {
        doubts.push(
            Diagnostic::warning(
                Code::LOG_BAD_TIME,
                format!(
                    "{} no time, and so {} in no window",
                    records_do(read.timeless, "has", "have"),
                    if read.timeless == 1 { "is" } else { "are" }
                ),
            )
            .help("export the logs with the time of each record"),
        );
    }
    let Some((first, last)) = read.span else {
        return Err(Box::new(
            bad("no record has a time, so nothing lies in any window".to_owned())
                .help("export the logs with the time of each record"),
        ));
    };
    let closure = request.closure;
    let window = match request.window {
        Some((start, end)) => Window {
            start,
            end,
            closure,
        },
        None => Window {
            start: whole(first, 0),
            end: whole(last, 1),
            closure,
        },
    };
    let inside = read.records().saturating_sub(read.outside + read.timeless);
    if inside == 0 {
        return Err(Box::new(
            bad(format!(
                "no record lies in the window: the first is of {first}, the last of {last}"
            ))
            .help("correct `--window`, or leave it out to take all"),
        ));
    }
    if window.end.duration_since(window.start).as_hours() > LONGEST_WINDOW {
        return Err(Box::new(
            bad("the window is longer than a year".to_owned())
                .help("give the time in which the test was performed with `--window START/END`"),
        ));
    }
    if read.outside > 0 {
        doubts.push(
            Diagnostic::note(
                Code::IMPORT_OUTSIDE_WINDOW,
                format!(
                    "{} outside of the window",
                    records_do(read.outside, "lies", "lie")
                ),
            )
            .help("they stay in the fixture, and are never counted as caused by the test"),
        );
    }
    Ok(window)
}

/// So many records, and what they do.
fn records_do(records: u64, one: &str, many: &str) -> String {
    match records {
        1 => format!("1 record {one}"),
        _ => format!("{records} records {many}"),
    }
}

/// A time to the second, so many seconds later.
fn whole(time: Timestamp, later: i64) -> Timestamp {
    let second = time.as_second();
    let before = i64::from(time.subsec_nanosecond() < 0);
    Timestamp::from_second(second - before + later).unwrap_or(time)
}

pub(super) fn host(
    request: &ImportRequest,
    read: &Survey,
    doubts: &mut Vec<Diagnostic>,
) -> Option<String> {
    if let Some(host) = &request.host {
        return Some(host.clone()).filter(|host| !host.trim().is_empty());
    }
    let hosts = read.facts.hosts();
    let (first, records) = hosts.first()?;
    if hosts.len() > 1 {
        doubts.push(
            Diagnostic::warning(
                Code::IMPORT_SEVERAL_HOSTS,
                format!(
                    "the records are of {} hosts or accounts; {records} are of {first}, which is \
                     named in the manifest",
                    hosts.len()
                ),
            )
            .help("import the logs of one host, or say which it is with `--host NAME`"),
        );
    }
    Some((*first).to_owned())
}

/// Sources that are said to hold no record, and do.
fn held_after_all(request: &ImportRequest, read: &Survey) -> Vec<Diagnostic> {
    let held = |name: &str| {
        let mut sources = read.files.iter().flat_map(|file| file.sources.keys());
        sources.any(|source| source.as_str() == name)
    };
    request
        .looked_at
        .iter()
        .filter(|name| held(name))
        .map(|name| {
            Diagnostic::error(
                Code::FIXTURE_CONTRADICTION,
                format!("`{name}` is said to hold no record, and a log holds its records"),
            )
            .help("leave it out of `--looked-at`")
        })
        .collect()
}

fn sensors(read: &Survey) -> Vec<SaidSensor<'_>> {
    let sources: BTreeSet<_> = read
        .files
        .iter()
        .flat_map(|file| file.sources.keys())
        .collect();
    sources
        .into_iter()
        .filter_map(|id| {
            let source = Catalogue::bundled().source(id.as_str())?;
            Some(SaidSensor {
                name: &source.title,
                version: read.facts.version_of(id.as_str()),
                configuration: (id.as_str() == "sysmon")
                    .then(|| read.facts.configuration())
                    .flatten(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{whole, wrong_name};

    #[test]
    fn a_name_is_one_part_of_a_path() {
        for name in [
            "", "..", "../x", "a/b", "a\\b", "A", "-a", "controls", "a b", "\u{1b}",
        ] {
            assert!(wrong_name(name).is_some(), "{name:?}");
        }
        assert!(wrong_name("code-tunnel-2").is_none());
    }

    #[test]
    fn a_window_is_of_whole_seconds() {
        let time = "2026-11-02T09:14:03.118Z".parse().expect("a time");
        assert_eq!(whole(time, 0).to_string(), "2026-11-02T09:14:03Z");
        assert_eq!(whole(time, 1).to_string(), "2026-11-02T09:14:04Z");
        let early = "1969-12-31T23:59:58.5Z".parse().expect("a time");
        assert_eq!(whole(early, 0).to_string(), "1969-12-31T23:59:58Z");
    }
}
