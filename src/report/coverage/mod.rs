//! The page of a technique, and the index of a corpus.

mod html;
mod json;
mod markdown;
mod tell;
mod text;

pub use html::{coverage_html, index_html};
pub use json::{coverage_json, coverage_schema, index_json, index_schema};
pub use markdown::{coverage_markdown, index_markdown};
pub use text::{coverage_text, index_text};
