//! What Sysmon says of the registry.

use misfire::activity::{ActivityKind, RegistryChange, RegistryData};
use rstest::rstest;

use crate::sensors::given::{self, field, logged_of, one};

#[rstest]
#[case(r"HKLM\SOFTWARE\Run", "Tool", r"HKLM\SOFTWARE\Run\Tool")]
#[case(r"HKLM\SOFTWARE\Run", "", r"HKLM\SOFTWARE\Run\(Default)")]
#[case(r"HKLM\SOFTWARE\Classes\x", "", r"HKCR\x\(Default)")]
#[case(r"HKLM\SOFTWARE\ClassesOfOwn", "a", r"HKLM\SOFTWARE\ClassesOfOwn\a")]
#[case(
    r"HKLM\SYSTEM\ControlSet001\Services\x",
    "a",
    r"HKLM\System\CurrentControlSet\Services\x\a"
)]
#[case(r"HKU\S-1-5-18\Software\Classes\x", "a", r"HKU\S-1-5-18_Classes\x\a")]
#[case(r"HKU\S-1-5-18\Software\x", "a", r"HKU\S-1-5-18\Software\x\a")]
fn registry_paths_have_sysmons_roots(#[case] key: &str, #[case] name: &str, #[case] object: &str) {
    let set = given::value_set(key, name, RegistryData::Dword(1));
    let events = logged_of(&given::powershell(), set);
    assert_eq!(field(one(&events, 13), "TargetObject"), object);
}

#[rstest]
#[case(RegistryData::Text("a.exe".to_owned()), "a.exe")]
#[case(RegistryData::ExpandText("%TEMP%".to_owned()), "%TEMP%")]
#[case(RegistryData::Text(String::new()), "(Empty)")]
#[case(RegistryData::Texts(vec!["a".to_owned()]), "Binary Data")]
#[case(RegistryData::Dword(26), "DWORD (0x0000001a)")]
#[case(RegistryData::Qword(0x0001_d667_a00a), "QWORD (0x00000001-0xd667a00a)")]
#[case(RegistryData::Binary(vec![1, 2]), "Binary Data")]
fn registry_data_is_shown_as_sysmon_shows_it(#[case] data: RegistryData, #[case] shown: &str) {
    let events = logged_of(
        &given::powershell(),
        given::value_set(r"HKLM\SOFTWARE", "a", data),
    );
    assert_eq!(field(one(&events, 13), "Details"), shown);
}

#[test]
fn deleted_values_and_keys_are_told_apart() {
    let key = r"HKLM\SOFTWARE\Example".to_owned();
    for (change, event_type, object) in [
        (
            RegistryChange::KeyCreated { key: key.clone() },
            "CreateKey",
            &*key,
        ),
        (
            RegistryChange::KeyDeleted { key: key.clone() },
            "DeleteKey",
            &*key,
        ),
        (
            RegistryChange::ValueDeleted {
                key: key.clone(),
                name: "a".to_owned(),
            },
            "DeleteValue",
            r"HKLM\SOFTWARE\Example\a",
        ),
    ] {
        let events = logged_of(&given::powershell(), ActivityKind::Registry(change));
        let event = one(&events, 12);
        assert_eq!(field(event, "EventType"), event_type);
        assert_eq!(field(event, "TargetObject"), object);
    }
}
