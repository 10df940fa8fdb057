//! The names of functions, and how many arguments they take.

use std::ops::RangeInclusive;

use super::Function;

impl Function {
    /// Every function.
    pub const ALL: &[Self] = &[
        Self::HasPart,
        Self::IsStarred,
        Self::SplitQuoted,
        Self::JsonField,
        Self::JsonText,
        Self::XmlText,
        Self::ArcCosine,
        Self::ArcSine,
        Self::ArcTangent,
        Self::ArcTangentOfTwo,
        Self::Cosine,
        Self::CubeRoot,
        Self::Degrees,
        Self::ExponentialLessOne,
        Self::HyperbolicCosine,
        Self::HyperbolicSine,
        Self::HyperbolicTangent,
        Self::Hypotenuse,
        Self::LogarithmOfOneMore,
        Self::Radians,
        Self::Sine,
        Self::Tangent,
        Self::DecodeBase64,
        Self::EncodeBase64,
        Self::EncodeUrl,
        Self::HexToText,
        Self::PassesLuhn,
        Self::HexToNumber,
        Self::NumberToHex,
        Self::JsonArrayHas,
        Self::JsonArraySize,
        Self::AddressPrefix,
        Self::AddressToNumber,
        Self::IsAddress,
        Self::Absolute,
        Self::Ceiling,
        Self::Exact,
        Self::Exponential,
        Self::Floor,
        Self::Greatest,
        Self::Least,
        Self::Logarithm,
        Self::NaturalLogarithm,
        Self::Pi,
        Self::Power,
        Self::Round,
        Self::SquareRoot,
        Self::Truncate,
        Self::DecodeUrl,
        Self::Format,
        Self::Length,
        Self::Lower,
        Self::Split,
        Self::SplitFull,
        Self::Substring,
        Self::Trim,
        Self::TrimEnd,
        Self::TrimStart,
        Self::Upper,
        Self::FindsRegex,
        Self::IsLike,
        Self::PlaceOf,
        Self::ReplaceRegex,
        Self::Commands,
        Self::CountItems,
        Self::DistinctItems,
        Self::ItemAt,
        Self::JoinItems,
        Self::ListOf,
        Self::RangeItems,
        Self::SortItems,
        Self::ZipItems,
        Self::IsOneOf,
        Self::IsBool,
        Self::IsInteger,
        Self::IsNumber,
        Self::IsText,
        Self::NullIf,
        Self::TypeOf,
        Self::DurationToSeconds,
        Self::MemoryToKilobytes,
        Self::MinutesToSeconds,
        Self::NumberOrNull,
        Self::NumberOrText,
        Self::ToNumber,
        Self::ToText,
        Self::TruthToText,
        Self::Unchanged,
        Self::WithoutCommas,
        Self::WithoutUnit,
        Self::FormatTime,
        Self::Now,
        Self::ParseTime,
        Self::RelativeTime,
        Self::Time,
        Self::JsonArray,
        Self::JsonExtract,
        Self::JsonObject,
        Self::JsonValid,
        Self::PathOf,
        Self::InNetwork,
        Self::MaskAddress,
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
    ];

    /// What it is called in messages: `item at`.
    #[must_use]
    pub fn name(self) -> String {
        let mut name = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !name.is_empty() {
                name.push(' ');
            }
            name.push(letter.to_ascii_lowercase());
        }
        name
    }

    /// How many arguments it takes.
    #[must_use]
    pub fn arity(self) -> RangeInclusive<usize> {
        match self {
            Self::Now | Self::Pi | Self::Time => 0..=0,
            Self::JsonArray | Self::JsonObject => 0..=usize::MAX,
            Self::Absolute
            | Self::ArcCosine
            | Self::ArcSine
            | Self::ArcTangent
            | Self::Cosine
            | Self::CubeRoot
            | Self::Degrees
            | Self::ExponentialLessOne
            | Self::HyperbolicCosine
            | Self::HyperbolicSine
            | Self::HyperbolicTangent
            | Self::LogarithmOfOneMore
            | Self::Radians
            | Self::Sine
            | Self::Tangent
            | Self::EncodeBase64
            | Self::EncodeUrl
            | Self::HexToText
            | Self::PassesLuhn
            | Self::HexToNumber
            | Self::NumberToHex
            | Self::JsonArraySize
            | Self::AddressToNumber
            | Self::Ceiling
            | Self::Commands
            | Self::CountItems
            | Self::DecodeUrl
            | Self::DistinctItems
            | Self::DurationToSeconds
            | Self::Exact
            | Self::Exponential
            | Self::Floor
            | Self::IsBool
            | Self::IsInteger
            | Self::IsNumber
            | Self::IsText
            | Self::JsonValid
            | Self::Length
            | Self::Lower
            | Self::Md5
            | Self::MemoryToKilobytes
            | Self::MinutesToSeconds
            | Self::NaturalLogarithm
            | Self::NumberOrNull
            | Self::NumberOrText
            | Self::Sha1
            | Self::Sha256
            | Self::Sha512
            | Self::SortItems
            | Self::SquareRoot
            | Self::Truncate
            | Self::TruthToText
            | Self::TypeOf
            | Self::Unchanged
            | Self::Upper
            | Self::WithoutCommas
            | Self::WithoutUnit => 1..=1,
            Self::Logarithm
            | Self::DecodeBase64
            | Self::IsAddress
            | Self::Round
            | Self::ToNumber
            | Self::ToText
            | Self::Trim
            | Self::TrimEnd
            | Self::TrimStart => 1..=2,
            Self::Format | Self::Greatest | Self::JsonExtract | Self::Least | Self::ListOf => {
                1..=usize::MAX
            }
            Self::FindsRegex
            | Self::HasPart
            | Self::IsStarred
            | Self::JsonText
            | Self::XmlText
            | Self::ArcTangentOfTwo
            | Self::Hypotenuse
            | Self::JsonArrayHas
            | Self::AddressPrefix
            | Self::InNetwork
            | Self::IsLike
            | Self::JoinItems
            | Self::MaskAddress
            | Self::NullIf
            | Self::PathOf
            | Self::PlaceOf
            | Self::Power
            | Self::RelativeTime
            | Self::Split
            | Self::SplitFull => 2..=2,
            Self::IsOneOf => 2..=usize::MAX,
            Self::FormatTime
            | Self::ItemAt
            | Self::ParseTime
            | Self::RangeItems
            | Self::Substring
            | Self::ZipItems => 2..=3,
            Self::JsonField | Self::SplitQuoted => 2..=4,
            Self::ReplaceRegex => 3..=3,
        }
    }
}
