//! Killed as nothing can be caught, at any moment: `recover` leaves nothing.

use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::hosting::beside;

use super::project::{LINGERING, Project, UNDOING};

/// When the program is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// As soon as it has told this.
    Told(&'static str),
    /// So many milliseconds after the act has begun.
    Later(u64),
}

const MOMENTS: [Moment; 15] = [
    Moment::Told(": the host is locked"),
    Moment::Told(": its undo is written"),
    Moment::Told(": checking: "),
    Moment::Told(": getting: "),
    Moment::Told(": it begins"),
    Moment::Told(": it runs"),
    Moment::Told(": it is over"),
    Moment::Told(": it is cleaned up"),
    Moment::Told(": its clean-up is over"),
    Moment::Told(": none of its processes is left"),
    Moment::Told(": done"),
    Moment::Later(3),
    Moment::Later(30),
    Moment::Later(150),
    Moment::Later(700),
];

#[test]
fn killed_at_any_moment_nothing_is_left() {
    let _beside = beside();
    thread::scope(|scope| {
        for moment in MOMENTS {
            scope.spawn(move || assert_recovered(moment));
        }
    });
}

fn assert_recovered(moment: Moment) {
    let mut project = Project::new(LINGERING, &format!("sleep 1\n{UNDOING}"));
    project.atomic["dependencies"] = json!([{
        "description": "Something",
        "prereq_command": "test -e got || { sleep 0.1; exit 1; }",
        "get_prereq_command": "sleep 0.1; echo > got",
    }]);
    let mut begun = project.begin(&["--get-prereqs", "--timeout", "1s"]);
    match moment {
        Moment::Told(step) => begun.until_told(step),
        Moment::Later(milliseconds) => {
            begun.until_told(": it runs");
            thread::sleep(Duration::from_millis(milliseconds));
        }
    }
    begun.child.kill().expect("a process");
    begun.child.wait().expect("its end");

    let done = project.recover();
    assert_eq!(done.code, Some(0), "{moment:?}: {done:?}");
    let was_acting = match moment {
        Moment::Told(step) => [": it runs", ": it is over", ": it is cleaned up"].contains(&step),
        Moment::Later(_) => true,
    };
    if was_acting {
        assert!(
            done.stdout.contains(": cleaned up\n"),
            "{moment:?}: {done:?}"
        );
        assert!(project.holds("cleaned.txt"), "{moment:?}");
    }
    project.assert_clean();
    let again = project.recover();
    assert_eq!(
        (again.code, &*again.stdout),
        (Some(0), "nothing was left\n"),
        "{moment:?}"
    );
}
