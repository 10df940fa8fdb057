//! What `wevtutil` prints of a channel, and what that means for a window.

use jiff::Timestamp;
use misfire::collect::windows::{ChannelSettings, ExportedRecord, Hole, LogStatus, Unparsed, hole};

pub const SYSMON: &str = "name: Microsoft-Windows-Sysmon/Operational\r\nenabled: true\r\n\
    type: Operational\r\nowningPublisher: Microsoft-Windows-Sysmon\r\nisolation: Custom\r\n\
    channelAccess: O:BAG:SYD:(A;;0xf0007;;;SY)(A;;0x7;;;BA)(A;;0x1;;;S-1-5-32-573)\r\nlogging:\r\n  \
    logFileName: %SystemRoot%\\System32\\Winevt\\Logs\\Microsoft-Windows-Sysmon%4Operational.evtx\r\n  \
    retention: false\r\n  autoBackup: false\r\n  maxSize: 67108864\r\npublishing:\r\n  fileMax: 1\r\n";

pub const STATUS: &str = "creationTime: 2026-01-06T16:57:38.617Z\r\nlastAccessTime: \
    2026-03-01T12:05:21.533Z\r\nlastWriteTime: 2026-03-01T12:05:21.533Z\r\nfileSize: 11603968\r\n\
    attributes: 32\r\nnumberOfLogRecords: 9496\r\noldestRecordNumber: 17\r\n";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn record(number: u64, time: &str) -> ExportedRecord {
    ExportedRecord {
        number: Some(number),
        time: Some(at(time)),
    }
}

#[test]
fn settings_are_read() {
    assert_eq!(
        ChannelSettings::parse(SYSMON),
        Ok(ChannelSettings {
            enabled: true,
            max_size: Some(67_108_864),
            retention: false,
            auto_backup: false,
        })
    );
    let other = SYSMON
        .replace("enabled: true", "enabled: FALSE")
        .replace("retention: false", "retention: true")
        .replace("maxSize: 67108864", "maxSize:");
    let other = ChannelSettings::parse(&other).expect("settings");
    assert!(!other.enabled && other.retention);
    assert_eq!(other.max_size, None);
}

#[test]
fn settings_that_say_nothing_are_none() {
    assert_eq!(
        ChannelSettings::parse(""),
        Err(Unparsed::Missing("enabled"))
    );
    let odd = SYSMON.replace("enabled: true", "enabled: perhaps");
    assert_eq!(
        ChannelSettings::parse(&odd),
        Err(Unparsed::Value("enabled"))
    );
    let odd = SYSMON.replace("67108864", "-1");
    assert_eq!(
        ChannelSettings::parse(&odd),
        Err(Unparsed::Value("maxSize"))
    );
    assert_eq!(
        LogStatus::parse(""),
        Err(Unparsed::Missing("numberOfLogRecords"))
    );
    let odd = STATUS.replace("9496", "many");
    assert_eq!(
        LogStatus::parse(&odd),
        Err(Unparsed::Value("numberOfLogRecords"))
    );
}

#[test]
fn the_status_is_read() {
    assert_eq!(
        LogStatus::parse(STATUS),
        Ok(LogStatus {
            size: Some(11_603_968),
            records: 9_496,
            oldest: Some(17),
        })
    );
}

#[test]
fn a_log_whose_oldest_record_is_older_has_no_hole() {
    let settings = ChannelSettings::parse(SYSMON).expect("settings");
    let status = LogStatus::parse(STATUS).expect("a status");
    let start = at("2026-03-01T12:00:00Z");
    let oldest = record(17, "2026-03-01T12:00:00Z");
    assert_eq!(hole(&settings, &status, Some(&oldest), start), None);
    // All there ever was.
    let first = record(1, "2026-03-01T12:30:00Z");
    assert_eq!(hole(&settings, &status, Some(&first), start), None);
}

#[test]
fn a_log_that_wrapped_has_one() {
    let mut settings = ChannelSettings::parse(SYSMON).expect("settings");
    let status = LogStatus::parse(STATUS).expect("a status");
    let start = at("2026-03-01T12:00:00Z");
    let oldest = record(17, "2026-03-01T12:00:01Z");
    let found = hole(&settings, &status, Some(&oldest), start).expect("a hole");
    assert_eq!(
        found.to_string(),
        "its oldest record is of 2026-03-01T12:00:01Z, after the window's start, so earlier ones \
         are gone"
    );
    settings.retention = true;
    settings.auto_backup = true;
    let found = hole(&settings, &status, Some(&oldest), start).expect("a hole");
    assert!(
        found
            .to_string()
            .ends_with("they may be in an archive of the log")
    );
    // A record without a time does not vouch for anything.
    let timeless = ExportedRecord {
        number: Some(17),
        time: None,
    };
    assert!(hole(&settings, &status, Some(&timeless), start).is_some());
}

#[test]
fn a_log_that_was_emptied_has_one() {
    let settings = ChannelSettings::parse(SYSMON).expect("settings");
    let start = at("2026-03-01T12:00:00Z");
    let mut status = LogStatus {
        size: Some(69_632),
        records: 0,
        oldest: None,
    };
    assert_eq!(hole(&settings, &status, None, start), None, "never used");
    status.oldest = Some(5_000);
    assert_eq!(
        hole(&settings, &status, None, start),
        Some(Hole::Overwritten {
            oldest: None,
            archived: false
        })
    );
}

#[test]
fn a_full_log_that_keeps_what_it_has_loses_what_is_new() {
    let settings = ChannelSettings {
        retention: true,
        max_size: Some(11_603_968),
        ..ChannelSettings::parse(SYSMON).expect("settings")
    };
    let status = LogStatus::parse(STATUS).expect("a status");
    let start = at("2026-03-01T12:00:00Z");
    let old = record(1, "2026-01-01T00:00:00Z");
    assert_eq!(
        hole(&settings, &status, Some(&old), start),
        Some(Hole::Full)
    );
    let archives = ChannelSettings {
        auto_backup: true,
        ..settings
    };
    assert_eq!(hole(&archives, &status, Some(&old), start), None);
}
