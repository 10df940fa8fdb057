//! Signals, controls, claims, agreements, and hits of a test.

use maud::{Markup, html};

use super::fault::{chip, control_chip, signal_chip};
use super::near_miss::near_miss;
use super::text::{Telling, counted};
use crate::content::expectation::Holds;
use crate::report::judged::{DISAGREE, claim_word};
use crate::verdict::{ClaimState, ControlReport, SignalKind, SignalReport, TestReport};

/// The expected events and their states.
pub(super) fn signals(test: &TestReport, tell: &Telling) -> Markup {
    if test.signals.is_empty() {
        return html! {};
    }
    html! {
        h4 { "Expected events" }
        div.wrap {
            table.plain.stack {
                thead {
                    tr {
                        th scope="col" { "State" }
                        th scope="col" { "Signal" }
                        th scope="col" { "Is" }
                        th scope="col" { "Why" }
                    }
                }
                tbody {
                    @for signal in &test.signals { (signal_row(signal, tell)) }
                }
            }
        }
        @for signal in &test.signals {
            @if let Some(near) = &signal.near_miss {
                h5 { "Nearest to " (tell.code(signal.id.as_str())) }
                (near_miss(near, test, tell))
            }
        }
    }
}

fn signal_row(signal: &SignalReport, tell: &Telling) -> Markup {
    let kind = match signal.kind {
        SignalKind::Required => "required",
        SignalKind::Conditional => "conditional",
        SignalKind::Absent => "must not be there",
    };
    html! {
        tr {
            td { (signal_chip(signal.state, signal.expected)) }
            th scope="row" {
                (tell.code(signal.id.as_str()))
                span.sub { (kind) }
            }
            td { (tell.line(&signal.looks_like)) }
            td {
                (tell.prose(&signal.reason))
                @if let Some(condition) = &signal.condition {
                    span.sub { "depends on " (tell.prose(condition)) }
                }
                @if !signal.events.is_empty() {
                    span.sub { (tell.events(&signal.events)) }
                }
            }
        }
    }
}

/// The benign recordings, each with the detections that were searched on it.
pub(super) fn controls(test: &TestReport, tell: &Telling) -> Markup {
    if test.controls.is_empty() {
        return html! {};
    }
    let mut names: Vec<(&str, Vec<&ControlReport>)> = Vec::new();
    for control in &test.controls {
        match names.iter_mut().find(|(name, _)| *name == control.name) {
            Some((_, known)) => known.push(control),
            None => names.push((&control.name, vec![control])),
        }
    }
    html! {
        h4 { "Benign controls" }
        @for (name, own) in &names {
            @let first = own.first();
            @let quiet = own.iter().filter(|control| control.expected).count();
            details.more open[quiet < own.len()] {
                summary {
                    (tell.line(name)) " "
                    span.faint { (quiet) " of " (own.len()) " as expected" }
                }
                @if let Some(control) = first {
                    p {
                        @if control.why != control.name { (tell.prose(&control.why)) ". " }
                        span.faint {
                            "Evidence: "
                            @match control.evidence {
                                Some(evidence) => (evidence.to_string()),
                                None => "no recording",
                            }
                        }
                    }
                }
                div.wrap {
                    table.plain.stack {
                        thead {
                            tr {
                                th scope="col" { "Outcome" }
                                th scope="col" { "Detection" }
                                th scope="col" { "Why" }
                            }
                        }
                        tbody {
                            @for control in own {
                                tr {
                                    td { (control_chip(control.outcome, control.expected)) }
                                    th scope="row" {
                                        (tell.line(&control.title)) " "
                                        span.tag { (control.reading) }
                                        span.sub { (tell.code(control.detection.as_str())) }
                                    }
                                    td {
                                        (tell.prose(&control.reason))
                                        @if !control.events.is_empty() {
                                            span.sub { (tell.events(&control.events)) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What published pages promise.
pub(super) fn claims(test: &TestReport, tell: &Telling) -> Markup {
    if test.claims.is_empty() {
        return html! {};
    }
    html! {
        h4 { "Claims of published pages" }
        div.wrap {
            table.plain.stack {
                thead {
                    tr {
                        th scope="col" { "On these records" }
                        th scope="col" { "Promise" }
                        th scope="col" { "Holds" }
                        th scope="col" { "Because" }
                    }
                }
                tbody {
                    @for claim in &test.claims {
                        @let class = match claim.state {
                            ClaimState::Proven => "good",
                            ClaimState::Contradicted => "bad loud",
                            ClaimState::Unproven => "open",
                        };
                        tr {
                            td { (chip(claim_word(claim.state), class)) }
                            th scope="row" {
                                (tell.prose(&claim.text))
                                span.sub { (tell.line(&claim.page)) }
                            }
                            td {
                                @match claim.holds {
                                    Holds::True => "yes",
                                    Holds::False => "no",
                                    Holds::Unobservable => "no log can show it",
                                }
                            }
                            td { (tell.prose(claim.because.as_deref().unwrap_or_default())) }
                        }
                    }
                }
            }
        }
    }
}

/// Detections that are one idea in several languages.
pub(super) fn agreements(test: &TestReport, tell: &Telling) -> Markup {
    if test.agreements.is_empty() {
        return html! {};
    }
    html! {
        h4 { "One idea in several languages" }
        div.wrap {
            table.plain.stack {
                thead {
                    tr {
                        th scope="col" { "Outcome" }
                        th scope="col" { "Detections" }
                        th scope="col" { "Recording" }
                        th scope="col" { "Why" }
                    }
                }
                tbody {
                    @for given in &test.agreements {
                        tr {
                            td {
                                @if given.agrees() {
                                    (chip("agree", "good"))
                                } @else {
                                    (chip(DISAGREE, "bad loud"))
                                }
                            }
                            th scope="row" {
                                (tell.line(&given.title))
                                span.sub { "with " (tell.line(&given.other_title)) }
                            }
                            td { (tell.code(&given.recording)) }
                            td {
                                (tell.prose(&given.reason()))
                                @if !given.only_this.is_empty() {
                                    span.sub { "only the first: " (tell.events(&given.only_this)) }
                                }
                                @if !given.only_other.is_empty() {
                                    span.sub { "only the other: " (tell.events(&given.only_other)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Detections that fired and that no expectation names.
pub(super) fn hits(test: &TestReport, tell: &Telling) -> Markup {
    if test.hits.is_empty() {
        return html! {};
    }
    html! {
        h4 { "Other detections that fired" }
        p.faint { "No expectation names them, so a hit is no verdict." }
        div.wrap {
            table.plain.stack {
                thead {
                    tr {
                        th scope="col" { "Detection" }
                        th scope="col" { "Fired on" }
                    }
                }
                tbody {
                    @for hit in &test.hits {
                        tr {
                            th scope="row" {
                                (tell.line(&hit.title))
                                span.sub { (tell.code(hit.detection.as_str())) }
                            }
                            td {
                                (counted(hit.events.len(), "event"))
                                span.sub { (tell.events(&hit.events)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
