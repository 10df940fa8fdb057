//! Looking detections over.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::detections::{LoadedDetections, WrittenQuery};
use crate::detect::lint::Finding;
use crate::detect::{Language, cse, sigma, spl, sumo};
use crate::diagnostic::{At, Diagnostic, SourceText};

impl LoadedDetections {
    /// What is wrong with the detections, as far as it shows in them alone: what was
    /// told when they were loaded, and what the linters of their languages find.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let sources = self.sigma.sources();
        let rules = sources
            .par_iter()
            .flat_map_iter(|source| sigma::lint::lint(source));
        let queries = self.written.queries.par_iter();
        let queries = queries.flat_map_iter(|query| self.of_query(query));
        let found: Vec<_> = rules.chain(queries).collect();
        let told = self.problems.iter();
        let told = told.filter(|problem| !is_told_better(problem, &found));
        let told: Vec<_> = told.cloned().map(Finding::from).collect();
        [told, found].concat()
    }

    /// The files of the detections, by their paths.
    #[must_use]
    pub fn sources(&self) -> BTreeMap<PathBuf, Arc<SourceText>> {
        let rules = self.sigma.sources().into_iter();
        let queries = self.written.queries.iter().map(|query| &query.source);
        let foreign = self.foreign.iter().map(|(_, source)| source);
        rules
            .chain(queries)
            .chain(foreign)
            .map(|source| (source.file.clone(), Arc::clone(source)))
            .collect()
    }

    fn of_query(&self, query: &WrittenQuery) -> Vec<Finding> {
        let text = query.query();
        match query.language {
            Language::Sumo => sumo::lint::lint(text, &self.written.sumo),
            Language::SumoCse => cse::lint::lint(text, &cse::Environment::default()),
            _ => spl::lint::lint(text, &self.written.splunk),
        }
    }
}

/// Whether a linter says of the same place that something is wrong, and more of it.
fn is_told_better(problem: &Diagnostic, found: &[Finding]) -> bool {
    let Some(At::Span { source, bytes }) = problem.place.as_ref().map(|place| &place.at) else {
        return false;
    };
    found.iter().any(|finding| {
        let place = finding.diagnostic.place.as_ref();
        let is_as_bad = finding.diagnostic.severity <= problem.severity;
        is_as_bad
            && matches!(
                place.map(|place| &place.at),
                Some(At::Span { source: other, bytes: own })
                    if other.file == source.file
                        && (bytes.contains(&own.start) || own.contains(&bytes.start))
            )
    })
}
