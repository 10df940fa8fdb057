//! What a run does to files in an overlay: all of it is seen, and none of it reaches the
//! host.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use misfire::content::atomic::Shell;
use misfire::recording::Outcome;
use misfire::stage::execute::{
    CleanUp, End, Prerequisite, Prerequisites, Residue, Run, Snapshot, Where, probe_overlay,
};
use rstest::rstest;

use crate::common::{Place, end, processes_in, until};
use crate::runner::{Job, held, kill, runner};
use crate::tools::{Tool, are_here};

/// Whether the tests of overlays cannot be held here: without root, or where the host
/// lets nobody lay one, as many containers do. `tools::what_was_left_out` tells it.
pub fn is_left_out() -> bool {
    !are_here(&[Tool::Root]) || probe_overlay().is_err()
}

fn place() -> Place {
    let mut place = Place::new();
    place.settings.place = Where::Overlay;
    place
}

/// The differences by their names in the working folder.
fn told(place: &Place, residue: &Residue) -> BTreeMap<String, String> {
    let name = |path: &Path| {
        let inside = path.strip_prefix(place.work()).unwrap_or(path);
        inside.display().to_string()
    };
    let of = |paths: &[PathBuf], what: &str| -> Vec<_> {
        let paths = paths.iter();
        paths.map(|path| (name(path), what.to_owned())).collect()
    };
    let changed = residue.changed.iter().map(|changed| {
        let what: Vec<_> = changed.what.iter().map(|aspect| aspect.as_str()).collect();
        (name(&changed.path), what.join(" "))
    });
    let all: Vec<_> = of(&residue.added, "added")
        .into_iter()
        .chain(of(&residue.removed, "removed"))
        .chain(of(&residue.mounted, "mounted"))
        .chain(changed)
        .collect();
    let count = all.len();
    let map: BTreeMap<_, _> = all.into_iter().collect();
    assert_eq!(map.len(), count, "a path is told twice: {residue:?}");
    map
}

/// What is in the working folder before the act.
fn furnish(place: &Place) {
    let work = place.work();
    for folder in ["renamed/deep", "replaced", "gone/deep", "moded.d"] {
        fs::create_dir_all(work.join(folder)).unwrap();
    }
    for file in [
        "opened",
        "restored",
        "content",
        "moded",
        "time",
        "owner",
        "attribute",
        "removed",
        "kind",
        "renamed/deep/file",
        "renamed/kept",
        "replaced/old",
        "replaced/again",
        "gone/deep/file",
    ] {
        fs::write(work.join(file), "as it was\n").unwrap();
    }
    std::os::unix::fs::symlink("opened", work.join("link")).unwrap();
}

const ACT: &str = "
set -e
: >> opened
cp -p restored saved; echo other > restored; cat saved > restored; touch -r saved restored
rm saved
echo more >> content; touch -d '2001-01-01' content; touch -d '2001-01-01' time
chmod 4755 moded; chmod 700 moded.d; chown 12:34 owner
python3 -c \"import os; os.setxattr('attribute', 'trusted.misfire-test', b'1')\"
rm removed; rm kind; mkdir kind
mv renamed other; echo new > other/deep/new; rm other/kept
rm -r replaced; mkdir replaced; echo new > replaced/new; echo other > replaced/again
rm -r gone
ln -sf content link
mkdir -p made/deep; echo > made/deep/file; mkfifo made/pipe
echo > passing; rm passing
";

#[test]
fn every_change_is_told_and_the_host_is_as_before() {
    if is_left_out() {
        return;
    }
    let place = place();
    furnish(&place);
    let before = Snapshot::take(&[place.work()]);
    let done = place.perform(&place.test(ACT, ""));
    assert_eq!(end(&done), Some(End::Exited(0)), "{done:?}");
    let expected = [
        ("content", "content time"),
        ("moded", "permissions"),
        ("moded.d", "permissions"),
        ("time", "time"),
        ("owner", "owner"),
        ("attribute", "attributes"),
        ("removed", "removed"),
        ("kind", "kind"),
        ("renamed", "removed"),
        ("other", "added"),
        ("other/deep", "added"),
        ("other/deep/file", "added"),
        ("other/deep/new", "added"),
        ("replaced/old", "removed"),
        ("replaced/new", "added"),
        ("replaced/again", "content time"),
        ("gone", "removed"),
        ("link", "content time"),
        ("made", "added"),
        ("made/deep", "added"),
        ("made/deep/file", "added"),
        ("made/pipe", "added"),
    ];
    let expected: BTreeMap<_, _> = expected
        .into_iter()
        .map(|(name, what)| (name.to_owned(), what.to_owned()))
        .collect();
    let residue = done.residue.unwrap();
    assert_eq!(told(&place, &residue), expected);
    assert!(!residue.is_partial);
    assert!(!residue.overlay.unwrap().is_full);
    assert!(
        before == Snapshot::take(&[place.work()]),
        "a file of the host was changed"
    );
}

#[test]
fn it_is_cleaned_up_in_the_overlay() {
    if is_left_out() {
        return;
    }
    let place = place();
    let done = place.perform(&place.test("echo > act.txt; echo > forgotten.txt", "rm act.txt"));
    let cleaned = done.cleaned_up.as_ref().unwrap();
    assert!(cleaned.clean_up.is_done(), "{cleaned:?}");
    let told = told(&place, done.residue.as_ref().unwrap());
    let expected = ("forgotten.txt".to_owned(), "added".to_owned());
    assert_eq!(told.into_iter().collect::<Vec<_>>(), [expected]);
    assert!(!place.holds("forgotten.txt"));
    assert!(place.journal_is_empty());
}

#[test]
fn what_was_got_for_it_is_not_of_the_act() {
    if is_left_out() {
        return;
    }
    let mut place = place();
    place.settings.prerequisites = Prerequisites::Get;
    let mut test = place.test("rm -r got; echo > act.txt; echo more >> kept", "");
    test.prerequisites = vec![Prerequisite {
        description: "something".to_owned(),
        check: "test -e got/it".to_owned(),
        get: Some("mkdir got; echo > got/it; echo > kept; echo > unused".to_owned()),
    }];
    let done = place.perform(&test);
    assert_eq!(done.outcome, Outcome::Exited(0), "{done:?}");
    let expected = [
        ("act.txt", "added"),
        ("got", "removed"),
        ("got/it", "removed"),
        ("kept", ""),
    ];
    let expected = expected.map(|(name, what)| (name.to_owned(), what.to_owned()));
    assert_eq!(
        told(&place, done.residue.as_ref().unwrap()),
        BTreeMap::from(expected)
    );
    assert_eq!(fs::read_dir(place.work()).unwrap().count(), 0);
}

#[test]
fn other_file_systems_have_overlays_too_and_what_is_mounted_is_told() {
    if is_left_out() {
        return;
    }
    let place = place();
    let name = format!("/dev/shm/misfire-{}", std::process::id());
    // `/dev/shm` is a file system of its own, if it is there.
    let command = format!("echo > {name}; mkdir m; mount -t tmpfs none m; echo > m/x");
    let done = place.perform(&place.test(&command, ""));
    assert_eq!(end(&done), Some(End::Exited(0)), "{done:?}");
    let residue = done.residue.unwrap();
    assert!(residue.added.contains(&PathBuf::from(&name)), "{residue:?}");
    assert_eq!(residue.mounted, [place.work().join("m")]);
    assert!(!Path::new(&name).exists());
    assert!(!place.holds("m"));
}

#[test]
fn a_long_script_comes_in_and_cannot_be_written_to() {
    if is_left_out() {
        return;
    }
    let place = place();
    let scripts = place.folder.path().join("state/scripts");
    let mut script = "#".repeat(200 * 1024);
    script.push_str(&format!("\necho > act.txt\necho > {}/x", scripts.display()));
    let mut test = place.test(&script, "");
    if let Run::Command { shell, .. } = &mut test.run {
        *shell = Shell::Bash;
    }
    let done = place.perform(&test);
    assert_eq!(end(&done), Some(End::Exited(1)), "{done:?}");
    let told = told(&place, done.residue.as_ref().unwrap());
    assert_eq!(told.get("act.txt").map(String::as_str), Some("added"));
    assert_eq!(fs::read_dir(scripts).unwrap().count(), 0);
}

#[rstest]
#[case::undo_written("undo-written", false)]
#[case::act_noted("act-begins", true)]
#[case::acting("act-started", true)]
#[case::cleaning_up("clean-up-started", true)]
#[case::cleaned_up("clean-up-ended", true)]
#[case::struck_out("struck-out", false)]
fn killed_nothing_is_left_and_the_host_is_not_cleaned_up(
    #[case] point: &str,
    #[case] is_owed: bool,
) {
    if is_left_out() {
        return;
    }
    let place = place();
    // What the act would overwrite, and its clean-up would remove.
    fs::write(place.work().join("act.txt"), "of the host").unwrap();
    let before = Snapshot::take(&[place.work()]);
    let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
    let mut command = runner(&place, Job::Perform);
    command
        .env("OVERLAY", "1")
        .env(
            "COMMAND",
            "echo > act.txt; (setsid sleep 300 > /dev/null 2>&1 &)
            cat /proc/self/cgroup > /dev/null; sleep 2",
        )
        .env("CLEAN_UP", "rm -f act.txt; echo > cleaned.txt; sleep 0.3");
    let runner = held(&mut command, point);
    kill(runner);

    let recovered = place.recover();

    let ran = recovered
        .first()
        .is_some_and(|run| matches!(run.cleaned_up.clean_up, CleanUp::Ran(_)));
    assert_eq!(ran, is_owed, "{recovered:?}");
    assert!(place.journal_is_empty(), "{recovered:?}");
    assert!(
        before == Snapshot::take(&[place.work()]),
        "a file of the host was changed"
    );
    until("its processes", || processes_in(&place.work()).is_empty());
    assert_eq!(fs::read_to_string("/proc/self/mountinfo").unwrap(), mounts);
    let staging = place.folder.path().join("state/overlay");
    assert_eq!(fs::read_dir(staging).unwrap().count(), 0);
}

#[test]
fn a_clean_up_that_misses_its_files_stays_with_a_word_on_them() {
    if is_left_out() {
        return;
    }
    let place = place();
    let mut command = runner(&place, Job::Perform);
    command
        .env("OVERLAY", "1")
        .env("COMMAND", "echo > act.txt; sleep 2")
        .env("CLEAN_UP", "rm act.txt");
    kill(held(&mut command, "act-ended"));
    let recovered = place.recover();
    let why = recovered[0].cleaned_up.still_in_journal.clone().unwrap();
    assert!(why.contains("went with its overlay"), "{why}");
    assert!(!place.journal_is_empty());
}

#[test]
fn folders_keep_their_permissions_in_it() {
    if is_left_out() {
        return;
    }
    let place = place();
    let mode = |path: &str| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    let folders = ["/", "/tmp", "/dev/shm", "/usr", "/var"];
    let wanted: String = folders
        .iter()
        .map(|folder| format!("{:o}\n", mode(folder)))
        .collect();
    let command = format!("stat -c %a {}", folders.join(" "));
    let done = place.perform(&place.test(&command, ""));
    assert_eq!(done.act.unwrap().stdout.text(), wanted);
}
