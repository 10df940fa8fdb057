//! ATT&CK: which techniques there are, and what became of ids that are gone.

mod table;
mod tactic;

pub use table::{AttackTable, Resolution, Technique};
pub use tactic::Tactic;
