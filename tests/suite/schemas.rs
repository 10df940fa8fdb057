//! The JSON Schemas that are shipped are those of the types, and the content that is
//! shipped is right by them.
//!
//! `MISFIRE_BLESS=1 cargo test --release --test schemas` writes them anew.

use crate::support;
use crate::support::project;

use std::fs;
use std::path::{Path, PathBuf};

use misfire::content::schemas;
use project::{Built, EXPECTATION, Project, Recording, sysmon};
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

/// The faults of a run's JSON by the schema that is shipped.
fn faults_of_a_run(built: &Built, args: &[&str]) -> Vec<String> {
    let shipped = fs::read_to_string(root().join("schemas/report.json")).expect("a schema");
    let shipped = serde_json::from_str(&shipped).expect("JSON");
    let validator = jsonschema::validator_for(&shipped).expect("a JSON Schema");
    let document = built.run(args).json();
    assert!(
        document["diagnostics"].is_array() && document["tests"].is_array(),
        "{document:#}"
    );
    validator
        .iter_errors(&document)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect()
}

/// A project with a benign recording and a claim, and what harms it.
fn harmed(harm: impl FnOnce(&Built)) -> Built {
    let more = "    claims:\n      - {text: a, page: b, holds: true, judged_by: [start]}\n    \
                controls:\n      - fixture: T1033/controls/daily\n";
    let other = r"C:\Windows\System32\notepad.exe";
    let built = Project::new()
        .expecting(&format!("{EXPECTATION}{more}"))
        .and(Recording::control("daily").with("sysmon", vec![sysmon(1, 5, other)]))
        .built();
    harm(&built);
    built
}

fn gone(path: &'static str) -> impl Fn(&Built) {
    move |built| {
        let path = built.path(path);
        if path.is_dir() {
            fs::remove_dir_all(&path).expect("a folder");
        } else {
            fs::remove_file(&path).expect("a file");
        }
    }
}

fn emptied(path: &'static str) -> impl Fn(&Built) {
    move |built| {
        gone(path)(built);
        fs::create_dir(built.path(path)).expect("a folder");
    }
}

/// What is done to a project.
type Break = Box<dyn Fn(&Built)>;

/// Whatever is gone or broken, what programs read is what the schema says.
#[test]
fn every_state_of_a_run_fits_the_shipped_schema() {
    let states: Vec<(&str, Break)> = vec![
        ("whole", Box::new(|_| ())),
        ("no recording", Box::new(gone("fixtures/T1033/plain"))),
        (
            "no log",
            Box::new(gone("fixtures/T1033/plain/sysmon.jsonl")),
        ),
        (
            "no manifest",
            Box::new(gone("fixtures/T1033/plain/fixture.yaml")),
        ),
        (
            "no control",
            Box::new(gone("fixtures/T1033/controls/daily")),
        ),
        (
            "no log of the control",
            Box::new(gone("fixtures/T1033/controls/daily/sysmon.jsonl")),
        ),
        ("no rule", Box::new(gone("detections/whoami.yml"))),
        ("no fixtures", Box::new(emptied("fixtures"))),
        ("no detections", Box::new(emptied("detections"))),
        ("no expectations", Box::new(emptied("expectations"))),
        ("no atomics", Box::new(emptied("atomics"))),
        ("no folder of atomics", Box::new(gone("atomics"))),
        (
            "an empty log",
            Box::new(|built: &Built| built.write("fixtures/T1033/plain/sysmon.jsonl", "")),
        ),
        (
            "a broken rule",
            Box::new(|built: &Built| built.write("detections/whoami.yml", "title: [")),
        ),
        (
            "a broken manifest",
            Box::new(|built: &Built| built.write("fixtures/T1033/plain/fixture.yaml", "a: [")),
        ),
        (
            "a rule in another language",
            Box::new(|built: &Built| {
                built.write(
                    "detections/whoami.yml",
                    "title: Whoami\nid: b7a7c1de-5b0f-4a0e-9d55-6a1d3c9e2f10\nlanguage: spl\nquery: x\n",
                );
            }),
        ),
        (
            "not performed",
            Box::new(|built: &Built| {
                let name = "fixtures/T1033/plain/fixture.yaml";
                let text = fs::read_to_string(built.path(name)).expect("a manifest");
                built.write(name, &format!("{text}outcome: {{not_run: blocked}}\n"));
            }),
        ),
    ];
    let mut wrong = Vec::new();
    for (state, harm) in states {
        let built = harmed(harm);
        for args in [&[][..], &["--name", "no such name"], &["--since", "HEAD"]] {
            for fault in faults_of_a_run(&built, args) {
                wrong.push(format!("{state} {args:?}: {fault}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
