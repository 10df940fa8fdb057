//! IAM Identity Center: the token that `aws sso login` keeps, and the role's
//! credentials for it. The token is not renewed here: a refresh token is good for one
//! use, which would sign out the command line.
//!
//! Facts: AWS SDKs and Tools reference guide, "IAM Identity Center credential
//! provider"; IAM Identity Center portal API reference, GetRoleCredentials.

use std::fmt::Write;

use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use sha1::{Digest, Sha1};

use super::super::credentials::Credentials;
use super::super::endpoint::{Service, is_region};
use super::super::profiles::Section;
use super::super::session::misconfigured;
use super::Chain;
use crate::collect::http::Outgoing;
use crate::collect::{CollectError, Secret};
use crate::event::parse_time;

const NAME: &str = "IAM Identity Center";

/// What `aws sso login` keeps.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    access_token: String,
    expires_at: String,
}

/// What the portal answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered {
    role_credentials: RoleCredentials,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RoleCredentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    /// In milliseconds since 1970.
    expiration: i64,
}

impl Chain<'_> {
    /// The credentials of the role that a profile names.
    pub(super) async fn of_identity_center(
        &self,
        name: &str,
        section: &Section,
    ) -> Result<Credentials, CollectError> {
        let session = match section.get("sso_session") {
            Some(session) => Some((
                session,
                self.profiles.session(session).ok_or_else(|| {
                    misconfigured(format!("there is no section `sso-session {session}`"))
                })?,
            )),
            None => None,
        };
        let setting = |key: &str| {
            session
                .and_then(|(_, session)| session.get(key))
                .or_else(|| section.get(key))
                .ok_or_else(|| misconfigured(format!("the profile `{name}` has no `{key}`")))
        };
        let region = setting("sso_region")?;
        if !is_region(region) {
            return Err(misconfigured(format!("`{region}` is no region")));
        }
        let (account, role) = (setting("sso_account_id")?, setting("sso_role_name")?);
        // The file is named for the session, or for the start page where there is none.
        let named_for = match session {
            Some((session, _)) => session,
            None => setting("sso_start_url")?,
        };
        let token = self.kept_token(name, named_for)?;
        let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        let outgoing = Outgoing::get(format!(
            "{}/federation/credentials?role_name={}&account_id={}",
            self.session.endpoint(Service::Portal, region),
            encoded(role),
            encoded(account)
        ))
        .header("x-amz-sso_bearer_token", token.reveal());
        let from = format!("the profile {name}, through {NAME}");
        let answer = match self.session.ask_unsigned(NAME, &outgoing).await {
            Ok(answer) => answer,
            // The portal says so of a token that was revoked or has expired.
            Err(failed) if failed.code == "UnauthorizedException" => {
                return Err(CollectError::Expired {
                    service: NAME.to_owned(),
                    from,
                });
            }
            Err(failed) => return Err(failed.error),
        };
        let malformed = |because: &str| CollectError::Malformed {
            service: NAME.to_owned(),
            because: because.to_owned(),
        };
        let answered: Answered = serde_json::from_slice(&answer.body)
            .map_err(|_| malformed("it holds no credentials of a role"))?;
        let keys = answered.role_credentials;
        let expires = Timestamp::from_millisecond(keys.expiration)
            .map_err(|_| malformed("its expiration is no time"))?;
        Ok(Credentials {
            key: keys.access_key_id,
            secret: Secret::new(keys.secret_access_key),
            token: Some(Secret::new(keys.session_token)),
            expires: Some(expires),
            from,
        })
    }

    /// The token that the command line keeps, unless it has expired.
    fn kept_token(&self, profile: &str, named_for: &str) -> Result<Secret, CollectError> {
        let from = format!("the profile {profile}, through {NAME}");
        let mut file = String::new();
        for byte in Sha1::digest(named_for.as_bytes()) {
            // Writing into a string cannot fail.
            let _ = write!(file, "{byte:02x}");
        }
        let path = self
            .environment()
            .in_home(format!(".aws/sso/cache/{file}.json"))
            .ok_or_else(|| misconfigured("there is no home folder".to_owned()))?;
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(CollectError::NoCredentials {
                    service: NAME.to_owned(),
                    tried: vec![format!("{from}, where nobody has signed in")],
                });
            }
            Err(error) => {
                return Err(misconfigured(format!(
                    "{} cannot be read: {error}",
                    path.display()
                )));
            }
        };
        let token: Option<Token> = serde_json::from_slice(&bytes).ok();
        let parsed = token.and_then(|token| {
            // Older command lines write `UTC` in place of `Z`.
            let time = token.expires_at.replace("UTC", "Z");
            Some((Secret::new(token.access_token), parse_time(&time)?))
        });
        let Some((token, expires)) = parsed else {
            return Err(misconfigured(format!(
                "{} holds no token of `aws sso login`",
                path.display()
            )));
        };
        if expires <= self.session.now() {
            return Err(CollectError::Expired {
                service: NAME.to_owned(),
                from,
            });
        }
        Ok(token)
    }
}
