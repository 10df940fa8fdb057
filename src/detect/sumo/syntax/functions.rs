//! The functions that the vendor documents.

/// A function, what it takes, and where it is documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentedFunction {
    /// Its name, as documented. The case of a name is nothing.
    pub name: &'static str,
    /// How many arguments it takes at least.
    pub least: usize,
    /// How many arguments it takes at most; `None` for any number.
    pub most: Option<usize>,
    /// The title of its page.
    pub page: &'static str,
}

const fn function(
    name: &'static str,
    least: usize,
    most: usize,
    page: &'static str,
) -> DocumentedFunction {
    DocumentedFunction {
        name,
        least,
        most: Some(most),
        page,
    }
}

const fn variadic(name: &'static str, least: usize, page: &'static str) -> DocumentedFunction {
    DocumentedFunction {
        name,
        least,
        most: None,
        page,
    }
}

const CASTS: &str = "Casting Data to a Number or String";
const CIDR: &str = "cidr Search Operator";
const LETTERS: &str = "toLowerCase, toUpperCase Search Operators";
const NULLS: &str = "isNull, isEmpty, isBlank Search Operators";
const ADDRESSES: &str = "isValidIP, isValidIPv4, isValidIPv6 Search Operators";
const CHEATS: &str = "Log Operators Cheat Sheet";

/// All functions, by name. What counts rows is in
/// [`AggregateFunction`](super::AggregateFunction).
///
/// The list is not closed: "Math Expressions" says that the functions of Java's
/// `Math` are there, too, though not documented.
pub const FUNCTIONS: &[DocumentedFunction] = &[
    function("abs", 1, 1, "abs Function"),
    function("acos", 1, 1, "acos Function"),
    function("asin", 1, 1, "asin Function"),
    function("atan", 1, 1, "atan Function"),
    function("atan2", 2, 2, "atan2 Function"),
    function("base64Decode", 1, 2, "base64Decode Search Operator"),
    function("base64Encode", 1, 1, "base64Encode Search Operator"),
    function("cbrt", 1, 1, "cbrt Function"),
    function("ceil", 1, 1, "ceil Function"),
    function("compareCIDRPrefix", 3, 3, CIDR),
    variadic("concat", 2, "concat Search Operator"),
    function("contains", 2, 2, "contains Search Operator"),
    function("cos", 1, 1, "cos Function"),
    function("cosh", 1, 1, "cosh Function"),
    function("decToHex", 1, 1, "decToHex Search Operator"),
    function("double", 1, 1, CHEATS),
    function("exp", 1, 1, "exp Function"),
    function("expm1", 1, 1, "expm1 Function"),
    function("floor", 1, 1, "floor Function"),
    variadic("format", 2, "format Search Operator"),
    function("formatDate", 1, 3, "formatDate Search Operator"),
    function("fromMillis", 1, 1, "Timeslice Join Results"),
    function("getCIDRPrefix", 2, 2, CIDR),
    function("hash", 1, 2, "hash Search Operator"),
    function("haversine", 4, 4, "haversine Search Operator"),
    function("hexToAscii", 1, 1, "hexToAscii Search Operator"),
    function("hexToDec", 1, 1, "hexToDec Search Operator"),
    function("hypot", 2, 2, "hypot Function"),
    function("if", 3, 3, "if and ? Search Operator"),
    function("ipv4ToNumber", 1, 1, "ipv4ToNumber Search Operator"),
    function("isBlank", 1, 1, NULLS),
    function("isEmpty", 1, 1, NULLS),
    function("isInfinity", 1, 1, "isNaN and isInfinity Function"),
    function("isNaN", 1, 1, "isNaN and isInfinity Function"),
    function("isNull", 1, 1, NULLS),
    function("isNumeric", 1, 1, "isNumeric Search Operator"),
    function("isPrivateIP", 1, 1, "isPrivateIP Search Operator"),
    function("isPublicIP", 1, 1, "isPublicIP Search Operator"),
    function("isReservedIP", 1, 1, "isReservedIP Search Operator"),
    function("isValidIP", 1, 1, ADDRESSES),
    function("isValidIPv4", 1, 1, ADDRESSES),
    function("isValidIPv6", 1, 1, ADDRESSES),
    function(
        "jsonArrayContains",
        2,
        2,
        "jsonArrayContains Search Operator",
    ),
    function("jsonArraySize", 1, 1, "jsonArraySize Search Operator"),
    function("length", 1, 1, "length Search Operator"),
    function("log", 1, 1, "log Function"),
    function("log10", 1, 1, "log10 Function"),
    function("log1p", 1, 1, "log1p Function"),
    function("lookupContains", 2, 2, "lookupContains Search Operator"),
    function("luhn", 1, 1, "luhn Search Operator"),
    function("maskFromCIDR", 1, 1, CIDR),
    function("max", 2, 2, CHEATS),
    function("min", 2, 2, CHEATS),
    function("now", 0, 0, "now Search Operator"),
    function("num", 1, 1, "num Search Operator"),
    function("number", 1, 1, CASTS),
    function("parseDate", 2, 3, "parseDate"),
    function("parseHex", 1, 1, "parseHex Operator"),
    function("pow", 2, 2, "Field Expressions"),
    function("queryEndTime", 0, 0, "queryEndTime Search Operator"),
    function("queryStartTime", 0, 0, "queryStartTime Search Operator"),
    function("queryTimeRange", 0, 0, "queryTimeRange Search Operator"),
    function("replace", 3, 3, "replace Search Operator"),
    function("round", 1, 2, "round Function"),
    function("sin", 1, 1, "sin Function"),
    function("sinh", 1, 1, "sinh Function"),
    function("sqrt", 1, 1, "sqrt Function"),
    function("substring", 2, 3, "substring Search Operator"),
    function("tan", 1, 1, "tan Function"),
    function("tanh", 1, 1, "tanh Function"),
    function("toDegrees", 1, 1, "toDegrees Function"),
    function("toInt", 1, 1, CHEATS),
    function("toLong", 1, 1, CASTS),
    function("toLowerCase", 1, 1, LETTERS),
    function("toRadians", 1, 1, "toRadians Function"),
    function("toString", 1, 1, CASTS),
    function("toUpperCase", 1, 1, LETTERS),
    function("tourl", 2, 4, "tourl Search Operator"),
    function("trim", 1, 1, "trim Search Operator"),
    function("urldecode", 1, 1, "urldecode Search Operator"),
    function("urlencode", 1, 1, "urlencode Search Operator"),
];

/// The function with this name, whatever its case.
#[must_use]
pub fn documented_function(name: &str) -> Option<&'static DocumentedFunction> {
    FUNCTIONS
        .iter()
        .find(|function| function.name.eq_ignore_ascii_case(name))
}
