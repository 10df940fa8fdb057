//! A page of Markdown that has a size.

use super::words::one_line;

/// The largest page, in bytes. A comment on GitHub holds 65,536 characters, the summary of
/// a step of a workflow 1 MiB (GitHub's documentation, "Workflow commands for GitHub
/// Actions", "Step isolation and limits"). What masking adds has room, too.
pub(super) const LARGEST: usize = 60_000;

/// What is kept free for what must stand on the page: how much was left out, and the
/// headings.
const RESERVE: usize = 6_000;

/// Text that grows block by block, as long as there is room.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    /// Adds a short text that must not be missing.
    pub(super) fn must(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// Adds a block if there is room for it; whether there was.
    pub(super) fn add(&mut self, block: &str) -> bool {
        self.add_within(block, LARGEST)
    }

    /// Adds a block if the page is then no larger than a part of it; whether it was added.
    pub(super) fn add_within(&mut self, block: &str, size: usize) -> bool {
        let has_room = self.0.len() + block.len() + RESERVE <= size;
        if has_room {
            self.0.push_str(block);
        }
        has_room
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }
}

/// A block of text as it is, in a fence that is longer than any in it; nothing for nothing.
pub(super) fn fenced(text: &str, indent: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut block = format!("{indent}{fence}text\n");
    for line in text.lines() {
        block.push_str(&format!("{indent}{}\n", one_line(line, usize::MAX)));
    }
    block.push_str(&format!("{indent}{fence}\n"));
    block
}
