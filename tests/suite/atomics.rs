//! Atomics: what of the public schema loads, what is said of what does not, and
//! how arguments are filled in.

mod attack;
mod folders;
mod golden;
mod hostile;
mod public;
mod substitute;

use std::sync::Arc;

use misfire::content::atomic::{Atomic, LoadedAtomics, load_atomics_from};
use misfire::diagnostic::{Ink, SourceText, to_text};

/// Loads a text as if it stood in the folder of T1219.
pub fn load(text: &str) -> LoadedAtomics {
    let source = SourceText::new("atomics/T1219/T1219.yaml", text);
    load_atomics_from(vec![Ok(source)])
}

/// The only atomic of a text that nothing is wrong with.
pub fn atomic(text: &str) -> Arc<Atomic> {
    let loaded = load(text);
    assert_eq!(to_text(&loaded.problems, Ink::Plain), "", "in:\n{text}");
    assert_eq!(loaded.atomics.len(), 1, "in:\n{text}");
    Arc::clone(&loaded.atomics[0])
}
