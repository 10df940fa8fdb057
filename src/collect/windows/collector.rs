//! One channel, from the start of a window until it is closed.

use std::cell::RefCell;
use std::future::pending;
use std::io;
use std::slice::from_mut;
use std::sync::Arc;
use std::time::Duration;

use super::channel::ChannelName;
use super::command::Tools;
use super::failure::{WindowsError, failure_of};
use super::work::Work;
use crate::collect::closing::{Backoff, Closing, Ended, Patience, Stream, drive};
use crate::collect::process::{Command, Finished, Runner, SystemRunner};
use crate::collect::{
    Clock, CollectError, Collected, Collector, Interrupt, Request, SystemClock, wait_for,
};
use crate::event::catalogue::{Catalogue, OriginRef, SourceId};

/// What reading a channel may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long one program may run.
    pub command: Duration,
    /// How many bytes an export may have.
    pub export: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            command: Duration::from_secs(60),
            export: 1 << 30,
        }
    }
}

/// Collects one channel of this host.
///
/// It reads from the window's start to the present, since a later record is what
/// closes a channel; where starting a process leaves a record, it starts one that
/// ends at once before each reading. When the window is closed, it exports once
/// more, without what came later.
pub struct ChannelCollector {
    pub(super) host: String,
    pub(super) channel: ChannelName,
    pub(super) event_ids: Vec<u32>,
    pub(super) tools: Tools,
    pub(super) limits: Limits,
    pub(super) runner: Arc<dyn Runner>,
    pub(super) clock: Arc<dyn Clock>,
}

impl ChannelCollector {
    /// Collects that channel of this host, which goes by that name.
    #[must_use]
    pub fn new(host: &str, channel: ChannelName) -> Self {
        let runner = Arc::new(SystemRunner);
        let clock = Arc::new(SystemClock);
        Self::with(
            host,
            channel,
            Tools::of_this_host(),
            Limits::default(),
            runner,
            clock,
        )
    }

    /// The same with tools, limits, a runner, and a clock of one's own.
    #[must_use]
    pub fn with(
        host: &str,
        channel: ChannelName,
        tools: Tools,
        limits: Limits,
        runner: Arc<dyn Runner>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            host: host.to_owned(),
            channel,
            event_ids: Vec::new(),
            tools,
            limits,
            runner,
            clock,
        }
    }

    /// Keeps only records with these event ids. What closes the channel is read all
    /// the same.
    #[must_use]
    pub fn event_ids(mut self, event_ids: impl IntoIterator<Item = u32>) -> Self {
        self.event_ids.extend(event_ids);
        self
    }

    pub(super) fn stream(&self) -> Stream {
        Stream::channel(&self.host, self.channel.as_str())
    }
}

impl Collector for ChannelCollector {
    fn source(&self) -> SourceId {
        let origin = OriginRef::EventLog {
            provider: "",
            channel: Some(self.channel.as_str()),
            event_id: 0,
        };
        Catalogue::bundled()
            .source_of(origin)
            .map_or_else(SourceId::any, |source| source.id.clone())
    }

    fn collect(
        &self,
        request: &Request,
        interrupt: Interrupt<'_>,
    ) -> Result<Collected, CollectError> {
        let folder = tempfile::tempdir().map_err(|error| self.no_folder(&error))?;
        let work = Work {
            of: self,
            window: request.window,
            folder: folder.path(),
            interrupt,
            found: RefCell::new(None),
            notes: RefCell::new(Vec::new()),
        };
        let settings = work.settings()?;
        let mut closing = Closing::new(request.window);
        let stream = self.stream();
        closing.follow(stream.clone(), stream.documented_order());
        let patience = Patience {
            wait: request.wait,
            first_reading: self.limits.command,
            backoff: Backoff::HOST,
        };
        let clock = &*self.clock;
        let driven = wait_for(interrupt, async {
            let read = |limit| work.read(limit);
            Ok(drive(from_mut(&mut closing), &patience, clock, pending(), read).await)
        })?;
        if let (Ended::Hopeless, Some(failure)) = (driven.ended, &driven.failure) {
            return Err(failure.clone().into());
        }
        match (work.found.take(), driven.failure) {
            (Some(found), failure) => work.conclude(&settings, &closing, found, failure),
            (None, Some(failure)) => Err(failure.into()),
            (None, None) => Err(self.too_slow().into()),
        }
    }
}

impl ChannelCollector {
    pub(super) fn run(
        &self,
        command: &Command,
        limit: Duration,
        interrupt: Interrupt<'_>,
    ) -> Result<Finished, WindowsError> {
        let limit = limit.min(self.limits.command);
        let finished = self
            .runner
            .run(command, limit, interrupt)
            .map_err(|error| WindowsError::of_run(&self.channel, error))?;
        match failure_of(&self.channel, &finished) {
            Some(failure) => Err(failure),
            None => Ok(finished),
        }
    }

    pub(super) fn unreadable(&self, because: impl ToString) -> WindowsError {
        WindowsError::Unreadable {
            channel: self.channel.clone(),
            because: because.to_string(),
        }
    }

    fn too_slow(&self) -> WindowsError {
        WindowsError::TimedOut {
            channel: self.channel.clone(),
            limit: self.limits.command,
        }
    }

    fn no_folder(&self, error: &io::Error) -> CollectError {
        CollectError::Misconfigured {
            service: "the Windows event log".to_owned(),
            because: format!("no temporary folder can be made: {error}"),
        }
    }
}
