//! What every page of ours in HTML is: one file, with its style and its scripts.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use crate::event::base64;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// A page.
pub(in crate::report) struct Page<'p> {
    /// Its title, which is its first heading as well.
    pub(in crate::report) title: &'p str,
    /// A script beside the one that every page has; may be empty.
    pub(in crate::report) script: &'static str,
    /// Its sections, each with a heading of the second level.
    pub(in crate::report) body: Markup,
}

/// Writes a page out. It loads nothing, and its content security policy allows its own
/// style and scripts and nothing else, so that no text from outside can do anything,
/// even if it were not escaped.
pub(in crate::report) fn page(page: &Page<'_>) -> Markup {
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {} {}; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT),
        hash(page.script)
    );
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "misfire " (env!("CARGO_PKG_VERSION")) };
                title { (page.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header.top {
                    p.brand { "misfire" }
                    h1 { (page.title) }
                    button.theme #theme type="button" hidden { "Dark" }
                }
                main #content tabindex="-1" { (page.body) }
                footer {
                    p {
                        "Made by misfire " (env!("CARGO_PKG_VERSION"))
                        ". This page is one file and loads nothing."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
                @if !page.script.is_empty() {
                    script { (PreEscaped(page.script)) }
                }
            }
        }
    }
}

/// How a content security policy names a style or a script that stands in the page
/// (Content Security Policy Level 3, section 2.3.1).
fn hash(text: &str) -> String {
    format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())))
}
