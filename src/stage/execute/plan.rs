//! What would be done: every command as it would be started, and nothing else.
//!
//! A plan is also the dry run: making one executes nothing and writes nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use uuid::Uuid;

use super::cloud::mark_of;
use super::executor::{Invocation, invocation};
use super::host::Host;
use super::marker::RunId;
use super::target::{AllowList, Target};
use super::test::{Ends, Run, Test};
use crate::content::atomic::{DependenciesBy, Elevation, Shell};
use crate::recording::{NotRun, Outcome};

/// How atomics are performed.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The hosts on which they may be.
    pub allowed: AllowList,
    /// Whether what is missing is got.
    pub prerequisites: Prerequisites,
    /// How long things may take.
    pub limits: Limits,
    /// The folders in which it is looked for what is left.
    pub watched: Vec<PathBuf>,
    /// This program, if it is to watch what the act does.
    pub watcher: Option<PathBuf>,
    /// Whose files commands change.
    pub place: Where,
}

/// Whose files the commands of a run change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// Those of this host.
    #[default]
    Host,
    /// Those of an overlay over it, which is gone when the run is over.
    Overlay,
}

/// What is done about missing prerequisites.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prerequisites {
    /// They are checked.
    Check,
    /// They are checked, got if they are missing, and checked again.
    Get,
}

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The check of a prerequisite.
    pub check: Duration,
    /// Getting a prerequisite.
    pub get: Duration,
    /// The command of an atomic that ends by itself.
    pub act: Duration,
    /// Its clean-up.
    pub clean_up: Duration,
    /// From asking processes to end until they are made to.
    pub grace: Duration,
}

impl Default for Limits {
    /// The public runner's two minutes, and more where things are downloaded.
    fn default() -> Self {
        Self {
            check: Duration::from_secs(120),
            get: Duration::from_secs(600),
            act: Duration::from_secs(120),
            clean_up: Duration::from_secs(120),
            grace: Duration::from_secs(5),
        }
    }
}

/// What would be done, exactly.
#[derive(Debug, Clone, Serialize)]
pub struct ExecutionPlan {
    /// The run that it would be.
    pub run: RunId,
    /// The atomic.
    pub atomic: Uuid,
    /// Its name.
    pub name: String,
    /// The host.
    pub target: String,
    /// Where commands would run.
    pub directory: PathBuf,
    /// The variables that they would get besides the runner's own and the mark.
    pub environment: BTreeMap<String, String>,
    /// The variables that only the act would get: the mark that its calls carry.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub act_environment: BTreeMap<String, String>,
    /// What would be checked first.
    pub prerequisites: Vec<PlannedPrerequisite>,
    /// Whose files its commands would change.
    pub place: Where,
    /// What would be performed.
    pub act: Act,
    /// What would undo it.
    pub clean_up: Option<Undo>,
    #[serde(skip)]
    pub(super) ends: Ends,
    #[serde(skip)]
    pub(super) limits: Limits,
    #[serde(skip)]
    pub(super) watched: Vec<PathBuf>,
    #[serde(skip)]
    pub(super) watcher: Option<PathBuf>,
}

/// What is performed.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// By a person.
    Person {
        /// What the person does.
        steps: String,
    },
    /// By a shell.
    Command {
        /// The shell.
        shell: Shell,
        /// The script.
        script: String,
        /// How it is started.
        invocation: Invocation,
    },
}

/// A prerequisite as it would be checked and got.
#[derive(Debug, Clone, Serialize)]
pub struct PlannedPrerequisite {
    /// What is needed.
    pub description: String,
    /// What checks it.
    pub check: Act,
    /// What gets it, if it may be got.
    pub get: Option<Act>,
}

/// What undoes an atomic.
#[derive(Debug, Clone, Serialize)]
pub struct Undo {
    /// The shell.
    pub shell: Shell,
    /// The script.
    pub script: String,
    /// How it is started.
    pub invocation: Invocation,
}

/// Plans the performance of an atomic on this host. Executes nothing.
///
/// # Errors
/// It would not be performed: `Outcome::NotRun`, with the reason.
pub fn plan(test: &Test, host: &Host, settings: &Settings) -> Result<ExecutionPlan, Outcome> {
    let target = Target::this_host();
    if !settings.allowed.allows(&target) {
        return Err(Outcome::not_run(
            NotRun::TargetNotAllowed,
            format!("the allow-list (`execute.allow` of misfire.toml) does not name `{target}`"),
        ));
    }
    if !host.serves(&test.platforms) {
        let wanted: Vec<String> = test.platforms.iter().map(ToString::to_string).collect();
        return Err(Outcome::not_run(
            NotRun::WrongPlatform,
            format!(
                "it is for {}, and this is {}",
                wanted.join(", "),
                host.platform
            ),
        ));
    }
    let (act, clean_up) = match &test.run {
        Run::Manual { steps } => (
            Act::Person {
                steps: steps.clone(),
            },
            None,
        ),
        Run::Command {
            shell,
            command,
            cleanup,
            elevation,
        } => {
            if *elevation == Elevation::Required && host.rights == Elevation::NotRequired {
                return Err(Outcome::not_run(
                    NotRun::NotElevated,
                    "it needs the rights of an administrator",
                ));
            }
            let undo = cleanup
                .as_deref()
                .filter(|script| !script.trim().is_empty())
                .map(|script| undo(host, *shell, script))
                .transpose()?;
            (by_shell(host, *shell, command)?, undo)
        }
    };
    let prerequisites = test
        .prerequisites
        .iter()
        .map(|prerequisite| {
            let by = |script: &String| match test.prerequisites_by {
                DependenciesBy::Person => Ok(Act::Person {
                    steps: script.clone(),
                }),
                DependenciesBy::Shell(shell) => by_shell(host, shell, script),
            };
            Ok(PlannedPrerequisite {
                description: prerequisite.description.clone(),
                check: by(&prerequisite.check)?,
                get: prerequisite
                    .get
                    .as_ref()
                    .filter(|_| settings.prerequisites == Prerequisites::Get)
                    .map(by)
                    .transpose()?,
            })
        })
        .collect::<Result<_, Outcome>>()?;
    let run = RunId::new();
    let mark = mark_of(run, &test.platforms, host, &test.environment);
    Ok(ExecutionPlan {
        run,
        atomic: test.guid.as_uuid(),
        name: test.name.clone(),
        target: target.to_string(),
        directory: test
            .directory
            .clone()
            .unwrap_or_else(|| host.temporary.clone()),
        environment: test.environment.clone(),
        act_environment: mark.into_iter().collect(),
        prerequisites,
        place: settings.place,
        act,
        clean_up,
        ends: test.ends,
        limits: settings.limits,
        watched: settings.watched.clone(),
        watcher: settings.watcher.clone(),
    })
}

fn by_shell(host: &Host, shell: Shell, script: &str) -> Result<Act, Outcome> {
    Ok(Act::Command {
        shell,
        script: script.to_owned(),
        invocation: invocation(host, shell, script)?,
    })
}

pub(super) fn undo(host: &Host, shell: Shell, script: &str) -> Result<Undo, Outcome> {
    Ok(Undo {
        shell,
        script: script.to_owned(),
        invocation: invocation(host, shell, script)?,
    })
}

impl fmt::Display for ExecutionPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({})", visible(&self.name), self.atomic)?;
        writeln!(
            f,
            "on {}, in {}",
            visible(&self.target),
            self.directory.display()
        )?;
        if self.place == Where::Overlay {
            writeln!(f, "in an overlay: no file of this host is changed")?;
        }
        for (name, value) in &self.environment {
            writeln!(f, "with {}={}", visible(name), visible(value))?;
        }
        for (name, value) in &self.act_environment {
            writeln!(
                f,
                "with {}={} as it is performed",
                visible(name),
                visible(value)
            )?;
        }
        for prerequisite in &self.prerequisites {
            writeln!(f, "needs: {}", visible(prerequisite.description.trim()))?;
            show(f, "check", &prerequisite.check)?;
            if let Some(get) = &prerequisite.get {
                show(f, "get, if it is missing", get)?;
            }
        }
        show(f, "perform", &self.act)?;
        match &self.clean_up {
            Some(undo) => show_script(f, "clean up", &undo.invocation, &undo.script),
            None => writeln!(f, "clean up: it has no clean-up command"),
        }
    }
}

fn show(f: &mut fmt::Formatter<'_>, what: &str, act: &Act) -> fmt::Result {
    match act {
        Act::Person { steps } => {
            writeln!(f, "{what}, by hand:")?;
            show_lines(f, steps)
        }
        Act::Command {
            script, invocation, ..
        } => show_script(f, what, invocation, script),
    }
}

fn show_script(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    invocation: &Invocation,
    script: &str,
) -> fmt::Result {
    writeln!(f, "{what}, with {}:", invocation.program.display())?;
    show_lines(f, script)
}

fn show_lines(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for line in text.lines() {
        writeln!(f, "    {}", visible(line))?;
    }
    Ok(())
}

/// A text in which nothing hides: what a terminal would obey, or would not show, is
/// spelled out, so that what is agreed to is what is executed.
pub(super) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        let hides = character.is_control() && character != '\t'
            || matches!(character, '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}');
        if hides {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    shown
}
