//! From the kinds of records that stand out to the signals of a draft.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::kinds::{How, Kind};
use super::rank::{Ranked, Reason};
use super::record::{key, program, row, said, source_of, taken, text, texts};
use super::stable::{Names, is_whole};
use super::survey::{Survey, Wanted as Window};
use super::value::{Asked, Wanted, asked};
use crate::content::LogInput;
use crate::content::expectation::SignalId;
use crate::event::catalogue::SourceId;
use crate::event::{Event, OwnedEvent, OwnedValue, Section};
use crate::log::ReadOptions;
use crate::run::event::Interrupt;
use crate::run::explain::visit_events;

/// So many processes of a kind are remembered.
const MOST_PROCESSES: usize = 1000;

/// So many fields that hold arguments are asked for.
const MOST_ARGUMENT_FIELDS: usize = 3;

/// The name of a signal is not longer.
const LONGEST_NAME: usize = 40;

/// A drafted signal.
#[derive(Debug, Clone)]
pub(super) struct DraftSignal {
    pub(super) id: String,
    pub(super) source: SourceId,
    pub(super) event_id: Option<u32>,
    pub(super) fields: Vec<Asked>,
    /// The field, the other signal, and the field there.
    pub(super) same: Option<(String, String, String)>,
    /// The signal that comes before.
    pub(super) after: Option<String>,
    pub(super) facts: Facts,
}

/// Why a signal stands out.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// How many records there are of its kind.
    pub(super) count: u64,
    /// How many there are of its source.
    pub(super) of: u64,
    /// How many of its kind are outside of the window.
    pub(super) outside: u64,
    /// What ties it to the test.
    pub(super) reason: Option<Reason>,
}

/// The first record of a kind, and the processes that its records are the starts
/// of.
struct Example {
    event: OwnedEvent,
    time: Option<Timestamp>,
    processes: BTreeSet<String>,
    /// The signal's fields.
    fields: Vec<Asked>,
    name: String,
}

/// Drafts signals; `names` are those of arguments, `all_names` also those of facts
/// of the host.
pub(super) fn draft(
    ranked: &[Ranked],
    survey: &Survey,
    inputs: &[LogInput],
    wanted: Window<'_>,
    all_names: &Names,
    interrupt: &Interrupt,
) -> Vec<DraftSignal> {
    let examples = examples(ranked, inputs, wanted, all_names, interrupt);
    let mut found: Vec<(&Ranked, Example)> = ranked
        .iter()
        .zip(examples)
        .filter_map(|(kind, example)| Some((kind, example?)))
        .collect();
    found.sort_by_key(|(_, example)| (example.time, example.event.id));
    let mut seen = BTreeSet::new();
    found.retain(|(kind, example)| {
        let shape = (
            kind.seen.source.clone(),
            kind.seen.event_id,
            format!("{:?}", example.fields),
        );
        seen.insert(shape)
    });
    let ids = unique(found.iter().map(|(_, example)| example.name.as_str()));
    let mut signals = Vec::new();
    for (place, (kind, example)) in found.iter().enumerate() {
        let mut signal = DraftSignal {
            id: ids[place].clone(),
            source: kind.seen.source.clone(),
            event_id: kind.seen.event_id,
            fields: example.fields.clone(),
            same: None,
            after: None,
            facts: Facts {
                count: kind.seen.count,
                of: survey.records_of(&kind.seen.source),
                outside: kind.seen.outside,
                reason: Some(kind.reason),
            },
        };
        // Only to what comes before, so that nothing refers in a circle.
        if let Some((field, other, other_field)) = tie(kind, example, &found[..place]) {
            signal.after = Some(ids[other].clone());
            signal.same = Some((field, ids[other].clone(), other_field));
        }
        signals.push(signal);
    }
    signals
}

/// The process that a record belongs to: the field, the place of its signal, and
/// the field there.
fn tie(
    kind: &Ranked,
    example: &Example,
    before: &[(&Ranked, Example)],
) -> Option<(String, usize, String)> {
    let own = row_of(kind)?.ties.by.as_ref()?;
    let process = owned_text(&example.event, own)?;
    before
        .iter()
        .enumerate()
        .rev()
        .find_map(|(place, (other, started))| {
            let starts = row_of(other)?.ties.starts.as_ref()?;
            let is_same_log = other.seen.source == kind.seen.source;
            (is_same_log && started.processes.contains(&process.to_lowercase()))
                .then(|| (own.clone(), place, starts.clone()))
        })
}

fn row_of(kind: &Ranked) -> Option<&'static Kind> {
    super::kinds::Kinds::bundled().of(kind.seen.source.as_str(), kind.seen.event_id)
}

fn owned_text<'e>(event: &'e OwnedEvent, name: &str) -> Option<&'e str> {
    event.fields.iter().find_map(|field| match &field.value {
        OwnedValue::Text(text) if field.section.is_payload() && &*field.name == name => {
            Some(&**text)
        }
        _ => None,
    })
}

/// Reads the capture again, for the first record of each kind.
fn examples(
    ranked: &[Ranked],
    inputs: &[LogInput],
    wanted: Window<'_>,
    all_names: &Names,
    interrupt: &Interrupt,
) -> Vec<Option<Example>> {
    let places: HashMap<&str, usize> = ranked
        .iter()
        .enumerate()
        .map(|(place, kind)| (&*kind.key, place))
        .collect();
    let mut examples: Vec<Option<Example>> = ranked.iter().map(|_| None).collect();
    // They were told when the capture was read first.
    let mut told = Vec::new();
    let options = ReadOptions::default();
    visit_events(inputs, &options, interrupt, &mut told, &mut |event| {
        let time = event.time();
        if wanted.window.is_some_and(|window| !window.holds(time)) {
            return;
        }
        let (Some(source), event_id) = source_of(event.origin()) else {
            return;
        };
        let key = key(event, source, event_id, wanted.names);
        let Some(place) = places.get(key.as_str()) else {
            return;
        };
        let kind = row(source, event_id);
        let example = examples[*place].get_or_insert_with(|| {
            let fields = fields(event, kind, all_names);
            Example {
                event: OwnedEvent::from(event),
                time,
                processes: BTreeSet::new(),
                fields,
                name: name(event, source.id.as_str(), event_id, kind),
            }
        });
        if let Some(starts) = kind.and_then(|kind| kind.ties.starts.as_ref())
            && let Some(process) = text(event, starts)
            && example.processes.len() < MOST_PROCESSES
        {
            example.processes.insert(process.to_lowercase());
        }
    });
    examples
}

fn fields(event: Event<'_>, kind: Option<&Kind>, names: &Names) -> Vec<Asked> {
    let mut fields = Vec::new();
    if let Some(kind) = kind {
        let actor = kind.actor.as_ref().and_then(|field| text(event, field));
        let actor = actor.map(|path| program(&path)).unwrap_or_default();
        for take in &kind.takes {
            let found = taken(event, take)
                .and_then(|(field, text)| asked(field, &text, take.how, &actor, names));
            fields.extend(found);
        }
        arguments(event, kind, names, &mut fields);
    }
    // Two fields of one name would be one key twice.
    let mut seen = BTreeSet::new();
    fields.retain(|asked| seen.insert(asked.key.clone()));
    if fields.is_empty()
        && let Some(provider) = event.find(Section::System, "Provider_Name").and_then(said)
    {
        fields.extend(asked("Provider_Name", &provider, How::Text, "", names));
    }
    fields
}

/// The fields whose whole value is an argument or is made of one.
fn arguments(event: Event<'_>, kind: &Kind, names: &Names, fields: &mut Vec<Asked>) {
    let taken: Vec<_> = event
        .fields()
        .filter(|field| field.section.is_payload() && kind.may_hold_argument(field.name))
        .filter(|field| !field.name.contains(['|', '/']))
        .filter_map(|field| {
            let text = texts(field.value).find(|text| {
                let parts = names.parts(text);
                is_whole(&parts) && is_argument(&parts)
            })?;
            asked(field.name, text, How::Text, "", names)
        })
        .filter(|asked| matches!(asked.value, Wanted::Text(_)))
        .take(MOST_ARGUMENT_FIELDS)
        .collect();
    fields.extend(taken);
}

fn is_argument(parts: &[super::stable::Part]) -> bool {
    parts.iter().any(
        |part| matches!(part, super::stable::Part::Variable(name) if !name.starts_with("host.")),
    )
}

/// A speaking name for a signal.
fn name(event: Event<'_>, source: &str, event_id: Option<u32>, kind: Option<&Kind>) -> String {
    let Some(kind) = kind else {
        return match event_id {
            Some(id) => format!("{source}-{id}"),
            None => source.to_owned(),
        };
    };
    let by = kind.named_by.as_ref().or(kind.actor.as_ref());
    let named = by.and_then(|field| {
        let take = kind.takes.iter().find(|take| take.field == *field);
        take.and_then(|take| Some(taken(event, take)?.1))
            .or_else(|| text(event, field))
    });
    let named = named.unwrap_or_default();
    let last = match source {
        "azure-activity" => after_nth_last(&named, '/', 2),
        _ => named.rsplit(['\\', '/']).next().unwrap_or_default(),
    };
    let stem = ["exe", "json", "dll", "EXE"]
        .iter()
        .find_map(|ending| last.strip_suffix(&format!(".{ending}")))
        .unwrap_or(last);
    let slug = slug(stem);
    if slug.is_empty() {
        kind.noun.clone()
    } else {
        format!("{slug}-{}", kind.noun)
    }
}

/// What stands behind the n-th last separator, or all of it.
fn after_nth_last(text: &str, separator: char, nth: usize) -> &str {
    match text.rmatch_indices(separator).nth(nth - 1) {
        Some((at, _)) => &text[at + separator.len_utf8()..],
        None => text,
    }
}

/// Lower-case letters, digits, and hyphens; words of `camelCase` apart.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    let mut was_small = false;
    for character in text.chars() {
        if slug.len() >= LONGEST_NAME {
            // A word that is cut in two says less than none.
            if character.is_ascii_alphanumeric()
                && let Some(end) = slug.rfind('-')
            {
                slug.truncate(end);
            }
            break;
        }
        if character.is_ascii_alphanumeric() {
            if character.is_ascii_uppercase() && was_small {
                slug.push('-');
            }
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        was_small = character.is_ascii_lowercase() || character.is_ascii_digit();
    }
    slug.trim_end_matches('-').to_owned()
}

/// Names of signals, each once.
fn unique<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    let mut given: BTreeMap<String, usize> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    names
        .map(|name| {
            let name =
                SignalId::parse(name).map_or_else(|| "signal".to_owned(), |id| id.to_string());
            let count = given.entry(name.clone()).or_default();
            loop {
                *count += 1;
                let id = match *count {
                    1 => name.clone(),
                    number => format!("{name}-{number}"),
                };
                if taken.insert(id.clone()) {
                    return id;
                }
            }
        })
        .collect()
}

/// The place of a record in a capture, for tests.
#[cfg(test)]
mod tests {
    use super::{slug, unique};

    #[test]
    fn names_speak() {
        assert_eq!(slug("SendSSHPublicKey"), "send-sshpublic-key");
        assert_eq!(slug("code-tunnel"), "code-tunnel");
        assert_eq!(slug("ÄöÜ"), "");
        assert_eq!(slug("..\u{1b}x y"), "x-y");
        assert_eq!(
            unique(["a", "a", "a-2", "", "-"].into_iter()),
            ["a", "a-2", "a-2-2", "signal", "signal-2"]
        );
    }
}
