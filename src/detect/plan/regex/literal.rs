//! Texts that a match cannot do without.

use regex_syntax::hir::{Class, Hir, HirKind};

/// So many alternatives at most; more of them would keep few texts out.
const MOST: usize = 64;

/// Texts of which whatever a pattern matches holds one, case aside.
pub(super) fn required(pattern: &str) -> Option<Vec<String>> {
    let tree = regex_syntax::Parser::new().parse(pattern).ok()?;
    let texts = of(&tree)?;
    texts.iter().all(|text| !text.is_empty()).then_some(texts)
}

fn of(tree: &Hir) -> Option<Vec<String>> {
    match tree.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            Some(vec![text.to_owned()])
        }
        HirKind::Capture(capture) => of(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => of(&repetition.sub),
        HirKind::Alternation(parts) => {
            let mut all = Vec::new();
            for part in parts {
                all.extend(of(part)?);
            }
            (all.len() <= MOST).then_some(all)
        }
        HirKind::Concat(parts) => {
            let own = parts.iter().filter_map(of);
            let best = own.chain(joined(parts).into_iter().map(|run| vec![run]));
            best.max_by_key(|texts| texts.iter().map(String::len).min().unwrap_or_default())
        }
        HirKind::Class(_) => either_case(tree).map(|letter| vec![letter.to_string()]),
        _ => None,
    }
}

/// Neighbours that are single characters, case aside, as texts.
fn joined(parts: &[Hir]) -> Vec<String> {
    let mut runs = vec![String::new()];
    for part in parts {
        let text = match part.kind() {
            HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok().map(str::to_owned),
            _ => either_case(part).map(|letter| letter.to_string()),
        };
        match (text, runs.last_mut()) {
            (Some(text), Some(run)) => run.push_str(&text),
            _ => runs.push(String::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// The ASCII letter that a class stands for in either case.
fn either_case(tree: &Hir) -> Option<char> {
    let HirKind::Class(Class::Unicode(class)) = tree.kind() else {
        return None;
    };
    let mut only = None;
    for range in class.ranges() {
        if range.start() != range.end() {
            return None;
        }
        let letter = match range.start() {
            // These fold to `k` and `s`; records with them are not plain.
            '\u{212a}' => 'k',
            '\u{17f}' => 's',
            letter if letter.is_ascii() => letter.to_ascii_lowercase(),
            _ => return None,
        };
        if only.is_some_and(|known| known != letter) {
            return None;
        }
        only = Some(letter);
    }
    only
}
