//! Constant patterns, compiled once.

use misfire::detect::plan::compare::Case;
use misfire::detect::plan::function::pattern::{like, match_regex, replace_regex};
use misfire::detect::plan::regex::{Anchoring, Flavour, Regex};

use super::{NULL, l, t};

#[test]
fn constant_patterns_are_compiled_once() {
    let regex = Regex::new("b+", Flavour::Pcre, Anchoring::Find, Case::Sensitive).expect("fine");
    assert_eq!(match_regex(&regex, &l(["a", "b"])), Ok(Some(true)));
    assert_eq!(match_regex(&regex, &t("a")), Ok(Some(false)));
    assert_eq!(match_regex(&regex, &NULL), Ok(None));
    assert_eq!(
        replace_regex(&regex, &l(["abb", "b"]), "c"),
        Ok(l(["ac", "c"]))
    );
    assert_eq!(replace_regex(&regex, &NULL, "c"), Ok(NULL));
    assert!(like("a%_c").matches("abxc"));
    assert!(!like("a%_c").matches("ac"));
    assert!(like(r"C:\%").matches(r"C:\x"));
}
