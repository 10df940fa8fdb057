//! Coverage as one page of HTML: no script, nothing from elsewhere, for a screen and for
//! print, light and dark.

use std::io::{self, Write};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::tell::{field, gap, index_summary, operators, reach, recordings, summary, title};
use crate::coverage::{ExclusionRow, FieldRow, Index, Outcome, Page, RuleRow};
use crate::report::words::one_line;

const STYLE: &str = include_str!("page.css");

/// Writes the page of a technique.
///
/// # Errors
///
/// The output cannot be written.
pub fn coverage_html(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    let heading = plain(&title(page));
    let body = html! {
        h1 { (heading) }
        @if !page.tactics.is_empty() { p.faint { (page.tactics.join(", ")) } }
        ul { @for line in summary(page) { li { (plain(&line)) } } }
        (events(page))
        (fields("Fields filtered most", &page.fields, page.proof.is_some()))
        (indicators(page))
        (exclusions("Exclusions, whatever else holds", &page.exclusions))
        (exclusions("Exclusions inside an alternative", &page.nested_exclusions))
        (fields(
            "Not in any record: lookups, counts, and what queries compute",
            &page.computed,
            page.proof.is_some(),
        ))
        (gaps(page))
        (rules(page))
    };
    document(out, &heading, &body)
}

/// Writes the index of a corpus.
///
/// # Errors
///
/// The output cannot be written.
pub fn index_html(out: &mut dyn Write, index: &Index) -> io::Result<()> {
    let proven = index.proven.is_some();
    let body = html! {
        h1 { "Coverage" }
        ul { @for line in index_summary(index) { li { (plain(&line)) } } }
        div.wide { table {
            thead { tr {
                th scope="col" { "Technique" }
                th scope="col" { "Name" }
                th.number scope="col" { "Rules" }
                th.number scope="col" { "Not evaluated" }
                @if proven { th.number scope="col" { "Proven" } }
                th.number scope="col" { "Events" }
                th.number scope="col" { "Fields" }
                th scope="col" { "Languages" }
            } }
            tbody { @for row in &index.techniques { tr {
                th scope="row" { (row.technique) }
                td { (plain(row.name.as_deref().unwrap_or("unknown to ATT&CK"))) }
                td.number { (row.rules + row.unread) }
                td.number { (row.unread) }
                @if let Some(proven) = row.proven { td.number { (proven) } }
                td.number { (row.events) }
                td.number { (row.fields) }
                td { @for (place, (language, rules)) in row.languages.iter().enumerate() {
                    @if place > 0 { ", " }
                    (rules) " " (language)
                } }
            } } }
        } }
        @if !index.unread_because.is_empty() {
            h2 { "Not evaluated" }
            ul { @for (why, rules) in &index.unread_because { li { (rules) ": " (plain(why)) } } }
        }
    };
    document(out, "Coverage", &body)
}

fn document(out: &mut dyn Write, heading: &str, body: &Markup) -> io::Result<()> {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (heading) " - misfire" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { (body) }
                footer { p.faint { "misfire " (env!("CARGO_PKG_VERSION")) } }
            }
        }
    };
    out.write_all(page.into_string().as_bytes())?;
    writeln!(out)
}

/// Text without what would steer or hide.
fn plain(text: &str) -> String {
    one_line(text, usize::MAX)
}

fn value(text: &str) -> Markup {
    html! { code { (plain(text)) } }
}

/// A section that can be closed; open at first.
fn section(heading: &str, rows: usize, inner: &Markup) -> Markup {
    html! {
        details open {
            summary { h2 { (heading) " " span.faint { "(" (rows) ")" } } }
            div.wide { (inner) }
        }
    }
}

fn events(page: &Page) -> Markup {
    let proven = page.proof.is_some();
    section(
        "Events",
        page.events.len(),
        &html! { table {
            thead { tr {
                th.number scope="col" { "Rules" }
                @if proven { th.number scope="col" { "Recorded" } }
                th scope="col" { "Provider" }
                th.number scope="col" { "Id" }
                th scope="col" { "Title" }
            } }
            tbody { @for row in &page.events { tr {
                td.number { (row.rules) }
                @if proven {
                    td.number.never[row.recordings == Some(0)] { (recordings(row.recordings)) }
                }
                td { (plain(&row.provider)) }
                td.number { @match row.id { Some(id) => (id), None => "any" } }
                td { (plain(&row.title)) }
            } } }
        } },
    )
}

fn fields(heading: &str, rows: &[FieldRow], proven: bool) -> Markup {
    if rows.is_empty() {
        return html! {};
    }
    section(
        heading,
        rows.len(),
        &html! { table {
            thead { tr {
                th.number scope="col" { "Rules" }
                th.number scope="col" { "Excluding" }
                @if proven { th.number scope="col" { "Proven" } }
                th scope="col" { "Field" }
                th scope="col" { "How" }
                th scope="col" { "Samples" }
            } }
            tbody { @for row in rows { tr {
                td.number { (row.rules) }
                td.number { (row.rules_excluding) }
                @if let Some(proven) = row.proven { td.number { (proven) } }
                th scope="row" title=(plain(&row.names.join(", "))) {
                    (plain(field(row.field.as_deref())))
                }
                td { (plain(&operators(row))) }
                td { @for (place, sample) in row.samples.iter().enumerate() {
                    @if place > 0 { ", " }
                    (value(sample))
                } }
            } } }
        } },
    )
}

fn indicators(page: &Page) -> Markup {
    let proven = page.proof.is_some();
    if page.indicators.is_empty() {
        return html! {};
    }
    section(
        "Indicators",
        page.indicators.len(),
        &html! { table {
            thead { tr {
                th.number scope="col" { "Rules" }
                th.number scope="col" { "Reach" }
                @if proven {
                    th.number scope="col" { "Proven" }
                    th.number scope="col" { "Recorded" }
                }
                th scope="col" { "Field" }
                th scope="col" { "How" }
                th scope="col" { "Value" }
            } }
            tbody { @for row in &page.indicators { tr {
                td.number { (row.rules) }
                td.number { (reach(row)) }
                @if proven {
                    td.number { (row.proven.unwrap_or_default()) }
                    td.number.never[row.recordings == Some(0)] { (recordings(row.recordings)) }
                }
                td { (plain(field(row.field.as_deref()))) }
                td { (row.operator) }
                td { (value(&row.value)) }
            } } }
        } },
    )
}

fn exclusions(heading: &str, rows: &[ExclusionRow]) -> Markup {
    if rows.is_empty() {
        return html! {};
    }
    section(
        heading,
        rows.len(),
        &html! { table {
            thead { tr {
                th.number scope="col" { "Rules" }
                th scope="col" { "Field" }
                th scope="col" { "How" }
                th scope="col" { "Value" }
            } }
            tbody { @for row in rows { tr {
                td.number { (row.rules) }
                td { (plain(field(row.field.as_deref()))) }
                td { (row.operator) }
                td { @if let Some(text) = &row.value { (value(text)) } }
            } } }
        } },
    )
}

fn gaps(page: &Page) -> Markup {
    if page.gaps.is_empty() {
        return html! {};
    }
    section(
        "Fields that not every event carries",
        page.gaps.len(),
        &html! { table {
            thead { tr {
                th.number scope="col" { "Rules" }
                th scope="col" { "Field" }
                th scope="col" { "Carried" }
            } }
            tbody { @for row in &page.gaps { tr {
                td.number { (row.rules) }
                td { (plain(&row.field)) }
                td { (plain(&gap(row))) }
            } } }
        } },
    )
}

fn rules(page: &Page) -> Markup {
    section(
        "Rules",
        page.rules.len() + page.unread.len(),
        &html! {
            @for language in &page.languages {
                h3 { (language.vendor) " (" (language.language) ")" }
                ul {
                    @for row in page.rules.iter().filter(|row| row.language == language.language) {
                        li { (rule(row)) }
                    }
                    @for row in page.unread.iter().filter(|row| row.language == language.language) {
                        li {
                            (plain(&row.title)) " " (value(&row.detection)) " "
                            strong.never { "not evaluated" } ": " (plain(&row.why))
                        }
                    }
                }
            }
        },
    )
}

fn rule(row: &RuleRow) -> Markup {
    html! {
        (plain(&row.title)) " " (value(&row.detection))
        @if let Some(level) = &row.level { " " span.faint { (level) } }
        @if let Some(proofs) = &row.proofs {
            @if proofs.is_empty() { " " strong.doubtful { "no recording" } }
            @for (place, proof) in proofs.iter().enumerate() {
                @if place > 0 { "; " } @else { " " }
                @match proof.outcome {
                    Outcome::Fired => strong.good { "fired" },
                    Outcome::Hit => strong.good { "hit" },
                }
                " on " (plain(&proof.recording))
                @if let Some(evidence) = proof.evidence { " (" (evidence.to_string()) ")" }
            }
        }
    }
}
