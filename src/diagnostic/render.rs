//! The two renderings of a diagnostic.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value as Json, json};

use super::{At, Diagnostic, Place, Severity, SourceText};

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
    let message = clean(&diagnostic.message);
    let title = level
        .primary_title(message.as_ref())
        .id(diagnostic.code.as_str());
    let file = diagnostic
        .place
        .as_ref()
        .map(|place| clean(&place.file.display().to_string()).into_owned())
        .unwrap_or_default();
    let label = diagnostic.label.as_deref().map(clean);
    let excerpt;
    let origin;
    let mut group = match &diagnostic.place {
        None => Group::with_title(title),
        Some(Place {
            at: At::Span { source, bytes },
            ..
        }) => {
            excerpt = Excerpt::new(source, bytes);
            origin = format!("{file}:{}:{}", excerpt.line, excerpt.column);
            let annotation = AnnotationKind::Primary
                .span(excerpt.span.clone())
                .label(label.as_deref());
            let snippet = Snippet::source(excerpt.text.as_str())
                .line_start(excerpt.line)
                .annotation(annotation);
            // The column is that of the file, not of the excerpt.
            if excerpt.is_cut {
                Group::with_title(title)
                    .element(Origin::path(origin.as_str()))
                    .element(snippet)
            } else {
                Group::with_title(title).element(snippet.path(file.as_str()))
            }
        }
        Some(place) => {
            origin = describe(place, &file);
            Group::with_title(title).element(Origin::path(origin.as_str()))
        }
    };
    let help = diagnostic.help.as_deref().map(clean);
    if let Some(help) = &help {
        group = group.element(Level::HELP.message(help.as_ref()));
    }
    let notes: Vec<_> = diagnostic.notes.iter().map(|note| clean(note)).collect();
    for note in &notes {
        group = group.element(Level::NOTE.message(note.as_ref()));
    }
    renderer.render(&[group])
}

/// Text without characters that a terminal would act upon.
fn clean(text: &str) -> Cow<'_, str> {
    // Marks that turn the direction of writing, and those that nobody sees.
    let is_unseen = |character: char| matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    let is_harmful = |character: char| character.is_control() || is_unseen(character);
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|character| {
                if is_harmful(character) {
                    '?'
                } else {
                    character
                }
            })
            .collect(),
    )
}

/// The lines that a span stands in, as far as they are worth showing.
struct Excerpt {
    text: String,
    /// Where the span is in `text`.
    span: Range<usize>,
    /// The one-based line that `text` starts with.
    line: usize,
    /// The one-based column of the span in its file, in characters.
    column: usize,
    is_cut: bool,
}

/// A span of more lines than this is shown by its first.
const MOST_LINES: usize = 4;

/// Characters of a line that are shown on either side of a span.
const CONTEXT: usize = 60;

/// Characters of a span that are shown.
const MOST_MARKED: usize = 100;

impl Excerpt {
    fn new(source: &SourceText, bytes: &Range<usize>) -> Self {
        let text = source.text.as_str();
        let bytes = visible_span(text, bytes);
        let (line, column) = source.line_and_column(bytes.start);
        let start = text[..bytes.start]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        let lines = text[bytes.clone()].matches('\n').count();
        let end_of_line = |from: usize| {
            let end = text[from..].find('\n').map_or(text.len(), |end| from + end);
            if text[from..end].ends_with('\r') {
                end - 1
            } else {
                end
            }
        };
        let marked_end = if lines >= MOST_LINES {
            end_of_line(bytes.start).max(bytes.start)
        } else {
            bytes.end
        };
        let end = end_of_line(marked_end).max(marked_end);
        let shown = &text[start..end];
        let longest = CONTEXT * 2 + MOST_MARKED;
        if shown.lines().all(|line| line.len() <= longest) {
            let shown_span = bytes.start - start..marked_end - start;
            return Self::cleaned(shown, shown_span, line, column, false);
        }
        // Only the line that the span starts in, around its start.
        let line_end = end_of_line(bytes.start);
        let marked = text[bytes.start..marked_end.min(line_end).max(bytes.start)]
            .char_indices()
            .nth(MOST_MARKED)
            .map_or(marked_end.min(line_end).max(bytes.start), |(offset, _)| {
                bytes.start + offset
            });
        let before = text[start..bytes.start]
            .char_indices()
            .rev()
            .take(CONTEXT)
            .last()
            .map_or(bytes.start, |(offset, _)| start + offset);
        let behind = text[marked..line_end.max(marked)]
            .char_indices()
            .nth(CONTEXT)
            .map_or(line_end.max(marked), |(offset, _)| marked + offset);
        let dots = |is_cut: bool| if is_cut { "..." } else { "" };
        let front = dots(before > start);
        let shown = format!(
            "{front}{}{}",
            &text[before..behind],
            dots(behind < line_end)
        );
        let span_start = front.len() + bytes.start - before;
        let span = span_start..span_start + marked - bytes.start;
        Self::cleaned(&shown, span, line, column, true)
    }

    fn cleaned(text: &str, span: Range<usize>, line: usize, column: usize, is_cut: bool) -> Self {
        // Line breaks and tabs are the renderer's business.
        let clean_part = |part: &str| {
            let mut cleaned = String::with_capacity(part.len());
            for piece in part.split_inclusive(['\n', '\t', '\r']) {
                let (body, end) = match piece.char_indices().next_back() {
                    Some((place, '\n' | '\t')) => piece.split_at(place),
                    Some((place, '\r')) => (&piece[..place], ""),
                    _ => (piece, ""),
                };
                cleaned.push_str(&clean(body));
                cleaned.push_str(end);
            }
            cleaned
        };
        let before = clean_part(&text[..span.start]);
        let marked = clean_part(&text[span.clone()]);
        let behind = clean_part(&text[span.end..]);
        Self {
            span: before.len()..before.len() + marked.len(),
            text: before + &marked + &behind,
            line,
            column,
            is_cut,
        }
    }
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
fn visible_span(text: &str, bytes: &Range<usize>) -> Range<usize> {
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
    // The end of a line cannot be underlined, so what stands before it is.
    let here = text[start..].chars().next();
    let before = text[..start].chars().next_back();
    match (here, before) {
        (None | Some('\n' | '\r'), Some(before)) if before != '\n' => {
            start - before.len_utf8()..start
        }
        (Some('\n' | '\r') | None, _) => start..start,
        (Some(here), _) => start..start + here.len_utf8(),
    }
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
