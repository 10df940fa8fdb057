//! Program models: what programs do on a modelled host when they are started.

mod libraries;
mod psexec;
mod raising;
mod services;

use std::sync::Arc;

use jiff::Timestamp;
use misfire::activity::{Account, ActivityKind, Integrity, LogonSession, Process, RegistryChange};
use misfire::content::atomic::Platform;
use misfire::stage::simulate::program::{
    self, Invocation, Window, command_line_of, join_windows, model::Models, split_windows,
};
use misfire::stage::simulate::world::{
    CommandOutcome, Content, Context, Environment, Finished, HostProfile, Profile, World,
};
use proptest::prelude::*;

/// A host, and a shell on it.
struct Host {
    world: World,
    shell: Context,
}

impl Host {
    fn new() -> Self {
        Self::given(&[])
    }

    fn given(given: &[&str]) -> Self {
        Self::of(|host| host.given = given.iter().map(|given| (*given).to_owned()).collect())
    }

    /// A host whose profile was changed.
    fn of(change: impl FnOnce(&mut HostProfile)) -> Self {
        let mut profile = Profile::bundled(Platform::Windows).expect("a profile");
        let host = profile.host.as_mut().expect("a host");
        change(host);
        let account = Arc::new(Account {
            domain: host.user.domain.clone(),
            name: host.user.name.clone(),
            sid: host.user.sid.clone(),
        });
        let now: Timestamp = "2026-11-02T13:05:12Z".parse().expect("a time");
        let mut world = World::new(Arc::new(profile), now, 7);
        let logon = Arc::new(LogonSession {
            id: 0x54b5a,
            terminal: 1,
        });
        let process = world.existing_process(
            None,
            r"C:\Windows\System32\cmd.exe",
            "cmd.exe",
            r"C:\Users\avery",
            account,
            logon,
            Integrity::Medium,
        );
        let shell = Context {
            process,
            directory: r"C:\Users\avery".to_owned(),
            environment: Environment::windows(),
        };
        world.begin_command("test");
        Self { world, shell }
    }

    fn run(&mut self, line: &str) -> Finished {
        program::run_line(&mut self.world, &self.shell, line).expect("within the budget")
    }

    fn outcome(&self) -> &CommandOutcome {
        &self.world.commands()[0].outcome
    }

    fn started(&self) -> Vec<Arc<Process>> {
        let activities = self.world.activities().iter();
        activities
            .filter(|traced| traced.activity.kind == ActivityKind::ProcessStarted)
            .filter_map(|traced| traced.activity.process.clone())
            .collect()
    }

    fn lines(&self) -> Vec<String> {
        let started = self.started();
        started.iter().map(|it| it.command_line.clone()).collect()
    }

    /// What happened besides processes, as short texts.
    fn changes(&self) -> Vec<String> {
        let activities = self.world.activities().iter();
        activities
            .filter_map(|traced| {
                let who = traced.activity.process.as_ref()?.name().to_owned();
                let what = match &traced.activity.kind {
                    ActivityKind::File(file) => format!("{:?} {}", file.kind, file.path),
                    ActivityKind::Registry(RegistryChange::ValueSet { key, name, data }) => {
                        format!("set {key}|{name}={data:?}")
                    }
                    ActivityKind::Registry(RegistryChange::KeyCreated { key }) => {
                        format!("key {key}")
                    }
                    ActivityKind::Registry(change) => format!("{change:?}"),
                    ActivityKind::DnsQuestion(question) => format!("dns {}", question.name),
                    ActivityKind::Connection(connection) => {
                        format!("connect {}", connection.destination_port)
                    }
                    ActivityKind::ImageLoaded { path, .. } => format!("load {path}"),
                    ActivityKind::TaskRegistered(task) => format!("task {}", task.path),
                    ActivityKind::TaskStarted(task) => format!("task runs {}", task.path),
                    ActivityKind::ServiceInstalled(service) => format!("service {}", service.name),
                    ActivityKind::PowerShellStarted { host_application } => {
                        format!("engine {host_application}")
                    }
                    _ => return None,
                };
                Some(format!("{who}: {what}"))
            })
            .collect()
    }
}

const SID: &str = "S-1-5-21-1004336348-1177238915-682003330-1128";

#[test]
fn every_bundled_model_loads_and_has_its_file() {
    let models = Models::load().expect("sound models");
    assert!(models.iter().count() > 140);
    for model in models.iter() {
        assert!(models.file_named(&model.name).is_some(), "{}", model.name);
    }
    let file = program::known_file(r"c:\windows\SYSTEM32\Reg.exe").expect("known");
    let metadata = file.metadata.as_ref().expect("a version resource");
    assert_eq!(
        metadata.description.as_deref(),
        Some("Registry Console Tool")
    );
    assert_eq!(file.signer.as_deref(), Some("Microsoft Windows"));
    assert_eq!(program::known_file(r"C:\Temp\reg.exe"), None);
}

#[test]
fn a_model_with_an_unknown_key_is_refused_by_its_name() {
    let text = "name: x.exe\ncases:\n  - name: a\n    dose: []\n";
    let error = Models::parse("models/x.exe.yaml", text).expect_err("refused");
    let message = error.to_string();
    assert!(message.starts_with("models/x.exe.yaml: "), "{message}");
    assert!(message.contains("dose"), "{message}");
}

#[test]
fn an_action_is_exactly_one_and_built_in_ones_are_known() {
    let two = "name: x.exe\ncases:\n  - name: a\n    does:\n      - {delete: x, key: y}\n";
    let error = Models::parse("x", two).expect_err("refused").to_string();
    assert_eq!(error, "x: an action of `a` is not exactly one");
    let unknown = "name: x.exe\ncases:\n  - name: a\n    does:\n      - carry-out: dance\n";
    let error = Models::parse("x", unknown)
        .expect_err("refused")
        .to_string();
    assert_eq!(error, "x: there is no built-in action `dance`");
}

#[test]
fn command_lines_split_as_windows_splits_them() {
    let cases: &[(&str, &[&str])] = &[
        (r#""a b\c.exe" d "e f""#, &[r"a b\c.exe", "d", "e f"]),
        (r#"x "a\"b" c\\"d e""#, &["x", "a\"b", r"c\d e"]),
        (r#"x "" y"#, &["x", "", "y"]),
        (r#"x C:\a\ "C:\b c\\""#, &["x", r"C:\a\", r"C:\b c\"]),
        ("", &[]),
    ];
    for (line, parts) in cases {
        assert_eq!(&split_windows(line), parts, "{line}");
    }
    let arguments = vec!["a b".to_owned(), r"c\".to_owned(), "\"".to_owned()];
    let line = command_line_of("x.exe", &arguments);
    assert_eq!(split_windows(&line)[1..], arguments);
}

#[test]
fn reg_add_sets_a_value_in_the_users_hive() {
    let mut host = Host::new();
    host.run(r#"reg.exe  add "HKCU\SOFTWARE\Tool" /v Version /t REG_DWORD /d 0x10 /f"#);
    assert_eq!(
        host.changes(),
        [
            format!(r"reg.exe: key HKU\{SID}\SOFTWARE\Tool"),
            format!(r"reg.exe: set HKU\{SID}\SOFTWARE\Tool|Version=Dword(16)"),
        ]
    );
    let started = host.started();
    assert_eq!(started[0].image, r"C:\Windows\System32\reg.exe");
    assert_eq!(started.len(), 1, "it shares its parent's console");
    let cause = &host.world.activities()[1].cause;
    assert_eq!(cause.model.as_deref(), Some("models/reg.exe.yaml: add"));
    assert_eq!(host.outcome(), &CommandOutcome::Modelled);
    host.run(r"reg delete HKCU\SOFTWARE\Tool /f");
    assert_eq!(host.run(r"reg query HKCU\SOFTWARE\Tool").exit_code, Some(1));
}

#[test]
fn reg_import_carries_out_a_registration_file() {
    let mut host = Host::new();
    let text = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software\\T]\r\n\
                \"a\"=\"x\\\\y\"\r\n@=dword:0000000a\r\n\"b\"=hex(2):41,00,\\\r\n  00,00\r\n[-HKEY_CURRENT_USER\\Software\\U]\r\n";
    let shell = Arc::clone(&host.shell.process);
    let path = r"C:\Users\avery\t.reg";
    host.world
        .write_file(&shell, path, Content::Text(text.to_owned()));
    host.run("reg import t.reg");
    let changes = host.changes().join("\n");
    assert!(
        changes.contains(r#"\Software\T|a=Text("x\\y")"#),
        "{changes}"
    );
    assert!(changes.contains(r"\Software\T|=Dword(10)"), "{changes}");
    assert!(
        changes.contains(r#"\Software\T|b=ExpandText("A")"#),
        "{changes}"
    );
    assert!(changes.contains(r"Software\\U"), "{changes}");
}

#[test]
fn a_task_is_written_by_the_scheduler_and_splits_its_action() {
    let mut host = Host::new();
    let line = r#"schtasks  /create /tn "Editor Remote Access" /tr "C:\ProgramData\vscode-cli\code.exe tunnel --name box" /sc onlogon /f"#;
    assert_eq!(host.run(line).exit_code, Some(0));
    let task = host
        .world
        .activities()
        .iter()
        .find_map(|traced| match &traced.activity.kind {
            ActivityKind::TaskRegistered(task) => Some(task.clone()),
            _ => None,
        })
        .expect("a task");
    assert_eq!(task.path, r"\Editor Remote Access");
    assert_eq!(task.command, r"C:\ProgramData\vscode-cli\code.exe");
    assert_eq!(task.arguments.as_deref(), Some("tunnel --name box"));
    assert!(
        task.xml
            .starts_with("<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n<Task")
    );
    assert!(
        task.xml
            .contains("<LogonTrigger>\r\n      <StartBoundary>2026-11-02T14:05:00<")
    );
    assert!(!task.xml.replace("\r\n", "").contains('\n'));
    let changes = host.changes();
    assert_eq!(
        changes[0],
        r"svchost.exe: Created C:\Windows\System32\Tasks\Editor Remote Access"
    );
    assert!(changes[1].starts_with(
        r"svchost.exe: key HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache\Tasks\{"
    ));
    assert_eq!(changes.len(), 17, "{changes:#?}");
}

#[test]
fn a_task_runs_below_the_scheduler_until_it_is_deleted() {
    let mut host = Host::new();
    host.run(r#"schtasks /create /tn T /tr "reg.exe add HKLM\SOFTWARE\Ours /v a" /sc once /st 00:00 /ru SYSTEM"#);
    host.run("schtasks /run /tn T");
    let reg = host.started().into_iter().find(|it| it.name() == "reg.exe");
    let reg = reg.expect("the task's program");
    assert_eq!(reg.account.name, "SYSTEM");
    assert_eq!(reg.integrity, Integrity::System);
    assert_eq!(
        reg.parent
            .as_ref()
            .map(|parent| parent.command_line.as_str()),
        Some(r"C:\WINDOWS\system32\svchost.exe -k netsvcs -p -s Schedule")
    );
    assert!(
        host.changes()
            .contains(&r"reg.exe: task runs \T".to_owned())
    );
    assert_eq!(host.run("schtasks /delete /tn T /f").exit_code, Some(0));
    assert_eq!(host.run("schtasks /delete /tn T /f").exit_code, Some(1));
}

#[test]
fn a_service_is_written_and_started_by_the_service_manager() {
    let mut host = Host::new();
    host.run(r#"sc create Evil binPath= "C:\tools\evil.exe -x" start= auto"#);
    host.run("sc start Evil");
    let changes = host.changes().join("\n");
    assert!(changes.contains(r"services.exe: key HKLM\System\CurrentControlSet\Services\Evil"));
    assert!(changes.contains(r#"Evil|ImagePath=ExpandText("C:\\tools\\evil.exe -x")"#));
    assert!(changes.contains("Evil|Start=Dword(2)"));
    assert!(changes.contains("sc.exe: service Evil"));
    let evil = host
        .started()
        .into_iter()
        .find(|it| it.name() == "evil.exe");
    let evil = evil.expect("the service");
    assert_eq!(
        evil.parent
            .as_ref()
            .map(|it| it.name().to_owned())
            .as_deref(),
        Some("services.exe")
    );
    assert_eq!(evil.account.name, "SYSTEM");
}

#[test]
fn net_hands_on_to_net1_as_it_stands() {
    let mut host = Host::new();
    host.run("net  localgroup administrators");
    assert_eq!(
        host.lines(),
        [
            "net  localgroup administrators",
            r"C:\WINDOWS\system32\net1  localgroup administrators",
        ]
    );
    let mut host = Host::new();
    host.run(r"net use \\srv01\c$ secret");
    assert_eq!(
        host.changes(),
        ["net.exe: dns srv01", "net.exe: connect 445"]
    );
}

#[test]
fn wmic_starts_below_the_provider() {
    let mut host = Host::new();
    host.run("wmic process call create notepad.exe");
    let notepad = host
        .started()
        .into_iter()
        .find(|it| it.name() == "notepad.exe");
    let notepad = notepad.expect("the process");
    assert_eq!(
        notepad
            .parent
            .as_ref()
            .map(|it| it.name().to_owned())
            .as_deref(),
        Some("WmiPrvSE.exe")
    );
    assert_eq!(notepad.account.name, "avery");
}

#[test]
fn what_is_fetched_is_asked_for_and_written() {
    for line in [
        "certutil.exe -urlcache -split -f https://files.example/a.bin C:\\t\\a.bin",
        "curl.exe --silent -o C:\\t\\a.bin https://files.example/a.bin",
        "curl -sLoC:\\t\\a.bin https://files.example/a.bin",
    ] {
        let mut host = Host::new();
        host.run(line);
        let changes = host.changes().join("\n");
        assert!(changes.contains("dns files.example"), "{line}: {changes}");
        assert!(changes.contains("connect 443"), "{line}: {changes}");
        assert!(changes.contains(r"Created C:\t\a.bin"), "{line}: {changes}");
        assert_eq!(host.outcome(), &CommandOutcome::Modelled);
    }
    let mut host = Host::new();
    host.run(r"bitsadmin /transfer job /priority foreground https://files.example/a C:\t\a");
    assert!(
        host.changes()
            .contains(&r"svchost.exe: Created C:\t\a".to_owned())
    );
}

#[test]
fn an_unknown_program_only_starts() {
    let mut host = Host::new();
    let finished = host.run(r"C:\tools\thing.exe --all");
    assert_eq!(finished.exit_code, Some(0));
    assert_eq!(host.lines(), [r"C:\tools\thing.exe --all"]);
    assert_eq!(host.outcome(), &CommandOutcome::OnlyStarted);
    let assumed = &host.world.commands()[0].assumed;
    assert_eq!(assumed, &[r"C:\tools\thing.exe is there"]);
}

#[test]
fn the_editors_command_line_starts_node_and_the_tunnel() {
    let line = r#""C:\Users\avery\AppData\Local\Programs\Microsoft VS Code\bin\code.cmd" tunnel --name build-box"#;
    let mut host = Host::given(&["signed-in"]);
    let finished = host.run(line);
    assert_eq!(finished.exit_code, None, "it runs on");
    let lines = host.lines();
    let folder = r"C:\Users\avery\AppData\Local\Programs\Microsoft VS Code";
    assert_eq!(
        lines,
        [
            format!(
                r#""{folder}\bin\..\Code.exe"  "{folder}\bin\..\resources\app\out\cli.js" tunnel --name build-box"#
            ),
            format!(r#""{folder}\bin\code-tunnel.exe" tunnel --name build-box"#),
            r"\??\C:\WINDOWS\system32\conhost.exe 0x4".to_owned(),
        ]
    );
    let images: Vec<_> = host.started().iter().map(|it| it.image.clone()).collect();
    assert_eq!(images[0], format!(r"{folder}\Code.exe"));
    let changes = host.changes().join("\n");
    assert!(changes.contains("dns global.rel.tunnels.api.visualstudio.com"));
    assert!(changes.contains(r"Created C:\Users\avery\.vscode\cli\code_tunnel.json"));
    let mut host = Host::given(&["not-signed-in"]);
    host.run(line);
    let changes = host.changes().join("\n");
    assert!(changes.contains("dns github.com"));
    assert!(!changes.contains("tunnels.api"));
}

#[test]
fn a_renamed_copy_keeps_its_version_resource_and_its_model() {
    let mut host = Host::new();
    let content = host.world.content(r"C:\tools\AnyDesk.exe");
    let shell = Arc::clone(&host.shell.process);
    let copy = r"C:\Users\avery\AppData\Local\Temp\anydesk_test.exe";
    host.world.write_file(&shell, copy, content);
    assert_eq!(host.run(&format!("\"{copy}\" ")).exit_code, None);
    let lines = host.lines();
    assert_eq!(lines[1], format!("\"{copy}\" --local-service"));
    assert_eq!(lines[2], format!("\"{copy}\" --local-control"));
    let started = host.started();
    let metadata = started[0].program.metadata.as_ref().expect("metadata");
    assert_eq!(metadata.company.as_deref(), Some("AnyDesk Software GmbH"));
    let changes = host.changes().join("\n");
    assert!(changes.contains("anydesk_test.exe: dns boot.net.anydesk.com"));
    assert!(changes.contains("anydesk_test.exe: connect 50001"));
}

#[test]
fn tightvnc_as_an_application_makes_its_keys_and_stays() {
    let mut host = Host::new();
    let finished = host.run(r#""C:\Program Files\TightVNC\tvnserver.exe" -run"#);
    assert_eq!(finished.exit_code, None);
    assert_eq!(
        host.changes(),
        [
            format!(r"tvnserver.exe: key HKU\{SID}\Software\TightVNC"),
            format!(r"tvnserver.exe: key HKU\{SID}\Software\TightVNC\Server"),
        ]
    );
}

#[test]
fn a_console_of_its_own_comes_with_a_host() {
    let mut host = Host::new();
    let invocation = Invocation {
        window: Window::Own,
        ..Invocation::of_line("whoami", "whoami")
    };
    let finished = program::run(&mut host.world, &host.shell, &invocation).expect("bounded");
    assert_eq!(finished.output.as_deref(), Some(r"corp\avery"));
    assert_eq!(
        host.lines(),
        ["whoami", r"\??\C:\WINDOWS\system32\conhost.exe 0x4"]
    );
}

#[test]
fn powershell_says_how_it_was_started() {
    let mut host = Host::new();
    host.run("powershell.exe -NoProfile -ep bypass -c Get-Date");
    let changes = host.changes();
    assert_eq!(
        changes[0],
        "powershell.exe: engine powershell.exe -NoProfile -ep bypass -c Get-Date"
    );
}

#[test]
fn scripts_that_stand_in_command_lines_start_what_they_run() {
    let mut host = Host::new();
    host.run(
        r#"mshta.exe vbscript:CreateObject("Wscript.Shell").Run("calc.exe",0,True)(window.close)"#,
    );
    assert!(
        host.lines().contains(&"calc.exe".to_owned()),
        "{:?}",
        host.lines()
    );
    let mut host = Host::new();
    host.run("rundll32.exe url.dll,OpenURL calc.exe");
    assert!(host.lines().contains(&"calc.exe".to_owned()));
    assert_eq!(
        host.changes()[0],
        r"rundll32.exe: load C:\Windows\System32\url.dll"
    );
}

#[test]
fn names_resolve_as_the_host_knows_them() {
    let host = Host::new();
    let found = |name: &str| program::resolve(&host.world, &host.shell, name);
    assert_eq!(
        found("schtasks").as_deref(),
        Some(r"C:\Windows\System32\schtasks.exe")
    );
    assert_eq!(
        found("POWERSHELL.EXE").as_deref(),
        Some(r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe")
    );
    assert_eq!(
        found(r"tool\x").as_deref(),
        Some(r"C:\Users\avery\tool\x.exe")
    );
    assert_eq!(found("Get-Item"), None);
    assert_eq!(found(""), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_arguments_are_bounded(name in prop::sample::select(names()), rest in "[ -~äß\\\\\"{}|]{0,60}") {
        let mut host = Host::new();
        let _ = program::run_line(&mut host.world, &host.shell, &format!("{name} {rest}"));
    }

    #[test]
    fn any_command_line_is_bounded(line in ".{0,80}") {
        let mut host = Host::new();
        let _ = program::run_line(&mut host.world, &host.shell, &line);
    }

    #[test]
    fn joined_arguments_split_again(arguments in prop::collection::vec("[ -~]{0,12}", 0..6)) {
        let line = format!("x {}", join_windows(&arguments));
        prop_assert_eq!(&split_windows(&line)[1..], &arguments[..]);
    }
}

fn names() -> Vec<String> {
    let models = Models::bundled().iter();
    models.map(|model| model.name.clone()).collect()
}

#[test]
fn a_text_is_looked_for_in_what_is_known() {
    let mut host = Host::new();
    let mut find = |line: &str, input: &str| {
        let invocation = Invocation {
            input: Some(input.to_owned()),
            ..Invocation::of_line("find", line)
        };
        program::run(&mut host.world, &host.shell, &invocation).expect("bounded")
    };
    assert_eq!(
        find(r#"find /i "B""#, "a\r\nb\r\n").output.as_deref(),
        Some("b\r\n")
    );
    assert_eq!(find(r#"find "B""#, "a\r\nb\r\n").exit_code, Some(1));
}

#[test]
fn a_program_of_linux_starts_where_it_is_installed() {
    let profile = Profile::bundled(Platform::Linux).expect("a profile");
    let now: Timestamp = "2026-11-02T13:05:12Z".parse().expect("a time");
    let mut world = World::new(Arc::new(profile), now, 7);
    let account = Arc::new(Account {
        domain: String::new(),
        name: "avery".to_owned(),
        sid: "1000".to_owned(),
    });
    let logon = Arc::new(LogonSession { id: 3, terminal: 1 });
    let shell = world.existing_process(
        None,
        "/usr/bin/bash",
        "-bash",
        "/home/avery",
        account,
        logon,
        Integrity::Medium,
    );
    let shell = Context {
        process: shell,
        directory: "/home/avery".to_owned(),
        environment: Environment::unix(),
    };
    for line in ["sh -c id", "unheard-of --all", "./tool.sh x"] {
        let invocation = Invocation {
            arguments: line.split(' ').skip(1).map(str::to_owned).collect(),
            ..Invocation::of_line(line.split(' ').next().unwrap_or_default(), line)
        };
        program::run(&mut world, &shell, &invocation).expect("within the budget");
    }
    let images: Vec<_> = world
        .activities()
        .iter()
        .filter(|traced| traced.activity.kind == ActivityKind::ProcessStarted)
        .filter_map(|traced| Some(traced.activity.process.as_ref()?.image.clone()))
        .collect();
    assert_eq!(images[..1], ["/usr/bin/sh"]);
    assert!(images.contains(&"/usr/bin/unheard-of".to_owned()));
    assert!(images.contains(&"/home/avery/tool.sh".to_owned()));
}
