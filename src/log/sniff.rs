//! Recognising a log by how it starts.

use std::borrow::Cow;
use std::io::Cursor;
use std::path::Path;

use memchr::{memchr, memmem};

use super::format::Format;
use super::input::Input;
use super::json::{Kind, kind_of, xml_of};
use super::split::{Between, Containers, JsonSplitter, LineSplitter, Splitter};
use crate::diagnostic::{Code, Diagnostic};

/// How many records are looked at to find one of a known kind.
const LOOKED_AT: usize = 64;

/// How a log is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recognised {
    Evtx,
    Json { kind: Kind, layout: Layout },
    Xml(Between),
}

/// How the records of a JSON log follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Lines,
    Values(Containers),
}

impl Recognised {
    pub(super) fn format(self) -> Format {
        match self {
            Self::Evtx => Format::Evtx,
            Self::Xml(Between::Markup) => Format::WindowsXml,
            Self::Xml(Between::Lines) => Format::SysmonLinux,
            Self::Json { kind, .. } => match kind {
                Kind::CloudTrail
                | Kind::CloudTrailText
                | Kind::EventBridge
                | Kind::Insight
                | Kind::Digest => Format::CloudTrail,
                Kind::Azure => Format::AzureActivity,
                Kind::Evtx => Format::WindowsJson,
                Kind::Winlogbeat => Format::Winlogbeat,
                Kind::Flat => Format::Nxlog,
                Kind::PowerShell => Format::PowerShell,
                Kind::Journal => Format::SysmonLinux,
                Kind::SearchResult => Format::WindowsXml,
                Kind::LogLine | Kind::Declared => Format::JsonLines,
            },
        }
    }
}

impl Layout {
    /// What cuts such a log into pieces.
    pub(super) fn splitter(self, input: Input) -> Splitter {
        match self {
            Self::Lines => Splitter::Lines(LineSplitter::new(input)),
            Self::Values(containers) => Splitter::Json(JsonSplitter::new(input, containers)),
        }
    }
}

/// Recognises a log by its first bytes; `declared` is whether the user has said
/// what unknown JSON is.
///
/// # Errors
///
/// The format is not known, or is known and cannot be read.
pub(super) fn recognise(
    input: &Input,
    path: &Path,
    declared: bool,
) -> Result<Recognised, Diagnostic> {
    let head = input.head();
    if head.starts_with(b"ElfFile\0") {
        return Ok(Recognised::Evtx);
    }
    if let Some(problem) = packed(head) {
        return Err(problem.in_file(path));
    }
    let text = String::from_utf8_lossy(head);
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n', '\u{1e}']);
    if start.is_empty() && input.head_is_all() {
        return Err(empty("the file holds nothing but blanks").in_file(path));
    }
    let is_json = starts_like_json(start);
    if is_json && let Some(found) = json(start, head, declared) {
        return found.map_err(|problem| problem.in_file(path));
    }
    if starts_with_event(head) {
        return Ok(Recognised::Xml(between(start)));
    }
    if start.starts_with("<Events") {
        return Err(empty("the file holds no event").in_file(path));
    }
    if start.starts_with("<Objs") {
        return Err(
            unknown("the file is a PowerShell CLIXML export, which is not read")
                .help("export with `ConvertTo-Json -Depth 4`, or copy the .evtx file")
                .in_file(path),
        );
    }
    // Perhaps the first lines are damaged.
    if !is_json
        && memmem::find(head, b"\n{").is_some()
        && let Some(Ok(found)) = json(start, head, declared)
        && found.format() != Format::JsonLines
    {
        return Ok(found);
    }
    if is_json {
        return Err(unknown("the file is JSON of no kind that misfire knows")
            .help("say what it is with `--source`, such as `--source product=okta,service=okta`")
            .in_file(path));
    }
    Err(unknown("the file is in no log format that misfire reads")
        .help("see `docs/formats.md` for the formats, or declare JSON lines with `--source`")
        .in_file(path))
}

pub(super) fn empty(message: &str) -> Diagnostic {
    Diagnostic::error(
        Code::LOG_EMPTY,
        format!("{message}, so nothing was searched"),
    )
    .help("copy the log again, or leave it out")
}

fn unknown(message: &str) -> Diagnostic {
    Diagnostic::error(Code::LOG_UNKNOWN_FORMAT, message)
}

/// Archives and compressions other than gzip, by their magic numbers.
fn packed(head: &[u8]) -> Option<Diagnostic> {
    let kind = match head {
        [b'P', b'K', 3, 4, ..] => "a zip archive",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "compressed with zstd",
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => "compressed with xz",
        [b'B', b'Z', b'h', ..] => "compressed with bzip2",
        [b'7', b'z', 0xbc, 0xaf, ..] => "a 7z archive",
        _ => return None,
    };
    Some(
        unknown(&format!("the file is {kind}, which is not unpacked"))
            .help("unpack it first; only gzip is unpacked while reading"),
    )
}

fn starts_like_json(text: &str) -> bool {
    let text = match text.strip_prefix("Record ") {
        Some(rest) => rest
            .trim_start_matches(|digit: char| digit.is_ascii_digit())
            .trim_start(),
        None => text,
    };
    text.starts_with(['{', '['])
}

fn starts_with_event(head: &[u8]) -> bool {
    memmem::find_iter(head, b"<Event").any(|found| {
        head.get(found + 6)
            .is_some_and(|next| matches!(next, b' ' | b'\t' | b'\r' | b'\n' | b'>' | b'/'))
    })
}

/// Exports start with markup; a system log starts with a time or a priority.
fn between(start: &str) -> Between {
    let is_markup = ["<?", "<!--", "<Event", "Record "]
        .iter()
        .any(|markup| start.starts_with(markup));
    if is_markup {
        Between::Markup
    } else {
        Between::Lines
    }
}

/// What JSON it is, if any of its first records says so.
fn json(start: &str, head: &[u8], declared: bool) -> Option<Result<Recognised, Diagnostic>> {
    let layout = layout(start);
    let mut kind = first_kind(head, layout, declared);
    let mut layout = layout;
    if layout == Layout::Lines && kind.is_none() {
        // A first line that only looks like a record of its own.
        layout = Layout::Values(Containers::Known);
        kind = first_kind(head, layout, declared);
    }
    match kind {
        Some(Kind::Digest) => Some(Err(empty(
            "the file is a CloudTrail digest, which holds no events",
        ))),
        Some(kind) => Some(Ok(Recognised::Json { kind, layout })),
        None if is_empty_list(head) => Some(Err(empty("the file's list of records is empty"))),
        None if declared => Some(Ok(Recognised::Json {
            kind: Kind::Declared,
            layout: match self::layout(start) {
                Layout::Lines => Layout::Lines,
                Layout::Values(_) => Layout::Values(Containers::None),
            },
        })),
        None if is_empty_list(head) => Some(Err(empty("the file's list of records is empty"))),
        None => None,
    }
}

/// Lines, if the first line is a whole record, or the second line starts one.
fn layout(start: &str) -> Layout {
    let mut lines = start
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty() && !line.starts_with("Record "));
    let (Some(first), second) = (lines.next(), lines.next()) else {
        return Layout::Values(Containers::Known);
    };
    let is_whole =
        first.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(first).is_ok();
    if holds_list(first) {
        return Layout::Values(Containers::Known);
    }
    // The first line may be damaged; a line that goes on in the next is not.
    let goes_on = first.ends_with(['{', '[', ',', ':']);
    let second_is_whole = second.is_some_and(|second| {
        second.starts_with('{') && serde_json::from_str::<serde::de::IgnoredAny>(second).is_ok()
    });
    if is_whole || (second_is_whole && !goes_on) {
        Layout::Lines
    } else {
        Layout::Values(Containers::Known)
    }
}

/// Whether a line is an object around a list of records.
fn holds_list(line: &str) -> bool {
    let input = Input::new(Cursor::new(line.as_bytes().to_vec()));
    let mut splitter = JsonSplitter::new(input, Containers::Known);
    let mut start = None;
    while let Some(piece) = splitter.next_piece(Path::new("")) {
        if let Ok(piece) = piece
            && let Some(item) = piece.items.first()
        {
            start = Some(item.start);
            break;
        }
    }
    start != Some(0)
}

/// The kind of the first record that has one; what the user has declared weighs
/// more than a guess.
fn first_kind(head: &[u8], layout: Layout, declared: bool) -> Option<Kind> {
    let mut splitter = layout.splitter(Input::new(Cursor::new(head.to_vec())));
    let mut looked_at = 0;
    while let Some(piece) = splitter.next_piece(Path::new("")) {
        looked_at += 1;
        let Ok(piece) = piece else {
            if looked_at > LOOKED_AT {
                return None;
            }
            continue;
        };
        for item in &piece.items {
            let text: Cow<'_, str> = String::from_utf8_lossy(&piece.bytes[item.start..item.end]);
            if let Some(kind) = kind_of(&text)
                && !(declared && is_guess(kind, &text))
            {
                return Some(kind);
            }
            looked_at += 1;
            if looked_at > LOOKED_AT {
                return None;
            }
        }
    }
    None
}

/// Whether a record only looks like a frame around an event: other logs have
/// members such as `result`, too.
fn is_guess(kind: Kind, text: &str) -> bool {
    matches!(kind, Kind::Journal | Kind::SearchResult)
        && xml_of(text).is_none()
        // A long record is cut off here.
        && (serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
            || !text.contains("<Event"))
}

/// Whether the log is a list of records without any.
fn is_empty_list(head: &[u8]) -> bool {
    let input = Input::new(Cursor::new(head.to_vec()));
    let mut splitter = JsonSplitter::new(input, Containers::Known);
    splitter.next_piece(Path::new("")).is_none() && memchr(b'[', head).is_some()
}
