//! Tests by detections.

use std::collections::HashMap;

use maud::{Markup, html};

use super::fault::{sign, verdict_class};
use super::filters::filters;
use super::links::Links;
use super::text::{Telling, counted};
use crate::verdict::{Report, TestReport, VerdictReport};

/// So many rows share one header; a browser does not lay out a table that is far away.
const ROWS: usize = 40;

/// A table of more columns is narrower in each, and a list on paper.
const MANY: usize = 6;

/// A table of which so few cells hold a verdict is a list.
const SPARSE: usize = 8;

/// Techniques with no more verdicts share a list.
const TINY: usize = 2;

/// A table of so many cells is one, however few of them hold a verdict.
const SMALL: usize = 400;

/// The tests of one technique and their detections.
struct Group<'r> {
    technique: Option<&'r str>,
    tests: Vec<(usize, &'r TestReport)>,
    detections: Vec<&'r VerdictReport>,
    cells: HashMap<(usize, &'r str), Vec<&'r VerdictReport>>,
}

/// The matrix, one table a technique.
pub(super) fn matrix(report: &Report, links: &Links, tell: &Telling) -> Markup {
    let groups = groups(report);
    if groups.is_empty() {
        return html! {};
    }
    let is_tiny = |group: &&Group<'_>| group.cells.len() <= TINY;
    let (tiny, mut tables): (Vec<_>, Vec<_>) = groups.iter().partition(is_tiny);
    let is_listed = tiny.len() > 2;
    if !is_listed {
        tables = groups.iter().collect();
    }
    html! {
        section.matrices aria-labelledby="matrix" {
            h2 #matrix { "Tests and detections" }
            p.hint {
                "A verdict opens what it rests on. Dashed is a known gap, filled is not as expected."
            }
            (filters(report))
            @for group in &tables {
                div.group {
                    h3 {
                        @if let Some(technique) = group.technique {
                            (technique_link(technique))
                        } @else {
                            "Rules and their recordings"
                        }
                        " " span.faint {
                            (counted(group.tests.len(), "recording")) ", "
                            (counted(group.detections.len(), "detection"))
                        }
                    }
                    (table(group, links, tell))
                }
            }
            @if is_listed {
                div.group {
                    h3 {
                        @if tables.is_empty() { "All techniques" } @else { "Other techniques" }
                        " " span.faint { (counted(tiny.len(), "technique")) }
                    }
                    (list(&tiny, links, tell))
                }
            }
        }
    }
}

/// A technique, linked to its page on the site of MITRE ATT&CK.
pub(super) fn technique_link(technique: &str) -> Markup {
    let address = format!(
        "https://attack.mitre.org/techniques/{}/",
        technique.replace('.', "/")
    );
    html! { a href=(address) rel="noreferrer" { (technique) } }
}

fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (index, test) in report.tests.iter().enumerate() {
        if test.verdicts.is_empty() {
            continue;
        }
        let technique = test.atomic.as_ref().map(|atomic| atomic.technique.as_str());
        let known = groups.iter().position(|group| group.technique == technique);
        let place = known.unwrap_or_else(|| {
            groups.push(Group {
                technique,
                tests: Vec::new(),
                detections: Vec::new(),
                cells: HashMap::new(),
            });
            groups.len() - 1
        });
        let Some(group) = groups.get_mut(place) else {
            continue;
        };
        group.tests.push((index, test));
        for given in &test.verdicts {
            let cell = group.cells.entry((index, given.detection.as_str()));
            cell.or_default().push(given);
        }
    }
    for group in &mut groups {
        let mut known = std::collections::HashSet::new();
        for (_, test) in &group.tests {
            for given in &test.verdicts {
                if known.insert(given.detection.as_str()) {
                    group.detections.push(given);
                }
            }
        }
    }
    groups
}

/// The longer side goes down the page, so that a table is seldom wider than it.
fn table(group: &Group<'_>, links: &Links, tell: &Telling) -> Markup {
    let (tests, detections) = (&group.tests, &group.detections);
    let all = tests.len() * detections.len();
    if all > SMALL && group.cells.len() * SPARSE < all {
        return list(&[group], links, tell);
    }
    let cell = |index: usize, detection: &VerdictReport, of: &Markup| {
        let given = group.cells.get(&(index, detection.detection.as_str()));
        verdict_cell(index, given.map_or(&[][..], Vec::as_slice), of, links)
    };
    html! {
        @if tests.len() >= detections.len() {
            @for (part, rows) in tests.chunks(ROWS).enumerate() {
                div.scroll tabindex="0" role="region" aria-label=(label(group, part)) {
                    table.matrix.many[tests.len().min(detections.len()) > MANY] {
                        thead {
                            tr {
                                th.corner scope="col" { "Test" }
                                @for detection in detections {
                                    th scope="col" { (detection_name(detection, tell)) }
                                }
                            }
                        }
                        tbody {
                            @for (index, test) in rows {
                                tr {
                                    th scope="row" { (test_name(test, tell)) }
                                    @for detection in detections {
                                        (cell(*index, detection, &detection_name(detection, tell)))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        } @else {
            @for (part, rows) in detections.chunks(ROWS).enumerate() {
                div.scroll tabindex="0" role="region" aria-label=(label(group, part)) {
                    table.matrix.many[tests.len().min(detections.len()) > MANY] {
                        thead {
                            tr {
                                th.corner scope="col" { "Detection" }
                                @for (_, test) in tests {
                                    th scope="col" { (test_name(test, tell)) }
                                }
                            }
                        }
                        tbody {
                            @for detection in rows {
                                tr {
                                    th scope="row" { (detection_name(detection, tell)) }
                                    @for (index, test) in tests {
                                        (cell(*index, detection, &test_name(test, tell)))
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

/// What a part of a table is, for who hears the page.
fn label(group: &Group<'_>, part: usize) -> String {
    let what = group.technique.unwrap_or("Rules and their recordings");
    format!("Verdicts of {what}, part {}", part + 1)
}

/// The same, where a table would be nearly empty, or of a cell or two.
fn list(groups: &[&Group<'_>], links: &Links, tell: &Telling) -> Markup {
    let mut all = Vec::new();
    for group in groups {
        for (index, test) in &group.tests {
            for detection in &group.detections {
                let key = (*index, detection.detection.as_str());
                if let Some(given) = group.cells.get(&key) {
                    all.push((*index, *test, *detection, given));
                }
            }
        }
    }
    let name = |part: usize| match groups {
        [group] => label(group, part),
        _ => format!("Verdicts of several techniques, part {}", part + 1),
    };
    html! {
        @for (part, rows) in all.chunks(ROWS).enumerate() {
            div.scroll tabindex="0" role="region" aria-label=(name(part)) {
                table.matrix.list {
                    thead {
                        tr {
                            th scope="col" { "Test" }
                            th scope="col" { "Verdict" }
                            th scope="col" { "Detection" }
                        }
                    }
                    tbody {
                        @for (index, test, detection, given) in rows {
                            tr {
                                th scope="row" {
                                    @if let (Some(atomic), [_, _, ..]) = (&test.atomic, groups) {
                                        span.faint { (atomic.technique.as_str()) } " "
                                    }
                                    (test_name(test, tell))
                                }
                                (verdict_cell(*index, given, &detection_name(detection, tell), links))
                                td.name { (detection_name(detection, tell)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn detection_name(detection: &VerdictReport, tell: &Telling) -> Markup {
    html! {
        span.name { (tell.short(&detection.title)) }
        " " span.tag { (detection.language) }
    }
}

fn test_name(test: &TestReport, tell: &Telling) -> Markup {
    let recording = test.recording.file_name().unwrap_or_default();
    html! {
        span.name { (tell.short(&test.name)) }
        " " span.faint { (tell.short(&recording.to_string_lossy())) }
    }
}

/// A cell; one without a verdict is empty. On a narrow page it says itself what it is of.
fn verdict_cell(index: usize, given: &[&VerdictReport], of: &Markup, links: &Links) -> Markup {
    let is_same = given.windows(2).all(|pair| {
        let [one, other] = pair else { return true };
        one.verdict == other.verdict && one.expected == other.expected
    });
    let shown = if is_same {
        &given[..given.len().min(1)]
    } else {
        given
    };
    html! {
        @if given.is_empty() {
            td.empty data-test=(index) {}
        } @else {
            td data-test=(index) {
                span.of { (of) }
                @for one in shown {
                    a class={ "chip " (verdict_class(one)) } data-sign=(sign(one.verdict.as_str()))
                        data-word=(one.verdict) href={ "#" (links.verdict(index, one)) }
                    {
                        (one.verdict)
                        @if !is_same { " " span.reading { (one.reading) } }
                    }
                }
            }
        }
    }
}
