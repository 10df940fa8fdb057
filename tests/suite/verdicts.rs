//! The tables of verdicts, as pure functions: properties that hold for any facts,
//! and each row with its neighbour.

mod attribution;
mod detection;
mod mark;
mod relations;
mod signal;

use misfire::content::expectation::SignalId;
use misfire::recording::Closure;
use misfire::verdict::{SourceFacts, SourceState};
use proptest::prelude::*;

fn id(name: &str) -> SignalId {
    SignalId::parse(name).expect("a signal's name")
}

fn source(state: SourceState) -> SourceFacts {
    SourceFacts {
        name: "sysmon".to_owned(),
        state,
        why_open: Vec::new(),
    }
}

fn any_source() -> impl Strategy<Value = SourceFacts> {
    prop_oneof![
        Just(SourceState::Read(Closure::Closed)),
        Just(SourceState::Read(Closure::Open)),
        Just(SourceState::NotLookedAt),
        Just(SourceState::Damaged("cut off".to_owned())),
    ]
    .prop_map(source)
}
