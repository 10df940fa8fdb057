//! The state of a PowerShell: its variables, functions, and objects.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::ast::Block;
use super::value::{Object, Value};
use crate::stage::simulate::world::{Context, Exhausted, World};

/// Why statements are left.
#[derive(Debug)]
pub(super) enum Stop {
    Exhausted(Exhausted),
    Break,
    Continue,
    Return,
    Throw(Value),
    Exit(i32),
}

impl From<Exhausted> for Stop {
    fn from(exhausted: Exhausted) -> Self {
        Self::Exhausted(exhausted)
    }
}

pub(super) type Done<T> = Result<T, Stop>;

/// A running PowerShell.
pub(super) struct Shell<'w> {
    pub(super) world: &'w mut World,
    pub(super) context: &'w mut Context,
    pub(super) scopes: Vec<BTreeMap<String, Value>>,
    pub(super) functions: BTreeMap<String, Rc<Block>>,
    pub(super) objects: Vec<Object>,
    /// The file of the script that runs.
    pub(super) path: Option<String>,
    /// The exit code of the last program.
    pub(super) last_exit: Option<i64>,
    /// Whether the last command went well.
    pub(super) went_well: bool,
    /// How many `try` blocks are open.
    pub(super) tries: u32,
    /// Whether a script has run whose text is not known: it may have defined anything.
    pub(super) ran_unknown: bool,
    /// The text of the innermost statement.
    pub(super) line: String,
    level: u16,
}

/// The most statements and expressions within each other.
const MOST_LEVELS: u16 = 110;
/// What an object costs of the budget, in bytes.
const OBJECT_SIZE: usize = 64;

impl<'w> Shell<'w> {
    pub(super) fn new(world: &'w mut World, context: &'w mut Context, path: Option<&str>) -> Self {
        Self {
            world,
            context,
            scopes: vec![BTreeMap::new()],
            functions: BTreeMap::new(),
            objects: Vec::new(),
            path: path.map(str::to_owned),
            last_exit: None,
            went_well: true,
            tries: 0,
            ran_unknown: false,
            line: String::new(),
            level: 0,
        }
    }

    /// Does something one level deeper.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Done<T>) -> Done<T> {
        if self.level >= MOST_LEVELS {
            return Err(Stop::Exhausted(Exhausted));
        }
        self.level += 1;
        let done = work(self);
        self.level -= 1;
        done
    }

    /// Whether so much is open that no further block is to be called.
    pub(super) fn is_deep(&self) -> bool {
        self.level > MOST_LEVELS - 40
    }

    /// Takes room for values of that many bytes.
    pub(super) fn room(&mut self, bytes: usize) -> Done<()> {
        Ok(self.world.budget.text(bytes)?)
    }

    pub(super) fn array(&mut self, items: Vec<Value>) -> Done<Value> {
        self.room(items.len() * size_of::<Value>())?;
        Ok(Value::array(items))
    }

    pub(super) fn new_text(&mut self, text: impl AsRef<str>) -> Done<Value> {
        self.room(text.as_ref().len())?;
        Ok(Value::text(text))
    }

    pub(super) fn object(&mut self, kind: &str, properties: &[(&str, Value)]) -> Done<Value> {
        self.room(OBJECT_SIZE * (1 + properties.len()))?;
        self.objects.push(Object {
            kind: kind.to_owned(),
            properties: properties
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        });
        Ok(Value::Object(self.objects.len() - 1))
    }

    /// The type of an object; empty for other values.
    pub(super) fn kind(&self, value: &Value) -> &str {
        match value {
            Value::Object(at) => self.objects.get(*at).map_or("", |object| &object.kind),
            _ => "",
        }
    }

    pub(super) fn property(&self, value: &Value, name: &str) -> Option<Value> {
        let Value::Object(at) = value else {
            return None;
        };
        let object = self.objects.get(*at)?;
        let found = object
            .properties
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }

    pub(super) fn set_property(&mut self, value: &Value, name: &str, new: Value) -> Done<()> {
        self.room(OBJECT_SIZE)?;
        if let Value::Object(at) = value
            && let Some(object) = self.objects.get_mut(*at)
        {
            let known = object
                .properties
                .iter_mut()
                .find(|(known, _)| known.eq_ignore_ascii_case(name));
            match known {
                Some((_, old)) => *old = new,
                None => object.properties.push((name.to_owned(), new)),
            }
        }
        Ok(())
    }

    /// The names and values of an object.
    pub(super) fn properties(&self, value: &Value) -> Vec<(String, Value)> {
        match value {
            Value::Object(at) => self
                .objects
                .get(*at)
                .map_or_else(Vec::new, |object| object.properties.clone()),
            _ => Vec::new(),
        }
    }

    /// A value as text, as it stands in an expandable text. What is not known is left
    /// empty, which is noted.
    pub(super) fn text_of(&mut self, value: &Value) -> Done<String> {
        let text = self.written(value, " ", 0);
        self.room(text.len())?;
        Ok(text)
    }

    fn written(&mut self, value: &Value, separator: &str, depth: u8) -> String {
        match value {
            Value::Null => String::new(),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            Value::Integer(value) => value.to_string(),
            Value::Real(value) => value.to_string(),
            Value::Text(text) => text.to_string(),
            Value::Array(_) => {
                let items: Vec<String> = value
                    .slice()
                    .iter()
                    .map(|item| match item {
                        Value::Array(_) => "System.Object[]".to_owned(),
                        other => self.written(other, separator, depth + 1),
                    })
                    .collect();
                items.join(separator)
            }
            Value::Object(_) => {
                let shown = ["FullName", "Path", "Value", "Message", "Content"]
                    .into_iter()
                    .filter(|_| depth < 3 && !self.is_table(value))
                    .find_map(|name| self.property(value, name));
                match shown {
                    Some(shown) => self.written(&shown, separator, depth + 1),
                    None => self.kind(value).to_owned(),
                }
            }
            Value::Block(block) => block.text.clone(),
            Value::Type(name) => name.to_string(),
            Value::Unknown => {
                self.world.assume("a value that is not known is left empty");
                String::new()
            }
        }
    }

    pub(super) fn is_table(&self, value: &Value) -> bool {
        self.kind(value) == super::HASHTABLE
    }

    /// What a pipeline writes, a line for each value; `None` if that is not known.
    pub(super) fn lines_of(&mut self, values: &[Value]) -> Done<Option<String>> {
        let mut lines = String::new();
        for value in values {
            if value.is_unknown() {
                return Ok(None);
            }
            if matches!(value, Value::Object(_)) && self.property(value, "FullName").is_none() {
                return Ok(None);
            }
            let text = self.written(value, "\r\n", 0);
            lines.push_str(&text);
            lines.push_str("\r\n");
        }
        self.room(lines.len())?;
        Ok(Some(lines))
    }

    pub(super) fn not_interpreted(&mut self, because: impl Into<String>) {
        let outcome = crate::stage::simulate::world::CommandOutcome::NotInterpreted {
            because: because.into(),
        };
        self.world.note_outcome(outcome);
    }
}
