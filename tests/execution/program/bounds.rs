//! What an atomic does without measure fills neither memory, nor time, nor the disk.

use std::fs;
use std::thread;
use std::time::Duration;

use crate::hosting::beside;

use super::project::{Done, MISFIRE, Project};

#[test]
fn a_fork_bomb_is_ended() {
    let _beside = beside();
    // Each doubles, but only nine times over, should nothing end it.
    let bomb = "f() { [ $1 -lt 9 ] && { f $(($1+1)) & f $(($1+1)) & }; sleep 300; }; uname; f 0";
    let mut project = Project::new(bomb, "echo > cleaned.txt");
    project.finds = "/hostname";
    let done = project.execute(&["--timeout", "3s"]);
    assert!(
        done.stderr
            .contains("it is over: it took too long, and was ended"),
        "{done:?}"
    );
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    assert!(project.holds("cleaned.txt"));
    project.assert_clean();
}

#[test]
fn a_gigabyte_of_output_does_not_fill_memory() {
    let _beside = beside();
    let project = Project::new("uname; head -c 1073741824 /dev/zero", "echo > cleaned.txt");
    let begun = project.begin(&[]);
    let status = format!("/proc/{}/status", begun.child.id());
    let watcher = thread::spawn(move || {
        let mut peak = 0;
        // The last mark that is read is the highest, until it is gone.
        while let Some(kibibytes) = highest(&status) {
            peak = kibibytes;
            thread::sleep(Duration::from_millis(5));
        }
        peak
    });
    let done = begun.end();
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    let peak = watcher.join().expect("a mark");
    assert!((1..256 * 1024).contains(&peak), "{peak} KiB");
    project.assert_clean();
}

/// The most memory that a process has had, in KiB.
fn highest(status: &str) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let mark = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    mark.trim().trim_end_matches(" kB").parse().ok()
}

#[test]
fn without_room_for_the_undo_nothing_is_executed() {
    let _beside = beside();
    let project = Project::new("mkdir acted", "mkdir cleaned");
    // No file may grow, as on a full disk.
    let line = [
        "sh",
        "-c",
        "trap '' XFSZ; ulimit -f 0; exec \"$@\"",
        "sh",
        MISFIRE,
    ];
    let done = Done::of(&mut project.started_by(&line, &project.execution(&[])));
    assert_eq!(done.code, Some(3), "{done:?}");
    assert!(done.stderr.contains("misfire::execute::state"), "{done:?}");
    assert!(!project.holds("acted") && !project.holds("cleaned"));
    assert_eq!(done.verdict().0, "not-run");
    assert!(done.verdict().1.contains("File too large"), "{done:?}");
    project.assert_clean();
}
