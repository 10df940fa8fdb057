//! Who asks: `GetCallerIdentity`, which needs no permission.

use super::endpoint::Service;
use super::refusal::element;
use super::session::{Call, Session};
use crate::collect::CollectError;
use crate::collect::http::Outgoing;

const NAME: &str = "the Security Token Service";

/// Who a session's credentials belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The number of the account, 12 digits.
    pub account: String,
    /// The name of the user or the role's session.
    pub arn: String,
}

impl Session {
    /// Asks who its credentials belong to.
    ///
    /// # Errors
    /// There are none, or the service does not say.
    pub async fn identity(&self) -> Result<Identity, CollectError> {
        let region = self.region().await?;
        self.identity_in(&region).await
    }

    /// Asks who its credentials belong to, in a region.
    ///
    /// # Errors
    /// There are none, the service does not say, or there is no such region.
    pub async fn identity_in(&self, region: &str) -> Result<Identity, CollectError> {
        let regions = self.regions(&[region.to_owned()]).await?;
        let region = regions.first().map_or(region, String::as_str);
        let url = format!("{}/", self.endpoint(Service::Sts, region));
        let body = "Action=GetCallerIdentity&Version=2011-06-15";
        let call = Call {
            service: Service::Sts,
            region,
            name: NAME,
            outgoing: Outgoing::post(url, body).header(
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
        };
        let answer = self.call(&call).await.map_err(|failed| failed.error)?;
        let text = answer.text();
        let (Some(account), Some(arn)) = (element(&text, "Account"), element(&text, "Arn")) else {
            return Err(CollectError::Malformed {
                service: NAME.to_owned(),
                because: format!("it says not who asks ({})", answer.in_words()),
            });
        };
        Ok(Identity { account, arn })
    }
}
