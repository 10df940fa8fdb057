//! What changed between two runs: their documents are read, their tests paired, and
//! each judgement that differs is a [`Change`].
//!
//! Only proof makes something better: a detection that fires, a control that is quiet, a
//! signal that is seen, a claim that is proven. Whatever is lost of that is worse, also
//! where it is only not judged any more.

mod change;
mod compare;
mod cursor;
mod document;
mod items;
mod pair;
mod parse;
mod read;
mod standing;

pub use change::{
    Change, ChangeKind, Class, Diff, Removal, RunFacts, Side, Subject, TestName, Transition,
};
pub use compare::compare;
pub use document::{NearMiss, Predicate, RecordedEvent, RunDocument};
pub use read::{LARGEST_DOCUMENT, read_run};
