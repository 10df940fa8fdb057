//! Base rules that are judged for themselves, and ids that are not unique.

use misfire::detect::Engine;
use misfire::detect::sigma::SigmaEngine;

use crate::sigma_correlations::correlated;
use crate::support::events::{Made, batch};
use crate::support::{engine_of, names_of, rules, search};

#[test]
fn base_rules_fire_by_themselves_where_that_is_asked_for() {
    let text = correlated(
        "type: event_count\nrules: [base_a]\ngroup-by: [Computer]\ntimespan: 5m\ncondition: {gte: 2}",
    );
    let count = |engine: &SigmaEngine| {
        let event = Made::sysmon(1).with("CommandLine", "AAA");
        let batches = [batch(engine.names(), &[event])];
        search(engine, &batches).len()
    };
    assert_eq!(count(&engine_of(&text)), 0);
    let engine = engine_of(&text).with_base_firings();
    assert_eq!(count(&engine), 1);
    let base = engine
        .programs()
        .iter()
        .position(|one| one.is_called("base_a"));
    assert_eq!(base, Some(0));
}

#[test]
fn ids_of_several_rules_are_known() {
    let rule = |id: &str, image: &str| {
        format!(
            "title: A rule\nid: {id}\nlogsource: {{product: windows}}\n\
detection: {{selection: {{Image: {image}}}, condition: selection}}\n"
        )
    };
    let text = [rule("one", "a"), rule("two", "b"), rule("one", "c")].join("---\n");
    let set = rules(&text);
    let names = names_of(&set);
    let (engine, problems) = SigmaEngine::new(set, &names);
    assert_eq!(problems.len(), 1);
    assert_eq!(engine.duplicates().collect::<Vec<_>>(), ["one"]);
}
