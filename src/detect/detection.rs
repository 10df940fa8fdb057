//! What is known of a detection whatever its language.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// The identity of a detection: the id that its author gave it, or its file's
/// path where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct DetectionId(Box<str>);

impl DetectionId {
    /// An id as its author wrote it.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DetectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The language that a detection is written in. Sigma, Splunk's searches, and Cloud SIEM
/// expressions are evaluated; the others are known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Sigma, version 1 and 2, with correlations and filters.
    Sigma,
    /// Splunk's search processing language.
    Spl,
    /// Sumo Logic's log search.
    Sumo,
    /// Rule expressions of Sumo Logic Cloud SIEM.
    SumoCse,
    /// Kusto, of Sentinel and Defender.
    Kql,
    /// Elastic's event query language.
    Eql,
    /// Kibana's query language.
    Kuery,
    /// Elastic's piped query language.
    Esql,
    /// Lucene's query syntax.
    Lucene,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 9] = [
        Self::Sigma,
        Self::Spl,
        Self::Sumo,
        Self::SumoCse,
        Self::Kql,
        Self::Eql,
        Self::Kuery,
        Self::Esql,
        Self::Lucene,
    ];

    /// The word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sigma => "sigma",
            Self::Spl => "spl",
            Self::Sumo => "sumo",
            Self::SumoCse => "sumo-cse",
            Self::Kql => "kql",
            Self::Eql => "eql",
            Self::Kuery => "kuery",
            Self::Esql => "esql",
            Self::Lucene => "lucene",
        }
    }

    /// The language of that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How a detection is read: as its product would, or as its author meant it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// What the product itself would do.
    Strict,
    /// What the author meant, with each repair listed.
    Intent,
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Strict => "strict",
            Self::Intent => "intent",
        })
    }
}

/// How serious a firing is, in its author's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth noting in context.
    Informational,
    /// Notable.
    Low,
    /// To be looked at.
    Medium,
    /// To be looked at soon.
    High,
    /// To be looked at now.
    Critical,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        })
    }
}

/// One rule in one language.
#[derive(Debug, Clone)]
pub struct Detection {
    /// Its identity.
    pub id: DetectionId,
    /// The name that other documents may refer to it by.
    pub name: Option<String>,
    /// Its title.
    pub title: String,
    /// The language that it is written in.
    pub language: Language,
    /// How it is read here.
    pub reading: Reading,
    /// How serious its firing is.
    pub level: Option<Level>,
    /// Its tags, ATT&CK techniques among them (`attack.t1219`).
    pub tags: Vec<String>,
    /// The log source that it is written for, for people.
    pub log_source: String,
    /// The file that holds it.
    pub file: PathBuf,
    /// Whether it only goes along with another, and on whose behalf. It is then
    /// no detection of its user's.
    pub companion: Option<Companion>,
    /// The detections that it says are the same idea in another language.
    pub agrees_with: Vec<DetectionId>,
}

impl Detection {
    /// Whether that is its id, its name, or its title.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.id.as_str() == name || self.name.as_deref() == Some(name) || self.title == name
    }
}

/// Marks the rules that were added to go along with others, by a number that
/// whoever adds them chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Companion(pub usize);
