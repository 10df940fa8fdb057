//! What is wrong with detections that load: constructs that their product rejects, reads
//! otherwise than they look, or that can never match.
//!
//! Each front end has rules of its own ([`crate::detect::sumo::lint`] and its like);
//! here is what they have in common: the [`Rule`], the [`Finding`], and the [`Fix`].

mod catalogue;
mod finding;
mod holds;
mod regex_findings;
mod regex_shape;
mod wildcards;

pub use catalogue::{Page, Remedy, Rule, rule_of, rules};
pub use finding::{Edit, Finding, Fix};
pub(in crate::detect) use holds::Holds;
pub(in crate::detect) use regex_findings::{RegexRules, WrittenRegex};
pub(in crate::detect) use regex_shape::{Letters, RegexShape};
pub(in crate::detect) use wildcards::{between, is_glob, sql_pattern, varies};
