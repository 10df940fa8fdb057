//! Gzip, within limits.

use std::fmt;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

/// The most bytes that are unpacked from one file.
const MAX_UNPACKED: u64 = 8 << 30;
/// From this many unpacked bytes on, the ratio is looked at.
const RATIO_FROM: u64 = 64 << 20;
/// The highest ratio of unpacked to packed bytes. Real logs reach about 30.
const MAX_RATIO: u64 = 100;

/// Unpacks one or more gzip members that follow each other.
pub(super) struct Gunzip {
    decoder: MultiGzDecoder<BufReader<Counting>>,
    packed: Arc<AtomicU64>,
    unpacked: u64,
}

/// Why unpacking was given up.
#[derive(Debug)]
pub(super) enum GzipLimit {
    Ratio,
    Size,
}

impl fmt::Display for GzipLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ratio => write!(
                f,
                "the file unpacks to more than {MAX_RATIO} times its size, as no log does"
            ),
            Self::Size => write!(
                f,
                "the file unpacks to more than {} GiB",
                MAX_UNPACKED >> 30
            ),
        }
    }
}

impl std::error::Error for GzipLimit {}

impl Gunzip {
    pub(super) fn new(inner: Box<dyn Read + Send>) -> Self {
        let packed = Arc::new(AtomicU64::new(0));
        let counting = Counting {
            inner,
            count: Arc::clone(&packed),
        };
        Self {
            decoder: MultiGzDecoder::new(BufReader::new(counting)),
            packed,
            unpacked: 0,
        }
    }
}

impl Read for Gunzip {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.decoder.read(to)?;
        self.unpacked += read as u64;
        if self.unpacked > MAX_UNPACKED {
            return Err(io::Error::other(GzipLimit::Size));
        }
        let packed = self.packed.load(Ordering::Relaxed);
        if self.unpacked > RATIO_FROM && self.unpacked / MAX_RATIO > packed {
            return Err(io::Error::other(GzipLimit::Ratio));
        }
        Ok(read)
    }
}

/// Counts the packed bytes.
struct Counting {
    inner: Box<dyn Read + Send>,
    count: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(to)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
