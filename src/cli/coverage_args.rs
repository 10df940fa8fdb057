//! The arguments of `misfire coverage`.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{ArgAction, Args as ClapArgs};

use super::args::ContentArgs;
use super::query_args::ReadingArgs;
use super::values::parse_technique;
use crate::content::atomic::TechniqueId;
use crate::diagnostic::did_you_mean;

/// Show what a corpus of rules covers of a technique, and what of it is proven.
///
/// The page of a technique: the events that its rules look at, the fields that they
/// filter on, the values that they ask for and exclude, with how many rules of the whole
/// corpus do the same, under names that all languages share. Nothing is executed.
///
/// With --prove the rules are searched on the recordings of the content, which is that of
/// the project that the current folder belongs to, or the bundled one. With --proof they
/// have the verdicts of a run.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire coverage rules/ --technique T1219
  misfire coverage sigma/rules splunk/detections --technique T1219 --sub-techniques
  misfire coverage rules/ --technique T1219 --prove --report html=T1219.html
  misfire coverage rules/ --technique T1219 --proof run.json --format json
  misfire coverage rules/ --all --report markdown=coverage.md

Exit codes: 0 it is shown, 2 wrong usage or content, or no rule is of the technique, 3 it
could not finish.")]
pub(super) struct CoverageArgs {
    /// Files and folders of detections
    #[arg(value_name = "DETECTION", required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// The technique, such as T1219 or T1219.002; a former id stands for the one of today
    #[arg(
        long,
        value_name = "T",
        value_parser = parse_technique,
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    pub(super) technique: Option<TechniqueId>,
    /// Take in the rules of its sub-techniques
    #[arg(long, conflicts_with = "all", action = ArgAction::SetTrue)]
    pub(super) sub_techniques: bool,
    /// An index instead: a line for each technique of the corpus
    #[arg(long, action = ArgAction::SetTrue)]
    pub(super) all: bool,
    /// Search the rules on the recordings of attacks, and simulate the tests of the
    /// technique that have none
    #[arg(long, action = ArgAction::SetTrue)]
    pub(super) prove: bool,
    /// Take the verdicts of a run: what `misfire run --format json` has printed; may be
    /// given several times
    #[arg(long, value_name = "FILE")]
    pub(super) proof: Vec<PathBuf>,
    /// How many rows a table has in text and Markdown, 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(super) top: usize,
    /// Also write it: json=PATH, markdown=PATH, or html=PATH, with - for standard output;
    /// may be given several times
    #[arg(long, value_name = "KIND=PATH")]
    pub(super) report: Vec<PageTarget>,
    #[command(flatten)]
    pub(super) reading: ReadingArgs,
    #[command(flatten)]
    pub(super) content: ContentArgs,
}

/// A rendering that is asked for.
#[derive(Debug, Clone)]
pub(super) struct PageTarget {
    pub(super) kind: PageKind,
    pub(super) path: PathBuf,
}

impl PageTarget {
    /// Whether it goes to standard output.
    pub(super) fn is_stdout(&self) -> bool {
        self.path.as_os_str() == "-"
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageKind {
    Json,
    Markdown,
    Html,
}

impl PageKind {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Json, "json"),
        (Self::Markdown, "markdown"),
        (Self::Html, "html"),
    ];
}

impl FromStr for PageTarget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, path) = text
            .split_once('=')
            .filter(|(_, path)| !path.is_empty())
            .ok_or("a report is KIND=PATH, such as `html=T1219.html`")?;
        let known = || PageKind::ALL.iter().map(|(_, name)| *name);
        let found = PageKind::ALL.iter().find(|(_, name)| *name == kind);
        let Some((found, _)) = found else {
            return Err(match did_you_mean(kind, known()) {
                Some(meant) => format!("`{kind}` is no kind of report, did you mean `{meant}`?"),
                None => format!(
                    "`{kind}` is no kind of report; there are {}",
                    known().collect::<Vec<_>>().join(", ")
                ),
            });
        };
        Ok(Self {
            kind: *found,
            path: PathBuf::from(path),
        })
    }
}
