//! A run as a badge: how many verdicts of detections prove that they fire.

use std::io::{self, Write};

use serde_json::json;

use crate::verdict::{Report, Verdict};

/// What stands on the left.
const LABEL: &str = "detections";

/// About how wide a character is in the font of the badge, in pixels.
const CHARACTER: usize = 7;

/// What is free on each side of a text, in pixels.
const MARGIN: usize = 6;

/// A badge's words and colour. White text on each of the colours has a contrast of at
/// least 4.5 to 1 (Web Content Accessibility Guidelines 2.2, success criterion 1.4.3).
struct Badge {
    message: String,
    colour: &'static str,
    /// Whether it must not be taken for a result.
    is_error: bool,
}

const GREEN: &str = "#2d7d32";
const AMBER: &str = "#8a6100";
const RED: &str = "#b3261e";
const GREY: &str = "#5f6368";

impl Badge {
    /// Green only if every verdict is that the detection fired, and nothing at all is
    /// otherwise than expected.
    fn of(report: &Report) -> Self {
        let verdicts = || report.tests.iter().flat_map(|test| &test.verdicts);
        let is_proof = |verdict: Verdict, expected: bool| verdict == Verdict::Fired && expected;
        let proven = verdicts().filter(|given| is_proof(given.verdict, given.expected));
        let (proven, total) = (proven.count(), verdicts().count());
        let badge = |message: String, colour, is_error| Self {
            message,
            colour,
            is_error,
        };
        if report.interrupted {
            return badge("interrupted".to_owned(), GREY, true);
        }
        if total == 0 || report.judged() == 0 {
            return badge("no data".to_owned(), GREY, true);
        }
        let message = format!("{proven} of {total} proven");
        if report.content_is_wrong() || report.logs_are_damaged() {
            badge(format!("{message}, with errors"), RED, true)
        } else if report.summary().unexpected > 0 {
            badge(message, RED, false)
        } else if proven < total {
            badge(message, AMBER, false)
        } else {
            badge(message, GREEN, false)
        }
    }
}

/// Writes a run as a badge that is a picture by itself (SVG): no font, script, or picture
/// from elsewhere.
///
/// # Errors
///
/// The output cannot be written.
pub fn badge_svg(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let badge = Badge::of(report);
    let width = |text: &str| text.len() * CHARACTER + 2 * MARGIN;
    let (left, right) = (width(LABEL), width(&badge.message));
    let whole = left + right;
    let title = format!("{LABEL}: {}", badge.message);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"20\" role=\"img\" \
         aria-label=\"{title}\">"
    )?;
    writeln!(out, "  <title>{title}</title>")?;
    writeln!(
        out,
        "  <rect width=\"{whole}\" height=\"20\" rx=\"3\" fill=\"#444\"/>"
    )?;
    let colour = badge.colour;
    writeln!(
        out,
        "  <path d=\"M{left} 0h{}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{}z\" fill=\"{colour}\"/>",
        right - 3,
        right - 3
    )?;
    writeln!(
        out,
        "  <g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\" \
         aria-hidden=\"true\">"
    )?;
    for (start, text) in [(0, LABEL), (left, badge.message.as_str())] {
        writeln!(
            out,
            "    <text x=\"{}\" y=\"14\" textLength=\"{}\">{text}</text>",
            start + MARGIN,
            text.len() * CHARACTER
        )?;
    }
    writeln!(out, "  </g>\n</svg>")
}

/// Writes a run as the answer of a badge's endpoint (Shields' documentation, "Endpoint
/// Badge", schema version 1).
///
/// # Errors
///
/// The output cannot be written.
pub fn badge_json(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let badge = Badge::of(report);
    let document = json!({
        "schemaVersion": 1,
        "label": LABEL,
        "message": badge.message,
        "color": badge.colour,
        "isError": badge.is_error,
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}
