//! What became of each detection, in each reading.

use maud::{Markup, html};

use super::fault::verdict_chip;
use super::links::Links;
use super::near_miss::near_miss;
use super::text::{Telling, counted};
use crate::verdict::{TestReport, Verdict, VerdictReport};

/// The verdicts of a test, those of one detection together.
pub(super) fn verdicts(index: usize, test: &TestReport, links: &Links, tell: &Telling) -> Markup {
    if test.verdicts.is_empty() {
        return html! {};
    }
    let mut detections: Vec<Vec<&VerdictReport>> = Vec::new();
    for given in &test.verdicts {
        let known = detections.iter_mut().find(|known| {
            let first = known.first();
            first.is_some_and(|first| first.detection == given.detection)
        });
        match known {
            Some(known) => known.push(given),
            None => detections.push(vec![given]),
        }
    }
    html! {
        h4 { "Detections" }
        @for readings in &detections {
            @if let Some(first) = readings.first() {
                div.detection id=(links.verdict(index, first)) tabindex="-1" {
                    h5 { (tell.line(&first.title)) " " span.tag { (first.language) } }
                    div.readings {
                        @for given in readings {
                            (reading(given, test, tell))
                        }
                    }
                    p.faint.small {
                        (tell.code(first.detection.as_str()))
                        @if let Some(file) = &first.file { " in " (tell.code(&file.to_string_lossy())) }
                    }
                }
            }
        }
    }
}

fn reading(given: &VerdictReport, test: &TestReport, tell: &Telling) -> Markup {
    html! {
        div.reading {
            p {
                (verdict_chip(given)) " "
                span.tag { (given.reading) } " "
                (tell.prose(&given.reason))
            }
            dl.pairs {
                @if let Some((verdict, why)) = &given.known_gap {
                    dt { "Known gap" }
                    dd {
                        (verdict) ": " (tell.prose(why))
                        @if !given.expected { " (this is another outcome)" }
                    }
                }
                @if !given.fires_on.is_empty() && given.verdict != Verdict::Fired {
                    dt { "Must fire on" }
                    dd {
                        @for (place, signal) in given.fires_on.iter().enumerate() {
                            @if place > 0 { " or " }
                            (tell.code(signal.as_str()))
                        }
                    }
                }
                @if !given.events.is_empty() {
                    dt { "Fired on" }
                    dd { (tell.events(&given.events)) }
                }
                @if !given.extra.is_empty() {
                    dt { "Besides on" }
                    dd { (tell.events(&given.extra)) }
                }
                @if given.surplus > 0 {
                    dt { "More than asked for" }
                    dd { (counted(usize::try_from(given.surplus).unwrap_or(usize::MAX), "event")) }
                }
            }
            @if let Some(near) = &given.near_miss {
                (near_miss(near, test, tell))
            }
        }
    }
}
