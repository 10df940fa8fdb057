//! Roles that are assumed: with the credentials of another profile, or with a token of
//! another identity provider.
//!
//! Facts: AWS Security Token Service API reference, AssumeRole and
//! AssumeRoleWithWebIdentity.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::credentials::Credentials;
use super::super::endpoint::Service;
use super::super::profiles::Section;
use super::super::refusal::element;
use super::super::session::{Call, misconfigured};
use super::{Chain, kept};
use crate::collect::http::{Answer, Outgoing};
use crate::collect::{CollectError, Secret};
use crate::event::parse_time;

const NAME: &str = "the Security Token Service";
const SESSION_NAME: &str = "misfire";
/// Where roles are assumed when no region is set.
const USUAL_REGION: &str = "us-east-1";

impl Chain<'_> {
    /// The credentials of the role that a profile names. `behind` are the profiles that
    /// led here, this one last.
    pub(super) async fn of_role(
        &self,
        name: &str,
        section: &Section,
        behind: Vec<String>,
    ) -> Result<Credentials, CollectError> {
        let setting = |key: &str| section.get(key).map(str::to_owned);
        let role = setting("role_arn").unwrap_or_default();
        let session_name = setting("role_session_name");
        if let Some(file) = section.get("web_identity_token_file") {
            return self.with_web_identity(&role, session_name, file).await;
        }
        if section.get("mfa_serial").is_some() {
            return Err(misconfigured(format!(
                "the profile `{name}` asks for a second factor, which cannot be asked for here; \
                 export credentials of the role into the environment"
            )));
        }
        let source = match (
            section.get("source_profile"),
            section.get("credential_source"),
        ) {
            (Some(source), None) => self.of_profile(source.to_owned(), behind).await?,
            (None, Some("Environment")) => kept::of_environment(self.environment())?,
            (None, Some("Ec2InstanceMetadata")) => self.of_machine().await?,
            (None, Some("EcsContainer")) => self.of_container().await?,
            _ => {
                return Err(misconfigured(format!(
                    "the profile `{name}` needs one source of credentials for its role"
                )));
            }
        };
        let Some(source) = source else {
            return Err(CollectError::NoCredentials {
                service: NAME.to_owned(),
                tried: vec![format!("the source of the profile {name}")],
            });
        };
        let mut form = vec![
            ("Action", "AssumeRole".to_owned()),
            ("Version", "2011-06-15".to_owned()),
            ("RoleArn", role.clone()),
            (
                "RoleSessionName",
                session_name.unwrap_or_else(|| SESSION_NAME.to_owned()),
            ),
        ];
        for (key, parameter) in [
            ("external_id", "ExternalId"),
            ("duration_seconds", "DurationSeconds"),
        ] {
            form.extend(setting(key).map(|value| (parameter, value)));
        }
        let region = self.region_for_roles(section);
        let call = Call {
            service: Service::Sts,
            region: &region,
            name: NAME,
            outgoing: self.form(&region, &form),
        };
        let answer = self.session.call_as(&source, &call).await;
        let answer = answer.map_err(|failed| failed.error)?;
        credentials_of(&answer, format!("the role {role}, by {}", source.from))
    }

    /// The role that the environment names together with the file of a token, as
    /// Kubernetes and build services do.
    pub(super) async fn web_identity_of_environment(
        &self,
    ) -> Result<Option<Credentials>, CollectError> {
        let environment = self.environment();
        let (Some(file), Some(role)) = (
            environment.get("AWS_WEB_IDENTITY_TOKEN_FILE"),
            environment.get("AWS_ROLE_ARN"),
        ) else {
            return Ok(None);
        };
        let session_name = environment.get("AWS_ROLE_SESSION_NAME").map(str::to_owned);
        let found = self.with_web_identity(role, session_name, file).await?;
        Ok(Some(found))
    }

    async fn with_web_identity(
        &self,
        role: &str,
        session_name: Option<String>,
        file: &str,
    ) -> Result<Credentials, CollectError> {
        let path = self.environment().path(file);
        let token = std::fs::read_to_string(&path).map_err(|error| {
            misconfigured(format!("{} cannot be read: {error}", path.display()))
        })?;
        let form = [
            ("Action", "AssumeRoleWithWebIdentity".to_owned()),
            ("Version", "2011-06-15".to_owned()),
            ("RoleArn", role.to_owned()),
            (
                "RoleSessionName",
                session_name.unwrap_or_else(|| SESSION_NAME.to_owned()),
            ),
            ("WebIdentityToken", token.trim().to_owned()),
        ];
        let section = self.profiles.profile(self.profile).cloned();
        let region = self.region_for_roles(&section.unwrap_or_default());
        let outgoing = self.form(&region, &form);
        let from = format!("the role {role}, by a web identity");
        let answer = match self.session.ask_unsigned(NAME, &outgoing).await {
            Ok(answer) => answer,
            Err(failed) if failed.code.starts_with("ExpiredToken") => {
                return Err(CollectError::Expired {
                    service: NAME.to_owned(),
                    from,
                });
            }
            Err(failed) => return Err(failed.error),
        };
        credentials_of(&answer, from)
    }

    fn region_for_roles(&self, section: &Section) -> String {
        let environment = self.environment();
        environment
            .get("AWS_REGION")
            .or_else(|| environment.get("AWS_DEFAULT_REGION"))
            .or_else(|| section.get("region"))
            .unwrap_or(USUAL_REGION)
            .to_owned()
    }

    fn form(&self, region: &str, form: &[(&str, String)]) -> Outgoing {
        let body: Vec<_> = form
            .iter()
            .map(|(key, value)| format!("{key}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        let url = format!("{}/", self.session.endpoint(Service::Sts, region));
        Outgoing::post(url, body.join("&")).header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )
    }
}

fn credentials_of(answer: &Answer, from: String) -> Result<Credentials, CollectError> {
    let text = answer.text();
    let found = |name| element(&text, name).filter(|value| !value.is_empty());
    let read = || {
        Some(Credentials {
            key: found("AccessKeyId")?,
            secret: Secret::new(found("SecretAccessKey")?),
            token: Some(Secret::new(found("SessionToken")?)),
            expires: Some(parse_time(&found("Expiration")?)?),
            from: from.clone(),
        })
    };
    read().ok_or_else(|| CollectError::Malformed {
        service: NAME.to_owned(),
        because: "it holds no credentials of a role".to_owned(),
    })
}
