//! `docs/` as a book: its pages, their order, and the pages of the commands.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

use crate::support::files;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// The files of `summary` that are linked to, relative to `docs/`.
fn chapters(summary: &str) -> Vec<&str> {
    let links = summary.split("](").skip(1);
    links.filter_map(|link| link.split(')').next()).collect()
}

#[test]
fn every_page_is_in_the_table_of_contents_once_and_no_other() {
    let summary = fs::read_to_string(docs().join("SUMMARY.md")).expect("the table of contents");
    let listed = chapters(&summary);
    let known: BTreeSet<String> = ignore::Walk::new(docs())
        .flatten()
        .filter(|entry| {
            entry
                .path()
                .extension()
                .is_some_and(|ending| ending == "md")
        })
        .map(|entry| {
            let inside = entry.path().strip_prefix(docs()).expect("a page");
            inside.to_string_lossy().replace('\\', "/")
        })
        .filter(|name| name != "SUMMARY.md")
        .collect();
    let once: BTreeSet<String> = listed.iter().map(ToString::to_string).collect();
    assert_eq!(once, known);
    assert_eq!(listed.len(), once.len(), "a page is listed twice");
}

/// The setting that a reader of the book depends on: where its pages are.
#[test]
fn the_book_is_made_of_the_folder_of_the_pages() {
    let settings = docs().with_file_name("book.toml");
    let settings = fs::read_to_string(settings).expect("the settings of the book");
    let settings: toml::Table = settings.parse().expect("TOML");
    assert_eq!(settings["book"]["src"].as_str(), Some("docs"));
}

/// `MISFIRE_BLESS=1` writes the pages anew.
#[test]
fn the_page_of_each_command_is_what_the_program_says() {
    let made = tempfile::tempdir().expect("a folder");
    Command::new(env!("CARGO_BIN_EXE_misfire"))
        .args(["man", "--markdown"])
        .arg(made.path())
        .assert()
        .success();
    let pages = docs().join("commands");
    if std::env::var_os("MISFIRE_BLESS").is_some() {
        let _ = fs::remove_dir_all(&pages);
        fs::create_dir_all(&pages).expect("a folder");
        for page in files(made.path(), "md") {
            let name = page.file_name().expect("a name");
            fs::copy(&page, pages.join(name)).expect("a copy");
        }
        return;
    }
    let names = |folder: &Path| -> Vec<String> {
        let pages = files(folder, "md");
        let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into());
        pages.iter().filter_map(name).collect()
    };
    let written = names(made.path());
    assert!(written.len() > 15, "{written:?}");
    assert_eq!(names(&pages), written);
    for name in written {
        let read = |folder: &Path| fs::read_to_string(folder.join(&name)).expect("a page");
        assert_eq!(read(&pages), read(made.path()), "{name}");
    }
}

/// What the help says of each flag stands on the page, and each flag of the help does.
#[test]
fn no_flag_of_the_help_is_left_out_of_its_page() {
    let mut checked = 0;
    for page in files(&docs().join("commands"), "md") {
        let text = fs::read_to_string(&page).expect("a page");
        let command = page.file_stem().expect("a name").to_string_lossy();
        let help = Command::new(env!("CARGO_BIN_EXE_misfire"))
            .args([&*command, "--help"])
            .output()
            .expect("a finished command");
        let help = String::from_utf8(help.stdout).expect("UTF-8");
        let flags = help.lines().filter_map(|line| {
            let mut words = line.split_whitespace().take(2);
            words.find(|word| word.starts_with("--"))
        });
        for flag in flags {
            checked += 1;
            assert!(text.contains(flag), "{command}: {flag}");
        }
    }
    assert!(checked > 100, "only {checked} flags were looked at");
}
