//! Renderings of what was found, one file a format, all fed by the same values.

mod accept;
mod badge;
mod check;
mod convert;
mod coverage;
mod diff;
mod doctor;
mod events;
#[cfg(target_os = "linux")]
mod execute;
mod executed;
mod explain;
mod file;
mod github;
mod html;
mod import;
mod init;
mod json;
mod judged;
mod junit;
mod lint;
mod list;
mod live;
mod markdown;
pub mod mask;
mod navigator;
mod pace;
mod page;
mod paint;
mod pick;
mod progress;
mod record;
mod run;
mod run_log;
mod scan;
mod simulate;
mod words;

pub use accept::{accept_json, accept_markdown, accept_text};
pub use badge::{badge_json, badge_svg};
pub use check::{check_json, check_text};
pub use convert::{convert_json, convert_text};
pub use coverage::{
    coverage_html, coverage_json, coverage_markdown, coverage_schema, coverage_text, index_html,
    index_json, index_markdown, index_schema, index_text,
};
pub use diff::{changes_json, changes_markdown, changes_schema, changes_text, secrets_of_diff};
pub use doctor::{Terminal, doctor_json, doctor_text};
pub use events::{Events, message_event, problem_event, progress_schema};
#[cfg(target_os = "linux")]
pub use execute::{dry_run_json, dry_run_text, recovered_json, recovered_text};
pub use explain::{explain_json, explain_text};
pub use file::{append_file, write_file};
pub use github::github_annotations;
pub use html::report_html;
pub use import::{import_json, import_text};
pub use init::{init_json, init_text};
pub use json::{report_schema, run_json};
pub use junit::junit;
pub use lint::{diff_text, lint_json, lint_sarif, lint_text, rules_json, rules_text};
pub use list::{Titles, list_json, list_text};
pub use live::{Bar, Live};
pub use markdown::markdown;
pub use navigator::navigator;
pub use paint::Paint;
pub use pick::Words;
pub use progress::Progress;
pub use record::{record_json, record_text, scrubbed_text};
pub use run::{Detail, Show, run_text};
pub use run_log::{ART_CSV_HEADER, art_csv, attire, is_art_csv_header};
pub use scan::{scan_json, scan_text};
pub use simulate::{Causes, simulate_json, simulate_text};
