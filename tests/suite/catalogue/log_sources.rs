//! Log sources: every row of the taxonomy, and every log source of the rules.

use crate::support::corpora::{corpus, files};
use misfire::event::catalogue::{Catalogue, LogSource, OriginRef, Route, Routing};
use std::collections::{BTreeMap, BTreeSet};

const SYSMON: &str = "Microsoft-Windows-Sysmon/Operational";
const POWERSHELL: &str = "Microsoft-Windows-PowerShell/Operational";
const POWERSHELL_CORE: &str = "PowerShellCore/Operational";
const CLASSIC: &str = "Windows PowerShell";

/// Windows categories: the channels and event ids that they stand for.
const CATEGORIES: &[(&str, &[&str], &[u32])] = &[
    ("file_change", &[SYSMON], &[2]),
    ("network_connection", &[SYSMON], &[3]),
    ("sysmon_status", &[SYSMON], &[4, 16]),
    ("process_termination", &[SYSMON], &[5]),
    ("driver_load", &[SYSMON], &[6]),
    ("image_load", &[SYSMON], &[7]),
    ("create_remote_thread", &[SYSMON], &[8]),
    ("raw_access_thread", &[SYSMON], &[9]),
    ("raw_access_read", &[SYSMON], &[9]),
    ("process_access", &[SYSMON], &[10]),
    ("file_event", &[SYSMON], &[11]),
    ("registry_event", &[SYSMON], &[12, 13, 14]),
    ("registry_add", &[SYSMON], &[12]),
    ("registry_delete", &[SYSMON], &[12]),
    ("registry_set", &[SYSMON], &[13]),
    ("registry_rename", &[SYSMON], &[14]),
    ("create_stream_hash", &[SYSMON], &[15]),
    ("pipe_created", &[SYSMON], &[17, 18]),
    ("wmi_event", &[SYSMON], &[19, 20, 21]),
    ("dns_query", &[SYSMON], &[22]),
    ("file_delete", &[SYSMON], &[23]),
    ("clipboard_capture", &[SYSMON], &[24]),
    ("clipboard_change", &[SYSMON], &[24]),
    ("process_tampering", &[SYSMON], &[25]),
    ("file_delete_detected", &[SYSMON], &[26]),
    ("file_block_executable", &[SYSMON], &[27]),
    ("file_block", &[SYSMON], &[27]),
    ("file_block_shredding", &[SYSMON], &[28]),
    ("file_executable_detected", &[SYSMON], &[29]),
    ("sysmon_error", &[SYSMON], &[255]),
    ("ps_classic_start", &[CLASSIC], &[400]),
    ("ps_classic_provider_start", &[CLASSIC], &[600]),
    ("ps_classic_script", &[CLASSIC], &[800]),
    ("ps_module", &[POWERSHELL, POWERSHELL_CORE], &[4103]),
    ("ps_script", &[POWERSHELL, POWERSHELL_CORE], &[4104]),
];

/// Windows services and their channels, a row each.
const SERVICES: &[(&str, &str)] = &[
    ("application", "Application"),
    ("security", "Security"),
    ("system", "System"),
    ("sysmon", SYSMON),
    ("powershell", POWERSHELL),
    ("powershell", POWERSHELL_CORE),
    ("powershell-classic", CLASSIC),
    (
        "taskscheduler",
        "Microsoft-Windows-TaskScheduler/Operational",
    ),
    ("wmi", "Microsoft-Windows-WMI-Activity/Operational"),
    (
        "windefend",
        "Microsoft-Windows-Windows Defender/Operational",
    ),
    (
        "firewall-as",
        "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
    ),
    ("bits-client", "Microsoft-Windows-Bits-Client/Operational"),
    (
        "codeintegrity-operational",
        "Microsoft-Windows-CodeIntegrity/Operational",
    ),
    ("applocker", "Microsoft-Windows-AppLocker/MSI and Script"),
    ("applocker", "Microsoft-Windows-AppLocker/EXE and DLL"),
    (
        "applocker",
        "Microsoft-Windows-AppLocker/Packaged app-Deployment",
    ),
    (
        "applocker",
        "Microsoft-Windows-AppLocker/Packaged app-Execution",
    ),
    ("ntlm", "Microsoft-Windows-NTLM/Operational"),
    ("dhcp", "Microsoft-Windows-DHCP-Server/Operational"),
    ("dns-server", "DNS Server"),
    (
        "dns-server-analytic",
        "Microsoft-Windows-DNS-Server/Analytical",
    ),
    ("dns-server-audit", "Microsoft-Windows-DNS-Server/Audit"),
    (
        "dns-client",
        "Microsoft-Windows-DNS Client Events/Operational",
    ),
    (
        "driver-framework",
        "Microsoft-Windows-DriverFrameworks-UserMode/Operational",
    ),
    ("printservice-admin", "Microsoft-Windows-PrintService/Admin"),
    (
        "printservice-operational",
        "Microsoft-Windows-PrintService/Operational",
    ),
    ("smbclient-security", "Microsoft-Windows-SmbClient/Security"),
    (
        "smbclient-connectivity",
        "Microsoft-Windows-SmbClient/Connectivity",
    ),
    (
        "smbserver-connectivity",
        "Microsoft-Windows-SMBServer/Connectivity",
    ),
    (
        "terminalservices-localsessionmanager",
        "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational",
    ),
    ("msexchange-management", "MSExchange Management"),
    ("openssh", "OpenSSH/Operational"),
    ("ldap", "Microsoft-Windows-LDAP-Client/Debug"),
    ("lsa-server", "Microsoft-Windows-LSA/Operational"),
    (
        "appmodel-runtime",
        "Microsoft-Windows-AppModel-Runtime/Admin",
    ),
    (
        "appxdeployment-server",
        "Microsoft-Windows-AppXDeploymentServer/Operational",
    ),
    (
        "appxpackaging-om",
        "Microsoft-Windows-AppxPackaging/Operational",
    ),
    (
        "bitlocker",
        "Microsoft-Windows-BitLocker/BitLocker Management",
    ),
    ("capi2", "Microsoft-Windows-CAPI2/Operational"),
    (
        "certificateservicesclient-lifecycle-system",
        "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational",
    ),
    (
        "diagnosis-scripted",
        "Microsoft-Windows-Diagnosis-Scripted/Operational",
    ),
    ("hyper-v-worker", "Microsoft-Windows-Hyper-V-Worker"),
    (
        "iis-configuration",
        "Microsoft-IIS-Configuration/Operational",
    ),
    (
        "kernel-event-tracing",
        "Microsoft-Windows-Kernel-EventTracing",
    ),
    (
        "kernel-shimengine",
        "Microsoft-Windows-Kernel-ShimEngine/Operational",
    ),
    (
        "kernel-shimengine",
        "Microsoft-Windows-Kernel-ShimEngine/Diagnostic",
    ),
    (
        "application-experience",
        "Microsoft-Windows-Application-Experience/Program-Telemetry",
    ),
    (
        "application-experience",
        "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
    ),
    ("ntfs", "Microsoft-Windows-Ntfs/Operational"),
    (
        "security-mitigations",
        "Microsoft-Windows-Security-Mitigations/Kernel Mode",
    ),
    (
        "security-mitigations",
        "Microsoft-Windows-Security-Mitigations/User Mode",
    ),
    ("sense", "Microsoft-Windows-SENSE/Operational"),
    ("servicebus-client", "Microsoft-ServiceBus-Client/Admin"),
    (
        "servicebus-client",
        "Microsoft-ServiceBus-Client/Operational",
    ),
    (
        "microsoft-servicebus-client",
        "Microsoft-ServiceBus-Client/Admin",
    ),
    ("shell-core", "Microsoft-Windows-Shell-Core/Operational"),
    ("vhdmp", "Microsoft-Windows-VHDMP/Operational"),
];

/// Channels whose own names are not those of the taxonomy.
const SPELT_OTHERWISE: &[(&str, &str)] = &[
    ("dns-client", "Microsoft-Windows-DNS-Client/Operational"),
    (
        "dns-server-analytic",
        "Microsoft-Windows-DNSServer/Analytical",
    ),
    ("dns-server-audit", "Microsoft-Windows-DNSServer/Audit"),
    ("hyper-v-worker", "Microsoft-Windows-Hyper-V-Worker-Admin"),
    (
        "kernel-event-tracing",
        "Microsoft-Windows-Kernel-EventTracing/Admin",
    ),
    ("vhdmp", "Microsoft-Windows-VHDMP-Operational"),
];

fn routes(log_source: &LogSource) -> Vec<&'static Route> {
    match Catalogue::bundled().routes(log_source) {
        Routing::Routes(routes) => routes,
        other => panic!("{log_source}: {other:?}"),
    }
}

fn category(product: &str, category: &str) -> LogSource {
    LogSource::new(Some(product), Some(category), None)
}

fn service(product: &str, service: &str) -> LogSource {
    LogSource::new(Some(product), None, Some(service))
}

fn covered(log_source: &LogSource, channel: &str, event_id: u32) -> bool {
    let origin = OriginRef::EventLog {
        provider: "",
        channel: Some(channel),
        event_id,
    };
    routes(log_source).iter().any(|route| route.covers(origin))
}

#[test]
fn windows_categories_stand_for_their_events() {
    let mut named: BTreeSet<String> = CATEGORIES.iter().map(|row| row.0.to_owned()).collect();
    for (name, channels, ids) in CATEGORIES {
        let log_source = category("windows", name);
        for channel in [SYSMON, POWERSHELL, POWERSHELL_CORE, CLASSIC, "Security"] {
            for id in (0..300).chain([400, 600, 800, 4103, 4104, 4688]) {
                let expected = channels.contains(&channel) && ids.contains(&id);
                assert_eq!(
                    covered(&log_source, channel, id),
                    expected,
                    "{log_source} {channel} {id}"
                );
            }
        }
    }
    named.extend(["process_creation", "file_access", "file_rename"].map(str::to_owned));
    let known: BTreeSet<String> = Catalogue::bundled()
        .log_sources()
        .filter(|known| known.product.as_deref() == Some("windows"))
        .filter_map(|known| known.category.clone())
        .collect();
    assert_eq!(known, named, "this list and the catalogue's");
}

#[test]
fn windows_services_stand_for_their_channels() {
    for (name, channel) in SERVICES {
        let log_source = service("windows", name);
        assert!(covered(&log_source, channel, 12_345), "{log_source}");
        assert!(covered(&log_source, &channel.to_lowercase(), 1));
        assert!(!covered(&log_source, "Some other channel", 1));
    }
    for (name, channel) in SPELT_OTHERWISE {
        assert!(covered(&service("windows", name), channel, 1), "{channel}");
    }
    let named: BTreeSet<&str> = SERVICES.iter().map(|row| row.0).chain(["iis"]).collect();
    let known: BTreeSet<&str> = Catalogue::bundled()
        .log_sources()
        .filter(|known| known.product.as_deref() == Some("windows"))
        .filter_map(|known| known.service.as_deref())
        .collect();
    assert_eq!(known, named, "this list and the catalogue's");
}

#[test]
fn process_creation_reads_sysmon_and_the_security_log() {
    let windows = category("Windows", "process_creation");
    assert!(covered(&windows, SYSMON, 1));
    assert!(covered(&windows, "security", 4688));
    assert!(!covered(&windows, "Security", 1));
    assert!(!covered(&windows, SYSMON, 4688));
    let scopes: Vec<_> = routes(&windows)
        .iter()
        .map(|route| route.scope.as_deref())
        .collect();
    assert_eq!(scopes, [None, Some("security-process-creation")]);
}

#[test]
fn registry_keys_added_and_deleted_are_told_apart_by_a_field() {
    for (name, values) in [
        ("registry_add", &["CreateKey"][..]),
        ("registry_delete", &["DeleteKey", "DeleteValue"]),
    ] {
        let log_source = category("windows", name);
        let [route] = routes(&log_source)[..] else {
            panic!("{log_source} has one route");
        };
        let [condition] = &route.conditions[..] else {
            panic!("{log_source} has one condition");
        };
        assert_eq!(condition.field, "EventType");
        assert_eq!(condition.one_of, values);
    }
}

#[test]
fn a_category_alone_is_every_products() {
    let any = LogSource::new(None, Some("process_creation"), None);
    assert!(covered(&any, SYSMON, 1));
    assert!(covered(&any, "Linux-Sysmon/Operational", 1));
    let antivirus = LogSource::new(None, Some("antivirus"), None);
    let defender = "Microsoft-Windows-Windows Defender/Operational";
    for id in (1006..=1012).chain(1017..=1019).chain([1115, 1116]) {
        assert!(covered(&antivirus, defender, id), "{id}");
    }
    assert!(!covered(&antivirus, defender, 1117));
    assert!(!covered(&antivirus, defender, 5001));
}

#[test]
fn windows_alone_is_any_windows_event_log() {
    let windows = LogSource::new(Some("windows"), None, None);
    assert!(covered(&windows, "Some vendor's channel", 1));
    assert!(covered(&windows, SYSMON, 1));
    assert!(!covered(&windows, "Linux-Sysmon/Operational", 1));
    let without_channel = OriginRef::EventLog {
        provider: "Microsoft-Windows-RPC",
        channel: None,
        event_id: 6,
    };
    assert!(routes(&windows)[0].covers(without_channel));
    assert!(!routes(&service("windows", "system"))[0].covers(without_channel));
}

#[test]
fn a_record_without_a_channel_is_routed_by_its_provider() {
    let origin = OriginRef::EventLog {
        provider: "microsoft-windows-sysmon",
        channel: None,
        event_id: 1,
    };
    assert!(routes(&service("windows", "sysmon"))[0].covers(origin));
}

#[test]
fn linux_categories_read_sysmon_for_linux() {
    for (name, id) in [
        ("process_creation", 1),
        ("network_connection", 3),
        ("process_termination", 5),
        ("file_event", 11),
        ("file_delete", 23),
    ] {
        let log_source = category("linux", name);
        assert!(covered(&log_source, "Linux-Sysmon/Operational", id));
        assert!(!covered(&log_source, SYSMON, id));
    }
}

#[test]
fn streams_are_routed_by_their_log_source() {
    for (product, name) in [
        ("aws", "cloudtrail"),
        ("azure", "activitylogs"),
        ("linux", "auditd"),
    ] {
        let stream = service(product, name);
        let other = service(product, "other");
        let alone = LogSource::new(Some(product), None, None);
        for rule in [&stream, &alone] {
            let covers = |origin| routes(rule).iter().any(|route| route.covers(origin));
            assert!(covers(OriginRef::Stream(&stream)), "{rule}");
            assert!(!covers(OriginRef::Stream(&other)), "{rule}");
        }
        let stream = OriginRef::Stream(&stream);
        assert!(Catalogue::bundled().source_of(stream).is_some());
    }
}

#[test]
fn a_category_with_a_service_is_what_both_have_in_common() {
    let both = LogSource::new(Some("windows"), Some("process_creation"), Some("sysmon"));
    assert!(covered(&both, SYSMON, 1));
    assert!(!covered(&both, "Security", 4688));
    let neither = LogSource::new(Some("windows"), Some("ps_script"), Some("sysmon"));
    assert!(matches!(
        Catalogue::bundled().routes(&neither),
        Routing::NotReadable { .. }
    ));
}

#[test]
fn what_cannot_be_read_says_why() {
    let why = |log_source: LogSource| match Catalogue::bundled().routes(&log_source) {
        Routing::NotReadable { why } => why.to_owned(),
        other => panic!("{log_source}: {other:?}"),
    };
    assert!(why(category("windows", "file_access")).contains("not in EVTX"));
    assert!(why(category("macos", "process_creation")).contains("macOS"));
    assert!(why(service("zeek", "dns")).contains("Zeek"));
    assert!(why(LogSource::new(None, Some("proxy"), None)).contains("proxy"));
    let unknown = service("windows", "no-such-service");
    assert_eq!(Catalogue::bundled().routes(&unknown), Routing::Unknown);
    let nothing = LogSource::default();
    assert_eq!(Catalogue::bundled().routes(&nothing), Routing::Unknown);
}

#[test]
fn log_sources_compare_and_show_as_sigma_writes_them() {
    assert_eq!(
        LogSource::new(Some(" Windows"), Some("Process_Creation"), Some("")),
        category("windows", "process_creation")
    );
    let shown = |product, category, service| LogSource::new(product, category, service).to_string();
    assert_eq!(
        shown(Some("windows"), Some("process_creation"), None),
        "windows/process_creation"
    );
    assert_eq!(
        shown(Some("aws"), None, Some("cloudtrail")),
        "aws/cloudtrail"
    );
    assert_eq!(shown(None, Some("antivirus"), None), "*/antivirus");
    assert_eq!(shown(Some("windows"), None, None), "windows");
    assert_eq!(
        shown(Some("kubernetes"), Some("application"), Some("audit")),
        "kubernetes/application:audit"
    );
}

#[test]
fn every_log_source_of_the_shared_rules_is_decided() {
    let Some(sigma) = corpus("sigma") else { return };
    let mut routed = 0;
    let mut not_readable = 0;
    let mut unknown: BTreeMap<String, usize> = BTreeMap::new();
    for folder in [
        "rules",
        "rules-compliance",
        "rules-emerging-threats",
        "rules-threat-hunting",
    ] {
        for path in files(&sigma.join(folder), "yml") {
            let text = std::fs::read_to_string(&path).expect("a rule is readable");
            let rule: serde_yaml::Value = serde_yaml::from_str(&text).expect("a rule is YAML");
            let part = |name: &str| rule["logsource"][name].as_str();
            let log_source = LogSource::new(part("product"), part("category"), part("service"));
            match Catalogue::bundled().routes(&log_source) {
                Routing::Routes(_) => routed += 1,
                Routing::NotReadable { .. } => not_readable += 1,
                Routing::Unknown => *unknown.entry(log_source.to_string()).or_default() += 1,
            }
        }
    }
    println!("{routed} rules are routed, {not_readable} cannot be read, unknown: {unknown:?}");
    assert_eq!((routed, not_readable), (3_181, 576));
    assert!(unknown.is_empty(), "{unknown:?}");
}
