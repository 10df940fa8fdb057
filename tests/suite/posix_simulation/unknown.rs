//! What is not known is not invented.

use super::Host;

#[test]
fn what_is_not_known_stands_as_it_is_written() {
    let mut host = Host::bash();
    host.run("P=$(pgrep -n sshd); gdb -p $P; dump \"$(pidof x)\" $((P+1))");
    assert_eq!(
        host.command_lines(),
        [
            "pgrep -n sshd",
            "gdb -p $P",
            "pidof x",
            "dump $(pidof x) $((P+1))"
        ]
    );
    assert!(
        host.assumed()
            .iter()
            .any(|assumed| assumed.contains("`$P`"))
    );
}

#[test]
fn a_branch_that_is_not_known_follows_what_is_intended() {
    let mut host = Host::sh();
    host.run("id=$(frob) || exit; echo on > /tmp/on; if frob2; then one; else two; fi");
    assert_eq!(host.command_lines(), ["frob", "frob2", "one"]);
    assert!(host.assumed().contains(&"`frob2` succeeds".to_owned()));
}

#[test]
fn giving_up_is_not_intended() {
    let mut host = Host::sh();
    host.run("if [ ! -x /opt/tool ]; then exit 1; fi; frob | grep -q no && exit 1; go");
    assert_eq!(host.command_lines().last().map(String::as_str), Some("go"));
    assert!(
        host.assumed()
            .contains(&"`[ ! -x /opt/tool ]` fails".to_owned())
    );
}

#[test]
fn a_loop_over_what_is_not_known_runs_once() {
    let mut host = Host::bash();
    host.run("frob | while read line; do use \"$line\"; done; while check; do step; done; after");
    assert_eq!(
        host.command_lines(),
        ["frob", "use $line", "check", "step", "check", "after"]
    );
}

#[test]
fn an_endless_loop_is_left() {
    let mut host = Host::bash();
    host.run("while true; do sleep 60; done; echo end > /tmp/end");
    assert_eq!(host.text("/tmp/end"), "end\n");
}

#[test]
fn what_a_program_writes_that_is_not_known_is_not_known_in_a_file() {
    let mut host = Host::sh();
    host.run("frob > /tmp/o; cat /tmp/o | grep x > /tmp/p; x=$(cat /tmp/p); echo \"$x\" > /tmp/q");
    assert_eq!(
        host.world.content("/tmp/q"),
        misfire::stage::simulate::world::Content::Unknown
    );
}
