//! A run as one page in HTML: for a screen, for print, and without a script.
//!
//! The page loads nothing: its style and its script stand in it, and its content
//! security policy names them by their hashes and allows nothing else. What comes from
//! outside stands in texts only, never in an attribute, a style, or a script.
//!
//! What is told of a test stands in a `noscript` element. Without a script a browser
//! shows it as any other; with one, a browser takes it as a single text, and the script
//! makes elements of it when the test is opened. So a page of a thousand tests is as
//! light as its tables.

mod execution;
mod fault;
mod filters;
mod links;
mod matrix;
mod near_miss;
mod page;
mod parts;
mod problems;
mod summary;
mod test;
mod text;
mod unexpected;
mod verdict;

use std::io::{self, Write};

use maud::html;

use super::mask::Secrets;
use crate::verdict::Report;
use links::Links;
pub(super) use page::{Page, page};
use text::Telling;

/// The script of the page: filters, sorting, and opening.
const SCRIPT: &str = include_str!("report.js");

/// Writes a run as one page in HTML.
///
/// It is to be written through a mask for [`Form::Html`](super::mask::Form::Html).
///
/// # Errors
///
/// The output cannot be written.
pub fn report_html(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let links = Links::of(report);
    let tell = Telling::new(Secrets::of_report(report));
    let body = html! {
        (summary::summary(report, &tell))
        (unexpected::unexpected(report, &links, &tell))
        (matrix::matrix(report, &links, &tell))
        (test::tests(report, &links, &tell))
        (problems::problems(report, &tell))
        (summary::legend())
    };
    let page = page(&Page {
        title: "Detection test report",
        script: SCRIPT,
        body,
    });
    out.write_all(page.into_string().as_bytes())
}
