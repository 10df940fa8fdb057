//! Every problem with a Splunk search as its user sees it: one pair of files a
//! message, below `tests/golden/spl`. `MISFIRE_BLESS=1` writes them anew.

use misfire::content::{QuerySettings, load_detections_from};
use misfire::diagnostic::Code;

use crate::support::golden;

#[test]
fn every_message_is_as_expected() {
    golden::problems("spl", 20, |source| {
        load_detections_from(vec![Ok(source)], None).problems
    });
}

/// A macro or table that cannot be read is told, and whoever needs it is not taken
/// for sound.
#[test]
fn broken_settings_are_told() {
    let home = tempfile::TempDir::new().expect("a temporary folder");
    let put = |path: &str, text: &str| {
        let path = home.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    put("macros/tools.yml", "name: [tools\n");
    put("lookups/known.yml", "filename: known.csv\n");
    put(
        "rules/tunnel.yml",
        "id: 9f6d0a47-3b1c-4a8e-8d0f-5b0c6c1a7e21\ntitle: Tunnel started\nlanguage: spl\nquery: |\n  index=main `tools`\n",
    );
    let loaded = misfire::content::load_detections_with(
        &[home.path().join("rules")],
        &QuerySettings::default(),
    );
    let codes: Vec<_> = loaded.problems.iter().map(|problem| problem.code).collect();
    let settings = codes.iter().filter(|code| **code == Code::SPL_BAD_SETTING);
    assert_eq!(settings.count(), 2, "{codes:?}");
    assert!(codes.contains(&Code::SPL_MACRO), "{codes:?}");
    assert!(loaded.plans.planned[0].plan.is_err());
}
