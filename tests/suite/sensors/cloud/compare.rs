//! Comparing a record with the one that it is to be like, member by member.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::support::shapes::report::Page;

/// What is known of the members of the records that are compared with.
pub struct Rules {
    /// Paths of members whose values nobody can know beforehand; their shapes are
    /// compared.
    pub free: &'static [&'static str],
    /// Paths of objects whose members have an order, if any have.
    pub ordered: &'static [&'static str],
}

/// Shapes from the most specific to the least.
const SHAPES: [(&str, &str); 9] = [
    ("nothing", r"^$"),
    ("a number", r"^\d+$"),
    ("a GUID", r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    ("a GUID without dashes", r"^[0-9a-f]{32}$"),
    ("a time in seconds", r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"),
    (
        "a time with seven digits",
        r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$",
    ),
    (
        "a record's path",
        r"^/subscriptions/.+/events/[0-9a-f-]{36}/ticks/\d{18}$",
    ),
    (
        "a refusal with an encoded message",
        r"^You are not authorized to perform this operation\. User: .+ Encoded authorization failure message: [\w-]+(\.\.\.)?$",
    ),
    ("a token", r"^(1\.)?[\w-]{20,}\.?$"),
];

fn shape(text: &str) -> &'static str {
    static PATTERNS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
        let compile = |pattern| Regex::new(pattern).expect("a sound pattern");
        SHAPES
            .map(|(name, pattern)| (name, compile(pattern)))
            .into()
    });
    PATTERNS
        .iter()
        .find(|(_, pattern)| pattern.is_match(text))
        .map_or("text", |(name, _)| name)
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

impl Rules {
    /// Tells how `written` differs from `wanted`. Values are not told: those of real
    /// records stay where they are.
    pub fn compare(&self, written: &Value, wanted: &Value, kind: &str, page: &mut Page<'_>) {
        self.value(written, wanted, "", kind, page);
    }

    fn value(&self, written: &Value, wanted: &Value, path: &str, kind: &str, page: &mut Page<'_>) {
        match (written, wanted) {
            (Value::Object(has), Value::Object(should)) => {
                for (name, wanted) in should {
                    let path = join(path, name);
                    match has.get(name) {
                        Some(written) => self.value(written, wanted, &path, kind, page),
                        None => page.difference(kind, &format!("{path} is missing")),
                    }
                }
                for name in has.keys().filter(|name| !should.contains_key(*name)) {
                    let path = join(path, name);
                    page.difference(kind, &format!("{path} is not there in reality"));
                }
                if self.ordered.contains(&path) {
                    let common =
                        |of: &serde_json::Map<String, Value>,
                         other: &serde_json::Map<String, Value>| {
                            let names = of.keys().filter(|name| other.contains_key(*name));
                            names.cloned().collect::<Vec<_>>()
                        };
                    if common(has, should) != common(should, has) {
                        let path = if path.is_empty() { "the record" } else { path };
                        page.difference(
                            kind,
                            &format!("the members of {path} are in another order"),
                        );
                    }
                }
            }
            (Value::Array(has), Value::Array(should)) => {
                if has.len() != should.len() {
                    page.difference(kind, &format!("{path} has another count of items"));
                }
                for (written, wanted) in has.iter().zip(should) {
                    self.value(written, wanted, &format!("{path}[]"), kind, page);
                }
            }
            _ if json_type(written) != json_type(wanted) => {
                let (is, should) = (json_type(written), json_type(wanted));
                page.difference(kind, &format!("{path} is {is}, in reality {should}"));
            }
            (Value::String(written), Value::String(wanted)) if self.free.contains(&path) => {
                let (is, should) = (shape(written), shape(wanted));
                if is != should {
                    page.difference(kind, &format!("{path} is {is}, in reality {should}"));
                }
            }
            _ if written != wanted && !self.free.contains(&path) => {
                page.difference(kind, &format!("{path} has another value"));
            }
            _ => {}
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

#[test]
fn bent_records_are_noticed() {
    let rules = Rules {
        free: &["id"],
        ordered: &[""],
    };
    let wanted = serde_json::json!({
        "id": "01234567-89ab-4def-8123-456789abcdef", "name": "x", "list": [{"n": 1}],
    });
    let told = |bend: &dyn Fn(&mut Value)| {
        let mut bent = wanted.clone();
        bend(&mut bent);
        let mut report = crate::support::shapes::report::Report::default();
        rules.compare(&bent, &wanted, "kind", &mut report.of("here"));
        report
            .differences
            .into_keys()
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(told(&|_| {}), "");
    assert_eq!(
        told(&|bent| bent["id"] = "fedcba98-89ab-4def-8123-456789abcdef".into()),
        ""
    );
    assert_eq!(
        told(&|bent| bent["id"] = "7".into()),
        "kind: id is a number, in reality a GUID"
    );
    assert_eq!(
        told(&|bent| bent["name"] = "y".into()),
        "kind: name has another value"
    );
    assert_eq!(
        told(&|bent| bent["list"][0]["n"] = "1".into()),
        "kind: list[].n is a text, in reality a number"
    );
    assert_eq!(
        told(&|bent| bent["more"] = true.into()),
        "kind: more is not there in reality"
    );
    let removed = |bent: &mut Value| {
        let members = bent.as_object_mut().expect("an object");
        members.shift_remove("name");
    };
    assert_eq!(told(&removed), "kind: name is missing");
    let moved = |bent: &mut Value| {
        let members = bent.as_object_mut().expect("an object");
        let id = members.shift_remove("id").expect("an id");
        members.insert("id".to_owned(), id);
    };
    assert_eq!(
        told(&moved),
        "kind: the members of the record are in another order"
    );
}
