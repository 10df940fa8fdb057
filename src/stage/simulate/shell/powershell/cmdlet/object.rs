//! What flows through pipelines.

use super::super::shell::{Done, Shell};
use super::super::value::Value;
use super::{Bound, Given};

impl Shell<'_> {
    pub(super) fn object_cmdlet(
        &mut self,
        name: &str,
        bound: &Bound,
        input: &Option<Vec<Value>>,
    ) -> Given {
        let items = || match bound.get("InputObject") {
            Some(value) => value.items(),
            None => input.clone().unwrap_or_default(),
        };
        Ok(Some(match name {
            "out-null" | "out-host" | "out-default" | "write-host" | "write-error" => Vec::new(),
            "write-output" | "format-table" | "format-list" => items(),
            "foreach-object" => self.for_each(bound, items())?,
            "where-object" => self.filter(bound, items())?,
            "select-object" => self.select(bound, items())?,
            "sort-object" => {
                let mut items = items();
                if items
                    .iter()
                    .any(|item| !matches!(item, Value::Text(_) | Value::Integer(_)))
                {
                    return Ok(Some(items));
                }
                let mut keyed: Vec<(Option<i64>, String, Value)> = Vec::new();
                for item in items.drain(..) {
                    let text = self.text_of(&item)?.to_lowercase();
                    let number = if matches!(item, Value::Integer(_)) {
                        item.integer()
                    } else {
                        None
                    };
                    keyed.push((number, text, item));
                }
                keyed.sort_by(|left, right| (left.0, &left.1).cmp(&(right.0, &right.1)));
                if bound.has("Descending") {
                    keyed.reverse();
                }
                if bound.has("Unique") {
                    keyed.dedup_by(|left, right| left.1 == right.1);
                }
                keyed.into_iter().map(|(_, _, item)| item).collect()
            }
            "measure-object" => {
                let items = items();
                let count = if items.iter().any(Value::is_unknown) {
                    Value::Unknown
                } else {
                    Value::Integer(i64::try_from(items.len()).unwrap_or(0))
                };
                vec![self.object(
                    "Microsoft.PowerShell.Commands.GenericMeasureInfo",
                    &[("Count", count)],
                )?]
            }
            "out-string" => match self.lines_of(&items())? {
                Some(text) => vec![self.new_text(text)?],
                None => vec![Value::Unknown],
            },
            "select-string" => vec![Value::Unknown],
            "get-random" => {
                let given = bound
                    .get("InputObject")
                    .cloned()
                    .or_else(|| input.clone().map(Value::array));
                let items = match (&given, bound.get("Maximum")) {
                    (Some(items), _) => items.items(),
                    (None, Some(many @ Value::Array(_))) => many.items(),
                    _ => {
                        let least = bound.get("Minimum").and_then(Value::integer).unwrap_or(0);
                        let most = bound
                            .get("Maximum")
                            .and_then(Value::integer)
                            .unwrap_or(i64::from(i32::MAX));
                        let width = u64::try_from(most.saturating_sub(least)).unwrap_or(1);
                        let by = i64::try_from(self.world.numbers.below(width)).unwrap_or(0);
                        return Ok(Some(vec![Value::Integer(least.saturating_add(by))]));
                    }
                };
                let count = bound
                    .get("Count")
                    .and_then(Value::integer)
                    .unwrap_or(1)
                    .clamp(0, 4_096);
                let mut picked = Vec::new();
                for _ in 0..count {
                    let length = u64::try_from(items.len()).unwrap_or(0);
                    let at = usize::try_from(self.world.numbers.below(length)).unwrap_or(0);
                    picked.extend(items.get(at).cloned());
                }
                picked
            }
            "get-date" => vec![Value::Unknown],
            "new-object" => self.make(bound)?,
            "add-member" => {
                let items = items();
                let name = self.text_at(bound, &["NotePropertyName", "Name"])?;
                let value = bound
                    .any(&["NotePropertyValue", "Value"])
                    .cloned()
                    .unwrap_or(Value::Null);
                for item in &items {
                    self.set_property(item, &name, value.clone())?;
                }
                if bound.has("PassThru") {
                    items
                } else {
                    Vec::new()
                }
            }
            "convertto-securestring" => vec![self.object("System.Security.SecureString", &[])?],
            "set-alias" | "new-alias" => {
                let name = self.text_at(bound, &["Name"])?;
                let target = self.text_at(bound, &["Value"])?;
                self.room(target.len() + 64)?;
                self.set_variable(&format!("script:alias of {name}"), Value::text(target));
                Vec::new()
            }
            "set-variable" | "new-variable" => {
                let name = self.text_at(bound, &["Name"])?;
                let value = bound.get("Value").cloned().unwrap_or(Value::Null);
                self.room(64)?;
                self.set_variable(&name, value);
                Vec::new()
            }
            "get-variable" => {
                let name = self.text_at(bound, &["Name"])?;
                let value = self.variable(&name)?;
                if bound.has("ValueOnly") {
                    value.items()
                } else {
                    vec![self.object(
                        "System.Management.Automation.PSVariable",
                        &[("Name", Value::text(name)), ("Value", value)],
                    )?]
                }
            }
            _ => return Ok(None),
        }))
    }

    fn for_each(&mut self, bound: &Bound, items: Vec<Value>) -> Done<Vec<Value>> {
        let mut out = Vec::new();
        let outer = self.variable("_")?;
        if let Some(Value::Block(block)) = bound.get("Begin") {
            self.call_in_scope(block, &mut out)?;
        }
        let parts: Vec<Value> = bound.get("Process").map(Value::items).unwrap_or_default();
        for item in self.cut(items) {
            self.world.budget.step()?;
            self.set_variable("_", item.clone());
            self.set_variable("psitem", item.clone());
            for part in &parts {
                match part {
                    Value::Block(block) => self.call_in_scope(block, &mut out)?,
                    name => {
                        let name = self.text_of(name)?;
                        let value = self.member(&item, &name)?;
                        out.extend(value.items());
                    }
                }
            }
        }
        if let Some(Value::Block(block)) = bound.get("End") {
            self.call_in_scope(block, &mut out)?;
        }
        self.set_variable("_", outer);
        Ok(out)
    }

    fn filter(&mut self, bound: &Bound, items: Vec<Value>) -> Done<Vec<Value>> {
        let mut kept = Vec::new();
        let outer = self.variable("_")?;
        for item in self.cut(items) {
            self.world.budget.step()?;
            let holds = match bound.get("FilterScript") {
                Some(Value::Block(block)) => {
                    self.set_variable("_", item.clone());
                    let mut found = Vec::new();
                    let block = std::rc::Rc::clone(block);
                    self.call_in_scope(&block, &mut found)?;
                    Value::collected(found).truth()
                }
                _ => None,
            };
            match holds {
                Some(true) => kept.push(item),
                Some(false) => {}
                None => {
                    self.world.assume("what is looked for is found");
                    kept.push(item);
                }
            }
        }
        self.set_variable("_", outer);
        Ok(kept)
    }

    fn select(&mut self, bound: &Bound, items: Vec<Value>) -> Done<Vec<Value>> {
        let count = |name: &str| {
            bound
                .get(name)
                .and_then(Value::integer)
                .and_then(|count| usize::try_from(count).ok())
        };
        let mut items = items;
        if let Some(skip) = count("Skip") {
            items = items.into_iter().skip(skip).collect();
        }
        if let Some(first) = count("First") {
            items.truncate(first);
        }
        if let Some(last) = count("Last") {
            let start = items.len().saturating_sub(last);
            items = items.split_off(start);
        }
        if bound.get("ExpandProperty").is_some() {
            let name = self.text_at(bound, &["ExpandProperty"])?;
            let mut out = Vec::new();
            for item in items {
                out.extend(self.member(&item, &name)?.items());
            }
            return Ok(out);
        }
        Ok(items)
    }

    fn make(&mut self, bound: &Bound) -> Done<Vec<Value>> {
        let com = self.text_at(bound, &["ComObject"])?;
        let kind = if com.is_empty() {
            self.text_at(bound, &["TypeName"])?
        } else {
            com
        };
        let arguments = bound
            .get("ArgumentList")
            .map(Value::items)
            .unwrap_or_default();
        let made = self.new_object(&kind, arguments)?;
        if let Some(properties) = bound.get("Property") {
            for (name, value) in self.properties(properties) {
                self.set_property(&made, &name, value)?;
            }
        }
        Ok(vec![made])
    }
}
