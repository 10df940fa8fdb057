//! What an atomic is, once it is loaded and right.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use uuid::Uuid;

use crate::diagnostic::Place;

/// An id of ATT&CK's for a technique or sub-technique, such as `T1219.001`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct TechniqueId(Box<str>);

impl TechniqueId {
    /// Reads an id: `T`, four digits, and, for a sub-technique, a dot and three
    /// digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |text: &str, count| {
            text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let number = text.strip_prefix('T')?;
        let is_right = match number.split_once('.') {
            Some((technique, sub)) => digits(technique, 4) && digits(sub, 3),
            None => digits(number, 4),
        };
        is_right.then(|| Self(text.into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The technique that a sub-technique belongs to; a technique is its own.
    #[must_use]
    pub fn parent(&self) -> Self {
        let parent = self.0.split('.').next().unwrap_or(&self.0);
        Self(parent.into())
    }
}

impl fmt::Display for TechniqueId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// The `auto_generated_guid` of an atomic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AtomicGuid(Uuid);

impl AtomicGuid {
    /// Reads a GUID with hyphens.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // `Uuid` also reads forms that the schema does not have.
        (text.len() == 36)
            .then(|| Uuid::try_parse(text).ok())?
            .map(Self)
    }
}

impl AtomicGuid {
    /// The GUID of an atomic that has none: all zeros.
    #[must_use]
    pub fn nil() -> Self {
        Self(Uuid::nil())
    }

    /// It as a number.
    #[must_use]
    pub fn as_uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for AtomicGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// One test of Atomic Red Team.
#[derive(Debug, Clone)]
pub struct Atomic {
    /// The technique whose file it stands in.
    pub technique: TechniqueId,
    /// Its identity; tests that were never published may have none.
    pub guid: Option<AtomicGuid>,
    /// Its place in its file, from one.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Where it works; never empty.
    pub platforms: Vec<Platform>,
    /// Its arguments by name.
    pub arguments: BTreeMap<String, Argument>,
    /// What must be there first.
    pub dependencies: Vec<Dependency>,
    /// The shell of the dependencies, if it is another than the test's own.
    pub dependency_shell: Option<Shell>,
    /// Who checks what must be there, and gets it; the test's own executor unless
    /// the file says otherwise.
    pub dependencies_by: DependenciesBy,
    /// What it does, and with what.
    pub executor: Executor,
    /// Where it stands.
    pub place: Place,
}

/// An argument of an atomic.
#[derive(Debug, Clone, PartialEq)]
pub struct Argument {
    /// What it is for.
    pub description: String,
    /// What it can be.
    pub kind: ArgumentKind,
    /// What it is unless someone says otherwise.
    pub default: Option<String>,
}

/// What an argument can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgumentKind {
    /// Any text.
    String,
    /// A path.
    Path,
    /// An address.
    Url,
    /// A whole number.
    Integer,
    /// A number.
    Float,
}

impl ArgumentKind {
    /// The word of the public schema.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Path => "path",
            Self::Url => "url",
            Self::Integer => "integer",
            Self::Float => "float",
        }
    }
}

impl fmt::Display for ArgumentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What an atomic needs before it can be performed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// What is needed.
    pub description: String,
    /// A command that exits with 0 if it is there.
    pub prereq_command: String,
    /// A command that gets it, if there is one.
    pub get_prereq_command: Option<String>,
}

/// Who checks what an atomic needs, and gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DependenciesBy {
    /// A person.
    Person,
    /// A shell.
    Shell(Shell),
}

/// How an atomic is performed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Executor {
    /// By a person.
    Manual {
        /// What the person does.
        steps: String,
    },
    /// By a shell.
    Command {
        /// The shell.
        shell: Shell,
        /// What it runs.
        command: String,
        /// What undoes it.
        cleanup_command: Option<String>,
        /// What rights it needs.
        elevation: Elevation,
    },
}

/// A shell that runs commands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Shell {
    /// PowerShell.
    #[serde(rename = "powershell")]
    PowerShell,
    /// `cmd.exe`.
    CommandPrompt,
    /// The POSIX shell.
    Sh,
    /// Bash.
    Bash,
}

impl Shell {
    /// The word of the public schema.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PowerShell => "powershell",
            Self::CommandPrompt => "command_prompt",
            Self::Sh => "sh",
            Self::Bash => "bash",
        }
    }
}

impl fmt::Display for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The rights that an atomic needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elevation {
    /// Those of an administrator.
    Required,
    /// Anyone's.
    NotRequired,
}

/// Where an atomic works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum Platform {
    /// Windows.
    #[serde(rename = "windows")]
    Windows,
    /// macOS.
    #[serde(rename = "macos")]
    MacOs,
    /// Linux.
    #[serde(rename = "linux")]
    Linux,
    /// Office 365.
    #[serde(rename = "office-365")]
    Office365,
    /// Azure Active Directory.
    #[serde(rename = "azure-ad")]
    AzureAd,
    /// Google Workspace.
    #[serde(rename = "google-workspace")]
    GoogleWorkspace,
    /// Software as a service.
    #[serde(rename = "saas")]
    Saas,
    /// Infrastructure as a service, any.
    #[serde(rename = "iaas")]
    Iaas,
    /// Containers.
    #[serde(rename = "containers")]
    Containers,
    /// Google Cloud.
    #[serde(rename = "iaas:gcp")]
    IaasGcp,
    /// Azure.
    #[serde(rename = "iaas:azure")]
    IaasAzure,
    /// Amazon Web Services.
    #[serde(rename = "iaas:aws")]
    IaasAws,
    /// VMware ESXi.
    #[serde(rename = "esxi")]
    Esxi,
}

impl Platform {
    /// Every platform, in the order of the public schema.
    pub const ALL: [Self; 13] = [
        Self::Windows,
        Self::MacOs,
        Self::Linux,
        Self::Office365,
        Self::AzureAd,
        Self::GoogleWorkspace,
        Self::Saas,
        Self::Iaas,
        Self::Containers,
        Self::IaasGcp,
        Self::IaasAzure,
        Self::IaasAws,
        Self::Esxi,
    ];

    /// The word of the public schema.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::MacOs => "macos",
            Self::Linux => "linux",
            Self::Office365 => "office-365",
            Self::AzureAd => "azure-ad",
            Self::GoogleWorkspace => "google-workspace",
            Self::Saas => "saas",
            Self::Iaas => "iaas",
            Self::Containers => "containers",
            Self::IaasGcp => "iaas:gcp",
            Self::IaasAzure => "iaas:azure",
            Self::IaasAws => "iaas:aws",
            Self::Esxi => "esxi",
        }
    }

    /// The platform of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == text)
    }

    /// Whether it is a service that is reached from anywhere, and no host.
    #[must_use]
    pub fn is_service(self) -> bool {
        match self {
            Self::Office365
            | Self::AzureAd
            | Self::GoogleWorkspace
            | Self::Saas
            | Self::Iaas
            | Self::IaasGcp
            | Self::IaasAzure
            | Self::IaasAws => true,
            Self::Windows | Self::MacOs | Self::Linux | Self::Containers | Self::Esxi => false,
        }
    }

    /// Whether what is of one platform may be of the other: they are the same, or one
    /// is any infrastructure as a service and the other a provider's.
    #[must_use]
    pub fn is_of(self, other: Self) -> bool {
        let is_iaas =
            |platform| matches!(platform, Self::IaasAws | Self::IaasAzure | Self::IaasGcp);
        self == other
            || other == Self::Iaas && is_iaas(self)
            || self == Self::Iaas && is_iaas(other)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
