//! Which kinds of records stand out.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::kinds::Kinds;
use super::survey::{Seen, Survey};
use crate::event::catalogue::SourceId;

/// A draft has at most so many signals.
pub(super) const MOST_SIGNALS: usize = 10;

/// And so many of one event id.
const MOST_OF_ONE: usize = 4;

/// A kind that is so many times less telling than the best is left out.
const SPREAD: f64 = 12.0;

/// The weight of a kind that is not in the table.
const UNKNOWN: u32 = 6;

/// A kind of records that stands out.
#[derive(Debug, Clone)]
pub(super) struct Ranked {
    pub(super) key: Box<str>,
    pub(super) seen: Seen,
    pub(super) reason: Reason,
    score: f64,
}

/// What ties a kind of records to the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// It holds an argument.
    Argument,
    /// What did it stands in the atomic's commands.
    Mentioned,
    /// What did it also did something of the above.
    Kin,
    /// Nothing but that it is rare.
    Rare,
}

/// What else is known of the test.
pub(super) struct Known<'k> {
    /// The atomic's commands, in lower case.
    pub(super) commands: &'k str,
    /// The baseline's kinds, if there is one.
    pub(super) baseline: Option<&'k HashMap<Box<str>, Seen>>,
}

/// The kinds that stand out most, the best first.
pub(super) fn rank(survey: &Survey, known: &Known<'_>) -> Vec<Ranked> {
    let kin = kin(survey, known);
    let mut ranked: Vec<_> = survey
        .kinds
        .iter()
        .filter(|(key, seen)| seen.count > 0 && !is_in(known.baseline, key))
        .map(|(key, seen)| {
            let reason = reason(seen, known, &kin);
            Ranked {
                key: key.clone(),
                seen: seen.clone(),
                reason,
                score: score(seen, reason, !kin.is_empty()),
            }
        })
        .filter(|ranked| ranked.score > 0.0)
        .collect();
    ranked.sort_by(|left, right| {
        let by_score = right.score.total_cmp(&left.score);
        by_score.then_with(|| (left.seen.first, &left.key).cmp(&(right.seen.first, &right.key)))
    });
    chosen(ranked)
}

fn is_in(baseline: Option<&HashMap<Box<str>, Seen>>, key: &str) -> bool {
    baseline.is_some_and(|kinds| kinds.contains_key(key))
}

fn chosen(ranked: Vec<Ranked>) -> Vec<Ranked> {
    let best = ranked.first().map_or(0.0, |first| first.score);
    let mut of_one: BTreeMap<(SourceId, Option<u32>), usize> = BTreeMap::new();
    let mut chosen = Vec::new();
    for kind in ranked {
        let count = of_one
            .entry((kind.seen.source.clone(), kind.seen.event_id))
            .or_default();
        // The first few of a cloud's log may well be all that there is.
        let most = if kind.seen.event_id.is_none() {
            MOST_SIGNALS
        } else {
            MOST_OF_ONE
        };
        if *count >= most || kind.score * SPREAD < best || chosen.len() >= MOST_SIGNALS {
            continue;
        }
        *count += 1;
        chosen.push(kind);
    }
    chosen
}

/// The programs and callers of what holds an argument or stands in the atomic's
/// commands: whatever else they do is likely the test's doing.
fn kin<'s>(survey: &'s Survey, known: &Known<'_>) -> HashSet<&'s str> {
    let of_test = survey.kinds.values().filter(|seen| {
        seen.count > 0
            && !seen.signs.background
            && !seen.signs.noise
            && (seen.signs.argument || is_mentioned(&seen.actor, known.commands))
    });
    of_test
        .map(|seen| match seen.event_id {
            Some(_) => &*seen.actor,
            None => &*seen.parent,
        })
        .filter(|name| !name.is_empty())
        .collect()
}

/// Whether a program stands in commands, with its ending or without.
fn is_mentioned(actor: &str, commands: &str) -> bool {
    let name = actor.strip_suffix(".exe").unwrap_or(actor);
    name.len() > 2
        && commands.match_indices(name).any(|(at, _)| {
            let joins = |character: Option<char>| {
                character
                    .is_some_and(|known| known.is_alphanumeric() || known == '-' || known == '_')
            };
            !joins(commands[..at].chars().next_back())
                && !joins(commands[at + name.len()..].chars().next())
        })
}

fn reason(seen: &Seen, known: &Known<'_>, kin: &HashSet<&str>) -> Reason {
    if seen.signs.argument {
        Reason::Argument
    } else if is_mentioned(&seen.actor, known.commands) {
        Reason::Mentioned
    } else if kin.contains(&*seen.actor) || kin.contains(&*seen.parent) {
        Reason::Kin
    } else {
        Reason::Rare
    }
}

/// How telling a kind is; `has_kin`: whether anything is tied to the test by more
/// than that it is rare.
fn score(seen: &Seen, reason: Reason, has_kin: bool) -> f64 {
    let kinds = Kinds::bundled();
    let weight = kinds
        .of(seen.source.as_str(), seen.event_id)
        .map_or(UNKNOWN, |kind| kind.weight);
    let mut score = f64::from(weight);
    score *= match reason {
        Reason::Argument => 4.0,
        Reason::Mentioned => 2.5,
        Reason::Kin => 2.0,
        Reason::Rare if has_kin => 0.3,
        Reason::Rare => 1.0,
    };
    if seen.signs.background {
        score *= 0.08;
    }
    if reason != Reason::Argument {
        if seen.signs.noise {
            score *= 0.08;
        } else if kinds.noise.parents.contains(&*seen.parent) {
            score *= 0.5;
        }
    }
    if seen.outside > 0 {
        score *= 0.2;
    }
    // What comes again and again is the noise of the host.
    #[expect(clippy::cast_precision_loss, reason = "a rough measure")]
    let count = seen.count.max(1) as f64;
    score / (1.0 + count.ln())
}

#[cfg(test)]
mod tests {
    use super::is_mentioned;

    #[test]
    fn programs_are_found_in_commands_as_words() {
        assert!(is_mentioned("schtasks.exe", "schtasks /create"));
        assert!(is_mentioned("anydesk.exe", r"copy c:\x\anydesk.exe %temp%"));
        assert!(!is_mentioned("code.exe", "decode x; code-tunnel y"));
        assert!(!is_mentioned("x.exe", "x"));
    }
}
