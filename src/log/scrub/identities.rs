//! Finding all identities of a recording, before any is replaced.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::addresses::{broken, nobodys};
use super::fields::{Role, roles};
use super::key::Key;
use super::pseudonym::derive;
use super::spans::{Span, Spans};
use super::words::{Word, Words};
use super::{Kind, Pseudonyms, fields, nested, shapes};

/// An identity is given another pseudonym so often, if one is taken.
const ATTEMPTS: u32 = 500;

/// The identities of a recording.
///
/// Everything of a recording is shown to it first, so that a name is known in the
/// first record although only the last one says that it is one.
#[derive(Debug)]
pub struct Identities {
    key: Key,
    found: BTreeMap<(Kind, String), Known>,
    /// Identities that are content: what a test was told to use.
    content: HashSet<(Kind, String)>,
    /// Words that mean something else as well: programs, logs, and operations.
    words: HashSet<String>,
    /// Addresses that are kept, and so stand for nothing else.
    nobodys: HashSet<String>,
    broken: BTreeSet<String>,
    regions: BTreeSet<String>,
}

#[derive(Debug, Default)]
struct Known {
    /// As it is written, in lower case.
    written: BTreeSet<String>,
    spreads: bool,
    /// Whether the host itself is known by it.
    is_own: bool,
}

/// Where a text is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Record,
    Host,
    Content,
}

impl Identities {
    /// None so far; pseudonyms will be derived from the key.
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self {
            key,
            found: BTreeMap::new(),
            content: HashSet::new(),
            words: HashSet::new(),
            nobodys: HashSet::new(),
            broken: BTreeSet::new(),
            regions: BTreeSet::new(),
        }
    }

    /// Takes note of what a field of a record says; `path` is its name, with `.`
    /// between the names of what it is in.
    pub fn note(&mut self, path: &str, text: &str) {
        self.look(path, text, From::Record);
    }

    /// Takes note of a fact of the host or account, such as `user` or `account`.
    pub fn note_host(&mut self, key: &str, text: &str) {
        self.look(host_path(key, text), text, From::Host);
    }

    /// Takes note of content: arguments of a test, and what else is no secret of
    /// anyone's. An identity in it is kept, unless the host itself is known by it.
    pub fn note_content(&mut self, text: &str) {
        self.look("", text, From::Content);
        for path in ["user", "computer", "accountid", "bucketname", "tenantid"] {
            self.look(path, text, From::Content);
        }
    }

    /// Takes note of the value of an argument that is secret.
    pub fn note_secret(&mut self, text: &str) {
        let span = Span::new(0..text.len(), Kind::Password, text);
        self.add(span, text, From::Host);
    }

    fn look(&mut self, path: &str, text: &str, from: From) {
        if from == From::Record {
            self.note_words(path, text);
        }
        let mut found = Vec::new();
        nested::each(path, text, &mut |path: &str, text: &str| {
            for span in spans(path, text) {
                let written = text[span.bytes.clone()].to_owned();
                found.push((span, written));
            }
        });
        for (span, written) in found {
            self.add(span, &written, from);
        }
    }

    fn add(&mut self, span: Span, written: &str, from: From) {
        let name = (span.kind, span.canonical);
        if from == From::Content {
            self.content.insert(name);
            return;
        }
        let known = self.found.entry(name).or_default();
        known.written.insert(written.to_lowercase());
        known.spreads |= span.spreads;
        known.is_own |= from == From::Host;
    }

    fn note_words(&mut self, path: &str, text: &str) {
        let mut path_roles = roles(path);
        if path_roles.any(|role| role == Role::Address) && broken(text) {
            self.broken.insert(path.to_owned());
        }
        self.nobodys.extend(nobodys(text));
        if path.ends_with("awsRegion") && !is_region(text) {
            self.regions.insert(path.to_owned());
        }
        if is_structure(path) {
            let parts = text.split(|sign: char| !sign.is_alphanumeric());
            self.words.extend(parts.map(str::to_lowercase));
            self.words.insert(text.to_lowercase());
        } else if is_program(path) {
            let name = text.rsplit(['\\', '/']).next().unwrap_or(text);
            let stem = name.split('.').next().unwrap_or(name);
            self.words.insert(stem.to_lowercase());
        }
    }

    /// Fields whose addresses are none, and fields whose regions are none: they are
    /// left as they are.
    #[must_use]
    pub fn broken(&self) -> (Vec<&str>, Vec<&str>) {
        (
            self.broken.iter().map(String::as_str).collect(),
            self.regions.iter().map(String::as_str).collect(),
        )
    }

    /// Gives every identity its pseudonym.
    #[must_use]
    pub fn settle(self) -> Pseudonyms {
        let names = self.names();
        let resolve = |kind: Kind, canonical: &str| match kind {
            Kind::Host | Kind::Domain | Kind::User => names.get(canonical).copied().unwrap_or(kind),
            other => other,
        };
        let is_content = |kind: Kind, canonical: &str| {
            self.content.iter().any(|(other, same)| {
                same == canonical && (*other == kind || kind.is_name() && other.is_name())
            })
        };
        let mut taken: HashSet<String> = (self.found.keys())
            .map(|(_, canonical)| canonical.to_lowercase())
            .collect();
        taken.extend(self.nobodys.iter().cloned());
        let mut table = HashMap::new();
        let mut words = Vec::new();
        let mut kept = BTreeSet::new();
        for ((found_as, canonical), known) in &self.found {
            let kind = resolve(*found_as, canonical);
            if !known.is_own && is_content(kind, canonical) {
                continue;
            }
            let name = (kind, canonical.clone());
            if !table.contains_key(&name) {
                let pseudonym = (0..ATTEMPTS)
                    .map(|attempt| derive(&self.key, kind, canonical, attempt))
                    .find(|pseudonym| !taken.contains(&pseudonym.to_lowercase()));
                let Some(pseudonym) = pseudonym else {
                    continue;
                };
                taken.insert(pseudonym.to_lowercase());
                table.insert(name.clone(), pseudonym);
            }
            if kind.is_name() && self.words.contains(canonical) {
                kept.insert(kind);
            } else if known.spreads {
                let mut written = known.written.clone();
                written.extend(notations(kind, canonical));
                words.extend(written.into_iter().map(|written| Word {
                    written,
                    kind,
                    canonical: canonical.clone(),
                }));
            }
        }
        Pseudonyms::new(table, names, Words::new(words), kept)
    }

    /// What each name is of. A domain of the host's own name is the host, and an
    /// account of a domain's name is the domain's.
    fn names(&self) -> HashMap<String, Kind> {
        let mut names = HashMap::new();
        for kind in [Kind::Host, Kind::Domain, Kind::User] {
            for (_, canonical) in self.found.keys().filter(|(known, _)| *known == kind) {
                names.entry(canonical.clone()).or_insert(kind);
            }
        }
        names
    }
}

/// The identities that a text shows by itself.
pub(super) fn spans(path: &str, text: &str) -> Vec<Span> {
    let mut found = Spans::default();
    if !is_structure(path) {
        fields::find(path, text, &mut found);
        shapes::find(path, text, &mut found);
    }
    found.into_sorted()
}

/// The notations of an identity that are known without seeing them.
fn notations(kind: Kind, canonical: &str) -> Vec<String> {
    match kind {
        Kind::Directory => uuid::Uuid::try_parse(canonical).map_or_else(
            |_| Vec::new(),
            |guid| vec![canonical.to_owned(), guid.hyphenated().to_string()],
        ),
        Kind::Address => vec![canonical.to_owned()],
        _ => Vec::new(),
    }
}

/// The field of records whose values are like those of a fact.
pub(super) fn host_path<'k>(key: &'k str, text: &str) -> &'k str {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    match key {
        _ if is_account => "accountId",
        "name" if text.len() == 36 && uuid::Uuid::try_parse(text).is_ok() => "subscriptionId",
        "name" => "Computer",
        "subscription" => "subscriptionId",
        "tenant" => "tenantId",
        key => key,
    }
}

/// Fields that say of which log a record is, and what it is about: never who.
pub(super) fn is_structure(path: &str) -> bool {
    const NAMES: [&str; 24] = [
        "channel",
        "provider.name",
        "provider_name",
        "providername",
        "sourcename",
        "logname",
        "log_name",
        "source_name",
        "eventname",
        "eventsource",
        "eventtype",
        "eventcategory",
        "operationname",
        "operationnamevalue",
        "category",
        "awsregion",
        "rulename",
        "opcode",
        "keywords",
        "level",
        "useridentity.type",
        "eventversion",
        "ciphersuite",
        "tlsversion",
    ];
    let lower = path.to_lowercase();
    NAMES.iter().any(|name| {
        let rest = lower.strip_suffix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

fn is_program(path: &str) -> bool {
    const NAMES: [&str; 12] = [
        "Image",
        "ParentImage",
        "SourceImage",
        "TargetImage",
        "ImageLoaded",
        "OriginalFileName",
        "NewProcessName",
        "ParentProcessName",
        "ProcessName",
        "Application",
        "InternalName",
        "Product",
    ];
    let last = path.rsplit('.').next().unwrap_or(path);
    NAMES.contains(&last)
}

/// Whether that is the shape of a region of AWS, such as `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    const PLACES: [&str; 9] = [
        "north",
        "south",
        "east",
        "west",
        "central",
        "northeast",
        "northwest",
        "southeast",
        "southwest",
    ];
    const AREAS: [&str; 16] = [
        "af", "ap", "ca", "cn", "eu", "eu-isoe", "eusc-de", "il", "me", "mx", "sa", "us", "us-gov",
        "us-iso", "us-isob", "us-isof",
    ];
    let mut parts = text.rsplitn(3, '-');
    let (number, place, area) = (parts.next(), parts.next(), parts.next());
    let is_number = number.is_some_and(|number| number.len() == 1 && number >= "1");
    text == "aws-global"
        || is_number
            && place.is_some_and(|place| PLACES.contains(&place))
            && area.is_some_and(|area| AREAS.contains(&area))
}
