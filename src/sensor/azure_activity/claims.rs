//! What a caller's token says of it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::activity::{AzureCaller, AzureOperation};
use crate::sensor::cloud_record::{Ids, object};

const SCHEMA: &str = "http://schemas.microsoft.com/identity/claims/";
const SOAP: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";
/// How long a token is valid, in seconds, give or take.
const VALIDITY: i64 = 4_716;
/// The command line and the PowerShell module of Azure.
const INSTALLED: [&str; 2] = [
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "1950a258-227b-4e31-a9cf-717495945fc2",
];
/// The role that every user of a directory has (template id of the directory's roles).
const ANY_USER: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";
/// When the modelled tenant was made, in seconds since 1970.
const TENANT_CREATED: &str = "1604914382";

pub(super) fn tenant(caller: &AzureCaller) -> &str {
    match caller {
        AzureCaller::User { tenant, .. } | AzureCaller::Application { tenant, .. } => tenant,
    }
}

/// The object id of the caller.
pub(super) fn object_id(caller: &AzureCaller) -> &str {
    match caller {
        AzureCaller::User { object, .. } | AzureCaller::Application { object, .. } => object,
    }
}

/// How the REST interface names the caller: an application by its object id.
pub(super) fn caller_name(caller: &AzureCaller) -> &str {
    match caller {
        AzureCaller::User { name, .. } => name,
        AzureCaller::Application { object, .. } => object,
    }
}

/// The claims of the token that the operation was called with.
pub(super) fn claims(operation: &AzureOperation, time: Timestamp, ids: &mut Ids) -> Value {
    let issued = time.as_second() - 60 - i64::try_from(ids.below(1_200)).unwrap_or(0);
    let tenant = tenant(&operation.caller);
    let start = |audience: &str| {
        object([
            ("aud", json!(audience)),
            ("iss", json!(format!("https://sts.windows.net/{tenant}/"))),
            ("iat", json!(issued.to_string())),
            ("nbf", json!(issued.to_string())),
            ("exp", json!((issued + VALIDITY).to_string())),
        ])
    };
    let mut claims: Map<String, Value>;
    match &operation.caller {
        AzureCaller::User { name, object, .. } => {
            claims = start("https://management.core.windows.net/");
            let more = [
                (
                    "http://schemas.microsoft.com/claims/authnclassreference".to_owned(),
                    json!("1"),
                ),
                ("aio".to_owned(), json!(ids.token(84))),
                (
                    "http://schemas.microsoft.com/claims/authnmethodsreferences".to_owned(),
                    json!("pwd,mfa"),
                ),
                ("appid".to_owned(), json!(operation.client)),
                (
                    "appidacr".to_owned(),
                    json!(client_secret(&operation.client)),
                ),
                ("idtyp".to_owned(), json!("user")),
                ("ipaddr".to_owned(), json!(operation.source.to_string())),
                ("name".to_owned(), json!(name)),
                (format!("{SCHEMA}objectidentifier"), json!(object)),
                ("puid".to_owned(), json!(passport(object))),
                ("rh".to_owned(), json!(format!("1.{}.", ids.token(52)))),
                (format!("{SCHEMA}scope"), json!("user_impersonation")),
                (format!("{SOAP}nameidentifier"), json!(ids.token(43))),
                (format!("{SCHEMA}tenantid"), json!(tenant)),
                (format!("{SOAP}name"), json!(name)),
                (format!("{SOAP}upn"), json!(name)),
                ("uti".to_owned(), json!(ids.token(22))),
                ("ver".to_owned(), json!("1.0")),
                ("wids".to_owned(), json!(ANY_USER)),
                ("xms_tcdt".to_owned(), json!(TENANT_CREATED)),
            ];
            claims.extend(more);
        }
        AzureCaller::Application {
            application,
            object,
            ..
        } => {
            claims = start("https://management.azure.com");
            let more = [
                ("aio".to_owned(), json!(ids.token(34))),
                ("appid".to_owned(), json!(application)),
                ("appidacr".to_owned(), json!("2")),
                (
                    format!("{SCHEMA}identityprovider"),
                    json!(format!("https://sts.windows.net/{tenant}/")),
                ),
                ("idtyp".to_owned(), json!("app")),
                (format!("{SCHEMA}objectidentifier"), json!(object)),
                ("rh".to_owned(), json!(format!("1.{}.", ids.token(52)))),
                (format!("{SOAP}nameidentifier"), json!(object)),
                (format!("{SCHEMA}tenantid"), json!(tenant)),
                ("uti".to_owned(), json!(ids.token(22))),
                ("ver".to_owned(), json!("1.0")),
                ("xms_tcdt".to_owned(), json!(TENANT_CREATED)),
            ];
            claims.extend(more);
        }
    }
    claims.into()
}

/// How the application proved itself: those that people install have no secret (0);
/// others have a certificate (2).
fn client_secret(client: &str) -> &'static str {
    if INSTALLED.contains(&client) {
        "0"
    } else {
        "2"
    }
}

/// The user's id as older services know it: sixteen digits, of the object's id.
fn passport(object: &str) -> String {
    let digits = object.split('-').next().unwrap_or_default();
    format!("10032002{}", digits.to_uppercase())
}
