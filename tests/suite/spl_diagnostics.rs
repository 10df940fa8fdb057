//! Every problem with a Splunk search as its user sees it: one pair of files a
//! message, below `tests/golden/spl`. `MISFIRE_BLESS=1` writes them anew.

use std::path::{Path, PathBuf};

use misfire::content::{QuerySettings, load_detections_from};
use misfire::diagnostic::{Code, Ink, SourceText, to_json, to_text};

use crate::support::files;

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/spl")
}

fn compare(path: &Path, rendered: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("MISFIRE_BLESS").is_some() {
        std::fs::write(path, rendered).expect("a writable folder");
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected != rendered {
        wrong.push(format!(
            "{}\nexpected:\n{expected}\nrendered:\n{rendered}",
            path.display()
        ));
    }
}

#[test]
fn every_message_is_as_expected() {
    let paths = files(&golden(), "yml");
    assert!(paths.len() > 20, "the golden files are not here");
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let name = path.file_name().expect("a name").to_string_lossy();
        let source = SourceText::new(&*name, text);
        let loaded = load_detections_from(vec![Ok(source)], None);
        assert!(!loaded.problems.is_empty(), "{name} has no problem");
        let text = to_text(&loaded.problems, Ink::Plain);
        compare(&path.with_extension("txt"), &text, &mut wrong);
        let json: Vec<_> = loaded.problems.iter().map(to_json).collect();
        let json = serde_json::to_string_pretty(&json).expect("JSON");
        compare(&path.with_extension("json"), &(json + "\n"), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
