//! Where a service answers.

use std::net::IpAddr;

use super::Environment;
use super::profiles::{Profiles, Section};

/// A service that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// AWS CloudTrail.
    CloudTrail,
    /// Amazon CloudWatch Logs.
    Logs,
    /// Amazon S3.
    S3,
    /// The Security Token Service.
    Sts,
    /// The portal of IAM Identity Center, which gives the credentials of a role.
    Portal,
    /// Another, by its name in hosts and signatures, which is its service id, too.
    Named(&'static str),
}

impl Service {
    /// Its name in hosts and signatures.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CloudTrail => "cloudtrail",
            Self::Logs => "logs",
            Self::S3 => "s3",
            Self::Sts => "sts",
            Self::Portal => "portal.sso",
            Self::Named(name) => name,
        }
    }

    /// Its name in `AWS_ENDPOINT_URL_…` and `[services]` (AWS SDKs and Tools reference
    /// guide, "Service-specific endpoints", the list of service ids).
    fn id(self) -> &'static str {
        match self {
            Self::CloudTrail => "cloudtrail",
            Self::Logs => "cloudwatch_logs",
            Self::S3 => "s3",
            Self::Sts => "sts",
            Self::Portal => "sso",
            Self::Named(name) => name,
        }
    }
}

/// The domain of a region's partition (botocore's `partitions.json`).
fn domain(region: &str) -> &'static str {
    const DOMAINS: [(&str, &str); 6] = [
        ("cn-", "amazonaws.com.cn"),
        ("eusc-", "amazonaws.eu"),
        ("us-iso-", "c2s.ic.gov"),
        ("us-isob-", "sc2s.sgov.gov"),
        ("eu-isoe-", "cloud.adc-e.uk"),
        ("us-isof-", "csp.hci.ic.gov"),
    ];
    DOMAINS
        .iter()
        .find(|(start, _)| region.starts_with(start))
        .map_or("amazonaws.com", |(_, domain)| domain)
}

/// Whether a text can be a region, such as `eu-west-1`: it becomes part of a host.
pub(super) fn is_region(text: &str) -> bool {
    text.len() < 40
        && text.starts_with(|character: char| character.is_ascii_lowercase())
        && text.contains('-')
        && text.chars().all(|character| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
        })
}

/// The endpoint that is configured for a service, the most special first: the
/// variable of the service, the variable of all, the service's setting of the profile,
/// and the profile's setting of all.
pub(super) fn configured(
    service: Service,
    environment: &Environment,
    profiles: &Profiles,
    profile: Option<&Section>,
) -> Option<String> {
    let ignored = environment.is_true("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    if ignored {
        return None;
    }
    let own = format!("AWS_ENDPOINT_URL_{}", service.id().to_uppercase());
    let setting = format!("{}.endpoint_url", service.id());
    let found = environment
        .get(&own)
        .or_else(|| environment.get("AWS_ENDPOINT_URL"))
        .or_else(|| {
            let services = profile?.get("services")?;
            profiles.services(services)?.get(&setting)
        })
        .or_else(|| profile?.get("endpoint_url"))?;
    Some(found.trim_end_matches('/').to_owned())
}

/// Whether an address is of this machine.
pub(super) fn is_of_this_machine(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_some_and(|address| address.is_loopback() || address.is_unspecified())
}

/// The endpoint of a service in a region, without a slash at the end.
pub(super) fn usual(service: Service, region: &str) -> String {
    let (name, domain) = (service.name(), domain(region));
    // IAM has one endpoint for all regions of the standard partition.
    if name == "iam" && domain == "amazonaws.com" && !region.starts_with("us-gov-") {
        return format!("https://{name}.{domain}");
    }
    format!("https://{name}.{region}.{domain}")
}

/// The endpoint of a bucket: a host of its own, unless its name has a dot, which no
/// certificate covers.
pub(super) fn bucket(name: &str, region: &str) -> String {
    let domain = domain(region);
    if name.contains('.') {
        format!("https://s3.{region}.{domain}/{name}")
    } else {
        format!("https://{name}.s3.{region}.{domain}")
    }
}
