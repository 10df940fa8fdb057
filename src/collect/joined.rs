//! Several ways to the same records, asked as one source.

use std::collections::HashMap;

use super::closing::{Order, Seen, Skew, Stream};
use super::proven::Proving;
use super::{Boxed, CollectError, Collected, CollectedFile, Gathered, Record, Source};
use crate::event::catalogue::SourceId;
use crate::recording::{Closure, Window};

/// What a record is called by all ways, if its id does not say so.
pub type Twin = fn(&Record) -> Option<String>;

/// Several ways to the records of one source. What comes by any of them is kept once,
/// and a window is closed when it is by each of them: one that cannot be read keeps it
/// open, and the others are read all the same.
///
/// Besides, sources that cannot show how far they have come may be asked along with
/// them, each time.
pub struct Joined {
    ways: Vec<Way>,
    beside: Vec<Beside>,
    twin: Twin,
    /// By which way a record came first that several ways may bring.
    brought_by: HashMap<String, usize>,
}

struct Way {
    source: Box<dyn Proving>,
    /// What its last asking failed of.
    failure: Option<CollectError>,
}

struct Beside {
    source: Box<dyn Source>,
    gathered: Gathered,
    failure: Option<CollectError>,
}

impl Joined {
    /// Nothing yet. `twin` names what comes by several ways; the same id makes the same
    /// record in any case.
    #[must_use]
    pub fn new(twin: Twin) -> Self {
        Self {
            ways: Vec::new(),
            beside: Vec::new(),
            twin,
            brought_by: HashMap::new(),
        }
    }

    /// By this way, too.
    pub fn add(&mut self, source: Box<dyn Proving>) {
        self.ways.push(Way {
            source,
            failure: None,
        });
    }

    /// Asks another source along with it for the records of a window.
    pub fn ask_beside(&mut self, source: Box<dyn Source>, window: Window) {
        self.beside.push(Beside {
            source,
            gathered: Gathered::new(window),
            failure: None,
        });
    }

    /// These streams, by each way.
    #[must_use]
    pub fn by_each_way(&self, streams: &[Stream]) -> Vec<Stream> {
        let ways = self.ways.iter();
        ways.flat_map(|way| streams.iter().map(|stream| self.tagged(way, stream)))
            .collect()
    }

    /// The ways whose last asking failed, although another did not, and why.
    #[must_use]
    pub fn failures(&self) -> Vec<CollectError> {
        let failures = self.ways.iter().filter_map(|way| way.failure.clone());
        failures.collect()
    }

    /// What the sources beside it hold of a window, or why that is not known. They are
    /// never closed.
    #[must_use]
    pub fn beside(&self, window: Window) -> Vec<Result<Collected, CollectError>> {
        let collected = |beside: &Beside| match &beside.failure {
            Some(failure) if beside.gathered.records().is_empty() => Err(failure.clone()),
            failure => {
                let because = match failure {
                    Some(failure) => format!("the last asking failed: {failure}"),
                    None => format!("nothing shows how far {} has come", beside.source.name()),
                };
                let part = beside.gathered.within(window);
                Ok(Collected::of(
                    &*beside.source,
                    &part,
                    Closure::Open,
                    because,
                ))
            }
        };
        self.beside.iter().map(collected).collect()
    }

    fn tagged(&self, way: &Way, stream: &Stream) -> Stream {
        match self.ways.as_slice() {
            [_] => stream.clone(),
            _ => stream.clone().by(&way.source.name()),
        }
    }

    fn way_of(&self, stream: &Stream) -> Option<&Way> {
        match (self.ways.as_slice(), stream.way()) {
            ([one], _) => Some(one),
            (ways, Some(name)) => ways.iter().find(|way| way.source.name() == name),
            (_, None) => None,
        }
    }

    async fn ask(&mut self, gathered: &mut Gathered) -> Result<(), CollectError> {
        for (number, way) in self.ways.iter_mut().enumerate() {
            if way.failure.as_ref().is_some_and(CollectError::is_lasting) {
                continue;
            }
            let mut own = Gathered::new(*gathered.window());
            own.begin_asking();
            way.failure = way.source.ask(&mut own).await.err();
            for record in own.records() {
                let twin = (self.twin)(record);
                let first = twin.map(|twin| *self.brought_by.entry(twin).or_insert(number));
                if first.is_none_or(|first| first == number) {
                    gathered.add(&way.source.name(), record.clone())?;
                }
            }
            gathered.note_also(&own);
        }
        for beside in &mut self.beside {
            if beside
                .failure
                .as_ref()
                .is_some_and(CollectError::is_lasting)
            {
                continue;
            }
            beside.gathered.begin_asking();
            beside.failure = beside.source.ask(&mut beside.gathered).await.err();
        }
        let failures = self.failures();
        if failures.len() < self.ways.len() {
            return Ok(());
        }
        // One that may pass is worth another asking.
        let passing = failures.iter().find(|failure| !failure.is_lasting());
        match passing.or(failures.first()) {
            Some(failure) => Err(failure.clone()),
            None => Ok(()),
        }
    }
}

impl Source for Joined {
    fn source(&self) -> SourceId {
        let first = self.ways.first();
        first.map_or_else(SourceId::any, |way| way.source.source())
    }

    fn name(&self) -> String {
        let names: Vec<String> = self.ways.iter().map(|way| way.source.name()).collect();
        names.join(" and ")
    }

    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>> {
        Box::pin(self.ask(gathered))
    }

    /// In the form of the first way; all ways have records that are read alike.
    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile> {
        let first = self.ways.first();
        first.map_or_else(Vec::new, |way| way.source.files(gathered))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = Vec::new();
        for note in self.ways.iter().flat_map(|way| way.source.notes()) {
            // Ways that share a session tell the same of it.
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        notes
    }
}

impl Proving for Joined {
    fn streams(&self) -> Vec<Stream> {
        let ways = self.ways.iter();
        ways.flat_map(|way| {
            let own = way.source.streams();
            own.into_iter().map(|stream| self.tagged(way, &stream))
        })
        .collect()
    }

    fn order(&self, stream: &Stream) -> Order {
        self.way_of(stream)
            .map_or_else(|| stream.documented_order(), |way| way.source.order(stream))
    }

    fn seen(&self) -> Vec<(Stream, Seen)> {
        let ways = self.ways.iter();
        ways.flat_map(|way| {
            let seen = way.source.seen().into_iter();
            seen.map(|(stream, seen)| (self.tagged(way, &stream), seen))
        })
        .collect()
    }

    fn skew(&self, stream: &Stream) -> Skew {
        self.way_of(stream)
            .map_or(Skew::NONE, |way| way.source.skew(stream))
    }

    fn cut(&self, stream: &Stream) -> Option<String> {
        let Some(way) = self.way_of(stream) else {
            return Some("no way leads to it".to_owned());
        };
        match &way.failure {
            Some(failure) => Some(failure.to_string()),
            None => way.source.cut(stream),
        }
    }
}
