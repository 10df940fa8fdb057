//! How a diagnostic shows the text that it speaks of.

use misfire::diagnostic::{Code, Diagnostic, Ink, Place, SourceText, to_json, to_text};

use crate::sigma_diagnostics::problems;

#[test]
fn a_long_line_is_cut() {
    let long = "x".repeat(200_000);
    let text = format!(
        "title: A rule\nlogsource: {{product: windows}}\ndetection:\n    selection:\n        Image|contains: '{long}'\n        Image|endwith: '{long}'\n    condition: selection\n"
    );
    let rendered = to_text(&problems("rule.yml", &text), Ink::Plain);
    assert!(
        rendered.contains("`endwith` is not a modifier"),
        "{rendered}"
    );
    assert!(rendered.len() < 2000, "{} bytes", rendered.len());
}

#[test]
fn a_span_deep_inside_a_long_line_is_shown() {
    let text = format!("{}HERE{}\n", "a ".repeat(50_000), " b".repeat(50_000));
    let source = SourceText::new("file.yml", text);
    let problem = Diagnostic::error(Code::SIGMA_INVALID, "a message")
        .at(Place::span(&source, 100_000..100_004))
        .help("a help");
    let rendered = to_text(&[problem], Ink::Plain);
    assert!(rendered.contains("HERE"), "{rendered}");
    assert!(rendered.contains("^^^^"), "{rendered}");
    assert!(rendered.contains("file.yml:1:100001"), "{rendered}");
    assert!(rendered.len() < 2000, "{} bytes", rendered.len());
}

#[test]
fn a_span_of_many_lines_shows_few() {
    let text = "line of text\n".repeat(10_000);
    let source = SourceText::new("file.yml", text.clone());
    let problem =
        Diagnostic::error(Code::SIGMA_INVALID, "a message").at(Place::span(&source, 0..text.len()));
    let rendered = to_text(&[problem], Ink::Plain);
    assert!(rendered.lines().count() < 20, "{rendered}");
}

#[test]
fn a_huge_file_makes_no_long_message() {
    let text = format!("{}bad\n", "line of text\n".repeat(1_000_000));
    let source = SourceText::new("file.yml", text.clone());
    let problems: Vec<_> = (0..100)
        .map(|_| {
            Diagnostic::error(Code::SIGMA_INVALID, "a message")
                .at(Place::span(&source, text.len() - 4..text.len() - 1))
        })
        .collect();
    let rendered = to_text(&problems, Ink::Plain);
    assert_eq!(rendered.matches("file.yml:1000001:1").count(), 100);
    // A few lines each, however large the file: a bench has how long it takes.
    assert!(
        rendered.lines().count() < 100 * 10,
        "{}",
        rendered.lines().count()
    );
}

#[test]
fn spans_out_of_bounds_or_inside_characters_are_moved() {
    let source = SourceText::new("file.yml", "äöü");
    for span in [0..1, 1..2, 1..1, 5..99, 99..100, 6..6] {
        let problem =
            Diagnostic::error(Code::SIGMA_INVALID, "a message").at(Place::span(&source, span));
        assert!(to_text(std::slice::from_ref(&problem), Ink::Plain).contains("file.yml"));
        assert!(to_json(&problem)["line"].is_u64());
    }
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let source = SourceText::new("file.yml", "a\u{1b}[31mred\u{7}\u{202e}b\n");
    let problem = Diagnostic::error(Code::SIGMA_INVALID, "a message with \u{1b}[2J in it")
        .at(Place::span(&source, 0..1))
        .label("a \u{1b} label")
        .help("a \u{7} help");
    let rendered = to_text(&[problem], Ink::Plain);
    assert!(
        rendered
            .chars()
            .all(|character| character == '\n' || !character.is_control()),
        "{rendered:?}"
    );
    assert!(!rendered.contains('\u{202e}'), "{rendered:?}");
}

#[test]
fn plain_text_has_no_colours_and_its_frame_is_ascii() {
    let source = SourceText::new("file.yml", "some text\n");
    let problem = Diagnostic::warning(Code::SIGMA_INVALID, "a message")
        .at(Place::span(&source, 5..9))
        .help("a help");
    let problems = [problem];
    assert!(to_text(&problems, Ink::Plain).is_ascii());
    assert!(to_text(&problems, Ink::Colour).contains('\u{1b}'));
    assert_eq!(
        to_text(&problems, Ink::Plain),
        "\
warning[misfire::sigma::invalid]: a message
 --> file.yml:1:6
  |
1 | some text
  |      ^^^^
  |
  = help: a help
"
    );
}
