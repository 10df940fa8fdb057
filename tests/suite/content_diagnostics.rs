//! Every problem with a file of content as its user sees it: a file and its
//! rendering a message, below `tests/golden`.
//!
//! `MISFIRE_BLESS=1 cargo test --release --test content_diagnostics` writes the
//! expected renderings anew; look at the difference before it is committed.

use crate::support;

use std::fs;
use std::path::{Path, PathBuf};

use misfire::content::config::{Folders, Profile, parse_config};
use misfire::content::expectation::load_expectations_from;
use misfire::content::fixture::load_fixtures;
use misfire::diagnostic::{Diagnostic, Ink, SourceText, sort, to_text};
use support::files;
use tempfile::TempDir;

fn golden(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(kind)
}

/// Compares what is told of each golden file with what is beside it.
fn compare(kind: &str, ending: &str, problems: impl Fn(&str) -> Vec<Diagnostic>) {
    let paths = files(&golden(kind), ending);
    assert!(paths.len() >= 10, "the golden files are not here");
    let mut wrong = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("a readable file");
        let problems = problems(&text);
        let name = path.display();
        assert!(!problems.is_empty(), "{name} has no problem");
        let rendered = to_text(&problems, Ink::Plain);
        for problem in &problems {
            assert!(problem.help.is_some(), "no help in\n{rendered}");
            assert!(problem.place.is_some(), "no place in\n{rendered}");
            let message = &problem.message;
            assert!(
                !message.ends_with('.') && !message.contains('!'),
                "{message}"
            );
        }
        let beside = path.with_extension("txt");
        if std::env::var_os("MISFIRE_BLESS").is_some() {
            fs::write(&beside, &rendered).expect("a writable folder");
        } else if fs::read_to_string(&beside).ok().as_deref() != Some(&rendered) {
            wrong.push(format!("{}\n{rendered}", beside.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn expectations_are_told_as_expected() {
    compare("expectations", "yaml", |text| {
        load_expectations_from(vec![Ok(SourceText::new("T1219.001.yaml", text))]).problems
    });
}

#[test]
fn configurations_are_told_as_expected() {
    compare("config", "toml", |text| {
        let source = SourceText::new("misfire.toml", text);
        let mut problems = match parse_config(&source) {
            Ok(config) => config.missing_folders(&Folders::default(), &Profile::default()),
            Err(problems) => problems,
        };
        assert!(!problems.is_empty(), "a broken configuration");
        sort(&mut problems);
        problems
    });
}

/// A folder with a fixture and everything that a hostile manifest can point at.
#[cfg(unix)]
fn hostile_home(text: &str) -> TempDir {
    let home = TempDir::new().expect("a temporary folder");
    let at = |path: &str| home.path().join(path);
    let log = b"{\"a\":1}\n";
    fs::create_dir_all(at("fixtures/tunnel/folder")).expect("a folder");
    fs::create_dir(at("elsewhere")).expect("a folder");
    for path in [
        "fixtures/tunnel/sysmon.jsonl",
        "fixtures/outside",
        "elsewhere/outside.jsonl",
    ] {
        fs::write(at(path), log).expect("a log");
    }
    if text.contains("other.jsonl") {
        fs::write(at("fixtures/tunnel/other.jsonl"), log).expect("a log");
    }
    if text.contains("extra.jsonl") {
        fs::write(at("fixtures/tunnel/extra.jsonl"), log).expect("a log");
        fs::create_dir(at("fixtures/nobody")).expect("a folder");
        fs::write(at("fixtures/nobody/lonely.evtx"), log).expect("a log");
    }
    if text.contains("link") {
        let link = std::os::unix::fs::symlink::<PathBuf, PathBuf>;
        link(at("elsewhere/outside.jsonl"), at("fixtures/tunnel/link")).expect("a link");
        link(at("elsewhere"), at("fixtures/tunnel/linked")).expect("a link");
    }
    if text.contains("huge.evtx") {
        let file = fs::File::create(at("fixtures/tunnel/huge.evtx")).expect("a log");
        file.set_len(5 << 30).expect("a sparse file");
    }
    if text.contains("pipe") {
        let made = std::process::Command::new("mkfifo")
            .arg(at("fixtures/tunnel/pipe"))
            .status();
        assert!(made.is_ok_and(|status| status.success()));
    }
    fs::write(at("fixtures/tunnel/fixture.yaml"), text).expect("a manifest");
    home
}

#[cfg(unix)]
#[test]
fn fixtures_are_told_as_expected() {
    compare("fixtures", "yaml", |text| {
        let home = hostile_home(text);
        let mut problems = load_fixtures(&[home.path().join("fixtures")]).problems;
        // The name of the temporary folder is another every time.
        for problem in &mut problems {
            let Some(place) = &mut problem.place else {
                continue;
            };
            if let Ok(inside) = place.file.strip_prefix(home.path()) {
                place.file = inside.to_owned();
            }
        }
        problems
    });
}
