//! One line for a test.

use super::Show;
use crate::report::judged::{Badness, Kind, judged, worst};
use crate::report::words::one_line;
use crate::verdict::{SignalState, TestReport};

/// What stands above the lines.
pub(crate) const HEADER: &str =
    "              technique  signals  verdicts  controls  test";

/// How wide the columns before the name are, in characters.
const BEFORE_NAME: usize = 54;

/// A name is never cut to less than this, in characters.
const SHORTEST_NAME: usize = 24;

/// The line of a test: its worst word, its technique, how many signals were seen,
/// how many verdicts and controls are as expected, its name, and its evidence.
pub(crate) fn test_line(test: &TestReport, show: &Show) -> String {
    let paint = show.paint;
    let (word, badness) = worst(test);
    let word = format!("{word:<12}");
    let word = match badness {
        None => paint.good(word),
        Some(Badness::Failure) => paint.bad(word),
        Some(Badness::Error) => paint.doubtful(word),
    };
    let technique = test
        .atomic
        .as_ref()
        .map_or("", |atomic| atomic.technique.as_str());
    let due = test
        .signals
        .iter()
        .filter(|signal| signal.state != SignalState::NotDue);
    let seen = due
        .clone()
        .filter(|signal| signal.state == SignalState::Seen);
    let counted = |kind: Kind| {
        let of_kind = || judged(test).filter(move |given| given.kind() == kind);
        let expected = of_kind().filter(|given| given.is_expected()).count();
        part(expected, of_kind().count())
    };
    let grade = one_line(&test.grade(), usize::MAX);
    let width = show.width.map_or(usize::MAX, |width| {
        usize::from(width)
            .saturating_sub(BEFORE_NAME + grade.len() + "... ()".len())
            .max(SHORTEST_NAME)
    });
    format!(
        "{word}  {technique:<9}  {:>7}  {:>8}  {:>8}  {} {}",
        part(seen.count(), due.count()),
        counted(Kind::Verdict),
        counted(Kind::Control),
        one_line(&test.name, width),
        paint.faint(format_args!("({grade})")),
    )
}

fn part(some: usize, all: usize) -> String {
    if all == 0 {
        "-".to_owned()
    } else {
        format!("{some}/{all}")
    }
}
