//! What takes the place of a match.

/// A part of a replacement.
pub(super) enum Part {
    /// This text.
    Text(String),
    /// What a group captures.
    Group(usize),
    /// What the group of a name captures.
    Name(String),
}

/// The parts of a replacement as written.
pub(super) fn parts_of(replacement: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = replacement;
    while let Some(at) = rest.find('\\') {
        text.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        if let Some(after) = rest.strip_prefix('\\') {
            text.push('\\');
            rest = after;
        } else if let Some((part, after)) = reference(rest) {
            parts.push(Part::Text(std::mem::take(&mut text)));
            parts.push(part);
            rest = after;
        } else {
            text.push('\\');
        }
    }
    text.push_str(rest);
    parts.push(Part::Text(text));
    parts
}

/// The group that a text begins to refer to, and what follows.
fn reference(text: &str) -> Option<(Part, &str)> {
    let named = text.strip_prefix('g').unwrap_or(text);
    if named.len() < text.len() {
        for (open, close) in [('<', '>'), ('{', '}')] {
            if let Some((name, after)) = named
                .strip_prefix(open)
                .and_then(|inner| inner.split_once(close))
            {
                let part = name
                    .parse()
                    .map_or_else(|_| Part::Name(name.to_owned()), Part::Group);
                return Some((part, after));
            }
        }
    }
    // A group has two digits at most.
    let digits = named.bytes().take(2).take_while(u8::is_ascii_digit).count();
    let (digits, after) = named.split_at_checked(digits)?;
    Some((Part::Group(digits.parse().ok()?), after))
}
