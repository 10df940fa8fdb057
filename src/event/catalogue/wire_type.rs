//! The binary types that Windows event templates declare for their fields.

use std::fmt;

/// The type under which a field is stored in a Windows event.
///
/// The names and meanings are those of the `inType` attribute in Microsoft's
/// instrumentation manifests ("InputType complex type", Windows Event Log
/// schema). Arrays are not told apart here: the writer stores them as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Deserialize)]
pub enum WireType {
    /// UTF-16 text.
    UnicodeString,
    /// Text in an ANSI code page.
    AnsiString,
    /// Signed 8-bit integer.
    Int8,
    /// Unsigned 8-bit integer.
    UInt8,
    /// Signed 16-bit integer.
    Int16,
    /// Unsigned 16-bit integer.
    UInt16,
    /// Signed 32-bit integer.
    Int32,
    /// Unsigned 32-bit integer.
    UInt32,
    /// Signed 64-bit integer.
    Int64,
    /// Unsigned 64-bit integer.
    UInt64,
    /// 32-bit floating point number.
    Float,
    /// 64-bit floating point number.
    Double,
    /// A truth value, stored in four bytes.
    Boolean,
    /// Bytes, shown as upper-case hexadecimal.
    Binary,
    /// A GUID, shown in braces and lower case.
    #[serde(rename = "GUID")]
    Guid,
    /// A pointer-sized number, shown as hexadecimal.
    Pointer,
    /// 100-nanosecond intervals since 1601-01-01T00:00:00Z.
    #[serde(rename = "FILETIME")]
    FileTime,
    /// A calendar time of eight 16-bit numbers.
    #[serde(rename = "SYSTEMTIME")]
    SystemTime,
    /// A security identifier, shown as `S-1-…`.
    #[serde(rename = "SID")]
    Sid,
    /// A 32-bit number shown as `0x…`.
    HexInt32,
    /// A 64-bit number shown as `0x…`.
    HexInt64,
}

impl fmt::Display for WireType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Guid => "GUID",
            Self::FileTime => "FILETIME",
            Self::SystemTime => "SYSTEMTIME",
            Self::Sid => "SID",
            other => return write!(f, "{other:?}"),
        })
    }
}
