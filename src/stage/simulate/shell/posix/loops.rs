//! Carrying out loops and branches.

use super::intent::intent_of_body;
use super::pattern;
use super::run::{Intent, Step};
use super::state::{Flow, Interpreter};
use super::syntax::{AfterArm, Arm, Ends, List, Word};
use super::unknown;

/// The most rounds of a loop whose end is not in the script.
const MOST_ROUNDS: u32 = 500;
/// The most time that such a loop takes, in seconds.
const MOST_SECONDS: i64 = 600;

impl Interpreter<'_> {
    pub(super) fn run_while(&mut self, ends_on: Ends, condition: &List, body: &List) -> Step {
        let began = self.world.now();
        let mut status = 0;
        let mut rounds = 0;
        loop {
            self.world.budget.step()?;
            // What is not known holds once.
            let intent = match (ends_on, rounds) {
                (Ends::OnSuccess, _) | (Ends::OnFailure, 0) => Intent::Success,
                (Ends::OnFailure, _) => Intent::Failure,
            };
            let flow = self.decide(condition, intent)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
            if (self.shell.status == 0) == (ends_on == Ends::OnSuccess) {
                break;
            }
            let flow = self.run_list(body)?;
            status = self.shell.status;
            if let Some(flow) = after_round(flow) {
                return Ok(flow);
            }
            rounds += 1;
            let seconds = self.world.now().duration_since(began).as_secs();
            if rounds >= MOST_ROUNDS || seconds > MOST_SECONDS {
                self.world
                    .assume("a loop is left that would go on".to_owned());
                break;
            }
        }
        self.end(status);
        Ok(Flow::Next)
    }

    pub(super) fn run_arithmetic_for(&mut self, parts: &[Word; 3], body: &List) -> Step {
        let [start, condition, update] = parts;
        let text = self.quoted_text(start)?;
        self.arithmetic(&text);
        for _ in 0..MOST_ROUNDS {
            self.world.budget.step()?;
            let text = self.quoted_text(condition)?;
            let value = self.arithmetic(&text);
            let is_over = self.is_failed || value == "0" || !unknown::is_known(&value);
            if is_over && !text.trim().is_empty() {
                break;
            }
            let flow = self.run_list(body)?;
            if let Some(flow) = after_round(flow) {
                return Ok(flow);
            }
            let text = self.quoted_text(update)?;
            self.arithmetic(&text);
        }
        self.is_failed = false;
        Ok(Flow::Next)
    }

    pub(super) fn run_case(&mut self, word: &Word, arms: &[Arm]) -> Step {
        let text = self.text(word)?;
        self.end(0);
        let is_known = unknown::is_known(&text);
        let mut runs = false;
        for arm in arms {
            if !runs {
                for word in &arm.patterns {
                    let pattern = self.pattern(word)?;
                    // What is not known is taken for what the script looks for first.
                    if (is_known && pattern::matches(&pattern, &text))
                        || (!is_known && !intent_of_body(&arm.body).is_failure())
                    {
                        runs = true;
                        break;
                    }
                }
            }
            if !runs {
                continue;
            }
            let flow = self.run_list(&arm.body)?;
            if flow != Flow::Next {
                return Ok(flow);
            }
            match arm.then {
                AfterArm::Leave => break,
                AfterArm::NextBody => {}
                AfterArm::NextTest => runs = false,
            }
        }
        Ok(Flow::Next)
    }
}

/// What a loop does after a round; nothing if it goes on.
pub(super) fn after_round(flow: Flow) -> Option<Flow> {
    match flow {
        Flow::Next | Flow::Continue(0 | 1) => None,
        Flow::Break(0 | 1) => Some(Flow::Next),
        Flow::Break(levels) => Some(Flow::Break(levels - 1)),
        Flow::Continue(levels) => Some(Flow::Continue(levels - 1)),
        other => Some(other),
    }
}
