//! Atomics: our own, and those of the public collection.

use std::collections::BTreeMap;
use std::path::Path;

use misfire::content::atomic::{
    Atomic, Shell, Substituted, SubstitutedRun, Way, load_atomics, substitute,
};
use misfire::stage::simulate::world::CommandOutcome;

use super::Host;
use super::support::corpora;

fn scripts_of(atomic: &Atomic) -> Option<(Shell, Vec<String>)> {
    let given = BTreeMap::new();
    let Substituted { run, dependencies } =
        substitute(atomic, &given, Way::Script, "/opt/atomics").ok()?;
    let SubstitutedRun::Command {
        shell,
        command,
        cleanup_command,
    } = run
    else {
        return None;
    };
    if !matches!(shell, Shell::Sh | Shell::Bash) {
        return None;
    }
    let mut scripts = Vec::new();
    for dependency in dependencies {
        scripts.push(dependency.prereq_command);
    }
    scripts.push(command);
    scripts.extend(cleanup_command);
    Some((shell, scripts))
}

#[test]
fn our_own_tests_call_the_clouds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("atomics");
    let loaded = load_atomics(&folder);
    let mut seen = Vec::new();
    for atomic in &loaded.atomics {
        let Some((_, scripts)) = scripts_of(atomic) else {
            continue;
        };
        let mut host = Host::sh();
        for script in &scripts {
            host.run(script);
        }
        let unread = host
            .world
            .commands()
            .iter()
            .filter(|command| !command.text.contains("aws ") && !command.text.contains("az "))
            .find(|command| matches!(command.outcome, CommandOutcome::NotInterpreted { .. }));
        assert_eq!(unread, None, "{}", atomic.name);
        seen.push((atomic.name.clone(), host.command_lines()));
    }
    let lines = |name: &str| {
        let found = seen.iter().find(|(known, _)| known.contains(name));
        found.map_or(&[] as &[String], |(_, lines)| lines)
    };
    let has = |name: &str, start: &str| lines(name).iter().any(|line| line.starts_with(start));
    assert!(
        has("Run a shell command", "aws ssm send-command"),
        "{seen:#?}"
    );
    assert!(has("Run a shell command", "aws ssm wait command-executed"));
    assert!(has(
        "Run a shell command",
        "aws ssm list-command-invocations"
    ));
    assert!(has("Push a temporary", "ssh-keygen -q -t ed25519"));
    assert!(has(
        "Push a temporary",
        "aws ec2-instance-connect send-ssh-public-key"
    ));
    assert!(has("Azure", "az vm run-command invoke"));
    assert!(has("Start a shell session", "aws ssm start-session"));
    assert!(has("Start a shell session", "aws ssm terminate-session"));
}

#[test]
fn the_public_tests_run() {
    let Some(folder) = corpora::corpus("atomic-red-team/atomics") else {
        return;
    };
    let loaded = load_atomics(&folder);
    let (mut tests, mut exhausted) = (0, 0);
    let mut counts = [0usize; 3];
    let mut unread: BTreeMap<String, usize> = BTreeMap::new();
    let mut started: BTreeMap<String, usize> = BTreeMap::new();
    for atomic in &loaded.atomics {
        let Some((shell, scripts)) = scripts_of(atomic) else {
            continue;
        };
        tests += 1;
        let mut host = match shell {
            Shell::Bash => Host::bash(),
            _ => Host::sh(),
        };
        for script in &scripts {
            if host.try_run(script).is_err() {
                exhausted += 1;
            }
        }
        for command in host.world.commands() {
            match &command.outcome {
                CommandOutcome::Modelled => counts[0] += 1,
                CommandOutcome::OnlyStarted => {
                    counts[1] += 1;
                    let name = command.text.split_whitespace().next().unwrap_or_default();
                    *started.entry(name.to_owned()).or_default() += 1;
                }
                CommandOutcome::NotInterpreted { because } => {
                    counts[2] += 1;
                    let what = format!("{because}: {:.90}", command.text);
                    *unread.entry(what).or_default() += 1;
                }
            }
        }
    }
    let all: usize = counts.iter().sum();
    println!("{tests} tests, {exhausted} scripts beyond the budget, {all} commands");
    println!("modelled, only started, not interpreted: {counts:?}");
    println!("not interpreted: {unread:#?}");
    let mut often: Vec<_> = started.into_iter().collect();
    often.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    println!(
        "only started: {:?}",
        often.iter().take(60).collect::<Vec<_>>()
    );
    assert!(tests > 250, "{tests}");
    assert_eq!(exhausted, 0);
    assert!(counts[2] * 100 <= all * 15, "{counts:?}");
}
