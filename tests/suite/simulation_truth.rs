//! Simulation against the truth: the command lines of recorded shells are carried out,
//! and the processes that they start are compared with the recorded ones.

use crate::support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use misfire::activity::{Account, ActivityKind, Integrity, LogonSession};
use misfire::content::atomic::Platform;
use misfire::event::{FileId, Names, OwnedEvent, OwnedValue, Section};
use misfire::stage::simulate::program::{self, Invocation, split_windows};
use misfire::stage::simulate::world::{Context, Profile, World, windows_environment};

/// A recorded shell with a command line that says what it is to do.
#[derive(Debug, Default)]
struct Recorded {
    image: String,
    line: String,
    user: String,
    children: Vec<String>,
}

fn text(event: &OwnedEvent, name: &str) -> String {
    match event.get(Section::EventData, name) {
        Some(OwnedValue::Text(text)) => text.to_string(),
        _ => String::new(),
    }
}

/// A command line as it is compared: blanks and quotes around the program differ from
/// version to version of the shells.
fn tame(line: &str) -> String {
    let line = line.trim().to_lowercase();
    let (program, rest) = match line.strip_prefix('"') {
        Some(rest) => rest.split_once('"').unwrap_or((rest, "")),
        None => line.split_once(' ').unwrap_or((&line, "")),
    };
    let name = program.rsplit(['\\', '/']).next().unwrap_or(program);
    let name = name.trim_end_matches(".exe");
    let rest: Vec<_> = rest.split_whitespace().collect();
    format!("{name} {}", rest.join(" ")).trim().to_owned()
}

/// Whether a shell was told on its command line what to do. Of one at which somebody
/// typed, the command line says nothing of its children.
fn is_told(image: &str, line: &str) -> bool {
    let line = line.to_lowercase();
    if image.to_lowercase().ends_with(r"\cmd.exe") {
        line.contains("/c ") || line.contains("/c\"") || line.contains("/r ")
    } else {
        let words = split_windows(&line);
        words.iter().skip(1).any(|word| {
            [
                "-c",
                "-command",
                "/c",
                "-e",
                "-ec",
                "-enc",
                "-encodedcommand",
                "&",
            ]
            .contains(&word.as_str())
                || word.starts_with('&')
        })
    }
}

fn recorded() -> Vec<Recorded> {
    let Some(folder) = support::corpora::corpus("evtx-attack-samples") else {
        return Vec::new();
    };
    let names = Arc::new(Names::builder().freeze());
    let mut shells: BTreeMap<(usize, String), Recorded> = BTreeMap::new();
    for (number, path) in support::corpora::files(&folder, "evtx").iter().enumerate() {
        for batch in support::read(path, FileId(0), &names) {
            for event in batch.events() {
                let event = OwnedEvent::from(event);
                let is_start = matches!(
                    &event.origin,
                    misfire::event::Origin::EventLog { provider: Some(provider), event_id: Some(1), .. }
                        if &**provider == "Microsoft-Windows-Sysmon"
                );
                let image = text(&event, "ParentImage");
                let line = text(&event, "ParentCommandLine");
                let name = image.to_lowercase();
                let is_shell = name.ends_with(r"\cmd.exe") || name.ends_with(r"\powershell.exe");
                if !is_start || !is_shell || !is_told(&image, &line) {
                    continue;
                }
                // The console's own host is started by the kernel, not by the command.
                if text(&event, "Image")
                    .to_lowercase()
                    .ends_with("conhost.exe")
                {
                    continue;
                }
                let shell = shells
                    .entry((number, text(&event, "ParentProcessGuid") + &line))
                    .or_default();
                shell.image = image;
                shell.line = line;
                shell.user = text(&event, "User");
                shell.children.push(text(&event, "CommandLine"));
            }
        }
    }
    shells.into_values().collect()
}

/// The command lines of the processes that a shell starts itself.
fn simulated(shell: &Recorded) -> Vec<String> {
    let profile = Arc::new(Profile::bundled(Platform::Windows).expect("a profile"));
    let now = "2026-11-02T09:14:00Z".parse().expect("a time");
    let mut world = World::new(Arc::clone(&profile), now, 0);
    let host = profile.host.as_ref().expect("a host");
    let (domain, name) = shell.user.split_once('\\').unwrap_or(("", &shell.user));
    let account = Arc::new(Account {
        domain: domain.to_owned(),
        name: name.to_owned(),
        sid: host.user.sid.clone(),
    });
    let logon = Arc::new(LogonSession {
        id: 0x4_0000,
        terminal: 1,
    });
    let process = world.existing_process(
        None,
        r"C:\Windows\explorer.exe",
        "explorer.exe",
        r"C:\Windows",
        account,
        logon,
        Integrity::High,
    );
    let context = Context {
        process,
        directory: r"C:\Windows\System32".to_owned(),
        environment: windows_environment(host),
    };
    let mut words = split_windows(&shell.line);
    if !words.is_empty() {
        words.remove(0);
    }
    let invocation = Invocation {
        program: shell.image.clone(),
        command_line: shell.line.clone(),
        arguments: words,
        ..Invocation::default()
    };
    // An interpretation that runs out of steps has still done what it did.
    let _ = program::run(&mut world, &context, &invocation);
    let mut starts = world
        .activities()
        .iter()
        .filter(|traced| traced.activity.kind == ActivityKind::ProcessStarted)
        .filter_map(|traced| traced.activity.process.clone());
    let Some(own) = starts.next() else {
        return Vec::new();
    };
    starts
        .filter(|process| {
            process
                .parent
                .as_ref()
                .is_some_and(|parent| parent.serial == own.serial)
        })
        .filter(|process| !process.name().eq_ignore_ascii_case("conhost.exe"))
        .map(|process| process.command_line.clone())
        .collect()
}

fn name_of(line: &str) -> String {
    line.split(' ').next().unwrap_or_default().to_owned()
}

#[test]
fn children_of_recorded_shells_are_found() {
    let shells = recorded();
    if shells.is_empty() {
        return;
    }
    let mut distinct = BTreeSet::new();
    let (mut wanted, mut found, mut named, mut lines) = (0, 0, 0, 0);
    for shell in &shells {
        let truth: BTreeSet<_> = shell.children.iter().map(|line| tame(line)).collect();
        if !distinct.insert((shell.line.clone(), truth.clone())) {
            continue;
        }
        let seen: BTreeSet<_> = simulated(shell).iter().map(|line| tame(line)).collect();
        let mut left: Vec<_> = seen.iter().map(|line| name_of(line)).collect();
        wanted += truth.len();
        found += seen.len();
        for line in &truth {
            lines += usize::from(seen.contains(line));
            if let Some(at) = left.iter().position(|name| *name == name_of(line)) {
                left.remove(at);
                named += 1;
            }
        }
        if truth != seen {
            println!(
                "{}\n  recorded  {}\n  simulated {}",
                shell.line.chars().take(200).collect::<String>(),
                truth
                    .iter()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(" | ")
                    .chars()
                    .take(300)
                    .collect::<String>(),
                seen.iter()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(" | ")
                    .chars()
                    .take(300)
                    .collect::<String>(),
            );
        }
    }
    let share = |part: usize, whole: usize| 100 * part / whole.max(1);
    println!(
        "{} shells, {wanted} recorded children: {named} found by name ({} %), {lines} by command line ({} %); \
         of {found} simulated ones {named} are recorded ({} %)",
        distinct.len(),
        share(named, wanted),
        share(lines, wanted),
        share(named, found),
    );
    assert!(
        distinct.len() > 100,
        "only {} shells were looked at",
        distinct.len()
    );
    assert!(share(named, wanted) >= 80, "too few children are found");
    assert!(
        share(lines, wanted) >= 80,
        "too few command lines are right"
    );
    assert!(share(named, found) >= 95, "too many children are invented");
}
