//! Macros and comments.

use misfire::detect::spl::syntax::{Macro, MacroError, MacroProblem, Macros, Span, expand, parse};
use rstest::rstest;

fn one(name: &str, arguments: &[&str], definition: &str) -> Macro {
    Macro {
        name: name.to_owned(),
        arguments: arguments.iter().map(ToString::to_string).collect(),
        definition: definition.to_owned(),
    }
}

fn macros() -> Macros {
    let mut macros = Macros::builtin();
    macros.insert(one("sysmon", &[], "source=a OR source=b"));
    macros.insert(one("wide", &[], "`sysmon` OR `quoted`"));
    macros.insert(one("quoted", &[], "c=\"d e\""));
    macros.insert(one("both(2)", &["x", "y"], "x=$x$ y=$y$"));
    macros.insert(one("both", &["x", "y", "z"], "$x$ $y$ $z$ $w$ 5$"));
    macros.insert(one("nothing", &[], ""));
    macros.insert(one("again", &[], "a `again`"));
    macros.insert(one("ping", &[], "`pong`"));
    macros.insert(one("pong", &[], "`ping`"));
    macros.insert(one("lost", &[], "`nowhere`"));
    macros
}

#[rstest]
#[case("`sysmon` x", "source=a OR source=b x")]
#[case("` sysmon ` x", "source=a OR source=b x")]
#[case("`sysmon()`", "source=a OR source=b")]
#[case("`wide`", "source=a OR source=b OR c=\"d e\"")]
#[case("`both(1, 2)`", "x=1 y=2")]
#[case("`both(\"1, 2\", f(3, 4))`", "x=1, 2 y=f(3, 4)")]
#[case("`both(y=1, x=2)`", "x=2 y=1")]
#[case("`both(y=1, 2)`", "x=2 y=1")]
#[case(r#"`both("say \"hi\"", 2)`"#, "x=say \"hi\" y=2")]
#[case("`both(1, 2, 3)`", "1 2 3 $w$ 5$")]
#[case("`both(,)`", "x= y=")]
// Comments go first, and quotes in them open nothing.
#[case("a ```the \"b``` c", "a   c")]
#[case("`sysmon````x``` y", "source=a OR source=b  y")]
#[case("`quoted` ```x```", "c=\"d e\"  ")]
// Quotes hold macros back, but for the search of `map`.
#[case("a=\"`sysmon`\"", "a=\"`sysmon`\"")]
#[case("a=\"```x```\"", "a=\"```x```\"")]
#[case(r#"a=\" `sysmon`"#, r#"a=\" source=a OR source=b"#)]
#[case(
    "a | map search=\"search `quoted` $x$\"",
    r#"a | map search="search c=\"d e\" $x$""#
)]
#[case("a | eval map=\"`sysmon`\"", "a | eval map=\"`sysmon`\"")]
// What published searches lean on.
#[case("`anything_filter`", "search *")]
#[case("`drop_dm_object_name(\"DNS\")`", "rename \"DNS.*\" as *")]
#[case(
    "`security_content_ctime(t)`",
    "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(t)"
)]
#[case(
    "`security_content_summariesonly`",
    "summariesonly=false allow_old_summaries=true fillnull_value=null"
)]
fn macros_are_put_in(#[case] text: &str, #[case] expected: &str) {
    let expanded = expand(text, &macros()).expect(text);
    assert_eq!(expanded.text, expected);
}

#[rstest]
#[case("a `nowhere` b", "`nowhere`", "nowhere", MacroProblem::Missing)]
#[case("a `lost` b", "`lost`", "nowhere", MacroProblem::Missing)]
#[case(
    "`both(1)`",
    "`both(1)`",
    "both",
    MacroProblem::WrongArity { given: 1, known: vec![2, 3] }
)]
#[case("`again`", "`again`", "again", MacroProblem::Recursion)]
#[case("b `ping`", "`ping`", "ping", MacroProblem::Recursion)]
#[case("a `sysmon", "`", "", MacroProblem::Unclosed)]
#[case("a `b c`", "`b c`", "", MacroProblem::Malformed)]
#[case("a ``", "``", "", MacroProblem::Malformed)]
#[case("`both(1, (2)`", "`both(1, (2)`", "", MacroProblem::Malformed)]
#[case("a ```b", "```", "", MacroProblem::UnclosedComment)]
fn a_broken_call_is_refused(
    #[case] text: &str,
    #[case] place: &str,
    #[case] name: &str,
    #[case] problem: MacroProblem,
) {
    let error = expand(text, &macros()).expect_err(text);
    assert_eq!(error.span.of(text), Some(place));
    assert_eq!((error.name.as_str(), error.problem), (name, problem));
}

#[test]
fn macros_may_call_macros_only_so_often() {
    let mut macros = Macros::new();
    for level in 0..25 {
        let definition = format!("`m{}`", level + 1);
        macros.insert(one(&format!("m{level}"), &[], &definition));
    }
    let error = expand("`m0`", &macros).expect_err("it is too deep");
    assert_eq!(error.problem, MacroProblem::TooDeep { limit: 20 });
}

#[test]
fn a_problem_is_one_sentence() {
    let error = MacroError {
        span: Span::default(),
        name: "both".to_owned(),
        problem: MacroProblem::WrongArity {
            given: 1,
            known: vec![2, 3],
        },
    };
    assert_eq!(
        error.to_string(),
        "the macro `both` takes 2 or 3 arguments and was given 1"
    );
}

#[test]
fn a_place_is_found_again() {
    let text = "x ```note``` `sysmon` AND y=1";
    let expanded = expand(text, &macros()).expect("it expands");
    assert_eq!(expanded.text, "x   source=a OR source=b AND y=1");
    let found = |part: &str| {
        let start = expanded.text.find(part).expect("it is there");
        let span = Span::new(start, start + part.len());
        expanded.map.original(span).of(text)
    };
    assert_eq!(found("x"), Some("x"));
    assert_eq!(found("y=1"), Some("y=1"));
    assert_eq!(found("source=a"), Some("`sysmon`"));
    assert_eq!(found("=b"), Some("`sysmon`"));
    assert_eq!(found("b AND y"), Some("`sysmon` AND y"));
    let end = Span::new(expanded.text.len(), expanded.text.len());
    assert_eq!(
        expanded.map.original(end),
        Span::new(text.len(), text.len())
    );
}

#[test]
fn a_place_is_found_again_behind_a_macro_that_is_empty() {
    let text = "a `nothing` b c";
    let expanded = expand(text, &macros()).expect("it expands");
    assert_eq!(expanded.text, "a  b c");
    let found = |start, end| expanded.map.original(Span::new(start, end)).of(text);
    assert_eq!(found(0, 1), Some("a"));
    assert_eq!(found(3, 4), Some("b"));
    assert_eq!(found(5, 6), Some("c"));
}

#[test]
fn a_mistake_behind_a_macro_is_shown_where_it_was_written() {
    let text = "`sysmon` | where x y";
    let expanded = expand(text, &macros()).expect("it expands");
    let error = parse(&expanded.text).expect_err("it is broken");
    assert_eq!(expanded.map.original(error.span).of(text), Some("y"));
}
