//! Programs that print credentials.

use super::{Home, told};

fn home(command: &str) -> Home {
    let command = format!("[profile p]\ncredential_process = {command}\n");
    Home::new(&command, "")
}

#[test]
fn a_process_prints_credentials() {
    let home = home("");
    home.write(
        "keys.json",
        "{\"Version\": 1, \"AccessKeyId\": \"AKIAP\", \"SecretAccessKey\": \"hidden\", \
         \"SessionToken\": \"hidden\", \"Expiration\": \"2026-11-03T09:00:00Z\"}",
    );
    let file = home.path().join("keys.json");
    home.write(
        ".aws/config",
        &format!(
            "[profile p]\ncredential_process = /bin/cat \"{}\"\n",
            file.display()
        ),
    );
    assert_eq!(
        home.from(&[], Some("p")),
        "the credential process of the profile p"
    );
}

#[test]
fn a_process_that_fails_is_told_without_what_it_printed() {
    for (command, wanted) in [
        (
            "/bin/sh -c 'echo hidden; exit 3'",
            "failed (exit status: 3)",
        ),
        ("/bin/sh -c 'echo hidden'", "prints no credentials"),
        (
            "/bin/echo '{\"Version\": 2}'",
            "prints another version than 1",
        ),
        ("/bin/echo 'hidden", "has a quote without an end"),
    ] {
        assert_eq!(
            told(home(command).find(&[], Some("p"))),
            format!("AWS is configured wrongly: the credential process of the profile p {wanted}")
        );
    }
    let told = told(home("/nonexistent/program").find(&[], Some("p")));
    assert!(told.contains("cannot be started"), "{told}");
}

/// Whoever interrupts it wants no program left behind.
#[cfg(target_os = "linux")]
#[test]
fn a_process_ends_with_an_interruption() {
    use misfire::collect::aws::{Environment, Session};
    use misfire::collect::{CollectError, wait_for};

    use super::super::super::support::{TestClock, client};

    let home = home("");
    let started = home.path().join("started");
    home.write(
        ".aws/config",
        &format!(
            "[profile p]\ncredential_process = /bin/sh -c 'echo $$ > {0}.new; \
             mv {0}.new {0}; exec sleep 600'\n",
            started.display()
        ),
    );
    let environment = Environment::new(Some(home.path().to_owned()), []);
    let client = client(&TestClock::at(super::NOW));
    let session = Session::new(environment, Some("p"), client).expect("a session");
    let result = wait_for(&|| started.exists(), session.credentials("a test"));
    assert_eq!(result, Err(CollectError::Interrupted));
    let process = std::fs::read_to_string(&started).expect("it has started");
    let process = std::path::Path::new("/proc").join(process.trim());
    assert!(!process.exists(), "{}", process.display());
}
