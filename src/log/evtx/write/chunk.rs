//! One chunk: 64 KiB of records with their own string and template tables.

use super::record::Parts;
use super::template::{NameId, TemplateId, Templates};
use super::text::hash;

/// The bytes of a chunk.
pub(super) const SIZE: usize = 0x1_0000;
/// Where records start.
const RECORDS: usize = 0x200;
/// Where records end at the latest. No chunk that Windows wrote is filled to
/// its last byte, and libevtx loses the last record of one that is.
const END: usize = 0xfff8;
/// The most bytes that one record can take.
pub(super) const CAPACITY: usize = END - RECORDS;

/// The first and last record numbers and ids of a chunk without records.
const NO_RECORDS: [u64; 4] = [1, u64::MAX, u64::MAX, u64::MAX];
const STRING_TABLE: usize = 128;
const TEMPLATE_TABLE: usize = 384;
/// Magic, size, id, time.
const RECORD_HEADER: usize = 24;
/// Fragment header, template token, version, start of the GUID, offset.
const INSTANCE: usize = 4 + 2 + 4 + 4;

/// The identity of one record.
#[derive(Clone, Copy)]
pub(super) struct Stamp {
    pub id: u64,
    /// 100 ns intervals since 1601.
    pub time: u64,
}

/// The chunk being filled. Offsets count from its first byte.
pub(super) struct Chunk {
    bytes: Vec<u8>,
    strings: [u32; 64],
    templates: [u32; 32],
    /// Offset of each name of [`Templates`], 0 for none.
    name_offsets: Vec<u32>,
    /// Offset of each template of [`Templates`], 0 for none.
    template_offsets: Vec<u32>,
    /// Ids in the order of writing.
    ids: Vec<u64>,
    highest_id: u64,
    last_record: usize,
}

impl Chunk {
    pub fn new() -> Self {
        let mut chunk = Self {
            bytes: Vec::with_capacity(SIZE),
            strings: [0; 64],
            templates: [0; 32],
            name_offsets: Vec::new(),
            template_offsets: Vec::new(),
            ids: Vec::new(),
            highest_id: 0,
            last_record: 0,
        };
        chunk.clear();
        chunk
    }

    /// Starts the next chunk.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.bytes.resize(RECORDS, 0);
        self.strings = [0; 64];
        self.templates = [0; 32];
        self.name_offsets.clear();
        self.template_offsets.clear();
        self.ids.clear();
        self.highest_id = 0;
        self.last_record = 0;
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// How many records there are.
    pub fn count(&self) -> u64 {
        self.ids.len() as u64
    }

    /// Whether a record of this id is here. A reader stops at the first record
    /// with the chunk's last id, so one chunk cannot hold an id twice.
    pub fn has(&self, id: u64) -> bool {
        id <= self.highest_id && self.ids.contains(&id)
    }

    pub fn fits(&self, size: usize) -> bool {
        self.bytes.len() + size <= END
    }

    /// The bytes that a record takes here, with what its template needs.
    pub fn record_size(&self, known: &Templates, template: TemplateId, parts: &Parts) -> usize {
        let mut size = RECORD_HEADER + INSTANCE + 4 + parts.descriptors.len() + parts.values.len();
        if self.template_offset(template).is_none() {
            let template = &known.templates[template];
            let new = template
                .names
                .iter()
                .filter(|&&name| self.name_offset(name).is_none());
            size += template.size + new.map(|&name| known.names[name].size()).sum::<usize>();
        }
        // The end of the fragment, padding to 8, and the size again.
        (size + 1 + 4).next_multiple_of(8)
    }

    /// Appends a record that [`Chunk::record_size`] says fits.
    pub fn push(
        &mut self,
        known: &Templates,
        template: TemplateId,
        parts: &Parts,
        stamp: Stamp,
        size: usize,
    ) {
        let start = self.bytes.len();
        self.bytes.extend([0x2a, 0x2a, 0, 0]);
        self.bytes.extend((size as u32).to_le_bytes());
        self.bytes.extend(stamp.id.to_le_bytes());
        self.bytes.extend(stamp.time.to_le_bytes());
        self.instance(known, template);
        self.bytes.extend((parts.count() as u32).to_le_bytes());
        self.bytes.extend(&parts.descriptors);
        self.bytes.extend(&parts.values);
        self.bytes.resize(start + size - 4, 0);
        self.bytes.extend((size as u32).to_le_bytes());

        self.last_record = start;
        self.highest_id = self.highest_id.max(stamp.id);
        self.ids.push(stamp.id);
    }

    /// Writes the reference to a template, with its definition at first use.
    fn instance(&mut self, known: &Templates, id: TemplateId) {
        let template = &known.templates[id];
        self.bytes.extend([0x0f, 1, 1, 0, 0x0c, 1]);
        self.bytes.extend(&template.guid[..4]);
        if let Some(offset) = self.template_offset(id) {
            self.bytes.extend(offset.to_le_bytes());
            return;
        }
        let offset = (self.bytes.len() + 4) as u32;
        self.bytes.extend(offset.to_le_bytes());
        let units = template.guid.as_chunks::<2>().0.iter();
        let bucket = hash(units.map(|unit| u16::from_le_bytes(*unit))) as usize % 32;
        let link = std::mem::replace(&mut self.templates[bucket], offset);
        set(&mut self.template_offsets, id, offset);

        let (strings, name_offsets) = (&mut self.strings, &mut self.name_offsets);
        template.write(link, &mut self.bytes, |name, out| {
            if let Some(offset) = get(name_offsets, name) {
                out.extend(offset.to_le_bytes());
                return;
            }
            let offset = (out.len() + 4) as u32;
            let entry = &known.names[name];
            let link = std::mem::replace(&mut strings[usize::from(entry.hash) % 64], offset);
            set(name_offsets, name, offset);
            out.extend(offset.to_le_bytes());
            out.extend(link.to_le_bytes());
            out.extend(&entry.stored);
        });
    }

    fn name_offset(&self, name: NameId) -> Option<u32> {
        get(&self.name_offsets, name)
    }

    fn template_offset(&self, template: TemplateId) -> Option<u32> {
        get(&self.template_offsets, template)
    }

    /// Completes the chunk: header, tables, checksums. `first` is the number
    /// of its first record in the file.
    pub fn seal(&mut self, first: u64) -> &[u8] {
        let free = self.bytes.len();
        let records = crc32fast::hash(&self.bytes[RECORDS..]);
        self.bytes.resize(SIZE, 0);
        let numbers = match (self.ids.first(), self.ids.last()) {
            (Some(&first_id), Some(&last_id)) => {
                [first, first + self.count() - 1, first_id, last_id]
            }
            _ => NO_RECORDS,
        };

        let mut header = Vec::with_capacity(RECORDS);
        header.extend(b"ElfChnk\0");
        for number in numbers {
            header.extend(number.to_le_bytes());
        }
        for number in [128, self.last_record as u32, free as u32, records] {
            header.extend(number.to_le_bytes());
        }
        header.resize(120, 0);
        // What Windows writes here too; its meaning is not documented.
        header.extend(1_u32.to_le_bytes());
        header.resize(STRING_TABLE, 0);
        header.extend(self.strings.iter().flat_map(|offset| offset.to_le_bytes()));
        debug_assert_eq!(header.len(), TEMPLATE_TABLE);
        header.extend(
            self.templates
                .iter()
                .flat_map(|offset| offset.to_le_bytes()),
        );
        let mut crc = crc32fast::Hasher::new();
        crc.update(&header[..120]);
        crc.update(&header[STRING_TABLE..]);
        header[124..128].copy_from_slice(&crc.finalize().to_le_bytes());
        self.bytes[..RECORDS].copy_from_slice(&header);
        &self.bytes
    }

    /// Takes back what [`Chunk::seal`] did after the records, so that it can be
    /// repeated.
    pub fn unseal(&mut self) {
        let free = u32::from_le_bytes([
            self.bytes[48],
            self.bytes[49],
            self.bytes[50],
            self.bytes[51],
        ]);
        self.bytes.truncate(free as usize);
    }
}

fn get(offsets: &[u32], id: usize) -> Option<u32> {
    offsets.get(id).copied().filter(|&offset| offset != 0)
}

fn set(offsets: &mut Vec<u32>, id: usize, offset: u32) {
    if offsets.len() <= id {
        offsets.resize(id + 1, 0);
    }
    offsets[id] = offset;
}
