//! What the linter finds in Sumo Logic queries.

use crate::support::lint;

#[test]
fn rules_find_what_they_say_and_nothing_else() {
    lint::cases("sumo", 2);
}
