//! What follows from a comparison: whether one matches whatever another does, and
//! whether both can match one value.

use super::rule::{Item, Part, plain};

/// How a text is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Equal,
    Contains,
    Starts,
    Ends,
}

/// A comparison with one value.
#[derive(Debug, PartialEq)]
struct Comparison {
    how: How,
    is_cased: bool,
    /// The value; in lower case where case does not matter.
    text: String,
}

/// What an item compares its field with.
struct Comparisons {
    /// Whether all of them must match, and not one.
    is_all: bool,
    each: Vec<Comparison>,
}

impl Comparisons {
    /// None for an item that compares otherwise than texts without wildcards.
    fn of(item: &Item<'_>) -> Option<Self> {
        /// Every value is held against every other; longer lists are not looked into.
        const LONGEST: usize = 1000;
        const UNDERSTOOD: [&str; 5] = ["all", "cased", "contains", "endswith", "startswith"];
        let mut modifiers = item.modifiers.iter();
        if !modifiers.all(|modifier| UNDERSTOOD.contains(modifier)) {
            return None;
        }
        if item.values.len() > LONGEST {
            return None;
        }
        let how = match (
            item.has("contains"),
            item.has("startswith"),
            item.has("endswith"),
        ) {
            (true, ..) => How::Contains,
            (_, true, _) => How::Starts,
            (.., true) => How::Ends,
            _ => How::Equal,
        };
        let is_cased = item.has("cased");
        let each = item.values.iter().map(|value| {
            let text = match (value.as_str(), value.as_integer()) {
                (Some(text), _) => plain(text)?,
                (None, Some(number)) => number.to_string(),
                _ => return None,
            };
            let text = if is_cased { text } else { text.to_lowercase() };
            Some(Comparison {
                how,
                is_cased,
                text,
            })
        });
        Some(Self {
            is_all: item.has("all"),
            each: each.collect::<Option<_>>()?,
        })
    }

    /// Whether whatever matches these matches the others.
    fn imply(&self, others: &Self) -> bool {
        let some_implies = |other: &Comparison| self.each.iter().any(|own| own.implies(other));
        let all_imply = |other: &Comparison| self.each.iter().all(|own| own.implies(other));
        match (self.is_all, others.is_all) {
            (true, true) => others.each.iter().all(some_implies),
            (true, false) => others.each.iter().any(some_implies),
            (false, true) => others.each.iter().all(all_imply),
            (false, false) => {
                let is_covered =
                    |own: &Comparison| others.each.iter().any(|other| own.implies(other));
                self.each.iter().all(is_covered)
            }
        }
    }

    /// Whether one text can match both.
    fn can_meet(&self, others: &Self) -> bool {
        let meets = |own: &Comparison| {
            let mut others_each = others.each.iter();
            if others.is_all {
                others_each.all(|other| own.can_meet(other))
            } else {
                others_each.any(|other| own.can_meet(other))
            }
        };
        if self.is_all {
            self.each.iter().all(meets)
        } else {
            self.each.iter().any(meets)
        }
    }
}

impl Comparison {
    fn implies(&self, other: &Self) -> bool {
        // A comparison that heeds case follows from none that does not.
        if other.is_cased && !self.is_cased {
            return false;
        }
        let lower;
        let own = if self.is_cased && !other.is_cased {
            lower = self.text.to_lowercase();
            &lower
        } else {
            &self.text
        };
        let text = &other.text;
        match (self.how, other.how) {
            (How::Equal, How::Equal) => own == text,
            (_, How::Contains) => own.contains(text.as_str()),
            (How::Equal | How::Starts, How::Starts) => own.starts_with(text.as_str()),
            (How::Equal | How::Ends, How::Ends) => own.ends_with(text.as_str()),
            (_, How::Equal)
            | (How::Contains, _)
            | (How::Starts, How::Ends)
            | (How::Ends, How::Starts) => false,
        }
    }

    fn can_meet(&self, other: &Self) -> bool {
        let (own, text) = (self.text.to_lowercase(), other.text.to_lowercase());
        match (self.how, other.how) {
            (How::Equal, How::Equal) => own == text,
            (How::Equal, How::Contains) => own.contains(&text),
            (How::Equal, How::Starts) => own.starts_with(&text),
            (How::Equal, How::Ends) => own.ends_with(&text),
            (_, How::Equal) => other.can_meet(self),
            (How::Starts, How::Starts) => own.starts_with(&text) || text.starts_with(&own),
            (How::Ends, How::Ends) => own.ends_with(&text) || text.ends_with(&own),
            _ => true,
        }
    }
}

/// Whether whatever matches one item matches the other.
fn item_implies(item: &Item<'_>, other: &Item<'_>) -> bool {
    if item.field != other.field {
        return false;
    }
    match (Comparisons::of(item), Comparisons::of(other)) {
        (Some(own), Some(others)) => own.imply(&others),
        _ => is_same(item, other),
    }
}

/// Whether two items say the same, whatever it is.
fn is_same(item: &Item<'_>, other: &Item<'_>) -> bool {
    let written = |item: &Item<'_>| {
        let mut values: Vec<_> = item
            .values
            .iter()
            .map(|value| value.source().text.get(value.bytes()).unwrap_or_default())
            .collect();
        values.sort_unstable();
        values.join("\n")
    };
    item.key.as_str() == other.key.as_str() && written(item) == written(other)
}

/// Of more mappings than these, not each is held against each.
const MOST_GROUPS: usize = 100;

/// Whether all that a part asks for is in its mappings, and those can be compared.
fn is_known(part: &Part<'_>) -> bool {
    (1..=MOST_GROUPS).contains(&part.groups.len()) && !part.has_more
}

/// Whether whatever matches one part matches the other.
pub(super) fn implies(part: &Part<'_>, other: &Part<'_>) -> bool {
    let group_implies = |group: &[Item<'_>], other: &[Item<'_>]| {
        other
            .iter()
            .all(|other| group.iter().any(|item| item_implies(item, other)))
    };
    // What else the other can match does no harm.
    is_known(part)
        && other.groups.len() <= MOST_GROUPS
        && part.groups.iter().all(|group| {
            let mut others = other.groups.iter();
            others.any(|other| !other.is_empty() && group_implies(group, other))
        })
}

/// Whether no event can match both parts, since one field would need two values. Only
/// for fields that hold a single value.
pub(super) fn exclude_each_other(part: &Part<'_>, other: &Part<'_>) -> bool {
    is_known(part)
        && is_known(other)
        && part.groups.iter().all(|group| {
            let mut others = other.groups.iter();
            others.all(|other| clash(group, other).is_some())
        })
}

/// Two items of one field that no value meets.
pub(super) fn clash<'i, 'y>(
    group: &'i [Item<'y>],
    other: &'i [Item<'y>],
) -> Option<(&'i Item<'y>, &'i Item<'y>)> {
    group.iter().find_map(|item| {
        let own = Comparisons::of(item)?;
        other.iter().find_map(|other| {
            if item.field != other.field || std::ptr::eq(item, other) {
                return None;
            }
            let others = Comparisons::of(other)?;
            (!own.can_meet(&others)).then_some((item, other))
        })
    })
}

/// Values of an item that cannot all match at once.
pub(super) fn clashes_with_itself(item: &Item<'_>) -> bool {
    Comparisons::of(item).is_some_and(|own| {
        let mut pairs = own
            .each
            .iter()
            .enumerate()
            .flat_map(|(index, one)| own.each[..index].iter().map(move |other| (one, other)));
        own.is_all && pairs.any(|(one, other)| !one.can_meet(other))
    })
}

/// The value of an item that another of its values makes superfluous: the places of the
/// two in the list.
pub(super) fn superfluous(item: &Item<'_>) -> Vec<(usize, usize)> {
    let Some(own) = Comparisons::of(item) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (index, one) in own.each.iter().enumerate() {
        let other = own.each.iter().enumerate().find(|(place, other)| {
            if *place == index {
                return false;
            }
            let (narrow, wide) = if own.is_all {
                (*other, one)
            } else {
                (one, *other)
            };
            // Of equal values the later one is.
            narrow.implies(wide) && (one != *other || *place < index)
        });
        if let Some((other, _)) = other {
            found.push((index, other));
        }
    }
    found
}
