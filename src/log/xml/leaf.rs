//! Values: what an attribute or an element's text is, and its text.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use crate::event::catalogue::WireType;

use super::guid::hex;
use super::{FileTime, Guid, Sid, SystemTime};

/// A typed value. Its text is what `evtx` 0.15.1 renders for the same type.
#[derive(Debug, Clone, PartialEq)]
pub enum Leaf {
    /// No value, of a field declared with this type. Its text is empty.
    Null(WireType),
    /// UTF-16 text.
    Text(String),
    /// Text in a code page; other than ASCII it is written as UTF-16.
    Ansi(String),
    /// Signed 8-bit integer.
    Int8(i8),
    /// Unsigned 8-bit integer.
    UInt8(u8),
    /// Signed 16-bit integer.
    Int16(i16),
    /// Unsigned 16-bit integer.
    UInt16(u16),
    /// Signed 32-bit integer.
    Int32(i32),
    /// Unsigned 32-bit integer.
    UInt32(u32),
    /// Signed 64-bit integer.
    Int64(i64),
    /// Unsigned 64-bit integer.
    UInt64(u64),
    /// 32-bit floating point number, in the fewest digits that read back.
    Float(f32),
    /// 64-bit floating point number, in the fewest digits that read back.
    Double(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// Bytes as upper-case hexadecimal.
    Binary(Vec<u8>),
    /// A GUID in braces and lower case.
    Guid(Guid),
    /// A pointer of a 64-bit host, as `0x…`.
    Pointer(u64),
    /// A time of 100 ns ticks.
    FileTime(FileTime),
    /// A calendar time.
    SystemTime(SystemTime),
    /// A security identifier.
    Sid(Sid),
    /// A 32-bit number as `0x…` in lower case.
    HexInt32(u32),
    /// A 64-bit number as `0x…` in lower case.
    HexInt64(u64),
}

impl Leaf {
    /// The value that has exactly this text under this type, or `None`: a
    /// caller then keeps the text. Empty text is [`Leaf::Null`].
    pub fn typed(text: &str, wire: WireType) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Null(wire));
        }
        let leaf = match wire {
            WireType::UnicodeString => return Some(Self::Text(text.to_owned())),
            WireType::AnsiString => {
                return text.is_ascii().then(|| Self::Ansi(text.to_owned()));
            }
            WireType::Int8 => Self::Int8(text.parse().ok()?),
            WireType::UInt8 => Self::UInt8(text.parse().ok()?),
            WireType::Int16 => Self::Int16(text.parse().ok()?),
            WireType::UInt16 => Self::UInt16(text.parse().ok()?),
            WireType::Int32 => Self::Int32(text.parse().ok()?),
            WireType::UInt32 => Self::UInt32(text.parse().ok()?),
            WireType::Int64 => Self::Int64(text.parse().ok()?),
            WireType::UInt64 => Self::UInt64(text.parse().ok()?),
            WireType::Float => Self::Float(text.parse().ok()?),
            WireType::Double => Self::Double(text.parse().ok()?),
            WireType::Boolean => Self::Boolean(text.parse().ok()?),
            WireType::Binary => Self::Binary(bytes(text)?),
            WireType::Guid => Self::Guid(Guid::parse(text)?),
            WireType::Pointer => Self::Pointer(number(text)?),
            WireType::FileTime => Self::FileTime(FileTime::parse(text)?),
            WireType::SystemTime => Self::SystemTime(SystemTime::parse(text)?),
            WireType::Sid => Self::Sid(Sid::parse(text)?),
            WireType::HexInt32 => Self::HexInt32(number(text)?.try_into().ok()?),
            WireType::HexInt64 => Self::HexInt64(number(text)?),
        };
        leaf.reads_as(text).then_some(leaf)
    }

    /// The type under which a binary log stores this value.
    pub fn wire_type(&self) -> WireType {
        match self {
            Self::Null(wire) => *wire,
            Self::Text(_) => WireType::UnicodeString,
            Self::Ansi(_) => WireType::AnsiString,
            Self::Int8(_) => WireType::Int8,
            Self::UInt8(_) => WireType::UInt8,
            Self::Int16(_) => WireType::Int16,
            Self::UInt16(_) => WireType::UInt16,
            Self::Int32(_) => WireType::Int32,
            Self::UInt32(_) => WireType::UInt32,
            Self::Int64(_) => WireType::Int64,
            Self::UInt64(_) => WireType::UInt64,
            Self::Float(_) => WireType::Float,
            Self::Double(_) => WireType::Double,
            Self::Boolean(_) => WireType::Boolean,
            Self::Binary(_) => WireType::Binary,
            Self::Guid(_) => WireType::Guid,
            Self::Pointer(_) => WireType::Pointer,
            Self::FileTime(_) => WireType::FileTime,
            Self::SystemTime(_) => WireType::SystemTime,
            Self::Sid(_) => WireType::Sid,
            Self::HexInt32(_) => WireType::HexInt32,
            Self::HexInt64(_) => WireType::HexInt64,
        }
    }

    /// The value as text.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Null(_) => Cow::Borrowed(""),
            Self::Text(text) | Self::Ansi(text) => Cow::Borrowed(text),
            Self::Boolean(true) => Cow::Borrowed("true"),
            Self::Boolean(false) => Cow::Borrowed("false"),
            other => Cow::Owned(other.to_string()),
        }
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null(_) => true,
            Self::Text(text) | Self::Ansi(text) => text.is_empty(),
            Self::Binary(bytes) => bytes.is_empty(),
            _ => false,
        }
    }

    /// Whether the text is exactly this one; nothing is allocated.
    pub fn reads_as(&self, text: &str) -> bool {
        let mut rest = Remaining(text);
        write!(rest, "{self}").is_ok() && rest.0.is_empty()
    }
}

impl From<&str> for Leaf {
    /// Text; an empty one is no value.
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<String> for Leaf {
    /// Text; an empty one is no value.
    fn from(text: String) -> Self {
        if text.is_empty() {
            Self::Null(WireType::UnicodeString)
        } else {
            Self::Text(text)
        }
    }
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null(_) => Ok(()),
            Self::Text(text) | Self::Ansi(text) => f.write_str(text),
            Self::Int8(value) => value.fmt(f),
            Self::UInt8(value) => value.fmt(f),
            Self::Int16(value) => value.fmt(f),
            Self::UInt16(value) => value.fmt(f),
            Self::Int32(value) => value.fmt(f),
            Self::UInt32(value) => value.fmt(f),
            Self::Int64(value) => value.fmt(f),
            Self::UInt64(value) => value.fmt(f),
            Self::Float(value) if value.is_finite() => json(f, value),
            Self::Float(value) => value.fmt(f),
            Self::Double(value) if value.is_finite() => json(f, value),
            Self::Double(value) => value.fmt(f),
            Self::Boolean(value) => value.fmt(f),
            Self::Binary(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02X}")),
            Self::Guid(value) => value.fmt(f),
            Self::Pointer(value) | Self::HexInt64(value) => write!(f, "{value:#x}"),
            Self::FileTime(value) => value.fmt(f),
            Self::SystemTime(value) => value.fmt(f),
            Self::Sid(value) => value.fmt(f),
            Self::HexInt32(value) => write!(f, "{value:#x}"),
        }
    }
}

/// The reader and `serde_json` share one shortest-digits formatter.
fn json<T: serde::Serialize>(f: &mut fmt::Formatter<'_>, value: &T) -> fmt::Result {
    f.write_str(&serde_json::to_string(value).map_err(|_| fmt::Error)?)
}

fn number(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let (pairs, odd) = text.as_bytes().as_chunks::<2>();
    if !odd.is_empty() {
        return None;
    }
    pairs
        .iter()
        .map(|[high, low]| Some((hex(*high)? << 4) | hex(*low)?))
        .collect()
}

/// Text that is eaten as it is written again.
struct Remaining<'a>(&'a str);

impl fmt::Write for Remaining<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(part).ok_or(fmt::Error)?;
        Ok(())
    }
}
