//! What the records say.

use std::sync::Arc;

use jiff::Timestamp;
use misfire::activity::{
    Account, ActivityKind, Connection, DnsQuestion, Integrity, LogonSession, Process, ScheduledTask,
};
use misfire::event::OwnedEvent;
use misfire::sensor::SensorPlatform;
use rstest::rstest;

use crate::sensors::given::{self, field, logged, logged_of, one, system};

#[test]
fn a_process_is_known_by_one_guid_in_all_events() {
    let events = logged(&given::everything_happens());
    let starts = given::of_id(&events, 1);
    let [shell, tool] = starts.as_slice() else {
        panic!("{} starts", starts.len());
    };
    let guid = field(shell, "ProcessGuid");
    // The machine, the time of the start in seconds, and the process's own number.
    assert!(
        guid.starts_with("{7c1d0a52-8aa7-6ae8-e516-0000000"),
        "{guid}"
    );
    assert_eq!(field(tool, "ParentProcessGuid"), guid);
    assert_eq!(field(tool, "ParentImage"), given::powershell().image);
    for id in [3, 7, 11, 22] {
        for event in given::of_id(&events, id) {
            assert_eq!(field(event, "ProcessGuid"), guid, "{id}");
        }
    }
    let ends = one(&events, 5);
    assert_eq!(field(ends, "ProcessGuid"), field(tool, "ProcessGuid"));
}

#[test]
fn a_logon_has_one_guid() {
    let events = logged(&given::everything_happens());
    let guids: Vec<_> = given::of_id(&events, 1)
        .iter()
        .map(|start| field(start, "LogonGuid"))
        .collect();
    assert_eq!(guids[0], guids[1]);
    // Since the shell's start an hour ago, under the logon's id.
    assert_eq!(guids[0], "{7c1d0a52-7c97-6ae8-5a4b-050000000000}");
}

#[test]
fn times_and_numbers_rise() {
    for (_, events) in crate::sensors::real::by_channel(logged(&given::everything_happens())) {
        let number = |event: &OwnedEvent| event.id.record;
        assert!(
            events
                .windows(2)
                .all(|pair| number(&pair[0]) + 1 == number(&pair[1]))
        );
        assert!(events.windows(2).all(|pair| pair[0].time < pair[1].time));
        for event in &events {
            let text = system(event, "TimeCreated_SystemTime");
            assert_eq!(text.len(), "2026-11-02T13:05:43.6491234Z".len());
            assert_eq!(text.parse::<Timestamp>().ok(), event.time);
        }
    }
}

#[test]
fn sysmon_logs_a_moment_after_it_happened() {
    let start = logged_of(&given::powershell(), ActivityKind::ProcessStarted);
    let start = one(&start, 1);
    assert_eq!(field(start, "UtcTime"), "2026-11-02 13:05:43.649");
    let delay = start.time.expect("a time").duration_since(given::start());
    assert!((1..=12).contains(&delay.as_millis()), "{delay}");
}

#[test]
fn what_a_program_does_not_say_is_a_dash() {
    let events = logged_of(&given::unknown_program(), ActivityKind::ProcessStarted);
    let start = one(&events, 1);
    for name in [
        "FileVersion",
        "Description",
        "Product",
        "Company",
        "OriginalFileName",
    ] {
        assert_eq!(field(start, name), "-");
    }
    let load = ActivityKind::ImageLoaded {
        path: r"C:\Temp\a.dll".to_owned(),
        program: Arc::clone(&given::unknown_program().program),
    };
    let events = logged_of(&given::powershell(), load);
    let load = one(&events, 7);
    assert_eq!(field(load, "Signed"), "false");
    assert_eq!(field(load, "Signature"), "-");
    assert_eq!(field(load, "SignatureStatus"), "Unavailable");
}

#[test]
fn equal_files_have_equal_hashes() {
    let hashes = |process: &Arc<Process>| {
        field(
            one(&logged_of(process, ActivityKind::ProcessStarted), 1),
            "Hashes",
        )
    };
    let shell = hashes(&given::powershell());
    let copy = Arc::new(Process {
        image: r"C:\Temp\other.exe".to_owned(),
        ..Process::clone(&given::powershell())
    });
    assert_eq!(hashes(&copy), shell);
    assert_ne!(hashes(&given::unknown_program()), shell);
    let names: Vec<_> = shell
        .split(',')
        .map(|hash| hash.split('=').next())
        .collect();
    assert_eq!(names, [Some("MD5"), Some("SHA256"), Some("IMPHASH")]);
}

#[test]
fn a_file_that_is_written_anew_keeps_its_creation_time() {
    let shell = given::powershell();
    let path = r"C:\Temp\a.txt";
    let events = logged(&[
        given::happens(&shell, 0, given::created(path)),
        given::happens(&shell, 500, given::overwritten(r"C:\TEMP\A.TXT")),
    ]);
    let [first, second] = given::of_id(&events, 11)[..] else {
        panic!("not two");
    };
    assert_eq!(field(second, "CreationUtcTime"), field(first, "UtcTime"));
    assert_ne!(field(second, "UtcTime"), field(first, "UtcTime"));
}

#[rstest]
#[case(&["203.0.113.7"], "0", "::ffff:203.0.113.7;")]
#[case(&["2001:db8::1", "203.0.113.7"], "0", "2001:db8::1;::ffff:203.0.113.7;")]
#[case(&[], "9003", "-")]
fn questions_have_their_answers(
    #[case] answers: &[&str],
    #[case] status: &str,
    #[case] results: &str,
) {
    let answers = answers.iter().map(|text| text.parse().expect("an address"));
    let question = DnsQuestion {
        name: "relay.example".to_owned(),
        answers: answers.collect(),
    };
    let events = logged_of(&given::powershell(), ActivityKind::DnsQuestion(question));
    let event = one(&events, 22);
    assert_eq!(field(event, "QueryStatus"), status);
    assert_eq!(field(event, "QueryResults"), results);
}

#[test]
fn connections_name_the_host_and_the_reverse_name() {
    let event = |connection| {
        let events = logged_of(&given::powershell(), ActivityKind::Connection(connection));
        one(&events, 3).clone()
    };
    let out = event(given::connection());
    assert_eq!(field(&out, "SourceHostname"), "WS01.corp.example");
    assert_eq!(field(&out, "DestinationHostname"), "relay-7.example");
    assert_eq!(field(&out, "DestinationPortName"), "https");
    assert_eq!(field(&out, "Initiated"), "true");
    let nameless = event(Connection {
        destination_name: None,
        ..given::connection()
    });
    assert_eq!(field(&nameless, "DestinationHostname"), "-");
    let accepted = event(Connection {
        initiated: false,
        source: "203.0.113.9".parse().expect("an address"),
        destination: "10.20.4.31".parse().expect("an address"),
        destination_name: None,
        ..given::connection()
    });
    assert_eq!(field(&accepted, "SourceHostname"), "-");
    assert_eq!(field(&accepted, "DestinationHostname"), "WS01.corp.example");
}

#[test]
fn the_security_log_names_the_creator_and_the_target() {
    let events = logged_of(&given::powershell(), ActivityKind::ProcessStarted);
    let own = one(&events, 4688);
    assert_eq!(field(own, "SubjectUserName"), "avery");
    assert_eq!(field(own, "NewProcessId"), "0x1cdc");
    assert_eq!(field(own, "ProcessId"), "0x1538");
    assert_eq!(field(own, "ParentProcessName"), given::explorer().image);
    assert_eq!(field(own, "MandatoryLabel"), "S-1-16-8192");
    assert_eq!(field(own, "TargetUserSid"), "S-1-0-0");
    assert_eq!(field(own, "TargetUserName"), "-");
    let events = logged_of(&given::explorer(), ActivityKind::ProcessStarted);
    let other = one(&events, 4688);
    assert_eq!(field(other, "SubjectUserSid"), "S-1-5-18");
    assert_eq!(field(other, "SubjectUserName"), "WS01$");
    assert_eq!(field(other, "SubjectDomainName"), "CORP");
    assert_eq!(field(other, "TargetUserName"), "avery");
    assert_eq!(field(other, "TargetLogonId"), "0x54b5a");
}

#[rstest]
#[case(Integrity::Medium, "%%1938", "S-1-16-8192")]
#[case(Integrity::High, "%%1937", "S-1-16-12288")]
fn elevation_is_seen_in_the_token(
    #[case] integrity: Integrity,
    #[case] elevation: &str,
    #[case] label: &str,
) {
    let process = Arc::new(Process {
        integrity,
        ..Process::clone(&given::powershell())
    });
    let events = logged_of(&process, ActivityKind::ProcessStarted);
    let event = one(&events, 4688);
    assert_eq!(field(event, "TokenElevationType"), elevation);
    assert_eq!(field(event, "MandatoryLabel"), label);
}

#[test]
fn a_service_is_logged_in_both_logs() {
    let events = logged_of(
        &given::unknown_program(),
        ActivityKind::ServiceInstalled(given::service()),
    );
    let system_log = one(&events, 7045);
    assert_eq!(
        field(system_log, "ImagePath"),
        r"C:\Temp\tool.exe --service"
    );
    assert_eq!(system(system_log, "Security_UserID"), given::USER);
    let security = one(&events, 4697);
    assert_eq!(field(security, "ServiceType"), "0x10");
    assert_eq!(field(security, "ServiceStartType"), "2");
}

#[test]
fn a_task_is_logged_with_its_definition() {
    let events = logged_of(
        &given::unknown_program(),
        ActivityKind::TaskRegistered(given::task()),
    );
    let security = one(&events, 4698);
    assert_eq!(field(security, "TaskContent"), given::task().xml);
    assert_eq!(field(security, "ClientProcessId"), "7400");
    assert_eq!(field(security, "ParentProcessId"), "7388");
    assert_eq!(field(security, "SubjectLogonId"), "0x54b5a");
    let history = one(&events, 106);
    assert_eq!(field(history, "UserContext"), r"CORP\avery");
    let started = logged_of(
        &given::unknown_program(),
        ActivityKind::TaskStarted(given::task()),
    );
    let action = one(&started, 200);
    assert_eq!(field(action, "ActionName"), r"C:\Temp\tool.exe");
    assert_eq!(
        system(action, "Correlation_ActivityID"),
        field(action, "TaskInstanceId")
    );
}

#[test]
fn whoever_a_task_runs_as_its_registrar_is_the_subject() {
    let of_system = ScheduledTask {
        account: Account::clone(&given::service_host().account),
        ..given::task()
    };
    let by = |process: &Arc<Process>, task| {
        let events = logged_of(process, ActivityKind::TaskRegistered(task));
        let subject = field(one(&events, 4698), "SubjectUserName");
        (subject, field(one(&events, 106), "UserContext"))
    };
    let avery = ("avery".to_owned(), r"CORP\avery".to_owned());
    assert_eq!(by(&given::powershell(), of_system), avery);
    // The service that registers it acts for another.
    assert_eq!(by(&given::service_host(), given::task()), avery);
}

#[test]
fn powershell_7_does_not_write_into_the_logs_of_windows_powershell() {
    let core = Arc::new(Process {
        image: r"C:\Program Files\PowerShell\7\pwsh.exe".to_owned(),
        ..Process::clone(&given::powershell())
    });
    let events = logged_of(&core, ActivityKind::ScriptBlock(given::script("1")));
    assert!(events.is_empty());
}

#[test]
fn pipelines_are_logged_with_their_parameters() {
    let events = logged(&given::everything_happens());
    let pipeline = one(&events, 4103);
    assert_eq!(
        field(pipeline, "Payload"),
        "CommandInvocation(Invoke-WebRequest): \"Invoke-WebRequest\"\r\n\
         ParameterBinding(Invoke-WebRequest): name=\"Uri\"; value=\"https://relay.example/a\"\r\n"
    );
    let context = field(pipeline, "ContextInfo");
    assert!(
        context.starts_with("        Severity = Informational\r\n"),
        "{context}"
    );
    assert!(
        context.contains("Host Version = 5.1.26100.1\r\n"),
        "{context}"
    );
    assert!(context.contains("User = CORP\\avery\r\n"), "{context}");
}

#[test]
fn sysmon_for_linux_logs_in_its_own_form() {
    let shell = Arc::new(Process {
        id: 3_372,
        image: "/usr/bin/bash".to_owned(),
        command_line: "bash -c id".to_owned(),
        directory: "/root".to_owned(),
        account: Arc::new(Account {
            domain: String::new(),
            name: "root".to_owned(),
            sid: "0".to_owned(),
        }),
        logon: Arc::new(LogonSession { id: 0, terminal: 3 }),
        parent: None,
        ..Process::clone(&given::powershell())
    });
    let events = given::logged_with(
        &given::everything(SensorPlatform::Linux),
        &[
            given::happens(&shell, 0, ActivityKind::ProcessStarted),
            given::happens(&shell, 5, given::overwritten("/etc/motd")),
            given::happens(&shell, 9, given::created("/tmp/a")),
        ],
    );
    let start = one(&events, 1);
    assert_eq!(field(start, "User"), "root");
    assert_eq!(
        field(start, "LogonGuid"),
        "{7c1d0a52-0000-0000-0000-000001000000}"
    );
    assert_eq!(field(start, "LogonId"), "0");
    assert_eq!(field(start, "IntegrityLevel"), "no level");
    assert_eq!(field(start, "ParentImage"), "-");
    assert_eq!(system(start, "Security_UserId"), "0");
    assert!(system(start, "TimeCreated_SystemTime").ends_with("000Z"));
    assert_eq!(field(one(&events, 11), "TargetFilename"), "/tmp/a");
}
