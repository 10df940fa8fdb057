//! What is not as expected as annotations of a GitHub workflow.

use std::io::{self, Write};
use std::path::Path;

use super::judged::{Judged, judged};
use super::words::one_line;
use crate::diagnostic::{Place, Severity};
use crate::verdict::{Report, TestReport};

/// How many annotations of one step are shown there.
const MOST: usize = 10;

struct Annotation {
    file: Option<String>,
    line: Option<(u64, Option<u64>)>,
    title: String,
    message: String,
}

/// Writes annotations for errors of content and for what is not as expected, at
/// most as many as are shown.
///
/// # Errors
///
/// The output cannot be written.
pub fn github_annotations(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let errors = report
        .diagnostics
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .map(|problem| Annotation {
            file: problem.place.as_ref().map(|place| name(&place.file)),
            line: problem.place.as_ref().and_then(Place::line_and_column),
            title: problem.code.to_string(),
            message: match &problem.help {
                Some(help) => format!("{}; {help}", problem.message),
                None => problem.message.clone(),
            },
        });
    let misses = report.tests.iter().flat_map(|test| {
        judged(test)
            .filter(|given| !given.is_expected())
            .map(|given| annotation(test, given))
    });
    let mut all = errors.chain(misses);
    for annotation in all.by_ref().take(MOST) {
        writeln!(out, "{}", command("error", &annotation))?;
    }
    match all.count() {
        0 => Ok(()),
        rest => writeln!(
            out,
            "{}",
            command(
                "notice",
                &Annotation {
                    file: None,
                    line: None,
                    title: "misfire".to_owned(),
                    message: format!("{rest} more, see the log"),
                }
            )
        ),
    }
}

fn annotation(test: &TestReport, given: Judged<'_>) -> Annotation {
    let place = test.atomic.as_ref().map(|atomic| &atomic.place);
    let technique = test
        .atomic
        .as_ref()
        .map_or_else(String::new, |atomic| format!("{} ", atomic.technique));
    Annotation {
        file: place
            .map(|place| name(&place.file))
            .or_else(|| given.file().map(name)),
        line: place.and_then(Place::line_and_column),
        title: format!("{}: {technique}{}", given.word(), test.name),
        message: format!("{}: {}", given.subject(), given.reason()),
    }
}

fn name(file: &Path) -> String {
    file.to_string_lossy().into_owned()
}

fn command(kind: &str, annotation: &Annotation) -> String {
    let mut properties = Vec::new();
    if let Some(file) = &annotation.file {
        properties.push(format!("file={}", property(file)));
    }
    if let Some((line, column)) = annotation.line {
        properties.push(format!("line={line}"));
        if let Some(column) = column {
            properties.push(format!("col={column}"));
        }
    }
    properties.push(format!("title={}", property(&annotation.title)));
    format!(
        "::{kind} {}::{}",
        properties.join(","),
        data(&annotation.message)
    )
}

/// Text that ends no line and starts no command.
fn data(text: &str) -> String {
    one_line(text, usize::MAX)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
