//! Every rule that findings are made by.

use std::sync::LazyLock;

use super::super::{Language, cse, sigma, spl, sumo};
use crate::diagnostic::{Code, Severity};

/// Something that is worth telling about a detection, and where it is documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The code of its findings.
    pub code: Code,
    /// The language of the detections.
    pub language: Language,
    /// How bad its findings are, unless one says otherwise.
    pub severity: Severity,
    /// What is so, in a sentence that holds for every finding.
    pub meaning: &'static str,
    /// Where that is documented.
    pub page: Page,
    /// What can be done by itself.
    pub remedy: Remedy,
}

/// A page of a vendor's documentation or of a specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Its title, with the section where that helps.
    pub title: &'static str,
    /// Its address; empty where it has none.
    pub address: &'static str,
}

/// What a program can do about the findings of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// Nothing: what was meant is not known.
    None,
    /// A change can be proposed, which someone has to look at.
    Proposed,
    /// A change is certain: it says what the author can only have meant.
    Certain,
}

/// Every rule, by code.
#[must_use]
pub fn rules() -> &'static [&'static Rule] {
    static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
        let mut rules: Vec<&'static Rule> = [
            cse::lint::RULES,
            sigma::lint::rules(),
            spl::lint::RULES,
            sumo::lint::RULES,
        ]
        .concat();
        rules.sort_by_key(|rule| rule.code);
        rules
    });
    &RULES
}

/// The rule with a code, if there is one.
#[must_use]
pub fn rule_of(code: Code) -> Option<&'static Rule> {
    let rules = rules();
    let place = rules.binary_search_by_key(&code, |rule| rule.code).ok()?;
    rules.get(place).copied()
}
