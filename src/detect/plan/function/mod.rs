//! Functions of values: everything that looks at its arguments only.
//!
//! The pages of the vendor's reference that say what a function does are named where its
//! family is.

mod address;
mod conversion;
pub mod document;
mod encoding;
pub mod flatten;
mod format;
mod hash;
mod json;
mod kind;
mod list;
mod math;
pub mod pattern;
mod signature;
mod text;
mod time;
mod xml;
pub mod xpath;

use std::cell::Cell;

use jiff::tz::TimeZone;

use super::value::Value;
use crate::detect::{GaveUp, Limit};

/// A function that looks at the values of its arguments only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Function {
    // Numbers.
    /// The angle whose cosine the number is.
    ArcCosine,
    /// The angle whose sine the number is.
    ArcSine,
    /// The angle whose tangent the number is.
    ArcTangent,
    /// The angle of the point whose height is the first number, and whose breadth the second one.
    ArcTangentOfTwo,
    /// The cosine of an angle.
    Cosine,
    /// The cube root.
    CubeRoot,
    /// An angle in degrees.
    Degrees,
    /// *e* to the power of the number, less one.
    ExponentialLessOne,
    /// The hyperbolic cosine.
    HyperbolicCosine,
    /// The hyperbolic sine.
    HyperbolicSine,
    /// The hyperbolic tangent.
    HyperbolicTangent,
    /// The longest side of a triangle with a right angle between the two others.
    Hypotenuse,
    /// The logarithm to *e* of the number and one.
    LogarithmOfOneMore,
    /// An angle of degrees in radians.
    Radians,
    /// The sine of an angle.
    Sine,
    /// The tangent of an angle.
    Tangent,
    /// The number without its sign.
    Absolute,
    /// The next whole number up.
    Ceiling,
    /// The number as it is.
    Exact,
    /// *e* to the power of the number.
    Exponential,
    /// The next whole number down.
    Floor,
    /// The largest of all values; texts are larger than numbers.
    Greatest,
    /// The smallest of all values; texts are larger than numbers.
    Least,
    /// The logarithm of the first number to the base of the second one, or to ten.
    Logarithm,
    /// The logarithm to *e*.
    NaturalLogarithm,
    /// π.
    Pi,
    /// The first number to the power of the second one.
    Power,
    /// The first number with as many decimals as the second one says, or none.
    Round,
    /// The square root.
    SquareRoot,
    /// The number without its fraction.
    Truncate,
    // Texts.
    /// The text that a text of base 64 is, in UTF-8 or the encoding that is given.
    DecodeBase64,
    /// A text in base 64.
    EncodeBase64,
    /// A text with `%` sequences for what has a meaning in a URL.
    EncodeUrl,
    /// The text whose bytes hexadecimal digits are.
    HexToText,
    /// Whether the last digit is what the other ones make it by Luhn's algorithm.
    PassesLuhn,
    /// Whether the second text is part of the first one; of an empty one only if it is empty.
    HasPart,
    /// Whether a text is as a pattern as a whole, in which `*` is any run.
    IsStarred,
    /// A text taken apart at a delimiter that is neither in quotes, the third argument, nor
    /// behind an escape character, the fourth one.
    SplitQuoted,
    /// A text with its `%` sequences decoded.
    DecodeUrl,
    /// The values put into a format.
    Format,
    /// How many characters a text has.
    Length,
    /// A text in lower case.
    Lower,
    /// A text taken apart at each delimiter.
    Split,
    /// The same without the empty parts.
    SplitFull,
    /// A part of a text: start, from one, and length.
    Substring,
    /// A text without the blanks, or the given characters, around it.
    Trim,
    /// The same at the end only.
    TrimEnd,
    /// The same at the start only.
    TrimStart,
    /// A text in upper case.
    Upper,
    // Patterns that are computed; those that are constant are compiled once, by others.
    /// Whether a regular expression, the second argument, finds something in a text.
    FindsRegex,
    /// Whether a text is like a pattern, in which `%` is any run and `_` any character.
    IsLike,
    /// The place of the first item that a regular expression finds something in.
    PlaceOf,
    /// A text in which what a regular expression finds is replaced.
    ReplaceRegex,
    // Lists.
    /// The names of the commands of a search.
    Commands,
    /// How many items there are.
    CountItems,
    /// The items without those that were there before.
    DistinctItems,
    /// An item, from zero, or those up to another one; from the end if negative.
    ItemAt,
    /// The items joined to one text.
    JoinItems,
    /// All values in one list.
    ListOf,
    /// The numbers from one to before another, in steps.
    RangeItems,
    /// The items in the order of their texts.
    SortItems,
    /// The items of two lists joined in pairs.
    ZipItems,
    // What a value is.
    /// Whether the value is one of those that follow.
    IsOneOf,
    /// Whether the value is a truth value.
    IsBool,
    /// Whether the value is a whole number.
    IsInteger,
    /// Whether the value is a number.
    IsNumber,
    /// Whether the value is text that is no number.
    IsText,
    /// Null if both values are the same, else the first.
    NullIf,
    /// What the value is, in a word.
    TypeOf,
    // Conversions.
    /// Seconds of a length of time (`1+02:03:04`).
    DurationToSeconds,
    /// The number of 64 bits that hexadecimal digits are.
    HexToNumber,
    /// The hexadecimal digits of a whole number.
    NumberToHex,
    /// Kilobytes of a text such as `5m` or `2g`.
    MemoryToKilobytes,
    /// Seconds of minutes and seconds (`01:02.5`).
    MinutesToSeconds,
    /// The number of a text; null if it is none.
    NumberOrNull,
    /// The number of a text; the text if it is none.
    NumberOrText,
    /// The number of a text in a base.
    ToNumber,
    /// A value as text: plain, `hex`, `binary`, `commas`, or `duration`.
    ToText,
    /// A truth value as `true` or `false`; any other value as it is.
    TruthToText,
    /// The value as it is.
    Unchanged,
    /// A text without commas.
    WithoutCommas,
    /// The number with which a text begins.
    WithoutUnit,
    // Times.
    /// A time as text, in a zone if one is named.
    FormatTime,
    /// Now.
    Now,
    /// The time that a text is. If a zone is named, it is in that, and what the format
    /// leaves out is that of the epoch.
    ParseTime,
    /// A time moved and snapped.
    RelativeTime,
    /// Now.
    Time,
    // Documents.
    /// A JSON array of the values.
    JsonArray,
    /// Whether a JSON array has a text or a number.
    JsonArrayHas,
    /// How many items a JSON array has; null if it is none.
    JsonArraySize,
    /// The value of a field, the second argument, of the last JSON object in a text: taken
    /// apart to a depth, the third one, with lists taken apart if the fourth one is true.
    JsonField,
    /// What is at a path of a JSON text, as text.
    JsonText,
    /// What is first at a path of an XML text.
    XmlText,
    /// What is at a path of a JSON text.
    JsonExtract,
    /// A JSON object of pairs of a key and a value.
    JsonObject,
    /// Whether a text is JSON.
    JsonValid,
    /// What is at a path of a JSON or XML text.
    PathOf,
    // Addresses and digests.
    /// An address of version 4 with so many of its leading bits, the others zero.
    AddressPrefix,
    /// The number of an address of version 4.
    AddressToNumber,
    /// Whether a text is an address of a version, the second argument, or of any.
    IsAddress,
    /// Whether a network, the first argument, holds an address.
    InNetwork,
    /// An address, the second argument, under a mask.
    MaskAddress,
    /// The MD5 digest of a text.
    Md5,
    /// The SHA-1 digest of a text.
    Sha1,
    /// The SHA-256 digest of a text.
    Sha256,
    /// The SHA-512 digest of a text.
    Sha512,
}

/// What a function may know besides its arguments.
#[derive(Debug, Clone)]
pub struct CallContext {
    /// Now, in seconds since the epoch.
    pub now: f64,
    /// The time zone of the one who searches.
    pub zone: TimeZone,
    /// How often a function could not be computed to the end.
    gave_up: Cell<GaveUp>,
}

impl Default for CallContext {
    fn default() -> Self {
        Self::at(0.0)
    }
}

impl CallContext {
    /// A time, in Greenwich.
    #[must_use]
    pub fn at(now: f64) -> Self {
        Self {
            now,
            zone: TimeZone::UTC,
            gave_up: Cell::default(),
        }
    }

    /// The same time in another zone.
    #[must_use]
    pub fn in_zone(mut self, zone: TimeZone) -> Self {
        self.zone = zone;
        self
    }

    /// How often a function could not be computed to the end, so that its result is
    /// null, or shorter than it should be.
    #[must_use]
    pub fn gave_up(&self) -> GaveUp {
        self.gave_up.get()
    }

    /// Notes that something was not computed to the end.
    pub(super) fn give_up(&self, limit: Limit) {
        let mut gave_up = self.gave_up.get();
        match limit {
            Limit::Length => gave_up.length += 1,
            _ => gave_up.steps += 1,
        }
        self.gave_up.set(gave_up);
    }
}

/// What a function yields; null if it has too few arguments, or none of its kind.
#[must_use]
pub fn call(function: Function, arguments: &[Value], context: &CallContext) -> Value {
    let first = arguments.first().unwrap_or(&Value::Null);
    let second = arguments.get(1);
    let third = arguments.get(2);
    let other = second.unwrap_or(&Value::Null);
    match function {
        Function::ArcCosine => math::of_one(first, f64::acos),
        Function::ArcSine => math::of_one(first, f64::asin),
        Function::ArcTangent => math::of_one(first, f64::atan),
        Function::ArcTangentOfTwo => math::of_two(first, other, f64::atan2),
        Function::Cosine => math::of_one(first, f64::cos),
        Function::CubeRoot => math::of_one(first, f64::cbrt),
        Function::Degrees => math::of_one(first, f64::to_degrees),
        Function::ExponentialLessOne => math::of_one(first, f64::exp_m1),
        Function::HyperbolicCosine => math::of_one(first, f64::cosh),
        Function::HyperbolicSine => math::of_one(first, f64::sinh),
        Function::HyperbolicTangent => math::of_one(first, f64::tanh),
        Function::Hypotenuse => math::of_two(first, other, f64::hypot),
        Function::LogarithmOfOneMore => math::of_one(first, f64::ln_1p),
        Function::Radians => math::of_one(first, f64::to_radians),
        Function::Sine => math::of_one(first, f64::sin),
        Function::Tangent => math::of_one(first, f64::tan),
        Function::DecodeBase64 => encoding::decode_base64(first, second),
        Function::EncodeBase64 => text::each(first, encoding::encode_base64),
        Function::EncodeUrl => text::each(first, encoding::encode_url),
        Function::HexToText => text::each(first, encoding::hex_to_text),
        Function::PassesLuhn => text::each(first, encoding::passes_luhn),
        Function::HexToNumber => text::each(first, encoding::hex_to_number),
        Function::NumberToHex => encoding::number_to_hex(first),
        Function::JsonArrayHas => json::array_has(first, other),
        Function::JsonArraySize => json::array_size(first),
        Function::AddressPrefix => address::prefix(first, other),
        Function::AddressToNumber => address::to_number(first),
        Function::IsAddress => address::is_address(first, second),
        Function::HasPart => text::has_part(first, other),
        Function::IsStarred => text::is_starred(first, other),
        Function::SplitQuoted => text::split_quoted(first, arguments.get(1..).unwrap_or_default()),
        Function::JsonField => flatten::field_of(
            first,
            other,
            third.unwrap_or(&Value::Null),
            arguments.get(3).unwrap_or(&Value::Null),
        ),
        Function::JsonText => flatten::text_at(first, other),
        Function::XmlText => xpath::first_at(first, other),
        Function::Absolute => math::of_one(first, f64::abs),
        Function::Ceiling => math::of_one(first, f64::ceil),
        Function::Exponential => math::of_one(first, f64::exp),
        Function::Floor => math::of_one(first, f64::floor),
        Function::NaturalLogarithm => math::of_one(first, f64::ln),
        Function::SquareRoot => math::of_one(first, f64::sqrt),
        Function::Truncate => math::of_one(first, f64::trunc),
        Function::Exact => math::of_one(first, |number| number),
        Function::Greatest => math::greatest(arguments),
        Function::Least => math::least(arguments),
        Function::Logarithm => math::logarithm(first, second),
        Function::Pi => Value::Float(std::f64::consts::PI),
        Function::Power => math::of_two(first, other, f64::powf),
        Function::Round => math::round(first, second),
        Function::DecodeUrl => text::each(first, |text| Value::text(&text::decode_url(text))),
        Function::Format => format::format(first, arguments.get(1..).unwrap_or_default()),
        Function::Length => text::length(first),
        Function::Lower => text::each(first, |text| Value::text(&text.to_lowercase())),
        Function::Split => text::split(first, other, text::Empty::Kept),
        Function::SplitFull => text::split(first, other, text::Empty::LeftOut),
        Function::Substring => text::substring(first, other, third),
        Function::Trim => text::trim(first, second, text::Side::Both),
        Function::TrimEnd => text::trim(first, second, text::Side::End),
        Function::TrimStart => text::trim(first, second, text::Side::Start),
        Function::Upper => text::each(first, |text| Value::text(&text.to_uppercase())),
        Function::FindsRegex => pattern::finds(first, other, context),
        Function::IsLike => pattern::is_like(first, other),
        Function::PlaceOf => pattern::place_of(first, other, context),
        Function::ReplaceRegex => {
            pattern::replace(first, other, third.unwrap_or(&Value::Null), context)
        }
        Function::Commands => text::each(first, list::commands),
        Function::CountItems => list::count(first),
        Function::DistinctItems => list::distinct(first),
        Function::ItemAt => list::item_at(first, other, third),
        Function::JoinItems => list::join(first, other),
        Function::ListOf => Value::list(arguments.to_vec()),
        Function::RangeItems => list::range(first, other, third, context),
        Function::SortItems => list::sort(first),
        Function::ZipItems => list::zip(first, other, third),
        Function::IsOneOf => kind::is_one_of(first, arguments.get(1..).unwrap_or_default()),
        Function::IsBool => Value::Bool(matches!(first, Value::Bool(_))),
        Function::IsInteger => Value::Bool(kind::is_integer(first)),
        Function::IsNumber => Value::Bool(first.as_number().is_some()),
        Function::IsText => Value::Bool(kind::is_text(first)),
        Function::NullIf => kind::null_if(first, other),
        Function::TypeOf => kind::type_of(first),
        Function::DurationToSeconds => conversion::duration_to_seconds(first),
        Function::MemoryToKilobytes => conversion::memory_to_kilobytes(first),
        Function::MinutesToSeconds => conversion::minutes_to_seconds(first),
        Function::NumberOrNull => conversion::number_or_null(first),
        Function::NumberOrText => conversion::number_or_text(first),
        Function::ToNumber => conversion::to_number(first, second),
        Function::ToText => conversion::to_text(first, second),
        Function::TruthToText => kind::truth_to_text(first),
        Function::Unchanged => first.clone(),
        Function::WithoutCommas => conversion::without_commas(first),
        Function::WithoutUnit => conversion::without_unit(first),
        Function::FormatTime => time::format(first, other, third, context),
        Function::Now | Function::Time => Value::number(context.now),
        Function::ParseTime => time::parse(first, other, third, context),
        Function::RelativeTime => time::relative(first, other, context),
        Function::JsonArray => json::array(arguments),
        Function::JsonExtract => json::extract(first, arguments.get(1..).unwrap_or_default()),
        Function::JsonObject => json::object(arguments),
        Function::JsonValid => json::is_valid(first),
        Function::PathOf => document::path_of(first, other),
        Function::InNetwork => address::in_network(first, other),
        Function::MaskAddress => address::mask(first, other),
        Function::Md5 => text::each(first, hash::md5),
        Function::Sha1 => text::each(first, hash::sha1),
        Function::Sha256 => text::each(first, hash::sha256),
        Function::Sha512 => text::each(first, hash::sha512),
    }
}
