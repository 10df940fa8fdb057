//! What a script searches, filters, and sorts by.

use maud::{Markup, html};

use crate::report::judged::{Judged, judged};
use crate::verdict::{Report, Verdict};

/// The filters; hidden without a script.
pub(super) fn filters(report: &Report) -> Markup {
    let summary = report.summary();
    let words = Verdict::ALL.map(|verdict| {
        let count = summary.verdicts.get(verdict.as_str()).copied();
        (verdict.as_str(), count.unwrap_or_default())
    });
    let unexpected = report.tests.iter().filter(|test| {
        let mut all = judged(test);
        let is_idle = test.not_run.is_some() && test.verdicts.is_empty();
        is_idle || !all.all(Judged::is_expected)
    });
    let mut words: Vec<_> = words.into_iter().filter(|(_, count)| *count > 0).collect();
    let unexpected = unexpected.count();
    if unexpected > 0 {
        words.push(("unexpected", unexpected));
    }
    html! {
        form.filters role="search" hidden {
            div.search {
                label for="search" { "Search tests, detections, and events" }
                input #search type="search" autocomplete="off" spellcheck="false";
            }
            @if !words.is_empty() {
                fieldset {
                    legend { "Verdict" }
                    @for (word, count) in words {
                        button type="button" data-filter=(word) aria-pressed="false" {
                            @if word == "unexpected" { "not as expected" } @else { (word) }
                            " " span.count { (count) }
                        }
                    }
                }
            }
            div.order {
                label for="order" { "Order of tests" }
                select #order {
                    option value="run" { "as they ran" }
                    option value="worst" { "worst first" }
                    option value="name" { "by name" }
                }
            }
            div.actions {
                button #open type="button" { "Open all" }
                button #close type="button" { "Close all" }
                button #clear type="button" { "Clear filters" }
            }
            p.status role="status" aria-live="polite" {}
        }
        p.nothing hidden { "Nothing is like that." }
    }
}
