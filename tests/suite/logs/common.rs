//! What several tests share.

use std::io::Write as _;
use std::path::Path;

use misfire::diagnostic::Diagnostic;
use misfire::event::{FileId, OwnedEvent};
use misfire::log::{Format, LogReader, ReadOptions, cap_problems, open, read_bytes};

/// What reading a whole log gave.
#[derive(Debug)]
pub struct Log {
    pub format: Option<Format>,
    pub events: Vec<OwnedEvent>,
    pub raws: Vec<String>,
    pub problems: Vec<Diagnostic>,
}

impl Log {
    /// The problems' codes in order.
    pub fn codes(&self) -> Vec<&'static str> {
        self.problems
            .iter()
            .map(|problem| problem.code.as_str())
            .collect()
    }
}

/// Reads a file to its end.
pub fn read_file(path: &Path, options: &ReadOptions) -> Log {
    finish(open(path, FileId(0), options), options)
}

/// Reads bytes to their end.
pub fn read(bytes: impl Into<Vec<u8>>, options: &ReadOptions) -> Log {
    let reader = read_bytes(Path::new("log"), bytes.into(), FileId(0), options);
    finish(reader, options)
}

fn finish(reader: Result<LogReader, Diagnostic>, options: &ReadOptions) -> Log {
    let mut log = Log {
        format: None,
        events: Vec::new(),
        raws: Vec::new(),
        problems: Vec::new(),
    };
    let mut reader = match reader {
        Ok(reader) => reader,
        Err(problem) => {
            log.problems.push(problem);
            return log;
        }
    };
    log.format = Some(reader.format());
    while let Some(chunk) = reader.next_chunk() {
        match chunk {
            Ok(chunk) => {
                let decoded = chunk.decode(options);
                for event in decoded.batch.events() {
                    log.raws.push(event.raw().to_owned());
                    log.events.push(event.into());
                }
                log.problems.extend(decoded.problems);
            }
            Err(problem) => log.problems.push(problem),
        }
    }
    cap_problems(&mut log.problems);
    log
}

/// The bytes as one gzip member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).expect("memory can be written");
    writer.finish().expect("memory can be written")
}
