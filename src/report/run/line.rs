//! One line for a test.

use super::Show;
use crate::report::judged::{Badness, Kind, judged, worst};
use crate::report::words::one_line;
use crate::verdict::{SignalState, TestReport};

/// What stands above the lines.
pub(crate) const HEADER: &str = "              technique  signals  verdicts  controls  test";

/// How wide the columns before the name are, in characters.
const BEFORE_NAME: usize = 54;

/// A name is never cut to less than this, in characters.
const SHORTEST_NAME: usize = 24;

/// What is told of a test in one line.
pub(crate) struct Columns {
    pub(crate) word: &'static str,
    pub(crate) badness: Option<Badness>,
    pub(crate) technique: String,
    /// How many of the signals that were due were seen.
    pub(crate) signals: String,
    /// How many verdicts are as expected.
    pub(crate) verdicts: String,
    /// How many controls are as expected.
    pub(crate) controls: String,
    pub(crate) grade: String,
}

impl Columns {
    pub(crate) fn of(test: &TestReport) -> Self {
        let (word, badness) = worst(test);
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
        let technique = test.atomic.as_ref();
        Self {
            word,
            badness,
            technique: technique.map_or_else(String::new, |atomic| atomic.technique.to_string()),
            signals: part(seen.count(), due.count()),
            verdicts: counted(Kind::Verdict),
            controls: counted(Kind::Control),
            grade: one_line(&origin(test), usize::MAX),
        }
    }
}

/// The line of a test: its worst word, its technique, how many signals were seen,
/// how many verdicts and controls are as expected, its name, and its evidence.
pub(crate) fn test_line(test: &TestReport, show: &Show) -> String {
    let paint = show.paint;
    let columns = Columns::of(test);
    let word = format!("{:<12}", columns.word);
    let word = match columns.badness {
        None => paint.good(word),
        Some(Badness::Failure) => paint.bad(word),
        Some(Badness::Error) => paint.doubtful(word),
    };
    let width = show.width.map_or(usize::MAX, |width| {
        usize::from(width)
            .saturating_sub(BEFORE_NAME + columns.grade.len() + "... ()".len())
            .max(SHORTEST_NAME)
    });
    format!(
        "{word}  {:<9}  {:>7}  {:>8}  {:>8}  {} {}",
        columns.technique,
        columns.signals,
        columns.verdicts,
        columns.controls,
        one_line(&test.name, width),
        paint.faint(format_args!("({})", columns.grade)),
    )
}

/// Which of its recordings it is, and how much that proves.
fn origin(test: &TestReport) -> String {
    let grade = test.grade();
    match test.recording.file_name() {
        Some(name) if !test.files.is_empty() => format!("{}, {grade}", name.to_string_lossy()),
        _ => grade,
    }
}

fn part(some: usize, all: usize) -> String {
    if all == 0 {
        "-".to_owned()
    } else {
        format!("{some}/{all}")
    }
}
