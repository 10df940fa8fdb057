//! The views: a rule's names lead to the fields on the wire.

use crate::support::corpora::corpus;
use misfire::event::Section;
use misfire::event::catalogue::{
    Catalogue, LogSource, Provider, Reach, Route, Routing, View, ViewLanguage,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const SECURITY_PROCESS: Option<&str> = Some("security-process-creation");

fn paths(language: ViewLanguage, scope: Option<&str>, name: &str) -> Vec<String> {
    Catalogue::bundled()
        .view(language)
        .candidates(scope, name)
        .iter()
        .map(|candidate| {
            let section = candidate.section.map_or("Payload", Section::as_str);
            format!("{section}.{}", candidate.name)
        })
        .collect()
}

#[test]
fn a_name_is_the_payload_field_and_then_the_system_field() {
    assert_eq!(
        paths(ViewLanguage::Sigma, None, "Image"),
        ["Payload.Image", "System.Image"]
    );
    assert_eq!(
        paths(ViewLanguage::Sigma, None, "Level"),
        ["Payload.Level", "System.Level"]
    );
    assert_eq!(
        paths(ViewLanguage::Sigma, None, "EventID"),
        ["System.EventID"]
    );
}

#[test]
fn the_cleared_log_is_meant_before_the_log_of_the_record() {
    assert_eq!(
        paths(ViewLanguage::Sigma, None, "Channel"),
        ["Payload.Channel", "System.Channel"]
    );
}

#[test]
fn blanks_are_removed_for_sigma_and_underscores_for_splunk() {
    assert_eq!(
        paths(ViewLanguage::Sigma, None, "ThreatName"),
        [
            "Payload.ThreatName",
            "Payload.Threat Name",
            "System.ThreatName"
        ]
    );
    assert_eq!(
        paths(ViewLanguage::Splunk, None, "Threat_Name"),
        [
            "Payload.Threat_Name",
            "Payload.Threat Name",
            "System.Threat_Name"
        ]
    );
    assert_eq!(
        paths(ViewLanguage::Sigma, None, "Feature_Name")[1],
        "Payload.Feature Name"
    );
}

#[test]
fn the_new_process_of_4688_is_the_image_of_process_creation_only() {
    let sigma = |scope, name| paths(ViewLanguage::Sigma, scope, name);
    assert_eq!(
        sigma(SECURITY_PROCESS, "Image"),
        ["EventData.NewProcessName"]
    );
    assert_eq!(
        sigma(SECURITY_PROCESS, "ProcessId"),
        ["EventData.NewProcessId"]
    );
    assert_eq!(
        sigma(SECURITY_PROCESS, "ParentProcessId"),
        ["EventData.ProcessId"]
    );
    assert_eq!(
        sigma(SECURITY_PROCESS, "CommandLine")[0],
        "Payload.CommandLine"
    );
    assert_eq!(sigma(None, "ProcessId")[0], "Payload.ProcessId");
}

#[test]
fn a_product_neutral_antivirus_rule_reads_defender() {
    let sigma = |name| paths(ViewLanguage::Sigma, Some("antivirus"), name);
    assert_eq!(sigma("Signature"), ["EventData.Threat Name"]);
    assert_eq!(sigma("Filename"), ["EventData.Path"]);
}

#[test]
fn azure_operations_are_found_in_both_shapes() {
    assert_eq!(
        paths(ViewLanguage::Sigma, Some("azure-activity"), "operationName"),
        ["Body.operationName.value", "Body.operationName"]
    );
}

#[test]
fn splunk_knows_what_no_record_holds() {
    let splunk = Catalogue::bundled().view(ViewLanguage::Splunk);
    assert_eq!(splunk.metadata("source"), Some("XmlWinEventLog:{Channel}"));
    assert_eq!(splunk.metadata("Image"), None);
    assert_eq!(
        paths(ViewLanguage::Splunk, None, "EventCode"),
        ["System.EventID"]
    );
}

#[test]
fn every_rename_leads_to_a_field_of_its_events() {
    let catalogue = Catalogue::bundled();
    let sigma = catalogue.view(ViewLanguage::Sigma);
    let mut unchecked: BTreeSet<_> = sigma.scopes().collect();
    for log_source in catalogue.log_sources() {
        let Routing::Routes(routes) = catalogue.routes(log_source) else {
            continue;
        };
        for route in routes {
            let Some(scope) = route.scope.as_deref() else {
                continue;
            };
            unchecked.remove(scope);
            // Streams without a schema have nothing to check against.
            if matches!(route.reach, Reach::Stream(_)) {
                continue;
            }
            for name in sigma.renamed(scope) {
                assert!(resolves(catalogue, sigma, route, name), "{scope}: {name}");
            }
        }
    }
    assert!(unchecked.is_empty(), "no route uses {unchecked:?}");
}

/// Fields of the taxonomy that no product in the catalogue logs: Aurora's and
/// other agents' additions, and slips of the list itself.
const NOT_LOGGED: &[(&str, &str)] = &[
    ("process_creation", "GrandParentImage"),
    ("network_connection", "ParentImage"),
    ("raw_access_read", "CreationUtcTime"),
    ("raw_access_read", "TargetFilename"),
    ("registry_delete", "Details"),
];

#[test]
fn the_taxonomys_field_names_resolve() {
    let Some(path) = corpus("sigma/logsource.json") else {
        return;
    };
    let text = std::fs::read_to_string(path).expect("logsource.json is readable");
    let list: Value = serde_json::from_str(&text).expect("logsource.json is JSON");
    let catalogue = Catalogue::bundled();
    let sigma = catalogue.view(ViewLanguage::Sigma);
    let mut resolved = 0;
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for product in ["windows", "linux"] {
        let windows = &list["legit"][product];
        for (category, names) in windows["category"].as_object().expect("categories") {
            let log_source = LogSource::new(Some(product), Some(category), None);
            let Routing::Routes(routes) = catalogue.routes(&log_source) else {
                continue;
            };
            let common = windows["common"].as_array().into_iter().flatten();
            for name in names.as_array().into_iter().flatten().chain(common) {
                let name = name.as_str().expect("a name");
                if routes
                    .iter()
                    .any(|route| resolves(catalogue, sigma, route, name))
                {
                    resolved += 1;
                } else if !NOT_LOGGED.contains(&(category.as_str(), name)) {
                    missing
                        .entry(log_source.to_string())
                        .or_default()
                        .push(name.to_owned());
                }
            }
        }
    }
    println!("{resolved} field names resolve");
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Whether some event on this route has a field that the name stands for.
fn resolves(catalogue: &Catalogue, sigma: &View, route: &Route, name: &str) -> bool {
    let candidates = sigma.candidates(route.scope.as_deref(), name);
    providers(catalogue, route).any(|provider| {
        provider
            .events
            .iter()
            .filter(|(id, _)| route.event_ids.is_empty() || route.event_ids.contains(id))
            .flat_map(|(_, event)| &event.schemas)
            .flat_map(|schema| &schema.fields)
            .chain(&catalogue.common().fields)
            .any(|field| {
                candidates.iter().any(|candidate| {
                    field.name == candidate.name
                        && candidate
                            .section
                            .map_or(field.section.is_payload(), |section| {
                                section == field.section
                            })
                })
            })
    })
}

fn providers<'c>(catalogue: &'c Catalogue, route: &'c Route) -> impl Iterator<Item = &'c Provider> {
    catalogue
        .providers()
        .filter(move |provider| match &route.reach {
            Reach::Channels { channels, .. } => provider
                .channels
                .iter()
                .any(|channel| channels.iter().any(|known| known == channel)),
            Reach::AnyChannelBut { .. } | Reach::Stream(_) => false,
        })
}
