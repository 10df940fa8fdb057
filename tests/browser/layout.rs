//! How the page looks: to everyone, and at any width.

use crate::Test;
use crate::checks::open_all;
use crate::session::{Failure, Session};
use crate::support::pages::{hostile, large, readings, spread};
use crate::support::report as made;

/// The test that needs axe-core.
pub const NEEDS_AXE: &str = "it_keeps_nobody_out";

pub const TESTS: [Test; 4] = [
    ("nothing_leaves_its_place", nothing_leaves_its_place),
    ("it_is_light_or_dark", it_is_light_or_dark),
    (
        "a_narrow_page_has_a_list_for_a_table",
        a_narrow_page_has_a_list_for_a_table,
    ),
    (NEEDS_AXE, it_keeps_nobody_out),
];

/// Texts that stick out of what they are in, to either side; what is in no box at all
/// is not shown.
const OUTSIDE: &str = "
    const places = 'td, th, dd, dt, li, p, pre, h1, h2, h3, h4, h5, caption, summary, .chip, .near, .body, button';
    const found = [];
    for (const place of document.querySelectorAll(places)) {
        const box = place.getBoundingClientRect();
        if (!place.checkVisibility() || box.width < 2) continue;
        const range = document.createRange();
        range.selectNodeContents(place);
        for (const part of range.getClientRects()) {
            if (part.width && (part.right > box.right + 1.5 || part.left < box.left - 1.5)) {
                found.push(place.tagName + '.' + place.className + ' ' + place.textContent.slice(0, 60)
                    + ' ' + [part.left, part.right, box.left, box.right].map(Math.round));
                break;
            }
        }
    }
    return found.slice(0, 10)";

fn nothing_leaves_its_place(page: &Session) -> Result<(), Failure> {
    let reports = [
        made::red(),
        made::executed(),
        hostile(),
        readings(),
        spread(),
        large(12, 9),
    ];
    for (number, report) in reports.iter().enumerate() {
        for width in [1280, 375] {
            page.size(width, 900)?;
            page.open(report, "")?;
            open_all(page)?;
            let outside = page.ask(OUTSIDE)?;
            assert_eq!(
                outside,
                serde_json::json!([]),
                "report {number}, {width} px"
            );
            let wide = page.number("document.documentElement.scrollWidth")?;
            assert!(
                wide <= i64::from(width),
                "report {number}: {wide} of {width} px"
            );
        }
    }
    Ok(())
}

fn it_is_light_or_dark(page: &Session) -> Result<(), Failure> {
    let paper = "(() => {
        const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number);
        return (red + green + blue) / 3;
    })()";
    page.prefer("light")?;
    page.open(&made::red(), "")?;
    assert!(page.number(paper)? > 200);
    page.prefer("dark")?;
    assert!(page.number(paper)? < 60);
    page.wait("document.querySelector('#theme').textContent === 'Light'")?;
    // The reader's choice goes before, and is kept.
    page.click("#theme")?;
    assert!(page.number(paper)? > 200);
    page.open(&made::red(), "")?;
    assert!(page.number(paper)? > 200);
    page.click("#theme")?;
    assert!(page.number(paper)? < 60);
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}

fn a_narrow_page_has_a_list_for_a_table(page: &Session) -> Result<(), Failure> {
    page.open(&large(12, 9), "")?;
    let display = "getComputedStyle(document.querySelector('.matrix tbody tr')).display";
    let of = "document.querySelector('.matrix td .of').checkVisibility()";
    assert_eq!(page.text(display)?, "table-row");
    assert!(!page.holds(of)?);
    // The headers stay in sight.
    page.ask(
        "document.querySelector('.scroll').scrollTo({left: 300, top: 200, behavior: 'instant'})",
    )?;
    let stuck = "(() => {
        const box = document.querySelector('.scroll').getBoundingClientRect();
        const head = document.querySelector('.matrix thead th:nth-child(9)').getBoundingClientRect();
        const side = document.querySelector('.matrix tbody tr:nth-child(9) th').getBoundingClientRect();
        return Math.abs(head.top - box.top) < 3 && Math.abs(side.left - box.left) < 3;
    })()";
    assert!(page.holds(stuck)?);
    page.size(375, 900)?;
    assert_eq!(page.text(display)?, "block");
    assert!(page.holds(of)?);
    let cell = page.text("document.querySelector('.matrix td:not(.empty)').innerText")?;
    assert!(
        cell.contains("Detection number 0") && cell.contains("misfire"),
        "{cell}"
    );
    Ok(())
}

fn it_keeps_nobody_out(page: &Session) -> Result<(), Failure> {
    for scheme in ["light", "dark"] {
        page.prefer(scheme)?;
        for width in [1280, 375] {
            page.size(width, 900)?;
            for (number, report) in [made::red(), made::executed(), readings(), spread()]
                .iter()
                .enumerate()
            {
                page.open(report, "")?;
                open_all(page)?;
                let found = page.axe()?;
                assert!(
                    found.is_empty(),
                    "report {number}, {scheme}, {width} px: {found:#?}"
                );
            }
        }
    }
    Ok(())
}
