//! Files for `.ci/readers`, which reads them with readers of other makers.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use misfire::log::evtx::copy::copy_evtx;
use misfire::log::evtx::write::{EvtxWriter, MAX_DEPTH, RecordToWrite};
use misfire::log::xml::{Element, FileTime, Guid, Leaf, Sid, SystemTime};

use crate::evtx_write::support::{NEW_YEAR_2026, event, many};
use crate::support::corpora::{corpus, files};

/// Collects what was written, how many records each file holds, and what it is a
/// copy of.
struct Folder {
    path: PathBuf,
    list: String,
}

impl Folder {
    fn note(&mut self, name: &str, records: u64, origin: &str) {
        self.list
            .push_str(&format!("{name}\t{records}\t{origin}\n"));
    }

    fn write(&mut self, name: &str, events: impl Iterator<Item = Element>) {
        let file = File::create(self.path.join(name)).expect("a new file");
        let mut writer = EvtxWriter::new(BufWriter::new(file)).expect("a header");
        for (event, id) in events.zip(1..) {
            let time = NEW_YEAR_2026 + id * 10_000;
            writer
                .write_record(&RecordToWrite {
                    id,
                    time,
                    event: &event,
                })
                .expect("a record");
        }
        self.note(name, writer.records(), "");
        writer.finish().expect("a finished file");
    }

    fn copy(&mut self, name: &str, from: &Path) {
        let file = File::create(self.path.join(name)).expect("a new file");
        let input = File::open(from).expect("a readable file");
        let (report, _) = copy_evtx(input, BufWriter::new(file), |_| {}).expect("a copy");
        let origin = from.canonicalize().expect("its whole path");
        self.note(name, report.records, &origin.to_string_lossy());
    }
}

/// Every type, with and without a value; markup, and characters beyond the BMP.
pub fn typed() -> Vec<Element> {
    let sid = Sid::parse("S-1-5-21-1004336348-1177238915-682003330-512").expect("a SID");
    let values = [
        ("Text", Leaf::from("plain")),
        ("Markup", Leaf::from("a <b> & \"c\" 'd' ]]> %1")),
        ("Beyond", Leaf::from("Grüße, 日本語, 😀")),
        ("Blanks", Leaf::from("  two  ")),
        ("Lines", Leaf::from("one\r\ntwo\tthree")),
        ("Ansi", Leaf::Ansi("plain".to_owned())),
        ("Int8", Leaf::Int8(-8)),
        ("UInt8", Leaf::UInt8(8)),
        ("Int16", Leaf::Int16(-16)),
        ("UInt16", Leaf::UInt16(16)),
        ("Int32", Leaf::Int32(-32)),
        ("UInt32", Leaf::UInt32(u32::MAX)),
        ("Int64", Leaf::Int64(i64::MIN)),
        ("UInt64", Leaf::UInt64(u64::MAX)),
        ("Float", Leaf::Float(1.5)),
        ("Double", Leaf::Double(-0.1)),
        ("Yes", Leaf::Boolean(true)),
        ("No", Leaf::Boolean(false)),
        ("Binary", Leaf::Binary((0..=255).collect())),
        ("Guid", Leaf::Guid(Guid(*b"0123456789abcdef"))),
        ("Pointer", Leaf::Pointer(0x7ff6_0000_1234)),
        ("FileTime", Leaf::FileTime(FileTime(NEW_YEAR_2026 + 1))),
        (
            "SystemTime",
            Leaf::SystemTime(SystemTime([2026, 1, 4, 1, 2, 3, 4, 5])),
        ),
        ("Sid", Leaf::Sid(sid)),
        ("HexInt32", Leaf::HexInt32(0xdead_beef)),
        ("HexInt64", Leaf::HexInt64(0x8000_0000_0000_0001)),
    ];
    let mut events = vec![event(1, &values)];
    events.extend(values.iter().map(|(name, leaf)| {
        let nothing = Leaf::Null(leaf.wire_type());
        event(
            2,
            &[
                (name, leaf.clone()),
                (name, nothing),
                ("Last", Leaf::from("x")),
            ],
        )
    }));
    events
}

/// Shapes at the edge: the deepest, the emptiest, the longest value.
fn edges() -> Vec<Element> {
    let deep = (1..MAX_DEPTH).fold(Element::new("Level"), |inner, _| {
        Element::new("Level").with_child(inner)
    });
    let own = Element::new("UserData").with_child(
        Element::new("Own")
            .with_attribute("xmlns", Leaf::from("http://example.invalid/own"))
            .with_attribute("Empty", Leaf::from(""))
            .with_child(Element::new("Nothing"))
            .with_child(Element::new("Value").with_value(Leaf::from("a & b"))),
    );
    let long = event(3, &[("Long", Leaf::from("x".repeat(32_000)))]);
    vec![deep, event(1, &[]).with_child(own), long.clone(), long]
}

#[test]
fn files_for_other_readers_are_written() {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("the target folder");
    let path = target.join("readers");
    if path.exists() {
        fs::remove_dir_all(&path).expect("the last run's files removed");
    }
    fs::create_dir_all(&path).expect("a folder");
    let mut folder = Folder {
        path,
        list: String::new(),
    };
    folder.write("typed.evtx", typed().into_iter());
    folder.write("none.evtx", std::iter::empty());
    folder.write("edges.evtx", edges().into_iter());
    folder.write("many.evtx", (1..=100_000).map(many));
    for name in ["evtx-attack-samples", "sigma/regression_data"] {
        let Some(corpus) = corpus(name) else { continue };
        for (index, sample) in files(&corpus, "evtx").iter().enumerate() {
            let name = name.replace('/', "-");
            folder.copy(&format!("{name}-{index}.evtx"), sample);
        }
    }
    fs::write(folder.path.join("files.tsv"), &folder.list).expect("the list of files");
}
