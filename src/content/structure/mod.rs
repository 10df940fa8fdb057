//! Reading a YAML file of ours into a type, with every fault of its structure
//! told at its place.
//!
//! What is right about the structure of a file is said once, by the types that
//! it is read into: the JSON Schema that `schemars` makes of them is checked
//! first, since it finds all faults at once, and what it lets pass is
//! deserialised.

mod faults;
mod json;
mod schema;
mod toml;
mod words;

use std::marker::PhantomData;
use std::path::Path;
use std::sync::Arc;

use jsonschema::Validator;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use self::faults::{Fault, GATHERED, faults};
use self::json::to_json;
pub(super) use self::toml::TomlNode;
use self::words::YamlSpot;
use super::files::{cause_of_error, place_of_error};
use crate::diagnostic::{Code, Diagnostic, SourceText, YamlNode, YamlSource};

/// More faults than this are not told for one file.
const TOLD: usize = 40;

/// A kind of file: what its documents must look like, and the type that they
/// become.
///
/// Making one compiles a schema, so keep it:
///
/// ```ignore
/// static FORM: LazyLock<Form<RawExpectations>> = LazyLock::new(Form::new);
/// ```
///
/// # What to put on the types
///
/// - `#[serde(deny_unknown_fields)]` on every mapping: unknown keys are then
///   told one by one, with the key that was likely meant.
/// - The doc comment of a field is the help for a key that is missing, for a
///   value that breaks a `pattern`, and for editors; its first sentence is quoted
///   without its full stop, behind a colon. Write it to stand there: "A technique
///   of ATT&CK, such as `T1219.001`."
/// - `#[schemars(length(min = 1))]`, `range(..)`, and `regex(pattern = r"..")` for
///   what a single value must be like; anything that relates several values is
///   the caller's to check afterwards.
/// - Alternatives are enums. Tagged ones (`#[serde(tag = "..")]`) are told by
///   their tag, others by the alternative that fits best.
pub(super) struct Form<T> {
    schema: Value,
    validator: Validator,
    read_into: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + JsonSchema> Form<T> {
    /// The kind of file that is read into `T`.
    ///
    /// # Panics
    ///
    /// The schema of `T` is no JSON Schema, which is a fault of the program.
    pub(super) fn new() -> Self {
        let mut schema = schemars::schema_for!(T).to_value();
        bound_numbers(&mut schema);
        let validator = jsonschema::validator_for(&schema)
            .unwrap_or_else(|error| panic!("the schema of a file of ours is invalid: {error}"));
        Self {
            schema,
            validator,
            read_into: PhantomData,
        }
    }

    /// The JSON Schema of the file.
    pub(super) fn schema(&self) -> &Value {
        &self.schema
    }

    /// Reads a file, and hands what it holds and the node of its document, which
    /// knows the places, to `then`.
    ///
    /// Scalars are what libyaml takes them for. A final newline that is missing
    /// is added, so that the last scalar does not depend on it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the file: it is empty, no YAML, too deep,
    /// has a key twice, has several documents, or is not of this structure.
    /// Never empty.
    pub(super) fn read<R>(
        &self,
        source: &Arc<SourceText>,
        then: impl FnOnce(T, YamlNode<'_>) -> R,
    ) -> Result<R, Vec<Diagnostic>> {
        let source = &closed(source);
        let visited = YamlSource::new(source).visit(|roots| {
            let root = only(source, roots)?;
            let value = self.deserialise(source, root)?;
            Ok(then(value, root))
        });
        visited.unwrap_or_else(|problem| Err(vec![*problem]))
    }

    fn deserialise(
        &self,
        source: &Arc<SourceText>,
        root: YamlNode<'_>,
    ) -> Result<T, Vec<Diagnostic>> {
        let value: serde_yaml::Value = serde_yaml::from_str(&source.text)
            .map_err(|error| vec![refused(source, &error, Code::YAML_SYNTAX)])?;
        let problems = check(root, &value, &self.schema, &self.validator);
        if !problems.is_empty() {
            return Err(problems);
        }
        // Read once more from the text, since errors then know their place.
        serde_yaml::from_str(&source.text)
            .map_err(|error| vec![refused(source, &error, Code::CONTENT_BAD_VALUE)])
    }
}

/// Says of every whole number how large it can be: a format is only a note to those
/// who read the schema.
fn bound_numbers(schema: &mut Value) {
    match schema {
        Value::Object(keywords) => {
            let range = match keywords.get("format").and_then(Value::as_str) {
                Some("uint32") => Some((0, i64::from(u32::MAX))),
                Some("int32") => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
                _ => None,
            };
            if let Some((least, most)) = range {
                keywords.entry("minimum").or_insert(least.into());
                keywords.entry("maximum").or_insert(most.into());
            }
            keywords.values_mut().for_each(bound_numbers);
        }
        Value::Array(list) => list.iter_mut().for_each(bound_numbers),
        _ => {}
    }
}

/// Everything in a document that its schema does not allow, in the order of the
/// file.
///
/// `value` is what the document of `root` holds, and `validator` is made of
/// `schema`.
pub(super) fn check(
    root: YamlNode<'_>,
    value: &serde_yaml::Value,
    schema: &Value,
    validator: &Validator,
) -> Vec<Diagnostic> {
    let mut problems = match to_json(root, value) {
        Ok(instance) => {
            let found = faults(schema, validator, &instance);
            let tell = |fault: &Fault| {
                let spot = YamlSpot::find(root, &fault.path);
                words::diagnostic(&spot, &instance, fault)
            };
            found.iter().map(tell).collect()
        }
        Err(problems) => problems,
    };
    shorten(&mut problems, &root.source().file);
    problems
}

/// Sorts the problems of a file, and only counts those behind the first ones.
fn shorten(problems: &mut Vec<Diagnostic>, file: &Path) {
    let at_least = if problems.len() >= GATHERED {
        "at least "
    } else {
        ""
    };
    crate::diagnostic::sort(problems);
    problems.dedup();
    let more = problems.len().saturating_sub(TOLD);
    if more > 0 {
        problems.truncate(TOLD);
        let mut closing = Diagnostic::error(
            Code::CONTENT_BAD_VALUE,
            format!("{at_least}{more} more problems with the structure of the file"),
        )
        .in_file(file)
        .help("solve the first ones, and check the file again");
        closing.more = more as u64;
        problems.push(closing);
    }
}

fn closed(source: &Arc<SourceText>) -> Arc<SourceText> {
    if source.text.ends_with('\n') {
        Arc::clone(source)
    } else {
        SourceText::new(&source.file, format!("{}\n", source.text))
    }
}

fn only<'y>(
    source: &Arc<SourceText>,
    roots: &[YamlNode<'y>],
) -> Result<YamlNode<'y>, Vec<Diagnostic>> {
    match roots {
        [root] if !root.is_null() => Ok(*root),
        [] | [_] => Err(vec![
            Diagnostic::error(Code::CONTENT_BAD_VALUE, "the file is empty")
                .in_file(&source.file)
                .help("fill it in, or remove it"),
        ]),
        [_, second, ..] => Err(vec![
            Diagnostic::error(
                Code::CONTENT_BAD_VALUE,
                "the file has more than one document",
            )
            .at(second.first_line())
            .help("remove the line `---`, and put what follows it into a file of its own"),
        ]),
    }
}

fn refused(source: &Arc<SourceText>, error: &serde_yaml::Error, code: Code) -> Diagnostic {
    let (cause, help) = cause_of_error(error);
    Diagnostic::error(code, format!("the file cannot be read: {cause}"))
        .at(place_of_error(source, error))
        .help("correct the marked value")
        .maybe_help(help)
}

#[cfg(test)]
mod tests;
