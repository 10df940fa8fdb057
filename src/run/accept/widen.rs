//! Making a detection take in what came closest to it.

use crate::detect::{Language, Outcome, Seen};
use crate::event::OwnedValue;
use crate::verdict::VerdictReport;

/// Longer values are no names.
const LONGEST: usize = 100;

/// Programs of Windows itself that tests start others with. A detection that takes in
/// one of these by its name fires on everyday work.
const EVERYDAY: [&str; 24] = [
    "bitsadmin.exe",
    "certutil.exe",
    "cmd.exe",
    "conhost.exe",
    "cscript.exe",
    "curl.exe",
    "explorer.exe",
    "msiexec.exe",
    "mshta.exe",
    "net.exe",
    "net1.exe",
    "netsh.exe",
    "powershell.exe",
    "pwsh.exe",
    "reg.exe",
    "regsvr32.exe",
    "rundll32.exe",
    "sc.exe",
    "schtasks.exe",
    "services.exe",
    "svchost.exe",
    "tasklist.exe",
    "wmic.exe",
    "wscript.exe",
];

/// Conditions of a detection that are to take in more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Widening {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    /// The condition as it is written.
    before: String,
    /// The same with an alternative.
    after: String,
    /// What the alternative takes in.
    takes_in: String,
}

impl Widening {
    /// The text with the changes made; none if a condition does not stand in it once.
    pub(super) fn applied(&self, text: &str) -> Option<String> {
        let mut text = text.to_owned();
        for part in &self.parts {
            if text.matches(&part.before).count() != 1 {
                return None;
            }
            text = text.replacen(&part.before, &part.after, 1);
        }
        Some(text)
    }

    /// What it does, as an instruction.
    pub(super) fn title(&self) -> String {
        let parts: Vec<_> = self
            .parts
            .iter()
            .map(|part| part.takes_in.as_str())
            .collect();
        format!("take in {} as well", parts.join(" and "))
    }

    /// In how many places it changes the text.
    pub(super) fn places(&self) -> usize {
        self.parts.len()
    }
}

/// The conditions that failed on the event that came closest, made to take in what it
/// holds.
///
/// # Errors
///
/// Why that cannot be done, as a fragment of a sentence.
pub(super) fn widen(
    language: Language,
    text: &str,
    verdict: &VerdictReport,
) -> Result<Widening, String> {
    let nearest = verdict
        .near_miss
        .as_ref()
        .and_then(|near| near.explanation.nearest.as_ref());
    let Some(nearest) = nearest else {
        return Err(verdict.reason.clone());
    };
    let failed = nearest.outcomes.iter().filter(|outcome| !outcome.satisfied);
    let parts: Vec<_> = failed
        .map(|outcome| part(language, text, outcome))
        .collect::<Result<_, _>>()?;
    if parts.is_empty() {
        return Err(verdict.reason.clone());
    }
    Ok(Widening { parts })
}

fn part(language: Language, text: &str, outcome: &Outcome) -> Result<Part, String> {
    let predicate = &outcome.predicate;
    let field = predicate.field.as_deref().unwrap_or("the record");
    let value = match &outcome.seen {
        Seen::Value(OwnedValue::Text(value)) => value.to_string(),
        Seen::Value(OwnedValue::Integer(value)) => value.to_string(),
        Seen::Value(value) => return Err(format!("`{field}` holds {value:?}, which is no name")),
        Seen::Absent => {
            return Err(format!("the record that comes closest has no `{field}`"));
        }
        Seen::WholeEvent => return Err("no record holds the words that it asks for".to_owned()),
    };
    if predicate.negated {
        return Err(format!(
            "it leaves out `{field}` {} on purpose, and the test has just that",
            predicate.operator
        ));
    }
    let name = value
        .rsplit(['\\', '/'])
        .next()
        .unwrap_or(&value)
        .to_owned();
    if EVERYDAY.contains(&name.to_lowercase().as_str()) {
        return Err(format!(
            "what comes closest is `{field}` = `{name}`, which does everyday work: naming it would fire on that; it would have to look at another record"
        ));
    }
    if name.is_empty() || value.len() > LONGEST || value.contains(['"', '\'', '\n']) {
        return Err(format!(
            "`{field}` is `{value}`, which is no name to take in"
        ));
    }
    let span = predicate.span.clone().unwrap_or_default();
    let before = text.get(span.clone()).unwrap_or_default();
    let is_evaluated = language == Language::Spl && is_in_where(text, span.start);
    let left = subject(before)
        .ok_or_else(|| format!("`{field}` is `{value}`, which none of its conditions takes in"))?;
    let is_path = name != value;
    let is_lower = ["lower(", "toLowerCase("]
        .iter()
        .any(|call| left.contains(call));
    let cased = |text: &str| {
        if is_lower {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let (name, value) = (cased(&name), cased(&value));
    let alternative = match language {
        Language::Sumo if is_path => format!("{left} matches \"*\\\\{name}\""),
        Language::Sumo => format!("{left} = \"{value}\""),
        Language::Spl if is_path && is_evaluated => {
            format!("like(lower({left}), \"%\\\\{}\")", name.to_lowercase())
        }
        Language::Spl if is_path => format!("{left}=\"*\\\\{name}\""),
        Language::Spl => format!("{left}=\"{value}\""),
        Language::SumoCse if is_path => format!("{left} LIKE '%{name}'"),
        Language::SumoCse => format!("{left} = '{value}'"),
        _ => {
            return Err(format!(
                "`{field}` is `{value}`, which none of its conditions takes in"
            ));
        }
    };
    let or = if language == Language::Sumo {
        "or"
    } else {
        "OR"
    };
    Ok(Part {
        before: before.to_owned(),
        after: format!("({before} {or} {alternative})"),
        takes_in: format!("`{}`", if is_path { &name } else { &value }),
    })
}

/// Whether a place of a search stands in a command that evaluates, where `=` knows no
/// wildcards.
fn is_in_where(text: &str, place: usize) -> bool {
    let before = text.get(..place).unwrap_or_default();
    let command = before.rsplit('|').next().unwrap_or_default().trim_start();
    ["where", "eval"]
        .iter()
        .any(|word| command.starts_with(word))
        && before.contains('|')
}

/// What stands on the left of a comparison, or in front in a call that compares.
fn subject(condition: &str) -> Option<&str> {
    for call in ["like(", "match(", "LIKE("] {
        if let Some(arguments) = condition.strip_prefix(call) {
            let (first, _) = arguments.rsplit_once(',')?;
            return Some(first.trim());
        }
    }
    let words = [
        " matches ",
        " contains ",
        " like ",
        " LIKE ",
        " in ",
        " IN ",
        "=",
    ];
    let places = words.iter().filter_map(|word| condition.find(word));
    let left = condition
        .get(..places.min()?)?
        .trim_end_matches(['!', '=', ' ']);
    let is_whole = left.matches('(').count() == left.matches(')').count();
    (is_whole && !left.is_empty()).then_some(left)
}
