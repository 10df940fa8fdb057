//! misfire proves whether detections fire.
//!
//! The folders are the sentence: [`content`] is what is to be proven, [`log`]
//! reads and writes what products leave behind, [`event`] is one record of it,
//! [`detect`] searches it, [`verdict`] judges, [`run`] drives, [`coverage`]
//! surveys, and [`report`] tells. Imports run downward only; `tests/suite/layers.rs` enforces it.

#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod activity;
pub mod cli;
pub mod collect;
pub mod content;
pub mod coverage;
pub mod detect;
pub mod diagnostic;
pub mod diff;
pub mod event;
pub mod log;
pub mod recording;
pub mod report;
pub mod run;
pub mod secret;
pub mod sensor;
pub mod stage;
pub mod verdict;
