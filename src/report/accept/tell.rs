//! What the pages of an acceptance test say, in whatever form.

use similar::TextDiff;

use crate::content::expectation::Holds;
use crate::detect::Reading;
use crate::report::words::count_of;
use crate::run::{Acceptance, AcceptedTest, Cell, Column, Mending, Repair, Step};
use crate::verdict::{ClaimReport, ClaimState, ControlOutcome, Verdict};

/// Cells of a test that say the same.
pub(super) struct Same<'a> {
    pub(super) columns: Vec<&'a Column>,
    pub(super) cell: &'a Cell,
}

/// The cells of a test; those that say the same are one.
pub(super) fn same<'a>(test: &'a AcceptedTest, columns: &'a [Column]) -> Vec<Same<'a>> {
    let mut all: Vec<Same<'a>> = Vec::new();
    for (cell, column) in test.cells.iter().zip(columns) {
        let is_same = |other: &&mut Same<'a>| {
            let known = other.cell;
            known.verdict.verdict == cell.verdict.verdict
                && known.verdict.reason == cell.verdict.reason
                && known.repair == cell.repair
        };
        match all.iter_mut().find(is_same) {
            Some(known) => known.columns.push(column),
            None => all.push(Same {
                columns: vec![column],
                cell,
            }),
        }
    }
    all
}

/// Cells that say the same of several recordings.
pub(super) struct Shared<'a> {
    pub(super) columns: String,
    pub(super) cell: &'a Cell,
    pub(super) branches: Vec<String>,
}

/// What is to be told of the cells in which it did not fire; those that say the same of
/// several recordings are one.
pub(super) fn shared(accepted: &Acceptance) -> Vec<Shared<'_>> {
    let mut all: Vec<Shared<'_>> = Vec::new();
    for test in &accepted.tests {
        for same in same(test, &accepted.columns) {
            if same.cell.verdict.verdict == Verdict::Fired {
                continue;
            }
            let columns = names(&same.columns, &accepted.columns);
            let changes = |cell: &'_ Cell| {
                let near = cell.verdict.near_miss.as_ref();
                near.map(|near| near.change.clone()).unwrap_or_default()
            };
            let is_same = |other: &&mut Shared<'_>| {
                let known = other.cell;
                known.verdict.verdict == same.cell.verdict.verdict
                    && known.verdict.reason == same.cell.verdict.reason
                    && known.repair == same.cell.repair
                    && other.columns == columns
                    && changes(known) == changes(same.cell)
            };
            match all.iter_mut().find(is_same) {
                Some(known) => known.branches.push(branch(test)),
                None => all.push(Shared {
                    columns,
                    cell: same.cell,
                    branches: vec![branch(test)],
                }),
            }
        }
    }
    all
}

/// The name of a column: `current, strict`.
pub(super) fn name(column: &Column) -> String {
    let reading = reading(column.reading);
    match &column.deployment {
        Some(deployment) => format!("{deployment}, {reading}"),
        None => reading.to_owned(),
    }
}

/// The word for a reading on a page that its vendor reads.
pub(super) fn reading(reading: Reading) -> &'static str {
    match reading {
        Reading::Strict => "as published",
        Reading::Intent => "as meant",
    }
}

/// The names of columns, those of all shortened.
pub(super) fn names(own: &[&Column], all: &[Column]) -> String {
    if own.len() == all.len() {
        let word = if all.len() > 1 { "everywhere" } else { "" };
        return word.to_owned();
    }
    let of_reading = |wanted: Reading| {
        let of = |column: &&Column| column.reading == wanted;
        let total = all.iter().filter(of).count();
        let mine = own.iter().copied().filter(of).count();
        (mine == total && mine > 1 && mine == own.len()).then(|| reading(wanted).to_owned())
    };
    of_reading(Reading::Strict)
        .or_else(|| of_reading(Reading::Intent))
        .unwrap_or_else(|| {
            let names: Vec<_> = own.iter().map(|column| name(column)).collect();
            names.join("; ")
        })
}

/// A test's name with its recording, and what plays the part of the real program.
pub(super) fn branch(test: &AcceptedTest) -> String {
    let recording = test.test.recording.to_string_lossy();
    match &test.test.stand_in {
        Some(program) => format!("{recording} (stand-in: {program})"),
        None => recording.into_owned(),
    }
}

/// What becomes of a promise: what the expectation says of it, and whether the records
/// bear that out.
pub(super) fn promise(claim: &ClaimReport) -> String {
    let word = match claim.holds {
        Holds::True => "holds",
        Holds::False => "does not hold",
        Holds::Unobservable => "no log can show it",
    };
    match (claim.holds, claim.state) {
        (Holds::Unobservable, _) => word.to_owned(),
        (_, ClaimState::Proven) => format!("{word}: the records prove it"),
        (_, ClaimState::Contradicted) => {
            format!("said that it {word}, and the records say otherwise")
        }
        (_, ClaimState::Unproven) => word.to_owned(),
    }
}

/// Whether a promise holds, as far as is known.
pub(super) fn holds(claim: &ClaimReport) -> bool {
    claim.holds == Holds::True && claim.state != ClaimState::Contradicted
}

/// The sentence that sums a detection up.
pub(super) fn summary(accepted: &Acceptance) -> String {
    if accepted.tests.is_empty() {
        return "There is no test of it, so nothing is known.".to_owned();
    }
    let total = accepted.tests.len();
    let mut parts = Vec::new();
    for (place, column) in accepted.columns.iter().enumerate() {
        let fired = accepted.tests.iter().filter(|test| {
            let cell = test.cells.get(place);
            cell.is_some_and(|cell| cell.verdict.verdict == Verdict::Fired)
        });
        parts.push(format!("{}: {} of {total}", name(column), fired.count()));
    }
    let alarms = accepted.controls.iter().filter(|control| {
        let mut cells = control.cells.iter();
        cells.any(|cell| cell.outcome == ControlOutcome::FalseAlarm)
    });
    let alarms = match alarms.count() {
        0 => String::new(),
        count => format!(
            "; a false alarm on {count} of {}",
            count_of(accepted.controls.len(), "benign recording")
        ),
    };
    format!("Recordings that it fires on: {}{alarms}.", parts.join("; "))
}

/// What a repair does, in a sentence.
pub(super) fn steps(repair: &Repair) -> String {
    let steps: Vec<_> = repair.steps.iter().map(step).collect();
    let mut text = format!("{}; then it fires (tried)", steps.join("; "));
    if !repair.false_alarms.is_empty() {
        let alarms = count_of(repair.false_alarms.len(), "benign recording");
        text.push_str(&format!(", and on {alarms} as well"));
    }
    text
}

fn step(step: &Step) -> String {
    let places = match step.places {
        1 => String::new(),
        count => format!(" ({count} places)"),
    };
    format!("{}{places}", step.title)
}

/// The repairs of a detection that differ, each with the tests that it is for.
pub(super) fn repairs(accepted: &Acceptance) -> Vec<(&Repair, Vec<String>)> {
    let mut all: Vec<(&Repair, Vec<String>)> = Vec::new();
    for test in &accepted.tests {
        for cell in &test.cells {
            let Some(Mending::Found(repair)) = &cell.repair else {
                continue;
            };
            let branch = branch(test);
            match all.iter_mut().find(|(known, _)| *known == repair) {
                Some((_, tests)) if tests.contains(&branch) => {}
                Some((_, tests)) => tests.push(branch),
                None => all.push((repair, vec![branch])),
            }
        }
    }
    all
}

/// What a repair changes, as a unified diff.
pub(super) fn diff(accepted: &Acceptance, repair: &Repair) -> String {
    let name = accepted.file();
    let name = name.file_name().unwrap_or_default().to_string_lossy();
    TextDiff::from_lines(accepted.source.text.as_str(), repair.text.as_str())
        .unified_diff()
        .header(&name, &format!("{name}, repaired"))
        .to_string()
}
