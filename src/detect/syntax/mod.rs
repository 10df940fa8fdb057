//! What the readers of query languages share: where something stands in a text, and
//! why a text could not be read.

pub(in crate::detect) mod error;
pub(in crate::detect) mod span;

pub use error::SyntaxError;
pub use span::{Span, Spanned};
