//! The agent beside a container, which gives the credentials of its task or pod.
//!
//! Facts: AWS SDKs and Tools reference guide, "Container credential provider".

use std::time::Duration;

use super::super::credentials::Credentials;
use super::super::session::misconfigured;
use super::Chain;
use super::kept::of_json;
use crate::collect::CollectError;
use crate::collect::http::{Outgoing, by_status};

const NAME: &str = "the container's agent";
const ADDRESS: &str = "http://169.254.170.2";
/// Hosts that may be asked without encryption: the machine itself, and the agents of
/// ECS and EKS.
const NEAR: [&str; 6] = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "169.254.170.2",
    "169.254.170.23",
    "[fd00:ec2::23]",
];

impl Chain<'_> {
    /// The credentials that the container's agent gives, if the environment names one.
    pub(super) async fn of_container(&self) -> Result<Option<Credentials>, CollectError> {
        let environment = self.environment();
        let full = environment.get("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        let url = match environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
            Some(path) if path.starts_with('/') => format!("{ADDRESS}{path}"),
            Some(_) => {
                return Err(misconfigured(
                    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is no path".to_owned(),
                ));
            }
            None => match full {
                Some(url) if is_trusted(url) => url.to_owned(),
                Some(_) => {
                    return Err(misconfigured(
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither encrypted nor near"
                            .to_owned(),
                    ));
                }
                None => return Ok(None),
            },
        };
        let mut outgoing = Outgoing::get(url)
            .direct()
            .most_time(Duration::from_secs(5));
        if let Some(token) = self.container_token()? {
            outgoing = outgoing.header("Authorization", token);
        }
        let build = |_| Ok(outgoing.clone());
        let client = self.session.client();
        let answer = client.send(NAME, build, by_status).await?;
        if !answer.is_success() {
            return Err(CollectError::Refused {
                service: NAME.to_owned(),
                because: answer.in_words(),
            });
        }
        of_json(NAME, &answer.body, NAME.to_owned()).map(Some)
    }

    fn container_token(&self) -> Result<Option<String>, CollectError> {
        let environment = self.environment();
        let Some(path) = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
            let token = environment.get("AWS_CONTAINER_AUTHORIZATION_TOKEN");
            return Ok(token.map(str::to_owned));
        };
        let text = std::fs::read_to_string(path).map_err(|error| {
            misconfigured(format!("the token of {NAME} cannot be read: {error}"))
        })?;
        Ok(Some(text.trim().to_owned()))
    }
}

fn is_trusted(url: &str) -> bool {
    if url.starts_with("https://") {
        return true;
    }
    let Some(rest) = url.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    NEAR.iter().any(|near| {
        authority.strip_prefix(near).is_some_and(|port| {
            port.is_empty()
                || port
                    .strip_prefix(':')
                    .is_some_and(|port| port.parse::<u16>().is_ok())
        })
    })
}
