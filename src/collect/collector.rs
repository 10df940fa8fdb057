//! The faces of collecting: for callers, and for each source.

use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use super::{Clock, CollectError, Collected, CollectedFile, Gathered};
use crate::event::catalogue::SourceId;
use crate::recording::{Closure, Window};

/// Work that waits.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Says whether someone wants it to end.
pub type Interrupt<'a> = &'a (dyn Fn() -> bool + Sync);

/// How often it is asked whether someone wants it to end.
const TICK: Duration = Duration::from_millis(50);

/// What is to be collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The records of this time; its own `closure` says nothing here.
    pub window: Window,
    /// How long to wait at most for the window to be proven closed. Nothing waits for
    /// it that is closed already; zero asks once.
    pub wait: Duration,
}

/// Collects one source.
pub trait Collector: Send + Sync {
    /// The source.
    fn source(&self) -> SourceId;

    /// Collects the records of a window. Blocks until it is done, the time of the
    /// request is over, or `interrupt` says so.
    ///
    /// # Errors
    /// Why nothing can be said of the source.
    fn collect(
        &self,
        request: &Request,
        interrupt: Interrupt<'_>,
    ) -> Result<Collected, CollectError>;
}

/// One place that holds records and may be asked again and again.
pub trait Source: Send {
    /// Which source its records are of.
    fn source(&self) -> SourceId;

    /// What is asked, in words that fit "asked …": `CloudTrail in eu-west-1`.
    fn name(&self) -> String;

    /// Asks once (after [`Gathered::begin_asking`]), whatever pages that takes, for everything of `gathered`'s window,
    /// and adds it. After an error, what came before it is kept.
    ///
    /// # Errors
    /// Why not everything was seen.
    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>>;

    /// What was gathered as files.
    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile>;

    /// What is worth knowing of how it went, besides what `gathered` knows: which
    /// credentials were used, how often it was throttled.
    fn notes(&self) -> Vec<String>;
}

impl<S: Source + ?Sized> Source for Box<S> {
    fn source(&self) -> SourceId {
        (**self).source()
    }

    fn name(&self) -> String {
        (**self).name()
    }

    fn ask<'a>(&'a mut self, gathered: &'a mut Gathered) -> Boxed<'a, Result<(), CollectError>> {
        (**self).ask(gathered)
    }

    fn files(&self, gathered: &Gathered) -> Vec<CollectedFile> {
        (**self).files(gathered)
    }

    fn notes(&self) -> Vec<String> {
        (**self).notes()
    }
}

/// Does work that waits, on this thread, and ends it soon after `interrupt` says so.
///
/// An HTTP client belongs to one call of it: its open connections do not outlive it.
///
/// # Errors
/// Those of the work, or [`CollectError::Interrupted`].
pub fn wait_for<T>(
    interrupt: Interrupt<'_>,
    work: impl Future<Output = Result<T, CollectError>>,
) -> Result<T, CollectError> {
    if interrupt() {
        return Err(CollectError::Interrupted);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| CollectError::Unreachable {
            service: "the network".to_owned(),
            because: error.to_string(),
        })?;
    let result = runtime.block_on(async {
        let mut work = pin!(work);
        loop {
            match tokio::time::timeout(TICK, work.as_mut()).await {
                Ok(result) => return result,
                Err(_) if interrupt() => return Err(CollectError::Interrupted),
                Err(_) => {}
            }
        }
    });
    // Looking up a name happens on a thread that cannot be ended; nobody waits for it.
    runtime.shutdown_background();
    result
}

/// Asks a source once, and says nothing of what may come later.
///
/// # Errors
/// Those of the source, or an interruption.
pub fn ask_once(
    source: &mut dyn Source,
    request: &Request,
    clock: &dyn Clock,
    interrupt: Interrupt<'_>,
) -> Result<Collected, CollectError> {
    let mut gathered = Gathered::new(request.window);
    gathered.begin_asking();
    wait_for(interrupt, source.ask(&mut gathered))?;
    let because = format!(
        "asked {} once, at {}, and records may come later",
        source.name(),
        clock.now()
    );
    Ok(Collected::of(source, &gathered, Closure::Open, because))
}
