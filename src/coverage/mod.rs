//! What a corpus of rules covers of a technique, and what of it is proven.
//!
//! A [`Corpus`] is what the predicates of every rule come to: the events that it looks
//! at, and what it asks of which fields, under names that all languages share. A
//! [`Page`] is the part of one technique, an [`Index`] has a line for each. Neither
//! needs a recording; where some were searched, or a run was judged, its [`Proofs`] say
//! which rules are known to fire.

mod ask;
mod build;
mod corpus;
mod events;
mod fields;
mod index;
mod page;
mod probe;
mod proof;
mod rows;
mod tables;
mod telemetry;

pub use build::{NoRule, Scope, page};
pub use corpus::{Corpus, SurveyedRule, UnreadRule};
pub use events::EventRow;
pub use index::{Index, IndexRow, index};
pub use page::{
    ExclusionRow, FieldRow, IndicatorRow, LanguageRow, Page, ProofSummary, RuleRow, SubTechnique,
    UnreadRow,
};
pub use probe::{Probes, probes};
pub use proof::{BadProof, Outcome, Proof, Proofs, SearchedRecording, proofs_of_run};
pub use telemetry::GapRow;
