//! Splunk searches, on one thread: lowering the public detections, searching all
//! recordings with them, and one search over a million events.
//!
//! `cargo bench --bench spl`, with the shared corpora beside the repository or where
//! `MISFIRE_SHARED` points; `cargo bench --bench spl -- one_search` needs none. Records
//! of the million are made here: a few thousand, searched again and again.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::counter::{BytesCount, ItemsCount};
use misfire::content::{
    LoadedDetections, QuerySettings, load_detections_from, load_detections_with,
};
use misfire::detect::plan::{PlanEngine, PlanSet};
use misfire::detect::{Engine, Firing, SearchTime};
use misfire::diagnostic::SourceText;
use misfire::event::catalogue::Catalogue;
use misfire::event::{Batch, FileId, Names};
use misfire::log::{LogReader, ReadOptions, open, read_bytes};
use serde_json::json;

fn main() {
    divan::main();
}

fn corpora() -> PathBuf {
    let shared = std::env::var_os("MISFIRE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    shared.join("corpora")
}

fn load() -> LoadedDetections {
    load_detections_with(
        &[corpora().join("splunk/detections")],
        &QuerySettings::default(),
    )
}

fn compiled(mut plans: PlanSet) -> (PlanEngine, Arc<Names>) {
    let mut names = Names::builder();
    names.extend(Catalogue::bundled().field_names());
    plans.intern(&mut names);
    let names = Arc::new(names.freeze());
    (PlanEngine::new(plans, &names), names)
}

fn read(names: &Arc<Names>) -> Vec<Batch> {
    let options = ReadOptions {
        names: Arc::clone(names),
        ..ReadOptions::default()
    };
    let mut batches = Vec::new();
    let folders = ["evtx-attack-samples", "sigma/regression_data"];
    let files = folders
        .iter()
        .flat_map(|folder| ignore::Walk::new(corpora().join(folder)).flatten())
        .map(ignore::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|ending| ending == "evtx"));
    for path in files {
        if let Ok(log) = open(&path, FileId(0), &options) {
            decode(log, &options, &mut batches);
        }
    }
    batches
}

fn decode(mut log: LogReader, options: &ReadOptions, batches: &mut Vec<Batch>) {
    while let Some(chunk) = log.next_chunk() {
        if let Ok(chunk) = chunk {
            batches.push(chunk.decode(options).batch);
        }
    }
}

fn search(engine: &PlanEngine, batches: &[Batch]) -> Vec<Firing> {
    let mut firings = Vec::new();
    let mut search = engine.start();
    for batch in batches {
        search.feed(batch, &mut firings);
    }
    let tally = search.finish();
    let now = SearchTime::after(tally.latest());
    engine.conclude(tally.held, now, &mut firings);
    firings
}

/// Every detection from YAML to a plan, macros and lookups read.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn lower_all(bencher: divan::Bencher) {
    let count = load().plans.planned.len();
    bencher
        .counter(ItemsCount::new(count))
        .bench_local(|| black_box(load()));
}

/// Every plan into the engine.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn compile_all(bencher: divan::Bencher) {
    bencher
        .with_inputs(|| load().plans)
        .bench_local_values(compiled);
}

/// All recordings, already read, with all detections.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn search_all(bencher: divan::Bencher) {
    let (engine, names) = compiled(load().plans);
    let batches = read(&names);
    let records = batches.iter().map(Batch::len).sum::<usize>();
    bencher
        .counter(ItemsCount::new(records))
        .bench_local(|| search(&engine, &batches));
}

/// The same, each record taken apart.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn search_all_without_prefilter(bencher: divan::Bencher) {
    let (engine, names) = compiled(load().plans);
    let engine = engine.without_prefilter();
    let batches = read(&names);
    let records = batches.iter().map(Batch::len).sum::<usize>();
    bencher
        .counter(ItemsCount::new(records))
        .bench_local(|| search(&engine, &batches));
}

/// How many records are searched, and how many of them differ.
const RECORDS: usize = 1_000_000;
const DIFFERENT: usize = 10_000;

/// One process start in so many is a tunnel.
const ONE_IN: usize = 1_000;

/// A line of a log with a process start, as large as those of Windows.
fn process_start(number: usize) -> String {
    const PROGRAMS: [(&str, &str); 5] = [
        (
            r"C:\Windows\System32\svchost.exe",
            "-k netsvcs -p -s Schedule",
        ),
        (
            r"C:\Windows\System32\cmd.exe",
            r"/c dir C:\Users\avery\Documents",
        ),
        (
            r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
            "-NoProfile -Command Get-ChildItem",
        ),
        (
            r"C:\Program Files\Microsoft VS Code\Code.exe",
            "--type=renderer --lang=en-US",
        ),
        (r"C:\Windows\System32\conhost.exe", "0xffffffff -ForceV1"),
    ];
    let (image, arguments) = match number % ONE_IN {
        0 => (PROGRAMS[3].0, "tunnel --accept-server-license-terms"),
        _ => PROGRAMS[number % PROGRAMS.len()],
    };
    json!({"Event": {
        "System": {
            "Provider": {"#attributes": {
                "Name": "Microsoft-Windows-Sysmon",
                "Guid": "5770385F-C22A-43E0-BF4C-06F5698FFBD9",
            }},
            "EventID": 1,
            "Version": 5,
            "Level": 4,
            "Task": 1,
            "Opcode": 0,
            "Keywords": "0x8000000000000000",
            "TimeCreated": {"#attributes": {"SystemTime": format!(
                "2026-11-02T{:02}:{:02}:{:02}.{:03}000Z",
                number / 3_600 % 24, number / 60 % 60, number % 60, number % 1_000,
            )}},
            "EventRecordID": number,
            "Correlation": null,
            "Execution": {"#attributes": {"ProcessID": 3124, "ThreadID": 4404}},
            "Channel": "Microsoft-Windows-Sysmon/Operational",
            "Computer": "WS01.corp.example",
            "Security": {"#attributes": {"UserID": "S-1-5-18"}},
        },
        "EventData": {
            "RuleName": "-",
            "UtcTime": "2026-11-02 00:00:00.000",
            "ProcessGuid": format!("1F2C3D4E-0000-6500-0000-0010{number:08X}"),
            "ProcessId": 1_000 + number % 60_000,
            "Image": image,
            "FileVersion": "10.0.19041.1 (WinBuild.160101.0800)",
            "Description": "A program",
            // As Windows writes it in nearly every record.
            "Product": "Microsoft® Windows® Operating System",
            "Company": "Microsoft Corporation",
            "OriginalFileName": "program.exe",
            "CommandLine": format!("\"{image}\" {arguments}"),
            "CurrentDirectory": r"C:\Users\avery\",
            "User": r"CORP\avery",
            "LogonGuid": "1F2C3D4E-0000-6500-0000-002000052E6B",
            "LogonId": "0x52e6b",
            "TerminalSessionId": 1,
            "IntegrityLevel": "Medium",
            "Hashes": "SHA256=3A7BD3E2360A3D29EEA436FCFB7E44C735D117C42D1C1835420B6B9942DD4F1B",
            "ParentProcessGuid": "1F2C3D4E-0000-6500-0000-001000001234",
            "ParentProcessId": 4660,
            "ParentImage": r"C:\Windows\explorer.exe",
            "ParentCommandLine": r"C:\Windows\Explorer.EXE",
            "ParentUser": r"CORP\avery",
        },
    }})
    .to_string()
}

/// One search that looks at each record by itself, and one that counts what a data
/// model shows.
#[derive(Debug, Clone, Copy)]
enum One {
    Streaming,
    Statistics,
}

impl One {
    fn query(self) -> &'static str {
        match self {
            Self::Streaming => {
                r#"index=* source="XmlWinEventLog:Microsoft-Windows-Sysmon/Operational" EventCode=1 Image="*\\code.exe" CommandLine="*tunnel*""#
            }
            Self::Statistics => {
                r#"| tstats count min(_time) as firstTime max(_time) as lastTime from datamodel=Endpoint.Processes where Processes.process_name="code.exe" Processes.process="*tunnel*" by Processes.dest Processes.user Processes.process_name Processes.process | rename Processes.* as * | stats sum(count) as count values(process) as process by dest user"#
            }
        }
    }

    fn load(self) -> LoadedDetections {
        let text = format!(
            "id: 3f0c2a56-7f0b-4f4e-9d53-0a6c1d2e4b77\ntitle: One\nlanguage: spl\nquery: |\n  {}\n",
            self.query()
        );
        let text = SourceText::new("query.yml", text);
        load_detections_from(vec![Ok(text)], Some((&[], &QuerySettings::default())))
    }
}

/// A million events, already read, with one search.
#[divan::bench(args = [One::Streaming, One::Statistics], sample_count = 3, sample_size = 1)]
fn one_search(bencher: divan::Bencher, one: One) {
    let (engine, names) = compiled(one.load().plans);
    let log = (0..DIFFERENT).map(|number| process_start(number) + "\n");
    let log = log.collect::<String>().into_bytes();
    let bytes = log.len() * (RECORDS / DIFFERENT);
    let options = ReadOptions {
        names: Arc::clone(&names),
        ..ReadOptions::default()
    };
    let mut batches = Vec::new();
    let log = read_bytes(Path::new("log.jsonl"), log, FileId(0), &options);
    decode(log.expect("a readable log"), &options, &mut batches);
    assert_eq!(batches.iter().map(Batch::len).sum::<usize>(), DIFFERENT);
    assert!(!search(&engine, &batches).is_empty());
    bencher
        .counter(ItemsCount::new(RECORDS))
        .counter(BytesCount::new(bytes))
        .bench_local(|| {
            let mut firings = Vec::new();
            let mut search = engine.start();
            for batch in std::iter::repeat_n(&batches, RECORDS / DIFFERENT).flatten() {
                search.feed(batch, &mut firings);
            }
            let tally = search.finish();
            let now = SearchTime::after(tally.latest());
            engine.conclude(tally.held, now, &mut firings);
            firings
        });
}
