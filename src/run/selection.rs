//! Which tests a user wants.

use crate::content::atomic::{AtomicGuid, Platform, TechniqueId};
use crate::content::attack::AttackTable;
use crate::detect::DetectionId;

/// What a test must be to be judged: for each kind of filter that is given, one of
/// its values must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Techniques; one stands for its sub-techniques too.
    pub techniques: Vec<TechniqueId>,
    /// Platforms; `iaas` stands for every provider.
    pub platforms: Vec<Platform>,
    /// Parts of names.
    pub names: Vec<String>,
    /// Ids of detections, or parts of their titles.
    pub detections: Vec<String>,
    /// Parts of anything that a test is known by.
    pub words: Vec<String>,
    /// The git revision since which something of it has changed.
    pub since: Option<Revision>,
}

/// A git revision, as its user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision(String);

impl Revision {
    /// Reads the name of a revision; one that git could take for an option is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_right = !text.is_empty()
            && !text.starts_with('-')
            && !text
                .chars()
                .any(|character| character.is_whitespace() || character.is_control());
        is_right.then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a test is known by.
#[derive(Debug, Clone, Copy, Default)]
pub struct Candidate<'a> {
    /// Its technique, where it has one.
    pub technique: Option<&'a TechniqueId>,
    /// Its atomic's GUID, where it has one.
    pub guid: Option<AtomicGuid>,
    /// Its name.
    pub name: &'a str,
    /// Where it works.
    pub platforms: &'a [Platform],
    /// The detections that are judged on it, with their titles.
    pub detections: &'a [(&'a DetectionId, &'a str)],
    /// The names of its fixtures.
    pub fixtures: &'a [&'a str],
}

impl Selection {
    /// Whether nothing is filtered.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a test is wanted, as far as it can be told from what it is known by;
    /// what has changed since a revision is for others to say.
    #[must_use]
    pub fn accepts(&self, test: &Candidate<'_>) -> bool {
        fits(&self.techniques, |wanted| {
            test.technique
                .is_some_and(|technique| AttackTable::bundled().covers(wanted, technique))
        }) && fits(&self.platforms, |wanted| {
            test.platforms
                .iter()
                .any(|platform| platform.is_of(*wanted))
        }) && fits(&self.names, |wanted| holds(test.name, wanted))
            && fits(&self.detections, |wanted| {
                test.detections.iter().any(|(id, title)| {
                    id.as_str().eq_ignore_ascii_case(wanted) || holds(title, wanted)
                })
            })
            && fits(&self.words, |wanted| test.is_called(wanted))
    }
}

impl<'a> Candidate<'a> {
    fn is_called(&self, word: &str) -> bool {
        let guid = self.guid.map(|guid| guid.to_string());
        let detections = self.called_by_detections();
        self.called()
            .chain(guid.as_deref())
            .chain(detections)
            .any(|text| holds(text, word))
    }

    /// What the test and its fixtures are called.
    pub(super) fn called(&self) -> impl Iterator<Item = &'a str> {
        let technique = self.technique.map(TechniqueId::as_str);
        let fixtures = self.fixtures.iter().copied();
        technique.into_iter().chain([self.name]).chain(fixtures)
    }

    /// The ids and titles of its detections.
    pub(super) fn called_by_detections(&self) -> impl Iterator<Item = &'a str> {
        let detections = self.detections.iter();
        detections.flat_map(|(id, title)| [id.as_str(), *title])
    }
}

/// Whether one of the wanted fits; nothing wanted fits everything.
fn fits<T>(wanted: &[T], fit: impl Fn(&T) -> bool) -> bool {
    wanted.is_empty() || wanted.iter().any(fit)
}

pub(super) fn holds(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}
