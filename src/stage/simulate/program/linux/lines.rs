//! `head`, `tail`, `sort`, `uniq`, `cut`, `wc`, and `seq`: filters of lines.

use std::cmp::Ordering;

use super::options::Options;

/// The first lines or bytes: `head`.
pub(super) fn head(text: &str, options: &Options) -> String {
    if let Some(count) = options.value(&["c", "bytes"]) {
        let count = count.parse().unwrap_or(0);
        return text.chars().take(count).collect();
    }
    let count = options.value(&["n", "lines"]).unwrap_or("10");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let count = match count.strip_prefix('-') {
        Some(left) => lines.len().saturating_sub(left.parse().unwrap_or(0)),
        None => count.parse().unwrap_or(10),
    };
    lines.into_iter().take(count).collect()
}

/// The last lines or bytes: `tail`.
pub(super) fn tail(text: &str, options: &Options) -> String {
    let signs: Vec<&str> = match options.value(&["c", "bytes"]) {
        Some(_) => text.split_inclusive(|_| true).collect(),
        None => text.split_inclusive('\n').collect(),
    };
    let count = options.value(&["n", "lines", "c", "bytes"]).unwrap_or("10");
    let skip = match count.strip_prefix('+') {
        Some(from) => from.parse().unwrap_or(1usize).saturating_sub(1),
        None => {
            let count: usize = count.trim_start_matches('-').parse().unwrap_or(10);
            signs.len().saturating_sub(count)
        }
    };
    signs.into_iter().skip(skip).collect()
}

/// Lines in order: `sort`, in the order of bytes.
pub(super) fn sort(text: &str, options: &Options) -> String {
    let separator = options.value(&["t"]).and_then(|value| value.chars().next());
    let key = options.value(&["k"]).and_then(|key| {
        let digits: String = key.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<usize>().ok()
    });
    let is_numeric = options.has(&["n", "numeric-sort"])
        || options.value(&["k"]).is_some_and(|key| key.contains('n'));
    let of = |line: &str| -> String {
        let Some(key) = key else {
            return line.to_owned();
        };
        let skip = key.saturating_sub(1);
        let fields: Vec<&str> = match separator {
            Some(separator) => line.split(separator).skip(skip).collect(),
            None => line.split_whitespace().skip(skip).collect(),
        };
        fields.join(" ")
    };
    let number = |text: &str| {
        let text = text.trim_start();
        let digits: String = text
            .char_indices()
            .take_while(|(at, sign)| {
                sign.is_ascii_digit() || *sign == '.' || (*at == 0 && *sign == '-')
            })
            .map(|(_, sign)| sign)
            .collect();
        digits.parse().unwrap_or(0.0f64)
    };
    let mut lines: Vec<&str> = text.lines().collect();
    let compare = |left: &&str, right: &&str| {
        let (left_key, right_key) = (of(left), of(right));
        let by_key = if is_numeric {
            number(&left_key)
                .partial_cmp(&number(&right_key))
                .unwrap_or(Ordering::Equal)
        } else if options.has(&["f"]) {
            left_key.to_lowercase().cmp(&right_key.to_lowercase())
        } else {
            left_key.cmp(&right_key)
        };
        by_key.then_with(|| left.cmp(right))
    };
    lines.sort_by(compare);
    if options.has(&["r", "reverse"]) {
        lines.reverse();
    }
    if options.has(&["u", "unique"]) {
        lines.dedup();
    }
    joined(lines)
}

/// Lines that are not like the one before: `uniq`.
pub(super) fn uniq(text: &str, options: &Options) -> String {
    let mut groups: Vec<(usize, &str)> = Vec::new();
    for line in text.lines() {
        match groups.last_mut() {
            Some((count, last)) if *last == line => *count += 1,
            _ => groups.push((1, line)),
        }
    }
    let mut out = String::new();
    for (count, line) in groups {
        if (options.has(&["d"]) && count < 2) || (options.has(&["u"]) && count > 1) {
            continue;
        }
        if options.has(&["c", "count"]) {
            out.push_str(&format!("{count:7} "));
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Pieces of lines: `cut`.
pub(super) fn cut(text: &str, options: &Options) -> Option<String> {
    let delimiter = options.value(&["d", "delimiter"]).unwrap_or("\t");
    let delimiter = delimiter.chars().next().unwrap_or('\t');
    let between = options
        .value(&["output-delimiter"])
        .map_or_else(|| delimiter.to_string(), str::to_owned);
    let fields = options.value(&["f", "fields"]);
    let ranges: Vec<(usize, usize)> = fields
        .or_else(|| options.value(&["c", "b", "characters", "bytes"]))?
        .split(',')
        .filter_map(|range| match range.split_once('-') {
            Some((from, to)) => {
                let from = if from.is_empty() {
                    1
                } else {
                    from.parse().ok()?
                };
                let to = if to.is_empty() {
                    usize::MAX
                } else {
                    to.parse().ok()?
                };
                Some((from, to))
            }
            None => range.parse().ok().map(|only| (only, only)),
        })
        .collect();
    let is_wanted = |at: usize| {
        let found = ranges.iter().any(|(from, to)| (*from..=*to).contains(&at));
        found != options.has(&["complement"])
    };
    let mut out = String::new();
    for line in text.lines() {
        if fields.is_none() {
            let signs = line.chars().zip(1..).filter(|(_, at)| is_wanted(*at));
            out.extend(signs.map(|(sign, _)| sign));
        } else if line.contains(delimiter) {
            let pieces = line.split(delimiter).zip(1..);
            let pieces: Vec<&str> = pieces
                .filter(|(_, at)| is_wanted(*at))
                .map(|(piece, _)| piece)
                .collect();
            out.push_str(&pieces.join(&between));
        } else if options.has(&["s"]) {
            continue;
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    Some(out)
}

/// How many lines, words, and bytes: `wc`.
pub(super) fn wc(text: &str, options: &Options, name: &str) -> String {
    let lines = text.matches('\n').count();
    let words = text.split_whitespace().count();
    let mut counts = Vec::new();
    let shows_all = !options.has(&["l", "w", "c", "m", "lines", "words", "bytes", "chars"]);
    if shows_all || options.has(&["l", "lines"]) {
        counts.push(lines);
    }
    if shows_all || options.has(&["w", "words"]) {
        counts.push(words);
    }
    if options.has(&["m", "chars"]) {
        counts.push(text.chars().count());
    }
    if shows_all || options.has(&["c", "bytes"]) {
        counts.push(text.len());
    }
    let width = if counts.len() > 1 && name.is_empty() {
        7
    } else {
        0
    };
    let counts: Vec<String> = counts
        .iter()
        .map(|count| format!("{count:>width$}"))
        .collect();
    let name = if name.is_empty() {
        String::new()
    } else {
        format!(" {name}")
    };
    format!("{}{name}\n", counts.join(" "))
}

/// Numbers: `seq`; at most 100 000 of them.
pub(super) fn seq(options: &Options) -> Option<String> {
    let numbers: Vec<i64> = options
        .operands
        .iter()
        .map(|number| number.parse().ok())
        .collect::<Option<_>>()?;
    let (first, step, last) = match numbers.as_slice() {
        [last] => (1, 1, *last),
        [first, last] => (*first, 1, *last),
        [first, step, last] if *step != 0 => (*first, *step, *last),
        _ => return None,
    };
    let separator = options.value(&["s", "separator"]).unwrap_or("\n");
    let mut texts = Vec::new();
    let mut number = first;
    while texts.len() < 100_000 && ((step > 0 && number <= last) || (step < 0 && number >= last)) {
        texts.push(number.to_string());
        number = number.checked_add(step)?;
    }
    if texts.is_empty() {
        return Some(String::new());
    }
    if options.has(&["w"]) {
        let width = texts.iter().map(String::len).max().unwrap_or(0);
        texts = texts
            .iter()
            .map(|text| format!("{text:0>width$}"))
            .collect();
    }
    Some(texts.join(separator) + "\n")
}

/// Lines with their ends.
pub(super) fn joined<'t>(lines: impl IntoIterator<Item = &'t str>) -> String {
    let mut out = String::new();
    for line in lines {
        out.push_str(line);
        out.push('\n');
    }
    out
}
