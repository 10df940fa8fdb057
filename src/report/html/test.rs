//! Each test with all that is known of it.

use maud::{Markup, html};

use super::execution::{execution, timing};
use super::fault::{Fault, chip};
use super::filters::filters;
use super::links::Links;
use super::matrix::technique_link;
use super::parts::{agreements, claims, controls, hits, signals};
use super::text::{Telling, counted};
use super::verdict::verdicts;
use crate::report::judged::Badness;
use crate::report::run::Columns;
use crate::report::words::count;
use crate::verdict::{Report, SignalState, TestReport, Verdict};

/// The tests, each closed.
pub(super) fn tests(report: &Report, links: &Links, tell: &Telling) -> Markup {
    if report.tests.is_empty() {
        return html! {};
    }
    html! {
        section aria-labelledby="tests" {
            h2 #tests { "Tests in detail" }
            // Without a verdict there is no table that they would stand above.
            @if report.tests.iter().all(|test| test.verdicts.is_empty()) { (filters(report)) }
            div #list {
                @for (index, test) in report.tests.iter().enumerate() {
                    (one(index, test, links, tell))
                }
            }
        }
    }
}

fn one(index: usize, test: &TestReport, links: &Links, tell: &Telling) -> Markup {
    let columns = Columns::of(test);
    let rank = match columns.badness {
        Some(Badness::Failure) => 0,
        Some(Badness::Error) => 1,
        None => 2,
    };
    let words = [
        ("signals", &columns.signals),
        ("verdicts", &columns.verdicts),
        ("controls", &columns.controls),
    ];
    html! {
        details.test id=(links.test(index)) data-test=(index) data-rank=(rank) data-word=(columns.word) {
            summary {
                (word(&columns))
                h3 {
                    @if let Some(atomic) = &test.atomic {
                        span.technique { (atomic.technique.as_str()) } " "
                    }
                    (tell.line(&test.name))
                }
                span.origin { (tell.line(&columns.grade)) }
                span.counts {
                    @for (what, part) in words.into_iter().filter(|(_, part)| *part != "-") {
                        span { (part) " " (what) } " "
                    }
                }
            }
            // Without a script these are elements as any other.
            noscript {
                div.body { (body(index, test, links, tell)) }
            }
        }
    }
}

fn word(columns: &Columns) -> Markup {
    let mut verdicts = Verdict::ALL.into_iter();
    let verdict = verdicts.find(|verdict| verdict.as_str() == columns.word);
    let base = verdict.map(|verdict| Fault::of(verdict).class());
    match columns.badness {
        // It fired where a gap is known, or a control did.
        Some(Badness::Failure) => chip(columns.word, "bad loud"),
        Some(Badness::Error) => chip(columns.word, &format!("{} loud", base.unwrap_or("gap"))),
        None => chip(columns.word, base.unwrap_or("good")),
    }
}

fn body(index: usize, test: &TestReport, links: &Links, tell: &Telling) -> Markup {
    html! {
        @if let Some(why) = &test.not_run {
            p.notice { (chip("not-run", "idle loud")) " " (tell.prose(why)) }
        }
        (facts(test, tell))
        (verdicts(index, test, links, tell))
        (signals(test, tell))
        (controls(test, tell))
        (claims(test, tell))
        (agreements(test, tell))
        (hits(test, tell))
        (execution(test, tell))
    }
}

/// What was tested, on what.
fn facts(test: &TestReport, tell: &Telling) -> Markup {
    let due = test
        .signals
        .iter()
        .filter(|signal| signal.state != SignalState::NotDue);
    html! {
        dl.facts {
            @if let Some(atomic) = &test.atomic {
                div { dt { "Technique" } dd { (technique_link(atomic.technique.as_str())) } }
                div {
                    dt { "Atomic" }
                    dd {
                        "test " (atomic.number)
                        @if let Some(guid) = atomic.guid { ", " (tell.code(&guid.to_string())) }
                    }
                }
                @if !atomic.platforms.is_empty() {
                    div {
                        dt { "For" }
                        dd {
                            @for (place, platform) in atomic.platforms.iter().enumerate() {
                                @if place > 0 { ", " }
                                (platform.as_str())
                            }
                        }
                    }
                }
            }
            div { dt { "Stage" } dd { (test.stage.as_str()) } }
            @if !test.recording.as_os_str().is_empty() {
                div {
                    dt { "Recording" }
                    dd { (tell.code(&test.recording.to_string_lossy())) ", " (count(test.records, "record")) }
                }
            }
            div { dt { "Evidence" } dd { (tell.line(&test.grade())) } }
            @if let Some(program) = &test.stand_in {
                div { dt { "Stand-in" } dd { (tell.line(program)) } }
            }
            @if let Some(timing) = timing(test, tell) {
                div { dt { "Performed" } dd { (timing) } }
            }
            @for (name, value) in &test.arguments {
                div {
                    dt { (tell.code(name)) }
                    dd { (tell.argument(name, value)) }
                }
            }
        }
        @if test.verdicts.is_empty() && test.not_run.is_none() {
            p.faint {
                "No expectation names a detection for this test; "
                (counted(due.count(), "expected event")) " and "
                (counted(test.hits.len(), "other detection")) " that fired are below."
            }
        }
        @if let Some(atomic) = test.atomic.as_ref().filter(|atomic| !atomic.description.trim().is_empty()) {
            details.more {
                summary { "What the test does" }
                @for paragraph in atomic.description.split("\n\n").filter(|text| !text.trim().is_empty()) {
                    p { (tell.line(&paragraph.split_whitespace().collect::<Vec<_>>().join(" "))) }
                }
            }
        }
    }
}
