//! Reading `.evtx`, chunk by chunk.
//!
//! The file is walked here rather than by the `evtx` library's own iterator,
//! which silently passes over a last chunk that is cut short. The layout is
//! Microsoft's "EVTX file format" as the `evtx` library reads it: a header block
//! of 4 KiB, then chunks of 64 KiB.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use evtx::{EvtxChunkData, EvtxFileHeader, EvtxRecord, HeaderFlags, ParserSettings};

use super::copy::file_time;
use super::extent::{CHUNK_SIZE, HEADER_SIZE, is_whole, missing_records};
use super::tree::event_tree;
use crate::diagnostic::{At, Code, Diagnostic, Place};
use crate::event::{BatchBuilder, FileId, Span};
use crate::log::chunk::Decoded;
use crate::log::flatten::{Flattener, Record};
use crate::log::infoset::{Tree, Trees};
use crate::log::input::Input;
use crate::log::open::ReadOptions;
use crate::log::problems::Problems;

static SETTINGS: LazyLock<Arc<ParserSettings>> =
    LazyLock::new(|| Arc::new(ParserSettings::default().indent(false)));

/// An open `.evtx` file.
#[derive(Debug)]
pub(in crate::log) struct EvtxReader {
    input: Input,
    next: u64,
    /// What the file header says, unless it is damaged or says that it is stale.
    announced_chunks: Option<u64>,
    seen_chunks: u64,
    pending: Vec<Diagnostic>,
    done: bool,
}

/// One chunk's bytes.
pub(in crate::log) struct EvtxChunk {
    data: EvtxChunkData,
    number: u64,
    /// How many bytes the file had for it, if less than a whole chunk.
    cut_at: Option<usize>,
}

impl std::fmt::Debug for EvtxChunk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EvtxChunk")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl EvtxReader {
    /// Starts reading a log whose first bytes are those of an EVTX file.
    pub(in crate::log) fn open(path: &Path, mut input: Input) -> Self {
        let mut header = Vec::new();
        input.read(&mut header, HEADER_SIZE as usize);
        let mut reader = Self {
            input,
            next: 0,
            announced_chunks: None,
            seen_chunks: 0,
            pending: Vec::new(),
            done: false,
        };
        if (header.len() as u64) < HEADER_SIZE {
            reader.done = true;
            reader.pending.push(
                Diagnostic::error(
                    Code::LOG_TRUNCATED,
                    format!(
                        "the file ends after {} of its header's {HEADER_SIZE} bytes",
                        header.len()
                    ),
                )
                .in_file(path)
                .help("copy the log again; it holds no record"),
            );
            return reader;
        }
        match EvtxFileHeader::from_bytes(&header) {
            Ok(parsed) if parsed.validate_checksum() => {
                if !parsed.flags.contains(HeaderFlags::DIRTY) {
                    reader.announced_chunks = Some(u64::from(parsed.chunk_count));
                }
            }
            Ok(_) => reader.pending.push(corrupt(
                path,
                0,
                "the file header's checksum does not match its bytes".to_owned(),
            )),
            Err(error) => reader.pending.push(corrupt(
                path,
                0,
                format!("the file header cannot be read: {error}"),
            )),
        }
        reader
    }

    /// The next chunk that holds anything, or a problem in its place.
    pub(in crate::log) fn next_chunk(
        &mut self,
        path: &Path,
    ) -> Option<Result<EvtxChunk, Diagnostic>> {
        loop {
            if let Some(problem) = self.pending.pop() {
                return Some(Err(problem));
            }
            if self.done {
                return None;
            }
            let number = self.next;
            self.next += 1;
            let mut bytes = Vec::with_capacity(CHUNK_SIZE);
            self.input.read(&mut bytes, CHUNK_SIZE);
            if bytes.is_empty() {
                self.done = true;
                self.report_missing_chunks(path);
                self.pending.extend(self.input.take_problem(path));
                continue;
            }
            // Windows reserves space ahead; a reserved chunk is all zero.
            if bytes.iter().all(|byte| *byte == 0) {
                continue;
            }
            self.seen_chunks += 1;
            return Some(self.chunk(path, number, bytes));
        }
    }

    fn chunk(
        &mut self,
        path: &Path,
        number: u64,
        mut bytes: Vec<u8>,
    ) -> Result<EvtxChunk, Diagnostic> {
        let had = bytes.len();
        let cut_at = (had < CHUNK_SIZE).then_some(had);
        bytes.resize(CHUNK_SIZE, 0);
        let offset = HEADER_SIZE + number * CHUNK_SIZE as u64;
        match EvtxChunkData::new(bytes, false) {
            Ok(mut data) => {
                data.number = Some(number);
                Ok(EvtxChunk {
                    data,
                    number,
                    cut_at,
                })
            }
            Err(error) => Err(match cut_at {
                Some(had) => truncated(path, number, had),
                None => corrupt(
                    path,
                    offset,
                    format!("chunk {number} cannot be read: {}", causes(&error)),
                ),
            }),
        }
    }

    fn report_missing_chunks(&mut self, path: &Path) {
        let Some(announced) = self.announced_chunks else {
            return;
        };
        if self.seen_chunks < announced {
            self.pending.push(
                Diagnostic::error(
                    Code::LOG_TRUNCATED,
                    format!(
                        "the header announces {announced} chunks and the file holds {}",
                        self.seen_chunks
                    ),
                )
                .in_file(path)
                .help("copy the log again; what it still holds was read"),
            );
        }
    }
}

impl EvtxChunk {
    /// The size of every chunk, in bytes.
    pub(in crate::log) const SIZE: usize = CHUNK_SIZE;

    /// Reads the chunk's records.
    pub(in crate::log) fn decode(
        mut self,
        file: FileId,
        path: &Path,
        options: &ReadOptions,
    ) -> Decoded {
        let mut problems = Problems::new(path);
        let (text, records) = self.render(path, &mut problems);
        let mut builder = BatchBuilder::new(file, Arc::clone(&options.names), text.len());
        let mut flattener = Flattener::new(&text);
        for (number, span) in records {
            match flattener.windows_event(Record::Given(span), &mut builder) {
                Ok(head) => builder.end_event_log_record(
                    span,
                    number,
                    head.time(),
                    (head.provider(), head.channel(), head.event_id()),
                ),
                Err(error) => {
                    builder.abandon_record();
                    problems.push(bad_record(path, number, &error.to_string()));
                }
            }
        }
        Decoded {
            batch: builder.finish(text),
            problems: problems.finish(),
        }
    }

    /// Reads the chunk's records as trees.
    pub(in crate::log) fn decode_trees(mut self, path: &Path) -> Trees {
        let mut trees = Trees::default();
        let mut problems = Problems::new(path);
        self.walk(path, &mut problems, |record| {
            let number = record.event_record_id;
            let time = file_time(&record.timestamp);
            let event =
                event_tree(record).map_err(|cause| bad_record(path, number, &cause.to_string()))?;
            trees.trees.push(Tree {
                number,
                id: Some(number),
                time,
                event,
            });
            Ok(())
        });
        trees.problems = problems.finish();
        trees
    }

    /// Renders all records into one text, with the span of each.
    fn render(&mut self, path: &Path, problems: &mut Problems<'_>) -> (String, Vec<(u64, Span)>) {
        let offset = self.offset();
        let number = self.number;
        let mut text = Vec::with_capacity(4 * CHUNK_SIZE);
        let mut records = Vec::new();
        self.walk(path, problems, |record| {
            let record = record
                .into_json_bytes()
                .map_err(|error| damaged(path, offset, &error))?;
            let start = text.len();
            text.extend_from_slice(&record.data);
            if let Some(span) = Span::new(start, text.len()) {
                records.push((record.event_record_id, span));
            }
            Ok(())
        });
        match String::from_utf8(text) {
            Ok(text) => (text, records),
            Err(error) => {
                problems.push(corrupt(
                    path,
                    offset,
                    format!("chunk {number} renders as text that is not UTF-8"),
                ));
                let _ = error;
                (String::new(), Vec::new())
            }
        }
    }

    /// Where in the file the chunk starts.
    fn offset(&self) -> u64 {
        HEADER_SIZE + self.number * CHUNK_SIZE as u64
    }

    /// Hands every record that is there to `take`.
    fn walk(
        &mut self,
        path: &Path,
        problems: &mut Problems<'_>,
        mut take: impl FnMut(EvtxRecord<'_>) -> Result<(), Diagnostic>,
    ) {
        let offset = self.offset();
        let number = self.number;
        if let Some(had) = self.cut_at {
            problems.push(truncated(path, number, had));
        } else if !self.data.validate_checksum() {
            problems.push(corrupt(
                path,
                offset,
                format!("the checksum of chunk {number} does not match its records"),
            ));
        }
        let is_cut = self.cut_at.is_some();
        let mut chunk = match self.data.parse(Arc::clone(&SETTINGS)) {
            Ok(chunk) => chunk,
            Err(error) => {
                problems.push(corrupt(
                    path,
                    offset,
                    format!("chunk {number} cannot be read: {}", causes(&error)),
                ));
                return;
            }
        };
        let mut seen = 0;
        for record in chunk.iter() {
            seen += 1;
            let taken = match record {
                Ok(record) if is_whole(&record) => take(record),
                Ok(record) => Err(bad_record(
                    path,
                    record.event_record_id,
                    "its end does not repeat its size, so it was overwritten or cut off",
                )),
                Err(error) => Err(damaged(path, offset, &error)),
            };
            // The records behind a cut are zeros, not damage of their own.
            if let Err(problem) = taken
                && !is_cut
            {
                problems.push(problem);
            }
        }
        let missing = missing_records(chunk.header, seen);
        if missing > 0 && !is_cut {
            problems.push(corrupt(
                path,
                offset,
                format!("{missing} of the records that chunk {number} counts are not there"),
            ));
        }
    }
}

fn truncated(path: &Path, chunk: u64, had: usize) -> Diagnostic {
    Diagnostic::error(
        Code::LOG_TRUNCATED,
        format!("the file ends after {had} of the {CHUNK_SIZE} bytes of chunk {chunk}"),
    )
    .at(Place::new(
        path,
        At::Byte(HEADER_SIZE + chunk * CHUNK_SIZE as u64 + had as u64),
    ))
    .help("copy the log again; the records before the cut were read")
}

fn corrupt(path: &Path, offset: u64, message: String) -> Diagnostic {
    Diagnostic::error(Code::LOG_CORRUPT, message)
        .at(Place::new(path, At::Byte(offset)))
        .help("copy the log again; every record that can be read was read")
}

fn damaged(path: &Path, chunk_offset: u64, error: &evtx::err::EvtxError) -> Diagnostic {
    use evtx::err::EvtxError;
    match error {
        EvtxError::FailedToParseRecord { record_id, source } => {
            bad_record(path, *record_id, &causes(source))
        }
        EvtxError::FailedToReadRecordAt { offset, source, .. } => corrupt(
            path,
            chunk_offset + offset,
            format!("a record cannot be read: {}", causes(source)),
        ),
        other => corrupt(
            path,
            chunk_offset,
            format!("a record cannot be read: {}", causes(other)),
        ),
    }
}

fn bad_record(path: &Path, number: u64, cause: &str) -> Diagnostic {
    Diagnostic::error(
        Code::LOG_BAD_RECORD,
        format!("the record cannot be read: {cause}"),
    )
    .at(Place::new(path, At::Record(number)))
    .help("copy the log again; the other records were read")
}

/// The innermost cause of an error; the library's outer messages say nothing that
/// the diagnostic does not say itself.
fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}
