//! What is to be proven and with what: detections, suites, and lists, loaded
//! from disk, every problem reported with its place.

mod allowed;
pub mod atomic;
pub mod attack;
mod benign;
mod beside;
mod bounded;
mod bundled;
mod changes;
pub mod config;
mod cse_rule;
mod detections;
pub mod expectation;
mod files;
pub mod fixture;
mod foreign;
mod info;
mod lint;
mod log_input;
mod loose;
mod mend;
mod places;
mod plan;
mod project;
mod query_settings;
mod query_text;
mod references;
mod regression;
mod replace;
mod schema;
mod splunk;
mod starter;
mod structure;
mod sumo;
mod text;
pub(crate) mod yaml_text;

pub use allowed::{is_allowed_in, is_code, wrongly_allowed_in};
pub use benign::{BenignEntry, BenignList};
pub use bundled::{bundled_atomics, bundled_detections, bundled_expectations, bundled_fixtures};
pub use changes::{Changes, changed_since};
pub use detections::{
    LoadedDetections, load_detections, load_detections_from, load_detections_with,
};
pub(crate) use files::is_yaml;
pub use files::{FoundFile, find_files, read_text};
pub(crate) use fixture::is_manifest;
pub use log_input::LogInput;
pub use loose::{LooseFiles, check_files};
pub use mend::{Mended, mend};
pub use plan::{Plan, PlannedControl, PlannedTest, Unrecorded};
pub(crate) use project::laid_out;
pub use project::{Content, ContentRequest, LoadedCounts, Origin, Start};
pub use query_settings::QuerySettings;
pub use regression::{Case, Control, Suite, load_suite};
pub use replace::replace_file;
pub use schema::schemas;
pub use splunk::{MacroOverride, SourceOverride, SplunkSettings};
pub use starter::start_project;
pub use sumo::SumoSettings;
