//! Keeping the number of problems that are told of a file within bounds.

use std::path::PathBuf;

use crate::diagnostic::{self, Diagnostic, Severity, has_error};

/// How many problems of one file are told one by one.
const TOLD: usize = 200;

/// Sorts problems, and only counts those of each file behind the first ones.
pub(super) fn bounded(mut problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostic::sort(&mut problems);
    let file = |problem: &Diagnostic| problem.place.as_ref().map(|place| place.file.clone());
    let mut told = Vec::with_capacity(problems.len());
    let mut rest = problems.into_iter().peekable();
    while let Some(first) = rest.next() {
        let Some(path) = file(&first) else {
            told.push(first);
            continue;
        };
        let mut of_file = vec![first];
        while let Some(next) = rest.next_if(|next| file(next).as_ref() == Some(&path)) {
            of_file.push(next);
        }
        let left_out = of_file.split_off(of_file.len().min(TOLD));
        // A single one is told in as many words as a count.
        if left_out.len() > 1 {
            of_file.push(counted(path, &left_out));
        } else {
            of_file.extend(left_out);
        }
        told.extend(of_file);
    }
    told
}

/// What stands for the problems that are not told.
fn counted(file: PathBuf, left_out: &[Diagnostic]) -> Diagnostic {
    let more: u64 = left_out.iter().map(|problem| problem.more.max(1)).sum();
    let severity = if has_error(left_out) {
        Severity::Error
    } else {
        left_out[0].severity
    };
    let code = left_out
        .iter()
        .find(|problem| problem.severity == severity)
        .map_or(left_out[0].code, |problem| problem.code);
    let mut closing = Diagnostic::warning(code, format!("{more} more problems with the file"))
        .in_file(&file)
        .help("solve the first ones, and check the file again");
    closing.severity = severity;
    closing.more = more;
    closing
}
