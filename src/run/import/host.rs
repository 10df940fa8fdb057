//! Where a capture was made, as far as its records tell.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::content::atomic::Platform;
use crate::event::catalogue::Source;
use crate::event::{Event, Section};

use super::record::{said, text};

/// How many different values of a fact are counted.
const MOST: usize = 1000;

/// A value that is longer than this is no fact.
const LONGEST: usize = 300;

static TEMP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)[a-z]:\\users\\[^\\"/:*?<>|~\p{Cc}]+\\appdata\\local\\temp\b"#).ok()
});
static SID: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"S-1-5-21(?:-\d{1,10}){4}").ok());
static SUBSCRIPTION: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)/subscriptions/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})").ok()
});

/// How often each value of a fact occurs.
#[derive(Debug, Clone, Default)]
pub(super) struct Counter(BTreeMap<String, u64>);

impl Counter {
    fn add(&mut self, value: &str) {
        self.add_times(value, 1);
    }

    fn add_times(&mut self, value: &str, times: u64) {
        if value.is_empty() || value.len() > LONGEST || value.contains(char::is_control) {
            return;
        }
        if let Some(count) = self.0.get_mut(value) {
            *count += times;
        } else if self.0.len() < MOST {
            self.0.insert(value.to_owned(), times);
        }
    }

    fn merge(&mut self, other: Self) {
        for (value, times) in other.0 {
            self.add_times(&value, times);
        }
    }

    /// The values, the most frequent first.
    fn ranked(&self) -> Vec<(&str, u64)> {
        let mut ranked: Vec<_> = self
            .0
            .iter()
            .map(|(value, count)| (value.as_str(), *count))
            .collect();
        ranked.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(right.0)));
        ranked
    }

    fn best(&self) -> Option<&str> {
        self.ranked().first().map(|(value, _)| *value)
    }
}

/// What the records say about where they were made.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    computers: Counter,
    accounts: Counter,
    subscriptions: Counter,
    platforms: Counter,
    temps: Counter,
    sids: Counter,
    users: Counter,
    callers: Counter,
    regions: Counter,
    /// The versions of products, by the short name of their log.
    versions: BTreeMap<&'static str, Counter>,
    configurations: Counter,
}

impl Facts {
    /// Takes note of a record.
    pub(super) fn note(
        &mut self,
        event: Event<'_>,
        source: &'static Source,
        event_id: Option<u32>,
    ) {
        self.platforms.add(platform(source).as_str());
        match source.id.as_str() {
            "cloudtrail" => self.note_cloudtrail(event),
            "azure-activity" => self.note_azure(event),
            id => self.note_windows(event, id, event_id),
        }
    }

    fn note_cloudtrail(&mut self, event: Event<'_>) {
        let account =
            text(event, "recipientAccountId").or_else(|| text(event, "userIdentity.accountId"));
        self.accounts.add(&account.unwrap_or_default());
        self.regions
            .add(&text(event, "awsRegion").unwrap_or_default());
        self.version("cloudtrail", text(event, "eventVersion"));
        if let Some(arn) = text(event, "userIdentity.arn").filter(|arn| arn.contains(":user/")) {
            self.callers.add(&arn);
        }
    }

    fn note_azure(&mut self, event: Event<'_>) {
        if let Some(resource) = text(event, "resourceId")
            && let Some(found) = SUBSCRIPTION
                .iter()
                .find_map(|known| known.captures(&resource))
            && let Some(id) = found.get(1)
        {
            self.subscriptions.add(&id.as_str().to_lowercase());
        }
    }

    fn note_windows(&mut self, event: Event<'_>, source: &str, event_id: Option<u32>) {
        if let Some(computer) = event.find(Section::System, "Computer").and_then(said) {
            self.computers.add(&computer);
        }
        let is_sysmon = source == "sysmon" || source == "sysmon-linux";
        if is_sysmon {
            self.note_sysmon(event, source, event_id);
        }
        for field in event.fields() {
            let Some(text) = field.value.as_text() else {
                continue;
            };
            match field.name {
                "Image" | "CommandLine" | "CurrentDirectory" | "TargetFilename"
                | "NewProcessName" => {
                    if let Some(found) = TEMP.iter().find_map(|temp| temp.find(text)) {
                        self.temps.add(found.as_str());
                    }
                }
                "SubjectUserSid" | "TargetUserSid" | "TargetObject" | "ObjectName" => {
                    if let Some(found) = SID.iter().find_map(|sid| sid.find(text)) {
                        self.sids.add(found.as_str());
                    }
                }
                "User" if is_sysmon && is_person(text) => self.users.add(text),
                _ => {}
            }
        }
    }

    fn note_sysmon(&mut self, event: Event<'_>, source: &str, event_id: Option<u32>) {
        let source = match source {
            "sysmon" => "sysmon",
            _ => "sysmon-linux",
        };
        match event_id {
            Some(4) => self.version(source, text(event, "Version")),
            Some(16) => self
                .configurations
                .add(&text(event, "Configuration").unwrap_or_default()),
            Some(1) => {
                let image = text(event, "Image").unwrap_or_default().to_lowercase();
                if image.ends_with("\\sysmon.exe") || image.ends_with("\\sysmon64.exe") {
                    self.version(source, text(event, "FileVersion"));
                }
            }
            _ => {}
        }
    }

    fn version(&mut self, source: &'static str, version: Option<String>) {
        if let Some(version) = version {
            self.versions.entry(source).or_default().add(&version);
        }
    }

    /// Adds what other records say.
    pub(super) fn merge(&mut self, other: Self) {
        for (own, other) in [
            (&mut self.computers, other.computers),
            (&mut self.accounts, other.accounts),
            (&mut self.subscriptions, other.subscriptions),
            (&mut self.platforms, other.platforms),
            (&mut self.temps, other.temps),
            (&mut self.sids, other.sids),
            (&mut self.users, other.users),
            (&mut self.callers, other.callers),
            (&mut self.regions, other.regions),
            (&mut self.configurations, other.configurations),
        ] {
            own.merge(other);
        }
        for (source, versions) in other.versions {
            self.versions.entry(source).or_default().merge(versions);
        }
    }

    /// The hosts or accounts that the records are of, the most frequent first.
    pub(super) fn hosts(&self) -> Vec<(&str, u64)> {
        let named = [&self.computers, &self.accounts, &self.subscriptions];
        named
            .into_iter()
            .map(Counter::ranked)
            .find(|hosts| !hosts.is_empty())
            .unwrap_or_default()
    }

    /// The platform of most records.
    pub(super) fn platform(&self) -> Option<Platform> {
        Platform::parse(self.platforms.best()?)
    }

    /// What else is known, by the key under which `#{host.KEY}` finds it.
    pub(super) fn others(&self) -> BTreeMap<String, String> {
        let known = [
            ("user", self.users.best().or(self.callers.best())),
            ("user_sid", self.sids.best()),
            ("temp", self.temps.best()),
            ("account", self.accounts.best()),
            ("region", self.regions.best()),
            ("subscription", self.subscriptions.best()),
        ];
        known
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned())))
            .collect()
    }

    /// The version of the product that writes a log.
    pub(super) fn version_of(&self, source: &str) -> Option<&str> {
        self.versions.get(source)?.best()
    }

    /// What Sysmon was told to log.
    pub(super) fn configuration(&self) -> Option<&str> {
        self.configurations.best()
    }
}

fn is_person(user: &str) -> bool {
    let lower = user.to_lowercase();
    ![
        "nt authority\\",
        "nt-autorit",
        "font driver host\\",
        "window manager\\",
    ]
    .iter()
    .any(|system| lower.starts_with(system))
        && lower.contains('\\')
        && !lower.ends_with('$')
}

fn platform(source: &Source) -> Platform {
    match source.product.as_str() {
        "linux" => Platform::Linux,
        "aws" => Platform::IaasAws,
        "azure" => Platform::IaasAzure,
        _ => Platform::Windows,
    }
}
