//! Texts from outside.

use std::borrow::Cow;

use maud::{Markup, html};

use crate::event::OwnedValue;
use crate::report::mask::{Secrets, mask, mask_argument, mask_field};
use crate::report::words::{one_line, value};
use crate::verdict::EventRef;

/// More characters of a name are not shown in the tables of the overview.
const LONGEST_NAME: usize = 120;

/// More characters of a value are not shown.
const LONGEST_VALUE: usize = 2_000;

/// More lines of an output are not shown.
const MOST_LINES: usize = 200;

/// How many events are named one by one.
const MOST_EVENTS: usize = 20;

/// Tells texts from outside so that they stay texts, and say no secret.
pub(super) struct Telling {
    secrets: Secrets,
}

impl Telling {
    pub(super) fn new(secrets: Secrets) -> Self {
        Self { secrets }
    }

    /// The beginning of a text on one line, where the whole stands elsewhere.
    pub(super) fn short(&self, text: &str) -> Markup {
        html! { bdi { (self.cut(text, LONGEST_NAME)) } }
    }

    /// Text on one line of so many characters. What is cut is masked before, since
    /// nobody would know a half of a secret.
    fn cut(&self, text: &str, width: usize) -> String {
        one_line(&mask(text, &self.secrets), width)
    }

    /// Text on one line.
    pub(super) fn line(&self, text: &str) -> Markup {
        html! { bdi { (one_line(text, usize::MAX)) } }
    }

    /// A sentence, in which what stands between backticks is code.
    pub(super) fn prose(&self, text: &str) -> Markup {
        let parts: Vec<_> = text.split('`').collect();
        // A secret must not be torn, or the mask would not know it.
        let is_whole = parts.len().is_multiple_of(2) || mask(text, &self.secrets) != text;
        if is_whole {
            return self.line(text);
        }
        html! {
            bdi {
                @for (place, part) in parts.iter().enumerate() {
                    @if place % 2 == 1 {
                        code { (one_line(part, usize::MAX)) }
                    } @else {
                        (one_line(part, usize::MAX))
                    }
                }
            }
        }
    }

    /// Code on one line: an id, a path, a value.
    pub(super) fn code(&self, text: &str) -> Markup {
        html! { code { (one_line(text, usize::MAX)) } }
    }

    /// The value of a field.
    pub(super) fn value(&self, field: &str, given: &OwnedValue) -> Markup {
        let text = value(given, usize::MAX);
        let text = self.cut(&mask_field(field, &text), LONGEST_VALUE);
        match given {
            OwnedValue::Null => html! { span.faint { (text) } },
            OwnedValue::Text(inner) if inner.is_empty() => {
                html! { span.faint { "(empty text)" } }
            }
            _ => html! { code { (text) } },
        }
    }

    /// The value of an argument.
    pub(super) fn argument(&self, name: &str, value: &str) -> Markup {
        html! { code { (self.cut(&mask_argument(name, value), LONGEST_VALUE)) } }
    }

    /// Text as it is, line by line.
    pub(super) fn block(&self, text: &str) -> Markup {
        let count = text.lines().count();
        let lines: Vec<_> = text
            .lines()
            .take(MOST_LINES)
            .map(|line| self.cut(line, LONGEST_VALUE))
            .collect();
        html! {
            pre { (lines.join("\n")) }
            @if count > MOST_LINES {
                p.faint { "and " (count - MOST_LINES) " more lines" }
            }
        }
    }

    /// Events by their file and number, those of a file together.
    pub(super) fn events(&self, events: &[EventRef]) -> Markup {
        let mut files: Vec<(Cow<'_, str>, Vec<u64>)> = Vec::new();
        for event in events.iter().take(MOST_EVENTS) {
            let file = event.file.to_string_lossy();
            match files.last_mut() {
                Some((known, records)) if *known == file => records.push(event.record),
                _ => files.push((file, vec![event.record])),
            }
        }
        let more = events.len().saturating_sub(MOST_EVENTS);
        html! {
            @for (place, (file, records)) in files.iter().enumerate() {
                @if place > 0 { "; " }
                (self.code(file))
                @if records.len() == 1 { ", record " } @else { ", records " }
                @for (place, record) in records.iter().enumerate() {
                    @if place > 0 { ", " }
                    (record)
                }
            }
            @if more > 0 { ", and " (more) " more" }
        }
    }
}

/// Some words behind a number, in the plural where it is not one.
pub(super) fn counted(number: usize, noun: &str) -> String {
    crate::report::words::count_of(number, noun)
}
