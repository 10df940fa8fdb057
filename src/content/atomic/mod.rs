//! Atomics: tests in the public schema of Atomic Red Team, unchanged.

mod check;
mod load;
mod model;
mod raw;
mod substitute;
mod value;

pub(super) use load::schema;
pub use load::{LoadedAtomics, atomics_schema, load_atomics, load_atomics_from};
pub use model::{
    Argument, ArgumentKind, Atomic, AtomicGuid, DependenciesBy, Dependency, Elevation, Executor,
    Platform, Shell, TechniqueId,
};
pub use substitute::{
    Substituted, SubstitutedDependency, SubstitutedRun, SubstitutionError, Way, resolve_arguments,
    substitute,
};
