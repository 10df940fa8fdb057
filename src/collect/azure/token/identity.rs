//! Who the environment says that we are.

use std::path::PathBuf;

use crate::collect::Secret;

/// What the environment names, as Azure's own libraries read it (Microsoft,
/// "Environment variables" of the Azure Identity library). Its debug output shows no
/// secret.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// `AZURE_TENANT_ID`.
    pub tenant: Option<String>,
    /// `AZURE_CLIENT_ID`: the application, or the user-assigned managed identity.
    pub client: Option<String>,
    /// `AZURE_CLIENT_SECRET`.
    pub secret: Option<Secret>,
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    pub federated_token_file: Option<PathBuf>,
    /// `IDENTITY_ENDPOINT`, of App Service and what is built on it.
    pub endpoint: Option<String>,
    /// `IDENTITY_HEADER`.
    pub endpoint_header: Option<Secret>,
}

impl Identity {
    /// What an environment names; an empty variable counts as none.
    #[must_use]
    pub fn of(get: impl Fn(&str) -> Option<String>) -> Self {
        let get = |name: &str| {
            let value = get(name)?.trim().to_owned();
            (!value.is_empty()).then_some(value)
        };
        Self {
            tenant: get("AZURE_TENANT_ID"),
            client: get("AZURE_CLIENT_ID"),
            secret: get("AZURE_CLIENT_SECRET").map(Secret::new),
            federated_token_file: get("AZURE_FEDERATED_TOKEN_FILE").map(PathBuf::from),
            endpoint: get("IDENTITY_ENDPOINT"),
            endpoint_header: get("IDENTITY_HEADER").map(Secret::new),
        }
    }

    /// What the environment of this process names.
    #[must_use]
    pub fn of_process() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    /// Where the environment says that a token can be got; nothing is asked.
    #[must_use]
    pub fn named(&self) -> Option<&'static str> {
        let is_app = self.tenant.is_some() && self.client.is_some();
        if is_app && self.secret.is_some() {
            Some("AZURE_TENANT_ID, AZURE_CLIENT_ID, and AZURE_CLIENT_SECRET")
        } else if is_app && self.federated_token_file.is_some() {
            Some("AZURE_FEDERATED_TOKEN_FILE")
        } else if self.endpoint.is_some() {
            Some("IDENTITY_ENDPOINT")
        } else {
            None
        }
    }
}
