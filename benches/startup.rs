//! What every start of the program pays for, and what its messages cost.
//!
//! `cargo bench --bench startup`

use std::hint::black_box;

use divan::Bencher;
use misfire::diagnostic::{Code, Diagnostic, Ink, Place, SourceText, to_text};
use misfire::event::catalogue::Catalogue;

fn main() {
    divan::main();
}

#[divan::bench]
fn parsing_the_catalogue() -> usize {
    let catalogue = Catalogue::load().expect("the bundled data is well formed");
    catalogue.providers().count()
}

/// A hundred messages about the last line of a file of a million.
#[divan::bench(sample_count = 20)]
fn messages_about_a_huge_file(bencher: Bencher) {
    let text = format!("{}bad\n", "line of text\n".repeat(1_000_000));
    let source = SourceText::new("file.yml", text.clone());
    let problems: Vec<_> = (0..100)
        .map(|_| {
            Diagnostic::error(Code::SIGMA_INVALID, "a message")
                .at(Place::span(&source, text.len() - 4..text.len() - 1))
        })
        .collect();
    bencher.bench(|| to_text(black_box(&problems), Ink::Plain));
}
