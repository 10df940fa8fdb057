//! Following one JSON value from its start to its end.

use memchr::memchr3;

use super::Containers;
use crate::log::split::is_blank;

/// The members that hold the records of a log.
const CONTAINERS: [&[u8]; 5] = [b"Records", b"records", b"value", b"Events", b"events"];

/// The value that is being followed.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) start: usize,
    pub(super) line: u64,
    pub(super) brackets: Vec<u8>,
    pub(super) in_string: bool,
    /// Where a string in the place of a key starts, in an object that may hold
    /// a list of records.
    pub(super) key: Option<usize>,
    pub(super) next: Next,
}

/// What comes next in an object that may hold a list of records.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    Key,
    /// The value of a member that may be the list.
    Value,
    #[default]
    Other,
}

/// What following a value came to.
pub(super) enum Followed {
    NeedsMore,
    Ended,
    /// A list of records starts here.
    Container,
    Damaged,
}

impl Open {
    /// Follows strings and brackets from `at` to the end of the open value.
    pub(super) fn follow(
        &mut self,
        data: &[u8],
        from: &mut usize,
        containers: Containers,
    ) -> Followed {
        let open = self;
        let mut at = *from;
        let followed = loop {
            if open.in_string {
                match string_end(data, &mut at) {
                    StringEnd::Here => {
                        open.in_string = false;
                        if let Some(start) = open.key.take() {
                            let key = data.get(start + 1..at - 1).unwrap_or_default();
                            open.next = if CONTAINERS.contains(&key) {
                                Next::Value
                            } else {
                                Next::Other
                            };
                        }
                        if open.brackets.is_empty() {
                            break Followed::Ended;
                        }
                    }
                    StringEnd::Later => break Followed::NeedsMore,
                    StringEnd::Never => break Followed::Damaged,
                }
                continue;
            }
            let Some(&byte) = data.get(at) else {
                break Followed::NeedsMore;
            };
            if is_blank(byte) {
                if open.brackets.is_empty() && at > open.start {
                    break Followed::Ended;
                }
                at += 1;
                continue;
            }
            match byte {
                b'"' => {
                    open.in_string = true;
                    if open.next == Next::Key && open.brackets.len() == 1 {
                        open.key = Some(at);
                    }
                    open.next = no_list(open.next);
                }
                b'{' | b'[' => {
                    if byte == b'[' && open.next == Next::Value {
                        at += 1;
                        break Followed::Container;
                    }
                    open.brackets.push(byte);
                    open.next = no_list(open.next);
                }
                b'}' | b']' => {
                    // A bare value in a list ends where the list does.
                    let Some(opener) = open.brackets.pop() else {
                        break Followed::Ended;
                    };
                    if (opener == b'{') != (byte == b'}') {
                        break Followed::Damaged;
                    }
                    if open.brackets.is_empty() {
                        at += 1;
                        break Followed::Ended;
                    }
                }
                b',' => match open.brackets.len() {
                    0 => break Followed::Ended,
                    1 if containers == Containers::Known => open.next = Next::Key,
                    _ => {}
                },
                b':' => {}
                _ => open.next = no_list(open.next),
            }
            at += 1;
        };
        *from = at;
        followed
    }
}

/// A value that is no list cannot be the list of records.
fn no_list(next: Next) -> Next {
    if next == Next::Key {
        Next::Key
    } else {
        Next::Other
    }
}

enum StringEnd {
    /// `at` is behind the closing quote.
    Here,
    /// The data ends first.
    Later,
    /// A line ends first, which no JSON string spans.
    Never,
}

/// Moves `at`, which is in a string, behind its end.
fn string_end(data: &[u8], at: &mut usize) -> StringEnd {
    loop {
        let rest = data.get(*at..).unwrap_or_default();
        let Some(found) = memchr3(b'"', b'\\', b'\n', rest) else {
            *at = data.len();
            return StringEnd::Later;
        };
        match rest[found] {
            b'"' => {
                *at += found + 1;
                return StringEnd::Here;
            }
            b'\n' => {
                *at += found;
                return StringEnd::Never;
            }
            _ if found + 1 < rest.len() => *at += found + 2,
            _ => {
                // The escaped byte is not there yet.
                *at += found;
                return StringEnd::Later;
            }
        }
    }
}
