//! Replacing the identities of a recording by pseudonyms, with a proof that nothing
//! else has changed.
//!
//! [`scrub`] looks at all logs of a recording, replaces, and looks again for what is
//! left; [`scrub_proven`] also judges the recording before and after. Nothing is
//! written here, and the key and the table of pseudonyms are gone at the end.

mod fixture;
mod logs;
mod prove;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::content::fixture::FieldNote;
use crate::diagnostic::{Code, Diagnostic};
use crate::event::catalogue::SourceId;
use crate::log::scrub::{Changes, Identities, Key, Kind, Pseudonyms};
use crate::recording::Host;
use crate::secret::{is_secret_argument, is_trivial};

pub use fixture::{ScrubbedFixture, scrub_fixture};
use logs::Opened;
pub use prove::{ScrubProof, scrub_proven};

/// A log that is larger, in bytes and unpacked, is not scrubbed: it is held in memory
/// several times.
pub const LARGEST_SCRUBBED: u64 = 1 << 30;

/// A recording that is to be scrubbed.
#[derive(Debug)]
pub struct ScrubRequest {
    /// Its logs.
    pub logs: Vec<ScrubLog>,
    /// Where it was made. Whatever is known of the host is an identity.
    pub host: Host,
    /// The arguments that were given. Their values are content and stay, but for those
    /// that are secret and those by which the host itself is known.
    pub arguments: BTreeMap<String, String>,
    /// What else is content: the defaults of other arguments, the marker of the run.
    pub content: Vec<String>,
    /// Other texts of the manifest, such as a reason or a note.
    pub texts: Vec<String>,
    /// What pseudonyms are derived from; [`Key::random`] but for tests.
    pub key: Key,
}

/// A log in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScrubLog {
    /// Its name in the fixture.
    pub name: String,
    /// Its bytes, in any format that can be read; possibly packed with gzip.
    pub bytes: Arc<[u8]>,
    /// The sources whose records it holds.
    pub sources: Vec<SourceId>,
}

/// A recording that was scrubbed.
#[derive(Debug, Clone)]
pub struct Scrubbed {
    /// The logs, in the order that they were given. The name of one can have changed
    /// too.
    pub logs: Vec<ScrubLog>,
    /// Where it was made, by pseudonyms.
    pub host: Host,
    /// The arguments.
    pub arguments: BTreeMap<String, String>,
    /// The other texts, in their order.
    pub texts: Vec<String>,
    /// What was replaced, for the manifest's `scrubbed`.
    pub notes: Vec<FieldNote>,
    /// The same, as numbers.
    pub changes: Changes,
    /// What is to be known: what was broken before and was left so.
    pub doubts: Vec<Diagnostic>,
}

/// Replaces the identities of a recording by pseudonyms.
///
/// # Errors
///
/// A log cannot be read whole, or written again; or an identity is left in what would
/// be written, and its kind is told.
pub fn scrub(request: &ScrubRequest) -> Result<Scrubbed, Vec<Diagnostic>> {
    let recording = Recording::open(request)?;
    let scrubbed = recording.replaced(&recording.pseudonyms)?;
    recording.look_for_leaks(&scrubbed)?;
    Ok(scrubbed)
}

/// A recording whose identities are known.
struct Recording<'r> {
    request: &'r ScrubRequest,
    opened: Vec<Opened>,
    pseudonyms: Pseudonyms,
    doubts: Vec<Diagnostic>,
}

impl<'r> Recording<'r> {
    fn open(request: &'r ScrubRequest) -> Result<Self, Vec<Diagnostic>> {
        let mut identities = Identities::new(request.key.clone());
        let mut opened = Vec::new();
        let mut problems = Vec::new();
        for log in &request.logs {
            match Opened::of(log) {
                Ok(log) => opened.push(log),
                Err(problem) => problems.push(*problem),
            }
        }
        for (log, opened) in request.logs.iter().zip(&opened) {
            if let Err(problem) = opened.note(&log.name, &mut identities) {
                problems.push(*problem);
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        identities.note_host("name", &request.host.name);
        for (key, value) in &request.host.facts {
            identities.note_host(key, value);
        }
        for (name, value) in &request.arguments {
            if is_secret_argument(name) && !is_trivial(value) {
                identities.note_secret(value);
            } else {
                identities.note_content(value);
            }
        }
        for text in &request.content {
            identities.note_content(text);
        }
        let mut doubts = left(&identities);
        let pseudonyms = identities.settle();
        doubts.extend(ambiguous(&pseudonyms));
        Ok(Self {
            request,
            opened,
            pseudonyms,
            doubts,
        })
    }

    /// The recording with these pseudonyms; leaks are not looked for.
    fn replaced(&self, pseudonyms: &Pseudonyms) -> Result<Scrubbed, Vec<Diagnostic>> {
        let mut all = Changes::default();
        let mut by_source: BTreeMap<Vec<SourceId>, Changes> = BTreeMap::new();
        let mut logs = Vec::new();
        let mut problems = Vec::new();
        for (log, opened) in self.request.logs.iter().zip(&self.opened) {
            let mut changes = Changes::default();
            match opened.replaced(log, pseudonyms, &mut changes) {
                Ok(bytes) => {
                    let mut unlisted = Changes::default();
                    let name = pseudonyms.rewrite("", &log.name, &mut unlisted);
                    logs.push(ScrubLog {
                        name: name.unwrap_or_else(|| log.name.clone()),
                        bytes: bytes.unwrap_or_else(|| Arc::clone(&log.bytes)),
                        sources: log.sources.clone(),
                    });
                }
                Err(problem) => problems.push(*problem),
            }
            all.merge(&changes);
            let known = by_source.entry(log.sources.clone()).or_default();
            known.merge(&changes);
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let rewritten = |text: &str| {
            let mut unlisted = Changes::default();
            pseudonyms
                .rewrite("", text, &mut unlisted)
                .unwrap_or_else(|| text.to_owned())
        };
        let host = &self.request.host;
        Ok(Scrubbed {
            logs,
            host: Host {
                name: pseudonyms.rewrite_host("name", &host.name),
                platform: host.platform.clone(),
                facts: host
                    .facts
                    .iter()
                    .map(|(key, value)| (key.clone(), pseudonyms.rewrite_host(key, value)))
                    .collect(),
            },
            arguments: self
                .request
                .arguments
                .iter()
                .map(|(name, value)| (name.clone(), rewritten(value)))
                .collect(),
            texts: self
                .request
                .texts
                .iter()
                .map(|text| rewritten(text))
                .collect(),
            notes: notes(&by_source),
            changes: all,
            doubts: self.doubts.clone(),
        })
    }

    fn look_for_leaks(&self, scrubbed: &Scrubbed) -> Result<(), Vec<Diagnostic>> {
        let mut problems = Vec::new();
        for log in &scrubbed.logs {
            let left = Opened::of(log)
                .and_then(|opened| opened.left(&log.name, &self.pseudonyms))
                .map_err(|problem| vec![*problem])?;
            let left = left.or_else(|| self.pseudonyms.left_in(&log.name));
            problems.extend(left.map(|kind| leaked(kind).in_file(log.name.as_ref())));
        }
        let facts = scrubbed.host.facts.values();
        let manifest = facts
            .chain([&scrubbed.host.name])
            .chain(scrubbed.arguments.values())
            .chain(&scrubbed.texts);
        let left: BTreeSet<_> = manifest
            .filter_map(|text| self.pseudonyms.left_in(text))
            .collect();
        problems.extend(
            left.into_iter()
                .map(|kind| leaked(kind).in_file("fixture.yaml".as_ref())),
        );
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }
}

fn leaked(kind: Kind) -> Diagnostic {
    Diagnostic::error(
        Code::SCRUB_LEAK,
        format!("after scrubbing, one of the {kind} of the recording would still be in it"),
    )
    .help("nothing was written; leave the records out that hold it, and please report this")
}

/// What was no identity before, and is left.
fn left(identities: &Identities) -> Vec<Diagnostic> {
    let (addresses, regions) = identities.broken();
    let tell = |what: &str, fields: Vec<&str>| {
        (!fields.is_empty()).then(|| {
            Diagnostic::warning(
                Code::SCRUB_BROKEN,
                format!("{what}, and is left as it is: {}", listed(fields)),
            )
            .help("the capture was changed before; record it again if it matters to a detection")
        })
    };
    let addresses = tell(
        "what stands in the place of an IP address is none",
        addresses,
    );
    let regions = tell(
        "what stands in the place of a region of AWS is none",
        regions,
    );
    addresses.into_iter().chain(regions).collect()
}

fn ambiguous(pseudonyms: &Pseudonyms) -> Option<Diagnostic> {
    let kinds: Vec<_> = pseudonyms
        .ambiguous()
        .iter()
        .map(|kind| kind.as_str())
        .collect();
    (!kinds.is_empty()).then(|| {
        Diagnostic::warning(
            Code::SCRUB_AMBIGUOUS,
            format!(
                "some of the {} are also the names of programs or of logs",
                kinds.join(" and the ")
            ),
        )
        .help("they are replaced only where they certainly are names; look through the result")
    })
}

fn listed(fields: Vec<&str>) -> String {
    let fields: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
    fields.join(", ")
}

/// What was replaced, as manifests say it.
fn notes(by_source: &BTreeMap<Vec<SourceId>, Changes>) -> Vec<FieldNote> {
    let mut notes = Vec::new();
    for (sources, changes) in by_source {
        for (kind, change) in changes.iter() {
            for source in sources {
                let fields: Vec<_> = change.fields.iter().cloned().collect();
                notes.push(FieldNote {
                    source: source.clone(),
                    event_id: None,
                    fields: match fields.is_empty() {
                        true => vec!["the record".to_owned()],
                        false => fields,
                    },
                    because: Some(format!(
                        "{kind}: {} in {}, replaced by pseudonyms of the same kind",
                        change.identities(),
                        match change.places {
                            1 => "1 place".to_owned(),
                            places => format!("{places} places"),
                        }
                    )),
                });
            }
        }
    }
    notes
}
