//! What a detection asks of an event, as a tree, and how far an event is from it.
//!
//! The distance is the least number of leaves that would have to turn out
//! otherwise. One mechanism for every language; what a leaf is differs.

use std::cmp::Reverse;

use super::explanation::Outcome;

/// Conditions over leaves.
#[derive(Debug)]
pub(super) enum Tree<L> {
    All(Vec<Self>),
    Any(Vec<Self>),
    AtLeast(usize, Vec<Self>),
    Not(Box<Self>),
    Leaf(L),
}

/// How a leaf stands in its tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Whether it is wanted not to hold.
    pub(super) negated: bool,
    /// See [`Predicate::nested`](super::Predicate::nested).
    pub(super) nested: bool,
}

/// Visits the leaves of a tree in their order.
pub(super) fn leaves<'t, L>(
    tree: &'t Tree<L>,
    standing: Standing,
    visit: &mut dyn FnMut(&'t L, Standing),
) {
    match tree {
        Tree::Leaf(leaf) => visit(leaf, standing),
        Tree::Not(part) => {
            let standing = Standing {
                negated: !standing.negated,
                nested: standing.nested || standing.negated,
            };
            leaves(part, standing, visit);
        }
        Tree::All(parts) => {
            for part in parts {
                leaves(part, standing, visit);
            }
        }
        Tree::Any(parts) | Tree::AtLeast(_, parts) => {
            let is_choice = parts.len() > 1 && !standing.negated;
            let standing = Standing {
                nested: standing.nested || is_choice,
                ..standing
            };
            for part in parts {
                leaves(part, standing, visit);
            }
        }
    }
}

/// What leaves are held against.
pub(super) trait Subject<L> {
    /// Whether a leaf comes out as wanted.
    fn comes_out(&self, leaf: &L, wanted: bool) -> bool;

    /// What became of a leaf that is wanted to come out so.
    fn outcome(&self, leaf: &L, wanted: bool) -> Outcome;

    /// The field that a leaf needs and that is absent or empty.
    fn lacks(&self, leaf: &L) -> Option<String>;
}

/// How near an event is; the lesser, the nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score {
    /// How many leaves would have to turn out otherwise.
    pub(super) changes: u32,
    /// How many leaves that count are as wanted.
    satisfied: Reverse<u32>,
}

/// No change of leaves would do.
const NEVER: u32 = u32::MAX;

impl Score {
    pub(super) const NOTHING: Self = Self {
        changes: 0,
        satisfied: Reverse(0),
    };
    const NEVER: Self = Self {
        changes: NEVER,
        satisfied: Reverse(0),
    };

    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            changes: self.changes.saturating_add(other.changes),
            satisfied: Reverse(self.satisfied.0.saturating_add(other.satisfied.0)),
        }
    }
}

/// What a tree that is wanted to come out as `wanted` asks of its parts.
enum Demand<'t, L> {
    /// Each part.
    Each(&'t [Tree<L>]),
    /// This many of the parts, whichever are nearest.
    Some(usize, &'t [Tree<L>]),
    /// The part, to come out the other way.
    Opposite(&'t Tree<L>),
    Leaf(&'t L),
}

fn demand<L>(tree: &Tree<L>, wanted: bool) -> Demand<'_, L> {
    match tree {
        Tree::Leaf(leaf) => Demand::Leaf(leaf),
        Tree::Not(part) => Demand::Opposite(part),
        Tree::All(parts) if wanted => Demand::Each(parts),
        Tree::Any(parts) if !wanted => Demand::Each(parts),
        Tree::All(parts) | Tree::Any(parts) => Demand::Some(1, parts),
        Tree::AtLeast(count, parts) if wanted => Demand::Some(*count, parts),
        // So many must fail that too few are left.
        Tree::AtLeast(count, parts) => {
            Demand::Some((parts.len() + 1).saturating_sub(*count), parts)
        }
    }
}

/// How near the tree is to coming out as `wanted`.
pub(super) fn score<L>(tree: &Tree<L>, wanted: bool, subject: &dyn Subject<L>) -> Score {
    match demand(tree, wanted) {
        Demand::Leaf(leaf) => {
            let is_wanted = subject.comes_out(leaf, wanted);
            Score {
                changes: u32::from(!is_wanted),
                satisfied: Reverse(u32::from(is_wanted)),
            }
        }
        Demand::Opposite(part) => {
            let inner = score(part, !wanted, subject);
            // An exclusion that is not in the way is nothing gained.
            if wanted && inner.changes == 0 {
                Score::NOTHING
            } else {
                inner
            }
        }
        Demand::Each(parts) => parts
            .iter()
            .map(|part| score(part, wanted, subject))
            .fold(Score::NOTHING, Score::plus),
        Demand::Some(count, parts) => {
            if parts.len() < count {
                return Score::NEVER;
            }
            let mut scores: Vec<_> = parts
                .iter()
                .map(|part| score(part, wanted, subject))
                .collect();
            scores.sort_unstable();
            scores
                .into_iter()
                .take(count)
                .fold(Score::NOTHING, Score::plus)
        }
    }
}

/// The fields without which the tree cannot come out as `wanted`, whatever the
/// event's other fields held: those of leaves that want something of a field which
/// the event does not have, or has without a value. None, if it could.
pub(super) fn lacking<L>(tree: &Tree<L>, wanted: bool, subject: &dyn Subject<L>) -> Vec<String> {
    match demand(tree, wanted) {
        Demand::Leaf(leaf) => {
            if subject.comes_out(leaf, wanted) {
                Vec::new()
            } else {
                subject.lacks(leaf).into_iter().collect()
            }
        }
        Demand::Opposite(part) => lacking(part, !wanted, subject),
        Demand::Each(parts) => {
            let lacking = parts.iter().flat_map(|part| lacking(part, wanted, subject));
            lacking.collect()
        }
        Demand::Some(count, parts) => {
            let each: Vec<_> = parts
                .iter()
                .map(|part| lacking(part, wanted, subject))
                .collect();
            let possible = each.iter().filter(|lacking| lacking.is_empty()).count();
            if possible >= count {
                Vec::new()
            } else {
                each.concat()
            }
        }
    }
}

/// What became of the leaves that matter for the tree to come out as `wanted`.
pub(super) fn outcomes<L>(tree: &Tree<L>, wanted: bool, subject: &dyn Subject<L>) -> Vec<Outcome> {
    match demand(tree, wanted) {
        Demand::Leaf(leaf) => vec![subject.outcome(leaf, wanted)],
        Demand::Opposite(part) => {
            let is_settled = score(part, !wanted, subject).changes == 0;
            if wanted && is_settled {
                Vec::new()
            } else {
                outcomes(part, !wanted, subject)
            }
        }
        Demand::Each(parts) => parts
            .iter()
            // Of several exclusions, those in the way are worth telling.
            .filter(|part| wanted || score(part, wanted, subject).changes > 0)
            .flat_map(|part| outcomes(part, wanted, subject))
            .collect(),
        // One failing leaf is enough to undo an exclusion; all of them are
        // told, since any of them would do.
        Demand::Some(_, parts) if !wanted && matches!(tree, Tree::All(_)) => parts
            .iter()
            .flat_map(|part| outcomes(part, wanted, subject))
            .collect(),
        Demand::Some(count, parts) => {
            let mut scored: Vec<_> = parts
                .iter()
                .map(|part| (score(part, wanted, subject), part))
                .collect();
            scored.sort_by_key(|(score, _)| *score);
            scored
                .into_iter()
                .take(count)
                .flat_map(|(_, part)| outcomes(part, wanted, subject))
                .collect()
        }
    }
}
