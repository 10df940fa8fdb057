//! What no reader checks: numbers, alignment, and the tables of every chunk.

use std::collections::BTreeSet;

use crate::evtx_write::support::{bytes, many, put, writer};

const CHUNK: usize = 0x1_0000;

fn short(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().expect("two bytes"))
}

fn long(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize
}

fn number(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

fn hash(units: impl Iterator<Item = u16>) -> u32 {
    units.fold(0_u32, |hash, unit| {
        hash.wrapping_mul(65_599).wrapping_add(u32::from(unit))
    })
}

/// The entries of a table, bucket by bucket; every link goes backward.
fn chains(chunk: &[u8], table: usize, buckets: usize) -> Vec<(usize, usize)> {
    let mut entries = Vec::new();
    for bucket in 0..buckets {
        let mut at = long(chunk, table + 4 * bucket);
        while at != 0 {
            entries.push((bucket, at));
            let next = long(chunk, at);
            assert!(next < at, "a link forward");
            at = next;
        }
    }
    entries
}

/// The names in a chunk's string table.
fn names(chunk: &[u8]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (bucket, at) in chains(chunk, 128, 64) {
        let length = usize::from(short(chunk, at + 6));
        let units: Vec<u16> = (0..length)
            .map(|unit| short(chunk, at + 8 + 2 * unit))
            .collect();
        let full = hash(units.iter().copied());
        assert_eq!(full as u16, short(chunk, at + 4), "the hash of a name");
        assert_eq!(
            usize::from(full as u16) % 64,
            bucket,
            "the bucket of a name"
        );
        assert_eq!(short(chunk, at + 8 + 2 * length), 0, "the end of a name");
        assert!(
            names.insert(String::from_utf16(&units).expect("a name")),
            "a name twice"
        );
    }
    names
}

#[test]
fn every_chunk_is_laid_out_as_it_must_be() {
    let count = 3_000;
    let mut log = writer();
    // Ids with gaps: record numbers have none.
    for id in 1..=count {
        put(&mut log, id * 3, &many(id)).expect("a record");
    }
    let file = bytes(log);
    let chunks: Vec<&[u8]> = file[4_096..].chunks(CHUNK).collect();
    assert!(chunks.len() > 10);
    assert_eq!(number(&file, 8), 0);
    assert_eq!(number(&file, 16), chunks.len() as u64 - 1);
    assert_eq!(number(&file, 24), count * 3 + 1);
    assert_eq!(usize::from(short(&file, 42)), chunks.len());
    assert_eq!(long(&file, 120), 0);

    let mut records = 0;
    for chunk in chunks {
        assert_eq!(number(chunk, 8), records + 1);
        assert_eq!(number(chunk, 24), (records + 1) * 3);
        let (last, free) = (long(chunk, 44), long(chunk, 48));
        assert!(free <= 0xfff8);
        let mut definitions = BTreeSet::new();
        let (mut at, mut latest) = (512, 0);
        while at < free {
            records += 1;
            latest = at;
            let size = long(chunk, at + 4);
            assert_eq!(size % 8, 0);
            assert_eq!(long(chunk, at + size - 4), size);
            assert_eq!(number(chunk, at + 8), records * 3);
            let definition = long(chunk, at + 24 + 10);
            let inline = definition == at + 24 + 14;
            assert_eq!(
                definitions.insert(definition),
                inline,
                "one definition, then references"
            );
            at += size;
        }
        assert_eq!((at, latest), (free, last));
        assert_eq!(number(chunk, 16), records);
        assert_eq!(number(chunk, 32), records * 3);
        assert!(chunk[free..].iter().all(|&byte| byte == 0));

        let templates = chains(chunk, 384, 32);
        for &(bucket, at) in &templates {
            let units = (0..8).map(|unit| short(chunk, at + 4 + 2 * unit));
            assert_eq!(
                hash(units) as usize % 32,
                bucket,
                "the bucket of a template"
            );
        }
        let table: BTreeSet<usize> = templates.iter().map(|&(_, at)| at).collect();
        assert_eq!(table, definitions);
        let expected = [
            "Channel",
            "Correlation",
            "Data",
            "Event",
            "EventData",
            "EventID",
            "Keywords",
            "Level",
            "Name",
            "Provider",
            "System",
            "SystemTime",
            "TimeCreated",
            "xmlns",
        ];
        assert!(
            names(chunk).iter().eq(expected.iter()),
            "{:?}",
            names(chunk)
        );
    }
    assert_eq!(records, count);
}
