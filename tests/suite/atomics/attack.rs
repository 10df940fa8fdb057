//! The table of ATT&CK.

use std::collections::BTreeSet;

use misfire::content::atomic::TechniqueId;
use misfire::content::attack::{AttackTable, Resolution, Tactic};
use rstest::rstest;

fn id(text: &str) -> TechniqueId {
    TechniqueId::parse(text).expect("an id")
}

#[test]
fn the_data_is_complete_and_consistent() {
    let table = AttackTable::bundled();
    assert_eq!(table.version(), 19);
    let techniques: Vec<_> = table.techniques().collect();
    assert!(techniques.len() > 690, "{}", techniques.len());
    let mut served = BTreeSet::new();
    for technique in &techniques {
        assert_eq!(table.resolve(&technique.id), Resolution::Current);
        assert_eq!(technique.name.trim(), technique.name);
        assert!(!technique.name.is_empty() && !technique.tactics.is_empty());
        let parent = technique.id.parent();
        assert_eq!(table.resolve(&parent), Resolution::Current, "{parent}");
        served.extend(technique.tactics.iter().copied());
    }
    assert_eq!(served, Tactic::ALL.iter().copied().collect());
    for line in include_str!("../../../src/content/attack/attack.tsv").lines() {
        let columns: Vec<_> = line.split('\t').collect();
        if let [old, "", "", new] = columns.as_slice() {
            assert_eq!(table.resolve(&id(old)), Resolution::Replaced(id(new)));
            assert_eq!(table.resolve(&id(new)), Resolution::Current, "{new}");
        }
    }
}

#[rstest]
#[case("T1219.001", Resolution::Current)]
#[case("T1685", Resolution::Current)]
#[case("T1562.001", Resolution::Replaced(id("T1685")))]
#[case("T1086", Resolution::Replaced(id("T1059.001")))]
#[case("T9999", Resolution::Unknown)]
#[case("T1219.999", Resolution::Unknown)]
fn ids_are_current_replaced_or_unknown(#[case] text: &str, #[case] expected: Resolution) {
    assert_eq!(AttackTable::bundled().resolve(&id(text)), expected);
}

#[rstest]
#[case("T1562.001", "T1685", true)]
#[case("T1685", "T1562.001", true)]
#[case("T1562.002", "T1685.001", true)]
#[case("T1562.002", "T1685", false)]
#[case("T9999", "T9999", true)]
#[case("T9999", "T9998", false)]
fn former_ids_stand_for_the_current_ones(
    #[case] left: &str,
    #[case] right: &str,
    #[case] expected: bool,
) {
    let table = AttackTable::bundled();
    assert_eq!(table.is_same(&id(left), &id(right)), expected);
    assert_eq!(table.is_same(&id(right), &id(left)), expected);
}

#[rstest]
#[case("T1219", "T1219.001", true)]
#[case("T1219.001", "T1219", false)]
#[case("T1219", "T1219", true)]
#[case("T1562.001", "T1685", true)]
#[case("T1685", "T1562.001", true)]
#[case("T1562", "T1562.004", true)]
#[case("T1562", "T1686", true)]
#[case("T1562", "T1685.001", true)]
#[case("T1685", "T1562.002", true)]
#[case("T1685", "T1562.004", false)]
#[case("T1219", "T1021.008", false)]
fn a_filter_finds_both_numberings(
    #[case] wanted: &str,
    #[case] other: &str,
    #[case] expected: bool,
) {
    assert_eq!(
        AttackTable::bundled().covers(&id(wanted), &id(other)),
        expected
    );
}

#[test]
fn names_and_tactics_are_those_of_the_current_id() {
    let table = AttackTable::bundled();
    assert_eq!(
        table.name(&id("T1059.001")).as_deref(),
        Some("Command and Scripting Interpreter: PowerShell")
    );
    assert_eq!(table.name(&id("T1086")), table.name(&id("T1059.001")));
    assert_eq!(table.name(&id("T9999")), None);
    assert_eq!(table.tactics(&id("T1219.001")), [Tactic::CommandAndControl]);
    assert_eq!(table.tactics(&id("T1562.001")), [Tactic::DefenseImpairment]);
    assert_eq!(table.tactics(&id("T9999")), []);
    for tactic in Tactic::ALL {
        assert_eq!(Tactic::parse(tactic.as_str()), Some(*tactic));
    }
}
