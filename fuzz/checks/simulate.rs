//! The checks behind the `simulate_*` targets, also replayed by a stable test: any text
//! is carried out in bounded steps without a panic, and what it does can be written as
//! logs.

use std::sync::Arc;

use misfire::content::atomic::{Atomic, load_atomics_from};
use misfire::diagnostic::SourceText;
use misfire::stage::simulate::world::Profile;
use misfire::stage::simulate::{Simulation, perform, record};

/// Carries out a text as commands of `cmd.exe`; says whether it left anything.
///
/// # Panics
/// When anything that was promised does not hold.
pub fn cmd(bytes: &[u8]) -> bool {
    run(bytes, "windows", "command_prompt")
}

/// Carries out a text as PowerShell; says whether it left anything.
///
/// # Panics
/// When anything that was promised does not hold.
pub fn powershell(bytes: &[u8]) -> bool {
    run(bytes, "windows", "powershell")
}

/// Carries out a text as Bash; says whether it left anything.
///
/// # Panics
/// When anything that was promised does not hold.
pub fn posix(bytes: &[u8]) -> bool {
    run(bytes, "linux", "bash")
}

/// Carries out a text as a script of a laptop from which clouds are looked after; says
/// whether it left anything.
///
/// # Panics
/// When anything that was promised does not hold.
pub fn clouds(bytes: &[u8]) -> bool {
    run(bytes, "'iaas:aws'", "bash")
}

fn run(bytes: &[u8], platform: &str, shell: &str) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let Some(atomic) = atomic(text, platform, shell) else {
        return false;
    };
    let Some(platform) = atomic.platforms.first() else {
        return false;
    };
    let Some(profile) = Profile::bundled(*platform) else {
        return false;
    };
    let profile = Arc::new(profile);
    let start = "2026-11-02T09:14:00Z".parse().expect("a time");
    let simulation = Simulation {
        profile: Arc::clone(&profile),
        arguments: std::collections::BTreeMap::new(),
        start,
        seed: 0,
    };
    let Ok(performed) = perform(&atomic, &simulation) else {
        return false;
    };
    let again = perform(&atomic, &simulation).expect("the same again");
    assert_eq!(performed.activities, again.activities, "the same each time");
    let simulated = record(&atomic, &profile, &simulation.arguments, start, performed);
    // A record may be too large for its log; that is told, and no panic.
    let _ = simulated.logs();
    !simulated.events.is_empty()
}

/// An atomic whose command is a text.
fn atomic(text: &str, platform: &str, shell: &str) -> Option<Arc<Atomic>> {
    let command = serde_json::to_string(text).ok()?;
    let yaml = format!(
        "attack_technique: T1059\ndisplay_name: Any script\natomic_tests:\n- name: Any script\n  \
         auto_generated_guid: 5c3d1c06-92c1-4bd3-a05d-32b4c9d6f1c7\n  description: Carries out any script\n  \
         supported_platforms: [{platform}]\n  executor: {{name: {shell}, command: {command}, elevation_required: true}}\n"
    );
    let source = SourceText::new("T1059/T1059.yaml", yaml);
    load_atomics_from(vec![Ok(source)]).atomics.first().cloned()
}
