//! What a Sigma rule says about where its events come from.

use std::fmt;

/// A Sigma log source: the kind of log that a rule is written for.
///
/// All three parts are kept in lower case; Sigma writes them so, and the
/// comparison shall not depend on it ("Log Sources", Sigma specification).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct LogSource {
    /// The product, such as `windows` or `aws`.
    pub product: Option<String>,
    /// The kind of event whatever the product, such as `process_creation`.
    pub category: Option<String>,
    /// One log of the product, such as `security` or `cloudtrail`.
    pub service: Option<String>,
}

impl LogSource {
    /// A log source from its three parts; blank parts count as not given.
    #[must_use]
    pub fn new(product: Option<&str>, category: Option<&str>, service: Option<&str>) -> Self {
        let part = |text: Option<&str>| {
            text.map(|text| text.trim().to_lowercase())
                .filter(|text| !text.is_empty())
        };
        Self {
            product: part(product),
            category: part(category),
            service: part(service),
        }
    }

    /// Whether records of `stream` belong to this log source: each part that
    /// this one names is the same there. A log source that names nothing
    /// includes everything.
    #[must_use]
    pub fn includes(&self, stream: &Self) -> bool {
        let same = |own: &Option<String>, other: &Option<String>| own.is_none() || own == other;
        same(&self.product, &stream.product)
            && same(&self.category, &stream.category)
            && same(&self.service, &stream.service)
    }

    /// Whether no part is given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Renders as `windows/process_creation`; a part that is missing in front of
/// another is `*`, and a service beside a category is set off with a colon.
impl fmt::Display for LogSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let product = self.product.as_deref().unwrap_or("*");
        match (self.category.as_deref(), self.service.as_deref()) {
            (None, None) => f.write_str(product),
            (Some(part), None) | (None, Some(part)) => write!(f, "{product}/{part}"),
            (Some(category), Some(service)) => write!(f, "{product}/{category}:{service}"),
        }
    }
}
