//! What sensors write: compared with real records, with the bundled fixtures, and
//! with what comes back from the files that it is written to.

mod cloud;
mod given;
mod happenings;
mod hostile;
mod real;
mod registry;
mod round_trip;
mod switches;
mod values;
