//! Fields of data models in `tstats`.

use std::collections::BTreeSet;

use super::rules::{MODEL_FIELD, MODEL_PREFIX};
use super::{Linter, Weight, as_bad_as};
use crate::detect::lint::Remedy;
use crate::detect::plan::View;
use crate::detect::spl::deployment::Dataset;
use crate::detect::spl::syntax::{
    Argument, Field, SearchExpression, SearchExpressionKind, Tstats, TstatsSource,
};
use crate::diagnostic::{Severity, did_you_mean};

/// Fields that are in every data model, or that are none.
const ALWAYS: &[&str] = &[
    "_time",
    "_indextime",
    "host",
    "source",
    "sourcetype",
    "index",
    "tag",
    "eventtype",
    "nodename",
    "splunk_server",
    "linecount",
    "punct",
    "timestamp",
];

/// The names that a view shows.
fn names_of(view: &View) -> BTreeSet<String> {
    let names = view.kinds.iter().flat_map(|kind| kind.shown.keys());
    names.map(|name| name.to_string()).collect()
}

/// The dataset that a name begins with.
fn root_of(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// What asset and identity lookups add begins or ends so.
fn is_added(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.starts_with("is_")
        || [
            "_bunit",
            "_category",
            "_priority",
            "_should_timesync",
            "_should_update",
            "_requires_av",
        ]
        .iter()
        .any(|end| last.ends_with(end))
}

impl Linter<'_> {
    pub(super) fn data_model(&mut self, tstats: &Tstats) {
        let Some(TstatsSource::DataModel { model, node }) =
            tstats.source.as_ref().map(|source| &source.node)
        else {
            return;
        };
        let Dataset::Records(view) = self.environment.deployment.dataset(model, node.as_deref())
        else {
            return;
        };
        if view.kinds.is_empty() {
            return;
        }
        let own: BTreeSet<String> = names_of(&view);
        let roots: BTreeSet<&str> = own.iter().map(|name| root_of(name)).collect();
        // The rows of a dataset have the fields of its children as well.
        let prefix = format!("{model}.");
        let datasets = self.environment.deployment.datasets.iter();
        let names: BTreeSet<String> = datasets
            .filter(|(name, _)| name.starts_with(&prefix))
            .flat_map(|(_, view)| names_of(view))
            .filter(|name| roots.contains(root_of(name)))
            .chain(own.iter().cloned())
            .collect();
        if names.is_empty() {
            return;
        }
        if let Some(condition) = &tstats.condition {
            self.model_condition(condition, Weight::Required, &names);
        }
        let of_by = match tstats.options.fill_null_value {
            Some(_) => Severity::Warning,
            None => Severity::Error,
        };
        for by in &tstats.by {
            self.model_field(&by.field, of_by, &names);
        }
        for aggregation in &tstats.aggregations {
            if let Argument::Field(field) = &aggregation.argument {
                self.model_field(field, Severity::Warning, &names);
            }
        }
    }

    fn model_condition(
        &mut self,
        condition: &SearchExpression,
        weight: Weight,
        names: &BTreeSet<String>,
    ) {
        match &condition.node {
            SearchExpressionKind::And(parts) => {
                for part in parts {
                    self.model_condition(part, weight, names);
                }
            }
            SearchExpressionKind::Or(parts) => {
                for part in parts {
                    self.model_condition(part, weight.in_alternatives(), names);
                }
            }
            SearchExpressionKind::Not(part) => {
                self.model_condition(part, weight.negated(), names);
            }
            SearchExpressionKind::Comparison { field, .. }
            | SearchExpressionKind::In { field, .. } => {
                self.model_field(field, weight.of_never(), names);
            }
            _ => {}
        }
    }

    fn model_field(&mut self, field: &Field, severity: Severity, names: &BTreeSet<String>) {
        let name = field.node.text.as_str();
        let is_known = names.contains(name) || ALWAYS.contains(&name);
        if is_known || name.contains('*') || is_added(name) {
            return;
        }
        // The name that stands behind the prefix of a dataset.
        let own = |known: &str| known.rsplit_once('.').map(|(_, last)| last == name);
        let prefixed = names.iter().find(|known| own(known) == Some(true));
        if let Some(meant) = prefixed.filter(|_| !name.contains('.')) {
            let message = format!("the data model calls this field `{meant}`");
            let edits = self.replace(field.span, meant.as_str());
            self.tell(&MODEL_PREFIX, field.span, message, |_, finding| {
                as_bad_as(severity)(finding).fix(Remedy::Certain, format!("write `{meant}`"), edits)
            });
            return;
        }
        let near = did_you_mean(name, names.iter().map(String::as_str)).map(str::to_owned);
        let near = near.filter(|near| {
            near.eq_ignore_ascii_case(name) || strsim::damerau_levenshtein(name, near) <= 3
        });
        let severity = match near {
            Some(_) => severity,
            None => Severity::Note,
        };
        let message = format!("the data model has no field `{name}`");
        let edits = near
            .as_ref()
            .map(|near| self.replace(field.span, near.as_str()));
        self.tell(&MODEL_FIELD, field.span, message, |_, finding| {
            let finding = as_bad_as(severity)(finding);
            match (near, edits) {
                (Some(near), Some(edits)) => {
                    finding.fix(Remedy::Proposed, format!("did you mean `{near}`?"), edits)
                }
                _ => finding,
            }
        });
    }
}
