//! A browser with a page in it.

use std::env;
use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::common::print::PrintParameters;
use thirtyfour::prelude::*;
use tokio::runtime::Runtime;

use crate::support::pages;
use misfire::verdict::Report;

/// Why a test could not be carried out.
#[derive(Debug)]
pub struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        // What follows is the inside of the driver.
        let told = error.to_string();
        let told = told.split("Stacktrace:").next().unwrap_or_default();
        Self(told.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// Names of the browser, the first that is there is taken.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// How it is started: alone, with nothing of its own to fetch.
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
];

/// The programs that are needed.
pub struct Tools {
    driver: PathBuf,
    browser: PathBuf,
    /// A copy of axe-core, which looks for what keeps people out.
    pub axe: Option<PathBuf>,
}

impl Tools {
    /// Finds them, or says which is not there.
    pub fn find() -> Result<Self, String> {
        let driver = in_path("chromedriver").ok_or("no chromedriver found")?;
        let browser = BROWSERS.iter().find_map(|name| in_path(name));
        let browser = browser.ok_or_else(|| format!("none of {} found", BROWSERS.join(", ")))?;
        let axe = env::var_os("MISFIRE_AXE").map(PathBuf::from);
        Ok(Self {
            driver,
            browser,
            axe: axe.filter(|path| path.is_file()),
        })
    }
}

fn in_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let mut places = env::split_paths(&path).map(|folder| folder.join(name));
    places.find(|place| place.is_file())
}

/// The driver, which ends with the session.
struct Driver {
    process: Child,
    address: String,
}

impl Driver {
    fn start(program: &Path) -> Result<Self, Failure> {
        let mut process = Command::new(program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let told = process.stdout.take();
        let mut lines = told
            .map(BufReader::new)
            .into_iter()
            .flat_map(BufRead::lines);
        let port = lines.find_map(|line| {
            let line = line.ok()?;
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let Some(port) = port else {
            let _ = process.kill();
            return Err(Failure("chromedriver names no port".to_owned()));
        };
        Ok(Self {
            process,
            address: format!("http://127.0.0.1:{port}"),
        })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A browser, with a profile of its own.
pub struct Session {
    runtime: Runtime,
    driver: Option<WebDriver>,
    axe: Option<PathBuf>,
    folder: TempDir,
    // The last, so that the browser is told to end before its driver does.
    _server: Driver,
}

impl Session {
    pub fn start(tools: &Tools) -> Result<Self, Failure> {
        // The client could speak TLS and wants to know how, once a process.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = Driver::start(&tools.driver)?;
        let folder = TempDir::new()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(&tools.browser.to_string_lossy())?;
        wanted.set_browser_log_level(LoggingPrefsLogLevel::All)?;
        for flag in FLAGS {
            wanted.add_arg(flag)?;
        }
        let profile = folder.path().join("profile");
        wanted.add_arg(&format!("--user-data-dir={}", profile.display()))?;
        let driver = runtime.block_on(WebDriver::new(server.address.as_str(), wanted))?;
        let session = Self {
            runtime,
            driver: Some(driver),
            axe: tools.axe.clone(),
            folder,
            _server: server,
        };
        session.size(1280, 900)?;
        Ok(session)
    }

    fn driver(&self) -> Result<&WebDriver, Failure> {
        self.driver
            .as_ref()
            .ok_or_else(|| Failure("the browser has ended".to_owned()))
    }

    /// Sends a command of the DevTools protocol.
    pub fn tell(&self, command: &str, parameters: Value) -> Result<Value, Failure> {
        let tools = self.driver()?.cdp();
        let told = tools.send_raw(command, parameters);
        Ok(self.runtime.block_on(told)?)
    }

    /// Makes the page so many pixels wide and high.
    pub fn size(&self, width: u32, height: u32) -> Result<(), Failure> {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.tell("Emulation.setDeviceMetricsOverride", size)?;
        Ok(())
    }

    /// Makes the reader's system one that is light or dark.
    pub fn prefer(&self, scheme: &str) -> Result<(), Failure> {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.tell("Emulation.setEmulatedMedia", json!({"features": [feature]}))?;
        Ok(())
    }

    /// Opens the page of a report, at a place in it or none (`#…`).
    pub fn open(&self, report: &Report, place: &str) -> Result<(), Failure> {
        let path = self.folder.path().join("report.html");
        fs::write(&path, pages::page(report))?;
        self.go(&format!("file://{}{place}", path.display()))
    }

    pub fn go(&self, address: &str) -> Result<(), Failure> {
        // A page that differs in its place only is not loaded again.
        let driver = self.driver()?;
        self.runtime.block_on(driver.goto("about:blank"))?;
        Ok(self.runtime.block_on(driver.goto(address))?)
    }

    /// What a script returns.
    pub fn ask(&self, script: &str) -> Result<Value, Failure> {
        let driver = self.driver()?;
        let told = self.runtime.block_on(driver.execute(script, Vec::new()))?;
        Ok(told.json().clone())
    }

    /// The number that an expression gives.
    pub fn number(&self, expression: &str) -> Result<i64, Failure> {
        let told = self.ask(&format!("return Math.round({expression})"))?;
        told.as_i64()
            .ok_or_else(|| Failure(format!("{expression} is {told}")))
    }

    /// The text that an expression gives.
    pub fn text(&self, expression: &str) -> Result<String, Failure> {
        let told = self.ask(&format!("return String({expression})"))?;
        Ok(told.as_str().unwrap_or_default().to_owned())
    }

    /// Whether an expression holds.
    pub fn holds(&self, expression: &str) -> Result<bool, Failure> {
        Ok(self.ask(&format!("return Boolean({expression})"))? == json!(true))
    }

    /// Waits until an expression holds.
    pub fn wait(&self, expression: &str) -> Result<(), Failure> {
        for _ in 0..1_200 {
            if self.holds(expression)? {
                return Ok(());
            }
            let nap = async { tokio::time::sleep(Duration::from_millis(50)).await };
            self.runtime.block_on(nap);
        }
        Err(Failure(format!("this never holds: {expression}")))
    }

    /// Clicks the first element that a selector finds.
    pub fn click(&self, selector: &str) -> Result<(), Failure> {
        let driver = self.driver()?;
        self.runtime.block_on(async {
            let found = driver.find(By::Css(selector)).await?;
            found.scroll_into_view().await?;
            found.click().await
        })?;
        Ok(())
    }

    /// Presses keys, wherever the focus is.
    pub fn keys(&self, keys: &str) -> Result<(), Failure> {
        let driver = self.driver()?;
        // The chain wants the runtime around it from its beginning.
        let pressed = async { driver.action_chain().send_keys(keys).perform().await };
        Ok(self.runtime.block_on(pressed)?)
    }

    /// What the browser has to say of the page: errors, and what its policy blocked.
    pub fn log(&self) -> Result<Vec<String>, Failure> {
        let entries = self.runtime.block_on(self.driver()?.browser_log())?;
        Ok(entries.into_iter().map(|entry| entry.message).collect())
    }

    /// The page as a PDF.
    pub fn print(&self) -> Result<Vec<u8>, Failure> {
        let printed = self.driver()?.print_page(PrintParameters::default());
        Ok(self.runtime.block_on(printed)?)
    }

    /// What axe-core finds, each as its rule and the elements.
    pub fn axe(&self) -> Result<Vec<String>, Failure> {
        let Some(path) = &self.axe else {
            return Err(Failure("no axe-core".to_owned()));
        };
        let driver = self.driver()?;
        let source = fs::read_to_string(path)?;
        self.runtime.block_on(driver.execute(source, Vec::new()))?;
        let run = "const done = arguments[arguments.length - 1];
            axe.run().then((found) => done({
                passes: found.passes.length,
                violations: found.violations.map((one) =>
                    one.id + ': ' + one.nodes.slice(0, 5).map((node) =>
                        node.target.join(' ') + ' ' + node.failureSummary).join(' | ')),
            }));";
        let found = self
            .runtime
            .block_on(driver.execute_async(run, Vec::new()))?;
        let found = found.json();
        // One that looked at nothing would find nothing.
        if found["passes"].as_u64().unwrap_or_default() < 20 {
            return Err(Failure(format!("axe looked at little: {found}")));
        }
        let violations = found["violations"].as_array().cloned().unwrap_or_default();
        Ok(violations.iter().map(Value::to_string).collect())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            // The driver is ended after it, come what may.
            let _ = self.runtime.block_on(driver.quit());
        }
    }
}
