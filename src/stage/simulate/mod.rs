//! Simulation: an atomic's commands are interpreted on a modelled host or account.
//!
//! It knows nothing of what is expected: the same atomic, arguments, profile, and
//! seed give the same activities.
//!
//! - `perform`: from an atomic to what it does;
//! - `record`: what the sensors log of it, as files;
//! - `world`: the host or account, and what has happened there;
//! - `shell`: interpreters of the executors' languages;
//! - `program`: what programs do when they are started;
//! - `character_class`: what patterns and `tr` share.

mod character_class;
mod perform;
pub mod program;
mod record;
mod sensing;
pub mod shell;
pub mod world;

pub use perform::{Performed, Simulation, perform};
pub use record::{LoggedEvent, NotLogged, Simulated, record};
