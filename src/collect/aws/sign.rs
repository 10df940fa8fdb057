//! Signatures, version 4.

use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as Identity;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign as signature_of,
};
use aws_sigv4::sign::v4::SigningParams;
use jiff::Timestamp;

use super::credentials::Credentials;
use super::endpoint::Service;
use crate::collect::http::Outgoing;

/// Signs a request for a service in a region at a time. The error is a few words
/// without any value.
pub(super) fn sign(
    mut outgoing: Outgoing,
    credentials: &Credentials,
    service: Service,
    region: &str,
    now: Timestamp,
) -> Result<Outgoing, String> {
    let identity = Identity::new(
        credentials.key.clone(),
        credentials.secret.reveal().to_owned(),
        credentials
            .token
            .as_ref()
            .map(|token| token.reveal().to_owned()),
        None,
        "misfire",
    )
    .into();
    let mut settings = SigningSettings::default();
    // S3 takes the path as it is sent, and wants the checksum of the body.
    if service == Service::S3 {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let params = SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service.name())
        .time(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
        .settings(settings)
        .build()
        .map_err(|_| "it cannot be signed".to_owned())?;
    let headers = outgoing
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.reveal()));
    let signable = SignableRequest::new(
        outgoing.method.as_str(),
        outgoing.url.as_str(),
        headers,
        SignableBody::Bytes(&outgoing.body),
    )
    .map_err(|_| "its address cannot be signed".to_owned())?;
    let (instructions, _) = signature_of(signable, &params.into())
        .map_err(|_| "it cannot be signed".to_owned())?
        .into_parts();
    let signed: Vec<(String, String)> = instructions
        .headers()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (name, value) in signed {
        outgoing = outgoing.header(name, value);
    }
    Ok(outgoing)
}
