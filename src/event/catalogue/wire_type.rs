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

impl WireType {
    /// Every wire type, in the order of their declaration.
    pub const ALL: [Self; 21] = [
        Self::UnicodeString,
        Self::AnsiString,
        Self::Int8,
        Self::UInt8,
        Self::Int16,
        Self::UInt16,
        Self::Int32,
        Self::UInt32,
        Self::Int64,
        Self::UInt64,
        Self::Float,
        Self::Double,
        Self::Boolean,
        Self::Binary,
        Self::Guid,
        Self::Pointer,
        Self::FileTime,
        Self::SystemTime,
        Self::Sid,
        Self::HexInt32,
        Self::HexInt64,
    ];

    /// The name of the type in a manifest, such as `UnicodeString` or `GUID`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnicodeString => "UnicodeString",
            Self::AnsiString => "AnsiString",
            Self::Int8 => "Int8",
            Self::UInt8 => "UInt8",
            Self::Int16 => "Int16",
            Self::UInt16 => "UInt16",
            Self::Int32 => "Int32",
            Self::UInt32 => "UInt32",
            Self::Int64 => "Int64",
            Self::UInt64 => "UInt64",
            Self::Float => "Float",
            Self::Double => "Double",
            Self::Boolean => "Boolean",
            Self::Binary => "Binary",
            Self::Guid => "GUID",
            Self::Pointer => "Pointer",
            Self::FileTime => "FILETIME",
            Self::SystemTime => "SYSTEMTIME",
            Self::Sid => "SID",
            Self::HexInt32 => "HexInt32",
            Self::HexInt64 => "HexInt64",
        }
    }

    /// The type that a manifest calls by this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|wire_type| wire_type.name() == name)
    }
}

impl fmt::Display for WireType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
