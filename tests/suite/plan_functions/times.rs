//! Times.

use jiff::tz::TimeZone;
use misfire::detect::plan::function::{CallContext, Function as F, call};
use misfire::detect::plan::time::{Span, format, parse, relative};
use rstest::rstest;

use super::{NOW, NULL, check, f, i, l, t};

/// Five hours west of Greenwich, four in summer.
fn new_york() -> TimeZone {
    TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").expect("a time zone")
}

// Source: Splunk, "Date and time format variables".
#[rstest]
#[case("%Y-%m-%d %H:%M:%S.%3N", "2020-01-14 08:45:30.250")]
#[case("%Y-%m-%dT%H:%M:%S.%Q%z", "2020-01-14T08:45:30.250-0500")]
#[case("%c", "Tue Jan 14 08:45:30 2020")]
#[case("%+", "Tue Jan 14 08:45:30 EST 2020")]
#[case("%A, %d. %B %y", "Tuesday, 14. January 20")]
#[case("%a %b %e", "Tue Jan 14")]
#[case("%I:%M %p", "08:45 AM")]
#[case("%k|%l", " 8| 8")]
#[case("%F %T", "2020-01-14 08:45:30")]
#[case("%s", "1579009530")]
#[case("%N %6N %9Q", "250000000 250000 250000000")]
#[case("%f", "250000")]
#[case("%j %U %w %V %G %u", "014 02 2 03 2020 2")]
#[case("%Z %:z %::z %Ez", "EST -05:00 -05:00:00 -300")]
#[case("%x %X", "1/14/2020 8:45:30")]
#[case("%D", "01/14/20")]
#[case("100%% %", "100% %")]
#[case("%!", "%!")]
#[case("%é", "%é")]
fn times_are_formatted(#[case] variables: &str, #[case] expected: &str) {
    assert_eq!(
        format(NOW, variables, &new_york()).as_deref(),
        Some(expected)
    );
}

#[rstest]
#[case("2020-01-14 08:45:30.25", "%Y-%m-%d %H:%M:%S.%N", Some(NOW))]
#[case("2020-01-14T13:45:30.250Z", "%Y-%m-%dT%H:%M:%S.%3N%Z", Some(NOW))]
#[case("2020-01-14T13:45:30.250Z", "%Y-%m-%dT%H:%M:%S.%QZ", Some(NOW + 18_000.0))]
#[case("2020-01-14T15:45:30.250+02:00", "%FT%T.%6N%:z", Some(NOW))]
#[case("2020-01-14T15:45:30.250+0200", "%FT%T.%6N%z", Some(NOW))]
#[case("Tue Jan 14 08:45:30 EST 2020", "%a %b %d %H:%M:%S %Z %Y", Some(NOW - 0.25))]
#[case("Tuesday, January 14, 2020 8:45 AM", "%A, %B %e, %Y %I:%M %p", Some(NOW - 30.25))]
#[case("1/14/20 12:00 am", "%m/%d/%y %I:%M %p", Some(1_578_978_000.0))]
#[case("2020-01-14", "%Y-%m-%d", Some(1_578_978_000.0))]
#[case("2020-01", "%Y-%m", Some(1_577_854_800.0))]
#[case("2020 014", "%Y %j", Some(1_578_978_000.0))]
#[case("08:45", "%H:%M", Some(NOW - 30.25))]
#[case("1579009530.25", "%s", Some(NOW))]
#[case("2020-01-14 and more", "%Y-%m-%d", Some(1_578_978_000.0))]
#[case("2020-02-30", "%Y-%m-%d", None)]
#[case("2020-1x", "%Y-%m-%d", None)]
#[case("13:00 pm", "%I:%M %p", None)]
#[case("", "%Y", None)]
#[case("x", "%", None)]
#[case("é", "%b", None)]
fn times_are_parsed(#[case] text: &str, #[case] variables: &str, #[case] expected: Option<f64>) {
    assert_eq!(parse(text, variables, &new_york(), NOW), expected);
}

// Source: Splunk, "Specify time modifiers in your search".
#[rstest]
#[case("now", "2020-01-14 08:45:30")]
#[case("-1d@d", "2020-01-13 00:00:00")]
#[case("-h@h", "2020-01-14 07:00:00")]
#[case("-30m", "2020-01-14 08:15:30")]
#[case("-30", "2020-01-14 08:45:00")]
#[case("+2h@h-30m", "2020-01-14 09:30:00")]
#[case("@d-2h", "2020-01-13 22:00:00")]
#[case("@w", "2020-01-12 00:00:00")]
#[case("@w0", "2020-01-12 00:00:00")]
#[case("@w1", "2020-01-13 00:00:00")]
#[case("@w2", "2020-01-14 00:00:00")]
#[case("@w6", "2020-01-11 00:00:00")]
#[case("@w7", "2020-01-12 00:00:00")]
#[case("-1mon@mon", "2019-12-01 00:00:00")]
#[case("-1month", "2019-12-14 08:45:30")]
#[case("@q", "2020-01-01 00:00:00")]
#[case("-1q@qtr", "2019-10-01 00:00:00")]
#[case("@y", "2020-01-01 00:00:00")]
#[case("-7d@m", "2020-01-07 08:45:00")]
#[case("-6mon@s", "2019-07-14 08:45:30")]
fn times_are_moved(#[case] modifier: &str, #[case] expected: &str) {
    let zone = new_york();
    let moved = relative(NOW, modifier, &zone).expect("a modifier");
    assert_eq!(format(moved, "%F %T", &zone).as_deref(), Some(expected));
}

#[rstest]
#[case("")]
#[case("1d")]
#[case("-")]
#[case("@")]
#[case("-1x")]
#[case("@w8")]
#[case("@w1x")]
#[case("-9999999999999999999d")]
#[case("-9223372036854775807y")]
#[case("é")]
fn what_is_no_modifier_moves_nothing(#[case] modifier: &str) {
    assert_eq!(relative(NOW, modifier, &new_york()), None);
}

#[test]
fn many_steps_are_refused() {
    assert_eq!(
        relative(NOW, &"-1s".repeat(1_000_000), &TimeZone::UTC),
        None
    );
    assert_eq!(relative(f64::NAN, "-1d", &TimeZone::UTC), None);
    assert_eq!(relative(1e300, "-1d", &TimeZone::UTC), None);
}

// Source: Splunk, "Search Reference: bin".
#[rstest]
#[case("30s", "2020-01-14 08:45:30")]
#[case("5m", "2020-01-14 08:45:00")]
#[case("1h", "2020-01-14 08:00:00")]
#[case("3600", "2020-01-14 08:00:00")]
#[case("1d", "2020-01-14 00:00:00")]
#[case("1w", "2020-01-09 00:00:00")]
#[case("1w@w1", "2020-01-13 00:00:00")]
#[case("1mon", "2020-01-01 00:00:00")]
#[case("2q", "2020-01-01 00:00:00")]
#[case("1y", "2020-01-01 00:00:00")]
#[case("100ms", "2020-01-14 08:45:30")]
#[case("4h@d", "2020-01-14 08:00:00")]
fn times_are_put_into_bins(#[case] span: &str, #[case] expected: &str) {
    let zone = new_york();
    let span = Span::parse(span).expect("a span");
    let start = span.bin_in(&f(NOW), &zone).as_number().expect("a time");
    assert_eq!(format(start, "%F %T", &zone).as_deref(), Some(expected));
}

#[test]
fn numbers_are_put_into_bins() {
    let hundreds = Span::parse("100").expect("a span");
    assert_eq!(hundreds.bin(&i(250)), i(200));
    assert_eq!(hundreds.bin(&i(-1)), i(-100));
    assert_eq!(hundreds.bin(&t("x")), t("x"));
    assert_eq!(hundreds.bin(&NULL), NULL);
    for span in ["", "0", "-1h", "1x", "0d", "1.5d", "1d@x", "é", "1e9y", "."] {
        assert_eq!(Span::parse(span), None, "{span}");
    }
}

#[test]
fn functions_of_times() {
    const PAGE: &str = "Date and Time functions";
    check(&[
        (PAGE, F::Now, vec![], f(NOW)),
        (PAGE, F::Time, vec![], f(NOW)),
        (PAGE, F::FormatTime, vec![f(NOW), t("%H:%M")], t("13:45")),
        (
            PAGE,
            F::FormatTime,
            vec![t("1579009530"), t("%Y")],
            t("2020"),
        ),
        (
            PAGE,
            F::FormatTime,
            vec![l(["0", "x", "86400"]), t("%d")],
            l(["01", "02"]),
        ),
        (PAGE, F::FormatTime, vec![f(1e300), t("%d")], NULL),
        (PAGE, F::FormatTime, vec![f(NOW), NULL], NULL),
        (PAGE, F::FormatTime, vec![NULL, t("%H")], NULL),
        (
            PAGE,
            F::ParseTime,
            vec![t("2018-08-13 11:22:33"), t("%Y-%m-%d %H:%M:%S")],
            i(1_534_159_353),
        ),
        (
            PAGE,
            F::ParseTime,
            vec![t("11:59"), t("%H:%M")],
            i(1_579_003_140),
        ),
        (PAGE, F::ParseTime, vec![t("x"), t("%H:%M")], NULL),
        (PAGE, F::ParseTime, vec![NULL, t("%H:%M")], NULL),
        (
            PAGE,
            F::RelativeTime,
            vec![f(NOW), t("-1d@d")],
            i(1_578_873_600),
        ),
        (
            PAGE,
            F::RelativeTime,
            vec![f(NOW), t("+1h@h")],
            i(1_579_010_400),
        ),
        (PAGE, F::RelativeTime, vec![f(NOW), NULL], NULL),
        (PAGE, F::RelativeTime, vec![NULL, t("-1d")], NULL),
    ]);
    let context = CallContext::at(NOW).in_zone(new_york());
    let arguments = [f(NOW), t("%H")];
    assert_eq!(call(F::FormatTime, &arguments, &context), t("08"));
}
