//! What the tests of collectors share: a clock that waits for nothing, a mock server
//! for blocking code, and a server that breaks off.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use misfire::collect::http::{Client, Limits, Retry};
use misfire::collect::{Boxed, Clock, Interrupt};
use misfire::recording::{Closure, Window};
use wiremock::{Mock, MockServer, Request};

/// Nobody ends it.
pub const NEVER: Interrupt<'static> = &|| false;

/// A time.
pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// A window.
pub fn window(start: &str, end: &str) -> Window {
    Window {
        start: at(start),
        end: at(end),
        closure: Closure::Open,
    }
}

/// A clock whose sleeps end at once and move it forward.
#[derive(Debug, Clone)]
pub struct TestClock {
    state: Arc<Mutex<(Timestamp, Vec<Duration>)>>,
}

impl TestClock {
    pub fn at(now: &str) -> Self {
        Self {
            state: Arc::new(Mutex::new((at(now), Vec::new()))),
        }
    }

    /// Every sleep so far.
    pub fn slept(&self) -> Vec<Duration> {
        self.state.lock().expect("the clock").1.clone()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.state.lock().expect("the clock").0
    }

    fn sleep(&self, how_long: Duration) -> Boxed<'_, ()> {
        let mut state = self.state.lock().expect("the clock");
        state.0 += how_long;
        state.1.push(how_long);
        Box::pin(std::future::ready(()))
    }
}

/// A client on that clock that gives up a hanging answer after a while.
pub fn client(clock: &TestClock) -> Client {
    client_that_waits(clock, Duration::from_secs(30))
}

/// The same, which waits so long for an answer.
pub fn client_that_waits(clock: &TestClock, answer: Duration) -> Client {
    let limits = Limits {
        answer,
        most_bytes: 1 << 20,
        ..Limits::default()
    };
    let retry = Retry {
        attempts: 4,
        seed: 7,
        ..Retry::default()
    };
    Client::new(Arc::new(clock.clone()), limits, retry)
}

/// A mock server for code that blocks.
pub struct Served {
    runtime: tokio::runtime::Runtime,
    server: MockServer,
}

impl Served {
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let server = runtime.block_on(MockServer::start());
        Self { runtime, server }
    }

    pub fn url(&self) -> String {
        self.server.uri()
    }

    pub fn mount(&self, mock: Mock) {
        self.runtime.block_on(mock.mount(&self.server));
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        let requests = self.runtime.block_on(self.server.received_requests());
        requests.expect("requests are kept")
    }
}

/// What a bare server does with a connection.
#[derive(Clone)]
pub enum Bare {
    /// Sends these bytes, then ends the connection.
    Sends(Vec<u8>),
    /// Reads the request and answers nothing while the test runs.
    Hangs,
}

/// A server that does one thing after the other, the last for ever.
pub struct BareServer {
    pub url: String,
    connections: Arc<AtomicUsize>,
}

impl BareServer {
    pub fn new(does: Vec<Bare>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        std::thread::spawn(move || {
            let mut kept = Vec::new();
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut request = [0; 8192];
                let _ = stream.read(&mut request);
                let number = counted.fetch_add(1, Ordering::SeqCst);
                match &does[number.min(does.len() - 1)] {
                    Bare::Sends(bytes) => drop(stream.write_all(bytes)),
                    Bare::Hangs => kept.push(stream),
                }
            }
        });
        Self { url, connections }
    }

    /// How many connections were made, once there were so many, or after ten seconds:
    /// a client that gives up may be ahead of the server.
    pub fn connections_up_to(&self, wanted: usize) -> usize {
        for _ in 0..1_000 {
            if self.connections() >= wanted {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.connections()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// An answer that promises more than comes.
pub fn broken_off(body: &str) -> Bare {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len() * 2
    );
    Bare::Sends([head.as_bytes(), body.as_bytes()].concat())
}

/// A whole answer.
pub fn whole(body: &str) -> Bare {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    Bare::Sends([head.as_bytes(), body.as_bytes()].concat())
}
