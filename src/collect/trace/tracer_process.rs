//! The tracer in a process of its own, and the runner's end of it.
//!
//! ptrace and the adoption of orphans bind processes to whoever waits for them. In a
//! process of its own the tracer takes nobody else's children, and if it fails, or is
//! killed, the kernel ends what it traced, and the runner goes on to clean up.
//!
//! The runner starts `misfire watch-program` with one end of a socket as its standard
//! input. The tracer reads an [`Order`] there, and writes what happens as lines.

use std::io::{self, BufRead, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::error::TraceError;
use super::limits::Limits;
use super::run::follow_told;
use super::spec::{CommandSpec, OutputTo};
use super::wire::{self, Line, LineWriter, Order, Watched};

/// The longest order; a script that is longer is passed in a file.
const LONGEST_ORDER: u64 = 4 << 20;

/// The runner is in charge of time.
const ENDLESS: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// Is the tracer's process: reads an order from standard input, runs and watches it, and
/// tells the other end of that socket. The program's output is this process's.
///
/// # Errors
/// No order could be read there.
pub fn serve() -> io::Result<()> {
    let socket = std::fs::File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let mut order = String::new();
    let mut reader = io::BufReader::new(socket.try_clone()?);
    io::Read::take(&mut reader, LONGEST_ORDER).read_line(&mut order)?;
    let order: Order = serde_json::from_str(&order)?;
    let limits = Limits {
        time: ENDLESS,
        linger: ENDLESS,
        events: order.events,
        tasks: order.tasks,
        ..Limits::default()
    };
    let spec = CommandSpec {
        name: Some(order.name.into()),
        args: order.arguments.into_iter().map(Into::into).collect(),
        stdout: OutputTo::File(io::stdout().as_fd().try_clone_to_owned()?.into()),
        stderr: OutputTo::File(io::stderr().as_fd().try_clone_to_owned()?.into()),
        watched_variables: vec![order.marker.into()],
        ..CommandSpec::new(order.program)
    };
    let out = Arc::new(Mutex::new(LineWriter::new(socket)));
    let told = Arc::clone(&out);
    let mut tell = move |event: &super::event::TraceEvent| lock(&told).event(event);
    let ended = Arc::clone(&out);
    let mut program_ended = move |code, signal| {
        lock(&ended).line(&Line::Ended { code, signal });
    };
    let interrupt = AtomicBool::new(false);
    let followed = follow_told(spec, &limits, &interrupt, &mut tell, &mut program_ended);
    let mut out = lock(&out);
    match followed {
        Ok(problems) => {
            out.programs();
            for problem in problems {
                out.line(&Line::Problem(problem));
            }
            out.line(&Line::Whole);
        }
        Err(error) => out.line(&Line::Refused(with_source(&error))),
    }
    Ok(())
}

/// Whether this host lets a program be traced: traces `true`. Gives what is so, or why it
/// is not, as fragments of sentences.
///
/// # Errors
/// Why it does not.
pub fn probe() -> Result<String, String> {
    let spec = CommandSpec {
        stdout: OutputTo::Nothing,
        stderr: OutputTo::Nothing,
        ..CommandSpec::new("true")
    };
    match super::run::trace(spec, &Limits::default(), &AtomicBool::new(false)) {
        Ok(_) => Ok("programs can be watched".to_owned()),
        Err(error) => Err(with_source(&error)),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn with_source(error: &TraceError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// The runner's end: hears what the tracer's process tells.
#[derive(Debug)]
pub struct Watch {
    told: Arc<Mutex<Watched>>,
    socket: UnixStream,
    reader: Option<JoinHandle<()>>,
}

impl Watch {
    /// Begins to listen. The second value is to be the standard input of the tracer's
    /// process.
    ///
    /// # Errors
    /// There can be no socket, or no thread.
    pub fn new(order: &Order) -> io::Result<(Self, Stdio)> {
        let (ours, theirs) = UnixStream::pair()?;
        let mut line = serde_json::to_vec(order)?;
        line.push(b'\n');
        // The socket takes what it has room for only; the rest waits for the tracer.
        let mut writer = ours.try_clone()?;
        let reader = ours.try_clone()?;
        let told = Arc::new(Mutex::new(Watched::default()));
        let into = Arc::clone(&told);
        let reader = thread::Builder::new()
            .name("misfire-watch".to_owned())
            .spawn(move || {
                if writer.write_all(&line).is_err() {
                    return;
                }
                // What ends early is not whole, and that is told.
                let _ = wire::read_lines(reader, |line| lock(&into).take(line));
            })?;
        let watch = Self {
            told,
            socket: ours,
            reader: Some(reader),
        };
        Ok((watch, Stdio::from(OwnedFd::from(theirs))))
    }

    /// How the program itself ended, if it has: its exit code, and the signal that ended
    /// it.
    #[must_use]
    pub fn ended(&self) -> Option<(i32, Option<i32>)> {
        lock(&self.told).ended
    }

    /// Whether nothing more will be told.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.reader.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Stops listening. The tracer's process should have ended; what it does not tell
    /// within a short time is not heard any more.
    #[must_use]
    pub fn finish(mut self) -> Watched {
        let until = Instant::now() + Duration::from_secs(2);
        let is_running = |reader: &Option<JoinHandle<()>>| {
            reader.as_ref().is_some_and(|reader| !reader.is_finished())
        };
        while is_running(&self.reader) && Instant::now() < until {
            thread::sleep(Duration::from_millis(2));
        }
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
        if let Some(reader) = self.reader.take() {
            // A reader that panicked has kept what it had.
            let _ = reader.join();
        }
        let mut watched = std::mem::take(&mut *lock(&self.told));
        watched.events.sort_by_key(|event| event.time);
        watched
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
    }
}
