//! What is told when a source could not be collected.

use std::path::Path;

use misfire::collect::CollectError;
use misfire::diagnostic::{Code, Diagnostic, Ink, to_text};

fn every_error() -> Vec<CollectError> {
    let service = || "CloudTrail in eu-west-1".to_owned();
    vec![
        CollectError::NoCredentials {
            service: service(),
            tried: vec![
                "the environment".to_owned(),
                "the profile default".to_owned(),
            ],
        },
        CollectError::Expired {
            service: service(),
            from: "the environment".to_owned(),
        },
        CollectError::Denied {
            service: service(),
            because: "AccessDeniedException".to_owned(),
        },
        CollectError::Throttled {
            service: service(),
            attempts: 8,
        },
        CollectError::Unreachable {
            service: service(),
            because: "there was no answer in time".to_owned(),
        },
        CollectError::Malformed {
            service: service(),
            because: "it is no JSON (status 200, text/html, 12 bytes)".to_owned(),
        },
        CollectError::ClockSkew {
            service: service(),
            seconds: -5400,
        },
        CollectError::Refused {
            service: service(),
            because: "ValidationException".to_owned(),
        },
        CollectError::Misconfigured {
            service: service(),
            because: "the profile `lab` does not exist".to_owned(),
        },
        CollectError::TooMuch {
            service: service(),
            bytes: 1 << 30,
        },
        CollectError::Interrupted,
    ]
}

#[test]
fn every_problem_is_told_with_a_code_and_a_way_out() {
    let problems: Vec<Diagnostic> = every_error().iter().map(CollectError::diagnostic).collect();
    for code in Code::ALL
        .iter()
        .filter(|code| code.as_str().starts_with("misfire::collect::") && code.is_about_input())
    {
        assert!(
            problems.iter().any(|problem| problem.code == *code),
            "{code}"
        );
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/collect/problems.txt");
    let told = to_text(&problems, Ink::Plain);
    if std::env::var_os("MISFIRE_BLESS").is_some() {
        std::fs::create_dir_all(path.with_file_name("")).expect("a folder");
        std::fs::write(&path, &told).expect("a golden file");
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(told, golden, "not as in {}", path.display());
}
