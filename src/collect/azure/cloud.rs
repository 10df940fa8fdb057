//! Where an Azure cloud's services are.

/// The addresses of one Azure cloud, each without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cloud {
    /// Microsoft Entra, which hands out tokens.
    pub login: String,
    /// Resource manager, which has the activity log; also what its tokens are for.
    pub management: String,
    /// What tokens for storage are for.
    pub storage: String,
    /// Where storage accounts are: `{account}` is put in.
    pub blobs: String,
    /// The instance metadata service.
    pub metadata: String,
}

impl Default for Cloud {
    /// The public cloud.
    fn default() -> Self {
        Self {
            login: "https://login.microsoftonline.com".to_owned(),
            management: "https://management.azure.com".to_owned(),
            storage: "https://storage.azure.com".to_owned(),
            blobs: "https://{account}.blob.core.windows.net".to_owned(),
            metadata: "http://169.254.169.254".to_owned(),
        }
    }
}

impl Cloud {
    /// The address of a storage account.
    pub(super) fn account(&self, account: &str) -> String {
        self.blobs.replace("{account}", account)
    }
}

/// The scheme, host, and port of an address, as it is written; its path after that.
/// Only those addresses are taken that name nothing else before their host.
pub(super) fn origin_and_path(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || "-.:[]".contains(sign);
    (!authority.is_empty() && authority.chars().all(is_plain))
        .then(|| (url.get(..scheme.len() + 3 + end).unwrap_or_default(), path))
}
