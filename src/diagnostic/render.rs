//! The two renderings of a diagnostic.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value as Json, json};

use super::{At, Diagnostic, Place, Severity};

/// Whether to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ink {
    /// Plain ASCII, for files and pipes.
    #[default]
    Plain,
    /// Colours and line-drawing characters, for a terminal.
    Colour,
}

/// Renders problems as text, a blank line between them.
#[must_use]
pub fn to_text(diagnostics: &[Diagnostic], ink: Ink) -> String {
    let renderer = match ink {
        Ink::Plain => Renderer::plain(),
        Ink::Colour => Renderer::styled(),
    };
    let mut text = String::new();
    for diagnostic in diagnostics {
        text.push_str(&one_to_text(diagnostic, &renderer));
        text.push_str("\n\n");
    }
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

fn one_to_text(diagnostic: &Diagnostic, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code.as_str());
    let file = diagnostic
        .place
        .as_ref()
        .map(|place| place.file.display().to_string())
        .unwrap_or_default();
    let mut group = match &diagnostic.place {
        None => Group::with_title(title),
        Some(Place {
            at: At::Span { source, bytes },
            ..
        }) => {
            let annotation = AnnotationKind::Primary
                .span(visible_span(&source.text, bytes))
                .label(diagnostic.label.as_deref());
            Group::with_title(title).element(
                Snippet::source(source.text.as_str())
                    .path(file.as_str())
                    .annotation(annotation),
            )
        }
        Some(place) => Group::with_title(title).element(Origin::path(describe(place, &file))),
    };
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

fn describe(place: &Place, file: &str) -> String {
    match place.at {
        At::File | At::Span { .. } => file.to_owned(),
        At::Line(line) => format!("{file}:{line}"),
        At::Record(record) => format!("{file}, record {record}"),
        At::Byte(byte) => format!("{file}, byte {byte}"),
    }
}

/// A span that can be underlined: inside the text, and at least one character
/// wide where there is one.
fn visible_span(text: &str, bytes: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let floor = |mut byte: usize| {
        byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    };
    let start = floor(bytes.start);
    let end = floor(bytes.end).max(start);
    if end > start {
        return start..end;
    }
    let width = text[start..].chars().next().map_or(0, char::len_utf8);
    start..start + width
}

/// Renders one problem as JSON, with the keys `code`, `severity`, `file`,
/// `line`, `column`, `record`, `byte`, `message`, and `help`; a key without a
/// value is null.
#[must_use]
pub fn to_json(diagnostic: &Diagnostic) -> Json {
    let place = diagnostic.place.as_ref();
    let position = place.and_then(Place::line_and_column);
    let (record, byte) = match place.map(|place| &place.at) {
        Some(At::Record(record)) => (Some(*record), None),
        Some(At::Byte(byte)) => (None, Some(*byte)),
        _ => (None, None),
    };
    json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "file": place.map(|place| place.file.display().to_string()),
        "line": position.map(|(line, _)| line),
        "column": position.and_then(|(_, column)| column),
        "record": record,
        "byte": byte,
        "message": diagnostic.message,
        "help": diagnostic.help,
    })
}
