//! What sensors write: compared with real records, with the bundled fixtures, and
//! with what comes back from the files that it is written to.

#[path = "support/corpora.rs"]
mod corpora;
#[path = "sensors/given.rs"]
mod given;
#[path = "sensors/happenings.rs"]
mod happenings;
#[path = "sensors/hostile.rs"]
mod hostile;
#[path = "sensors/real.rs"]
mod real;
#[path = "sensors/registry.rs"]
mod registry;
#[path = "sensors/round_trip.rs"]
mod round_trip;
#[path = "support/shapes/mod.rs"]
mod shapes;
#[path = "sensors/switches.rs"]
mod switches;
#[path = "sensors/values.rs"]
mod values;
