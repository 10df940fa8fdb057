//! What is to be proven and with what: detections, suites, and lists, loaded
//! from disk, every problem reported with its place.

pub mod atomic;
pub mod attack;
mod benign;
mod bundled;
pub mod config;
mod detections;
pub mod expectation;
mod files;
pub mod fixture;
mod info;
mod plan;
mod regression;
mod structure;

pub use benign::{BenignEntry, BenignList};
pub use bundled::{bundled_detections, bundled_suite};
pub use detections::{LoadedDetections, load_detections, load_detections_from};
pub use files::{FoundFile, find_files, read_text};
pub use plan::{Plan, PlannedControl, PlannedTest};
pub use regression::{Case, Control, LogInput, Suite, load_suite};
