//! Renderings of what was found, one file a format, all fed by the same values.

mod convert;
mod doctor;
mod explain;
mod file;
mod github;
mod json;
mod judged;
mod junit;
mod live;
mod markdown;
pub mod mask;
mod paint;
mod pick;
mod progress;
mod run;
mod scan;
mod words;

pub use convert::{convert_json, convert_text};
pub use doctor::{Terminal, doctor_json, doctor_text};
pub use explain::{explain_json, explain_text};
pub use file::write_file;
pub use github::github_annotations;
pub use json::{report_schema, run_json};
pub use junit::junit;
pub use live::{Bar, Live};
pub use markdown::markdown;
pub use paint::Paint;
pub use pick::Words;
pub use progress::Progress;
pub use run::{Detail, Show, run_text};
pub use scan::{scan_json, scan_text};
