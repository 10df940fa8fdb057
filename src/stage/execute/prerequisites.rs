//! What must be there first: checked, got if that was agreed to, and checked again.

use serde::Serialize;

use super::person::{Answer, Person};
use super::plan::{Act, ExecutionPlan, PlannedPrerequisite};
use super::process::{End, Wait};
use super::step::{Observer, Step};
use super::undertaking::Undertaking;
use crate::recording::Interrupt;
use crate::recording::{ExecutedStep, NotRun, Outcome};

/// A prerequisite that was there, or that was got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Met {
    /// It was there.
    There(String),
    /// It was got, and stays.
    Got(String),
}

/// Requires all prerequisites.
///
/// # Errors
/// One is missing, or the run was interrupted: `Outcome::NotRun`.
pub(super) fn require(
    run: &mut Undertaking,
    plan: &ExecutionPlan,
    interrupt: &Interrupt,
    person: &mut dyn Person,
    tell: Observer<'_>,
) -> Result<Vec<Met>, Outcome> {
    let mut checking = Checking {
        run,
        plan,
        interrupt,
        person,
        tell,
    };
    plan.prerequisites
        .iter()
        .map(|wanted| checking.require(wanted))
        .collect()
}

struct Checking<'c> {
    run: &'c mut Undertaking,
    plan: &'c ExecutionPlan,
    interrupt: &'c Interrupt,
    person: &'c mut dyn Person,
    tell: Observer<'c>,
}

impl Checking<'_> {
    fn require(&mut self, wanted: &PlannedPrerequisite) -> Result<Met, Outcome> {
        let name = wanted.description.trim().to_owned();
        let limits = self.plan.limits;
        let started = Step::CheckStarted(name.clone());
        let Err(why) = self.ask(&wanted.check, limits.check, &started)? else {
            return Ok(Met::There(name));
        };
        let Some(get) = &wanted.get else {
            return Err(missing(&name, &why));
        };
        let got = self.ask(get, limits.get, &Step::GetStarted(name.clone()))?;
        match (self.ask(&wanted.check, limits.check, &started)?, got) {
            (Ok(()), _) => Ok(Met::Got(name)),
            // That it could not be got explains more than that it is not there.
            (Err(_), Err(why)) => Err(missing(&name, &format!("getting it: {why}"))),
            (Err(why), Ok(())) => Err(missing(&name, &format!("got, but still: {why}"))),
        }
    }

    /// Runs one command; the inner result says whether it said yes.
    fn ask(
        &mut self,
        act: &Act,
        limit: std::time::Duration,
        started: &Step,
    ) -> Result<Result<(), String>, Outcome> {
        let interrupted = || {
            Outcome::not_run(
                NotRun::Interrupted,
                "it was interrupted at its prerequisites",
            )
        };
        if self.interrupt.is_set() {
            return Err(interrupted());
        }
        let (shell, script, invocation) = match act {
            Act::Command {
                shell,
                script,
                invocation,
            } => (*shell, script, invocation),
            Act::Person { steps } => {
                return Ok(match self.person.perform(steps) {
                    Ok(Answer::Done) => Ok(()),
                    Ok(Answer::Nobody) => Err("nobody is there to see to it".to_owned()),
                    Err(error) => Err(error.to_string()),
                });
            }
        };
        let command = match self.run.start(invocation) {
            Ok(command) => command,
            Err(error) => return Ok(Err(format!("{error}: {}", error.source))),
        };
        (self.tell)(started);
        let end = match self
            .run
            .wait(&command, Wait::Until(limit), Some(self.interrupt))
        {
            Ok(end) => end,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let end_all = matches!(end, End::TimedOut | End::Interrupted);
        if end_all {
            // What survives is reported when the run is cleaned up.
            let _ = self.run.tree.end(self.plan.limits.grace);
        }
        let result = command.so_far(end);
        let step = match started {
            Step::GetStarted(_) => ExecutedStep::GetPrerequisite,
            _ => ExecutedStep::CheckPrerequisite,
        };
        self.run.did(step, shell, script, &result);
        self.run.keep(command);
        match end {
            End::Exited(0) => Ok(Ok(())),
            End::Interrupted => Err(interrupted()),
            End::Exited(code) => {
                let said = result.stderr.text();
                let said = said.lines().next().unwrap_or_default();
                let colon = if said.is_empty() { "" } else { ": " };
                Ok(Err(format!("exit code {code}{colon}{said}")))
            }
            End::Signalled(signal) => Ok(Err(format!("ended by signal {signal}"))),
            End::TimedOut | End::Observed | End::Unwatched => {
                Ok(Err(format!("not over after {limit:?}")))
            }
        }
    }
}

fn missing(name: &str, why: &str) -> Outcome {
    Outcome::not_run(NotRun::PrerequisiteMissing, format!("{name} ({why})"))
}
