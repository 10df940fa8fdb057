//! Renderings of what was found, one file a format, all fed by the same values.

mod convert;
mod explain;
mod import;
mod json;
mod judged;
mod junit;
mod list;
mod live;
pub mod mask;
mod paint;
mod pick;
mod progress;
mod run;
mod scan;
mod words;

pub use convert::{convert_json, convert_text};
pub use explain::{explain_json, explain_text};
pub use import::{import_json, import_text};
pub use json::run_json;
pub use junit::junit;
pub use list::{Titles, list_json, list_text};
pub use live::{Bar, Live};
pub use paint::Paint;
pub use pick::Words;
pub use progress::Progress;
pub use run::{Detail, Show, run_text};
pub use scan::{scan_json, scan_text};
