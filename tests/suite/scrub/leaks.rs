//! What is looked for after a scrub, in whatever it is written.

use misfire::diagnostic::Code;
use misfire::log::scrub::{Identities, Kind, Pseudonyms};
use misfire::run::scrub;
use rstest::rstest;
use serde_json::json;

use super::{key, log, recording, request, scrubbed, text};

fn known() -> Pseudonyms {
    let mut identities = Identities::new(key());
    identities.note("User", "KONTOSO\\mkeller07");
    identities.note("accountId", "493827160594");
    identities.note("SourceIp", "10.20.30.40");
    identities.settle()
}

#[rstest]
#[case("as MKELLER07 said", Kind::User)]
#[case("m\\u006beller07", Kind::User)]
#[case("a%6dkeller07 no: %6Dkeller07", Kind::User)]
#[case("path/493827160594/x", Kind::Account)]
#[case("from 10.20.30.40.", Kind::Address)]
// `user mkeller07 logged on` in base64, and as UTF-16 in it.
#[case("dXNlciBta2VsbGVyMDcgbG9nZ2VkIG9u", Kind::User)]
#[case("dQBzAGUAcgAgAG0AawBlAGwAbABlAHIAMAA3AA==", Kind::User)]
fn an_identity_is_found_in_any_notation(#[case] text: &str, #[case] kind: Kind) {
    assert_eq!(known().left_in(text), Some(kind));
}

#[rstest]
#[case("10.20.30.4 and 110.20.30.40 and 10.20.30.40.5")]
#[case("1493827160594")]
#[case("smkeller071")]
#[case("user-abc123")]
fn what_only_looks_alike_is_not(#[case] text: &str) {
    assert_eq!(known().left_in(text), None);
}

#[test]
fn an_identity_is_found_in_bytes_as_utf_16() {
    let wide: Vec<u8> = "xx mkeller07"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(known().left_in_bytes(&wide), Some(Kind::User));
    let odd: Vec<u8> = [vec![7], wide].concat();
    assert_eq!(known().left_in_bytes(&odd), Some(Kind::User));
    assert_eq!(known().left_in_bytes(b"nothing"), None);
}

#[test]
fn a_name_that_is_also_a_logs_is_told_and_the_log_keeps_it() {
    // Which log a record is of is never rewritten.
    let records = [
        json!({"User": "mkeller07"}),
        json!({"Channel": "x (mkeller07)", "User": "mkeller07"}),
    ];
    let lines = records.map(|record| format!("{record}\n")).concat();
    let ambiguous = scrubbed(&request(lines.as_bytes()));
    assert!(
        ambiguous
            .doubts
            .iter()
            .any(|doubt| doubt.code == Code::SCRUB_AMBIGUOUS)
    );
    assert!(text(&ambiguous.logs[0]).contains("x (mkeller07)"));
}

#[test]
fn a_log_that_cannot_be_read_whole_is_refused() {
    for bytes in [&b"\xff\xfe\x00"[..], b"\x80\x81 no text", b"\x1f\x8bbroken"] {
        let problems = scrub(&request(bytes)).expect_err("it is no text");
        assert_eq!(problems[0].code, Code::SCRUB_UNREADABLE);
    }
    let mut cut = recording("T1219.001/code-tunnel/sysmon.evtx");
    cut.truncate(cut.len() - 40_000);
    let mut request = request(b"");
    request.logs = vec![log("sysmon.evtx", &cut)];
    let problems = scrub(&request).expect_err("it is cut off");
    assert_eq!(problems[0].code, Code::SCRUB_UNREADABLE);
}

#[test]
fn no_output_names_what_was_replaced() {
    let records = json!({"User": "mkeller07", "accountId": "493827160594"}).to_string();
    let scrubbed = scrubbed(&request(records.as_bytes()));
    let told = format!("{scrubbed:?} {:?}", known());
    assert!(!told.contains("mkeller07") && !told.contains("493827160594"));
}
