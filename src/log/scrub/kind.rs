//! The kinds of identities.

use std::fmt;

/// What an identity is of. A pseudonym is of the same kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The number of an AWS account.
    Account,
    /// An IP address.
    Address,
    /// The hardware address of a network card.
    HardwareAddress,
    /// The name of a host.
    Host,
    /// The name of a Windows domain, or a label of a domain name.
    Domain,
    /// The name of a person or an account.
    User,
    /// The part of a SID that names the machine or the directory.
    Sid,
    /// The unique id of a user or role of AWS, such as `AIDA…`.
    Principal,
    /// The id of an access key of AWS.
    AccessKey,
    /// A password.
    Password,
    /// A key, a token, or anything else that opens a door.
    Secret,
    /// A public key, or its fingerprint.
    PublicKey,
    /// The GUID of a directory, a subscription, or of something in one.
    Directory,
    /// The part of Sysmon's GUIDs that names the machine.
    Machine,
    /// The id of a resource of AWS, such as `i-…`.
    Resource,
    /// The name of a bucket.
    Bucket,
    /// The name of a resource group of Azure.
    Group,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 17] = [
        Self::Account,
        Self::Address,
        Self::HardwareAddress,
        Self::Host,
        Self::Domain,
        Self::User,
        Self::Sid,
        Self::Principal,
        Self::AccessKey,
        Self::Password,
        Self::Secret,
        Self::PublicKey,
        Self::Directory,
        Self::Machine,
        Self::Resource,
        Self::Bucket,
        Self::Group,
    ];

    /// What users call it, in the plural.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "AWS account numbers",
            Self::Address => "IP addresses",
            Self::HardwareAddress => "hardware addresses",
            Self::Host => "host names",
            Self::Domain => "domain names",
            Self::User => "user names",
            Self::Sid => "SIDs",
            Self::Principal => "AWS principal ids",
            Self::AccessKey => "AWS access key ids",
            Self::Password => "passwords",
            Self::Secret => "keys and tokens",
            Self::PublicKey => "public keys",
            Self::Directory => "directory and subscription ids",
            Self::Machine => "machine ids",
            Self::Resource => "AWS resource ids",
            Self::Bucket => "bucket names",
            Self::Group => "resource group names",
        }
    }

    /// Whether it is a name: written in any case, and possibly a word of its own.
    pub(super) fn is_name(self) -> bool {
        matches!(
            self,
            Self::Host | Self::Domain | Self::User | Self::Bucket | Self::Group
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
