//! The report as a page in HTML, without a browser; `tests/browser/` opens it in one.

use std::collections::BTreeSet;
use std::path::Path;

use misfire::event::base64;
use misfire::verdict::{Report, SignalState, Verdict};
use sha2::{Digest, Sha256};

use crate::support::home::Home;
use crate::support::pages::{HOSTILE, hostile, large, page, readings, secretive, spread};
use crate::support::report as made;

/// A tag of a page: its name, and its attributes.
#[derive(Debug)]
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The tags of a page in order, those that end an element left out. What stands in
/// `script` and `style` is no tag.
fn tags(page: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let end = rest.find('>').expect("a tag that ends");
        let (inside, behind) = rest.split_at(end);
        rest = behind;
        if inside.starts_with(['/', '!']) {
            continue;
        }
        let (name, mut text) = inside.split_once(' ').unwrap_or((inside, ""));
        let mut attributes = Vec::new();
        while !text.is_empty() {
            let length = text.find([' ', '=']).unwrap_or(text.len());
            let (key, behind) = text.split_at(length);
            let (value, behind) = match behind.strip_prefix("=\"") {
                Some(quoted) => quoted.split_once('"').expect("a value that ends"),
                None => ("", behind),
            };
            attributes.push((key.to_owned(), value.to_owned()));
            text = behind.trim_start();
        }
        if matches!(name, "script" | "style") {
            let close = rest.find(&format!("</{name}>")).expect("its end");
            rest = &rest[close..];
        }
        found.push(Tag {
            name: name.to_owned(),
            attributes,
        });
    }
    found
}

/// What stands between the tags, with line breaks in their place.
fn texts(page: &str) -> String {
    let mut text = String::new();
    for piece in page.split('<') {
        text.push('\n');
        text.push_str(piece.split_once('>').map_or(piece, |(_, behind)| behind));
    }
    text
}

fn contents<'p>(page: &'p str, element: &str) -> Vec<&'p str> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    page.split(&open)
        .skip(1)
        .map(|rest| rest.split(&close).next().expect("its end"))
        .collect()
}

fn reports() -> Vec<Report> {
    vec![
        made::green(),
        made::red(),
        made::executed(),
        readings(),
        hostile(),
        large(60, 5),
        spread(),
        Report::default(),
    ]
}

/// A page without its style and its scripts, a tag a line.
fn skeleton(page: &str) -> String {
    let mut text = page.to_owned();
    for element in ["style", "script"] {
        for inner in contents(page, element) {
            text = text.replace(inner, "");
        }
    }
    let policy = text.find("content=\"default-src").expect("a policy");
    let end = text[policy..].find('>').expect("its end") + policy;
    text.replace_range(policy..end, "content=\"\"");
    text.replace(env!("CARGO_PKG_VERSION"), "VERSION")
        .replace('<', "\n<")
        .trim_start()
        .to_owned()
        + "\n"
}

#[test]
fn it_is_as_the_golden_pages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/reports");
    let bless = std::env::var_os("MISFIRE_BLESS").is_some();
    let mut wrong = Vec::new();
    for (name, report) in [
        ("red.html.txt", made::red()),
        ("executed.html.txt", made::executed()),
        ("readings.html.txt", readings()),
    ] {
        let seen = skeleton(&page(&report));
        let path = folder.join(name);
        if bless {
            std::fs::write(&path, &seen).expect("a golden file");
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(&seen) {
            wrong.push(format!("{name} is another:\n{seen}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn texts_from_outside_make_no_element_and_no_attribute() {
    let elements = BTreeSet::from([
        "a", "b", "bdi", "body", "button", "caption", "code", "dd", "details", "div", "dl", "dt",
        "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "h5", "head", "header", "html",
        "input", "label", "legend", "li", "main", "meta", "noscript", "ol", "option", "p", "pre",
        "rect", "script", "section", "select", "span", "style", "summary", "svg", "table", "tbody",
        "td", "th", "thead", "time", "title", "tr", "ul",
    ]);
    for report in reports() {
        let page = page(&report);
        for tag in tags(&page) {
            assert!(elements.contains(tag.name.as_str()), "{tag:?}");
            for (name, value) in &tag.attributes {
                assert!(!name.starts_with("on") && name != "style", "{tag:?}");
                let is_ours = !value.contains("owned") && !value.contains("WWWW");
                assert!(
                    is_ours && value.is_ascii() || name == "data-sign",
                    "{tag:?}"
                );
            }
        }
        assert_eq!(contents(&page, "script").len(), 2);
        assert_eq!(contents(&page, "style").len(), 1);
        // A browser with a script takes all of this as one text.
        for inner in contents(&page, "noscript") {
            assert!(!inner.contains("<noscript"), "{inner}");
        }
        let is_steering = |sign: char| {
            sign.is_control() && sign != '\n' || ('\u{202a}'..='\u{202e}').contains(&sign)
        };
        assert!(!page.contains(is_steering));
    }
    let page = page(&hostile());
    assert!(texts(&page).contains("&lt;script&gt;document.title='owned'&lt;/script&gt;"));
    for text in HOSTILE {
        let shown = text.chars().take_while(|sign| sign.is_ascii_alphanumeric());
        assert!(page.contains(&shown.collect::<String>()));
    }
}

#[test]
fn it_loads_nothing() {
    for report in reports() {
        let page = page(&report);
        for tag in tags(&page) {
            let loads = ["src", "srcset", "poster", "data", "action", "xlink:href"];
            assert!(loads.iter().all(|name| tag.get(name).is_none()), "{tag:?}");
            if let Some(address) = tag.get("href") {
                let is_page = address.starts_with("https://attack.mitre.org/techniques/T");
                assert!(
                    tag.name == "a" && (address.starts_with('#') || is_page),
                    "{tag:?}"
                );
            }
        }
        for own in contents(&page, "style")
            .iter()
            .chain(&contents(&page, "script"))
        {
            for load in [
                "url(", "@import", "http:", "https:", "fetch(", "import(", "XMLHttp",
            ] {
                assert!(!own.contains(load), "{load}");
            }
        }
    }
}

#[test]
fn its_policy_names_its_own_style_and_scripts() {
    // Words of the style and of the scripts, as secrets.
    for word in [
        "aria-pressed",
        "misfire-theme",
        "content-visibility",
        "use strict",
    ] {
        let page = page(&secretive(word));
        let policy = tags(&page)
            .into_iter()
            .find(|tag| tag.get("http-equiv") == Some("Content-Security-Policy"))
            .expect("a policy");
        let policy = policy
            .get("content")
            .expect("its text")
            .replace("&#39;", "'");
        assert!(policy.starts_with("default-src 'none';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        let hash = |text: &str| format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())));
        for style in contents(&page, "style") {
            assert!(
                policy.contains(&format!("style-src {}", hash(style))),
                "{word}: {policy}"
            );
        }
        for script in contents(&page, "script") {
            assert!(policy.contains(&hash(script)), "{word}: {policy}");
        }
    }
}

#[test]
fn a_secret_is_masked_however_it_is_escaped() {
    for secret in ["pa<ss&w0\"rd'>x", "tick`ed`S3cret", "Plain-Secret-77"] {
        let page = page(&secretive(secret));
        let escaped = secret
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let quoted = escaped.replace('"', "&quot;");
        let apart = quoted
            .replace('`', "</code>")
            .replace("</code>ed", "<code>ed");
        for form in [
            secret,
            &escaped,
            &quoted,
            &quoted.replace('\'', "&apos;"),
            &apart,
        ] {
            assert!(!page.contains(form), "{form}");
        }
        let masked = page.matches("[masked password]").count();
        assert!(masked >= 8, "{masked}");
    }
    // Nor is the half of one that stands where a long text is cut.
    let secret = "Plain-Secret-77";
    let mut report = secretive(secret);
    for length in [115, 1_995] {
        let long = format!("{}{secret}", "x".repeat(length));
        report.tests[0].name = long.clone();
        report.tests[0].arguments.insert("folder".to_owned(), long);
        assert!(!page(&report).contains("xPla"));
    }
    // A value that could be any word is masked where its name stands beside it.
    let page = page(&made::red());
    assert!(
        !page.contains("hunter"),
        "an argument, its default, and a nested field"
    );
    assert!(page.contains("[masked token]"));
}

#[test]
fn every_link_leads_somewhere() {
    for report in reports() {
        let page = page(&report);
        let tags = tags(&page);
        let ids: Vec<_> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{ids:?}");
        let named = |attribute| tags.iter().filter_map(move |tag| tag.get(attribute));
        let places = named("href").filter_map(|address| address.strip_prefix('#'));
        let labels = named("aria-labelledby").chain(named("for"));
        for place in places.chain(labels) {
            assert!(ids.contains(&place), "{place}");
        }
        // Two readings of a query stand together.
        let detections: usize = report
            .tests
            .iter()
            .map(|test| {
                let names = test.verdicts.iter().map(|given| given.detection.as_str());
                names.collect::<BTreeSet<_>>().len()
            })
            .sum();
        let verdicts = ids.iter().filter(|id| id.contains("--")).count();
        assert_eq!(verdicts, detections);
    }
}

#[test]
fn a_table_says_what_its_cells_are_of() {
    for report in reports() {
        let page = page(&report);
        for tag in tags(&page) {
            if tag.name == "th" {
                assert!(matches!(tag.get("scope"), Some("col" | "row")), "{tag:?}");
            }
        }
        // Headings go down one level at a time.
        let mut last = 0;
        for tag in tags(&page) {
            let level = match tag.name.as_bytes() {
                [b'h', level @ b'1'..=b'6'] => usize::from(level - b'0'),
                _ => continue,
            };
            assert!(level <= last + 1, "h{level} below h{last}");
            last = level;
        }
    }
}

#[test]
fn the_summary_says_whose_fault_it_is() {
    let page = page(&made::red());
    let summary = page.split("</section>").next().expect("a summary");
    let told = texts(summary.split("</style>").nth(1).expect("a body"));
    let told: Vec<_> = told
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let told = told.join(" ");
    // Of each fault: its verdicts, those that are not as expected, and which they are.
    for row in [
        "Fired 4 1 the detection fired",
        "The rule missed 2 2 1 stray 1 misfire the events are there",
        "Telemetry is missing 1 1 1 blind what the detection needs",
        "The test did not run 0 0 1 test nothing was performed",
        "Not known 1 1 1 inconclusive the records do not tell",
    ] {
        assert!(told.contains(row), "{row}\n{told}");
    }
    assert!(
        told.contains("authored 6 3 fired 1 stray 1 blind 1 inconclusive"),
        "{told}"
    );
    assert!(
        told.contains("authored, stand-in 2 1 fired 1 misfire"),
        "{told}"
    );
    assert!(told.contains("not as expected"), "{told}");
}

#[test]
fn the_failed_predicate_is_marked_in_the_event() {
    let page = page(&made::red());
    let marked = page
        .split("<tr class=\"failed\"><th scope=\"row\">")
        .nth(1)
        .expect("a marked field");
    assert!(marked.starts_with("<code>Image</code> <span class=\"mark fails\">"));
    let held = page.split("<tr class=\"holds\"><th scope=\"row\">").nth(1);
    assert!(
        held.expect("a field that holds")
            .starts_with("<code>tokenValue</code>")
    );
    // Nested data is told by its path.
    assert!(page.contains("<code>requestParameters.document.name</code>"));
}

#[test]
fn a_table_that_would_be_nearly_empty_is_a_list() {
    let mut report = large(40, 1);
    for (number, test) in report.tests.iter_mut().enumerate() {
        for given in &mut test.verdicts {
            given.detection = misfire::detect::DetectionId::new(&format!("own-{number}"));
        }
    }
    let page = page(&report);
    assert!(page.contains("<table class=\"matrix list\">"));
    assert_eq!(page.matches("<td class=\"empty\"").count(), 0);
    assert_eq!(page.matches("<td data-test=").count(), 40);
}

#[test]
fn techniques_of_a_verdict_or_two_share_a_list() {
    let techniques = ["T1016", "T1033", "T1049", "T1219.001"];
    let mut report = spread();
    let shared = page(&report);
    assert_eq!(shared.matches("<table class=\"matrix").count(), 1);
    assert_eq!(shared.matches("<td data-test=").count(), 4);
    for technique in techniques {
        assert!(shared.contains(&format!("<span class=\"faint\">{technique}</span>")));
    }
    report.tests.truncate(2);
    assert_eq!(page(&report).matches("<table class=\"matrix").count(), 2);
}

#[test]
fn a_test_that_did_not_run_is_listed_once() {
    let mut report = made::red();
    report.tests.truncate(1);
    let test = &mut report.tests[0];
    test.not_run = Some("a prerequisite is missing".to_owned());
    test.verdicts = vec![made::verdict(Verdict::NotRun, false)];
    test.signals = vec![made::signal("started", SignalState::Unknown)];
    let listed = |report: &Report| {
        let page = page(report);
        let list = page.split("<ul class=\"misses\">").nth(1).expect("a list");
        let list = list.split("</ul>").next().expect("its end");
        list.matches("<li>").count()
    };
    assert_eq!(listed(&report), 1);
    report.tests[0].not_run = None;
    assert_eq!(listed(&report), 2);
}

#[test]
fn the_program_writes_it_the_same_each_time() {
    let home = Home::new();
    let once = |threads: &str, name: &str| {
        let target = format!("html={name}");
        let args = [
            "run",
            "T1219.001",
            "-q",
            "--threads",
            threads,
            "--report",
            &target,
        ];
        home.misfire(&args).exits(0);
        std::fs::read_to_string(home.path(name)).expect("a page")
    };
    let page = once("1", "a.html");
    assert_eq!(page, once("4", "b.html"));
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    assert!(page.contains("Visual Studio Code Tunnel Started"));
    // The event that came closest to a rule that stayed silent is there, whole.
    assert!(page.contains("<code>ParentCommandLine</code>"));
    let text = home
        .misfire(&["run", "T1219.001", "--report", "html=-"])
        .exits(0)
        .out();
    assert_eq!(text, page);
}
