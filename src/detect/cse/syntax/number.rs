//! Numbers, and the units that may end them.

use std::fmt;

/// A number as written, and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Number {
    value: f64,
    text: String,
}

/// Units and what they multiply by: times in milliseconds, sizes by powers of
/// 1000 and of 1024. `m` is a minute, `M` a million.
const UNITS: &[(&str, f64)] = &[
    ("", 1.0),
    ("ns", 1e-6),
    ("us", 1e-3),
    ("ms", 1.0),
    ("s", 1e3),
    ("m", 6e4),
    ("h", 3.6e6),
    ("d", 8.64e7),
    ("w", 6.048e8),
    ("k", 1e3),
    ("K", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("B", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("Pi", 1_125_899_906_842_624.0),
];

impl Number {
    /// Reads digits and a unit, such as `1.5Ki`.
    #[must_use]
    pub fn read(digits: &str, unit: &str) -> Option<Self> {
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit)?;
        let written = digits
            .bytes()
            .all(|b| b.is_ascii_digit() || b".eE+-".contains(&b))
            && digits.bytes().any(|b| b.is_ascii_digit())
            && !digits.starts_with(['+', '-']);
        let value: f64 = written.then(|| digits.parse().ok()).flatten()?;
        Some(Self {
            value: value * factor,
            text: format!("{digits}{unit}"),
        })
    }

    /// The value; times are in milliseconds.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.value
    }

    /// The number as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
