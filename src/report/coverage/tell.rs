//! What all renderings of coverage say in the same words.

use crate::coverage::{FieldRow, GapRow, Index, IndicatorRow, Page, RuleRow};
use crate::report::words::{count_of, one_line};

/// The technique with its name.
pub(super) fn title(page: &Page) -> String {
    match &page.name {
        Some(name) => format!("{} {name}", page.technique),
        None => page.technique.clone(),
    }
}

/// What the page is made of, in sentences.
pub(super) fn summary(page: &Page) -> Vec<String> {
    let mut lines = Vec::new();
    let languages: Vec<_> = page
        .languages
        .iter()
        .map(|row| format!("{} {}", row.rules + row.unread, row.language))
        .collect();
    let total = page.rules.len() + page.unread.len();
    lines.push(format!(
        "{total} of {}: {}",
        count_of(page.corpus, "rule"),
        languages.join(", ")
    ));
    if !page.unread.is_empty() {
        let verb = if page.unread.len() == 1 { "is" } else { "are" };
        lines.push(format!(
            "{} {verb} not evaluated and {verb} counted nowhere else",
            page.unread.len()
        ));
    }
    if !page.aliases.is_empty() {
        lines.push(format!("also tagged as {}", page.aliases.join(", ")));
    }
    if !page.sub_techniques.is_empty() {
        let subs: Vec<_> = page
            .sub_techniques
            .iter()
            .map(|sub| format!("{} {}", sub.technique, sub.rules))
            .collect();
        let word = match page.with_sub_techniques {
            true => "with the sub-techniques",
            false => "without the sub-techniques",
        };
        lines.push(format!("{word} (rules): {}", subs.join(", ")));
    }
    if let Some(proof) = &page.proof {
        lines.push(format!(
            "{} of {} known to fire, by {}",
            proof.proven,
            count_of(page.rules.len(), "rule"),
            count_of(proof.recordings, "recording")
        ));
        if proof.never_recorded > 0 {
            let verb = if proof.never_recorded == 1 {
                "is"
            } else {
                "are"
            };
            lines.push(format!(
                "{} {verb} in no recording whose log could hold it",
                count_of(proof.never_recorded, "indicator"),
            ));
        }
    }
    lines
}

/// What an index is made of, in sentences.
pub(super) fn index_summary(index: &Index) -> Vec<String> {
    let languages: Vec<_> = index
        .languages
        .iter()
        .map(|(language, rules)| format!("{rules} {language}"))
        .collect();
    let mut lines = vec![format!(
        "{}, {}: {}",
        count_of(index.rules, "rule"),
        count_of(index.techniques.len(), "technique"),
        languages.join(", ")
    )];
    if index.untagged > 0 {
        lines.push(format!(
            "{} without a technique",
            count_of(index.untagged, "rule")
        ));
    }
    if index.unread > 0 {
        lines.push(format!("{} not evaluated", count_of(index.unread, "rule")));
    }
    if let (Some(proven), Some(recordings)) = (index.proven, index.recordings) {
        lines.push(format!(
            "{} known to fire, by {}",
            count_of(proven, "rule"),
            count_of(recordings, "recording")
        ));
    }
    lines
}

/// The name of a row.
pub(super) fn field(name: Option<&str>) -> &str {
    name.unwrap_or("(anywhere)")
}

/// The operators of a field, the most frequent first.
pub(super) fn operators(row: &FieldRow) -> String {
    let told = |counts: &std::collections::BTreeMap<String, usize>| {
        let mut counts: Vec<_> = counts.iter().collect();
        counts.sort_by_key(|(_, rules)| std::cmp::Reverse(**rules));
        let counts = counts.iter().map(|(name, rules)| format!("{name} {rules}"));
        counts.collect::<Vec<_>>().join(", ")
    };
    match (row.operators.is_empty(), row.operators_excluding.is_empty()) {
        (_, true) => told(&row.operators),
        (true, false) => format!("not: {}", told(&row.operators_excluding)),
        (false, false) => format!(
            "{}; not: {}",
            told(&row.operators),
            told(&row.operators_excluding)
        ),
    }
}

/// How far a value reaches beyond the page.
pub(super) fn reach(row: &IndicatorRow) -> String {
    if row.reach > row.rules {
        row.reach.to_string()
    } else {
        "only here".to_owned()
    }
}

/// How many recordings hold something.
pub(super) fn recordings(count: Option<usize>) -> String {
    match count {
        None => "?".to_owned(),
        Some(0) => "never".to_owned(),
        Some(count) => count.to_string(),
    }
}

/// What a gap means.
pub(super) fn gap(row: &GapRow) -> String {
    let told = |events: &[String]| {
        let events = events.iter();
        let events = events.map(|event| event.trim_start_matches("Microsoft-Windows-"));
        events.collect::<Vec<_>>().join(", ")
    };
    let absent = told(&row.absent_in);
    match (row.carried_by.as_slice(), row.rules_blind) {
        ([], _) => format!("not in {absent}"),
        (carried, 0) => format!("in {}; not in {absent}", told(carried)),
        (carried, blind) => format!(
            "in {}; not in {absent}; {} with no event that carries it",
            told(carried),
            count_of(blind, "rule")
        ),
    }
}

/// A value on one line; in quotes where blanks at its ends would not be seen.
pub(super) fn quoted(value: &str, width: usize) -> String {
    let line = one_line(value, width);
    if line.trim() == line && !line.is_empty() {
        line
    } else {
        format!("'{line}'")
    }
}

/// Whether a rule fires, and by what that is known.
pub(super) fn proof(rule: &RuleRow) -> Option<String> {
    let proofs = rule.proofs.as_ref()?;
    let Some(best) = proofs.first() else {
        return Some("no recording".to_owned());
    };
    let evidence = best
        .evidence
        .map_or_else(String::new, |grade| format!(", {grade}"));
    let outcome = match best.outcome {
        crate::coverage::Outcome::Fired => "fired",
        crate::coverage::Outcome::Hit => "hit",
    };
    let more = match proofs.len() - 1 {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    Some(format!("{outcome} on {}{evidence}{more}", best.recording))
}

/// Rows up to a number, and how many are left; zero shows all.
pub(super) fn top<T>(rows: &[T], most: usize) -> (&[T], usize) {
    let most = if most == 0 { rows.len() } else { most };
    let shown = rows.get(..most).unwrap_or(rows);
    (shown, rows.len() - shown.len())
}
