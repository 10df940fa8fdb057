//! Atomics: tests in the public schema of Atomic Red Team, unchanged.

mod model;

pub use model::{
    Argument, ArgumentKind, Atomic, AtomicGuid, Dependency, Elevation, Executor, Platform, Shell,
    TechniqueId,
};
