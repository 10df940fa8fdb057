//! What was wrong with content and recordings, and what was not judged.

use std::path::PathBuf;

use maud::{Markup, html};

use super::fault::chip;
use super::text::{Telling, counted};
use crate::diagnostic::{Diagnostic, Severity};
use crate::verdict::Report;

/// More are not listed.
const MOST_LISTED: usize = 100;

/// Problems, and what the report is about.
pub(super) fn problems(report: &Report, tell: &Telling) -> Markup {
    let told: Vec<_> = report
        .diagnostics
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .collect();
    html! {
        @if !told.is_empty() {
            section aria-labelledby="problems" {
                h2 #problems { "Problems with content and recordings" }
                ul.misses {
                    @for problem in told.iter().take(MOST_LISTED) { (one(problem, tell)) }
                }
                @if told.len() > MOST_LISTED {
                    p.faint { "And " (told.len() - MOST_LISTED) " more." }
                }
            }
        }
        (about(report, tell))
    }
}

fn one(problem: &Diagnostic, tell: &Telling) -> Markup {
    html! {
        li {
            (chip("error", "bad loud")) " "
            b { (tell.prose(&problem.message)) }
            p {
                @if let Some(place) = &problem.place {
                    (tell.code(&place.file.to_string_lossy()))
                    @if let Some((line, _)) = place.line_and_column() { ", line " (line) }
                    ". "
                }
                @if let Some(help) = &problem.help { (tell.prose(help)) ". " }
                span.faint { (problem.code.as_str()) }
            }
        }
    }
}

/// What was judged with what, and what was not.
fn about(report: &Report, tell: &Telling) -> Markup {
    html! {
        section aria-labelledby="about" {
            h2 #about { "What this report is about" }
            dl.facts {
                div {
                    dt { "Recordings judged" }
                    dd { (report.tests.len()) " of " (report.planned) " planned" }
                }
                @if let Some(content) = &report.content {
                    @for (kind, folders) in content.kinds() {
                        div { dt { (kind) } dd { (home(folders, tell)) } }
                    }
                }
                @if let Some(deployment) = &report.deployment {
                    div { dt { "Splunk" } dd { "deployment " (tell.code(deployment)) } }
                }
                @if let Some(deployment) = &report.sumo_deployment {
                    div { dt { "Sumo Logic" } dd { "deployment " (tell.code(deployment)) } }
                }
                @if report.commented_out > 0 {
                    div {
                        dt { "Commented out" }
                        dd { (counted(report.commented_out, "suite")) }
                    }
                }
            }
            @if !report.left_out.is_empty() {
                details.more {
                    summary { (counted(report.left_out.len(), "test")) " left out by the filters" }
                    ul {
                        @for test in report.left_out.iter().take(MOST_LISTED) {
                            li { (tell.line(test.technique.as_deref().unwrap_or_default())) " " (tell.line(&test.name)) }
                        }
                        @if report.left_out.len() > MOST_LISTED { li { "and " (report.left_out.len() - MOST_LISTED) " more" } }
                    }
                }
            }
            @if !report.absent.is_empty() {
                details.more {
                    summary { (counted(report.absent.len(), "rule")) " whose suite is absent altogether" }
                    ul {
                        @for absent in report.absent.iter().take(MOST_LISTED) {
                            li { (tell.code(&absent.detection)) " in " (tell.code(&absent.file.to_string_lossy())) }
                        }
                        @if report.absent.len() > MOST_LISTED { li { "and " (report.absent.len() - MOST_LISTED) " more" } }
                    }
                }
            }
        }
    }
}

fn home(folders: Option<&[PathBuf]>, tell: &Telling) -> Markup {
    html! {
        @match folders {
            None => "bundled with misfire",
            Some([]) => "none",
            Some(folders) => {
                @for (place, folder) in folders.iter().enumerate() {
                    @if place > 0 { ", " }
                    (tell.code(&folder.to_string_lossy()))
                }
            }
        }
    }
}
