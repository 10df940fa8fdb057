//! What is said of a file that is not of its structure.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Form;
use crate::diagnostic::{Code, Diagnostic, Ink, SourceText, to_text};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its structure matters")]
struct Book {
    /// Its title.
    #[schemars(length(min = 3))]
    title: String,
    /// Its number, of ten digits. There are others.
    #[schemars(regex(pattern = r"^[0-9]{10}$"))]
    isbn: Option<String>,
    #[schemars(range(min = 1))]
    pages: Option<u32>,
    language: Option<Language>,
    #[serde(default)]
    #[schemars(length(min = 1))]
    authors: Vec<Author>,
    shelf: Option<Shelf>,
    sold: Option<bool>,
    notes: Option<OneOrMany>,
    #[serde(default)]
    prices: BTreeMap<String, f64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its structure matters")]
struct Author {
    /// The author's name.
    name: String,
    born: Option<i64>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Language {
    /// As spoken in England.
    English,
    /// As spoken in France.
    French,
    German,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
#[expect(dead_code, reason = "only its structure matters")]
enum Shelf {
    Room { room: String, row: u8 },
    Store { since: String },
    Lent,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its structure matters")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

fn problems(text: &str) -> Vec<Diagnostic> {
    let source = SourceText::new("book.yaml", text);
    Form::<Book>::new()
        .read(&source, |_, _| ())
        .err()
        .unwrap_or_default()
}

/// The line and column, the message, and the help of each problem.
fn told(text: &str) -> Vec<String> {
    let one = |problem: &Diagnostic| {
        let place = problem.place.as_ref().and_then(|place| {
            let (line, column) = place.line_and_column()?;
            Some(format!("{line}:{}", column?))
        });
        let help = problem.help.as_deref().unwrap_or("no help");
        let place = place.as_deref().unwrap_or("-");
        format!("{place} {}; {help}", problem.message)
    };
    problems(text).iter().map(one).collect()
}

#[test]
fn a_right_file_is_read_with_its_places() {
    let source = SourceText::new(
        "book.yaml",
        "title: A Walk\nlanguage: french\nauthors:\n  - name: N\nshelf: {kind: lent}\nnotes: [a]",
    );
    let read = Form::<Book>::new().read(&source, |book, root| {
        let place = root.get("language").map(|node| node.place());
        (book, place.and_then(|place| place.line_and_column()))
    });
    let (book, place) = read.unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(
        (book.title.as_str(), place),
        ("A Walk", Some((2, Some(11))))
    );
}

#[test]
fn each_fault_is_told_at_its_place() {
    let cases = [
        ("", "- the file is empty; fill it in, or remove it"),
        (
            "# a comment\n",
            "- the file is empty; fill it in, or remove it",
        ),
        (
            "[1]",
            "1:1 the file is a list and must be a mapping; write a mapping there",
        ),
        (
            "title: Tea\ntitle: Tea\n",
            "2:1 the key stands twice in one mapping; remove one of the two, or merge what they say",
        ),
        (
            "title: Tea\n---\ntitle: Tea\n",
            "3:1 the file has more than one document; remove the line `---`, and put what follows it into a file of its own",
        ),
        (
            "title: Tea\nlangauge: french\n",
            "2:1 there is no key `langauge` here; did you mean `language`?",
        ),
        (
            "titel: Tea\n",
            "1:1 there is no key `titel` here; did you mean `title`?",
        ),
        (
            "title: Tea\nauthors: [{name: N, x: 1}]\n",
            "2:21 there is no key `x` here; what can be added here: `born`",
        ),
        (
            "title: Tea\nauthors:\n  - born: 1\n    name:\n",
            "4:5 `name` is empty and must be text; write text there",
        ),
        (
            "title: Tea\nauthors:\n  - born: 1\n",
            "3:5 the key `name` is missing; add `name`: the author's name",
        ),
        (
            "title: 123\n",
            "1:8 `title` is a number and must be text; put the value in quotes",
        ),
        (
            "title: Tea\npages: '3'\n",
            "2:8 `pages` is text and must be a whole number; write a number, without quotes",
        ),
        (
            "title: Tea\nsold: yes\n",
            "2:7 `sold` is text and must be `true` or `false`; write `true` or `false`, without quotes",
        ),
        (
            "title: Tea\npages: 0\n",
            "2:8 `pages` cannot be `0`; write a number of at least 1",
        ),
        (
            "title: Te\n",
            "1:8 `title` is shorter than 3 characters; say it in more words",
        ),
        (
            "title: Tea\nauthors: []\n",
            "2:10 `authors` has no entry; add an entry, or remove the key",
        ),
        (
            "title: Tea\nauthors: N\n",
            "2:10 `authors` is text and must be a list; put it in brackets, or on a line of its own behind a dash",
        ),
        (
            "title: Tea\nisbn: abc\n",
            "2:7 `isbn` cannot be `abc`; what belongs here: its number, of ten digits",
        ),
        (
            "title: Tea\nlanguage: frensh\n",
            "2:11 `language` cannot be `frensh`; did you mean `french`? It is one of `german`, `english`, or `french`",
        ),
        (
            "title: Tea\nlanguage: [french]\n",
            "2:11 `language` is a list and must be text; write text there",
        ),
        (
            "title: Tea\nshelf: {room: A, row: 1}\n",
            "2:8 the key `kind` is missing; add `kind`, which is one of `room`, `store`, or `lent`",
        ),
        (
            "title: Tea\nshelf: {kind: romm, row: 1}\n",
            "2:15 `kind` cannot be `romm`; did you mean `room`? It is one of `room`, `store`, or `lent`",
        ),
        (
            "title: Tea\nshelf: {kind: room, room: A}\n",
            "2:8 the key `row` is missing; add `row`",
        ),
        (
            "title: Tea\nshelf: {kind: lent, since: today}\n",
            "2:21 there is no key `since` here; remove it",
        ),
        (
            "title: Tea\nshelf: {kind: store, since: 3}\n",
            "2:29 `since` is a number and must be text; put the value in quotes",
        ),
        (
            "title: Tea\nnotes: 3\n",
            "2:8 `notes` is a number and must be text or a list; put the value in quotes",
        ),
        (
            "title: Tea\nnotes: [a, 3]\n",
            "2:12 an entry of `notes` is a number and must be text; put the value in quotes",
        ),
        (
            "title: Tea\nprices: {eur: .nan}\n",
            "2:15 `.nan` is no number that can be used here; write a finite number",
        ),
        (
            "title: Tea\n3: x\n",
            "2:1 the key is not text; put it in quotes",
        ),
        (
            "title: !x Tea\n",
            "1:8 the tag `!x` is not known here; remove the tag, or put the value in quotes if it is part of it",
        ),
        (
            "title: Tea\npages: 99999999999\n",
            "2:8 `pages` cannot be `99999999999`; write a number of at most 4294967295",
        ),
    ];
    let wrong: Vec<_> = cases
        .iter()
        .map(|(text, expected)| (text, told(text), *expected))
        .filter(|(_, told, expected)| told != &[(*expected).to_owned()])
        .map(|(text, told, expected)| format!("{text}\nwanted: {expected}\nseen:   {told:?}\n"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_faults_are_told_at_once_and_in_order() {
    let text = "pages: -1\nauthors:\n  - nam: N\n  - {name: 3, x: 1}\nshelf: {kind: store}\n";
    assert_eq!(
        told(text),
        [
            "1:1 the key `title` is missing; add `title`: its title",
            "1:8 `pages` cannot be `-1`; write a number of at least 1",
            "3:5 there is no key `nam` here; did you mean `name`?",
            "4:12 `name` is a number and must be text; put the value in quotes",
            "4:15 there is no key `x` here; what can be added here: `born`",
            "5:8 the key `since` is missing; add `since`",
        ]
    );
}

#[test]
fn countless_faults_are_told_in_a_few_lines() {
    for (count, more, message) in [
        (100, 60, "60 more problems"),
        (20_000, 460, "at least 460 more problems"),
    ] {
        let keys: String = (0..count).map(|key| format!("k{key}: 1\n")).collect();
        let problems = problems(&format!("title: Tea\n{keys}"));
        assert_eq!(problems.len(), 41);
        let last = &problems[40];
        assert_eq!(last.more, more);
        assert!(last.message.starts_with(message), "{}", last.message);
    }
}

#[test]
fn long_and_odd_values_are_cut_in_messages() {
    let text = format!("title: Tea\nlanguage: \"{}\\e[31m\"\n", "x".repeat(500));
    let rendered = to_text(&problems(&text), Ink::Plain);
    let message = rendered.lines().next().unwrap_or_default();
    assert!(
        message.len() < 200 && !message.contains('\u{1b}'),
        "{message}"
    );
}

#[test]
fn what_is_no_yaml_is_told_as_such() {
    for (text, code) in [
        ("title: [", Code::YAML_SYNTAX),
        ("title: \"a\n", Code::YAML_SYNTAX),
        ("a: &a [x]\ntitle: *b\n", Code::YAML_SYNTAX),
        (&"[".repeat(500), Code::YAML_LIMIT),
    ] {
        let codes: Vec<_> = problems(text).iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [code], "{text}");
    }
}
