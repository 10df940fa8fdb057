//! Sumo Logic's log search.

pub mod syntax;
