//! What the linter finds in Sigma rules.

use std::path::Path;

use misfire::content::{load_detections, load_detections_from};
use misfire::detect::Language;
use misfire::detect::lint::{Finding, rule_of, rules};
use misfire::diagnostic::{Code, Severity, SourceText};

use crate::support::{corpus, files, lint};

#[test]
fn rules_find_what_they_say_and_nothing_else() {
    lint::cases("sigma", 260);
}

/// The findings of the linter itself; what cannot be evaluated, the loader tells.
fn found_in(path: &Path) -> Vec<Finding> {
    let text = std::fs::read_to_string(path).expect("a readable file");
    // The starter project gives its rule an id when it is made.
    let text = text.replace("{{rule}}", "929a690e-bef0-4204-a928-ef5e620d6fcc");
    let source = SourceText::new(path, text);
    let mut findings = load_detections_from(vec![Ok(source)], None).findings();
    findings.retain(|finding| finding.diagnostic.code != Code::SIGMA_UNSUPPORTED);
    findings
}

fn told(findings: &[Finding]) -> Vec<String> {
    let bad = findings
        .iter()
        .filter(|finding| finding.diagnostic.severity != Severity::Note);
    bad.map(|finding| {
        let diagnostic = &finding.diagnostic;
        format!("{:?} {}", diagnostic.place, diagnostic.message)
    })
    .collect()
}

#[test]
fn documented_forms_are_clean() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents = 0;
    for path in files(&root.join("tests/data/lint/sigma/documented"), "yml") {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        documents += text.matches("title: ").count();
        assert_eq!(
            told(&found_in(&path)),
            Vec::<String>::new(),
            "{}",
            path.display()
        );
    }
    assert!(documents >= 80, "only {documents} documented forms");
}

#[test]
fn rules_of_ours_are_clean() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["detections/sigma", "templates/project/detections/sigma"] {
        let paths = files(&root.join(folder), "yml");
        assert!(!paths.is_empty(), "no rules in {folder}");
        for path in paths {
            assert_eq!(
                told(&found_in(&path)),
                Vec::<String>::new(),
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn what_the_loader_tells_has_a_page() {
    let codes = Code::ALL.iter().filter(|code| code.is_about_sigma());
    for code in codes {
        let rule = rule_of(*code).unwrap_or_else(|| panic!("no rule for {code}"));
        assert!(rule.page.address.starts_with("https://"), "{code}");
    }
    let sigma = rules()
        .iter()
        .filter(|rule| rule.language == Language::Sigma);
    for rule in sigma {
        assert!(rule.page.title.starts_with("Sigma "), "{}", rule.code);
        assert!(rule.meaning.ends_with('.'), "{}", rule.code);
    }
}

/// Public rules have been reviewed for years: a linter that finds many of them wrong is
/// wrong itself.
#[test]
fn few_public_rules_are_wrong() {
    let folders = [
        "sigma/rules",
        "sigma/rules-compliance",
        "sigma/rules-emerging-threats",
        "sigma/rules-threat-hunting",
    ];
    let Some(folders) = folders.into_iter().map(corpus).collect::<Option<Vec<_>>>() else {
        return;
    };
    let loaded = load_detections(&folders);
    let number = loaded.len();
    assert!(number > 3000, "only {number} rules");
    let bad = |severity: Severity| {
        let findings = loaded.findings().into_iter();
        let own = findings.filter(|finding| {
            let diagnostic = &finding.diagnostic;
            diagnostic.code.as_str().starts_with("misfire::lint::")
                && diagnostic.severity == severity
        });
        own.count()
    };
    let (errors, warnings) = (bad(Severity::Error), bad(Severity::Warning));
    assert!(errors > 0 && errors * 500 <= number, "{errors} errors");
    assert!(warnings * 100 <= number, "{warnings} warnings");
}
