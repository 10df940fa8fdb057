//! Verdicts on Sumo Logic queries that look something up in a table.

use crate::support::project::{Built, Project, RULE, verdict_of};

const LOOKUP: &str = r#"* | lookup owner from path://"/Library/Users/me@example.com/shared/programs" on EventData.Image=image | where owner = "avery""#;

fn project(query: &str) -> Built {
    let mut project = Project::new();
    project.rules = vec![(
        "query.yml".to_owned(),
        format!("id: {RULE}\ntitle: Whoami\nlanguage: sumo\nquery: |\n  {query}\n"),
    )];
    project.built()
}

fn table(owner: &str) -> String {
    format!(
        "image,owner\n{},{owner}\n",
        r"c:\windows\system32\whoami.exe"
    )
}

/// The verdict of the only query, and why.
fn judged(built: &Built) -> (String, String) {
    verdict_of(&built.run(&[]))
}

/// Without its table a query is not proven, and is told which one it is.
#[test]
fn a_table_decides_only_where_it_is_at_hand() {
    let (word, reason) = judged(&project(LOOKUP));
    assert_eq!(word, "inconclusive", "{reason}");
    assert!(
        reason.contains("shared/programs` is not at hand"),
        "{reason}"
    );

    let built = project(LOOKUP);
    built.write("lookups/programs.csv", &table("avery"));
    let (word, reason) = judged(&built);
    assert_eq!(word, "fired", "{reason}");
    built.write("lookups/programs.csv", &table("quinn"));
    let (word, reason) = judged(&built);
    assert_eq!(word, "misfire", "{reason}");

    // The longest end of the path wins, and another folder is another table.
    built.write("lookups/shared/programs.csv", &table("avery"));
    assert_eq!(judged(&built).0, "fired");
    let built = project(LOOKUP);
    built.write("lookups/other/programs.csv", &table("avery"));
    assert_eq!(judged(&built).0, "inconclusive");
}

/// Tables may be in folders that the project names.
#[test]
fn a_project_names_folders_of_tables() {
    let built = project(LOOKUP);
    built.write("tables/programs.csv", &table("avery"));
    built.write("misfire.toml", "[sumo]\nlookups = [\"tables\"]\n");
    let (word, reason) = judged(&built);
    assert_eq!(word, "fired", "{reason}");
    built.write("misfire.toml", "[sumo]\nlookups = [\"nowhere\"]\n");
    let told = built.run(&[]).exits(2);
    assert!(
        told.err().contains("`nowhere` is not there"),
        "{}",
        told.err()
    );
}

/// A condition on a table is no better without it, negated or not.
#[test]
fn a_condition_on_a_table_needs_it() {
    let contains = r#"lookupContains(path://"/shared/programs", EventData.Image=image)"#;
    for condition in [contains.to_owned(), format!("!{contains}")] {
        let query = format!("* | where EventData.Image matches \"*whoami.exe\" and {condition}");
        let built = project(&query);
        assert_eq!(judged(&built).0, "inconclusive", "{query}");
        built.write("lookups/programs.csv", &table("avery"));
        let wanted = match condition.starts_with('!') {
            true => "misfire",
            false => "fired",
        };
        assert_eq!(judged(&built).0, wanted, "{query}");
    }
}

/// A table that cannot be read is told, and is none.
#[test]
fn a_broken_table_is_told() {
    let built = project(LOOKUP);
    built.write("lookups/programs.csv", &table("avery"));
    let mut bytes = table("avery").into_bytes();
    bytes.push(0xff);
    std::fs::write(built.path("lookups/programs.csv"), bytes).expect("a file");
    let done = built.run(&[]);
    assert_eq!(verdict_of(&done).0, "inconclusive");
    assert!(done.err().contains("programs.csv"), "{}", done.err());
}

/// What a table holds is no sign of what was done: it is there without a record.
#[test]
fn the_rows_of_a_table_prove_nothing() {
    let built = project(r#"cat path://"/shared/programs" | where owner = "avery""#);
    built.write("lookups/programs.csv", &table("avery"));
    let (word, reason) = judged(&built);
    assert_ne!(word, "fired", "{reason}");
}
