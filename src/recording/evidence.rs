//! How much a recording proves.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The evidence grade of a recording, the weakest first.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// Written by hand.
    Authored,
    /// Derived by interpreting commands on a model.
    Simulated,
    /// A real execution, its events shaped by our own sensor.
    Executed,
    /// Logged by the real product.
    Recorded,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authored => "authored",
            Self::Simulated => "simulated",
            Self::Executed => "executed",
            Self::Recorded => "recorded",
        })
    }
}
