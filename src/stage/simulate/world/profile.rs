//! What the modelled hosts and accounts are like: small YAML files that anyone
//! replaces.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use serde::Deserialize;

use crate::activity::{ProgramFile, ProgramMetadata};
use crate::content::atomic::Platform;

/// A host, an account, or both.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The profile's name.
    pub name: String,
    /// The host that commands are run on.
    pub host: Option<HostProfile>,
    /// The account of Amazon Web Services.
    pub aws: Option<AwsProfile>,
    /// The subscription of Azure.
    pub azure: Option<AzureProfile>,
    /// What is logged.
    #[serde(default)]
    pub switches: Switches,
}

/// A host.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostProfile {
    /// Its name without its domain, as `WS01`.
    pub name: String,
    /// Its domain name, as `corp.example`.
    pub domain: String,
    /// `windows`, `linux`, or `macos`.
    pub platform: String,
    /// Its operating system, as `Windows 11 Enterprise 24H2 (10.0.26100)`.
    pub os: String,
    /// The build of the operating system, as `10.0.26100`.
    pub build: String,
    /// Its own address.
    pub address: IpAddr,
    /// Its time zone, as `Europe/Berlin`.
    pub time_zone: String,
    /// The user who is signed in.
    pub user: UserProfile,
    /// The machine's GUID: its first part begins Sysmon's process GUIDs.
    pub machine_guid: String,
    /// Environment variables beyond those that every host of its platform has.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Programs that are installed beyond those that are modelled as part of the
    /// operating system.
    #[serde(default)]
    pub programs: Vec<InstalledProgram>,
    /// Paths where nothing is.
    #[serde(default)]
    pub absent: Vec<String>,
    /// Addresses of names; null for a name that is dead.
    #[serde(default)]
    pub names: BTreeMap<String, Option<IpAddr>>,
    /// Conditions that hold, in the words of expectations (`when: {given: …}`).
    #[serde(default)]
    pub given: Vec<String>,
}

/// A user of a host.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserProfile {
    /// The domain's short name; empty on Linux.
    pub domain: String,
    /// The user's name.
    pub name: String,
    /// The security identifier, or the numeric id on Linux.
    pub sid: String,
}

/// A program that is installed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstalledProgram {
    /// Its full path.
    pub path: String,
    /// The program whose model it follows, as `anydesk.exe`; the name in its path
    /// unless said.
    #[serde(default)]
    pub model: Option<String>,
    /// Its version resource.
    #[serde(default)]
    pub metadata: Option<ProgramMetadata>,
    /// Who signed it.
    #[serde(default)]
    pub signer: Option<String>,
}

/// An account of Amazon Web Services.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AwsProfile {
    /// The account's twelve digits.
    pub account: String,
    /// The region unless a command says another.
    pub region: String,
    /// Who calls.
    #[serde(with = "serde_yaml::with::singleton_map")]
    pub caller: AwsCallerProfile,
    /// Where calls come from.
    pub source: IpAddr,
    /// What the command line calls itself.
    pub user_agent: String,
    /// Calls that are refused, as `ssm:SendCommand`.
    #[serde(default)]
    pub denied: Vec<String>,
}

/// Who calls an API of Amazon Web Services.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AwsCallerProfile {
    /// A user.
    User {
        /// The unique id.
        id: String,
        /// The name.
        name: String,
        /// The access key's id.
        access_key: String,
    },
    /// An assumed role.
    Role {
        /// The unique id.
        id: String,
        /// The role's name.
        name: String,
        /// The session's name.
        session: String,
        /// The access key's id.
        access_key: String,
    },
}

/// A subscription of Azure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AzureProfile {
    /// The tenant's id.
    pub tenant: String,
    /// The subscription's id.
    pub subscription: String,
    /// Who calls.
    #[serde(with = "serde_yaml::with::singleton_map")]
    pub caller: AzureCallerProfile,
    /// Where calls come from.
    pub source: IpAddr,
    /// Actions that are refused, as `Microsoft.Compute/virtualMachines/runCommand/action`.
    #[serde(default)]
    pub denied: Vec<String>,
    /// The form in which activity is exported.
    #[serde(default)]
    pub export: AzureExport,
}

/// The form of Azure's activity records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AzureExport {
    /// What diagnostic settings write.
    #[default]
    DiagnosticSettings,
    /// What the REST API lists.
    Rest,
}

/// Who calls Azure's resource manager.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AzureCallerProfile {
    /// A person.
    User {
        /// The user principal name.
        name: String,
        /// The object id.
        object: String,
    },
    /// An application or managed identity.
    Application {
        /// The client id.
        application: String,
        /// The object id.
        object: String,
    },
}

/// What is logged: what is off leaves no event.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Switches {
    /// The ids of the events that Sysmon is configured to log; without Sysmon, none.
    pub sysmon: Vec<u32>,
    /// The event ids of the audit policy that is in force (4688, 4698, 4697, 4624).
    pub security: Vec<u32>,
    /// Whether 4688 has command lines.
    pub command_lines: bool,
    /// Whether PowerShell logs script blocks (4104).
    pub script_blocks: bool,
    /// Whether PowerShell logs modules (4103).
    pub modules: bool,
    /// Whether the task scheduler's history is on.
    pub task_history: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            sysmon: vec![1, 3, 5, 7, 11, 12, 13, 17, 18, 22, 23],
            security: vec![4688, 4698, 4697, 4624],
            command_lines: true,
            script_blocks: true,
            modules: true,
            task_history: true,
        }
    }
}

/// A profile cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ProfileError(#[from] serde_yaml::Error);

const WINDOWS: &str = include_str!("profiles/windows.yaml");
const LINUX: &str = include_str!("profiles/linux.yaml");
const CLOUD: &str = include_str!("profiles/cloud.yaml");

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        Ok(serde_yaml::from_str(text)?)
    }

    /// The bundled profile for a platform; `None` where nothing is modelled.
    #[must_use]
    pub fn bundled(platform: Platform) -> Option<Self> {
        let text = match platform {
            Platform::Windows => WINDOWS,
            Platform::Linux | Platform::MacOs => LINUX,
            Platform::IaasAws | Platform::IaasAzure => CLOUD,
            _ => return None,
        };
        Some(Self::known(text))
    }

    /// The bundled profile of clouds that are looked after from Windows: commands in
    /// PowerShell and for `cmd` are carried out there.
    #[must_use]
    pub fn clouds_from_windows() -> Self {
        let mut clouds = Self::known(CLOUD);
        let workstation = Self::known(WINDOWS);
        let given = clouds.host.map(|host| host.given).unwrap_or_default();
        clouds.name = "clouds-from-windows".to_owned();
        clouds.host = workstation.host.map(|host| HostProfile { given, ..host });
        clouds
    }

    fn known(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|error| panic!("a bundled profile is damaged: {error}"))
    }

    /// Whether its host is one with Windows.
    #[must_use]
    pub fn is_windows(&self) -> bool {
        let host = self.host.as_ref();
        host.is_some_and(|host| host.platform == "windows")
    }

    /// Whether it says that nothing is at a path.
    #[must_use]
    pub fn is_absent(&self, path: &str) -> bool {
        let path = path.to_lowercase();
        self.host.as_ref().is_some_and(|host| {
            host.absent.iter().any(|absent| {
                let absent = absent.to_lowercase();
                path == absent
                    || path
                        .strip_prefix(&absent)
                        .is_some_and(|rest| rest.starts_with(['\\', '/']))
            })
        })
    }

    /// What it knows of a name's address: nothing, that it is dead, or the address.
    pub(super) fn address_of(&self, name: &str) -> Option<Option<IpAddr>> {
        self.host.as_ref()?.names.get(name).copied()
    }

    /// Whether a name means the host itself: its name, with or without its domain.
    #[must_use]
    pub fn is_own_name(&self, name: &str) -> bool {
        let host = self.host.as_ref();
        host.is_some_and(|host| {
            name.eq_ignore_ascii_case(&host.name) || name.eq_ignore_ascii_case(&host.full_name())
        })
    }

    /// The host's own address.
    #[must_use]
    pub fn own_address(&self) -> IpAddr {
        self.host
            .as_ref()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |host| host.address)
    }
}

impl AwsProfile {
    /// The caller's ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        let account = &self.account;
        match &self.caller {
            AwsCallerProfile::User { name, .. } => format!("arn:aws:iam::{account}:user/{name}"),
            AwsCallerProfile::Role { name, session, .. } => {
                format!("arn:aws:sts::{account}:assumed-role/{name}/{session}")
            }
        }
    }
}

impl AzureProfile {
    /// The name of the caller: of an application it is its id.
    #[must_use]
    pub fn caller_name(&self) -> &str {
        match &self.caller {
            AzureCallerProfile::User { name, .. } => name,
            AzureCallerProfile::Application { application, .. } => application,
        }
    }
}

impl HostProfile {
    /// Its name with its domain, as `WS01.corp.example`.
    #[must_use]
    pub fn full_name(&self) -> String {
        if self.domain.is_empty() {
            self.name.clone()
        } else {
            format!("{}.{}", self.name, self.domain)
        }
    }
}

impl InstalledProgram {
    /// What is in its file.
    #[must_use]
    pub fn file(&self) -> ProgramFile {
        let name = self.path.rsplit(['\\', '/']).next().unwrap_or(&self.path);
        ProgramFile {
            content: self.model.as_deref().unwrap_or(name).to_lowercase(),
            metadata: self.metadata.clone(),
            signer: self.signer.clone(),
            hashes: None,
        }
    }
}
