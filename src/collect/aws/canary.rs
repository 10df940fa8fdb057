//! Calls that only read, made to leave a record.

use super::endpoint::Service;
use super::proven::PerformedCanary;
use super::session::{Call, Session};
use crate::collect::CollectError;
use crate::collect::closing::{Form, Request};
use crate::collect::http::Outgoing;

/// The region in which calls to IAM are made and recorded.
const IAM_REGION: &str = "us-east-1";

impl Session {
    /// Makes a call that only reads, with a marker in its user agent, so that its
    /// record shows how far CloudTrail has come in that region.
    ///
    /// A call that is denied is recorded as well, so that is no error.
    ///
    /// # Errors
    /// It cannot be said that the service got the call.
    pub async fn perform_canary(
        &self,
        request: &Request,
        region: &str,
        marker: &str,
    ) -> Result<PerformedCanary, CollectError> {
        let name = format!("{} of {} in {region}", request.event_name, request.service);
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        if marker.is_empty() || !marker.bytes().all(is_plain) {
            return Err(CollectError::Misconfigured {
                service: name,
                because: "a marker has letters, digits, and signs only".to_owned(),
            });
        }
        let service = service_of(request);
        if service == Service::Named("iam") && region != IAM_REGION {
            return Err(CollectError::Refused {
                service: name,
                because: format!("calls to IAM are recorded in {IAM_REGION} only"),
            });
        }
        let regions = self.regions(&[region.to_owned()]).await?;
        let region = regions.first().map_or(region, String::as_str);
        let outgoing = outgoing(&self.endpoint(service, region), request.form).header(
            "user-agent",
            format!("misfire/{} {marker}", env!("CARGO_PKG_VERSION")),
        );
        let performed = self.client().clock().now();
        let call = Call {
            service,
            region,
            name: &name,
            outgoing,
        };
        match self.call(&call).await.map_err(|failed| failed.error) {
            Ok(_) | Err(CollectError::Denied { .. }) => Ok(PerformedCanary {
                service: request.service.to_owned(),
                region: region.to_owned(),
                event_name: request.event_name.to_owned(),
                marker: marker.to_owned(),
                performed,
            }),
            Err(error) => Err(error),
        }
    }
}

fn service_of(request: &Request) -> Service {
    let name = request
        .service
        .strip_suffix(".amazonaws.com")
        .unwrap_or(request.service);
    match name {
        // It is signed in a way of its own.
        "s3" => Service::S3,
        // Their names in settings are others, or they are known already.
        "cloudtrail" => Service::CloudTrail,
        "logs" => Service::Logs,
        "sts" => Service::Sts,
        name => Service::Named(name),
    }
}

fn outgoing(endpoint: &str, form: Form) -> Outgoing {
    match form {
        Form::Query { action, version } => {
            let body = format!("Action={action}&Version={version}");
            Outgoing::post(format!("{endpoint}/"), body)
                .header("content-type", "application/x-www-form-urlencoded")
        }
        Form::Json { target } => Outgoing::post(format!("{endpoint}/"), "{}")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target),
        Form::Get { path } => Outgoing::get(format!("{endpoint}{path}")),
    }
}
