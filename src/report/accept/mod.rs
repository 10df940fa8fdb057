//! Acceptance tests: a page for each detection, and a document for programs.

mod json;
mod markdown;
mod tell;
mod text;

pub use json::accept_json;
pub use markdown::accept_markdown;
pub use text::accept_text;
