//! The subscription that the Azure command line uses.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::subscription::SubscriptionId;
use crate::collect::CollectError;

/// The longest file that is read; real ones have a kilobyte for each subscription.
const LONGEST_FILE: u64 = 16 << 20;
/// The cloud that is asked.
const PUBLIC: &str = "AzureCloud";

/// What of `azureProfile.json` is looked at. It holds no token.
#[derive(Deserialize)]
struct Profile {
    #[serde(default)]
    subscriptions: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: String,
    #[serde(default)]
    is_default: bool,
    environment_name: Option<String>,
}

/// The subscription that the Azure command line works in, as `az account set` chose it:
/// the one of `azureProfile.json` that `isDefault`, in `AZURE_CONFIG_DIR` or in `.azure`
/// below the home. Nothing, if nobody is signed in.
///
/// Azure CLI documentation, "Azure CLI configuration" (`AZURE_CONFIG_DIR`) and "Manage
/// Azure subscriptions with the Azure CLI". The file begins with a byte order mark.
///
/// # Errors
/// The file cannot be read, or its subscription is of another cloud than the public one.
pub fn default_subscription(
    get: impl Fn(&str) -> Option<String>,
    home: Option<PathBuf>,
) -> Result<Option<SubscriptionId>, CollectError> {
    let named = get("AZURE_CONFIG_DIR").filter(|folder| !folder.trim().is_empty());
    let folder = match named {
        Some(folder) => PathBuf::from(folder),
        None => match home {
            Some(home) => home.join(".azure"),
            None => return Ok(None),
        },
    };
    let path = folder.join("azureProfile.json");
    let misconfigured = |because: String| CollectError::Misconfigured {
        service: "the Azure command line".to_owned(),
        because: format!("{} {because}", path.display()),
    };
    let bytes = match read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(misconfigured(format!("cannot be read: {error}"))),
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let profile: Profile = serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        misconfigured(format!("is no profile (line {line}, column {column})"))
    })?;
    let Some(chosen) = profile.subscriptions.iter().find(|one| one.is_default) else {
        return Ok(None);
    };
    if let Some(cloud) = chosen.environment_name.as_deref()
        && cloud != PUBLIC
    {
        return Err(misconfigured(format!(
            "chooses a subscription of `{}`, and only `{PUBLIC}` is asked",
            cloud.escape_default()
        )));
    }
    SubscriptionId::new(&chosen.id)
        .map(Some)
        .map_err(|error| misconfigured(format!("chooses a subscription, but {error}")))
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(LONGEST_FILE).read_to_end(&mut bytes)?;
    Ok(bytes)
}
