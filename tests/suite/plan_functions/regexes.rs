//! Regular expressions.

use misfire::detect::plan::compare::Case;
use misfire::detect::plan::regex::{Anchoring, Flavour, Regex};
use rstest::rstest;

fn pcre(pattern: &str) -> Regex {
    Regex::new(pattern, Flavour::Pcre, Anchoring::Find, Case::Sensitive)
        .unwrap_or_else(|error| panic!("{pattern}: {error}"))
}

// Source: PCRE2, "pcre2pattern".
#[rstest]
#[case(r"{x}", "a{x}", true)]
#[case(r"a{2}", "aa", true)]
#[case(r"^a{2}$", "a{2}", false)]
#[case(r"a{,2}b", "a{,2}b", true)]
#[case(r"\p{Lu}{2}", "xAB", true)]
#[case(r"\x{1F600}", "\u{1f600}", true)]
#[case(r"\x41\x2", "A\u{2}", true)]
#[case(r"\/\<\>\_\#\ x", "/<>_# x", true)]
#[case(r"\é", "é", true)]
#[case(r"a\hb", "a\tb", true)]
#[case(r"[\h\R]b", " b", true)]
#[case(r"a\Rb", "a\r\nb", true)]
#[case(r"\Qa.b\E+", "a.bb", true)]
#[case(r"\Qa.b\E", "axb", false)]
#[case(r"a$", "a\n", true)]
#[case(r"a$", "a\nb", false)]
#[case(r"(?m)a$", "a\nb", true)]
#[case(r"(?im)^B$", "a\nb\nc", true)]
#[case(r"a\Z", "a\n", true)]
#[case(r"a\z", "a\n", false)]
#[case(r"[[:alpha:]_]+9", "ab_9", true)]
#[case(r"[[:^digit:]]", "7", false)]
#[case(r"[]a]", "]", true)]
#[case(r"[^]a]", "]", false)]
#[case(r"[a[b]", "[", true)]
#[case(r"[\w-.]+$", "a-.", true)]
#[case(r"[a-\d]", "-", true)]
#[case(r"[a&&b]", "&", true)]
#[case(r"[+--]", "-", true)]
#[case(r"[\bx]", "\u{8}", true)]
#[case(r"(?<!a)b", "ab", false)]
#[case(r"(?=b)b", "ab", true)]
#[case(r"(a)\1", "aa", true)]
#[case(r"(a)\g{1}", "aa", true)]
#[case(r"(?<x>a)\k{x}", "aa", true)]
#[case(r"(?P<x>a)(?P=x)", "aa", true)]
#[case(r"(?'x'a)\k'x'", "aa", true)]
#[case(r"(?>a+)a", "aaa", false)]
#[case(r"a++a", "aaa", false)]
#[case(r"a{1,3}+a", "aaa", false)]
#[case(r"a+?b", "aab", true)]
#[case(r"a(?#no)b", "ab", true)]
#[case(r"\0x\012", "\0x\n", true)]
#[case("(?x) a \\  b # c", "a b", true)]
#[case(r"\\\\host\\c\$", r"\\host\c$", true)]
fn patterns_mean_what_they_say(#[case] pattern: &str, #[case] text: &str, #[case] expected: bool) {
    assert_eq!(
        pcre(pattern).is_match(text),
        Ok(expected),
        "{pattern} on {text:?}"
    );
}

// Source: Elasticsearch, "Regular expression syntax".
#[rstest]
#[case("ab.*", "abc", Some(true))]
#[case("b", "abc", Some(false))]
#[case("^a$", "^a$", Some(true))]
#[case("a@c", "abbc", Some(true))]
#[case("\"a.c\"", "abc", Some(false))]
#[case("\"a.c\"", "a.c", Some(true))]
#[case("[a-c]{2}", "ac", Some(true))]
#[case(r"\d\.\<", "1.<", Some(true))]
#[case("#", "#", Some(false))]
#[case("~a", "b", None)]
#[case("<1-9>", "5", None)]
#[case("a&b", "a", None)]
#[case("a\\", "a", None)]
fn lucene_has_its_own_signs(
    #[case] pattern: &str,
    #[case] text: &str,
    #[case] expected: Option<bool>,
) {
    let regex = Regex::new(pattern, Flavour::Lucene, Anchoring::Full, Case::Sensitive);
    let got = regex.ok().and_then(|regex| regex.is_match(text).ok());
    assert_eq!(got, expected);
}

#[test]
fn anchors_case_and_flavours() {
    let full = |pattern, case| Regex::new(pattern, Flavour::Re2, Anchoring::Full, case);
    let regex = full("a|bc", Case::Insensitive).expect("a pattern");
    assert_eq!(regex.is_match("BC"), Ok(true));
    assert_eq!(regex.is_match("ac"), Ok(false));
    let error = full("(?=a)", Case::Sensitive).expect_err("RE2 has no look-around");
    assert_eq!(error.message.lines().count(), 1);
    let java = Regex::new(r"a\hb", Flavour::Java, Anchoring::Find, Case::Sensitive);
    assert_eq!(java.expect("a pattern").is_match("a b"), Ok(true));
}

#[test]
fn groups_are_captured_and_replaced() {
    let regex = pcre(r"(?<user>\w+)@(?<host>\w+)|(?<none>zzz)");
    assert!(regex.has_names());
    assert!(!pcre("(a)").has_names());
    let found = regex
        .named_captures("a@b c@d", usize::MAX)
        .expect("few steps");
    assert_eq!(found["user"], ["a", "c"]);
    assert_eq!(found["host"], ["b", "d"]);
    assert!(!found.contains_key("none"));
    let first = regex.named_captures("a@b c@d", 1).expect("few steps");
    assert_eq!(first["user"], ["a"]);
    assert_eq!(
        pcre(r"(\d)x").first_captures("1x2x").expect("few steps"),
        ["1", "2"]
    );
    assert_eq!(
        pcre(r"\d").first_captures("1x2").expect("few steps"),
        ["1", "2"]
    );
    for pattern in [r"(?<a>\w)(\w)", r"(?=\w)(?<a>\w)(\w)"] {
        let regex = pcre(pattern);
        let replaced = |with| regex.replace_all("xy!", with).expect("few steps");
        assert_eq!(replaced(r"\2\1"), "yx!");
        assert_eq!(replaced(r"\g<a>\g{2}\g1"), "xyx!");
        assert_eq!(replaced(r"[\0]\\$1\n"), r"[xy]\$1\n!");
        assert_eq!(replaced(r"\9\g<b>\g<"), r"\g<!");
        assert_eq!(replaced("é\\"), "é\\!");
    }
}

#[test]
fn hostile_patterns_end() {
    let new = |pattern: &str| Regex::new(pattern, Flavour::Pcre, Anchoring::Find, Case::Sensitive);
    assert!(new(&"(".repeat(100_000)).is_err());
    assert!(new(&format!("{}a{}", "(".repeat(50_000), ")".repeat(50_000))).is_err());
    assert!(new(&"[".repeat(100_000)).is_err());
    assert!(new("(a{1000}){1000}{1000}").is_err());
    let _ = new(&"{".repeat(100_000));
    assert!(new(&"a".repeat(2 << 20)).is_err());
    let text = "a".repeat(5_000);
    assert!(pcre(r"(?=a)(a+)+$(?<!a)b").is_match(&text).is_err());
    assert_eq!(pcre("(a+)+b").is_match(&text), Ok(false));
}

#[rstest]
#[case("(?i)mimikatz", Some(vec!["mimikatz"]))]
#[case("lsass|winlogon", Some(vec!["lsass", "winlogon"]))]
#[case(r"^C:\\Windows\\.*\.exe$", Some(vec![r"C:\Windows\"]))]
#[case("a*", None)]
#[case("(foo)?", None)]
#[case("(?:foobar)+x?", Some(vec!["foobar"]))]
#[case("(?=foo)foo", None)]
fn literals_are_required(#[case] pattern: &str, #[case] expected: Option<Vec<&str>>) {
    let literals = pcre(pattern).required_literals();
    let literals = literals
        .as_ref()
        .map(|all| all.iter().map(String::as_str).collect());
    assert_eq!(literals, expected);
}
