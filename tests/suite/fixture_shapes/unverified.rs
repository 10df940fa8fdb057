//! What a manifest must say of records without a real counterpart.

use std::collections::BTreeMap;

use crate::fixture_shapes::manifest::Unverified;
use crate::support::shapes::report::Page;
use crate::support::shapes::windows::Verified;

/// The kinds of records that a fixture holds.
#[derive(Default)]
pub struct Kinds {
    /// By source and the names that a manifest may call the kind by.
    kinds: BTreeMap<(String, Vec<String>), Verified>,
}

impl Kinds {
    /// Takes note of a record; one without a counterpart marks its kind.
    pub fn add(&mut self, source: &str, names: Vec<String>, verified: Verified) {
        let known = self
            .kinds
            .entry((source.to_owned(), names))
            .or_insert(verified);
        if verified == Verified::No {
            *known = Verified::No;
        }
    }

    /// Holds the manifest's list against the records.
    pub fn check(&self, listed: &[Unverified], page: &mut Page<'_>) {
        let is = |kind: &(String, Vec<String>), entry: &Unverified| {
            kind.0 == entry.source && kind.1.iter().any(|name| is_called(&entry.kind, name))
        };
        for (kind, verified) in &self.kinds {
            let is_listed = listed.iter().any(|entry| is(kind, entry));
            let name = kind.1.first().expect("a name");
            match (verified, is_listed) {
                (Verified::No, false) => page.manifest(&format!(
                    "does not list `{name}` of {} under unverified_shape, and no real record \
                     of it is at hand",
                    kind.0
                )),
                (Verified::Yes, true) => page.manifest(&format!(
                    "lists `{name}` of {} under unverified_shape, and real records of it are \
                     at hand",
                    kind.0
                )),
                _ => {}
            }
        }
        for entry in listed {
            if !self.kinds.keys().any(|kind| is(kind, entry)) {
                page.manifest(&format!(
                    "lists `{}` of {} under unverified_shape, which it does not hold",
                    entry.kind, entry.source
                ));
            }
        }
    }
}

/// Whether a manifest's text is about that kind: `event 5 with its User field`
/// is about `event 5`.
fn is_called(text: &str, name: &str) -> bool {
    let text = text.to_lowercase();
    let text = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("event {text}")
    } else {
        text
    };
    let name = name.to_lowercase();
    match text.strip_prefix(&name) {
        Some(rest) => name.starts_with("event ") && rest.starts_with([' ', ',']) || rest.is_empty(),
        None => false,
    }
}

#[test]
fn a_kind_is_told_by_its_whole_name() {
    for (text, name, is) in [
        ("event 5 with its User field", "event 5", true),
        ("5", "event 5", true),
        ("event 51", "event 5", false),
        ("denied SendCommand", "SendCommand", false),
        ("SendCommand by a service", "SendCommand", false),
        ("SendCommand", "SendCommand", true),
    ] {
        assert_eq!(is_called(text, name), is, "{text}");
    }
}

#[test]
fn a_manifest_must_list_just_what_has_no_counterpart() {
    let told = |verified: Verified, listed: &[&str]| {
        let mut kinds = Kinds::default();
        kinds.add("sysmon", vec!["event 1".to_owned()], Verified::Yes);
        kinds.add("sysmon", vec!["event 5".to_owned()], verified);
        kinds.add("sysmon", vec!["event 5".to_owned()], Verified::Yes);
        let entry = |kind: &&str| Unverified {
            source: "sysmon".to_owned(),
            kind: (*kind).to_owned(),
        };
        let listed: Vec<_> = listed.iter().map(entry).collect();
        let mut report = crate::support::shapes::report::Report::default();
        kinds.check(&listed, &mut report.of("name"));
        report.manifests.join("\n")
    };
    assert_eq!(told(Verified::Yes, &[]), "");
    assert_eq!(told(Verified::No, &["event 5 with its User field"]), "");
    assert!(told(Verified::No, &[]).contains("does not list `event 5`"));
    assert!(told(Verified::Yes, &["5"]).contains("real records of it are at hand"));
    assert!(told(Verified::Yes, &["event 7"]).contains("which it does not hold"));
}
