//! The functions of the rule language.

/// The page that describes them.
const RULES_SYNTAX: &str = "Cloud SIEM Rules Syntax";

/// A function that a rule may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Function {
    /// Its name, as the page writes it.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arity: Arity,
    /// The section that describes it. Another name than its own means that it
    /// is the same as the function of that name.
    pub section: &'static str,
    /// The page with that section. Without it, no page names the function,
    /// but the vendor's own rules call it.
    pub page: Option<&'static str>,
}

/// How many arguments a function takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Arity {
    /// At least so many.
    pub least: usize,
    /// At most so many, if there is a bound.
    pub most: Option<usize>,
}

impl Arity {
    const fn exactly(count: usize) -> Self {
        Self::between(count, count)
    }

    const fn between(least: usize, most: usize) -> Self {
        Self {
            least,
            most: Some(most),
        }
    }

    const fn at_least(least: usize) -> Self {
        Self { least, most: None }
    }

    /// Whether so many arguments are right.
    #[must_use]
    pub fn accepts(self, count: usize) -> bool {
        self.least <= count && self.most.is_none_or(|most| count <= most)
    }
}

impl Function {
    const fn new(
        name: &'static str,
        arity: Arity,
        section: &'static str,
        page: Option<&'static str>,
    ) -> Self {
        Self {
            name,
            arity,
            section,
            page,
        }
    }
}

/// The function with this name, in any case.
#[must_use]
pub fn function(name: &str) -> Option<&'static Function> {
    FUNCTIONS
        .iter()
        .find(|function| function.name.eq_ignore_ascii_case(name))
}

/// All functions, by name.
pub const FUNCTIONS: &[Function] = &[
    Function::new("abs", Arity::exactly(1), "abs", Some(RULES_SYNTAX)),
    Function::new("acos", Arity::exactly(1), "acos", Some(RULES_SYNTAX)),
    Function::new(
        "anyHttpHeaderMatches",
        Arity::exactly(2),
        "anyHttpHeaderMatches",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "array_contains",
        Arity::exactly(2),
        "array_contains",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "asciiToHex",
        Arity::exactly(1),
        "asciiToHex",
        Some(RULES_SYNTAX),
    ),
    Function::new("asin", Arity::exactly(1), "asin", Some(RULES_SYNTAX)),
    Function::new("atan", Arity::exactly(1), "atan", Some(RULES_SYNTAX)),
    Function::new("atan2", Arity::exactly(2), "atan2", Some(RULES_SYNTAX)),
    Function::new(
        "base64Decode",
        Arity::exactly(1),
        "base64Decode",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "base64Encode",
        Arity::exactly(1),
        "base64Encode",
        Some(RULES_SYNTAX),
    ),
    Function::new("cbrt", Arity::exactly(1), "cbrt", Some(RULES_SYNTAX)),
    Function::new("ceil", Arity::exactly(1), "ceil", Some(RULES_SYNTAX)),
    Function::new(
        "compareCIDRPrefix",
        Arity::exactly(3),
        "compareCIDRPrefix",
        Some(RULES_SYNTAX),
    ),
    Function::new("concat", Arity::at_least(2), "concat", Some(RULES_SYNTAX)),
    Function::new(
        "contains",
        Arity::exactly(2),
        "contains",
        Some(RULES_SYNTAX),
    ),
    Function::new("cos", Arity::exactly(1), "cos", Some(RULES_SYNTAX)),
    Function::new("cosh", Arity::exactly(1), "cosh", Some(RULES_SYNTAX)),
    Function::new(
        "decToHex",
        Arity::exactly(1),
        "decToHex",
        Some(RULES_SYNTAX),
    ),
    Function::new("exp", Arity::exactly(1), "exp", Some(RULES_SYNTAX)),
    Function::new("expm1", Arity::exactly(1), "expm1", Some(RULES_SYNTAX)),
    Function::new("float", Arity::exactly(1), "toFloat", Some(RULES_SYNTAX)),
    Function::new("floor", Arity::exactly(1), "floor", Some(RULES_SYNTAX)),
    Function::new(
        "fromBase64",
        Arity::exactly(1),
        "base64Decode",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "fromHex",
        Arity::exactly(1),
        "hexToAscii",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "getCIDRPrefix",
        Arity::exactly(2),
        "getCIDRPrefix",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "hasThreatMatch",
        Arity::between(1, 3),
        "hasThreatMatch",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "haversine",
        Arity::exactly(4),
        "haversine",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "hexToAscii",
        Arity::exactly(1),
        "hexToAscii",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "hexToDec",
        Arity::exactly(1),
        "hexToDec",
        Some(RULES_SYNTAX),
    ),
    Function::new("hypot", Arity::exactly(2), "hypot", Some(RULES_SYNTAX)),
    Function::new("if", Arity::exactly(3), "if", Some(RULES_SYNTAX)),
    Function::new("int", Arity::exactly(1), "toInt", Some(RULES_SYNTAX)),
    Function::new(
        "ipv4ToNumber",
        Arity::exactly(1),
        "ipv4ToNumber",
        Some(RULES_SYNTAX),
    ),
    Function::new("isBlank", Arity::exactly(1), "isBlank", Some(RULES_SYNTAX)),
    Function::new("isEmpty", Arity::exactly(1), "isEmpty", Some(RULES_SYNTAX)),
    Function::new("isNull", Arity::exactly(1), "isNull", Some(RULES_SYNTAX)),
    Function::new(
        "isNumeric",
        Arity::exactly(1),
        "isNumeric",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "isPrivateIP",
        Arity::exactly(1),
        "isPrivateIP",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "isPublicIP",
        Arity::exactly(1),
        "isPublicIP",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "isValidIP",
        Arity::exactly(1),
        "isValidIP",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "isValidIPv4",
        Arity::exactly(1),
        "isValidIPv4",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "isValidIPv6",
        Arity::exactly(1),
        "isValidIPv6",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "jsonArrayContains",
        Arity::exactly(2),
        "jsonArrayContains",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "jsonArraySize",
        Arity::exactly(1),
        "jsonArraySize",
        Some(RULES_SYNTAX),
    ),
    Function::new("length", Arity::exactly(1), "length", Some(RULES_SYNTAX)),
    Function::new("log", Arity::exactly(1), "log", Some(RULES_SYNTAX)),
    Function::new("log10", Arity::exactly(1), "log10", Some(RULES_SYNTAX)),
    Function::new("log1p", Arity::exactly(1), "log1p", Some(RULES_SYNTAX)),
    Function::new(
        "lower",
        Arity::exactly(1),
        "toLowerCase",
        Some(RULES_SYNTAX),
    ),
    Function::new("luhn", Arity::exactly(1), "luhn", Some(RULES_SYNTAX)),
    Function::new(
        "maskFromCIDR",
        Arity::exactly(1),
        "maskFromCIDR",
        Some(RULES_SYNTAX),
    ),
    Function::new("num", Arity::exactly(1), "num", Some(RULES_SYNTAX)),
    Function::new("number", Arity::exactly(1), "number", Some(RULES_SYNTAX)),
    Function::new("round", Arity::between(1, 2), "round", Some(RULES_SYNTAX)),
    Function::new("sin", Arity::exactly(1), "sin", Some(RULES_SYNTAX)),
    Function::new("sinh", Arity::exactly(1), "sinh", Some(RULES_SYNTAX)),
    Function::new("size", Arity::exactly(1), "size", Some(RULES_SYNTAX)),
    Function::new("sqrt", Arity::exactly(1), "sqrt", Some(RULES_SYNTAX)),
    Function::new(
        "substring",
        Arity::between(2, 3),
        "substring",
        Some(RULES_SYNTAX),
    ),
    Function::new("tan", Arity::exactly(1), "tan", Some(RULES_SYNTAX)),
    Function::new("tanh", Arity::exactly(1), "tanh", Some(RULES_SYNTAX)),
    Function::new(
        "toBase64",
        Arity::exactly(1),
        "base64Encode",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "toDegrees",
        Arity::exactly(1),
        "toDegrees",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "toDouble",
        Arity::exactly(1),
        "toDouble",
        Some(RULES_SYNTAX),
    ),
    Function::new("toFloat", Arity::exactly(1), "toFloat", Some(RULES_SYNTAX)),
    Function::new("toHex", Arity::exactly(1), "asciiToHex", Some(RULES_SYNTAX)),
    Function::new("toInt", Arity::exactly(1), "toInt", Some(RULES_SYNTAX)),
    Function::new("toLong", Arity::exactly(1), "toLong", Some(RULES_SYNTAX)),
    Function::new(
        "toLowerCase",
        Arity::exactly(1),
        "toLowerCase",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "toRadians",
        Arity::exactly(1),
        "toRadians",
        Some(RULES_SYNTAX),
    ),
    Function::new("toString", Arity::exactly(1), "toString", None),
    Function::new(
        "toUpperCase",
        Arity::exactly(1),
        "toUpperCase",
        Some(RULES_SYNTAX),
    ),
    Function::new("trim", Arity::exactly(1), "trim", Some(RULES_SYNTAX)),
    Function::new(
        "upper",
        Arity::exactly(1),
        "toUpperCase",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "urldecode",
        Arity::exactly(1),
        "urldecode",
        Some(RULES_SYNTAX),
    ),
    Function::new(
        "urlencode",
        Arity::exactly(1),
        "urlencode",
        Some(RULES_SYNTAX),
    ),
];
