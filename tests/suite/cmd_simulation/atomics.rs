//! Every public atomic for the command prompt is read.

use std::collections::BTreeMap;

use super::corpora::corpus;
use super::{Host, refused};
use misfire::content::atomic::{Executor, Shell, SubstitutedRun, Way, load_atomics, substitute};

#[test]
fn every_atomic_of_the_command_prompt_is_read() {
    let Some(folder) = corpus("atomic-red-team/atomics") else {
        return;
    };
    let loaded = load_atomics(&folder);
    let (mut atomics, mut commands, mut reasons) = (0, 0, Vec::new());
    for atomic in &loaded.atomics {
        let is_ours = matches!(
            &atomic.executor,
            Executor::Command {
                shell: Shell::CommandPrompt,
                ..
            }
        );
        let given = BTreeMap::new();
        let filled = substitute(atomic, &given, Way::Script, r"C:\AtomicRedTeam\atomics");
        let (true, Ok(filled)) = (is_ours, filled) else {
            continue;
        };
        let SubstitutedRun::Command {
            command,
            cleanup_command,
            ..
        } = filled.run
        else {
            continue;
        };
        atomics += 1;
        for script in [Some(command), cleanup_command].into_iter().flatten() {
            let mut host = Host::new();
            host.line(&script);
            commands += host.world.commands().len();
            for reason in refused(host.world.commands()) {
                reasons.push(format!(
                    "{} {}: {reason}",
                    atomic.technique.as_str(),
                    atomic.name
                ));
            }
        }
    }
    println!(
        "{atomics} atomics, {commands} commands, {} not interpreted:\n{}",
        reasons.len(),
        reasons.join("\n")
    );
    assert!(atomics > 250, "{atomics} atomics");
    // Of all commands, those whose meaning is not known are few.
    assert!(
        reasons.len() * 20 < commands,
        "{} of {commands}",
        reasons.len()
    );
}
