//! From tree to text that reads back as the same tree.

mod expression;
mod operator;
mod parsing;
mod query;
mod scope;
mod shape;
mod transaction;

use std::fmt;

use super::name::Field;

/// Prints items with something between them.
fn separated<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    items: &[T],
    separator: &str,
) -> fmt::Result {
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            f.write_str(separator)?;
        }
        item.fmt(f)?;
    }
    Ok(())
}

/// Prints a word and a list after it, if there is one.
fn listed<T: fmt::Display>(f: &mut fmt::Formatter<'_>, word: &str, items: &[T]) -> fmt::Result {
    if items.is_empty() {
        return Ok(());
    }
    write!(f, " {word} ")?;
    separated(f, items, ", ")
}

/// Prints ` as name`, if there is one.
fn alias(f: &mut fmt::Formatter<'_>, name: Option<&Field>) -> fmt::Result {
    optional(f, " as ", name)
}

/// Prints a word and a value after it, if there is one.
fn optional<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    before: &str,
    value: Option<&T>,
) -> fmt::Result {
    match value {
        Some(value) => write!(f, "{before}{value}"),
        None => Ok(()),
    }
}
