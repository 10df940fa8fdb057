//! Splunk searches over logs: what fires, and that neither the prefilter, nor threads,
//! nor memory changes it without a word.

mod corpus;

use std::sync::Arc;

use misfire::content::{LoadedDetections, QuerySettings, load_detections_from};
use misfire::detect::plan::PlanEngine;
use misfire::detect::{Engine, Firing, ProgramId, SearchTime, sort};
use misfire::diagnostic::{Ink, SourceText, to_text};
use misfire::event::catalogue::Catalogue;
use misfire::event::{Batch, FileId, Names};

use crate::support::project::{Project, RULE, sysmon};
use crate::support::read;

/// Loads one bare query.
fn loaded(query: &str) -> LoadedDetections {
    let text = format!(
        "id: 0b3f7f0e-1c54-4d6b-9a53-2f6f1d0e7a11\ntitle: Query\nlanguage: spl\nquery: |\n  {}\n",
        query.trim().replace('\n', "\n  ")
    );
    let loaded = load_detections_from(
        vec![Ok(SourceText::new("query.yml", text))],
        Some((&[], &QuerySettings::default())),
    );
    assert_eq!(to_text(&loaded.problems, Ink::Plain), "", "in: {query}");
    loaded
}

pub(super) fn engine(loaded: LoadedDetections) -> (PlanEngine, Arc<Names>) {
    let mut plans = loaded.plans;
    let mut names = Names::builder();
    names.extend(Catalogue::bundled().field_names());
    plans.intern(&mut names);
    let names = Arc::new(names.freeze());
    (PlanEngine::new(plans, &names), names)
}

pub(super) fn found(engine: &PlanEngine, batches: &[Batch]) -> Vec<Firing> {
    let mut firings = Vec::new();
    let mut search = engine.start();
    for batch in batches {
        search.feed(batch, &mut firings);
    }
    let tally = search.finish();
    assert!(tally.exhausted.is_empty() && tally.gave_up.is_empty());
    let now = SearchTime::after(tally.latest());
    engine.conclude(tally.held, now, &mut firings);
    sort(&mut firings);
    firings
}

fn engine_of(query: &str) -> (PlanEngine, Arc<Names>) {
    engine(loaded(query))
}

/// The records that a query fires on, of those in a small log of process starts.
fn records(query: &str) -> Vec<Vec<u64>> {
    let (engine, names) = engine(loaded(query));
    let home = tempfile::TempDir::new().expect("a temporary folder");
    let path = home.path().join("log.jsonl");
    let lines: String = [
        sysmon(1, 5, r"C:\Windows\System32\whoami.exe"),
        sysmon(2, 6, r"C:\Windows\System32\notepad.exe"),
        sysmon(3, 7, r"C:\Tools\WHOAMI.EXE"),
    ]
    .iter()
    .map(|record| format!("{record}\n"))
    .collect();
    std::fs::write(&path, lines).expect("a writable file");
    let batches = read(&path, FileId(0), &names);
    let firings = found(&engine, &batches);
    firings
        .into_iter()
        .map(|firing| firing.events.iter().map(|event| event.record).collect())
        .collect()
}

#[test]
fn a_search_fires_on_each_event_by_itself() {
    let query = r#"index=* source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"
        EventCode=1 Image="*\\whoami.exe""#;
    assert_eq!(records(query), [vec![1], vec![3]]);
}

#[test]
fn a_row_of_statistics_carries_its_events_the_latest_last() {
    let query = r#"index=* EventCode=1 | stats count by EventCode | where count>2"#;
    assert_eq!(records(query), [vec![1, 2, 3]]);
    let query = r#"index=* EventCode=1 | stats count by EventCode | where count>3"#;
    assert!(records(query).is_empty());
}

#[test]
fn a_data_model_shows_derived_fields() {
    let query = r#"| tstats count from datamodel=Endpoint.Processes
        where Processes.process_name="whoami.exe" by Processes.process_name Processes.dest
        | rename Processes.* as * | search process_name=*"#;
    assert_eq!(records(query), [vec![1], vec![3]]);
    // What a model does not hold cannot be asked of it.
    let query = r#"| tstats count from datamodel=Endpoint.Processes where Image=* by Image"#;
    assert!(records(query).is_empty());
}

#[test]
fn now_is_the_second_after_the_last_record() {
    let query = r#"index=* EventCode=1 | where _time >= relative_time(now(), "-1s")"#;
    assert_eq!(records(query), [vec![3]]);
    let query = r#"index=* EventCode=1 | where _time < relative_time(now(), "-2s")"#;
    assert_eq!(records(query), [vec![1]]);
    let query = r#"index=* latest=-2s EventCode=1"#;
    assert_eq!(records(query), [vec![1]]);
    let query = r#"index=* earliest=-2s EventCode=1"#;
    assert_eq!(records(query), [vec![2], vec![3]]);
    // Nothing is newer than now.
    let query = r#"index=* latest=now EventCode=1"#;
    assert_eq!(records(query), [vec![1], vec![2], vec![3]]);
}

#[test]
fn tstats_without_a_model_knows_indexed_fields_only() {
    let query = r#"| tstats count where index=* by source"#;
    assert_eq!(records(query), [vec![1, 2, 3]]);
    let query = r#"| tstats count where index=* Image=*whoami* by source"#;
    assert!(records(query).is_empty());
    let query = r#"| tstats count where index=* by Image"#;
    assert!(records(query).is_empty());
}

#[test]
fn predicates_tell_what_records_call_the_fields() {
    let query = r#"index=* source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational" EventCode=1
        process_name="whoami.exe" process="*/all*" Computer=*"#;
    let (engine, _) = engine_of(query);
    let read: Vec<_> = engine
        .predicates(ProgramId(0))
        .into_iter()
        .map(|predicate| {
            (
                predicate.field.unwrap_or_default(),
                predicate.reads.join(" "),
            )
        })
        .collect();
    // Names are followed through what later stages make of them.
    let later = r#"| tstats count values(Processes.process) as lines from datamodel=Endpoint.Processes
        where Processes.dest=* by Processes.process_path | rename Processes.* as *
        | eval short=lower(process_path) | search short=*a* lines=*b* count>0"#;
    let (engine, _) = engine_of(later);
    let read_later: std::collections::BTreeMap<_, _> = engine
        .predicates(ProgramId(0))
        .into_iter()
        .map(|predicate| (predicate.field.unwrap_or_default(), predicate.reads))
        .collect();
    assert!(
        read_later["short"].contains(&"Image".to_owned()),
        "{read_later:?}"
    );
    assert!(!read_later["short"].contains(&"CommandLine".to_owned()));
    assert!(
        read_later["lines"].contains(&"CommandLine".to_owned()),
        "{read_later:?}"
    );
    assert!(read_later["count"].is_empty(), "{read_later:?}");
    let wanted = [
        // What an index is called, no record says.
        ("index", ""),
        ("source", ""),
        ("EventCode", "EventID"),
        ("process_name", "Image"),
        ("process", "CommandLine"),
        ("Computer", "Computer"),
    ];
    assert_eq!(
        read,
        wanted.map(|(name, reads)| (name.to_owned(), reads.to_owned()))
    );
}

#[test]
fn a_subsearch_narrows_the_search_around_it() {
    let query = r#"index=* EventCode=1 [search index=* Image="*notepad*" | fields Image]"#;
    assert_eq!(records(query), [vec![2]]);
    let query = r#"index=* EventCode=1 NOT [search index=* Image="*notepad*" | fields Image]"#;
    assert_eq!(records(query), [vec![1], vec![3]]);
}

#[test]
fn names_of_another_deployment_are_not_found() {
    let query = r#"index=* sourcetype="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational""#;
    assert!(records(query).is_empty());
}

#[test]
fn too_many_rows_are_told_and_nothing_fires() {
    let (engine, names) = engine(loaded("index=* EventCode=1 | stats count by Image"));
    let engine = engine.with_memory(1000);
    let home = tempfile::TempDir::new().expect("a temporary folder");
    let path = home.path().join("log.jsonl");
    let lines: String = (1..20)
        .map(|number| format!("{}\n", sysmon(number, 5, r"C:\Windows\System32\whoami.exe")))
        .collect();
    std::fs::write(&path, lines).expect("a writable file");
    let mut firings = Vec::new();
    let mut search = engine.start();
    for batch in &read(&path, FileId(0), &names) {
        search.feed(batch, &mut firings);
    }
    let tally = search.finish();
    assert_eq!(tally.exhausted.len(), 1);
    assert!(tally.held.is_empty() && firings.is_empty());
}

/// A rule and a query that say that they are one idea.
fn pair(query: &str) -> Project {
    let mut project = Project::new();
    project.rules.push((
        "whoami-spl.yml".to_owned(),
        format!(
            "id: 5b0e0f7d-9d1c-4f19-8a55-7e2b6c1f3d20\ntitle: Whoami by SPL\nlanguage: spl\n\
             agrees_with: [{RULE}]\nquery: |\n  {query}\n"
        ),
    ));
    project
}

#[test]
fn one_idea_in_two_languages_is_compared_event_by_event() {
    let done = pair(r#"index=* EventCode=1 Image="*\\whoami.exe""#)
        .run()
        .exits(0);
    let agreements = &done.json()["tests"][0]["agreements"];
    assert_eq!(agreements[0]["agrees"], true);
    assert_eq!(agreements[0]["both"], 1);

    let done = pair(r#"index=* EventCode=1 Image="*.exe""#).run().exits(1);
    let report = done.json();
    let agreements = &report["tests"][0]["agreements"];
    assert_eq!(agreements[0]["agrees"], false);
    assert_eq!(agreements[0]["only_this"][0]["record"], 2);
    assert_eq!(report["summary"]["unexpected"], 1);
}

/// A query is judged as any rule is: where it stays silent, it is told by which field.
#[test]
fn a_silent_query_is_told_by_its_field() {
    let id = RULE;
    let mut project = Project::new();
    project.rules = vec![(
        "query.yml".to_owned(),
        format!(
            "id: {id}\ntitle: Whoami\nlanguage: spl\nquery: |\n  \
             | tstats count from datamodel=Endpoint.Processes where Processes.process_name=whoami2.exe by Processes.dest\n"
        ),
    )];
    let done = project.run().exits(1);
    let verdict = &done.json()["tests"][0]["verdicts"][0];
    assert_eq!(verdict["verdict"], "misfire", "{verdict}");
    assert_eq!(verdict["language"], "spl");
    let text = verdict["near_miss"].to_string();
    assert!(text.contains("Processes.process_name"), "{text}");
    assert!(text.contains("whoami.exe"), "{text}");
}

/// What is written for another deployment is found where its author's meaning is asked
/// for, and each repair is told.
#[test]
fn the_authors_meaning_takes_the_names_of_another_deployment() {
    let built = Project::new().built();
    built.write(
        "query.yml",
        "id: 6a0d9c1e-4e5f-4b6a-8f27-3d8e5c0b9a44\ntitle: Older names\nlanguage: spl\nquery: |\n  \
         index=endpoint sourcetype=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\" Image=\"*\\\\whoami.exe\"\n",
    );
    let scan = |reading: &str| {
        built.misfire(&[
            "scan",
            "fixtures",
            "--detections",
            "query.yml",
            "--reading",
            reading,
        ])
    };
    let strict = scan("strict").exits(0);
    assert!(strict.out().contains("no firing"), "{}", strict.out());
    let intent = scan("intent").exits(0);
    assert!(intent.out().contains("1 firing"), "{}", intent.out());
    assert_eq!(intent.err().matches("misfire::spl::repaired").count(), 2);
}

/// What an inner search finds keeps the fields that the search around it asks for.
#[test]
fn an_inner_search_keeps_what_the_outer_one_needs() {
    let query = r#"index=* EventCode=1 Image="*whoami*" | stats count by Image
        | append [search index=* Image="*notepad*"] | search Image="*notepad*""#;
    assert_eq!(records(query), [vec![2]]);
    let query = r#"index=* EventCode=1 [search index=* Image="*notepad*"]"#;
    assert_eq!(records(query), [vec![2]]);
    let query = r#"index=* EventCode=1 | eval x=1 | search whoami"#;
    assert_eq!(records(query), [vec![1], vec![3]]);
}

/// Records as they are found with the prefilter and without, of lines of a log.
fn of_lines(query: &str, lines: &[String]) -> Vec<u64> {
    let (with, names) = engine(loaded(query));
    let (without, _) = engine(loaded(query));
    let without = without.without_prefilter();
    let home = tempfile::TempDir::new().expect("a temporary folder");
    let path = home.path().join("log.jsonl");
    std::fs::write(&path, lines.join("\n") + "\n").expect("a writable file");
    let batches = read(&path, FileId(0), &names);
    let firings = found(&with, &batches);
    assert_eq!(firings, found(&without, &batches), "{query}");
    let events = firings.iter().flat_map(|firing| &firing.events);
    events.map(|event| event.record).collect()
}

/// Letters of other alphabets may be ASCII in another case, and JSON may write any
/// letter as a number.
#[test]
fn letters_in_disguise_are_found() {
    let start = |number, image: &str| sysmon(number, 5, image).to_string();
    let lines = [
        start(1, "C:\\task\u{212a}ill.exe"),
        start(2, "C:\\M\u{fc}ller\u{ae}\\taskkill.exe"),
        start(3, r"C:\taskill.exe").replace("taskill", r"tas\u006bkill"),
        start(4, r"C:\taskill.exe").replace("taskill", r"\u00ae\u003ctaskkill"),
        start(5, r"C:\taskill.exe").replace("taskill", r"tas\u212aKILL"),
        start(6, "C:\\other.exe"),
        start(7, "C:\\ta\u{17f}kkill.exe"),
        start(8, "C:\\\u{1e9e}taskkill.exe"),
    ];
    let query = r#"index=* EventCode=1 Image="*taskkill.exe""#;
    assert_eq!(of_lines(query, &lines), [1, 2, 3, 4, 5, 8]);
    let query = r#"index=* EventCode=1 | where match(Image, "(?i)taskkill")"#;
    assert_eq!(of_lines(query, &lines), [1, 2, 3, 4, 5, 7, 8]);
    let query = r#"index=* EventCode=1 | where upper(Image) LIKE "%TASKKILL%""#;
    assert_eq!(of_lines(query, &lines), [2, 3, 4, 7, 8]);
}

/// A join with nothing leaves nothing of what comes before it, and all that comes after.
#[test]
fn a_join_with_nothing_leaves_nothing() {
    let query = r#"index=* EventCode=1 | stats count by Image
        | join Image [search index=* Image="*absent*" | stats count by Image]"#;
    assert!(records(query).is_empty());
    let query = r#"index=* EventCode=1 Image="*whoami*" | stats count by Image
        | join Image [search index=* Image="*absent*" | stats count by Image]
        | append [search index=* Image="*notepad*"]"#;
    assert_eq!(records(query), [vec![2]]);
    let query = r#"index=* EventCode=1 Image="*notepad*" | stats count by Image
        | join type=left Image [search index=* Image="*absent*" | stats count by Image]"#;
    assert_eq!(records(query), [vec![2]]);
}

/// A regular expression that takes too many steps is told, whichever command has it.
#[test]
fn a_limit_inside_rex_is_told() {
    let query = r#"index=* EventCode=1 | rex field=Image "^(?:(?<x>a+)(?=a|b))+b$" | search x=*"#;
    let (engine, names) = engine(loaded(query));
    let home = tempfile::TempDir::new().expect("a temporary folder");
    let path = home.path().join("log.jsonl");
    std::fs::write(&path, format!("{}\n", sysmon(1, 5, &"a".repeat(60)))).expect("a writable file");
    let mut firings = Vec::new();
    let mut search = engine.start();
    for batch in &read(&path, FileId(0), &names) {
        search.feed(batch, &mut firings);
    }
    assert!(firings.is_empty());
    assert_eq!(search.finish().gave_up.len(), 1);
}
