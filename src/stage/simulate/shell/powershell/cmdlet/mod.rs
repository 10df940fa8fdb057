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

/// A value that a service can be given; nothing where it is not known.
fn plain(value: &Value) -> Option<serde_json::Value> {
    Some(match value {
        Value::Bool(truth) => (*truth).into(),
        Value::Integer(number) => (*number).into(),
        Value::Real(number) => (*number).into(),
        Value::Text(text) => (**text).into(),
        Value::Array(_) => {
            let items = value.items();
            items.iter().map(plain).collect::<Option<Vec<_>>>()?.into()
        }
        _ => return None,
    })
}

/// Whether a word is no parameter, and no value of the one before it.
fn has_positional(words: &[Word]) -> bool {
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        match word {
            Word::Parameter(_, None) => {
                words.next_if(|next| matches!(next, Word::Value(..)));
            }
            Word::Parameter(_, Some(_)) => {}
            _ => return true,
        }
    }
    false
}

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
                let parameters = bound.named.iter();
                let given = cloud::Given {
                    parameters: parameters
                        .map(|(name, value)| (name.clone(), plain(value)))
                        .collect(),
                    has_more: input.is_some() || has_positional(words),
                };
                if let Some(finished) = cloud::cmdlet(self.world, self.context, name, &given)? {
                    let mut out = Vec::new();
                    self.program_ended(&finished, &mut out)?;
                    return Ok(Some(out));
                }
                // Reading is logged there too.
                if self.world.profile.aws.is_some() && !noun.starts_with("Az") {
                    self.not_modelled(name);
                    return Ok(Some(vec![Value::Unknown]));
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
