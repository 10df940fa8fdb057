//! Renderings of what was found, one file a format, all fed by the same values.

mod convert;
mod explain;
mod json;
mod junit;
pub mod mask;
mod paint;
mod progress;
mod run;
mod scan;
mod words;

pub use convert::{convert_json, convert_text};
pub use explain::{explain_json, explain_text};
pub use json::run_json;
pub use junit::junit;
pub use paint::Paint;
pub use progress::Progress;
pub use run::{Detail, run_text};
pub use scan::{scan_json, scan_text};
