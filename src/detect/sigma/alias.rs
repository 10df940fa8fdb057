//! What a rule is called.

use super::parse::SigmaRuleSet;

impl SigmaRuleSet {
    /// Every id, name, and title of the rules and correlations that go by `name`,
    /// whatever its letter case.
    #[must_use]
    pub fn aliases(&self, name: &str) -> Vec<String> {
        let rules = self.rules.iter().map(|parsed| {
            let rule = &parsed.document;
            (&rule.id, &rule.name, &rule.title)
        });
        let correlations = self.correlations.iter().map(|parsed| {
            let rule = &parsed.document;
            (&rule.id, &rule.name, &rule.title)
        });
        rules
            .chain(correlations)
            .map(|(id, own_name, title)| {
                let names: Vec<&String> = id.iter().chain(own_name).chain([title]).collect();
                names
            })
            .filter(|names| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
            .flatten()
            .cloned()
            .collect()
    }
}
