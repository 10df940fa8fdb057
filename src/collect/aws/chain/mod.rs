//! Where credentials are found, in the order of the AWS command line: the environment,
//! the profile, the container, the machine.
//!
//! Facts: AWS command line user guide, "Configuration settings and precedence"; AWS
//! SDKs and Tools reference guide, "Standardized credential providers".

mod container;
mod kept;
mod machine;
mod process;
mod role;
mod sso;

use super::credentials::Credentials;
use super::environment::Environment;
use super::profiles::Profiles;
use super::session::{ChosenBy, Session, misconfigured};
use crate::collect::{Boxed, CollectError};

/// How many profiles may stand behind each other as `source_profile`.
const DEEPEST: usize = 8;

/// What finds the credentials of a session.
pub(super) struct Chain<'a> {
    pub(super) session: &'a Session,
    pub(super) profiles: &'a Profiles,
    pub(super) profile: &'a str,
    pub(super) chosen_by: ChosenBy,
}

impl Chain<'_> {
    /// Finds credentials for `service`, whose name is told when there are none.
    pub(super) async fn find(&self, service: &str) -> Result<Credentials, CollectError> {
        let mut tried = Vec::new();
        if self.chosen_by != ChosenBy::Caller {
            if let Some(found) = kept::of_environment(self.environment())? {
                return Ok(found);
            }
            tried.push("the environment".to_owned());
            if self.chosen_by == ChosenBy::Nobody
                && let Some(found) = self.web_identity_of_environment().await?
            {
                return Ok(found);
            }
        }
        if self.profiles.profile(self.profile).is_some() {
            let found = self.of_profile(self.profile.to_owned(), Vec::new()).await?;
            if let Some(found) = found {
                return Ok(found);
            }
        }
        tried.push(format!("the profile {}", self.profile));
        if self.chosen_by == ChosenBy::Caller {
            return Err(none(service, tried));
        }
        if let Some(found) = self.of_container().await? {
            return Ok(found);
        }
        tried.push("the container".to_owned());
        if let Some(found) = self.of_machine().await? {
            return Ok(found);
        }
        tried.push("the instance metadata".to_owned());
        Err(none(service, tried))
    }

    fn environment(&self) -> &Environment {
        self.session.environment()
    }

    /// The credentials that a profile leads to. `behind` are the profiles that led to
    /// it as their source.
    fn of_profile(
        &self,
        name: String,
        mut behind: Vec<String>,
    ) -> Boxed<'_, Result<Option<Credentials>, CollectError>> {
        Box::pin(async move {
            let Some(section) = self.profiles.profile(&name) else {
                return Err(misconfigured(format!("there is no profile `{name}`")));
            };
            // A profile may name itself as its source, for its own keys.
            let itself = behind.last() == Some(&name);
            if (!itself && behind.contains(&name)) || behind.len() > DEEPEST {
                return Err(misconfigured(format!(
                    "the source profiles of `{name}` lead in a circle"
                )));
            }
            if section.get("role_arn").is_some() && !itself {
                behind.push(name.clone());
                return self.of_role(&name, section, behind).await.map(Some);
            }
            if section.get("sso_account_id").is_some() || section.get("sso_session").is_some() {
                return self.of_identity_center(&name, section).await.map(Some);
            }
            if let Some(found) = kept::of_section(&name, section)? {
                return Ok(Some(found));
            }
            match section.get("credential_process") {
                Some(command) => process::of_process(&name, command).await.map(Some),
                None => Ok(None),
            }
        })
    }
}

fn none(service: &str, tried: Vec<String>) -> CollectError {
    CollectError::NoCredentials {
        service: service.to_owned(),
        tried,
    }
}
