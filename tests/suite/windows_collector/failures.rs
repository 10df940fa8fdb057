//! What an exit of `wevtutil` means.

use std::time::Duration;

use misfire::collect::CollectError;
use misfire::collect::process::{Finished, RunError};
use misfire::collect::windows::{ChannelName, WindowsError, failure_of};

fn channel() -> ChannelName {
    ChannelName::new("Security").expect("a name")
}

fn exit(code: i32, stderr: &str) -> Option<WindowsError> {
    failure_of(
        &channel(),
        &Finished {
            code: Some(code),
            stdout: Vec::new(),
            stderr: stderr.as_bytes().to_vec(),
        },
    )
}

fn told(code: i32, stderr: &str) -> String {
    exit(code, stderr).expect("a failure").to_string()
}

#[test]
fn only_zero_is_a_success() {
    assert_eq!(exit(0, "a warning"), None);
    for code in [1, -1, 259, i32::MAX, i32::MIN] {
        let failure = exit(code, "");
        assert!(
            matches!(failure, Some(WindowsError::Other { .. })),
            "{code}"
        );
    }
    let killed = Finished::default();
    assert_eq!(
        failure_of(&channel(), &killed).map(|failure| failure.to_string()),
        Some("wevtutil failed on channel Security with no exit code: it says nothing".to_owned())
    );
}

#[test]
fn the_code_says_what_happened() {
    let no_channel = "Failed to read configuration for log Securitx. The specified channel could \
                      not be found.\r\n";
    assert_eq!(told(15007, no_channel), "this host has no channel Security");
    assert_eq!(
        told(5, "Failed to export log Security.\r\nAccess is denied.\r\n"),
        "channel Security may not be read: Failed to export log Security. Access is denied"
    );
    // In another language, and with bytes of another code page.
    let finished = Finished {
        code: Some(5),
        stderr: b"Zugriff verweigert \x84\x81.".to_vec(),
        stdout: Vec::new(),
    };
    let denied = failure_of(&channel(), &finished);
    assert!(
        matches!(denied, Some(WindowsError::Denied { .. })),
        "{denied:?}"
    );
    assert!(matches!(
        exit(1722, ""),
        Some(WindowsError::NoService { .. })
    ));
    assert!(matches!(
        exit(1062, ""),
        Some(WindowsError::NoService { .. })
    ));
    assert!(matches!(exit(15001, ""), Some(WindowsError::Query { .. })));
    assert!(matches!(exit(112, ""), Some(WindowsError::NoRoom { .. })));
    // As an HRESULT.
    assert!(matches!(
        exit(0x8007_0005_u32.cast_signed(), ""),
        Some(WindowsError::Denied { .. })
    ));
    assert!(matches!(
        exit(0x8007_3a9f_u32.cast_signed(), ""),
        Some(WindowsError::NoChannel { .. })
    ));
}

#[test]
fn the_text_says_it_where_the_code_does_not() {
    for (text, wanted) in [
        ("Access is denied.", "channel Security may not be read"),
        (
            "The specified channel could not be found.",
            "this host has no channel",
        ),
        (
            "The RPC server is unavailable.",
            "the Windows Event Log service does not answer",
        ),
        (
            "The specified query is invalid.",
            "the query for channel Security is refused",
        ),
    ] {
        let told = told(1, text);
        assert!(told.starts_with(wanted), "{told}");
    }
}

#[test]
fn what_is_printed_is_told_in_one_short_line() {
    let long = format!("first\r\n\r\n\tsecond\x1b[31m {}", "x".repeat(1000));
    let told = told(1, &long);
    assert!(told.contains("first second[31m xxx"), "{told}");
    assert!(told.len() < 400);
    assert!(!told.contains('\x1b'));
}

#[test]
fn what_lasts_is_not_tried_again() {
    let lasting = [
        exit(15007, ""),
        exit(5, ""),
        exit(15001, ""),
        exit(112, ""),
        Some(WindowsError::of_run(&channel(), RunError::NotFound)),
    ];
    for failure in lasting.into_iter().flatten() {
        assert!(failure.is_lasting(), "{failure}");
    }
    let passing = [
        exit(1722, ""),
        exit(1, ""),
        Some(WindowsError::of_run(
            &channel(),
            RunError::TimedOut(Duration::from_secs(3)),
        )),
    ];
    for failure in passing.into_iter().flatten() {
        assert!(!failure.is_lasting(), "{failure}");
    }
}

#[test]
fn every_failure_is_one_of_collecting() {
    let of = |failure: Option<WindowsError>| CollectError::from(failure.expect("a failure"));
    assert!(matches!(of(exit(5, "")), CollectError::Denied { .. }));
    assert!(matches!(of(exit(15007, "")), CollectError::Refused { .. }));
    assert!(matches!(
        of(exit(1722, "")),
        CollectError::Unreachable { .. }
    ));
    assert!(matches!(
        of(exit(112, "")),
        CollectError::Misconfigured { .. }
    ));
    let interrupted = WindowsError::of_run(&channel(), RunError::Interrupted);
    assert_eq!(CollectError::from(interrupted), CollectError::Interrupted);
    assert_eq!(
        of(exit(15007, "")).to_string(),
        "the Windows event log refused the request: this host has no channel Security"
    );
}
