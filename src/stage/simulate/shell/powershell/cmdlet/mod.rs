//! Cmdlets: how their words are bound to parameters, and what they do.

mod bound;
mod file;
mod host;
mod item;
mod object;
mod path;
mod process;
mod property;
pub(super) mod task;
mod web;

use super::command::Word;
use super::shell::{Done, Shell};
use super::value::Value;
use super::vocabulary::{self, Effect};
use crate::stage::simulate::program::cloud;
use crate::stage::simulate::world::CommandOutcome;
use bound::Bound;

/// What a cmdlet gave; `None` if it is none of a group.
type Given = Done<Option<Vec<Value>>>;

/// The beginnings of the nouns of the AWS Tools for PowerShell.
const AWS: &[&str] = &[
    "AWS", "SSM", "EC2", "IAM", "S3", "STS", "CT", "LM", "SEC", "GD", "CFN", "EIC", "CWL", "ECS",
    "EKS", "RDS",
];

/// Cmdlets that are modelled together: a name in lower case, its parameters, and what it
/// is given through the pipeline.
type Group<'s> = fn(&mut Shell<'s>, &str, &Bound, &Option<Vec<Value>>) -> Given;

impl<'s> Shell<'s> {
    /// Runs a cmdlet; `None` if the name is none that is known.
    pub(super) fn cmdlet(
        &mut self,
        name: &str,
        words: &[Word],
        input: Option<Vec<Value>>,
    ) -> Given {
        if let Some((verb, noun)) = name.split_once('-') {
            let is_clouds = noun.starts_with("Az")
                || AWS.iter().any(|known| noun.starts_with(known))
                || verb.is_empty();
            if is_clouds {
                let loose = vocabulary::Cmdlet::default();
                let bound = self.bind(&loose, words)?;
                let mut parameters = Vec::new();
                for (name, value) in &bound.named {
                    parameters.push((name.clone(), self.text_of(value)?));
                }
                if let Some(finished) = cloud::cmdlet(self.world, self.context, name, &parameters)?
                {
                    let mut out = Vec::new();
                    self.program_ended(&finished, &mut out)?;
                    return Ok(Some(out));
                }
            }
        }
        let Some((name, cmdlet)) = vocabulary::cmdlet(name) else {
            return self.unmodelled(name, words);
        };
        let bound = self.bind(cmdlet, words)?;
        let shown = self.shown(&bound)?;
        self.log_command(name, shown);
        let lower = name.to_lowercase();
        let groups: [Group<'s>; 8] = [
            Self::object_cmdlet,
            Self::item_cmdlet,
            Self::property_cmdlet,
            Self::file_cmdlet,
            Self::path_cmdlet,
            Self::web_cmdlet,
            Self::process_cmdlet,
            Self::host_cmdlet,
        ];
        for group in groups {
            if let Some(out) = group(self, &lower, &bound, &input)? {
                return Ok(Some(out));
            }
        }
        Ok(Some(match vocabulary::effect(name) {
            Some(Effect::Session) => Vec::new(),
            Some(Effect::Silent) => {
                self.not_modelled(name);
                Vec::new()
            }
            _ => vec![Value::Unknown],
        }))
    }

    /// A cmdlet that is known to change nothing that a sensor would log.
    fn unmodelled(&mut self, name: &str, words: &[Word]) -> Given {
        if !name.contains('-') || name.contains(['.', '\\', '/', ':']) {
            return Ok(None);
        }
        let Some(effect) = vocabulary::effect(name) else {
            return Ok(None);
        };
        let bound = self.bind(&vocabulary::Cmdlet::default(), words)?;
        let shown = self.shown(&bound)?;
        self.log_command(name, shown);
        Ok(Some(match effect {
            Effect::Reads => vec![Value::Unknown],
            Effect::Session => Vec::new(),
            Effect::Silent => {
                self.not_modelled(name);
                Vec::new()
            }
        }))
    }

    /// Says that what a cmdlet changes is not followed.
    fn not_modelled(&mut self, name: &str) {
        self.world.note_outcome(CommandOutcome::NotInterpreted {
            because: format!("what `{name}` changes is not modelled"),
        });
    }

    fn shown(&mut self, bound: &Bound) -> Done<Vec<(String, String)>> {
        let mut shown = Vec::new();
        for (name, value) in &bound.named {
            let parts = self.texts(value.slice())?;
            shown.push((name.clone(), parts.join(", ")));
        }
        Ok(shown)
    }
}
