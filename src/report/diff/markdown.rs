//! Two runs compared, as a page for a pull request.

use std::io::{self, Write};

use super::{counts, doubts, facts, near, verdict, word};
use crate::diff::{Change, Class, Diff};
use crate::report::markdown::text;
use crate::report::page::{Page, fenced};

/// Writes what changed as Markdown: what got worse first, in full, and the rest folded. The
/// page has the size of a comment at most; what does not fit is counted.
///
/// # Errors
///
/// The output cannot be written.
pub fn changes_markdown(out: &mut dyn Write, diff: &Diff) -> io::Result<()> {
    let mut page = Page::default();
    page.must(&format!(
        "# misfire: {}\n\n**{}**\n\n| run | |\n| --- | --- |\n| old | {} |\n| new | {} |\n\n",
        verdict(diff),
        text(&counts(diff)),
        text(&facts(&diff.old)),
        text(&facts(&diff.new)),
    ));
    for doubt in doubts(diff) {
        page.must(&format!("- {}\n", text(doubt)));
    }
    for class in Class::ALL {
        let changes: Vec<_> = diff
            .changes
            .iter()
            .filter(|change| change.class == class)
            .collect();
        if changes.is_empty() {
            continue;
        }
        let is_folded = class != Class::Worse;
        let title = format!("{} {}", changes.len(), class.as_str());
        page.must(&match is_folded {
            false => format!("\n## {title}\n\n"),
            true => format!("\n<details><summary>{title}</summary>\n\n"),
        });
        let mut left_out = 0;
        for change in changes {
            left_out += usize::from(!page.add(&block(change)));
        }
        if left_out > 0 {
            page.must(&format!(
                "\nAnd {left_out} more, which this page has no room for; the JSON has all.\n"
            ));
        }
        if is_folded {
            page.must("\n</details>\n");
        }
    }
    out.write_all(page.text().as_bytes())
}

fn block(change: &Change) -> String {
    let mut block = format!("- **{}**", change.kind.phrase());
    if change.allowed {
        block.push_str(" (allowed)");
    }
    match change.subject.to_string().as_str() {
        "" => {}
        subject => block.push_str(&format!(": {}", text(subject))),
    }
    let (old, new) = (
        change.transition.old.as_ref(),
        change.transition.new.as_ref(),
    );
    block.push_str(&format!(
        "\n  {} → {}\n",
        text(&word(old)),
        text(&word(new))
    ));
    if let Some(test) = &change.test {
        let technique = test.technique.iter().map(|id| format!("{id} "));
        let technique: String = technique.collect();
        let name = text(&format!("{technique}{}", test.name));
        let recording = match test.recording.as_str() {
            "" => "no recording".to_owned(),
            recording => text(recording),
        };
        block.push_str(&format!("  - test: {name} ({recording})\n"));
    }
    for (name, side) in [("was", old), ("is", new)] {
        if let Some(reason) = side.and_then(|side| side.reason.as_ref()) {
            block.push_str(&format!("  - {name}: {}\n", text(reason)));
        }
    }
    for detail in &change.details {
        block.push_str(&format!("  - {}\n", text(detail)));
    }
    let near: Vec<_> = change.near_miss.iter().flat_map(near::lines).collect();
    block.push_str(&fenced(&near.join("\n"), "  "));
    block
}
