//! Where credentials are found, and that they are never shown.

mod identity_center;
mod keys;
mod near;
#[cfg(unix)]
mod processes;
mod roles;

use std::path::Path;

use misfire::collect::aws::{Credentials, Environment, Session};
use misfire::collect::{CollectError, wait_for};
use tempfile::TempDir;

use super::super::support::{NEVER, TestClock, client};
use super::support::NOW;

const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIAENVIRONMENT"),
    ("AWS_SECRET_ACCESS_KEY", "hidden-environment"),
];

struct Home(TempDir);

impl Home {
    fn new(config: &str, credentials: &str) -> Self {
        let home = Self(TempDir::new().expect("a folder"));
        home.write(".aws/config", config);
        home.write(".aws/credentials", credentials);
        home
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// The credentials that are found with these variables, by whoever asks at `NOW`.
    fn find(
        &self,
        variables: &[(&str, &str)],
        profile: Option<&str>,
    ) -> Result<Credentials, CollectError> {
        let disabled = [("AWS_EC2_METADATA_DISABLED", "true")];
        let has_machine = variables
            .iter()
            .any(|(name, _)| *name == "AWS_EC2_METADATA_SERVICE_ENDPOINT");
        let more = if has_machine { &[][..] } else { &disabled };
        let owned = variables
            .iter()
            .chain(more)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment = Environment::new(Some(self.path().to_owned()), owned);
        let session = Session::new(environment, profile, client(&TestClock::at(NOW)))?;
        wait_for(NEVER, session.credentials("a test"))
    }

    fn from(&self, variables: &[(&str, &str)], profile: Option<&str>) -> String {
        let found = self.find(variables, profile).expect("credentials");
        let shown = format!("{found:?}");
        assert!(
            !shown.contains("hidden") && !shown.contains("AKIA"),
            "{shown}"
        );
        found.from
    }
}

fn told(result: Result<Credentials, CollectError>) -> String {
    let error = result.expect_err("no credentials");
    let told = format!("{error} {error:?}");
    assert!(!told.contains("hidden"), "{told}");
    error.to_string()
}

const CREDENTIALS: &str = "\
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = hidden-default

[lab]
aws_access_key_id=AKIALAB
aws_secret_access_key=hidden-lab
aws_session_token=hidden-token
";
