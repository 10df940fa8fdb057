//! What the page must never do.

use crate::Test;
use crate::session::{Failure, Session};
use crate::support::pages::hostile;
use crate::support::report as made;

pub const TESTS: [Test; 3] = [
    ("hostile_texts_do_nothing", hostile_texts_do_nothing),
    ("it_loads_nothing", it_loads_nothing),
    (
        "its_policy_stops_what_is_not_its_own",
        its_policy_stops_what_is_not_its_own,
    ),
];

/// Opens every test and all that is in it.
pub fn open_all(page: &Session) -> Result<(), Failure> {
    page.click("#open")?;
    page.wait("[...document.querySelectorAll('details.test')].every((test) => test.open && test.querySelector('.body'))")?;
    page.ask("for (const inner of document.querySelectorAll('details')) inner.open = true")?;
    Ok(())
}

fn hostile_texts_do_nothing(page: &Session) -> Result<(), Failure> {
    page.open(&hostile(), "")?;
    open_all(page)?;
    // A dialogue would stop this.
    assert_eq!(page.text("document.title")?, "Detection test report");
    let strange =
        "document.querySelectorAll('img, iframe, object, embed, link, base, video, audio').length";
    assert_eq!(page.number(strange)?, 0);
    assert_eq!(
        page.number("document.querySelectorAll('script').length")?,
        2
    );
    assert_eq!(page.number("document.querySelectorAll('svg').length")?, 1);
    let handlers = "[...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith('on') || name === 'style').length";
    assert_eq!(page.number(handlers)?, 0);
    // They are shown.
    let shown = page.text("document.body.innerText")?;
    for text in [
        "<script>document.title='owned'</script>",
        "<img src=x onerror=\"document.title='owned'\">",
        "&lt;i&gt; ]]> {{x}}",
        "\\u{202e}gnitirw",
    ] {
        assert!(shown.contains(text), "{text}");
    }
    // Searching for them does nothing either.
    page.click("#search")?;
    page.keys("</script>")?;
    page.wait("document.querySelector('.status').textContent.startsWith('3 of 8')")?;
    assert_eq!(page.text("document.title")?, "Detection test report");
    assert_eq!(page.log()?, Vec::<String>::new());
    Ok(())
}

fn it_loads_nothing(page: &Session) -> Result<(), Failure> {
    for report in [made::red(), made::executed()] {
        page.open(&report, "")?;
        open_all(page)?;
        let loaded = "performance.getEntriesByType('resource').length";
        assert_eq!(page.number(loaded)?, 0);
        assert_eq!(page.log()?, Vec::<String>::new());
    }
    Ok(())
}

fn its_policy_stops_what_is_not_its_own(page: &Session) -> Result<(), Failure> {
    page.open(&made::green(), "")?;
    page.ask("window.stopped = [];
        addEventListener('securitypolicyviolation', (event) => window.stopped.push(event.effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'window.owned = true';
        document.body.append(script);
        const image = document.createElement('img');
        image.src = 'http://127.0.0.1:9/x.png';
        document.body.append(image);
        fetch('http://127.0.0.1:9/').catch(() => {});")?;
    page.wait("window.stopped.length >= 3")?;
    assert!(page.holds("window.owned === undefined")?);
    let stopped = page.text("window.stopped.sort().join(' ')")?;
    for directive in ["connect-src", "img-src", "script-src-elem"] {
        assert!(stopped.contains(directive), "{stopped}");
    }
    // What is in the log is what was stopped here.
    assert!(page.log()?.len() >= 3);
    Ok(())
}
