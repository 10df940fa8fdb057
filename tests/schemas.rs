//! The JSON Schemas that are shipped are those of the types, and the content that is
//! shipped is right by them.
//!
//! `MISFIRE_BLESS=1 cargo test --release --test schemas` writes them anew.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use misfire::content::schemas;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

#[test]
fn shipped_schemas_are_those_of_the_types() {
    let names: Vec<_> = schemas().iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["atomic", "config", "expectation", "fixture"]);
    for (name, schema) in schemas() {
        let path = root().join(format!("schemas/{name}.json"));
        let text = serde_json::to_string_pretty(&schema).expect("JSON") + "\n";
        if std::env::var_os("MISFIRE_BLESS").is_some() {
            fs::create_dir_all(root().join("schemas")).expect("a folder");
            fs::write(&path, &text).expect("a schema");
        }
        let shipped = fs::read_to_string(&path).unwrap_or_default();
        assert!(shipped == text, "{} is not up to date", path.display());
    }
}

#[test]
fn schemas_say_what_each_key_is_for_and_refer_to_nothing_outside() {
    for (name, schema) in schemas() {
        assert!(schema.get("$id").is_none(), "{name} has an `$id`");
        let text = schema.to_string();
        for reference in text.split("\"$ref\":\"").skip(1) {
            assert!(reference.starts_with("#/$defs/"), "{name}: {reference:.40}");
        }
        let mut unsaid = Vec::new();
        let parts = schema["$defs"].as_object().into_iter().flatten();
        for (part, schema) in parts.chain([(&name.to_owned(), &schema)]) {
            let properties = schema["properties"].as_object();
            for (key, property) in properties.into_iter().flatten() {
                if property.get("description").is_none() {
                    unsaid.push(format!("{part}.{key}"));
                }
            }
        }
        assert!(unsaid.is_empty(), "{name}: {unsaid:?}");
    }
}

#[test]
fn shipped_content_is_right_by_the_schemas() {
    let validators: Vec<_> = schemas()
        .into_iter()
        .map(|(name, schema)| {
            let validator = jsonschema::validator_for(&schema).expect("a JSON Schema");
            (name, validator)
        })
        .collect();
    let check = |name: &str, path: &Path| {
        let text = fs::read_to_string(path).expect("a readable file");
        let value: Value = if name == "config" {
            toml::from_str(&text).expect("TOML")
        } else {
            serde_yaml::from_str(&text).expect("YAML")
        };
        let (_, validator) = validators
            .iter()
            .find(|(known, _)| *known == name)
            .expect("a schema");
        let faults: Vec<_> = validator
            .iter_errors(&value)
            .map(|fault| fault.to_string())
            .collect();
        assert!(faults.is_empty(), "{}: {faults:?}", path.display());
    };
    let mut checked = 0;
    for (name, folder) in [
        ("atomic", "atomics"),
        ("expectation", "expectations"),
        ("fixture", "fixtures"),
    ] {
        for path in support::files(&root().join(folder), "yaml") {
            check(name, &path);
            checked += 1;
        }
    }
    check("config", &root().join("templates/project/misfire.toml"));
    assert!(checked > 30, "only {checked} files were looked at");
}
