//! Tactics.

use std::fmt;

use serde::Serialize;

macro_rules! tactics {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal;)+) => {
        /// What an adversary wants to achieve.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Tactic {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Tactic {
            /// Every tactic, in the order of ATT&CK's matrix.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// ATT&CK's word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)+
                }
            }
        }
    };
}

tactics! {
    /// Gathering information before an attack.
    Reconnaissance = "reconnaissance";
    /// Establishing what an attack needs.
    ResourceDevelopment = "resource-development";
    /// Getting in.
    InitialAccess = "initial-access";
    /// Running code.
    Execution = "execution";
    /// Keeping a foothold.
    Persistence = "persistence";
    /// Getting more rights.
    PrivilegeEscalation = "privilege-escalation";
    /// Not being noticed.
    Stealth = "stealth";
    /// Weakening what defends.
    DefenseImpairment = "defense-impairment";
    /// Stealing names and passwords.
    CredentialAccess = "credential-access";
    /// Looking around.
    Discovery = "discovery";
    /// Moving on to other systems.
    LateralMovement = "lateral-movement";
    /// Gathering what is of interest.
    Collection = "collection";
    /// Commanding what was taken over.
    CommandAndControl = "command-and-control";
    /// Taking data out.
    Exfiltration = "exfiltration";
    /// Destroying, changing, or withholding.
    Impact = "impact";
}

impl Tactic {
    /// The tactic of that word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut known = Self::ALL.iter();
        known.find(|tactic| tactic.as_str() == text).copied()
    }
}

impl fmt::Display for Tactic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
