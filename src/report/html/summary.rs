//! What a run comes to, at a glance.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::fault::{Fault, chip};
use super::text::{Telling, counted};
use crate::report::judged::{DISAGREE, claim_word};
use crate::report::run::nothing_changed;
use crate::report::words::{count, grouped};
use crate::verdict::{ClaimState, ControlOutcome, Report, SignalState, Verdict, VerdictReport};

/// How wide the bar is, in its own units.
const BAR: usize = 1_000;

/// The summary: what fired, what did not, whose fault that is, and on what evidence.
pub(super) fn summary(report: &Report, tell: &Telling) -> Markup {
    let verdicts: Vec<_> = verdicts(report).map(|(_, given)| given).collect();
    let fired = verdicts
        .iter()
        .filter(|given| given.verdict == Verdict::Fired);
    let (word, class) = outcome(report);
    html! {
        section.summary aria-labelledby="summary" {
            h2 #summary { "Summary" }
            div.headline {
                p class={ "outcome " (class) } { (word) }
                p {
                    (counted(report.judged(), "judgement")) " on "
                    (counted(report.tests.len(), "recording")) ", "
                    (count(report.records, "record")) " read. "
                    @if verdicts.is_empty() {
                        "No expectation names a detection, so there is no verdict."
                    } @else {
                        b { (grouped(fired.count() as u64)) " of " (counted(verdicts.len(), "verdict")) }
                        @if verdicts.len() == 1 { " is " } @else { " are " }
                        (chip("fired", "good")) "."
                    }
                }
            }
            @if !verdicts.is_empty() {
                (bar(&verdicts))
                (faults(report, &verdicts))
            }
            div.columns {
                @if !verdicts.is_empty() { (grades(report, tell)) }
                (others(report))
            }
        }
    }
}

/// Every verdict, with the number of its test.
pub(super) fn verdicts(report: &Report) -> impl Iterator<Item = (usize, &VerdictReport)> {
    let tests = report.tests.iter().enumerate();
    tests.flat_map(|(index, test)| test.verdicts.iter().map(move |given| (index, given)))
}

/// The outcome in a few words, and the name of its colour.
fn outcome(report: &Report) -> (String, &'static str) {
    let unexpected = report.summary().unexpected;
    if report.interrupted {
        ("Interrupted: the rest was not judged".to_owned(), "bad")
    } else if unexpected > 0 {
        (
            format!("{} not as expected", grouped(unexpected as u64)),
            "bad",
        )
    } else if nothing_changed(report) {
        ("Nothing to judge".to_owned(), "idle")
    } else if report.judged() == 0 || report.content_is_wrong() || report.logs_are_damaged() {
        ("Not proven".to_owned(), "gap")
    } else {
        ("All as expected".to_owned(), "good")
    }
}

fn of_fault<'v>(verdicts: &[&'v VerdictReport], fault: Fault) -> Vec<&'v VerdictReport> {
    let own = verdicts
        .iter()
        .filter(|given| Fault::of(given.verdict) == fault);
    own.copied().collect()
}

/// The shares as a bar; the table below says the same in numbers.
fn bar(verdicts: &[&VerdictReport]) -> Markup {
    let mut from = 0;
    let mut parts = Vec::new();
    let mut before = 0;
    for fault in Fault::ALL {
        before += of_fault(verdicts, fault).len();
        let to = before * BAR / verdicts.len().max(1);
        if to > from {
            parts.push((fault, from, to - from));
        }
        from = to;
    }
    html! {
        svg.bar viewBox={ "0 0 " (BAR) " 10" } preserveAspectRatio="none" aria-hidden="true" {
            @for (fault, x, width) in parts {
                rect class=(fault.class()) x=(x) y="0" width=(width) height="10" {}
            }
        }
    }
}

fn faults(report: &Report, verdicts: &[&VerdictReport]) -> Markup {
    let not_run = report
        .tests
        .iter()
        .filter(|test| test.not_run.is_some())
        .count();
    html! {
        table.plain.faults {
            caption { "What became of the detections, and whose fault it is" }
            thead {
                tr {
                    th scope="col" { "Outcome" }
                    th.number scope="col" { "Verdicts" }
                    th.number scope="col" { "Not as expected" }
                    th scope="col" { "Which" }
                    th.wide scope="col" { "Meaning" }
                }
            }
            tbody {
                @for fault in Fault::ALL {
                    @let own = of_fault(verdicts, fault);
                    @let idle = if fault == Fault::Test { not_run } else { 0 };
                    tr.none[own.is_empty() && idle == 0] {
                        th scope="row" {
                            span class={ "key " (fault.class()) } aria-hidden="true" {}
                            (fault.title())
                        }
                        td.number { (grouped(own.len() as u64)) }
                        td.number { (grouped(own.iter().filter(|given| !given.expected).count() as u64)) }
                        td {
                            @if fault != Fault::None {
                                (pairs(fault.verdicts().map(|verdict| {
                                    let own = own.iter().filter(|given| given.verdict == verdict);
                                    (verdict.as_str(), own.count())
                                })))
                            }
                            @if idle > 0 { span.pair { (counted(idle, "test")) } }
                        }
                        td.wide { (fault.meaning()) }
                    }
                }
            }
        }
    }
}

/// Verdicts by how much their recordings prove.
fn grades(report: &Report, tell: &Telling) -> Markup {
    let mut grades: BTreeMap<String, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for test in &report.tests {
        for given in &test.verdicts {
            let counts = grades.entry(test.grade()).or_default();
            *counts.entry(given.verdict.as_str()).or_default() += 1;
        }
    }
    let words = Verdict::ALL.map(|verdict| verdict.as_str());
    html! {
        div {
            table.plain {
                caption { "Verdicts by evidence grade" }
                thead {
                    tr {
                        th scope="col" { "Evidence" }
                        th.number scope="col" { "Verdicts" }
                        th scope="col" { "Outcome" }
                    }
                }
                tbody {
                    @for (grade, counts) in &grades {
                        tr {
                            th scope="row" { (tell.line(grade)) }
                            td.number { (grouped(counts.values().sum::<usize>() as u64)) }
                            td { (pairs(words.iter().filter_map(|word| Some((*word, *counts.get(word)?))))) }
                        }
                    }
                }
            }
        }
    }
}

/// Words, each with how often it was given.
fn pairs<'w>(words: impl Iterator<Item = (&'w str, usize)>) -> Markup {
    html! {
        @for (word, number) in words.filter(|(_, number)| *number > 0) {
            span.pair { (grouped(number as u64)) " " (word) } " "
        }
    }
}

/// What else was judged.
fn others(report: &Report) -> Markup {
    let summary = report.summary();
    let counts = |known: &BTreeMap<&'static str, usize>, word: &'static str| {
        (word, known.get(word).copied().unwrap_or_default())
    };
    let controls = ControlOutcome::ALL.map(|word| counts(&summary.controls, word.as_str()));
    let signals = SignalState::ALL.map(|word| counts(&summary.signals, word.as_str()));
    let claims = [
        ClaimState::Proven,
        ClaimState::Contradicted,
        ClaimState::Unproven,
    ];
    let claims = claims.map(|state| {
        let all = report.tests.iter().flat_map(|test| &test.claims);
        (
            claim_word(state),
            all.filter(|claim| claim.state == state).count(),
        )
    });
    let all = || report.tests.iter().flat_map(|test| &test.agreements);
    let apart = all().filter(|given| !given.agrees()).count();
    let agreements = [("agree", all().count() - apart), (DISAGREE, apart)];
    let hits = report.tests.iter().map(|test| test.hits.len()).sum();
    let rows: [(&str, &[(&str, usize)]); 5] = [
        ("Benign controls", &controls),
        ("Expected events", &signals),
        ("Claims of pages", &claims),
        ("Languages compared", &agreements),
        ("Other detections", &[("hit", hits)]),
    ];
    html! {
        div {
            table.plain {
                caption { "What else was judged" }
                thead {
                    tr { th scope="col" { "Of" } th scope="col" { "Outcome" } }
                }
                tbody {
                    @for (title, words) in rows {
                        @if words.iter().any(|(_, number)| *number > 0) {
                            tr {
                                th scope="row" { (title) }
                                td { (pairs(words.iter().copied())) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What the words mean.
pub(super) fn legend() -> Markup {
    let verdicts = [
        (
            "fired",
            "good",
            "It fired on an event that it must fire on.",
        ),
        (
            "misfire",
            "bad",
            "The events are there, and it stayed silent.",
        ),
        (
            "stray",
            "bad",
            "It fired, but on none of the events that it must fire on.",
        ),
        (
            "invalid",
            "bad",
            "Its product rejects it, or it does not compile.",
        ),
        (
            "blind",
            "gap",
            "Nothing that it could fire on was logged, or a field that it needs is empty.",
        ),
        ("not-run", "idle", "The test was not performed."),
        (
            "inconclusive",
            "open",
            "Its log was not looked at, or not read to the end of its window.",
        ),
        (
            "unsupported",
            "open",
            "Its language, or a part of it, is not evaluated here.",
        ),
    ];
    let grades = [
        ("recorded", "logged by the real product"),
        (
            "executed",
            "really executed, its events shaped by misfire's own sensor",
        ),
        (
            "simulated",
            "derived from the test's commands, without executing them",
        ),
        ("authored", "written by hand"),
    ];
    html! {
        section aria-labelledby="legend" {
            h2 #legend { "How to read this report" }
            div.columns {
                dl.legend {
                    @for (word, class, meaning) in verdicts {
                        dt { (chip(word, class)) }
                        dd { (meaning) }
                    }
                }
                div {
                    dl.legend {
                        dt { (chip("misfire", "bad loud")) }
                        dd { "Filled: not as expected." }
                        dt { (chip("misfire", "bad known")) }
                        dd { "Dashed: a known gap, which the expectation states." }
                        @for (grade, meaning) in grades {
                            dt { b { (grade) } }
                            dd { "Evidence: " (meaning) "." }
                        }
                        dt { b { "strict" } }
                        dd { "The query as its product takes it." }
                        dt { b { "intent" } }
                        dd { "The query as its author can only have meant it." }
                    }
                }
            }
        }
    }
}
