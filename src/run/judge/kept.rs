//! The records of a recording, kept while it is judged.

use std::sync::OnceLock;

use crate::event::{Batch, Event};

/// What is visited to keep it: every batch, with the bytes that it stands for.
pub(super) type BatchSource<'s> = dyn FnMut(&mut dyn FnMut(Batch, u64)) + 's;

/// Records that are decoded by the first who visits them, if they are few enough.
#[derive(Debug)]
pub(super) struct Kept {
    /// How many bytes of logs are kept at most.
    most: u64,
    /// `None` where there were more.
    batches: OnceLock<Option<Vec<Batch>>>,
}

impl Kept {
    /// Nothing yet, and never more than so many bytes.
    pub(super) fn up_to(most: u64) -> Self {
        Self {
            most,
            batches: OnceLock::new(),
        }
    }

    /// Visits every event, in order; reads them only where they are not kept. A visit
    /// starts no other.
    pub(super) fn visit(&self, read: &mut BatchSource<'_>, visit: &mut dyn FnMut(Event<'_>)) {
        let mut is_visited = false;
        let batches = self.batches.get_or_init(|| {
            if self.most == 0 {
                return None;
            }
            is_visited = true;
            let mut batches = Some(Vec::new());
            let mut size = 0_u64;
            read(&mut |batch, bytes| {
                batch.events().for_each(&mut *visit);
                size = size.saturating_add(bytes);
                if size > self.most {
                    batches = None;
                } else if let Some(batches) = &mut batches {
                    batches.push(batch);
                }
            });
            batches
        });
        if is_visited {
            return;
        }
        match batches {
            Some(batches) => {
                let events = batches.iter().flat_map(Batch::events);
                events.for_each(visit);
            }
            None => read(&mut |batch, _| batch.events().for_each(&mut *visit)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::event::{FileId, Names};
    use crate::log::{ReadOptions, read_bytes};

    /// How often a log of three records is read in as many visits.
    fn readings(kept: &Kept) -> u32 {
        let options = ReadOptions {
            names: Arc::new(Names::builder().freeze()),
            declared: None,
        };
        let record = r##"{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}},"EventID":1,"Channel":"C","EventRecordID":1}}}"##;
        let log = format!("{record}\n").repeat(3);
        let mut readings = 0;
        for _ in 0..3 {
            let mut events = 0;
            let mut read = |visit: &mut dyn FnMut(Batch, u64)| {
                readings += 1;
                let opened = read_bytes(
                    Path::new("a.jsonl"),
                    log.clone().into(),
                    FileId(0),
                    &options,
                );
                let mut reader = opened.expect("a log");
                while let Some(chunk) = reader.next_chunk() {
                    let chunk = chunk.expect("a chunk");
                    let size = chunk.size();
                    visit(chunk.decode(&options).batch, size);
                }
            };
            kept.visit(&mut read, &mut |_| events += 1);
            assert_eq!(events, 3);
        }
        readings
    }

    #[test]
    fn few_records_are_read_once() {
        assert_eq!(readings(&Kept::up_to(1 << 20)), 1);
    }

    #[test]
    fn many_records_are_read_each_time() {
        assert_eq!(readings(&Kept::up_to(10)), 3);
        assert_eq!(readings(&Kept::up_to(0)), 3);
    }
}
