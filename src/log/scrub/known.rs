//! What looks like an identity and is none.

/// Accounts that every host has, and names that say nothing about who bears them.
/// Sources: "Local accounts" and "Security identifiers" (Microsoft Learn), the default
/// users of cloud images ("Manage system users on your Linux instance", AWS), and
/// `/etc/passwd` of Debian.
const USERS: &[&str] = &[
    "",
    "-",
    "*",
    "admin",
    "administrateur",
    "administrator",
    "administrators",
    "aks",
    "all users",
    "anonymous",
    "anonymous logon",
    "azureuser",
    "backup",
    "bin",
    "bitnami",
    "built-in",
    "centos",
    "cli",
    "computer",
    "console",
    "daemon",
    "debian",
    "default",
    "default user",
    "defaultaccount",
    "defaultuser0",
    "defaultapppool",
    "dialup",
    "docker",
    "ec2-user",
    "ec2user",
    "everyone",
    "fedora",
    "games",
    "git",
    "guest",
    "home",
    "interactive",
    "iusr",
    "jenkins",
    "krbtgt",
    "local service",
    "localservice",
    "localsystem",
    "lp",
    "mail",
    "man",
    "me",
    "messagebus",
    "n/a",
    "network",
    "network service",
    "networkservice",
    "news",
    "nobody",
    "none",
    "noreply",
    "null",
    "oracle",
    "owner",
    "postgres",
    "proxy",
    "public",
    "puppet",
    "rocky",
    "root",
    "rundeck",
    "runner",
    "self",
    "service",
    "sshd",
    "ssm-user",
    "sync",
    "sys",
    "syslog",
    "system",
    "systemprofile",
    "test",
    "ubuntu",
    "unknown",
    "user",
    "users",
    "vagrant",
    "vscode",
    "wdagutilityaccount",
    "winrm virtual users",
    "www-data",
    "système",
    "lokaler dienst",
    "netzwerkdienst",
];

/// Domains of such accounts, and labels of domain names that say nothing.
const DOMAINS: &[&str] = &[
    "",
    "-",
    ".",
    "ac",
    "ad",
    "app",
    "application package authority",
    "autorite nt",
    "azuread",
    "builtin",
    "cloud",
    "co",
    "com",
    "contoso",
    "corp",
    "dc",
    "dev",
    "domain",
    "edu",
    "example",
    "fabrikam",
    "font driver host",
    "gov",
    "home",
    "iis apppool",
    "internal",
    "intranet",
    "lab",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "microsoftaccount",
    "n/a",
    "net",
    "nt authority",
    "nt service",
    "nt virtual machine",
    "nt-autorität",
    "org",
    "prod",
    "restricted services",
    "test",
    "unknown",
    "window manager",
    "workgroup",
    "www",
];

/// Hosts that are everybody's.
const HOSTS: &[&str] = &[
    "",
    "-",
    ".",
    "*",
    "localhost",
    "localhost.localdomain",
    "n/a",
    "unknown",
];

/// Domain names of vendors and of everyone's mail. What stands below them is a service;
/// who uses it is in the other labels, if at all.
const PUBLIC_DOMAINS: &[&str] = &[
    "amazon.com",
    "amazonaws.com",
    "amazonaws.com.cn",
    "aws",
    "aws.dev",
    "anydesk.com",
    "azure.com",
    "azure.net",
    "azureedge.net",
    "cloudapp.net",
    "core.windows.net",
    "devtunnels.ms",
    "digicert.com",
    "docker.com",
    "docker.io",
    "ghcr.io",
    "github.com",
    "githubusercontent.com",
    "gmail.com",
    "google.com",
    "googlemail.com",
    "googleapis.com",
    "gstatic.com",
    "hotmail.com",
    "icloud.com",
    "libssh.org",
    "live.com",
    "live.net",
    "microsoft.com",
    "microsoftonline.com",
    "mozilla.org",
    "msn.com",
    "nip.io",
    "office.com",
    "office365.com",
    "onmicrosoft.com",
    "openssh.com",
    "outlook.com",
    "proton.me",
    "protonmail.com",
    "sharepoint.com",
    "sysinternals.com",
    "teamviewer.com",
    "trafficmanager.net",
    "ubuntu.com",
    "visualstudio.com",
    "vscode-cdn.net",
    "windows.com",
    "windows.net",
    "windowsupdate.com",
    "yahoo.com",
];

/// Domain names that are nobody's, by RFC 2606 and RFC 6761.
const RESERVED_DOMAINS: &[&str] = &[
    "example",
    "example.com",
    "example.net",
    "example.org",
    "invalid",
    "localhost",
    "test",
];

/// Accounts of the documentation of AWS, and of AWS itself and Canonical, from which
/// everyone takes images ("Shared AMIs", AWS; "Find Ubuntu images on AWS", Canonical).
const ACCOUNTS: &[&str] = &[
    "000000000000",
    "012345678901",
    "111111111111",
    "111122223333",
    "123456789012",
    "222222222222",
    "333333333333",
    "444455556666",
    "555555555555",
    "666666666666",
    "777788889999",
    "888888888888",
    "999999999999",
    "137112412989",
    "801119661308",
    "602401143452",
    "099720109477",
    "679593333241",
];

/// Applications of Microsoft's own, which sign in everywhere ("Verify first-party
/// Microsoft applications in sign-in reports", Microsoft), without hyphens.
const APPLICATIONS: &[&str] = &[
    "00000000000000000000000000000000",
    "0000000200000000c000000000000000",
    "0000000300000000c000000000000000",
    "01cb28767ebd4aa49cc9d28bd4d359a9",
    "04b077958ddb461abbee02f9e1bf7b46",
    "14d82eec204b4c2fb7e8296a70dab67e",
    "1950a258227b4e31a9cf717495945fc2",
    "1fec8e78bce44aafab1b5451cc387264",
    "372140e0b3b742268ef9d57986796201",
    "797f4846ba004fd7ba43dac1f8f63013",
    "872cd9fad31f45e09eab6e460a02d1f1",
    "aebc6443996d45c290f0388ff96faa56",
    "c44b40833bb049c1b47d974e53cbdf3c",
    "d3590ed652b34102aeffaad2292ab01c",
    "de8bc8b5d9f948b1a8adb748da725064",
];

pub(super) fn is_common_user(name: &str) -> bool {
    let lower = name.to_lowercase();
    let is_numbered = [
        "dwm-",
        "umfd-",
        "aws-go-sdk-",
        "botocore-session-",
        "awscli-session-",
    ]
    .iter()
    .any(|start| {
        let rest = lower.strip_prefix(start);
        rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    });
    USERS.contains(&lower.as_str()) || is_numbered || lower.starts_with("aws-sdk")
}

pub(super) fn is_common_domain(label: &str) -> bool {
    DOMAINS.contains(&label.to_lowercase().as_str())
}

pub(super) fn is_common_host(name: &str) -> bool {
    HOSTS.contains(&name.to_lowercase().as_str())
}

/// Whether a domain name is a vendor's or everyone's.
pub(super) fn is_public_domain(name: &str) -> bool {
    is_below(name, PUBLIC_DOMAINS)
}

/// Whether a domain name is nobody's.
pub(super) fn is_reserved_domain(name: &str) -> bool {
    is_below(name, RESERVED_DOMAINS)
}

fn is_below(name: &str, domains: &[&str]) -> bool {
    let lower = name.trim_end_matches('.').to_lowercase();
    domains.iter().any(|known| {
        let rest = lower.strip_suffix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

pub(super) fn is_known_account(digits: &str) -> bool {
    ACCOUNTS.contains(&digits)
}

pub(super) fn is_known_application(hex: &str) -> bool {
    APPLICATIONS.contains(&hex)
}
