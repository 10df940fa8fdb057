//! The public Splunk detections, on the public recordings.

use std::collections::{BTreeMap, BTreeSet};

use misfire::content::{QuerySettings, load_detections_with};
use misfire::detect::Engine;
use misfire::event::FileId;

use super::{engine, found};
use crate::support::{corpus, files, read};

/// Whether a detection names records that this program reads.
fn is_relevant(data_source: &str) -> bool {
    let data_source = data_source.to_lowercase();
    let is_windows = ["sysmon", "windows", "powershell", "ntlm"]
        .iter()
        .any(|word| data_source.contains(word));
    is_windows || data_source.contains("cloudtrail") || data_source.contains("azure")
}

#[test]
fn nearly_all_detections_on_readable_logs_lower_completely() {
    let Some(detections) = corpus("splunk/detections") else {
        return;
    };
    let loaded = load_detections_with(&[detections], &QuerySettings::default());
    assert_eq!(loaded.plans.planned.len(), 818);
    let mut relevant = 0;
    let mut lowered = 0;
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for planned in &loaded.plans.planned {
        let text = &planned.source.text;
        let document: serde_yaml::Mapping = serde_yaml::from_str(text).expect("YAML");
        let sources = document
            .get("data_source")
            .and_then(|value| value.as_sequence());
        let mut sources = sources
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_str());
        if !sources.any(is_relevant) {
            continue;
        }
        relevant += 1;
        match &planned.plan {
            Ok(_) => lowered += 1,
            Err(why) => *refused.entry(format!("{why:?}")).or_default() += 1,
        }
    }
    println!("{lowered} of {relevant} lower completely; {refused:#?}");
    assert!(relevant > 400, "{relevant}");
    assert!(
        lowered * 100 >= relevant * 96,
        "{lowered} of {relevant}: {refused:#?}"
    );
}

/// What is found does not depend on whether records are looked through for literals
/// first.
#[test]
fn the_prefilter_changes_nothing() {
    let (Some(detections), Some(samples)) =
        (corpus("splunk/detections"), corpus("evtx-attack-samples"))
    else {
        return;
    };
    let load =
        || load_detections_with(std::slice::from_ref(&detections), &QuerySettings::default());
    let (with, names) = engine(load());
    let (without, _) = engine(load());
    let without = without.without_prefilter();
    let mut fired = BTreeSet::new();
    let mut firings = 0;
    for (path, number) in files(&samples, "evtx").iter().zip(0..) {
        let batches = read(path, FileId(number), &names);
        let found_with = found(&with, &batches);
        assert_eq!(found_with, found(&without, &batches), "{}", path.display());
        firings += found_with.len();
        fired.extend(found_with.iter().map(|firing| firing.program));
    }
    println!("{} detections fire {firings} times", fired.len());
    assert!(fired.len() > 80, "{}", fired.len());
    assert!(with.programs().len() > 800);
}
