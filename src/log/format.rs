//! The log formats that can be read.

use std::fmt;

use serde::Serialize;

/// A log format, recognised by content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The binary Windows event log.
    Evtx,
    /// AWS CloudTrail, in any of its forms.
    #[serde(rename = "cloudtrail")]
    CloudTrail,
    /// Azure activity log and the logs that are exported the same way.
    AzureActivity,
    /// Windows events as XML.
    WindowsXml,
    /// Windows events as `evtx_dump` writes them.
    WindowsJson,
    /// Windows events as winlogbeat ships them.
    Winlogbeat,
    /// Windows events with all fields side by side, as NXLog ships them.
    Nxlog,
    /// Windows events as PowerShell's `ConvertTo-Json` writes them.
    #[serde(rename = "powershell")]
    PowerShell,
    /// Sysmon for Linux in a system log or in a journal.
    SysmonLinux,
    /// JSON of a log source that the user has declared; not only in lines.
    #[serde(rename = "json")]
    JsonLines,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Evtx => "EVTX",
            Self::CloudTrail => "CloudTrail",
            Self::AzureActivity => "Azure activity",
            Self::WindowsXml => "Windows event XML",
            Self::WindowsJson => "Windows event JSON",
            Self::Winlogbeat => "winlogbeat JSON",
            Self::Nxlog => "NXLog JSON",
            Self::PowerShell => "PowerShell JSON",
            Self::SysmonLinux => "Sysmon for Linux",
            Self::JsonLines => "JSON",
        })
    }
}
