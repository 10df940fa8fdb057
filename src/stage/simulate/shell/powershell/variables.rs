//! Variables, and what they are set to.

use super::ast::Expression;
use super::shell::{Done, Shell};
use super::value::Value;

impl Shell<'_> {
    pub(super) fn variable(&mut self, name: &str) -> Done<Value> {
        let lower = name.to_lowercase();
        if let Some((drive, rest)) = lower.split_once(':') {
            return match drive {
                "env" => {
                    let value = self.context.environment.get(rest).map(str::to_owned);
                    value.map_or(Ok(Value::Null), |value| self.new_text(value))
                }
                "global" | "script" | "local" | "private" | "using" | "variable" => {
                    self.variable(rest)
                }
                "function" => Ok(self
                    .functions
                    .get(rest)
                    .map_or(Value::Null, |block| Value::Block(std::rc::Rc::clone(block)))),
                _ => Ok(Value::Null),
            };
        }
        if let Some(value) = self.scopes.iter().rev().find_map(|scope| scope.get(&lower)) {
            return Ok(value.clone());
        }
        self.automatic(&lower)
    }

    /// Variables that PowerShell sets (about_Automatic_Variables).
    fn automatic(&mut self, name: &str) -> Done<Value> {
        match name {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            "?" => Ok(Value::Bool(self.went_well)),
            "lastexitcode" => Ok(self.last_exit.map_or(Value::Null, Value::Integer)),
            "pwd" => {
                let path = Value::text(&self.context.directory);
                self.object("System.Management.Automation.PathInfo", &[("Path", path)])
            }
            "home" => {
                let home = self
                    .context
                    .environment
                    .get("USERPROFILE")
                    .map(str::to_owned);
                home.map_or(Ok(Value::Unknown), |home| self.new_text(home))
            }
            "pshome" => self.new_text(r"C:\Windows\System32\WindowsPowerShell\v1.0"),
            "shellid" => self.new_text("Microsoft.PowerShell"),
            "psscriptroot" => match self.path.clone() {
                Some(path) => {
                    self.new_text(path.rsplit_once('\\').map_or("", |(folder, _)| folder))
                }
                None => self.new_text(""),
            },
            "pscommandpath" => match self.path.clone() {
                Some(path) => self.new_text(path),
                None => self.new_text(""),
            },
            "pid" => Ok(Value::Integer(i64::from(self.context.process.id))),
            "profile" => {
                let home = self
                    .context
                    .environment
                    .get("USERPROFILE")
                    .map(str::to_owned);
                match home {
                    Some(home) => self.new_text(format!(
                        r"{home}\Documents\WindowsPowerShell\Microsoft.PowerShell_profile.ps1"
                    )),
                    None => Ok(Value::Unknown),
                }
            }
            "psversiontable" => {
                let version = self.object(
                    "System.Version",
                    &[("Major", Value::Integer(5)), ("Minor", Value::Integer(1))],
                )?;
                let edition = Value::text("Desktop");
                self.object(
                    "Hashtable",
                    &[("PSVersion", version), ("PSEdition", edition)],
                )
            }
            "host" | "executioncontext" | "myinvocation" | "error" | "pscmdlet" | "matches" => {
                Ok(Value::Unknown)
            }
            _ => Ok(Value::Null),
        }
    }

    pub(super) fn set_variable(&mut self, name: &str, value: Value) {
        let lower = name.to_lowercase();
        let (drive, rest) = lower.split_once(':').unwrap_or(("", &lower));
        match drive {
            "env" => {
                let text = self.text_of(&value).unwrap_or_default();
                let name = name.split_once(':').map_or(name, |(_, name)| name);
                if text.is_empty() {
                    self.context.environment.remove(name);
                } else {
                    self.context.environment.set(name, text);
                }
            }
            "global" | "script" => {
                if let Some(scope) = self.scopes.first_mut() {
                    scope.insert(rest.to_owned(), value);
                }
            }
            "function" => {
                if let Value::Block(block) = value {
                    self.functions.insert(rest.to_owned(), block);
                }
            }
            _ => {
                if let Some(scope) = self.scopes.last_mut() {
                    scope.insert(rest.to_owned(), value);
                }
            }
        }
    }

    /// Assigns to a variable, a member, an element, or several of these.
    pub(super) fn assign(&mut self, target: &Expression, value: Value) -> Done<()> {
        match target {
            Expression::Variable(name) => {
                self.room(64)?;
                self.set_variable(name, value);
                Ok(())
            }
            Expression::Cast(name, inner) => {
                let value = self.cast(name, value)?;
                self.assign(inner, value)
            }
            Expression::Member(of, name) => {
                let object = self.evaluate(of)?;
                let name = self.evaluate(name)?;
                let name = self.text_of(&name)?;
                self.set_property(&object, &name, value)
            }
            Expression::Index(of, index) => {
                let object = self.evaluate(of)?;
                let index = self.evaluate(index)?;
                if let Value::Array(_) = object {
                    let mut items = object.items();
                    let at = index.integer().and_then(|at| usize::try_from(at).ok());
                    if let Some(place) = at.and_then(|at| items.get_mut(at)) {
                        *place = value;
                    }
                    let array = self.array(items)?;
                    return self.assign(of, array);
                }
                let name = self.text_of(&index)?;
                self.set_property(&object, &name, value)
            }
            Expression::List(targets, _) => {
                let mut items = value.items().into_iter();
                for (at, target) in targets.iter().enumerate() {
                    let part = if at + 1 == targets.len() {
                        Value::collected(items.by_ref().collect())
                    } else {
                        items.next().unwrap_or(Value::Null)
                    };
                    self.assign(target, part)?;
                }
                Ok(())
            }
            // A property of a class, as `[Net.ServicePointManager]::SecurityProtocol`.
            Expression::StaticMember(..) => Ok(()),
            Expression::Parenthesis(_) => Ok(()),
            _ => {
                self.not_interpreted("what it assigns to is not followed");
                Ok(())
            }
        }
    }
}
