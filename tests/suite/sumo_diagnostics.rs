//! Every problem with a Sumo Logic query as its user sees it: one pair of files a
//! message, below `tests/golden/sumo`. `MISFIRE_BLESS=1` writes them anew. What begins
//! with `repaired` is read as its author meant it.

use misfire::content::{QuerySettings, load_detections_from};
use misfire::detect::Reading;

use crate::support::golden;

#[test]
fn every_message_is_as_expected() {
    golden::problems("sumo", 15, |source| {
        let is_meant = source.file.to_string_lossy().starts_with("repaired");
        let settings = QuerySettings {
            reading: is_meant.then_some(Reading::Intent),
            ..QuerySettings::default()
        };
        load_detections_from(vec![Ok(source)], Some((&[], &settings))).problems
    });
}
