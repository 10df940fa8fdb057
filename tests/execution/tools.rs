//! Programs and rights that some tests need and a host may lack.
//!
//! A test that goes without one passes, so what is missing is told where it is seen, and
//! with `MISFIRE_ALL_TESTS=1`, as in `.ci/run`, it is a failure. What a kernel cannot do is
//! not among it.

use std::fmt;
use std::io::Write;
use std::process::{Command, Stdio};

/// Something that a host may lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// The rights of root.
    Root,
    /// `setpriv` (util-linux), which runs a program as somebody else.
    Setpriv,
    /// `script` (util-linux, or bsdutils), which makes a terminal.
    Script,
    /// `strace`.
    Strace,
    /// `unshare` (util-linux), which gives a program a view of the disks of its own.
    Unshare,
}

use Tool::{Root, Script, Setpriv, Strace, Unshare};

impl Tool {
    const ALL: [Self; 5] = [Root, Setpriv, Script, Strace, Unshare];

    fn is_here(self) -> bool {
        let runs = |program: &str| {
            let mut command = Command::new(program);
            let quiet = command
                .arg("-V")
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            quiet.status().is_ok_and(|status| status.success())
        };
        match self {
            Root => nix::unistd::geteuid().is_root(),
            Setpriv => runs("setpriv"),
            Script => runs("script"),
            Strace => runs("strace"),
            Unshare => runs("unshare"),
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Root => "root",
            Setpriv => "setpriv",
            Script => "script",
            Strace => "strace",
            Unshare => "unshare",
        })
    }
}

/// Whether a test that needs these can be held; if it must be and cannot, it fails.
pub fn are_here(tools: &[Tool]) -> bool {
    let missing: Vec<_> = tools.iter().filter(|tool| !tool.is_here()).collect();
    assert!(
        missing.is_empty() || !must_be_here(),
        "MISFIRE_ALL_TESTS is 1, and there is no {missing:?} here"
    );
    missing.is_empty()
}

fn must_be_here() -> bool {
    std::env::var_os("MISFIRE_ALL_TESTS").is_some_and(|value| value == "1")
}

/// Says what this host lacks, and so which tests prove less than they do elsewhere.
#[test]
fn what_was_left_out() {
    let missing: Vec<_> = Tool::ALL
        .into_iter()
        .filter(|tool| !tool.is_here())
        .collect();
    for tool in &missing {
        // What is printed by a test that passes is shown to nobody.
        let _ = writeln!(
            std::io::stderr(),
            "ATTENTION: there is no {tool} here; the tests that need it were left out"
        );
    }
    if let Err(why) = misfire::stage::execute::probe_overlay() {
        let _ = writeln!(
            std::io::stderr(),
            "ATTENTION: there can be no overlay here ({why}); the tests of it were left out"
        );
    }
    assert!(
        missing.is_empty() || !must_be_here(),
        "MISFIRE_ALL_TESTS is 1, and there is no {missing:?} here"
    );
}
