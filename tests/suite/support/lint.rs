//! Cases of what linters find, each written after a page of documentation.

use std::path::Path;
use std::sync::Arc;

use misfire::content::{QuerySettings, load_detections_from, mend};
use misfire::detect::lint::{Finding, rules};
use misfire::diagnostic::{At, SourceText};
use serde::Deserialize;

/// What a linter makes of a query or a file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub shows: String,
    /// The rule's code.
    pub rule: String,
    /// A query in the language of the folder …
    #[serde(default)]
    pub query: Option<String>,
    /// … or a whole file.
    #[serde(default)]
    pub file: Option<String>,
    /// The deployment that it is read in.
    #[serde(default)]
    pub deployment: Option<String>,
    /// The parts that the rule's findings mark, in order; none if it is silent.
    #[serde(default)]
    pub marks: Vec<String>,
    /// What every fix of the rule, proposed ones included, makes of it; absent if there
    /// is nothing to change.
    #[serde(default)]
    pub fixed: Option<String>,
}

fn file_of(case: &Case, language: &str, query: Option<&str>, file: Option<&str>) -> String {
    if let Some(file) = file {
        return file.to_owned();
    }
    let query = query.unwrap_or_default().replace('\n', "\n  ");
    let shows = case.shows.replace('\'', "''");
    format!(
        "id: 0d5d1b1e-5a5c-4a53-9c0e-3f2f6f6d7a10\ntitle: '{shows}'\nlanguage: {language}\n\
         query: |-\n  {query}\n"
    )
}

fn findings(source: &Arc<SourceText>, deployment: Option<&str>) -> Vec<Finding> {
    let mut settings = QuerySettings::default();
    settings.splunk.deployment = deployment.map(str::to_owned);
    settings.sumo.deployment = deployment.map(str::to_owned);
    load_detections_from(vec![Ok(Arc::clone(source))], Some((&[], &settings))).findings()
}

/// Holds the linter of a language against the cases of `tests/data/lint/LANGUAGE`: at
/// least so many, and for each of the language's rules one that it is silent on and one
/// that it is not.
pub fn cases(language: &str, least: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/lint")
        .join(language);
    let mut all = Vec::new();
    for path in super::files(&folder, "yaml") {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let cases: Vec<Case> = serde_yaml::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        all.extend(cases);
    }
    assert!(all.len() >= least, "only {} cases of {language}", all.len());
    let mut wrong = Vec::new();
    for case in &all {
        if let Err(why) = hold(case, language) {
            wrong.push(format!("{}: {why}", case.shows));
        }
    }
    let own = rules().iter().filter(|rule| {
        rule.language.as_str() == language && rule.code.as_str().starts_with("misfire::lint::")
    });
    for rule in own {
        let of_rule = || all.iter().filter(|case| case.rule == rule.code.as_str());
        if !of_rule().any(|case| case.marks.is_empty()) {
            wrong.push(format!("{} has no case that it is silent on", rule.code));
        }
        if !of_rule().any(|case| !case.marks.is_empty()) {
            wrong.push(format!("{} has no case that it speaks on", rule.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn hold(case: &Case, language: &str) -> Result<(), String> {
    let text = file_of(case, language, case.query.as_deref(), case.file.as_deref());
    let source = SourceText::new("case.yml", text);
    if !rules().iter().any(|rule| rule.code.as_str() == case.rule) {
        return Err(format!("there is no rule `{}`", case.rule));
    }
    let found: Vec<_> = findings(&source, case.deployment.as_deref())
        .into_iter()
        .filter(|finding| finding.diagnostic.code.as_str() == case.rule)
        .collect();
    let marked = |finding: &Finding| match finding.diagnostic.place.as_ref().map(|at| &at.at) {
        Some(At::Span { source, bytes }) => source.text[bytes.clone()].to_owned(),
        other => format!("{other:?}"),
    };
    let marks: Vec<_> = found.iter().map(marked).collect();
    if marks != case.marks {
        return Err(format!("marks {marks:?}, wanted {:?}", case.marks));
    }
    let fixes: Vec<_> = found
        .iter()
        .filter_map(|found| found.fix.as_ref())
        .collect();
    let mended = mend(&source, &fixes);
    if mended.made.len() != fixes.len() {
        return Err(format!("{} fixes, {:?} made", fixes.len(), mended.made));
    }
    let wanted = match &case.fixed {
        None => source.text.clone(),
        Some(fixed) => file_of(
            case,
            language,
            Some(fixed),
            case.file.as_ref().map(|_| &**fixed),
        ),
    };
    if mended.text != wanted {
        return Err(format!("becomes\n{}\nwanted\n{wanted}", mended.text));
    }
    Ok(())
}
