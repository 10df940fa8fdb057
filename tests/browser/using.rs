//! What a reader does with the page.

use crate::Test;
use crate::session::{Failure, Session};
use crate::support::pages::{large, readings};
use crate::support::report as made;

pub const TESTS: [Test; 11] = [
    ("it_opens_and_sums_up", it_opens_and_sums_up),
    ("it_is_whole_without_a_script", it_is_whole_without_a_script),
    ("verdicts_are_filtered", verdicts_are_filtered),
    ("texts_are_searched", texts_are_searched),
    ("hits_alone_are_searched", hits_alone_are_searched),
    ("a_verdict_opens_by_mouse", a_verdict_opens_by_mouse),
    (
        "everything_is_reached_by_keyboard",
        everything_is_reached_by_keyboard,
    ),
    ("a_link_leads_into_a_test", a_link_leads_into_a_test),
    (
        "tests_are_sorted_and_opened_at_once",
        tests_are_sorted_and_opened_at_once,
    ),
    ("a_thousand_tests_stay_light", a_thousand_tests_stay_light),
    ("it_is_printed_opened", it_is_printed_opened),
];

/// The rows of the matrix that are shown.
const ROWS: &str = "[...document.querySelectorAll('.matrix tbody tr')].filter((row) => row.getClientRects().length).length";

/// The tests that are shown.
const SHOWN: &str =
    "[...document.querySelectorAll('details.test')].filter((test) => !test.hidden).length";

/// The tests that are open.
const OPEN: &str = "document.querySelectorAll('details.test[open]').length";

const BODIES: &str = "document.querySelectorAll('.body').length";

fn it_opens_and_sums_up(page: &Session) -> Result<(), Failure> {
    page.open(&made::red(), "")?;
    assert_eq!(page.text("document.title")?, "Detection test report");
    let outcome = page.text("document.querySelector('.outcome').textContent")?;
    assert_eq!(outcome, "10 not as expected");
    let rows = page.text(
        "[...document.querySelectorAll('.faults tbody tr')].map((row) =>
            [...row.cells].slice(0, 3).map((cell) => cell.textContent.trim()).join(' ')).join('; ')",
    )?;
    assert_eq!(
        rows,
        "Fired 4 1; The rule missed 2 2; Telemetry is missing 1 1; The test did not run 0 0; Not known 1 1"
    );
    assert_eq!(page.number(SHOWN)?, 8);
    // A word says the verdict, and a sign before it that is no part of the word.
    let sign =
        "getComputedStyle(document.querySelector('a.chip[data-word=misfire]'), '::before').content";
    assert!(page.text(sign)?.contains('\u{2717}'));
    page.open(&made::green(), "")?;
    let outcome = page.text("document.querySelector('.outcome').textContent")?;
    assert_eq!(outcome, "All as expected");
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}

fn it_is_whole_without_a_script(page: &Session) -> Result<(), Failure> {
    let off = serde_json::json!({"value": true});
    page.tell("Emulation.setScriptExecutionDisabled", off)?;
    page.open(&made::red(), "")?;
    assert!(page.holds("document.querySelector('.filters').getClientRects().length === 0")?);
    assert!(page.holds("document.querySelector('#theme').getClientRects().length === 0")?);
    assert_eq!(page.number(BODIES)?, 8, "they are elements");
    let shown = "document.querySelector('.body').checkVisibility()";
    assert!(!page.holds(shown)?);
    page.click("details.test > summary")?;
    assert!(page.holds(shown)?);
    // A verdict leads into its test, which opens by itself.
    page.click("a.chip[data-word=misfire]")?;
    page.wait("document.querySelector(location.hash).checkVisibility()")?;
    Ok(())
}

fn verdicts_are_filtered(page: &Session) -> Result<(), Failure> {
    page.open(&made::red(), "")?;
    let rows = page.number(ROWS)?;
    page.click("button[data-filter=misfire]")?;
    assert_eq!(page.number(SHOWN)?, 1);
    assert_eq!(page.number(ROWS)?, 1);
    let status = "document.querySelector('.status').textContent";
    assert_eq!(
        page.text(status)?,
        "1 of 8 tests, 1 of 7 cells of the tables"
    );
    assert!(
        page.holds("document.querySelector('button[data-filter=misfire]').ariaPressed === 'true'")?
    );
    // Two words are either.
    page.click("button[data-filter=blind]")?;
    assert_eq!(page.number(SHOWN)?, 2);
    page.click("#clear")?;
    assert_eq!(page.number(SHOWN)?, 8);
    assert_eq!(page.number(ROWS)?, rows);
    // A test that was not performed has no verdict, and is not as expected either.
    page.click("button[data-filter=unexpected]")?;
    assert_eq!(page.number(SHOWN)?, 7);
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}

fn texts_are_searched(page: &Session) -> Result<(), Failure> {
    page.open(&made::red(), "")?;
    let nothing = "document.querySelector('.nothing').checkVisibility()";
    for (text, tests) in [
        ("teamviewer", 1),
        ("T1021.008", 4),
        // A detection's title, with what HTML escapes.
        ("<temporary>", 7),
        // A value of an event that only a closed test holds.
        ("aws-runshellscript", 2),
        ("nothing is called so", 0),
    ] {
        page.click("#search")?;
        page.keys(text)?;
        page.wait(&format!("{SHOWN} === {tests}"))?;
        assert_eq!(page.holds(nothing)?, tests == 0, "{text}");
        // Escape takes it back.
        page.keys("\u{e00c}")?;
        page.wait(&format!("{SHOWN} === 8"))?;
    }
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}

fn hits_alone_are_searched(page: &Session) -> Result<(), Failure> {
    let mut report = made::red();
    for test in &mut report.tests {
        test.verdicts.clear();
        test.signals.clear();
        test.controls.clear();
        test.claims.clear();
        test.not_run = None;
    }
    page.open(&report, "")?;
    assert_eq!(
        page.number("document.querySelectorAll('.matrix').length")?,
        0
    );
    page.click("#search")?;
    page.keys("anything at all")?;
    page.wait(&format!("{SHOWN} === 1"))?;
    page.click("#open")?;
    page.wait(&format!("{BODIES} === 1"))?;
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}

fn a_verdict_opens_by_mouse(page: &Session) -> Result<(), Failure> {
    page.open(&made::red(), "")?;
    assert_eq!(
        page.number(BODIES)?,
        0,
        "nothing is made before it is opened"
    );
    page.click("a.chip[data-word=misfire]")?;
    page.wait("document.activeElement.matches('.detection')")?;
    assert_eq!(page.number(BODIES)?, 1);
    let told = page.text("document.activeElement.innerText")?;
    for part in [
        "misfire",
        "Came closest:",
        "Smallest change",
        "endswith",
        "\\AnyDesk.exe",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let marked = "document.activeElement.querySelector('.event .failed').innerText";
    assert!(
        page.text(marked)?.starts_with("Image"),
        "{}",
        page.text(marked)?
    );
    page.open(&readings(), "")?;
    // Both readings of a query stand in one cell and in one block.
    assert_eq!(
        page.number("document.querySelectorAll('.matrix td a.chip').length")?,
        2
    );
    page.click("a.chip[data-word=invalid]")?;
    page.wait("document.activeElement.matches('.detection')")?;
    let readings = "[...document.activeElement.querySelectorAll('.reading')].map((one) => one.innerText.split('\\n')[0]).join('; ')";
    assert_eq!(
        page.text(readings)?,
        "invalid strict eval is no operator; fired intent it fired on installer-started"
    );
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}

fn everything_is_reached_by_keyboard(page: &Session) -> Result<(), Failure> {
    page.open(&made::red(), "")?;
    let tab = "\u{e004}";
    // The first stop leads over the head of the page.
    page.keys(tab)?;
    assert!(page.holds("document.activeElement.matches('.skip')")?);
    assert!(page.holds("document.activeElement.getBoundingClientRect().left >= 0")?);
    let mut stops = 0;
    while !page.holds("document.activeElement.matches('.matrix a.chip')")? {
        page.keys(tab)?;
        stops += 1;
        assert!(stops < 100, "no verdict is reached");
        let ring = "getComputedStyle(document.activeElement).outlineStyle";
        assert_ne!(page.text(ring)?, "none", "the focus is seen");
    }
    page.keys("\u{e007}")?;
    page.wait("document.activeElement.matches('.detection')")?;
    assert_eq!(page.number(BODIES)?, 1);
    // The arrows go from verdict to verdict.
    page.open(&large(6, 3), "")?;
    page.ask("document.querySelector('.matrix a.chip').focus()")?;
    page.keys("\u{e014}\u{e015}")?;
    let place = "document.activeElement.closest('tr').rowIndex + ' ' + document.activeElement.closest('td').cellIndex";
    assert_eq!(page.text(place)?, "2 2");
    // A slash leads to the search, and a test opens with Enter.
    page.keys("/number 4")?;
    assert_eq!(
        page.text("document.querySelector('#search').value")?,
        "number 4"
    );
    page.wait(&format!("{SHOWN} === 1"))?;
    page.ask("document.querySelector('details.test:not([hidden]) summary').focus()")?;
    page.keys("\u{e007}")?;
    page.wait("document.querySelector('details.test[open] .body')")?;
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}

fn a_link_leads_into_a_test(page: &Session) -> Result<(), Failure> {
    let report = large(50, 4);
    page.open(&report, "")?;
    let place = page.text(
        "document.querySelectorAll('.matrix tbody tr')[40].querySelectorAll('a.chip')[2].hash",
    )?;
    assert!(place.contains("--"), "{place}");
    page.open(&report, &place)?;
    page.wait("document.activeElement.id === location.hash.slice(1)")?;
    assert_eq!(page.number(BODIES)?, 1);
    page.wait("Math.abs(document.activeElement.getBoundingClientRect().top) < innerHeight")?;
    // So does the name of a test alone.
    let test = place.split("--").next().unwrap_or_default();
    page.open(&report, test)?;
    page.wait("document.querySelector('details.test[open] .body')")?;
    // One that is nowhere does nothing.
    page.open(&report, "#test-nowhere--0")?;
    assert_eq!(page.number(BODIES)?, 0);
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}

fn tests_are_sorted_and_opened_at_once(page: &Session) -> Result<(), Failure> {
    page.open(&made::red(), "")?;
    let words =
        "[...document.querySelectorAll('details.test')].map((test) => test.dataset.word).join(' ')";
    let first = page.text(words)?;
    let choose = |value: &str| {
        page.ask(&format!(
            "const order = document.querySelector('#order'); order.value = '{value}';
            order.dispatchEvent(new Event('change'))"
        ))
    };
    choose("worst")?;
    let ranks =
        "[...document.querySelectorAll('details.test')].map((test) => test.dataset.rank).join('')";
    assert_eq!(page.text(ranks)?, "00001112");
    choose("run")?;
    assert_eq!(page.text(words)?, first);
    page.click("#open")?;
    page.wait(&format!("{BODIES} === 8"))?;
    page.click("#close")?;
    assert_eq!(
        page.number("document.querySelectorAll('details.test[open]').length")?,
        0
    );
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}

fn a_thousand_tests_stay_light(page: &Session) -> Result<(), Failure> {
    page.open(&large(1_000, 20), "")?;
    assert_eq!(
        page.number("document.querySelectorAll('.matrix a.chip').length")?,
        20_000
    );
    let elements = page.number("document.querySelectorAll('*').length")?;
    assert!(elements < 150_000, "{elements} elements");
    assert_eq!(page.number(BODIES)?, 0);
    page.click("#search")?;
    page.keys("number 999")?;
    page.wait(&format!("{SHOWN} === 1"))?;
    assert_eq!(page.number(ROWS)?, 1);
    page.click("#clear")?;
    page.wait(&format!("{SHOWN} === 1000"))?;
    page.click("button[data-filter=unexpected]")?;
    page.wait(&format!("{SHOWN} < 1000"))?;
    page.click("details.test:not([hidden]) > summary")?;
    page.wait(&format!("{BODIES} === 1"))?;
    // All of them, some at a time, and the page is still there meanwhile.
    page.click("#clear")?;
    page.click("#open")?;
    page.wait(&format!("{BODIES} === 1000"))?;
    page.click("#close")?;
    assert_eq!(page.number(OPEN)?, 0);
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}

fn it_is_printed_opened(page: &Session) -> Result<(), Failure> {
    let pages = |pdf: &[u8]| {
        let text = String::from_utf8_lossy(pdf);
        text.matches("/Type /Page\n").count() + text.matches("/Type /Page ").count()
    };
    page.open(&made::green(), "")?;
    let green = page.print()?;
    assert!(green.starts_with(b"%PDF-"));
    assert!((2..=6).contains(&pages(&green)), "{} pages", pages(&green));
    // What was opened is printed.
    page.click("details.test > summary")?;
    page.wait("document.querySelector('details.test[open] .body')")?;
    let opened = page.print()?;
    assert!(pages(&opened) > pages(&green), "{} pages", pages(&opened));
    // Neither filters nor closing keep from paper what is not as expected.
    page.open(&made::red(), "")?;
    page.click("button[data-filter=misfire]")?;
    assert_eq!(page.number(SHOWN)?, 1);
    page.ask(
        "addEventListener('beforeprint', () => {
        window.printed = document.querySelectorAll('details.test[open]:not([hidden]) .body').length;
    })",
    )?;
    let red = page.print()?;
    assert_eq!(page.number("window.printed")?, 7);
    assert!((8..=24).contains(&pages(&red)), "{} pages", pages(&red));
    assert!(red.len() > green.len());
    // Afterwards it is as it was.
    page.wait("document.querySelectorAll('details.test[open]').length === 0")?;
    assert_eq!(page.number(SHOWN)?, 1);
    // Of many tests, those that are as expected are a line each.
    page.open(&large(300, 2), "")?;
    let large = page.print()?;
    assert!(
        (20..=120).contains(&pages(&large)),
        "{} pages",
        pages(&large)
    );
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}
