//! Records that cannot be told from others of their recording.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::event::{Batch, Event, Origin, Section, Value};

/// A record of an input.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) input: usize,
    pub(super) number: u64,
    /// The same for the same event, whatever the file and its format.
    content: u64,
}

/// What is wrong with the records of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeated {
    /// Two of its records have this number.
    Number(u64),
    /// It holds an event once more.
    Event {
        /// The number of the record.
        record: u64,
        /// The place of the input that holds it already.
        input: usize,
        /// The number of the record there.
        first: u64,
    },
}

/// The marks of a batch.
pub(super) fn marks(input: usize, batch: &Batch) -> impl Iterator<Item = Mark> + '_ {
    batch.events().map(move |event| Mark {
        input,
        number: event.id().record,
        content: content(event),
    })
}

fn content(event: Event<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    event.origin().hash(&mut hasher);
    event.time().hash(&mut hasher);
    match (event.origin(), number_in_its_log(event)) {
        // Formats write the same record differently.
        (Origin::EventLog { .. }, Some((number, computer))) => {
            number.hash(&mut hasher);
            computer.hash(&mut hasher);
        }
        _ => event.raw().hash(&mut hasher),
    }
    hasher.finish()
}

/// The number that the log gave the record, and whose log it is.
fn number_in_its_log(event: Event<'_>) -> Option<(u64, Option<&str>)> {
    let value = |name| event.get(Section::System, event.names().get(name)?);
    let number = match value("EventRecordID")? {
        Value::Integer(number) => u64::try_from(number).ok()?,
        Value::Text(text) => text.parse().ok()?,
        _ => return None,
    };
    let computer = value("Computer");
    Some((number, computer.and_then(|computer| computer.as_text())))
}

/// The first thing that is wrong with each input of those that something is wrong
/// with.
pub(super) fn find(mut marks: Vec<Mark>) -> Vec<(usize, Repeated)> {
    let mut found = Vec::new();
    marks.sort_unstable_by_key(|mark| (mark.input, mark.number));
    for pair in marks.windows(2) {
        let [one, other] = pair else { continue };
        if (one.input, one.number) == (other.input, other.number) {
            found.push((one.input, Repeated::Number(one.number)));
        }
    }
    marks.sort_unstable_by_key(|mark| (mark.content, mark.input, mark.number));
    let mut events = Vec::new();
    for pair in marks.windows(2) {
        let [first, again] = pair else { continue };
        if first.content == again.content {
            events.push((again.input, again.number, first));
        }
    }
    events.sort_unstable_by_key(|(input, record, _)| (*input, *record));
    found.extend(events.into_iter().map(|(input, record, first)| {
        let repeated = Repeated::Event {
            record,
            input: first.input,
            first: first.number,
        };
        (input, repeated)
    }));
    found.sort_by_key(|(input, _)| *input);
    found.dedup_by_key(|(input, _)| *input);
    found
}
