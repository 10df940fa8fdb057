//! The arguments of `misfire accept`.

use std::path::{Path, PathBuf};

use clap::{ArgAction, Args as ClapArgs};

use super::args::ContentArgs;
use super::values::{parse_platform, parse_technique};
use crate::content::atomic::{Platform, TechniqueId};
use crate::run::Selection;

/// Judge detections against tests that they were not written with.
///
/// Each detection is searched on the recordings of the tests of its techniques: as its
/// product would take it and as its author meant it, in each deployment of its product,
/// and on the benign recordings. Each cell has its reason, and where it did not fire, the
/// smallest change that makes it, which was tried. Nothing is executed, and no file is
/// changed. --deployment narrows the deployments, which are all of them otherwise.
///
/// Without a filter, the tests are those of the techniques in the detection's tags.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire accept query.yml
  misfire accept rules/tunnel.yml T1219.001 --deployment current
  misfire accept vendor/ --markdown pages/
  misfire accept query.yml --format json | jq '.detections[].tests[].verdicts'

Exit codes: 0 every detection fires as published on every recording, in every
deployment, and on nothing benign; 1 one does not; 2 wrong usage or content; 3 could
not finish.")]
pub(super) struct AcceptArgs {
    /// Files and folders of the detections; what is none is a filter: only tests whose
    /// technique, name, GUID, or recording holds one of these texts
    #[arg(value_name = "DETECTION|FILTER", required = true)]
    paths: Vec<PathBuf>,
    /// Only tests of this technique and its sub-techniques, such as T1219; may be given
    /// several times
    #[arg(long, value_name = "T", value_parser = parse_technique)]
    technique: Vec<TechniqueId>,
    /// Only tests for this platform, such as windows or iaas:aws; may be given several
    /// times
    #[arg(long, value_name = "P", value_parser = parse_platform)]
    platform: Vec<Platform>,
    /// Do not look for repairs
    #[arg(long, action = ArgAction::SetTrue)]
    pub(super) no_repair: bool,
    /// Also write a page for each detection: to this file, or into this folder, with -
    /// for standard output
    #[arg(long, value_name = "PATH")]
    pub(super) markdown: Option<PathBuf>,
    #[command(flatten)]
    pub(super) content: ContentArgs,
}

impl AcceptArgs {
    /// The detections, and the tests that are wanted. What is no path is a filter.
    pub(super) fn split(&self) -> (Vec<PathBuf>, Selection) {
        let (detections, words): (Vec<_>, Vec<_>) = self
            .paths
            .iter()
            .enumerate()
            .partition(|(place, path)| *place == 0 || is_file(path));
        let words = words
            .into_iter()
            .map(|(_, path)| path.to_string_lossy().into_owned());
        let selection = Selection {
            techniques: self.technique.clone(),
            platforms: self.platform.clone(),
            words: words.collect(),
            ..Selection::default()
        };
        let detections = detections.into_iter().map(|(_, path)| path.clone());
        (detections.collect(), selection)
    }
}

/// Whether an argument names files, there or not.
fn is_file(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    path.exists() || matches!(ending, Some("yml" | "yaml" | "toml"))
}
