//! Several atomics of a cloud in one run.

use serde_json::Value;

use super::cloud::{CANARY, Cloud, LOOKUP, client, record};
use super::project::Done;

fn tests(done: &Done) -> Vec<Value> {
    done.json()["tests"].as_array().expect("tests").clone()
}

#[test]
fn all_windows_are_closed_by_the_same_askings() {
    let mut cloud = Cloud::new();
    cloud.atomics = 3;
    cloud.history(|time, mark, call| vec![record(time, &client(mark), call)]);
    let done = cloud.execute_to_the_end();
    let tests = tests(&done);
    assert_eq!(tests.len(), 3, "{done:?}");
    for test in &tests {
        assert_eq!(test["verdicts"][0]["verdict"], "fired", "{test:#}");
        assert_eq!(
            test["telemetry"]["sent"]["events"].as_array().map(Vec::len),
            Some(1)
        );
        let notes = test["execution"]["notes"].to_string();
        assert!(notes.contains("the window is closed"), "{notes}");
        assert!(
            notes.contains("1 record carries the mark of the run"),
            "{notes}"
        );
        assert!(notes.contains("a canary took at most"), "{notes}");
    }
    // One call shows how far the log has come for all of them. There is one asking to begin
    // with, and one when the delay has passed of each window.
    assert_eq!(cloud.asked_for(CANARY), 1);
    let askings = cloud.asked_for(LOOKUP);
    assert!(askings <= 4, "{askings} askings for 3 tests");
}

#[test]
fn what_one_test_did_is_not_taken_for_anothers() {
    let mut cloud = Cloud::new();
    cloud.atomics = 2;
    // Only what the first one did is recorded.
    let first = std::sync::Mutex::new(String::new());
    cloud.history(move |time, mark, call| {
        let mut first = first.lock().expect("a mark");
        if first.is_empty() && !mark.is_empty() {
            mark.clone_into(&mut first);
        }
        match mark == *first {
            true => vec![record(time, &client(mark), call)],
            false => Vec::new(),
        }
    });
    let done = cloud.execute_to_the_end();
    let states: Vec<_> = tests(&done)
        .iter()
        .map(|test| test["telemetry"]["sent"]["state"].clone())
        .collect();
    assert_eq!(states, ["seen", "missing"], "{done:?}");
}
