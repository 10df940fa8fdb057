//! What is not as expected, and the gaps that are known.

use maud::{Markup, html};

use super::fault::{Fault, chip, control_chip, signal_chip, verdict_chip};
use super::links::Links;
use super::text::{Telling, counted};
use crate::report::judged::{Judged, judged};
use crate::verdict::{Report, SignalState, TestReport, Verdict, VerdictReport};

/// More are not listed.
const MOST_LISTED: usize = 200;

/// The list of what is not as expected, and that of the known gaps.
pub(super) fn unexpected(report: &Report, links: &Links, tell: &Telling) -> Markup {
    let tests = || report.tests.iter().enumerate();
    let misses: Vec<_> = tests()
        .flat_map(|(index, test)| {
            let misses = judged(test).filter(|given| !given.is_expected());
            let misses = misses.filter(|given| test.not_run.is_none() || !follows(*given));
            misses.map(move |given| (index, test, given))
        })
        .collect();
    let not_run: Vec<_> = tests()
        .filter_map(|(index, test)| Some((index, test, test.not_run.as_deref()?)))
        .collect();
    html! {
        @if !misses.is_empty() || !not_run.is_empty() {
            section aria-labelledby="unexpected" {
                h2 #unexpected { "Not as expected" }
                ul.misses {
                    @for (index, test, why) in not_run.iter().take(MOST_LISTED) {
                        li {
                            (chip("not-run", "idle loud")) " "
                            a href={ "#" (links.test(*index)) } { (title(test, tell)) }
                            p { (tell.prose(why)) }
                        }
                    }
                    @for (index, test, miss) in misses.iter().take(MOST_LISTED) {
                        li {
                            (miss_chip(*miss)) " "
                            a href={ "#" (place(*index, *miss, links)) } { (subject(*miss, tell)) }
                            @if let Judged::Verdict(given) = miss {
                                " " span.tag { (given.language) } " " span.tag { (given.reading) }
                            }
                            p {
                                (tell.prose(&miss.reason())) " "
                                span.faint { (title(test, tell)) ", " (tell.line(&test.recording.to_string_lossy())) }
                            }
                        }
                    }
                }
                @if misses.len() > MOST_LISTED {
                    p.faint { "And " (misses.len() - MOST_LISTED) " more, all of them below." }
                }
            }
        }
        (known_gaps(report, links, tell))
    }
}

/// Whether a judgement says no more than that its test did not run.
fn follows(given: Judged<'_>) -> bool {
    match given {
        Judged::Verdict(given) => given.verdict == Verdict::NotRun,
        Judged::Signal(given) => given.state == SignalState::Unknown,
        Judged::Control(_) | Judged::Claim(_) | Judged::Agreement(_) => false,
    }
}

/// A verdict in its test.
type Given<'r> = (usize, &'r TestReport, &'r VerdictReport);

/// The known gaps, those of one cause together.
fn known_gaps(report: &Report, links: &Links, tell: &Telling) -> Markup {
    let mut causes: Vec<((Verdict, &str), Vec<Given<'_>>)> = Vec::new();
    let mut all = 0;
    for (index, test) in report.tests.iter().enumerate() {
        for given in test.verdicts.iter().filter(|given| given.expected) {
            let Some((_, why)) = &given.known_gap else {
                continue;
            };
            all += 1;
            let cause = (given.verdict, why.as_str());
            let known = causes.iter().position(|(known, _)| *known == cause);
            match known.and_then(|place| causes.get_mut(place)) {
                Some((_, own)) => own.push((index, test, given)),
                None => causes.push((cause, vec![(index, test, given)])),
            }
        }
    }
    if all == 0 {
        return html! {};
    }
    html! {
        section aria-labelledby="gaps" {
            h2 #gaps { "Known gaps" }
            p.hint { (counted(all, "verdict")) " other than fired, as the expectations state." }
            ul.misses {
                @for ((verdict, why), own) in causes.iter().take(MOST_LISTED) {
                    li {
                        (chip(verdict.as_str(), &format!("{} known", Fault::of(*verdict).class()))) " "
                        (tell.prose(why))
                        @for of_test in own.chunk_by(|one, other| one.0 == other.0) {
                            (gaps_of_test(of_test, links, tell))
                        }
                    }
                }
            }
            @if causes.len() > MOST_LISTED {
                p.faint { "And " (causes.len() - MOST_LISTED) " more causes." }
            }
        }
    }
}

fn gaps_of_test(own: &[Given<'_>], links: &Links, tell: &Telling) -> Markup {
    html! {
        p {
            @if let Some((_, test, _)) = own.first() {
                span.faint { (tell.line(&test.recording.to_string_lossy())) ": " }
            }
            @for (place, (index, _, given)) in own.iter().enumerate() {
                @if place > 0 { ", " }
                a href={ "#" (links.verdict(*index, given)) } { (tell.line(&given.title)) }
                " " span.tag { (given.language) }
            }
        }
    }
}

/// A test's technique and name.
pub(super) fn title(test: &TestReport, tell: &Telling) -> Markup {
    html! {
        @if let Some(atomic) = &test.atomic {
            (atomic.technique.as_str()) " "
        }
        (tell.line(&test.name))
    }
}

fn subject(miss: Judged<'_>, tell: &Telling) -> Markup {
    match miss {
        Judged::Verdict(given) => tell.line(&given.title),
        Judged::Control(given) => {
            html! { (tell.line(&given.title)) " on " (tell.line(&given.name)) }
        }
        other => tell.line(&other.subject()),
    }
}

fn miss_chip(miss: Judged<'_>) -> Markup {
    match miss {
        Judged::Verdict(given) => verdict_chip(given),
        Judged::Control(given) => control_chip(given.outcome, given.expected),
        Judged::Signal(given) => signal_chip(given.state, given.expected),
        Judged::Claim(_) | Judged::Agreement(_) => chip(miss.word(), "bad loud"),
    }
}

fn place(index: usize, miss: Judged<'_>, links: &Links) -> String {
    match miss {
        Judged::Verdict(given) => links.verdict(index, given),
        _ => links.test(index).to_owned(),
    }
}
