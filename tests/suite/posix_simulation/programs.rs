//! Programs of Linux.

use misfire::activity::{ActivityKind, FileChangeKind};

use super::Host;

#[test]
fn the_host_is_the_one_of_the_profile() {
    let mut host = Host::sh();
    assert_eq!(
        host.said("hostname; uname; uname -rm; whoami; id; date +%F; id -un"),
        "build-01\nLinux\n6.1.0 x86_64\navery\nuid=1000(avery) gid=1000(avery) groups=1000(avery)\n2026-03-02\navery\n"
    );
}

#[test]
fn tr_and_patterns_know_the_same_classes() {
    let mut host = Host::sh();
    assert_eq!(
        host.said("printf 'a b\\n' | tr '[:graph:]' x; case b in [[:graph:]]) echo yes;; esac"),
        "x x\nyes\n"
    );
}

#[test]
fn curl_asks_connects_and_writes() {
    let mut host = Host::sh();
    host.run("curl -sL https://dl.example/a/tool.tgz -o /tmp/tool.tgz && wget -q http://x.example:8080/y.sh");
    let kinds: Vec<String> = host
        .world
        .activities()
        .iter()
        .filter_map(|traced| match &traced.activity.kind {
            ActivityKind::DnsQuestion(question) => Some(question.name.clone()),
            ActivityKind::Connection(connection) => Some(connection.destination_port.to_string()),
            ActivityKind::File(change) => Some(change.path.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "dl.example",
            "443",
            "/tmp/tool.tgz",
            "x.example",
            "8080",
            "/home/avery/y.sh"
        ]
    );
}

#[test]
fn files_are_made_moved_and_deleted() {
    let mut host = Host::sh();
    host.run("echo a > /tmp/a; cp /tmp/a /tmp/b; mv /tmp/b /tmp/c; rm -f /tmp/a /tmp/never; sed -i 's/a/z/' /tmp/c");
    assert_eq!(host.text("/tmp/c"), "z\n");
    let deleted: Vec<String> = host
        .files()
        .into_iter()
        .filter(|(_, kind)| *kind == FileChangeKind::Deleted)
        .map(|(path, _)| path)
        .collect();
    assert_eq!(deleted, ["/tmp/b", "/tmp/a"]);
}

#[test]
fn ssh_keygen_makes_two_files() {
    let mut host = Host::sh();
    host.run("ssh-keygen -q -t ed25519 -N '' -C me -f /tmp/key");
    let public = host.text("/tmp/key.pub");
    // A name of 11 bytes and a key of 32, each after its length (RFC 4253, section 6.6).
    let key = public.strip_prefix("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI");
    let key = key.expect("the name and the length");
    assert!(
        key.starts_with(|first| ('A'..='P').contains(&first)),
        "{public}"
    );
    assert_eq!(key.find(' '), Some(43), "{public}");
    assert!(host.text("/tmp/key.pub").ends_with(" me\n"));
    assert_eq!(host.files().len(), 2);
    assert_eq!(
        host.command_lines(),
        ["ssh-keygen -q -t ed25519 -N  -C me -f /tmp/key"]
    );
}

#[test]
fn find_and_xargs_run_over_what_is_there() {
    let mut host = Host::sh();
    host.run("mkdir -p /tmp/d/e; echo k > /tmp/d/e/id_rsa; find /tmp/d -name 'id_*' -exec cp {} /tmp/k \\;");
    assert_eq!(host.text("/tmp/k"), "k\n");
    assert_eq!(host.said("find /tmp/d -type f | xargs cat"), "k\n");
}

#[test]
fn a_script_that_is_decoded_and_piped_to_a_shell_runs() {
    let mut host = Host::sh();
    let said = host.said("echo ZWNobyBoaSB0aGVyZQ== | base64 -d | bash; bash -c 'echo $0 $1' n a");
    assert_eq!(said, "hi there\nn a\n");
}
