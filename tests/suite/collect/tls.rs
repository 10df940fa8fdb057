//! Encrypted connections, with a root certificate of the tests (`tests/data/tls`, whose
//! key was thrown away).

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use misfire::collect::aws::{Environment, LookupEvents, Session};
use misfire::collect::http::{Client, Limits, Outgoing, Retry};
use misfire::collect::{CollectError, Gathered, Source, wait_for};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::support::{NEVER, TestClock, window};

const NOW: &str = "2026-11-03T08:20:00Z";

fn data(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/tls")
        .join(name)
}

/// A server that answers every request with an empty page of events, encrypted.
fn server() -> String {
    let certificate = CertificateDer::from_pem_file(data("server.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(data("server-key.pem")).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a configuration");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut stream = StreamOwned::new(connection, stream);
            let mut request = [0; 8192];
            // A client that does not trust it ends the connection.
            let Ok(1..) = stream.read(&mut request) else {
                continue;
            };
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 13\r\nconnection: close\r\n\r\n\
                          {\"Events\":[]}";
            let _ = stream.write_all(answer.as_bytes());
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    format!("https://localhost:{port}")
}

fn client(roots: Vec<u8>) -> Client {
    let retry = Retry {
        attempts: 2,
        ..Retry::default()
    };
    let clock = Arc::new(TestClock::at(NOW));
    Client::with_roots(clock, Limits::default(), retry, roots)
}

#[test]
fn a_certificate_that_nobody_trusts_is_refused() {
    let outgoing = Outgoing::get(server());
    let client = client(Vec::new());
    let error = wait_for(NEVER, client.send_once("a service", &outgoing)).expect_err("no trust");
    let told = error.to_string();
    assert!(
        told.starts_with("a service cannot be reached: no connection came about"),
        "{told}"
    );
    assert!(told.contains("certificate"), "{told}");
}

#[test]
fn a_certificate_of_a_root_that_is_given_is_accepted() {
    let roots = std::fs::read(data("root.pem")).expect("a root");
    let outgoing = Outgoing::get(server());
    let answer = wait_for(NEVER, client(roots).send_once("a service", &outgoing));
    assert_eq!(answer.expect("an answer").text(), "{\"Events\":[]}");
}

#[test]
fn the_name_in_the_certificate_counts() {
    let roots = std::fs::read(data("root.pem")).expect("a root");
    // The certificate names 127.0.0.1 and localhost.
    let other = server().replace("localhost", "[::ffff:127.0.0.1]");
    let outgoing = Outgoing::get(other).direct();
    let error = wait_for(NEVER, client(roots).send_once("a service", &outgoing));
    let told = error.expect_err("another name").to_string();
    assert!(told.contains("certificate"), "{told}");
}

#[test]
fn aws_is_asked_with_the_certificates_of_its_variable() {
    let url = server();
    let root = data("root.pem");
    let variables = [
        ("AWS_ACCESS_KEY_ID", "AKIATEST"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL", &url),
        ("AWS_CA_BUNDLE", root.to_str().expect("text")),
    ];
    let ask = |variables: &[(&str, &str)]| {
        let owned = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let session = Session::with_certificates(
            Environment::new(None, owned),
            None,
            Arc::new(TestClock::at(NOW)),
            Limits::default(),
            Retry {
                attempts: 1,
                ..Retry::default()
            },
        )?;
        let mut source = LookupEvents::new(session, Vec::new());
        let window = window("2026-11-03T08:00:00Z", "2026-11-03T08:10:00Z");
        wait_for(NEVER, source.ask(&mut Gathered::new(window)))
    };
    assert_eq!(ask(&variables), Ok(()));
    let error = ask(&variables[..4]).expect_err("no trust");
    assert!(
        matches!(error, CollectError::Unreachable { .. }),
        "{error:?}"
    );

    let mut missing = variables;
    missing[4].1 = "/nonexistent/root.pem";
    let told = ask(&missing).expect_err("no file").to_string();
    assert!(
        told.starts_with("AWS is configured wrongly: /nonexistent/root.pem cannot be read"),
        "{told}"
    );
    let broken = data("server-key.pem");
    missing[4].1 = broken.to_str().expect("text");
    assert!(ask(&missing).is_err(), "a key is no certificate");
}
