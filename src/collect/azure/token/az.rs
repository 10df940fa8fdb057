//! Tokens that the Azure command line keeps for whoever signed in with it.
//!
//! Its cache may be encrypted by the operating system, so the command itself is asked
//! (`az account get-access-token`), which renews the token, too.

use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::{Asking, Token, is_token};
use crate::collect::azure::answer::one_line;
use crate::collect::process::{Command, Finished, RunError, Runner};
use crate::collect::{CollectError, Secret};

const SERVICE: &str = "the Azure command line";
/// How long it may take: it is slow to start, and may have to renew a token.
const LIMIT: Duration = Duration::from_secs(60);
/// How long a token is used whose end is not told.
const UNTOLD: SignedDuration = SignedDuration::from_secs(5 * 60);

#[derive(Deserialize)]
struct Printed {
    #[serde(rename = "accessToken")]
    token: String,
    /// Seconds since 1970. The older `expiresOn` is in local time without saying in
    /// which, so it is not used.
    expires_on: Option<i64>,
}

/// Sets the flag when it is dropped, so that work on another thread ends with the
/// work that waits for it.
struct EndsWithIt(Arc<AtomicBool>);

impl Drop for EndsWithIt {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A token; or why there is none although nothing went wrong.
pub(super) async fn token(
    asking: &Asking<'_>,
    runner: &Arc<dyn Runner>,
) -> Result<Result<Token, String>, CollectError> {
    let command = command(asking.audience);
    let ended = Arc::new(AtomicBool::new(false));
    let _ends = EndsWithIt(Arc::clone(&ended));
    let runner = Arc::clone(runner);
    let work = tokio::task::spawn_blocking(move || {
        runner.run(&command, LIMIT, &|| ended.load(Ordering::Relaxed))
    });
    let failed = |because: String| CollectError::Unreachable {
        service: SERVICE.to_owned(),
        because,
    };
    match work.await {
        Ok(Ok(finished)) => read(&finished, asking.client.clock().now()),
        Ok(Err(RunError::NotFound)) => Ok(Err("not installed".to_owned())),
        Ok(Err(RunError::Interrupted)) => Err(CollectError::Interrupted),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(_) => Err(failed("it could not be run".to_owned())),
    }
}

fn command(audience: &str) -> Command {
    let arguments = [
        "account",
        "get-access-token",
        "--output",
        "json",
        "--resource",
        audience,
    ];
    Command {
        program: if cfg!(windows) { "az.cmd" } else { "az" }.into(),
        arguments: arguments.map(OsString::from).to_vec(),
    }
}

fn read(finished: &Finished, now: Timestamp) -> Result<Result<Token, String>, CollectError> {
    if finished.code != Some(0) {
        let text = String::from_utf8_lossy(&finished.stderr).into_owned();
        if text.contains("az login") && !text.contains("AADSTS") {
            return Ok(Err("nobody is signed in".to_owned()));
        }
        // AADSTS50173, AADSTS700082, and the like: signed in once, and no longer.
        return Err(if text.contains("AADSTS") {
            CollectError::Expired {
                service: "Azure".to_owned(),
                from: SERVICE.to_owned(),
            }
        } else {
            CollectError::Unreachable {
                service: SERVICE.to_owned(),
                because: one_line(&text),
            }
        });
    }
    let malformed = |because: &str| CollectError::Malformed {
        service: SERVICE.to_owned(),
        because: because.to_owned(),
    };
    let printed: Printed = serde_json::from_slice(&finished.stdout)
        .map_err(|_| malformed("it is not the JSON of a token"))?;
    if !is_token(&printed.token) {
        return Err(malformed("it holds no token"));
    }
    let told = printed.expires_on.map(Timestamp::from_second);
    let expires = match told {
        Some(expires) => expires.map_err(|_| malformed("its token ends at no time"))?,
        None => now.saturating_add(UNTOLD).unwrap_or(now),
    };
    Ok(Ok(Token {
        secret: Secret::new(printed.token),
        expires: Some(expires),
        from: "the Azure command line",
    }))
}
