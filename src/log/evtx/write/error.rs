//! What cannot be written, and what to do about it.

use std::io;

/// Why a record was not written. Except after [`WriteError::FileFull`], the
/// writer takes further records; even then it can be finished.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The output failed. What was already given is kept, and written with the
    /// next chunk.
    #[error("cannot write the event log: {0}")]
    Io(#[from] io::Error),
    /// The record does not fit a chunk.
    #[error(
        "record {id} takes {bytes} bytes, and a record of an event log at most {limit}; shorten its longest values"
    )]
    RecordTooLarge {
        /// The record's id.
        id: u64,
        /// The bytes that it would take.
        bytes: usize,
        /// The bytes that there are.
        limit: usize,
    },
    /// A value whose length does not fit the format's 16 bits.
    #[error(
        "the value of {place} takes {bytes} bytes, and a value of an event log at most {limit}; shorten it"
    )]
    ValueTooLong {
        /// The element or attribute that holds it.
        place: String,
        /// Its length in bytes: two for each UTF-16 unit of text.
        bytes: usize,
        /// The longest length: 32,767 units of text.
        limit: usize,
    },
    /// U+0000 in text, at which every reader stops.
    #[error(
        "the value of {place} holds the character U+0000, which ends a text in an event log; remove it"
    )]
    NulInText {
        /// The element or attribute that holds it.
        place: String,
    },
    /// A name that is no XML name.
    #[error(
        "{name:?} cannot name an element or an attribute; an XML name is letters, digits, '.', '-', '_' and ':', not first a digit, '.' or '-', at most {limit} characters"
    )]
    IllegalName {
        /// The name.
        name: String,
        /// The longest length, in UTF-16 units.
        limit: usize,
    },
    /// One attribute name twice in an element.
    #[error("the element <{element}> has the attribute {attribute:?} twice; keep one")]
    RepeatedAttribute {
        /// The element.
        element: String,
        /// The attribute.
        attribute: String,
    },
    /// Elements nested deeper than readers follow.
    #[error("the event nests its elements deeper than {limit} levels; flatten it")]
    TooDeep {
        /// The deepest nesting.
        limit: usize,
    },
    /// A time that readers refuse.
    #[error("the record's time {time} lies after the year 9999; give 100 ns intervals since 1601")]
    TimeOutOfRange {
        /// The time, in 100 ns intervals since 1601.
        time: u64,
    },
    /// The header counts chunks in 16 bits.
    #[error(
        "the event log is full: its header counts at most {limit} chunks (4 GiB); finish it and write the rest to another file"
    )]
    FileFull {
        /// The most chunks.
        limit: usize,
    },
}
