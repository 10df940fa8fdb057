//! What a killed run leaves, `recover` finishes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::Duration;

use misfire::recording::Outcome;
use misfire::stage::execute::{
    CleanUp, HostLock, Leftovers, LockError, RecoverError, StateDir, StateError, forget, recover,
};
use rstest::rstest;

use crate::common::{Place, agree, processes_in, until};
use crate::runner::{Job, held, kill, runner};

/// Leaves a file, a daemon with the mark, and one of another session.
const COMMAND: &str = "echo > act.txt
(setsid sh -c 'while :; do sleep 0.1; done' > /dev/null 2>&1 &)
sh -c 'while :; do sleep 0.1; done' > /dev/null 2>&1 &
env -i sh -c 'while :; do sleep 0.1; done' > /dev/null 2>&1 &
echo > ready.txt
sleep 1";

const CLEAN_UP: &str = "echo >> cleaned.txt; sleep 0.3; rm -f act.txt ready.txt";

#[rstest]
#[case::lock_taken("locked", false)]
#[case::undo_written("undo-written", false)]
#[case::checking("check-started", false)]
#[case::getting("get-started", false)]
#[case::act_noted("act-begins", true)]
#[case::acting("act-started", true)]
#[case::act_over("act-ended", true)]
#[case::cleaning_up("clean-up-started", true)]
#[case::cleaned_up("clean-up-ended", true)]
#[case::processes_ended("processes-ended", true)]
#[case::struck_out("struck-out", true)]
fn killed_at_any_point_nothing_is_left(#[case] point: &str, #[case] had_begun: bool) {
    let place = Place::new();
    let mut command = runner(&place, Job::Perform);
    command
        .env("COMMAND", COMMAND)
        .env("CLEAN_UP", CLEAN_UP)
        .env("CHECK", "test -e got.txt || { sleep 0.3; exit 1; }")
        .env("GET", "sleep 0.3; echo > got.txt");
    let runner = held(&mut command, point);
    if point == "act-started" {
        until("the act", || place.holds("ready.txt"));
    }
    kill(runner);

    let recovered = place.recover();

    let is_listed = !matches!(point, "locked" | "struck-out");
    assert_eq!(recovered.len(), usize::from(is_listed));
    if is_listed {
        let cleaned = &recovered[0].cleaned_up;
        assert!(cleaned.still_in_journal.is_none(), "{cleaned:?}");
        let ran = matches!(cleaned.clean_up, CleanUp::Ran(_));
        assert_eq!(ran, had_begun, "{cleaned:?}");
    }
    assert_eq!(place.holds("cleaned.txt"), had_begun);
    assert!(!place.holds("act.txt"));
    assert_eq!(processes_in(&place.work()), [""; 0]);
    assert!(place.journal_is_empty());
    assert!(place.recover().is_empty(), "a second time there is nothing");
}

/// What only the runner can tell is of its run, it has noted before it is killed.
#[test]
fn daemons_without_the_mark_are_ended_after_a_kill() {
    let place = Place::new();
    let mut command = runner(&place, Job::Perform);
    command.env(
        "COMMAND",
        "(env -i setsid sleep 300 > /dev/null 2>&1 &)\nsleep 1.5; echo > ready.txt; sleep 300",
    );
    let runner = command.stderr(Stdio::null()).spawn().unwrap();
    until("the act", || place.holds("ready.txt"));
    kill(runner);
    assert_eq!(place.recover().len(), 1);
    assert_eq!(processes_in(&place.work()), [""; 0]);
    assert!(place.journal_is_empty());
}

#[test]
fn a_recovery_that_is_killed_is_repeated() {
    let place = Place::new();
    let killed_at = |step: &str, job: Job| {
        let mut command = runner(&place, job);
        command.env("COMMAND", COMMAND).env("CLEAN_UP", CLEAN_UP);
        kill(held(&mut command, step));
    };
    killed_at("act-ended", Job::Perform);
    killed_at("clean-up-started", Job::Recover);
    killed_at("processes-ended", Job::Recover);
    assert_eq!(place.recover().len(), 1);
    assert!(place.journal_is_empty());
    assert_eq!(processes_in(&place.work()), [""; 0]);
}

#[test]
fn a_clean_up_that_fails_stays_until_it_is_forgotten() {
    let place = Place::new();
    let done = place.perform(&place.test("echo > act.txt", "exit 4"));
    let cleaned = done.cleaned_up.unwrap();
    assert!(cleaned.still_in_journal.is_some());
    for _ in 0..2 {
        let recovered = place.recover();
        assert_eq!(recovered.len(), 1);
        assert!(!recovered[0].cleaned_up.clean_up.is_done());
    }
    forget(&place.state, done.run).unwrap();
    assert!(place.recover().is_empty());
}

#[test]
fn nothing_is_recovered_that_others_could_have_written() {
    let place = Place::new();
    place.perform(&place.test("echo > act.txt", "exit 4"));
    let journal = place.folder.path().join("state/journal");
    let file = fs::read_dir(&journal)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o666)).unwrap();
    fs::write(journal.join("broken.jsonl"), "{").unwrap();
    let left = Leftovers::read(&place.state).unwrap();
    assert!(left.is_empty());
    assert_eq!(left.unreadable.len(), 2);
    fs::set_permissions(&journal, fs::Permissions::from_mode(0o777)).unwrap();
    let opened = StateDir::open(&place.folder.path().join("state"));
    assert!(matches!(opened, Err(StateError::NotPrivate { .. })));
}

#[test]
fn a_torn_note_that_the_act_began_counts() {
    let place = Place::new();
    place.perform(&place.test("echo > act.txt", "test -e may && rm -f act.txt"));
    let journal = place.folder.path().join("state/journal");
    let file = fs::read_dir(journal)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let text = fs::read_to_string(&file).unwrap();
    let torn = text.find('\n').unwrap() + 5;
    fs::write(&file, &text[..torn]).unwrap();
    fs::write(place.work().join("may"), "").unwrap();
    assert_eq!(place.recover().len(), 1);
    assert!(!place.holds("act.txt"));
    assert!(place.journal_is_empty());
}

#[test]
fn two_runs_exclude_each_other() {
    let place = Place::new();
    let mut command = runner(&place, Job::Perform);
    let runner = held(command.env("COMMAND", "sleep 1"), "act-started");
    let taken = HostLock::take(&place.state, "a test");
    let Err(LockError::Held { holder }) = taken else {
        panic!("{taken:?}");
    };
    assert!(
        holder.contains(&format!("process {}, one", runner.id())),
        "{holder}"
    );
    let left = Leftovers::read(&place.state).unwrap();
    let grace = Duration::ZERO;
    let recovered = recover(agree(left), &place.state, &place.host, grace, &mut |_| {});
    assert!(
        matches!(recovered, Err(RecoverError::Lock(_))),
        "a run that lives is not recovered"
    );
    kill(runner);
    let done = place.perform(&place.test("echo > second.txt", "rm second.txt"));
    assert_eq!(done.outcome, Outcome::Exited(0));
    place.recover();
}
