//! Each reason for which an atomic is not performed.

use std::fs;
use std::io::{self, Cursor};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use misfire::content::atomic::{Elevation, Platform, Shell};
use misfire::recording::{NotRun, Outcome};
use misfire::stage::execute::{
    Act, AllowList, Answer, Around, Asking, Consent, HostLock, Met, Person, Prerequisite,
    Prerequisites, Run, Target, Test, invocation, perform,
};
use rstest::rstest;

use crate::common::{Place, agree, processes_in, reason};

fn with_shell(mut test: Test, to: Shell) -> Test {
    if let Run::Command { shell, .. } = &mut test.run {
        *shell = to;
    }
    test
}

fn planned(place: &Place, test: &Test) -> (Option<NotRun>, String) {
    match place.plan(test) {
        Err(Outcome::NotRun { reason, because }) => (Some(reason), because),
        other => panic!("{other:?}"),
    }
}

#[test]
fn wrong_platform() {
    let place = Place::new();
    let mut test = place.test("true", "");
    test.platforms = vec![Platform::Windows, Platform::MacOs];
    let (reason, because) = planned(&place, &test);
    assert_eq!(reason, Some(NotRun::WrongPlatform));
    assert_eq!(because, "it is for windows, macos, and this is linux");
    test.platforms.push(Platform::IaasAws);
    assert!(
        place.plan(&test).is_ok(),
        "a cloud is reached from anywhere"
    );
}

#[test]
fn not_elevated() {
    let mut place = Place::new();
    let mut test = place.test("true", "");
    if let Run::Command { elevation, .. } = &mut test.run {
        *elevation = Elevation::Required;
    }
    place.host.rights = Elevation::NotRequired;
    assert_eq!(planned(&place, &test).0, Some(NotRun::NotElevated));
    place.host.rights = Elevation::Required;
    assert!(place.plan(&test).is_ok());
}

#[rstest]
#[case::cmd(
    Shell::CommandPrompt,
    "`command_prompt` is `cmd.exe`, which linux lacks"
)]
#[case::powershell(Shell::PowerShell, "`pwsh` or `powershell` is not on the path")]
#[case::bash(Shell::Bash, "`bash` is not on the path")]
fn executor_missing(#[case] shell: Shell, #[case] why: &str) {
    let mut place = Place::new();
    place.host.path = vec![place.work(), PathBuf::from(".")];
    let (reason, because) = planned(&place, &with_shell(place.test("true", ""), shell));
    assert_eq!(reason, Some(NotRun::ExecutorMissing));
    assert_eq!(because, why);
}

#[test]
fn target_not_allowed() {
    let mut place = Place::new();
    place.settings.allowed = AllowList::default();
    let test = place.test("echo > act.txt", "");
    assert_eq!(planned(&place, &test).0, Some(NotRun::TargetNotAllowed));
    place.settings.allowed = AllowList::of(["*", "another-host"]);
    assert_eq!(planned(&place, &test).0, Some(NotRun::TargetNotAllowed));
    place.settings.allowed = AllowList::of([Target::this_host().to_string()]);
    assert!(place.plan(&test).is_ok());
}

#[rstest]
#[case("n\n")]
#[case("")]
#[case("\n")]
#[case("yessir\n")]
fn not_confirmed(#[case] answer: &'static str) {
    let place = Place::new();
    let plan = place.plan(&place.test("echo > act.txt", "")).unwrap();
    let mut shown = Vec::new();
    let refused = Consent::obtain(plan, Asking::Ask, &mut answer.as_bytes(), &mut shown);
    assert_eq!(
        refused.err().as_ref().and_then(reason),
        Some(NotRun::NotConfirmed)
    );
    assert!(String::from_utf8(shown).unwrap().contains("echo > act.txt"));
}

#[test]
fn what_cannot_be_shown_is_not_agreed_to() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let place = Place::new();
    let plan = place.plan(&place.test("true", "")).unwrap();
    let refused = Consent::obtain(plan, Asking::Yes, &mut Cursor::new("y\n"), &mut Full);
    assert_eq!(
        refused.err().as_ref().and_then(reason),
        Some(NotRun::NotConfirmed)
    );
}

#[test]
fn what_is_shown_hides_nothing() {
    let place = Place::new();
    let plan = place
        .plan(&place.test("echo a\u{1b}[2K\rtrue \u{202e}x", "rm 'b\u{200b}'"))
        .unwrap();
    let shown = plan.to_string();
    assert!(
        shown.contains(r"echo a\u{1b}[2K\u{d}true \u{202e}x"),
        "{shown}"
    );
    assert!(shown.contains(r"rm 'b\u{200b}'"), "{shown}");
}

#[test]
fn a_dry_run_is_exact_and_does_nothing() {
    let place = Place::new();
    let mut test = place.test("echo > act.txt\necho \"two\"", "rm act.txt");
    test.prerequisites = vec![needs("something", "touch checked.txt", None)];
    let plan = place.plan(&test).unwrap();
    let Act::Command { invocation, .. } = &plan.act else {
        panic!("{plan:?}");
    };
    assert_eq!(invocation.arguments, ["-c", "echo > act.txt\necho \"two\""]);
    assert!(serde_json::to_string(&plan).unwrap().contains("rm act.txt"));
    assert_eq!(fs::read_dir(place.work()).unwrap().count(), 0);
    assert!(place.journal_is_empty());
}

fn needs(description: &str, check: &str, get: Option<&str>) -> Prerequisite {
    Prerequisite {
        description: description.to_owned(),
        check: check.to_owned(),
        get: get.map(str::to_owned),
    }
}

#[rstest]
#[case::not_there(None, Prerequisites::Get, "the tool (exit code 3: no tool)")]
#[case::not_got_unasked(
    Some("echo > tool"),
    Prerequisites::Check,
    "the tool (exit code 3: no tool)"
)]
#[case::not_to_be_got(
    Some("echo down >&2; exit 9"),
    Prerequisites::Get,
    "the tool (getting it: exit code 9: down)"
)]
#[case::got_in_vain(
    Some("true"),
    Prerequisites::Get,
    "the tool (got, but still: exit code 3: no tool)"
)]
fn prerequisite_missing(
    #[case] get: Option<&str>,
    #[case] prerequisites: Prerequisites,
    #[case] why: &str,
) {
    let mut place = Place::new();
    place.settings.prerequisites = prerequisites;
    let mut test = place.test("echo > act.txt", "echo > cleaned.txt");
    let check = "test -e tool || { echo no tool >&2; exit 3; }";
    test.prerequisites = vec![needs("first", "true", None), needs("the tool", check, get)];
    let done = place.perform(&test);
    assert_eq!(
        done.outcome,
        Outcome::NotRun {
            reason: NotRun::PrerequisiteMissing,
            because: why.to_owned()
        }
    );
    assert!(!place.holds("act.txt") && !place.holds("cleaned.txt"));
    assert!(place.journal_is_empty());
}

#[test]
fn prerequisite_got() {
    let mut place = Place::new();
    place.settings.prerequisites = Prerequisites::Get;
    let mut test = place.test("test -e tool", "");
    // What it starts in the background is there for the act.
    test.prerequisites = vec![needs(
        "tool",
        "test -e tool",
        Some("echo > tool; sleep 60 &"),
    )];
    let done = place.perform(&test);
    assert_eq!(done.outcome, Outcome::Exited(0));
    assert_eq!(done.prerequisites, [Met::Got("tool".to_owned())]);
    assert_eq!(done.cleaned_up.unwrap().left_running.len(), 1);
    assert_eq!(processes_in(&place.work()), [""; 0]);
}

#[test]
fn a_prerequisite_that_hangs() {
    let mut place = Place::new();
    place.settings.limits.check = std::time::Duration::from_millis(200);
    let mut test = place.test("echo > act.txt", "");
    test.prerequisites = vec![needs("tool", "sleep 60", None)];
    let done = place.perform(&test);
    assert_eq!(reason(&done.outcome), Some(NotRun::PrerequisiteMissing));
    assert!(!place.holds("act.txt"));
}

#[rstest]
#[case::sh(Shell::Sh)]
#[case::bash(Shell::Bash)]
fn blocked(#[case] shell: Shell) {
    let place = Place::new();
    let tool = place.work().join("tool");
    fs::write(&tool, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&tool, fs::Permissions::from_mode(0o644)).unwrap();
    let done = place.perform(&with_shell(place.test("./tool --attack", ""), shell));
    assert_eq!(reason(&done.outcome), Some(NotRun::Blocked), "{done:?}");
    let later = place.perform(&with_shell(place.test("touch x\n./tool", ""), shell));
    assert_eq!(
        later.outcome,
        Outcome::Exited(126),
        "it did something first"
    );
}

#[test]
fn killed_by_somebody_else() {
    let place = Place::new();
    let done = place.perform(&place.test("kill -9 $$", ""));
    assert_eq!(reason(&done.outcome), Some(NotRun::Blocked));
    let done = place.perform(&place.test("echo so far; kill -9 $$", ""));
    assert_eq!(done.outcome, Outcome::Exited(137));
}

#[test]
fn blocked_because_security_software_says_so() {
    let place = Place::new();
    let done = place.perform(&place.test(
        "echo 'This script contains malicious content and \
         has been blocked by your antivirus software.' >&2; exit 1",
        "",
    ));
    assert_eq!(reason(&done.outcome), Some(NotRun::Blocked));
}

#[rstest]
#[case::sh(Shell::Sh)]
#[case::bash(Shell::Bash)]
fn failed_before_it_did_anything(#[case] shell: Shell) {
    let place = Place::new();
    let run = |command| place.perform(&with_shell(place.test(command, "echo > cleaned"), shell));
    let done = run("no-such-tool --now");
    assert_eq!(reason(&done.outcome), Some(NotRun::Failed), "{done:?}");
    assert!(place.holds("cleaned"), "it is cleaned up all the same");
    assert_eq!(
        run("echo x > y\nno-such-tool").outcome,
        Outcome::Exited(127)
    );
}

#[test]
fn its_directory_is_not_there() {
    let place = Place::new();
    let mut test = place.test("true", "");
    test.directory = Some(place.work().join("nowhere"));
    assert_eq!(reason(&place.perform(&test).outcome), Some(NotRun::Failed));
}

#[test]
fn interrupted_before_it_began() {
    let place = Place::new();
    place.interrupt.set();
    let done = place.perform(&place.test("echo > act.txt", ""));
    assert_eq!(reason(&done.outcome), Some(NotRun::Interrupted));
    let mut test = place.test("echo > act.txt", "echo > cleaned.txt");
    test.prerequisites = vec![needs("tool", "sleep 60", None)];
    let place = {
        drop(place);
        Place::new()
    };
    test.directory = Some(place.work());
    let interrupt = place.interrupt.clone();
    let done = place.try_perform(&test, &mut |step| {
        if step.name() == "check-started" {
            interrupt.set();
        }
    });
    assert_eq!(reason(&done.unwrap().outcome), Some(NotRun::Interrupted));
    assert!(!place.holds("act.txt") && !place.holds("cleaned.txt"));
    assert!(place.journal_is_empty());
}

struct Somebody(Vec<String>, Answer);

impl Person for Somebody {
    fn perform(&mut self, steps: &str) -> io::Result<Answer> {
        self.0.push(steps.to_owned());
        Ok(self.1)
    }
}

#[rstest]
#[case(Answer::Done, None)]
#[case(Answer::Nobody, Some(NotRun::Skipped))]
fn manual(#[case] answer: Answer, #[case] wanted: Option<NotRun>) {
    let place = Place::new();
    let mut test = place.test("", "");
    test.run = Run::Manual {
        steps: "Press the button.".to_owned(),
    };
    let mut somebody = Somebody(Vec::new(), answer);
    let lock = HostLock::take(&place.state, "a test").unwrap();
    let around = Around {
        state: &place.state,
        lock: &lock,
        interrupt: &place.interrupt,
        person: &mut somebody,
        observer: &mut |_| {},
    };
    let done = perform(agree(place.plan(&test).unwrap()), around).unwrap();
    assert_eq!(reason(&done.outcome), wanted);
    assert_eq!(somebody.0, ["Press the button."]);
    assert!(place.journal_is_empty());
}

#[test]
fn windows_is_started_as_the_public_runner_does() {
    let mut place = Place::new();
    for program in ["powershell.exe", "cmd.exe"] {
        let program = place.work().join(program);
        fs::write(&program, "").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    }
    place.host.path = vec![place.work()];
    place.host.platform = Platform::Windows;
    let of = |shell| {
        invocation(&place.host, shell, "one\ntwo\n")
            .unwrap()
            .arguments
    };
    assert_eq!(of(Shell::CommandPrompt), ["/c", "one & two"]);
    assert_eq!(of(Shell::PowerShell), ["& {one\ntwo}"]);
}
