//! The arguments of `misfire lint`.

use std::path::PathBuf;

use clap::{ArgAction, Args as ClapArgs, ValueEnum};

use super::query_args::QueryArgs;
use crate::detect::lint::rules;
use crate::diagnostic::{Code, Severity, did_you_mean};

/// Say what a detection's product would reject or read otherwise.
///
/// Looks at the text of Sigma rules, Splunk searches, Sumo Logic queries, and Cloud SIEM
/// expressions; no log is needed. Each finding names the documented rule and its page,
/// and how to mend it. A comment `# misfire-allow: CODE` in a file silences a code there.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  misfire lint detections/
  misfire lint query.yml --fix --dry-run
  misfire lint rules/ --fail-on warning --sarif lint.sarif
  misfire lint rules/ --allow sumo::eval --format json
  misfire lint --rules

Exit codes: 0 nothing is wrong, 1 something is (see --fail-on), 2 wrong usage or there
is no detection, 3 could not finish.")]
pub(super) struct LintArgs {
    /// Files and folders of detections
    #[arg(value_name = "DETECTION", required_unless_present = "rules")]
    pub(super) paths: Vec<PathBuf>,
    /// Change the files where it is certain what was meant
    #[arg(long, action = ArgAction::SetTrue)]
    pub(super) fix: bool,
    /// Show the changes of --fix and write nothing
    #[arg(long, action = ArgAction::SetTrue, requires = "fix")]
    pub(super) dry_run: bool,
    /// Do not tell of this code, whole or without misfire::lint::; may be given several
    /// times
    #[arg(long, value_name = "CODE", value_parser = parse_code)]
    pub(super) allow: Vec<String>,
    /// What ends with exit code 1: a finding as bad as this, or worse
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    pub(super) fail_on: SeverityArg,
    /// Also write the findings as SARIF 2.1.0 to this file, with - for standard output
    #[arg(long, value_name = "PATH")]
    pub(super) sarif: Option<PathBuf>,
    /// Show every rule, with the page that it stands on
    #[arg(long, action = ArgAction::SetTrue, conflicts_with_all = ["paths", "fix", "sarif"])]
    pub(super) rules: bool,
    #[command(flatten)]
    pub(super) queries: QueryArgs,
}

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum SeverityArg {
    /// What the product rejects, or what can never match
    #[default]
    Error,
    /// What is likely not meant so
    Warning,
    /// Anything that is told
    Note,
}

impl SeverityArg {
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Note => Severity::Note,
        }
    }
}

fn parse_code(text: &str) -> Result<String, String> {
    let known = || {
        rules().iter().flat_map(|rule| {
            let code = rule.code.as_str();
            [code, code.trim_start_matches("misfire::lint::")]
        })
    };
    if Code::ALL.iter().any(|code| code.as_str() == text) {
        return Ok(text.to_owned());
    }
    if known().any(|code| code == text) {
        return Ok(text.to_owned());
    }
    Err(match did_you_mean(text, known()) {
        Some(meant) => format!("`{text}` is no rule, did you mean `{meant}`?"),
        None => format!("`{text}` is no rule; `misfire lint --rules` shows them all"),
    })
}
