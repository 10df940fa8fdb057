//! Names of channels, and the commands that they stand in.

use std::ffi::OsStr;
use std::path::Path;

use misfire::collect::process::Command;
use misfire::collect::windows::{ChannelName, ChannelQuery, NotAChannel, Tools};

fn shown(command: &Command) -> Vec<&str> {
    let arguments = command
        .arguments
        .iter()
        .map(|part| part.to_str().expect("text"));
    std::iter::once(command.program.to_str().expect("text"))
        .chain(arguments)
        .collect()
}

#[test]
fn real_names_are_taken_as_they_are() {
    for (name, file) in [
        ("Security", "Security.evtx"),
        (
            "Microsoft-Windows-Sysmon/Operational",
            "Microsoft-Windows-Sysmon-Operational.evtx",
        ),
        ("Windows PowerShell", "Windows-PowerShell.evtx"),
        (
            "Microsoft-Windows-AppLocker/EXE and DLL",
            "Microsoft-Windows-AppLocker-EXE-and-DLL.evtx",
        ),
        ("Vendor.Name/..", "Vendor-Name---.evtx"),
    ] {
        let channel = ChannelName::new(name).expect("a channel's name");
        assert_eq!(channel.as_str(), name);
        assert_eq!(channel.file_name(), file);
    }
}

#[test]
fn what_could_mean_something_else_is_no_name() {
    for (name, why) in [
        ("", NotAChannel::Empty),
        ("  ", NotAChannel::Empty),
        ("/r:elsewhere", NotAChannel::Holds(':')),
        ("/ow", NotAChannel::Begins('/')),
        ("-ow", NotAChannel::Begins('-')),
        ("a\" /r:x \"", NotAChannel::Holds('"')),
        ("C:\\logs\\a.evtx", NotAChannel::Holds(':')),
        ("a\\b", NotAChannel::Holds('\\')),
        ("a'b", NotAChannel::Holds('\'')),
        ("a&b", NotAChannel::Holds('&')),
        ("a<b", NotAChannel::Holds('<')),
        ("a|b", NotAChannel::Holds('|')),
        ("Sec*", NotAChannel::Holds('*')),
        ("a\nb", NotAChannel::Holds('\n')),
    ] {
        assert_eq!(ChannelName::new(name), Err(why), "{name:?}");
    }
    assert!(ChannelName::new(&"a".repeat(254)).is_ok());
    assert_eq!(
        ChannelName::new(&"a".repeat(255)),
        Err(NotAChannel::TooLong)
    );
}

#[test]
fn each_command_is_what_wevtutil_documents() {
    let tools = Tools::below(None);
    let channel = ChannelName::new("Windows PowerShell").expect("a channel's name");
    let query = ChannelQuery::since("2026-03-01T12:00:00Z".parse().expect("a time"));
    assert_eq!(
        shown(&tools.export(&channel, &query, Path::new("C:\\t\\x.evtx"))),
        [
            "wevtutil.exe",
            "epl",
            "Windows PowerShell",
            "C:\\t\\x.evtx",
            "/q:*[System[TimeCreated[@SystemTime >= '2026-03-01T12:00:00.000Z']]]",
            "/ow:true",
        ]
    );
    assert_eq!(
        shown(&tools.settings(&channel)),
        ["wevtutil.exe", "gl", "Windows PowerShell"]
    );
    assert_eq!(
        shown(&tools.status(&channel)),
        ["wevtutil.exe", "gli", "Windows PowerShell"]
    );
    assert_eq!(
        shown(&tools.oldest(&channel)),
        [
            "wevtutil.exe",
            "qe",
            "Windows PowerShell",
            "/c:1",
            "/rd:false",
            "/f:xml"
        ]
    );
    assert_eq!(shown(&tools.nothing()), ["cmd.exe", "/d", "/c", "exit"]);
}

#[test]
fn tools_are_taken_from_the_folder_of_windows() {
    let tools = Tools::below(Some(OsStr::new("root")));
    let below = |name: &str| Path::new("root").join("System32").join(name);
    let channel = ChannelName::new("Security").expect("a channel's name");
    assert_eq!(tools.settings(&channel).program, below("wevtutil.exe"));
    assert_eq!(tools.nothing().program, below("cmd.exe"));
    assert_eq!(Tools::below(Some(OsStr::new(""))), Tools::below(None));
}
