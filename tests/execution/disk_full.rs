//! Without room for the undo nothing is executed.

use std::fs;
use std::path::Path;
use std::process::Command;

use misfire::stage::execute::{Around, AtTerminal, HostLock, PerformError, StateDir, perform};

use crate::common::{Place, agree};
use crate::tools::{Tool, are_here};

/// A tiny disk, while the test lasts.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    fn mount(at: &'a Path) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64k,mode=0700", "misfire-test"])
            .arg(at)
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then(|| Self(at))
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_executes_nothing_and_a_disk_that_fills_is_cleaned_up() {
    let place = Place::new();
    let root = place.folder.path().join("disk");
    fs::create_dir(&root).unwrap();
    if !are_here(&[Tool::Root]) {
        return;
    }
    let Some(_disk) = Disk::mount(&root) else {
        return eprintln!("this kernel lets root mount no disk; not tested");
    };
    let state = StateDir::open(&root).unwrap();
    let test = place.test("echo > act.txt", "rm act.txt; echo > cleaned.txt");
    let run = |test| {
        let lock = HostLock::take(&state, "a test").unwrap();
        let around = Around {
            state: &state,
            lock: &lock,
            interrupt: &place.interrupt,
            person: &mut AtTerminal::default(),
            observer: &mut |_| {},
        };
        perform(agree(place.plan(test).unwrap()), around)
    };
    let filler = root.join("filler");
    let full = fs::write(&filler, vec![0; 1024 * 1024]);
    assert!(full.is_err(), "the disk is full");
    let error = run(&test);
    assert!(matches!(error, Err(PerformError::Journal(_))), "{error:?}");
    assert!(!place.holds("act.txt") && !place.holds("cleaned.txt"));
    assert_eq!(fs::read_dir(root.join("journal")).unwrap().count(), 0);

    fs::remove_file(&filler).unwrap();
    let filling = format!(
        "echo > act.txt; head -c 1000000 /dev/zero > {}",
        filler.display()
    );
    let done = run(&place.test(&filling, "rm act.txt; echo > cleaned.txt")).unwrap();
    assert!(done.cleaned_up.unwrap().still_in_journal.is_none());
    assert!(!place.holds("act.txt") && place.holds("cleaned.txt"));
    assert_eq!(fs::read_dir(root.join("journal")).unwrap().count(), 0);
}
