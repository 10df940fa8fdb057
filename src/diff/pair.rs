//! Which of two lists belong together.

use std::collections::BTreeMap;

use super::document::{StageWord, Test};

/// Two lists, put side by side.
pub(super) struct Paired<'a, T> {
    pub(super) both: Vec<(&'a T, &'a T)>,
    pub(super) only_old: Vec<&'a T>,
    pub(super) only_new: Vec<&'a T>,
}

/// Puts side by side what has one key, whatever the order. Of several with one key, those
/// that are equal belong together, and then the rest in the order of what they hold.
pub(super) fn pair<'a, T: Ord, K: Ord>(
    old: impl IntoIterator<Item = &'a T>,
    new: impl IntoIterator<Item = &'a T>,
    key: impl Fn(&'a T) -> K,
) -> Paired<'a, T> {
    let mut groups: BTreeMap<K, (Vec<&'a T>, Vec<&'a T>)> = BTreeMap::new();
    for one in old {
        groups.entry(key(one)).or_default().0.push(one);
    }
    for one in new {
        groups.entry(key(one)).or_default().1.push(one);
    }
    let mut paired = Paired {
        both: Vec::new(),
        only_old: Vec::new(),
        only_new: Vec::new(),
    };
    for (mut old, mut new) in groups.into_values() {
        if old.len() > 1 || new.len() > 1 {
            take_equal(&mut old, &mut new, &mut paired.both);
        }
        let mut new = new.into_iter();
        for one in old {
            match new.next() {
                Some(other) => paired.both.push((one, other)),
                None => paired.only_old.push(one),
            }
        }
        paired.only_new.extend(new);
    }
    paired
}

/// Takes those that are equal out of two lists, and leaves both sorted.
fn take_equal<'a, T: Ord>(
    old: &mut Vec<&'a T>,
    new: &mut Vec<&'a T>,
    both: &mut Vec<(&'a T, &'a T)>,
) {
    old.sort();
    new.sort();
    let mut left = Vec::new();
    for one in old.drain(..) {
        match new.iter().position(|other| *other == one) {
            Some(place) => both.push((one, new.remove(place))),
            None => left.push(one),
        }
    }
    *old = left;
}

/// What makes a test the same one in another run, but for its recording.
type Identity<'a> = (
    Option<&'a str>,
    &'a str,
    &'a BTreeMap<String, String>,
    StageWord,
);

/// A test is known by its GUID, so that it may be renamed or renumbered; without one, by
/// its technique and name.
fn identity(test: &Test) -> Identity<'_> {
    let (group, name) = match &test.atomic {
        Some(guid) => (None, guid.as_str()),
        None => (test.technique.as_deref(), test.name.as_str()),
    };
    (group, name, &test.arguments, test.stage)
}

/// Puts the tests of two runs side by side: one test with the same arguments on the same
/// recording. What was not replayed is recorded anew in each run, and the name of the host
/// is a part of that recording's name: there, one test with the same arguments is the same
/// whatever its recording is called, if it is the only one.
pub(super) fn pair_tests<'a>(old: &'a [Test], new: &'a [Test]) -> Paired<'a, Test> {
    let mut paired = pair(old, new, |test| {
        let (group, name, arguments, _) = identity(test);
        (group, name, arguments, test.recording.as_str())
    });
    let mut anew: BTreeMap<Identity<'a>, [Vec<&'a Test>; 2]> = BTreeMap::new();
    let is_anew = |test: &&&Test| test.stage != StageWord::Replay;
    for test in paired.only_old.iter().filter(is_anew) {
        anew.entry(identity(test)).or_default()[0].push(test);
    }
    for test in paired.only_new.iter().filter(is_anew) {
        anew.entry(identity(test)).or_default()[1].push(test);
    }
    for [old, new] in anew.into_values() {
        if let ([old], [new]) = (old.as_slice(), new.as_slice()) {
            paired.only_old.retain(|test| !std::ptr::eq(*test, *old));
            paired.only_new.retain(|test| !std::ptr::eq(*test, *new));
            paired.both.push((old, new));
        }
    }
    paired
}
