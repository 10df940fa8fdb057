//! One large Security-like log, a million records, on one core and on all.
//!
//! `cargo bench --bench large_log`. The log is written once, to
//! `target/bench/security.evtx`. Searched with all public Sigma rules where the
//! shared corpora are at hand, else with the bundled rules.

use std::fs::File;
use std::hint::black_box;
use std::io::{BufWriter, Seek, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::counter::ItemsCount;
use misfire::content::{LoadedDetections, LogInput, bundled_detections, load_detections};
use misfire::detect::sigma::SigmaEngine;
use misfire::event::Names;
use misfire::event::catalogue::Catalogue;
use misfire::log::ReadOptions;
use misfire::log::evtx::copy::copy_evtx;
use misfire::log::evtx::types::apply_types;
use misfire::log::evtx::write::{EvtxWriter, RecordToWrite};
use misfire::log::xml::{Element, Leaf, Node, Whitespace, parse};
use misfire::run::{Correlate, Interrupt, SearchRequest, Silent, search};

const RECORDS: u64 = 1_000_000;

/// 2026-11-02T00:00:00Z in 100 ns intervals since 1601.
const START: u64 = 134_064_288_000_000_000;

fn main() {
    divan::main();
}

/// A Security event with fields in the order of Windows.
fn event(id: u32, version: u32, task: u32, fields: &[(&str, &str)]) -> Element {
    let data: String = fields
        .iter()
        .map(|(name, value)| format!("<Data Name=\"{name}\">{value}</Data>"))
        .collect();
    let xml = format!(
        "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><System>\
         <Provider Name=\"Microsoft-Windows-Security-Auditing\" Guid=\"{{54849625-5478-4994-a5ba-3e3b0328c30d}}\"/>\
         <EventID>{id}</EventID><Version>{version}</Version><Level>0</Level><Task>{task}</Task><Opcode>0</Opcode>\
         <Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime=\"2026-11-02T00:00:00.0000000Z\"/>\
         <EventRecordID>1</EventRecordID><Correlation/><Execution ProcessID=\"4\" ThreadID=\"6700\"/>\
         <Channel>Security</Channel><Computer>WS01.corp.example</Computer><Security/></System>\
         <EventData>{data}</EventData></Event>"
    );
    let mut event = parse(&xml, Whitespace::Keep).expect("well-formed XML");
    let catalogue = Catalogue::bundled();
    let version = u8::try_from(version).expect("a version");
    let schema = catalogue.event("Microsoft-Windows-Security-Auditing", id, version);
    apply_types(&mut event, |_, name| {
        let field = schema?.field(misfire::event::Section::EventData, name)?;
        Some(field.wire_type)
    });
    event
}

fn templates() -> Vec<Element> {
    let subject = [
        (
            "SubjectUserSid",
            "S-1-5-21-1111111111-2222222222-3333333333-1105",
        ),
        ("SubjectUserName", "avery"),
        ("SubjectDomainName", "CORP"),
        ("SubjectLogonId", "0x52e6b"),
    ];
    let with = |fields: &[(&'static str, &'static str)]| {
        subject.iter().chain(fields).copied().collect::<Vec<_>>()
    };
    vec![
        event(
            4688,
            2,
            13312,
            &with(&[
                ("NewProcessId", "0x14c8"),
                ("NewProcessName", r"C:\Windows\System32\svchost.exe"),
                ("TokenElevationType", "%%1936"),
                ("ProcessId", "0x2f4"),
                (
                    "CommandLine",
                    r"C:\Windows\system32\svchost.exe -k netsvcs -p -s Schedule",
                ),
                ("TargetUserSid", "S-1-0-0"),
                ("TargetUserName", "-"),
                ("TargetDomainName", "-"),
                ("TargetLogonId", "0x0"),
                ("ParentProcessName", r"C:\Windows\System32\services.exe"),
                ("MandatoryLabel", "S-1-16-16384"),
            ]),
        ),
        event(
            4624,
            2,
            12544,
            &with(&[
                ("TargetUserSid", "S-1-5-18"),
                ("TargetUserName", "SYSTEM"),
                ("TargetDomainName", "NT AUTHORITY"),
                ("TargetLogonId", "0x3e7"),
                ("LogonType", "5"),
                ("LogonProcessName", "Advapi  "),
                ("AuthenticationPackageName", "Negotiate"),
                ("WorkstationName", "-"),
                ("LogonGuid", "{00000000-0000-0000-0000-000000000000}"),
                ("TransmittedServices", "-"),
                ("LmPackageName", "-"),
                ("KeyLength", "0"),
                ("ProcessId", "0x2f4"),
                ("ProcessName", r"C:\Windows\System32\services.exe"),
                ("IpAddress", "-"),
                ("IpPort", "-"),
                ("ImpersonationLevel", "%%1833"),
                ("RestrictedAdminMode", "-"),
                ("TargetOutboundUserName", "-"),
                ("TargetOutboundDomainName", "-"),
                ("VirtualAccount", "%%1843"),
                ("TargetLinkedLogonId", "0x0"),
                ("ElevatedToken", "%%1842"),
            ]),
        ),
        event(
            4672,
            0,
            12548,
            &with(&[(
                "PrivilegeList",
                "SeAssignPrimaryTokenPrivilege SeTcbPrivilege SeSecurityPrivilege SeBackupPrivilege",
            )]),
        ),
        event(
            5156,
            1,
            12810,
            &[
                ("ProcessID", "1234"),
                (
                    "Application",
                    r"\device\harddiskvolume3\windows\system32\svchost.exe",
                ),
                ("Direction", "%%14593"),
                ("SourceAddress", "192.0.2.17"),
                ("SourcePort", "50213"),
                ("DestAddress", "198.51.100.24"),
                ("DestPort", "443"),
                ("Protocol", "6"),
                ("FilterRTID", "70917"),
                ("LayerName", "%%14611"),
                ("LayerRTID", "48"),
                ("RemoteUserID", "S-1-0-0"),
                ("RemoteMachineID", "S-1-0-0"),
            ],
        ),
    ]
}

fn set(event: &mut Element, part: &str, value: Leaf) {
    if let Some(element) = event
        .child_mut("System")
        .and_then(|system| system.child_mut(part))
    {
        element.children = vec![Node::Text(value)];
    }
}

/// Writes the log.
fn write<W: Write + Seek>(out: W) -> W {
    let mut writer = EvtxWriter::new(out).expect("a log");
    let mut templates = templates();
    let count = templates.len() as u64;
    for id in 1..=RECORDS {
        let event = &mut templates[usize::try_from(id % count).expect("a small number")];
        set(event, "EventRecordID", Leaf::UInt64(id));
        let time = START + id * 100_000;
        writer
            .write_record(&RecordToWrite { id, time, event })
            .expect("a record");
    }
    writer.finish().expect("a finished log")
}

fn log() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    let path = folder.join("security.evtx");
    if path.exists() {
        return path;
    }
    std::fs::create_dir_all(&folder).expect("a folder");
    let unfinished = folder.join("security.unfinished");
    let file = BufWriter::new(File::create(&unfinished).expect("a file"));
    write(file);
    std::fs::rename(&unfinished, &path).expect("a renamed file");
    path
}

fn detections() -> LoadedDetections {
    let shared = std::env::var_os("MISFIRE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let rules = shared.join("corpora/sigma/rules/windows");
    if rules.is_dir() {
        load_detections(&[rules])
    } else {
        bundled_detections()
    }
}

#[divan::bench(args = [1, 2], sample_count = 3, sample_size = 1)]
fn search_a_million_records(bencher: divan::Bencher, threads: usize) {
    let inputs = [LogInput::on_disk(log())];
    let sigma = detections().sigma;
    let mut names = Names::builder();
    names.extend(Catalogue::bundled().field_names());
    sigma.intern(&mut names);
    let names = Arc::new(names.freeze());
    let (engine, _) = SigmaEngine::new(sigma, &names);
    bencher.counter(ItemsCount::new(RECORDS)).bench_local(|| {
        let outcome = search(
            &SearchRequest {
                inputs: &inputs,
                options: ReadOptions {
                    names: Arc::clone(&names),
                    ..ReadOptions::default()
                },
                correlate: Correlate::Together,
                window: None,
                threads: NonZero::new(threads),
                interrupt: Interrupt::default(),
            },
            &engine,
            &Silent,
        );
        assert_eq!(outcome.record_count(), RECORDS);
        black_box(outcome)
    });
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn write_a_million_records(bencher: divan::Bencher) {
    let file = || BufWriter::new(tempfile::tempfile().expect("a temporary file"));
    bencher
        .counter(ItemsCount::new(RECORDS))
        .with_inputs(file)
        .bench_local_values(write);
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn copy_a_million_records(bencher: divan::Bencher) {
    let path = log();
    let files = || {
        let log = File::open(&path).expect("the log");
        (log, tempfile::tempfile().expect("a temporary file"))
    };
    bencher
        .counter(ItemsCount::new(RECORDS))
        .with_inputs(files)
        .bench_local_values(|(log, copy)| {
            let (report, _) = copy_evtx(log, BufWriter::new(copy), |_| {}).expect("a copy");
            assert_eq!(report.records, RECORDS);
        });
}
