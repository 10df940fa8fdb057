//! Fields whose whole value is an identity, by their names.
//!
//! Names are those of the "System" and "EventData" of Windows' own events and of
//! Sysmon, of "CloudTrail record contents" (AWS), of the "Azure activity log event
//! schema" (Microsoft) with the claims of its tokens, and of the Elastic Common
//! Schema, in lower case.

use super::Kind;
use super::known::{is_common_domain, is_common_host, is_common_user};
use super::names::{account, host};
use super::spans::{Span, Spans};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A host, with or without its domain.
    Host,
    /// A Windows domain, or the host in its place.
    Domain,
    /// An account, in any notation.
    User,
    /// A person's name.
    Person,
    /// The number of an AWS account.
    Account,
    /// An address, or several.
    Address,
    /// The GUID of a directory, a subscription, or of something in one.
    Directory,
    /// A GUID of Sysmon's.
    SysmonGuid,
    /// A bucket.
    Bucket,
    /// Something secret that has no name which says so.
    Secret,
}

const ROLES: &[(Role, &[&str])] = &[
    (
        Role::Host,
        &[
            "computer",
            "computername",
            "computer_name",
            "host.name",
            "host.hostname",
            "agent.hostname",
            "agent.name",
            "beat.hostname",
            "beat.name",
            "hostname",
            "machinename",
            "workstation",
            "workstationname",
            "sourcehostname",
            "clientname",
            "targetservername",
            "targetserver",
            "devicename",
            "clientmachinename",
            "servername",
            "source_host",
            "nodename",
            "_hostname",
        ],
    ),
    (
        Role::Domain,
        &[
            "subjectdomainname",
            "targetdomainname",
            "userdomain",
            "user.domain",
            "domainname",
            "targetoutbounddomainname",
            "accountdomain",
            "subjectuserdomainname",
            "logondomain",
            "samdomain",
        ],
    ),
    (
        Role::User,
        &[
            "user",
            "username",
            "user.name",
            "subjectusername",
            "targetusername",
            "accountname",
            "account_name",
            "sourceuser",
            "targetuser",
            "parentuser",
            "usercontext",
            "caller",
            "samaccountname",
            "targetoutboundusername",
            "sourceusername",
            "instanceosuser",
            "userid",
            "userprincipalname",
            "upn",
            "unique_name",
            "preferred_username",
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
            "authenticateduser",
            "connecteduser",
            "logonuser",
            "sessionusername",
        ],
    ),
    (
        Role::Person,
        &[
            "displayname",
            "givenname",
            "surname",
            "given_name",
            "family_name",
            "claims.name",
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
        ],
    ),
    (
        Role::Account,
        &[
            "accountid",
            "recipientaccountid",
            "ownerid",
            "account",
            "owner",
            "awsaccountid",
            "aws_account_id",
            "account_id",
            "userids",
            "userid",
            "accountids",
            "cloud.account.id",
            "attributevalues",
            "imageownerid",
            "requesterid",
        ],
    ),
    (
        Role::Address,
        &[
            "sourceip",
            "destinationip",
            "ipaddress",
            "sourceipaddress",
            "calleripaddress",
            "clientipaddress",
            "sourceaddress",
            "destaddress",
            "clientaddress",
            "ipaddr",
            "remoteaddress",
            "localaddress",
            "publicip",
            "privateip",
            "privateipaddress",
            "publicipaddress",
            "queryresults",
            "clientip",
            "source.ip",
            "destination.ip",
            "host.ip",
            "cidrip",
            "ip",
            "remoteip",
            "ipv4addresses",
            "ipv6address",
        ],
    ),
    (
        Role::Directory,
        &[
            "tenantid",
            "subscriptionid",
            "principalid",
            "oid",
            "tid",
            "objectid",
            "homeaccountid",
            "roleassignmentid",
            "http://schemas.microsoft.com/identity/claims/objectidentifier",
            "http://schemas.microsoft.com/identity/claims/tenantid",
            "appid",
            "deviceid",
            "applicationid",
            "clientid",
            "hierarchy",
        ],
    ),
    (
        Role::SysmonGuid,
        &[
            "processguid",
            "parentprocessguid",
            "sourceprocessguid",
            "targetprocessguid",
            "logonguid",
        ],
    ),
    (
        Role::Bucket,
        &["bucketname", "bucket", "outputs3bucketname", "s3bucketname"],
    ),
    (
        Role::Secret,
        &[
            "puid",
            "aio",
            "rh",
            "uti",
            "encodedmessage",
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier",
        ],
    ),
];

/// The roles of a field, by its path with `.` between parts.
pub(super) fn roles(path: &str) -> impl Iterator<Item = Role> + '_ {
    let lower = path.to_lowercase();
    ROLES
        .iter()
        .filter(move |(_, names)| {
            names.iter().any(|name| {
                let rest = lower.strip_suffix(name);
                rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            })
        })
        .map(|(role, _)| *role)
}

/// Whether a field holds a version, which can look like an address.
pub(super) fn is_version(path: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    last.to_lowercase().contains("version")
}

/// Finds what the name of a field says about its value.
pub(super) fn find(path: &str, text: &str, found: &mut Spans) {
    if text.is_empty() || text.len() > 512 || text.contains(char::is_control) {
        return;
    }
    for role in roles(path) {
        match role {
            Role::Host => host(text, 0, found),
            Role::Domain => domain(text, found),
            Role::User | Role::Person => account(text, found),
            Role::Bucket if !text.contains(['/', ' ']) => {
                found.add(Span::name(0..text.len(), Kind::Bucket, text));
            }
            Role::Secret if text.len() >= 8 => {
                found.add(Span::new(0..text.len(), Kind::Secret, text));
            }
            // The shapes know the others.
            _ => {}
        }
    }
}

fn domain(text: &str, found: &mut Spans) {
    if is_common_domain(text) || is_common_host(text) || is_common_user(text) {
        return;
    }
    if text.contains('.') {
        super::names::domain_labels(text, 0, found);
    } else if !text.contains(' ') && !text.starts_with("%%") {
        found.add(Span::name(0..text.len(), Kind::Domain, text));
    }
}
