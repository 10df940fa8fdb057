//! Pseudonyms are of the kind of what they stand for, valid, and the same throughout.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use misfire::log::scrub::{Changes, Identities, Key, Pseudonyms};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::{after, key, request, scrubbed, text};

/// What becomes of one field.
fn one(field: &str, value: &str) -> String {
    let scrubbed = after(&[json!({ field: value })]);
    scrubbed[0][field].as_str().expect("a text").to_owned()
}

fn class(address: Ipv4Addr) -> &'static str {
    match address.octets() {
        [10, ..] => "10/8",
        [172, 16..=31, ..] => "172.16/12",
        [192, 168, ..] => "192.168/16",
        [100, 64..=127, ..] => "100.64/10",
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] | [198, 18 | 19, ..] => "public",
        [240..=255, ..] => "240/4",
        _ => "another",
    }
}

#[rstest]
#[case("10.4.5.6", "10/8")]
#[case("172.20.1.9", "172.16/12")]
#[case("192.168.7.44", "192.168/16")]
#[case("100.100.3.4", "100.64/10")]
#[case("52.94.1.7", "public")]
fn an_address_stays_in_its_class(#[case] address: &str, #[case] wanted: &str) {
    let other = one("sourceIPAddress", address);
    assert_ne!(other, address);
    let other: Ipv4Addr = other.parse().expect("an address");
    assert_eq!(class(other), wanted);
}

#[rstest]
#[case("127.0.0.1")]
#[case("0.0.0.0")]
#[case("169.254.169.254")]
#[case("224.0.0.251")]
#[case("255.255.255.0")]
#[case("203.0.113.9")]
#[case("8.8.8.8")]
#[case("168.63.129.16")]
#[case("::1")]
#[case("::")]
#[case("ff02::fb")]
#[case("2001:db8::7")]
#[case("ssm.amazonaws.com")]
#[case("AWS Internal")]
fn what_is_nobodys_address_stays(#[case] address: &str) {
    assert_eq!(one("sourceIPAddress", address), address);
}

#[rstest]
#[case("fe80::1ff:fe23:4567:890a", "fe80:")]
#[case("fd12:3456:789a:1::20", "fd")]
#[case("2600:1f18:1234::9", "2001:db8:")]
#[case("2600:1f18:1234:0:0:0:0:9", "2001:db8:")]
fn a_long_address_stays_in_its_class(#[case] address: &str, #[case] start: &str) {
    let other = one("SourceIp", address);
    assert_ne!(other, address);
    assert!(other.starts_with(start), "{other}");
    assert!(other.parse::<IpAddr>().is_ok(), "{other}");
}

#[test]
fn addresses_of_one_network_go_on_sharing_one() {
    let [first, second, router, other] = ["10.1.2.30", "10.1.2.31", "10.1.2.1", "10.9.2.30"];
    let records = [first, second, router, other].map(|ip| json!({ "SourceIp": ip }));
    let after = after(&records);
    let octets = after.iter().map(|record| {
        let address: Ipv4Addr = record["SourceIp"]
            .as_str()
            .expect("a text")
            .parse()
            .expect("one");
        address.octets()
    });
    let [first, second, router, other]: [[u8; 4]; 4] =
        octets.collect::<Vec<_>>().try_into().expect("four");
    assert_eq!(first[..3], second[..3]);
    assert_eq!(first[..3], router[..3]);
    assert_eq!(router[3], 1);
    assert_ne!(first[3], second[3]);
    assert_ne!(first[..2], other[..2]);
}

#[rstest]
#[case("FileVersion", "10.0.19041.1")]
#[case("FileVersion", "15.1.2.3")]
#[case("userAgent", "Mozilla/5.0 Chrome/126.0.5.9 aws-cli/2.1.3.4")]
#[case("CommandLine", "app.exe --set version=1.2.3.4")]
#[case("CommandLine", "System.Core, Version=4.0.0.0, Culture=neutral")]
fn a_version_is_no_address(#[case] field: &str, #[case] value: &str) {
    assert_eq!(one(field, value), value);
}

#[test]
fn an_arn_stays_one_with_its_region_its_separators_and_its_role() {
    let arn = "arn:aws:sts::493827160594:assumed-role/build-role/maria.keller";
    let scrubbed = after(&[json!({
        "awsRegion": "eu-central-1",
        "recipientAccountId": "493827160594",
        "userIdentity": {"arn": arn, "accountId": "493827160594"},
        "requestParameters": {
            "policy": "{\"Principal\":{\"AWS\":\"arn:aws:iam::493827160594:user/ops/anja\"},\
                        \"Resource\":\"arn:aws:ssm:eu-central-1:493827160594:document/x\"}",
            "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
        },
    })]);
    let record = &scrubbed[0];
    assert_eq!(record["awsRegion"], "eu-central-1");
    let account = record["recipientAccountId"].as_str().expect("a text");
    assert!(account.len() == 12 && account.bytes().all(|digit| digit.is_ascii_digit()));
    assert_ne!(account, "493827160594");
    assert_eq!(record["userIdentity"]["accountId"], account);
    let arn = record["userIdentity"]["arn"].as_str().expect("a text");
    let session = arn
        .strip_prefix(&format!("arn:aws:sts::{account}:assumed-role/build-role/"))
        .expect("a role and its session");
    assert!(session.starts_with("user-"), "{session}");
    let policy = record["requestParameters"]["policy"]
        .as_str()
        .expect("a text");
    let policy: Value = serde_json::from_str(policy).expect("JSON inside of a text");
    assert_eq!(
        policy["Resource"],
        format!("arn:aws:ssm:eu-central-1:{account}:document/x")
    );
    let user = policy["Principal"]["AWS"].as_str().expect("a text");
    assert!(
        user.starts_with(&format!("arn:aws:iam::{account}:user/ops/user-")),
        "{user}"
    );
    assert_eq!(
        record["requestParameters"]["policyArn"],
        "arn:aws:iam::aws:policy/AdministratorAccess"
    );
}

#[test]
fn names_are_the_same_in_fields_paths_commands_and_mail() {
    let scrubbed = after(&[
        json!({"CommandLine": "net use \\\\FILESRV7\\c$ /user:KONTOSO\\mkeller"}),
        json!({
            "Computer": "FILESRV7.kontoso.local",
            "User": "KONTOSO\\mkeller",
            "SubjectUserName": "FILESRV7$",
            "Image": "C:\\Users\\mkeller\\Downloads\\code.exe",
            "ParentCommandLine": "/home/mkeller/run.sh mkeller@kontoso.local",
        }),
    ]);
    let record = &scrubbed[1];
    let computer = record["Computer"].as_str().expect("a text");
    let (host, domain) = computer.split_once('.').expect("a domain");
    let domain = domain.strip_suffix(".local").expect("the last label stays");
    assert!(host.starts_with("HOST-"), "{host}");
    let (netbios, user) = record["User"]
        .as_str()
        .expect("a text")
        .split_once('\\')
        .expect("two");
    assert!(netbios.starts_with("DOM-"), "{netbios}");
    assert_eq!(netbios.to_lowercase(), domain);
    assert_eq!(record["SubjectUserName"], format!("{host}$"));
    assert_eq!(
        record["Image"],
        format!("C:\\Users\\{user}\\Downloads\\code.exe")
    );
    assert_eq!(
        record["ParentCommandLine"],
        format!("/home/{user}/run.sh {user}@{domain}.local")
    );
    assert_eq!(
        scrubbed[0]["CommandLine"],
        format!("net use \\\\{host}\\c$ /user:{netbios}\\{user}")
    );
}

#[rstest]
#[case("User", "NT AUTHORITY\\SYSTEM")]
#[case("User", "root")]
#[case("SubjectUserName", "Administrator")]
#[case("TargetUserName", "DWM-1")]
#[case("Image", "C:\\Users\\Public\\x.exe")]
#[case("SubjectUserSid", "S-1-5-18")]
#[case("SubjectUserSid", "S-1-5-32-544")]
#[case("eventSource", "ssm.amazonaws.com")]
#[case("operationName", "Microsoft.Compute/virtualMachines/runCommand/action")]
#[case("appid", "04b07795-8ddb-461a-bbee-02f9e1bf7b46")]
#[case("accountId", "111122223333")]
#[case("Channel", "Security")]
#[case("QueryName", "global.rel.tunnels.api.visualstudio.com")]
#[case(
    "CommandLine",
    "ssh -o MACs=hmac-sha2-256-etm@openssh.com ubuntu@localhost"
)]
fn what_everyone_has_stays(#[case] field: &str, #[case] value: &str) {
    assert_eq!(one(field, value), value);
}

#[test]
fn the_machine_in_a_sid_is_replaced_and_the_account_in_it_stays() {
    let other = one(
        "SubjectUserSid",
        "S-1-5-21-1004336348-1177238915-682003330-500",
    );
    assert!(
        other.starts_with("S-1-5-21-") && other.ends_with("-500"),
        "{other}"
    );
    assert!(!other.contains("1004336348"));
    assert_eq!(other.split('-').count(), 8);
}

#[test]
fn a_sid_of_a_directory_goes_on_being_made_of_the_objects_guid() {
    // The four numbers are those of the GUID 3f0a7c7e-2c4e-4c0a-9a1b-7f4f3f0f3a55.
    let scrubbed = after(&[json!({
        "objectId": "3f0a7c7e-2c4e-4c0a-9a1b-7f4f3f0f3a55",
        "principalId": "3f0a7c7e2c4e4c0a9a1b7f4f3f0f3a55",
        "SubjectUserSid": "S-1-12-1-1057651838-1275735118-1333730202-1429868351",
    })]);
    let record = &scrubbed[0];
    let guid = record["objectId"].as_str().expect("a text");
    let guid = uuid::Uuid::try_parse(guid).expect("a GUID");
    assert_eq!(record["principalId"], guid.simple().to_string());
    let bytes = guid.to_bytes_le();
    let numbers = bytes.chunks(4).map(|part| {
        let number = u32::from_le_bytes(part.try_into().expect("four bytes"));
        number.to_string()
    });
    let numbers: Vec<_> = numbers.collect();
    assert_eq!(
        record["SubjectUserSid"],
        format!("S-1-12-1-{}", numbers.join("-"))
    );
}

#[test]
fn sysmons_guids_go_on_tying_events_together() {
    let scrubbed = after(&[
        json!({"ProcessGuid": "{a22d8442-415a-6ae8-2c00-000000000a00}"}),
        json!({"ParentProcessGuid": "{A22D8442-415A-6AE8-2C00-000000000A00}"}),
        json!({"LogonGuid": "{00000000-0000-0000-0000-000000000000}"}),
    ]);
    let first = scrubbed[0]["ProcessGuid"].as_str().expect("a text");
    let second = scrubbed[1]["ParentProcessGuid"].as_str().expect("a text");
    assert_eq!(first.to_uppercase(), second);
    assert!(first.ends_with("-415a-6ae8-2c00-000000000a00}"), "{first}");
    assert!(!first.contains("a22d8442"));
    assert_eq!(
        scrubbed[2]["LogonGuid"],
        "{00000000-0000-0000-0000-000000000000}"
    );
}

#[test]
fn keys_keep_their_type_and_their_form() {
    const SSH: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOtAlK45MAEWZ7MUY2QEmi3M6W+peGL3VCrc0qH54xRu mkeller@buildbox9";
    let scrubbed = after(&[json!({
        "sSHPublicKey": SSH,
        "accessKeyId": "ASIAGM9ZC9KUL0AYEVUM",
        "principalId": "AROAHG2QGAX7XGTRYBZ5K:session",
        "sessionToken": "IQoJb3JpZ2luX2VjEPP//////////wEaCXVzLWVhc3QtMSJHMEUCIQ",
        "CommandLine": "curl -H 'Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtIn0.c2lnbmF0dXJl'",
        "instanceId": "i-0fb357cb7e99ad973",
    })]);
    let record = &scrubbed[0];
    let key = record["sSHPublicKey"].as_str().expect("a text");
    let parts: Vec<_> = key.split(' ').collect();
    assert_eq!(parts[0], "ssh-ed25519");
    assert!(parts[1].starts_with("AAAAC3NzaC1lZDI1NTE5AAAAI"), "{key}");
    assert_eq!(parts[1].len(), SSH.split(' ').nth(1).expect("a key").len());
    assert!(
        parts[2].starts_with("user-") && parts[2].contains("@host-"),
        "{key}"
    );
    let id = record["accessKeyId"].as_str().expect("a text");
    assert!(
        id.starts_with("ASIA") && id.len() == 20 && !id.contains("GM9Z"),
        "{id}"
    );
    let principal = record["principalId"].as_str().expect("a text");
    assert!(
        principal.starts_with("AROA") && principal.ends_with(":session"),
        "{principal}"
    );
    let command = record["CommandLine"].as_str().expect("a text");
    let token = command
        .split_whitespace()
        .last()
        .expect("a token")
        .trim_end_matches('\'');
    assert_eq!(token.split('.').count(), 3);
    assert!(
        token.starts_with("eyJ") && !command.contains("c2lnbmF0dXJl"),
        "{command}"
    );
    let instance = record["instanceId"].as_str().expect("a text");
    assert!(
        instance.starts_with("i-") && instance.len() == 19,
        "{instance}"
    );
    assert!(
        !record["sessionToken"]
            .as_str()
            .expect("a text")
            .contains("JHMEUCIQ")
    );
}

#[test]
fn a_password_is_replaced_wherever_it_stands() {
    let scrubbed = after(&[
        json!({"CommandLine": "net user eve \"Tr0ub4dor&3xyz\" /add"}),
        json!({"ScriptBlockText": "$p = 'Tr0ub4dor&3xyz'"}),
    ]);
    assert!(
        !scrubbed[0]["CommandLine"]
            .as_str()
            .expect("a text")
            .contains("Tr0ub4dor")
    );
    assert!(
        !scrubbed[1]["ScriptBlockText"]
            .as_str()
            .expect("a text")
            .contains("Tr0ub4dor")
    );
}

#[test]
fn an_encoded_command_is_decoded_replaced_and_encoded_again() {
    // `Get-Item C:\Users\mkeller\secret.txt` as UTF-16.
    const COMMAND: &str = "RwBlAHQALQBJAHQAZQBtACAAQwA6AFwAVQBzAGUAcgBzAFwAbQBrAGUAbABsAGUAcgBcAHMAZQBjAHIAZQB0AC4AdAB4AHQA";
    let scrubbed =
        after(&[json!({"User": "mkeller", "CommandLine": format!("powershell -enc {COMMAND}")})]);
    let user = scrubbed[0]["User"].as_str().expect("a text");
    let command = scrubbed[0]["CommandLine"].as_str().expect("a text");
    let wide: String = format!("Get-Item C:\\Users\\{user}\\secret.txt")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .map(char::from)
        .collect();
    assert_eq!(
        command,
        format!(
            "powershell -enc {}",
            base64(wide.chars().map(|sign| sign as u8))
        )
    );
}

#[test]
fn names_and_addresses_are_found_behind_escapes() {
    let log = r#"{"User":"mkeller","CommandLine":"app:edit?path=%%5C%%5C172.16.137.159%5Cmkeller","x":"a\r\nmkeller"}"#;
    let scrubbed = scrubbed(&request(log.as_bytes()));
    let after = text(&scrubbed.logs[0]);
    assert!(
        !after.contains("mkeller") && !after.contains("172.16.137.159"),
        "{after}"
    );
    assert!(after.contains("path=%%5C%%5C172."), "{after}");
}

#[test]
fn xml_stays_xml_and_what_is_packed_stays_packed() {
    use std::io::{Read, Write};
    let xml = "<Event xmlns='x'><System><Provider Name='Acme'/><Computer>FILESRV7.kontoso.local\
               </Computer></System><EventData><Data Name='User'>KONTOSO\\mkeller</Data>\
               <Data Name=\"CommandLine\">\"C:\\a&amp;b\" mkeller &lt;x&gt;</Data></EventData></Event>\n";
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(xml.as_bytes()).expect("memory");
    let packed = packer.finish().expect("memory");
    let scrubbed = scrubbed(&request(&packed));
    let mut after = String::new();
    let mut unpacked = flate2::read::GzDecoder::new(&*scrubbed.logs[0].bytes);
    unpacked.read_to_string(&mut after).expect("a packed text");
    let user = after.split("user-").nth(1).expect("a user");
    let user = format!("user-{}", &user[..6]);
    let (_, command) = after
        .split_once("<Data Name=\"CommandLine\">")
        .expect("a field");
    assert!(command.contains("C:\\a&amp;b"), "{after}");
    assert!(
        command.contains(&format!(" {user} &lt;x&gt;</Data>")),
        "{after}"
    );
    assert!(after.starts_with("<Event xmlns='x'><System><Provider Name='Acme'/><Computer>HOST-"));
    assert!(!after.contains("mkeller") && !after.to_lowercase().contains("filesrv7"));
}

/// Base64 of bytes, by its definition.
fn base64(bytes: impl Iterator<Item = u8>) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits: String = bytes.map(|byte| format!("{byte:08b}")).collect();
    let groups = bits.as_bytes().chunks(6).map(|group| {
        let digits = String::from_utf8_lossy(group);
        let place = usize::from_str_radix(&format!("{digits:0<6}"), 2).expect("bits");
        char::from(SIGNS[place])
    });
    let mut text: String = groups.collect();
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

#[test]
fn azures_resources_are_replaced_in_any_case() {
    let id = "/subscriptions/7e3c1f52-4b0d-4c57-9a55-0f6a6c1d2b10/resourceGroups/rg-build/providers/Microsoft.Compute/virtualMachines/vm-build-01";
    let scrubbed = after(&[json!({
        "resourceId": id.to_uppercase(),
        "scope": id,
        "caller": "maria@kontoso.onmicrosoft.com",
        "message": "Microsoft.Compute/virtualMachines/runCommand/action",
    })]);
    let record = &scrubbed[0];
    let scope = record["scope"].as_str().expect("a text");
    assert_eq!(record["resourceId"], scope.to_uppercase());
    for (left, stays) in [
        ("7e3c1f52", false),
        ("rg-build", false),
        ("vm-build-01", false),
        ("/providers/Microsoft.Compute/virtualMachines/", true),
    ] {
        assert_eq!(scope.contains(left), stays, "{scope}");
    }
    assert_eq!(
        record["message"],
        "Microsoft.Compute/virtualMachines/runCommand/action"
    );
    let caller = record["caller"].as_str().expect("a text");
    assert!(
        caller.starts_with("user-") && caller.ends_with(".onmicrosoft.com"),
        "{caller}"
    );
    assert!(!caller.contains("kontoso"));
}

#[test]
fn everything_else_of_a_text_stays_to_the_blank() {
    let log =
        "[ {\"a\" : 1.50,\t\"User\":\"mkeller\"  , \"a\":\"x\\u00e9\\/\"},\r\n {\"n\":null} ]\n";
    let scrubbed = scrubbed(&request(log.as_bytes()));
    let (before, behind) = log.split_once("mkeller").expect("a name");
    let after = text(&scrubbed.logs[0]);
    assert!(
        after.starts_with(before) && after.ends_with(behind),
        "{after}"
    );
}

#[test]
fn another_key_gives_other_pseudonyms_and_the_same_gives_the_same() {
    let log = json!({"User": "mkeller", "SourceIp": "10.1.2.3"}).to_string();
    let with = |key: Key| {
        let mut request = request(log.as_bytes());
        request.key = key;
        text(&scrubbed(&request).logs[0])
    };
    assert_eq!(with(key()), with(key()));
    assert_ne!(with(key()), with(Key::random()));
    assert_ne!(with(Key::random()), with(Key::random()));
    assert_eq!(format!("{:?}", key()), "Key");
}

/// Pseudonyms of everything that some fields say.
fn pseudonyms(fields: &[(&str, String)]) -> Pseudonyms {
    let mut identities = Identities::new(key());
    for (path, text) in fields {
        identities.note(path, text);
    }
    identities.settle()
}

fn rewritten(pseudonyms: &Pseudonyms, path: &str, text: &str) -> String {
    let mut changes = Changes::default();
    let other = pseudonyms.rewrite(path, text, &mut changes);
    other.unwrap_or_else(|| text.to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_same_identity_has_the_same_pseudonym_in_any_order(
        names in prop::collection::btree_set("[a-z]{2,5}[0-9]{2,4}", 1..12),
    ) {
        let forward: Vec<_> = names.iter().map(|name| ("User", name.clone())).collect();
        let backward: Vec<_> = forward.iter().rev().cloned().collect();
        let (forward, backward) = (pseudonyms(&forward), pseudonyms(&backward));
        let mut seen = BTreeSet::new();
        for name in &names {
            let other = rewritten(&forward, "User", name);
            prop_assert_eq!(&other, &rewritten(&backward, "User", name));
            prop_assert_eq!(&other, &rewritten(&forward, "CommandLine", name));
            prop_assert!(!names.contains(&other));
            prop_assert!(seen.insert(other), "two names have one pseudonym");
        }
    }

    #[test]
    fn addresses_keep_their_class_and_stay_apart(
        addresses in prop::collection::btree_set(
            prop_oneof![
                (0..=255_u8, 0..=255_u8, 2..=254_u8).prop_map(|(b, c, d)| [10, b, c, d]),
                (16..=31_u8, 0..=255_u8, 2..=254_u8).prop_map(|(b, c, d)| [172, b, c, d]),
                (0..=255_u8, 2..=254_u8).prop_map(|(c, d)| [192, 168, c, d]),
                (13..=99_u8, 0..=255_u8, 0..=255_u8, 2..=254_u8).prop_map(|(a, b, c, d)| [a, b, c, d]),
            ],
            1..20,
        ),
    ) {
        let addresses: Vec<_> = addresses.into_iter().map(Ipv4Addr::from).collect();
        let fields: Vec<_> =
            addresses.iter().map(|address| ("SourceIp", address.to_string())).collect();
        let pseudonyms = pseudonyms(&fields);
        let mut seen = BTreeMap::new();
        for address in addresses {
            let other = rewritten(&pseudonyms, "SourceIp", &address.to_string());
            let parsed: Ipv4Addr = other.parse().expect("an address");
            let wanted = match class(address) {
                "another" => "public",
                class => class,
            };
            prop_assert_eq!(class(parsed), wanted);
            prop_assert_eq!(seen.insert(parsed, address), None);
        }
    }

    #[test]
    fn arns_stay_arns_and_a_second_scrub_changes_no_form(
        account in "[1-9][0-9]{11}",
        service in prop::sample::select(vec!["iam", "ssm", "ec2", "lambda"]),
        region in prop::sample::select(vec!["", "us-east-1", "eu-central-2"]),
        name in "[a-z]{3,8}",
    ) {
        let arn = format!("arn:aws:{service}:{region}:{account}:user/{name}");
        let once = rewritten(&pseudonyms(&[("arn", arn.clone())]), "arn", &arn);
        let twice = rewritten(&pseudonyms(&[("arn", once.clone())]), "arn", &once);
        for other in [once, twice] {
            let parts: Vec<_> = other.splitn(6, ':').collect();
            prop_assert_eq!(&parts[..4], &["arn", "aws", service, region][..]);
            prop_assert!(parts[4].len() == 12 && parts[4].bytes().all(|digit| digit.is_ascii_digit()));
            prop_assert!(parts[5].starts_with("user/") && parts[5].matches('/').count() == 1);
        }
    }

    #[test]
    fn any_text_can_be_scrubbed(path in "[A-Za-z.]{0,12}", text in "\\PC{0,120}") {
        let pseudonyms = pseudonyms(&[(&path, text.clone()), ("User", "mkeller".to_owned())]);
        let other = rewritten(&pseudonyms, &path, &text);
        prop_assert_eq!(pseudonyms.left_in(&other), None);
    }
}
