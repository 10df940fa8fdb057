//! Sigma rules, correlations, and filters.
//!
//! `rsigma` parses and evaluates; what is ours is routing (a rule only ever
//! sees the events of its log source), field names, the repairs that keep the
//! engine's faults from users, and telling them why.

mod alias;
mod check;
mod companion;
mod compile;
mod correlate;
mod derived;
mod document;
mod engine;
mod explain;
mod filter;
mod identity;
pub mod lint;
mod listed;
mod parse;
mod relations;
mod repair;
mod selection;
mod signal;
mod sound;
mod view;
mod xml_path;

pub use companion::CompanionError;
pub use engine::SigmaEngine;
pub use identity::{Described, described_in, ids_at, ids_in};
pub use listed::{Listed, Role};
pub use parse::{SigmaRuleSet, parse};
pub use selection::check_selection;
pub use signal::SignalSelection;
