//! Choosing the tests that a user wants out of all that are loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::misspelled::Vocabulary;
use super::selection::{Candidate, Revision, Selection};
use crate::content::{
    Content, LoadedDetections, Plan, PlannedControl, PlannedTest, changed_since, is_manifest,
    is_yaml,
};
use crate::detect::DetectionId;
use crate::diagnostic::{Code, Diagnostic, has_error};
use crate::verdict::LeftOut;

/// The tests that are wanted.
#[derive(Debug)]
pub struct Choice {
    /// They.
    pub plan: Plan,
    /// The others.
    pub left_out: Vec<LeftOut>,
    /// What is wrong with the choice.
    pub problems: Vec<Diagnostic>,
    /// Whether there was anything to choose from since the revision that was asked
    /// for.
    pub changes: ChangesFound,
}

/// Whether anything that is judged has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangesFound {
    /// Something has, or nobody asked.
    Some,
    /// Nothing has, so that nothing is to be judged.
    None,
}

/// Chooses the tests of the plan that a selection accepts.
#[must_use]
pub fn choose(content: &Content, selection: &Selection) -> Choice {
    let mut choice = Choice {
        plan: content.plan.clone(),
        left_out: Vec::new(),
        problems: Vec::new(),
        changes: ChangesFound::Some,
    };
    let titles: BTreeMap<&str, &str> = content.detections.titles().collect();
    // A profile's filters are those of its user, each of which lets tests pass.
    let profile = Selection {
        words: content.profile.filters.clone(),
        ..Selection::default()
    };
    let is_wanted =
        |test: &PlannedTest| accepts(&profile, test, &titles) && accepts(selection, test, &titles);
    let mut left_out = choice.plan.retain(is_wanted);
    let is_empty = choice.plan.tests.is_empty() && !content.plan.tests.is_empty();
    if is_empty {
        choice.problems.push(
            Diagnostic::error(
                Code::RUN_NO_TESTS,
                format!(
                    "no test is what the filters ask for: {}",
                    asked(&[selection, &profile])
                ),
            )
            .help(help(&content.plan, &[selection, &profile], &titles)),
        );
    }
    // Where there is no test at all, none is unchanged.
    if let Some(revision) = &selection.since
        && !choice.plan.tests.is_empty()
    {
        match unchanged(content, revision, &mut choice.plan) {
            Ok(unchanged) => left_out.extend(unchanged),
            Err(problem) => {
                // What is asked for is not known, so nothing is judged in its place.
                left_out.append(&mut choice.plan.tests);
                choice.problems.push(*problem);
            }
        }
        if choice.plan.tests.is_empty() && !has_error(&choice.problems) {
            choice.changes = ChangesFound::None;
            choice.problems.push(
                Diagnostic::note(
                    Code::RUN_NOTHING_CHANGED,
                    format!(
                        "nothing that is judged has changed since `{}`",
                        revision.as_str()
                    ),
                )
                .help("leave `--since` out to judge everything"),
            );
        }
    }
    choice.left_out = left_out
        .into_iter()
        .map(|test| LeftOut {
            technique: Some(test.atomic.technique.to_string()),
            name: test.atomic.name.clone(),
        })
        .collect();
    choice
}

/// What to do where no test is what the filters ask for.
fn help(plan: &Plan, selections: &[&Selection], titles: &BTreeMap<&str, &str>) -> String {
    let mut known = Vocabulary::default();
    for test in &plan.tests {
        as_candidate(test, titles, |candidate| known.add(candidate));
    }
    let meant = selections
        .iter()
        .find_map(|selection| known.meant(selection));
    let list = "`misfire list` shows every test, with all that filters can name";
    match meant {
        Some(meant) => format!("did you mean `{meant}`? {list}"),
        None => list.to_owned(),
    }
}

/// What is asked for, as its user wrote it.
fn asked(selections: &[&Selection]) -> String {
    let mut asked = Vec::new();
    for selection in selections {
        asked.extend(selection.words.iter().map(|word| format!("`{word}`")));
        let named = [
            ("technique", texts(&selection.techniques)),
            ("platform", texts(&selection.platforms)),
            ("name", selection.names.clone()),
            ("detection", selection.detections.clone()),
        ];
        for (kind, values) in named {
            asked.extend(values.iter().map(|value| format!("{kind} `{value}`")));
        }
    }
    asked.join(", ")
}

fn texts(values: &[impl ToString]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// Takes the tests out of a plan that have not changed since a revision.
fn unchanged(
    content: &Content,
    revision: &Revision,
    plan: &mut Plan,
) -> Result<Vec<PlannedTest>, Box<Diagnostic>> {
    let folders = &content.folders;
    let of = |folders: &Option<Vec<PathBuf>>| folders.clone().unwrap_or_default();
    let detections = of(&folders.detections);
    let mut all = [
        of(&folders.atomics),
        of(&folders.expectations),
        of(&folders.fixtures),
        detections.clone(),
    ]
    .concat();
    if all.is_empty() {
        return Err(Box::new(
            Diagnostic::error(
                Code::CONTENT_NO_REVISION,
                "the bundled content has no revisions",
            )
            .help("`--since` needs folders of content in a git repository"),
        ));
    }
    let config = content
        .config
        .as_ref()
        .map(|config| config.source.file.clone());
    all.extend(config.clone());
    let changes = changed_since(revision.as_str(), &all)?;
    let LoadedDetections { sigma, .. } = &content.detections;
    let affected = sigma.affected_by(|file| changes.holds(file));
    let gone = |folders: &[PathBuf]| {
        let mut gone = folders.iter().flat_map(|folder| changes.gone_below(folder));
        gone.next().is_some()
    };
    let fixtures = of(&folders.fixtures);
    let mut gone_fixtures = fixtures
        .iter()
        .flat_map(|folder| changes.gone_below(folder));
    // What is gone may have been any test's, and so may a setting, or a file that
    // held a rule or a filter.
    let is_everything = gone(&of(&folders.atomics))
        || gone(&of(&folders.expectations))
        || gone(&detections)
        || gone_fixtures.any(is_manifest)
        || config.is_some_and(|config| changes.holds(&config))
        || detections
            .iter()
            .flat_map(|folder| changes.changed_below(folder))
            .any(|file| is_yaml(file) && !sigma.is_written_in(file));
    if is_everything {
        return Ok(Vec::new());
    }
    let loaded: BTreeSet<&str> = sigma.titles().map(|(id, _)| id).collect();
    Ok(plan.retain(|test| {
        test.is_changed(&changes, &affected) || test.detections().any(|id| !loaded.contains(id))
    }))
}

fn accepts(selection: &Selection, test: &PlannedTest, titles: &BTreeMap<&str, &str>) -> bool {
    as_candidate(test, titles, |candidate| selection.accepts(candidate))
}

/// Looks at what a test is known by.
fn as_candidate<T>(
    test: &PlannedTest,
    titles: &BTreeMap<&str, &str>,
    look: impl FnOnce(&Candidate<'_>) -> T,
) -> T {
    let detections: Vec<(&DetectionId, &str)> = test
        .expectation
        .iter()
        .flat_map(|expectation| &expectation.detections)
        .map(|expected| {
            let title = titles.get(expected.rule.as_str()).copied();
            (&expected.rule, title.unwrap_or_default())
        })
        .collect();
    let recordings = test.recordings.iter().map(|fixture| fixture.name.as_str());
    let controls = test.controls.iter().map(PlannedControl::name);
    let fixtures: Vec<&str> = recordings.chain(controls).collect();
    look(&Candidate {
        technique: Some(&test.atomic.technique),
        guid: test.atomic.guid,
        name: &test.atomic.name,
        platforms: &test.atomic.platforms,
        detections: &detections,
        fixtures: &fixtures,
    })
}
