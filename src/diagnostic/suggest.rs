//! Guessing what a misspelled name was meant to be.

/// The candidate that is most like `name`, if one is like it at all.
///
/// Alike means: equal but for letter case, or a Damerau-Levenshtein distance of
/// at most a third of the name's length.
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let limit = name.chars().count() / 3;
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= limit)
        // Of candidates that differ by letter case only, the one most like it.
        .min_by_key(|(distance, candidate)| {
            let exact = strsim::damerau_levenshtein(name, candidate);
            (*distance, exact, *candidate)
        })
        .map(|(_, candidate)| candidate)
}
