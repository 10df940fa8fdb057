//! A program of the user's that prints credentials.
//!
//! Facts: AWS SDKs and Tools reference guide, "Process credential provider".

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::Deserialize;

use super::super::credentials::Credentials;
use super::super::session::misconfigured;
use super::kept::of_json;
use crate::collect::CollectError;

/// How long the program may take: it may have to ask someone.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is looked whether it has ended.
const TICK: Duration = Duration::from_millis(20);
/// How much of what it prints is read.
const LONGEST: u64 = 1 << 20;

/// Runs the program of a profile and reads what it prints.
pub(super) async fn of_process(profile: &str, command: &str) -> Result<Credentials, CollectError> {
    let name = format!("the credential process of the profile {profile}");
    let failed = |because: String| misconfigured(format!("{name} {because}"));
    let words = words(command).ok_or_else(|| failed("has a quote without an end".to_owned()))?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(failed("names no program".to_owned()));
    };
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed(format!("cannot be started: {error}")))?;
    let mut running = Running(child);
    let Some(output) = running.0.stdout.take() else {
        return Err(failed("prints nothing".to_owned()));
    };
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        output.take(LONGEST).read_to_end(&mut bytes).map(|_| bytes)
    });
    // The program is real, so the time that it takes is, too.
    let ended = tokio::time::timeout(PATIENCE, async {
        loop {
            match running.0.try_wait() {
                Ok(None) => tokio::time::sleep(TICK).await,
                Ok(Some(status)) => return Ok(status),
                Err(error) => return Err(error),
            }
        }
    });
    let status = match ended.await {
        Ok(Ok(status)) => status,
        Ok(Err(error)) => return Err(failed(format!("cannot be waited for: {error}"))),
        Err(_) => return Err(failed("does not end".to_owned())),
    };
    if !status.success() {
        return Err(failed(format!("failed ({status})")));
    }
    // A child of the program may hold its output open for ever.
    for _ in 0..100 {
        if reader.is_finished() {
            break;
        }
        tokio::time::sleep(TICK).await;
    }
    if !reader.is_finished() {
        return Err(failed("does not close its output".to_owned()));
    }
    let Ok(Ok(bytes)) = reader.join() else {
        return Err(failed("prints what cannot be read".to_owned()));
    };
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Versioned {
        version: u32,
    }
    match serde_json::from_slice(&bytes) {
        Ok(Versioned { version: 1 }) => of_json(&name, &bytes, name.clone()),
        Ok(_) => Err(failed("prints another version than 1".to_owned())),
        Err(_) => Err(failed("prints no credentials".to_owned())),
    }
}

/// A program that ends with whoever waits for it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already, or cannot be ended; there is nothing else to do.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Splits a command line at blanks; quotes keep blanks. A backslash is a character
/// like any other, as paths of Windows need it.
fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for character in command.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, _) if character.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}
