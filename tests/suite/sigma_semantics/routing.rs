//! Which events a rule sees, and under which names.

use misfire::event::Section;
use serde_json::json;

use crate::sigma_semantics::{firings, process_rule, rule_for};
use crate::support::events::Made;

fn seen(log_source: &str, item: &str, event: Made) -> bool {
    let detection = format!("selection:\n    {item}\ncondition: selection");
    firings(&rule_for(log_source, &detection), event) == 1
}

#[test]
fn process_creation_is_sysmon_1_and_security_4688() {
    let image = "Image|endswith: '\\\\x.exe'";
    let sysmon = Made::sysmon(1).with("Image", "C:\\x.exe");
    let process = "{product: windows, category: process_creation}";
    assert!(seen(process, image, sysmon));
    let security = || {
        Made::security(4688)
            .with("NewProcessName", "C:\\x.exe")
            .with("ProcessId", "0x1")
    };
    assert!(seen(process, image, security()));
    assert!(!seen(
        process,
        image,
        Made::sysmon(5).with("Image", "C:\\x.exe")
    ));
    // Under the Security log's own name, the raw fields count.
    let service = "{product: windows, service: security}";
    assert!(!seen(service, image, security()));
    assert!(seen(
        service,
        "NewProcessName|endswith: '\\\\x.exe'",
        security()
    ));
    assert!(seen(service, "EventID: 4688", security()));
    // What 4688 does not have is null there.
    assert!(seen(process, "OriginalFileName: null", security()));
}

#[test]
fn registry_add_is_the_creation_of_keys() {
    let source = "{product: windows, category: registry_add}";
    let event = |kind: &str| {
        Made::sysmon(12)
            .with("EventType", kind)
            .with("TargetObject", "HKLM\\x")
    };
    assert!(seen(
        source,
        "TargetObject|endswith: 'x'",
        event("CreateKey")
    ));
    assert!(!seen(
        source,
        "TargetObject|endswith: 'x'",
        event("DeleteKey")
    ));
}

#[test]
fn names_with_blanks_lose_them() {
    let source = "{product: windows, service: windefend}";
    let event = Made::windows(
        "Microsoft-Windows-Windows Defender",
        Some("Microsoft-Windows-Windows Defender/Operational"),
        1116,
    )
    .with("Threat Name", "Trojan");
    assert!(seen(source, "ThreatName: 'Trojan'", event));
}

#[test]
fn the_routing_channel_is_not_the_payload_s() {
    let event = || {
        Made::windows("Microsoft-Windows-Eventlog", Some("System"), 104).in_section(
            Section::UserData,
            "Channel",
            "Application",
        )
    };
    let system = "{product: windows, service: system}";
    assert!(seen(system, "Channel: 'Application'", event()));
    let application = "{product: windows, service: application}";
    assert!(!seen(application, "EventID: 104", event()));
}

#[test]
fn a_record_without_a_channel_is_routed_by_its_provider() {
    let event = Made::windows("Microsoft-Windows-Sysmon", None, 1).with("Image", "x");
    let detection = "selection:\n    Image: 'x'\ncondition: selection";
    assert_eq!(firings(&process_rule(detection), event), 1);
}

#[test]
fn trailing_blanks_stay() {
    let source = "{product: windows, service: security}";
    let event = || Made::security(4624).with("LogonProcessName", "NtLmSsp ");
    assert!(seen(source, "LogonProcessName: 'NtLmSsp '", event()));
    assert!(!seen(source, "LogonProcessName: 'NtLmSsp'", event()));
}

#[test]
fn streams_are_routed_by_their_name() {
    let source = "{product: aws, service: cloudtrail}";
    let event = || Made::stream("aws", "cloudtrail").with("eventName", "StartSession");
    assert!(seen(source, "eventName: 'StartSession'", event()));
    let other = "{product: azure, service: activitylogs}";
    assert!(!seen(other, "eventName: 'StartSession'", event()));
    assert!(seen(
        source,
        "requestParameters.target: 'i-1'",
        event().with("requestParameters.target", "i-1")
    ));
}

#[test]
fn brackets_in_names_are_letters() {
    let source = "{product: aws, service: cloudtrail}";
    let event = Made::stream("aws", "cloudtrail").with("a[0]", json!("x"));
    assert!(seen(source, "a[0]: 'x'", event));
}

#[test]
fn a_rule_for_another_system_sees_nothing() {
    let zeek = "{product: zeek, service: dns}";
    let event = Made::sysmon(1).with("Image", "x");
    assert!(!seen(zeek, "Image: 'x'", event));
}
