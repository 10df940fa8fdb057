//! The instance metadata service of a virtual machine, version 2.
//!
//! Facts: Amazon EC2 user guide, "Use the Instance Metadata Service" and "Retrieve
//! security credentials from instance metadata".

use std::time::Duration;

use super::super::credentials::Credentials;
use super::Chain;
use super::kept::of_json;
use crate::collect::http::{Answer, Method, Outgoing};
use crate::collect::{CollectError, Secret};

const NAME: &str = "the instance metadata service";
const ADDRESS: &str = "http://169.254.169.254";
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
/// Where there is no such service nothing answers; nobody wants to wait for that.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long the session with the service is good, in seconds.
const SESSION: &str = "300";

impl Chain<'_> {
    /// The credentials of the machine's role, if it runs there and has one.
    pub(super) async fn of_machine(&self) -> Result<Option<Credentials>, CollectError> {
        let Some(session) = self.machine_session().await? else {
            return Ok(None);
        };
        let roles = self.machine_answer(&session, ROLES).await?;
        // A machine without a role has no such page.
        if roles.status == 404 {
            return Ok(None);
        }
        let text = checked(roles)?.text();
        let Some(role) = text.lines().map(str::trim).find(|line| !line.is_empty()) else {
            return Ok(None);
        };
        if !role
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "+=,.@-_".contains(character))
        {
            return Err(CollectError::Malformed {
                service: NAME.to_owned(),
                because: "it names a role that can be none".to_owned(),
            });
        }
        let answer = self
            .machine_answer(&session, &format!("{ROLES}{role}"))
            .await?;
        let from = format!("the role {role} of this machine");
        of_json(NAME, &checked(answer)?.body, from).map(Some)
    }

    /// The region that the machine runs in.
    pub(in super::super) async fn machine_region(&self) -> Option<String> {
        let session = self.machine_session().await.ok()??;
        let answer = self
            .machine_answer(&session, "/latest/meta-data/placement/region")
            .await
            .ok()?;
        let region = answer.is_success().then(|| answer.text())?;
        Some(region.trim().to_owned())
    }

    /// Opens a session. Nothing, if there is no such service here.
    async fn machine_session(&self) -> Result<Option<Secret>, CollectError> {
        if self.environment().is_true("AWS_EC2_METADATA_DISABLED") {
            return Ok(None);
        }
        let outgoing = Outgoing::new(Method::Put, self.machine_url("/latest/api/token"))
            .header("X-aws-ec2-metadata-token-ttl-seconds", SESSION)
            .direct()
            .most_time(PATIENCE);
        match self.session.client().send_once(NAME, &outgoing).await {
            Ok(answer) if answer.is_success() => Ok(Some(Secret::new(answer.text().trim()))),
            // Something else answers there, or it is switched off.
            Ok(_) | Err(CollectError::Unreachable { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn machine_answer(&self, session: &Secret, path: &str) -> Result<Answer, CollectError> {
        let outgoing = Outgoing::get(self.machine_url(path))
            .header("X-aws-ec2-metadata-token", session.reveal())
            .direct()
            .most_time(PATIENCE);
        let build = |_| Ok(outgoing.clone());
        let judge = crate::collect::http::by_status;
        self.session.client().send(NAME, build, judge).await
    }

    fn machine_url(&self, path: &str) -> String {
        let base = self
            .environment()
            .get("AWS_EC2_METADATA_SERVICE_ENDPOINT")
            .unwrap_or(ADDRESS);
        format!("{}{path}", base.trim_end_matches('/'))
    }
}

fn checked(answer: Answer) -> Result<Answer, CollectError> {
    if answer.is_success() {
        return Ok(answer);
    }
    Err(CollectError::Refused {
        service: NAME.to_owned(),
        because: answer.in_words(),
    })
}
