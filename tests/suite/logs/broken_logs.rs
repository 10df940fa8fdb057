//! Damaged logs of every format: told, survived, and read as far as they go.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use crate::logs::common::{Log, gzip, read, read_file};
use misfire::event::LogSource;
use misfire::log::ReadOptions;
use misfire::log::evtx::write::{EvtxWriter, RecordToWrite};
use misfire::log::xml::{Whitespace, parse};
use proptest::prelude::*;

/// Plain JSON lines too are tried as a readable format.
fn options() -> ReadOptions {
    ReadOptions {
        declared: Some(LogSource::new(Some("okta"), None, Some("okta"))),
        ..ReadOptions::default()
    }
}

fn sample(name: &str) -> Vec<u8> {
    if name == "windows.evtx" {
        return evtx();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
    fs::read(folder.join(name)).expect("a sample")
}

/// A binary log of several chunks with the events of one of the XML samples.
fn evtx() -> Vec<u8> {
    let xml = String::from_utf8(sample("windows-lines.xml")).expect("text");
    let events: Vec<_> = xml
        .lines()
        .map(|line| parse(line, Whitespace::Drop).expect("an event"))
        .collect();
    let mut writer = EvtxWriter::new(Cursor::new(Vec::new())).expect("memory can be written");
    for (id, event) in (1..=600).zip(events.iter().cycle()) {
        let record = RecordToWrite {
            id,
            time: 133_000_000_000_000_000,
            event,
        };
        writer.write_record(&record).expect("memory can be written");
    }
    writer.finish().expect("a log").into_inner()
}

/// Whether every problem says what it is, where, and what to do.
fn assert_told(log: &Log) {
    assert!(!log.problems.is_empty(), "nothing was told");
    for problem in &log.problems {
        assert!(!problem.message.is_empty(), "{problem:?}");
        assert!(problem.help.is_some(), "{problem:?}");
        let place = problem.place.as_ref().expect("a place");
        assert!(!place.file.as_os_str().is_empty());
    }
    // At most twenty of a kind, and a line that counts the rest.
    for code in log.codes() {
        let count = log.codes().iter().filter(|other| **other == code).count();
        assert!(count <= 42, "{count} problems {code}");
    }
}

/// The samples, and how many records each holds.
const FORMATS: [(&str, usize); 18] = [
    ("windows.evtx", 600),
    ("cloudtrail-records.json", 3),
    ("cloudtrail-array-pretty.json", 3),
    ("cloudtrail-lines.jsonl", 3),
    ("cloudtrail-lookup.json", 3),
    ("azure-records.json", 3),
    ("azure-rest.json", 3),
    ("azure-rest-2014.json", 3),
    ("windows-lines.xml", 3),
    ("windows-events.xml", 3),
    ("evtx-dump-pretty.json", 3),
    ("evtx-dump-lines.jsonl", 3),
    ("winlogbeat.jsonl", 3),
    ("nxlog.jsonl", 2),
    ("powershell-7.json", 2),
    ("sysmon-syslog-priority.log", 2),
    ("sysmon-journal.jsonl", 2),
    ("plain.jsonl", 3),
];

fn every_format(check: impl Fn(&str, usize)) {
    for (name, records) in FORMATS {
        // Shown where the check fails.
        println!("{name}");
        check(name, records);
    }
}

#[test]
fn a_whole_sample_is_read_without_problems() {
    every_format(|name, records| {
        let log = read(sample(name), &options());
        assert_eq!(log.events.len(), records);
        assert!(
            log.codes()
                .iter()
                .all(|code| *code == "misfire::log::passed_over"),
            "{:?}",
            log.problems
        );
    });
}

#[test]
fn a_truncated_log_is_read_up_to_the_cut() {
    every_format(|name, records| {
        let bytes = sample(name);
        let cut = if name == "windows.evtx" {
            bytes.len() / 4
        } else {
            15
        };
        let last = bytes.len() - cut;
        let log = read(&bytes[..last], &options());
        assert_told(&log);
        assert!(
            log.codes().contains(&"misfire::log::truncated"),
            "{:?}",
            log.problems
        );
        assert!(
            log.events.len() >= records - records.div_ceil(4),
            "{}",
            log.events.len()
        );
        // The cut may be behind the last record, and is told nevertheless.
        assert!(log.events.len() <= records);
    });
}

#[test]
fn a_truncated_gzip_is_read_up_to_the_cut() {
    every_format(|name, records| {
        // Data that gzip cannot make small, so that the cut is in the records.
        let packed = gzip(&sample(name));
        let log = read(&packed[..packed.len() - packed.len() / 10], &options());
        assert_told(&log);
        assert!(
            log.codes().contains(&"misfire::log::truncated"),
            "{:?}",
            log.problems
        );
        assert!(log.events.len() < records);
    });
}

#[test]
fn a_damaged_gzip_is_told() {
    every_format(|name, records| {
        let mut packed = gzip(&sample(name));
        let checksum = packed.len() - 6;
        packed[checksum] ^= 0xff;
        let log = read(packed, &options());
        assert_told(&log);
        assert!(
            log.codes().contains(&"misfire::log::corrupt"),
            "{:?}",
            log.problems
        );
        // The damage is in the checksum only.
        assert_eq!(log.events.len(), records);
    });
}

#[test]
fn text_that_is_no_utf8_is_replaced() {
    every_format(|name, records| {
        let mut bytes = sample(name);
        if name == "windows.evtx" {
            return;
        }
        // The last letter of the last long word: part of a value everywhere.
        let words = [&b"tester"[..], b"user@exam"];
        let place = words.iter().find_map(|word| find_last(&bytes, word));
        bytes[place.expect("a word") + 3] = 0xff;
        let log = read(bytes, &options());
        assert_told(&log);
        assert!(
            log.codes().contains(&"misfire::log::not_utf8"),
            "{:?}",
            log.problems
        );
        assert_eq!(log.events.len(), records);
    });
}

#[test]
fn a_record_of_the_wrong_type_is_told() {
    every_format(|name, records| {
        let bytes = sample(name);
        if !is_json(&bytes) {
            return;
        }
        for wrong in ["17", "\"text\"", "[1, [2]]", "null", "{}", "true"] {
            let broken = with_extra_record(&bytes, wrong);
            let log = read(broken, &options());
            let is_plain_object = name == "plain.jsonl" && wrong == "{}";
            if !is_plain_object {
                assert_told(&log);
            }
            assert!(log.events.len() >= records, "{wrong}: {:?}", log.problems);
        }
    });
}

#[test]
fn huge_numbers_are_kept() {
    every_format(|name, records| {
        let bytes = sample(name);
        if !is_json(&bytes) || name == "cloudtrail-lookup.json" {
            return;
        }
        let text = String::from_utf8(bytes).expect("text");
        let huge = "\"huge\": 1e999, \"long\": 123456789012345678901234567890, \
                \"wide\": 18446744073709551615, \"low\": -9223372036854775808,";
        // Into the first member of every record.
        let key = first_key(&text);
        let broken = text.replace(&key, &format!("{huge} {key}"));
        let log = read(broken, &options());
        assert_eq!(log.events.len(), records, "{:?}", log.problems);
        assert!(
            !log.codes().contains(&"misfire::log::bad_record"),
            "{:?}",
            log.problems
        );
        for field in log.events.iter().flat_map(|event| &event.fields) {
            let text = format!("{:?}", field.value);
            match field.name.rsplit('.').next() {
                Some("huge") => assert!(text.contains("1e999"), "{text}"),
                Some("long") => assert!(text.contains("1.2345678901234568e29"), "{text}"),
                Some("wide") => assert!(text.contains("18446744073709551615"), "{text}"),
                Some("low") => assert!(text.contains("-9223372036854775808"), "{text}"),
                _ => {}
            }
        }
    });
}

#[test]
fn deep_nesting_is_refused_and_passed() {
    every_format(|name, records| {
        let bytes = sample(name);
        let deep = if is_json(&bytes) {
            let key = first_key(&String::from_utf8_lossy(&bytes));
            let nested = "[".repeat(50_000) + &"]".repeat(50_000);
            with_extra_record(&bytes, &format!("{{\"deep\": {nested}, {key}: 1}}"))
        } else if name == "windows.evtx" {
            return;
        } else {
            let nested = "<a>".repeat(50_000) + &"</a>".repeat(50_000);
            let text = String::from_utf8(bytes).expect("text");
            let event = format!("<Event><EventData>{nested}</EventData></Event>");
            text.replacen("</Event>", &format!("</Event>{event}"), 1)
                .into_bytes()
        };
        let log = read(deep, &options());
        assert_told(&log);
        assert_eq!(log.events.len(), records, "{:?}", log.problems);
    });
}

#[test]
fn a_record_that_is_too_long_is_passed() {
    every_format(|name, records| {
        let bytes = sample(name);
        let long = "a".repeat(17 << 20);
        let broken = if is_json(&bytes) {
            let key = first_key(&String::from_utf8_lossy(&bytes));
            with_extra_record(&bytes, &format!("{{{key}: \"{long}\"}}"))
        } else if name == "windows.evtx" {
            return;
        } else {
            let text = String::from_utf8(bytes).expect("text");
            let event = format!("<Event><EventData>{long}</EventData></Event>");
            text.replacen("</Event>", &format!("</Event>{event}"), 1)
                .into_bytes()
        };
        let log = read(broken, &options());
        assert_told(&log);
        assert!(
            log.codes().contains(&"misfire::log::limit"),
            "{:?}",
            log.problems
        );
        assert_eq!(log.events.len(), records, "{:?}", log.problems);
    });
}

#[test]
fn a_gzip_bomb_is_given_up() {
    every_format(|name, records| {
        let bytes = sample(name);
        let _ = records;
        for filler in [b' ', b'\n', b'0', 0] {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(&bytes).expect("memory can be written");
            let block = vec![filler; 1 << 20];
            for _ in 0..256 {
                packer.write_all(&block).expect("memory can be written");
            }
            let bomb = packer.finish().expect("memory can be written");
            let log = read(bomb, &options());
            assert_told(&log);
            assert!(
                log.codes().contains(&"misfire::log::limit"),
                "{:?}",
                log.problems
            );
        }
    });
}

#[test]
fn a_flipped_bit_never_passes_silently_as_more_records() {
    every_format(|name, records| {
        let bytes = sample(name);
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..150 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let mut broken = bytes.clone();
            let place = seed as usize % broken.len();
            broken[place] ^= 1 << (seed >> 60 & 7);
            let log = read(broken, &options());
            assert!(log.events.len() <= records + 1);
            if log.events.len() < records {
                assert_told(&log);
            }
            // One bit costs at most a record or two, or a chunk of a binary log.
            if name != "windows.evtx" && log.format.is_some() {
                assert!(
                    log.events.len() + 2 >= records,
                    "bit at byte {place}: {:?}",
                    log.problems
                );
            }
        }
    });
}

#[test]
fn what_is_no_log_file_is_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, bytes: &[u8]| -> PathBuf {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("a file");
        path
    };
    let fifo = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.is_ok_and(|status| status.success()));
    let mut random = vec![0; 200_000];
    let mut seed = 1_u64;
    for byte in &mut random {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        *byte = (seed >> 56) as u8;
    }
    let cases = [
        (folder.path().to_owned(), "misfire::io::not_a_file"),
        (fifo, "misfire::io::not_a_file"),
        (folder.path().join("absent"), "misfire::io::unreadable"),
        (file("empty", b""), "misfire::log::empty"),
        (file("blank", b" \n\t\r\n"), "misfire::log::empty"),
        (file("random", &random), "misfire::log::unknown_format"),
        (
            file("text", b"hello\nworld\n"),
            "misfire::log::unknown_format",
        ),
        (
            file("zip", b"PK\x03\x04rest"),
            "misfire::log::unknown_format",
        ),
        (file("records", b"{\"Records\": []}"), "misfire::log::empty"),
        (file("array", b"[]"), "misfire::log::empty"),
        (file("gzip", &gzip(b"")), "misfire::log::empty"),
        (
            file("no-gzip", b"\x1f\x8bnonsense"),
            "misfire::log::corrupt",
        ),
        (
            file("half", b"{\"Records\""),
            "misfire::log::unknown_format",
        ),
        (file("number", b"17"), "misfire::log::unknown_format"),
        (file("events", b"<Events></Events>"), "misfire::log::empty"),
    ];
    for (path, code) in cases {
        let log = read_file(&path, &ReadOptions::default());
        assert_eq!(log.codes(), [code], "{}", path.display());
        assert_told(&log);
        assert_eq!(log.events.len(), 0);
    }
}

#[test]
fn binary_logs_in_more_ways() {
    const HEADER: usize = 4096;
    const CHUNK: usize = 65536;
    let whole = sample("windows.evtx");
    let chunks = (whole.len() - HEADER) / CHUNK;
    assert!(chunks >= 4, "only {chunks} chunks");
    let in_one_chunk = 600 / (chunks - 1) + 1;
    let change = |at: usize, bytes: &[u8]| {
        let mut broken = whole.clone();
        broken[at..at + bytes.len()].copy_from_slice(bytes);
        broken
    };
    let second = HEADER + CHUNK;
    let truncated = "misfire::log::truncated";
    let corrupt = "misfire::log::corrupt";
    let cases: [(&str, Vec<u8>, &str, usize); 10] = [
        ("only the magic", whole[..8].to_vec(), truncated, 0),
        ("half a header", whole[..2000].to_vec(), truncated, 0),
        ("only the header", whole[..HEADER].to_vec(), truncated, 0),
        (
            "a missing chunk",
            whole[..HEADER + CHUNK].to_vec(),
            truncated,
            1,
        ),
        (
            "random bytes behind the magic",
            [&whole[..8], &vec![0x5a; 9000]].concat(),
            corrupt,
            0,
        ),
        (
            "a damaged file header",
            change(16, &[0xff; 8]),
            corrupt,
            600,
        ),
        (
            "a damaged chunk magic",
            change(second, b"broken"),
            corrupt,
            600 - in_one_chunk,
        ),
        (
            "a damaged chunk header",
            change(second + 48, &[0xff; 8]),
            corrupt,
            1,
        ),
        (
            "a record that claims to be huge",
            change(second + 516, &[0xff; 4]),
            corrupt,
            1,
        ),
        (
            "overwritten records",
            change(second + 4000, &[0x41; 3000]),
            corrupt,
            1,
        ),
    ];
    for (name, bytes, code, at_least) in cases {
        println!("{name}");
        let log = read(bytes, &ReadOptions::default());
        assert_told(&log);
        assert!(log.codes().contains(&code), "{:?}", log.problems);
        assert!(log.events.len() >= at_least, "{}", log.events.len());
        assert!(log.events.len() <= 600);
    }
}

#[test]
fn user_data_with_odd_values_is_repaired_too() {
    let text = r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"a"}},"EventID":1,"Channel":"b"},"UserData":{"Root":{"x":1e999,"y":"\ud800"}}}}"##;
    let log = read(text, &ReadOptions::default());
    assert_eq!(
        log.codes(),
        ["misfire::log::not_utf8"],
        "{:?}",
        log.problems
    );
    let fields = format!("{:?}", log.events[0].fields);
    assert!(fields.contains("1e999"), "{fields}");
}

#[test]
fn other_damage_to_json_is_told_line_by_line() {
    let event = r#"{"eventSource":"a","eventName":"b","eventTime":"2026-03-04T05:06:07Z"#;
    let text = [
        &format!("{event}\"}}"),
        &format!("{event}\", \"x\": NaN, \"y\": -Infinity}}"),
        &format!("{event}\", \"x\": \"\\ud800 half\"}}"),
        &format!("{event}\", \"x\": \"C:\\Users\"}}"),
        &format!("{event}\"}} trailing"),
        "not json",
        r#"{"EventID": 1, "Channel": "System", "SourceName": "a"}"#,
        r#"{"unknown": 1}"#,
        r#"{"eventSource":"a","eventName":"b","eventTime":17}"#,
        &format!("{event}\", \"x\": 1, \"x\": 2}}"),
        event,
    ]
    .join("\n");
    let log = read(text, &ReadOptions::default());
    let found: Vec<_> = log
        .problems
        .iter()
        .map(|problem| {
            let line = problem
                .place
                .as_ref()
                .and_then(|place| place.line_and_column());
            (line.map_or(0, |(line, _)| line), problem.code.as_str())
        })
        .collect();
    assert_eq!(
        found,
        [
            (2, "misfire::log::bad_record"),
            (3, "misfire::log::not_utf8"),
            (4, "misfire::log::bad_record"),
            (5, "misfire::log::bad_record"),
            (6, "misfire::log::bad_record"),
            (8, "misfire::log::bad_record"),
            (9, "misfire::log::bad_time"),
            (11, "misfire::log::truncated"),
        ]
    );
    let numbers: Vec<_> = log.events.iter().map(|event| event.id.record).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 7, 9, 10]);
    let both = &log.events[6].fields.last().expect("a field").value;
    assert_eq!(format!("{both:?}"), "List([Integer(1), Integer(2)])");
}

#[test]
fn many_problems_are_counted() {
    let mut text =
        String::from("{\"eventSource\":\"a\",\"eventName\":\"b\",\"eventTime\":\"t\"}\n");
    text.push_str(&"broken\n".repeat(400_000));
    let log = read(text, &ReadOptions::default());
    assert_eq!(log.problems.len(), 21);
    let closing = log.problems.last().expect("a closing line");
    assert_eq!(closing.more, 399_980);
    assert_eq!(closing.message, "399980 more problems of this kind");
}

#[test]
fn a_large_log_is_read_in_pieces() {
    let record = r#"{"eventSource":"a","eventName":"b","eventTime":"2026-03-04T05:06:07Z","n":"#;
    let records = 60_000;
    let list: Vec<_> = (0..records)
        .map(|number| format!("{record}{number}}}"))
        .collect();
    for text in [
        format!("{{\"Records\":[{}]}}", list.join(",")),
        format!("[\n{}\n]", list.join(",\n")),
        list.join("\n"),
    ] {
        let log = read(text, &ReadOptions::default());
        assert_eq!(log.codes(), [""; 0]);
        assert_eq!(log.events.len(), records);
        for (place, event) in log.events.iter().enumerate() {
            assert_eq!(event.id.record, place as u64 + 1);
            let last = event.fields.last().expect("a field");
            assert_eq!(format!("{:?}", last.value), format!("Integer({place})"));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = read(bytes, &options());
    }

    #[test]
    fn any_text_of_the_formats_alphabet_is_survived(
        text in r#"(\{|\}|\[|\]|"|\\|,|:|\n| |1|e9|Records|"Records":\[|value|<Event>|</Event>|<|>|&|<!\[CDATA\[|\]\]>|Record 1\n|"Event":|"System":|"EventID":|"a"|null){0,60}"#
    ) {
        let _ = read(text, &options());
    }

    #[test]
    fn any_mutation_of_a_sample_is_survived(
        name in prop::sample::select(vec![
            "cloudtrail-records.json", "cloudtrail-array-pretty.json", "cloudtrail-lookup.json",
            "azure-records.json", "windows-events.xml", "windows-events-utf16.xml",
            "evtx-dump-records.json", "winlogbeat.jsonl", "nxlog.jsonl", "powershell-5.json",
            "sysmon-syslog.log", "sysmon-journal.jsonl", "plain.jsonl",
        ]),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4u8), 1..20),
    ) {
        let mut bytes = sample(name);
        for (place, byte, kind) in edits {
            let place = place.index(bytes.len());
            match kind {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                2 => { bytes.remove(place); }
                _ => bytes.truncate(place.max(1)),
            }
            if bytes.is_empty() { break; }
        }
        let _ = read(bytes, &options());
    }
}

fn is_json(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(b'{' | b'['))
}

/// The first key of a record, in quotes.
fn first_key(text: &str) -> String {
    let keys = [
        "\"eventVersion\"",
        "\"EventId\"",
        "\"time\"",
        "\"authorization\"",
        "\"Event\"",
        "\"@timestamp\"",
        "\"EventTime\"",
        "\"Id\"",
        "\"__CURSOR\"",
        "\"timestamp\"",
    ];
    let known = keys
        .iter()
        .filter_map(|key| Some((text.find(key)?, *key)))
        .min();
    known.expect("a key").1.to_owned()
}

/// One more value behind the first record.
fn with_extra_record(bytes: &[u8], record: &str) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).expect("text");
    let (before, after) = match text.find('[').filter(|list| *list < 20) {
        Some(list) => {
            let start = list + 1 + text[list + 1..].find('{').expect("a record");
            let mut values = serde_json::Deserializer::from_str(&text[start..])
                .into_iter::<serde::de::IgnoredAny>();
            values.next().expect("a record").expect("valid JSON");
            let end = start + values.byte_offset();
            (format!("{},{record}", &text[..end]), &text[end..])
        }
        None => {
            let end = if text.starts_with("{\n") {
                text.find("\n}\n").expect("a record") + 3
            } else {
                text.find("}\n").expect("a record") + 2
            };
            (format!("{}{record}\n", &text[..end]), &text[end..])
        }
    };
    (before + after).into_bytes()
}

fn find_last(bytes: &[u8], word: &[u8]) -> Option<usize> {
    (0..bytes.len().saturating_sub(word.len()))
        .rev()
        .find(|place| bytes[*place..].starts_with(word))
}
