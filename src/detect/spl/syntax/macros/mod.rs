//! Macros: names in backticks that stand for text.

mod call;
mod error;
mod expand;
mod map;

pub use error::{MacroError, MacroProblem};
pub use expand::{Expanded, expand};
pub use map::SpanMap;

use std::collections::BTreeMap;

/// A named piece of SPL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macro {
    /// Its name; in files it may carry the number of arguments (`name(1)`).
    pub name: String,
    /// What it takes, in order.
    pub arguments: Vec<String>,
    /// What it stands for, with `$argument$` where arguments go.
    pub definition: String,
}

/// The macros that a search may use, by name and number of arguments.
#[derive(Debug, Clone, Default)]
pub struct Macros {
    macros: BTreeMap<String, BTreeMap<usize, Macro>>,
    filter: Option<Macro>,
}

impl Macros {
    /// No macros at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The macros that published searches lean on without bringing them along.
    /// A `…_filter` that is nowhere defined lets everything through: it is the
    /// place where an operator takes out what is known to be harmless.
    #[must_use]
    pub fn builtin() -> Self {
        let mut macros = Self {
            filter: Some(plain("filter", "search *")),
            ..Self::default()
        };
        macros.insert(plain(
            "security_content_summariesonly",
            "summariesonly=false allow_old_summaries=true fillnull_value=null",
        ));
        macros.insert(Macro {
            name: "drop_dm_object_name".to_owned(),
            arguments: vec!["x".to_owned()],
            definition: "rename \"$x$.*\" as *".to_owned(),
        });
        macros.insert(Macro {
            name: "security_content_ctime".to_owned(),
            arguments: vec!["field".to_owned()],
            definition: "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime($field$)".to_owned(),
        });
        macros
    }

    /// Adds a macro, in place of one with the same name and as many arguments.
    pub fn insert(&mut self, mut one: Macro) {
        if let Some(open) = one.name.find('(') {
            one.name.truncate(open);
        }
        self.macros
            .entry(one.name.clone())
            .or_default()
            .insert(one.arguments.len(), one);
    }

    /// The macro with a name and a number of arguments.
    #[must_use]
    pub fn get(&self, name: &str, arity: usize) -> Option<&Macro> {
        self.macros
            .get(name)
            .and_then(|by_arity| by_arity.get(&arity))
            .or_else(|| {
                self.filter
                    .as_ref()
                    .filter(|_| arity == 0 && name.ends_with("_filter"))
            })
    }

    /// With how many arguments there is a macro of this name.
    #[must_use]
    pub fn arities(&self, name: &str) -> Vec<usize> {
        self.macros
            .get(name)
            .map(|by_arity| by_arity.keys().copied().collect())
            .unwrap_or_default()
    }
}

fn plain(name: &str, definition: &str) -> Macro {
    Macro {
        name: name.to_owned(),
        arguments: Vec::new(),
        definition: definition.to_owned(),
    }
}
