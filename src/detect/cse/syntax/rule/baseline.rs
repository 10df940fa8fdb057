//! How long a rule learns.

use super::Window;

/// How long a rule learns and remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Baseline {
    /// `baseline_window_size`: for how long no signal is made. Shorter than
    /// what is remembered; 30 days, unless it is set.
    pub learning: Window,
    /// `retention_window_size`: after which time a value is forgotten; 90
    /// days, unless it is set, and never more.
    pub retention: Window,
}

impl Default for Baseline {
    fn default() -> Self {
        Self {
            learning: Window::days(30),
            retention: Window::days(90),
        }
    }
}

/// For whom a rule learns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BaselineScope {
    /// `GLOBAL`: for all together.
    Global,
    /// `PER_ENTITY`: for each entity, or each combination of entities.
    PerEntity,
}

impl BaselineScope {
    /// The scope with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "GLOBAL" => Some(BaselineScope::Global),
            "PER_ENTITY" => Some(BaselineScope::PerEntity),
            _ => None,
        }
    }
}
