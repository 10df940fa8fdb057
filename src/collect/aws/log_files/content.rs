//! What is in a log file.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::collect::CollectError;

/// The largest log file that is read, unpacked. The user guide names no limit.
const MOST_BYTES: u64 = 512 << 20;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    records: Vec<Box<RawValue>>,
}

/// The records of a file, compressed or not, each as its text.
pub(super) fn records(name: &str, bytes: &[u8]) -> Result<Vec<String>, CollectError> {
    let malformed = |because: String| CollectError::Malformed {
        service: name.to_owned(),
        because,
    };
    let mut unpacked = Vec::new();
    let text = if bytes.starts_with(&[0x1f, 0x8b]) {
        MultiGzDecoder::new(bytes)
            .take(MOST_BYTES + 1)
            .read_to_end(&mut unpacked)
            .map_err(|error| malformed(format!("it cannot be unpacked: {error}")))?;
        unpacked.as_slice()
    } else {
        bytes
    };
    if text.len() as u64 > MOST_BYTES {
        return Err(malformed(format!(
            "it is longer than {MOST_BYTES} bytes when unpacked"
        )));
    }
    let content: Content = serde_json::from_slice(text).map_err(|error| {
        malformed(format!(
            "it is no log file of CloudTrail (line {}, column {})",
            error.line(),
            error.column()
        ))
    })?;
    let texts = content.records.into_iter();
    Ok(texts.map(|record| record.get().to_owned()).collect())
}
