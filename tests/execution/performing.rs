//! What happens to an atomic that is performed.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};

use misfire::recording::Outcome;
use misfire::stage::execute::{
    CleanUp, End, Ends, Prerequisite, Prerequisites, Residue, Run, Snapshot, Step,
};

use crate::common::{Place, end, processes_in, until};

const NOTHING: [&str; 0] = [];

/// Whatever became of it: no process, no debt.
fn assert_clean(place: &Place) {
    assert_eq!(processes_in(&place.work()), NOTHING);
    assert!(place.journal_is_empty());
    let scripts = place.folder.path().join("state/scripts");
    assert_eq!(fs::read_dir(scripts).unwrap().count(), 0);
}

#[test]
fn it_is_performed_and_cleaned_up() {
    let place = Place::new();
    let mut test = place.test(
        "echo \"out $MISFIRE_RUN\"; echo err $EXTRA >&2\necho > act.txt\nexit 7",
        "test -e act.txt && rm act.txt && echo $MISFIRE_RUN",
    );
    test.environment
        .insert("EXTRA".to_owned(), "more".to_owned());
    let done = place.perform(&test);
    assert_eq!(done.outcome, Outcome::Exited(7));
    let act = done.act.unwrap();
    assert_eq!(act.stdout.text(), format!("out {}\n", done.run));
    assert_eq!(act.stderr.text(), "err more\n");
    let cleaned = done.cleaned_up.unwrap();
    let CleanUp::Ran(result) = &cleaned.clean_up else {
        panic!("{cleaned:?}");
    };
    assert_eq!(result.end, End::Exited(0));
    assert_eq!(result.stdout.text(), format!("{}\n", done.run));
    assert!(done.residue.unwrap().is_empty());
    assert_clean(&place);
}

#[test]
fn steps_are_told_in_order() {
    let place = Place::new();
    let mut steps = Vec::new();
    place
        .try_perform(&place.test("true", "true"), &mut |step| {
            steps.push(step.name())
        })
        .unwrap();
    let wanted = [
        "undo-written",
        "act-begins",
        "act-started",
        "act-ended",
        "clean-up-started",
        "clean-up-ended",
        "processes-ended",
        "struck-out",
    ];
    assert_eq!(steps, wanted);
}

#[test]
fn the_undo_is_on_the_disk_before_the_act() {
    let place = Place::new();
    let journal = place.folder.path().join("state/journal");
    let command = format!("cat {}/*.jsonl", journal.display());
    let done = place.perform(&place.test(&command, "echo the undo"));
    let seen = done.act.unwrap().stdout.text();
    assert!(seen.contains("\"script\":\"echo the undo\""), "{seen}");
    assert!(seen.contains("\"reached\":\"act\""), "{seen}");
    assert!(!place.journal_is_empty() || seen.lines().count() == 2);
    assert_clean(&place);
}

#[test]
fn a_long_script_goes_through_a_file() {
    let place = Place::new();
    let mut command = "true # much ado\n".repeat(20_000);
    command.push_str("echo here; exit 5");
    let done = place.perform(&place.test(&command, ""));
    assert_eq!(done.outcome, Outcome::Exited(5));
    assert_eq!(done.act.unwrap().stdout.text(), "here\n");
    assert_clean(&place);
}

/// Daemons of every kind: forked twice, of a session of their own, without the mark,
/// deaf to requests, and stopped.
const DAEMONS: &str = "
(setsid sh -c 'sleep 300' > /dev/null 2>&1 &)
(env -i setsid sh -c '(sleep 300 &)' > /dev/null 2>&1 &)
(env -i setsid sh -c 'trap \"\" TERM HUP; while :; do sleep 0.1; done' > /dev/null 2>&1 &)
sh -c 'kill -STOP $$; sleep 300' &
sleep 0.3
echo > ready.txt
";

#[test]
fn a_time_limit_ends_the_whole_tree() {
    let mut place = Place::new();
    place.settings.limits.act = Duration::from_secs(1);
    let started = Instant::now();
    let command = format!("{DAEMONS}sleep 300");
    let done = place.perform(&place.test(&command, "rm ready.txt"));
    assert_eq!(end(&done), Some(End::TimedOut));
    assert_eq!(done.outcome, Outcome::Performed);
    assert!(
        started.elapsed() < Duration::from_secs(8),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(done.cleaned_up.unwrap().left_running, []);
    assert!(!place.holds("ready.txt"));
    assert_clean(&place);
}

#[test]
fn what_a_clean_up_leaves_running_is_reported_and_ended() {
    let place = Place::new();
    let done = place.perform(&place.test(DAEMONS, "rm ready.txt"));
    assert_eq!(done.outcome, Outcome::Exited(0));
    let residue = done.residue.unwrap();
    let lines: Vec<_> = residue
        .processes
        .iter()
        .map(|seen| &seen.command_line)
        .collect();
    assert!(lines.len() >= 4, "{lines:?}");
    assert_clean(&place);
}

#[test]
fn what_runs_in_the_background_is_listened_to_until_it_is_cleaned_up() {
    let mut place = Place::new();
    place.settings.prerequisites = Prerequisites::Get;
    let chatter = |name: &str| {
        format!("(while :; do echo tick; sleep 0.02; done) & echo $! > {name}; sleep 0.1")
    };
    let mut test = place.test(
        &chatter("act"),
        // A process that has died of `SIGPIPE` can still be sent signals.
        "sleep 0.5
for name in act server; do
    grep '^State:.[^XZ]' /proc/$(cat $name)/status || exit 1
    rm $name
done",
    );
    test.prerequisites = vec![Prerequisite {
        description: "a server".to_owned(),
        check: "test -e server".to_owned(),
        get: Some(chatter("server")),
    }];
    let done = place.perform(&test);
    let cleaned = done.cleaned_up.unwrap();
    assert!(cleaned.clean_up.is_done(), "{cleaned:?}");
    assert!(done.act.unwrap().stdout.total > 5 * 10);
    assert_clean(&place);
}

#[test]
fn one_that_keeps_running_is_observed_and_ended() {
    let place = Place::new();
    let mut test = place.test("echo up; sleep 300", "echo > cleaned.txt");
    test.ends = Ends::KeepsRunning {
        observe_for: Duration::from_millis(700),
    };
    let done = place.perform(&test);
    assert_eq!(
        (end(&done), &done.outcome),
        (Some(End::Observed), &Outcome::Performed)
    );
    let took = done.act.as_ref().unwrap().took;
    assert!(took >= Duration::from_millis(700), "{took:?}");
    assert_eq!(done.act.unwrap().stdout.text(), "up\n");
    assert!(place.holds("cleaned.txt"));
    // One that goes into the background is, too; one that ends, ends.
    if let Run::Command { command, .. } = &mut test.run {
        *command = "setsid sleep 300 &".to_owned();
    }
    assert_eq!(end(&place.perform(&test)), Some(End::Observed));
    if let Run::Command { command, .. } = &mut test.run {
        *command = "exit 3".to_owned();
    }
    assert_eq!(place.perform(&test).outcome, Outcome::Exited(3));
    assert_clean(&place);
}

#[test]
fn a_real_time_signal_has_a_number() {
    let place = Place::new();
    let done = place.perform(&place.test("kill -40 $$", ""));
    assert_eq!(end(&done), Some(End::Signalled(40)));
    assert_clean(&place);
}

#[test]
fn an_interrupt_ends_it_and_cleans_up() {
    let place = Place::new();
    let interrupt = place.interrupt.clone();
    let ready = place.work().join("ready.txt");
    let waiter = thread::spawn(move || {
        until("the act", || ready.exists());
        interrupt.set();
    });
    let command = format!("{DAEMONS}sleep 300");
    let done = place.perform(&place.test(&command, "sleep 0.3; rm ready.txt"));
    waiter.join().unwrap();
    assert_eq!(end(&done), Some(End::Interrupted));
    assert!(!place.holds("ready.txt"), "the clean-up is not interrupted");
    assert_clean(&place);
}

#[test]
fn a_panic_cleans_up() {
    for at in [
        "act-begins",
        "act-started",
        "act-ended",
        "clean-up-started",
        "clean-up-ended",
    ] {
        let place = Place::new();
        let test = place.test(
            "echo > act.txt; sleep 0.3",
            "rm -f act.txt; echo >> cleaned.txt",
        );
        let result = catch_unwind(AssertUnwindSafe(|| {
            place.try_perform(&test, &mut |step| assert_ne!(step.name(), at))
        }));
        assert!(result.is_err());
        assert!(place.holds("cleaned.txt"), "{at}");
        assert!(!place.holds("act.txt"), "{at}");
        assert_clean(&place);
        // The lock is free again.
        assert_eq!(
            place.perform(&place.test("true", "")).outcome,
            Outcome::Exited(0)
        );
    }
}

#[test]
fn a_clean_up_that_hangs_is_ended_and_reported() {
    let mut place = Place::new();
    place.settings.limits.clean_up = Duration::from_millis(500);
    let done = place.perform(&place.test("echo > act.txt", "setsid sleep 300 & sleep 300"));
    let cleaned = done.cleaned_up.unwrap();
    let CleanUp::Ran(result) = &cleaned.clean_up else {
        panic!("{cleaned:?}");
    };
    assert_eq!(result.end, End::TimedOut);
    assert_eq!(
        cleaned.still_in_journal.as_deref(),
        Some("its clean-up did not succeed")
    );
    assert_eq!(processes_in(&place.work()), NOTHING);
    assert_eq!(done.residue.unwrap().added, [place.work().join("act.txt")]);
}

#[test]
fn a_gigabyte_of_output_does_not_fill_memory() {
    let place = Place::new();
    let command = "echo first; head -c 1073741824 /dev/zero; echo; echo last";
    let done = place.perform(&place.test(command, ""));
    assert_eq!(done.outcome, Outcome::Exited(0));
    let stdout = done.act.unwrap().stdout;
    assert_eq!(stdout.total, 1_073_741_824 + 12);
    let text = stdout.text();
    assert!(text.starts_with("first\n") && text.ends_with("\nlast\n"));
    assert!(text.len() < 200 * 1024);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap();
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(kilobytes < 200 * 1024, "{kilobytes}");
}

#[test]
fn many_forks_are_ended() {
    let mut place = Place::new();
    place.settings.limits.act = Duration::from_secs(1);
    // Bounded: two hundred, however long it may run.
    let command = "i=0; while [ $i -lt 200 ]; do setsid sleep 300 & i=$((i+1)); done; wait";
    let done = place.perform(&place.test(command, ""));
    assert_eq!(end(&done), Some(End::TimedOut));
    assert_eq!(done.cleaned_up.unwrap().survivors, []);
    assert_clean(&place);
}

#[test]
fn what_is_left_is_in_the_residue() {
    let place = Place::new();
    fs::write(place.work().join("kept"), "").unwrap();
    fs::write(place.work().join("changed"), "a").unwrap();
    fs::write(place.work().join("removed"), "").unwrap();
    let done = place.perform(&place.test(
        "mkdir deep; echo > deep/new; echo b > changed; rm removed; ln -s / link",
        "rm -f nothing",
    ));
    let residue = done.residue.unwrap();
    let names = |paths: &[std::path::PathBuf]| -> Vec<String> {
        paths
            .iter()
            .map(|path| {
                path.strip_prefix(place.work())
                    .unwrap()
                    .display()
                    .to_string()
            })
            .collect()
    };
    assert_eq!(names(&residue.added), ["deep", "deep/new", "link"]);
    let changed: Vec<_> = residue.changed.iter().map(|one| one.path.clone()).collect();
    assert_eq!(names(&changed), ["changed"]);
    assert_eq!(names(&residue.removed), ["removed"]);
    assert!(!residue.is_partial);
}

/// Opens a port as a test's process does, and tells which.
const LISTENER: &str = "import socket, time
server = socket.socket()
server.bind(('127.0.0.1', 0))
server.listen()
with open('port.new', 'w') as file:
    file.write(str(server.getsockname()[1]))
import os
os.rename('port.new', 'port')
time.sleep(300)";

#[test]
fn ports_of_the_run_are_told_from_those_of_others() {
    let place = Place::new();
    fs::write(place.work().join("listener.py"), LISTENER).unwrap();
    let mut others = None;
    // One throws the mark away and leaves its session.
    let test = place.test(
        "(env -i setsid python3 listener.py > /dev/null 2>&1 &)
        until test -e port; do sleep 0.05; done; rm listener.py",
        "",
    );
    let done = place
        .try_perform(&test, &mut |step| {
            if *step == Step::ActStarted {
                others = Some(std::net::TcpListener::bind("127.0.0.1:0").unwrap());
            }
        })
        .unwrap();
    let residue = done.residue.unwrap();
    let port: u16 = fs::read_to_string(place.work().join("port"))
        .unwrap()
        .parse()
        .unwrap();
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let own: Vec<_> = residue.listening.iter().map(|one| one.address).collect();
    assert_eq!(own, [address]);
    assert!(
        residue.listening[0]
            .process
            .command_line
            .contains("listener.py")
    );
    let others = others.unwrap().local_addr().unwrap();
    assert!(residue.meanwhile.contains(&others), "{residue:?}");
    assert!(!residue.meanwhile.contains(&address), "{residue:?}");
}

#[test]
fn a_port_of_others_alone_is_nothing_left() {
    let before = Snapshot::take(&[]);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let residue = Residue::between(&before, &Snapshot::take(&[]), Vec::new(), Vec::new());
    assert!(residue.meanwhile.contains(&address));
    assert!(residue.is_empty(), "{residue:?}");
}

#[test]
fn children_of_the_runner_that_are_not_of_the_run_are_left_alone() {
    let place = Place::new();
    let mut stranger = std::process::Command::new("setsid")
        .args(["sleep", "300"])
        .spawn()
        .unwrap();
    thread::sleep(Duration::from_millis(100));
    place.perform(&place.test("sleep 300 & true", ""));
    assert_eq!(stranger.try_wait().unwrap(), None);
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}
