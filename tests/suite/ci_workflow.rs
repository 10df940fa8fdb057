//! The workflow and the pipeline of `docs/ci.md` do what the page says: their scripts are
//! taken out of it and run in a project, with stand-ins for the programs of the services.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_yaml::Value;
use tempfile::TempDir;

/// Plays GitHub: one run of the main branch, if there is one, and a comment.
const GH: &str = r#"#!/bin/bash
set -e
case "$1 $2" in
    'run list') if [ -d "$MAIN" ]; then echo 4711; fi ;;
    'run download')
        [ "$3" = 4711 ] && [ "$4 $5 $6" = '--name misfire --dir' ]
        cp -r "$MAIN" "$7" ;;
    'pr comment')
        [ "$3 $4" = '12 --body-file' ]
        cp "$5" "$COMMENT" ;;
    *) exit 9 ;;
esac
"#;

/// Plays GitLab's API: the file of the last run of the main branch, and a comment.
const CURL: &str = r#"#!/bin/bash
set -e
url=${*: -1}
case "$url" in
    https://gitlab.example/api/v4/projects/7/jobs/artifacts/main/raw/reports/run.json\?job=misfire)
        [ -d "$MAIN" ] || exit 22
        while [ "$1" != --output ]; do shift; done
        cp "$MAIN/run.json" "$2" ;;
    https://gitlab.example/api/v4/projects/7/merge_requests/12/notes)
        while [ "$1" != --data-urlencode ]; do shift; done
        cp "${2#body@}" "$COMMENT" ;;
    *) exit 9 ;;
esac
"#;

/// The files of the page, the workflow first.
fn documented() -> [Value; 2] {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md");
    let page = fs::read_to_string(page).expect("a page");
    let blocks = page.split("```yaml\n").skip(1);
    let files: Vec<Value> = blocks
        .map(|block| block.split("\n```").next().expect("a block"))
        .map(|block| serde_yaml::from_str(block).expect("YAML"))
        .collect();
    files.try_into().expect("two files")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A project and the programs that its jobs find.
struct Host {
    home: TempDir,
}

/// How a job ended.
struct Ended {
    code: i32,
    log: String,
    comment: Option<String>,
}

impl Ended {
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.log);
        self
    }
}

impl Host {
    fn new() -> Self {
        let host = Self {
            home: TempDir::new().expect("a folder"),
        };
        let bin = host.path("bin");
        fs::create_dir(&bin).expect("a folder");
        symlink(env!("CARGO_BIN_EXE_misfire"), bin.join("misfire")).expect("a link");
        for (name, script) in [("gh", GH), ("curl", CURL), ("cargo", "#!/bin/sh\nexit 9\n")] {
            let path = bin.join(name);
            fs::write(&path, script).expect("a script");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("rights");
        }
        let done = Command::new(env!("CARGO_BIN_EXE_misfire"))
            .current_dir(host.home.path())
            .args(["init", "project"])
            .output()
            .expect("a finished command");
        assert!(done.status.success(), "{done:?}");
        host
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Makes the rule search for another text.
    fn rule(&self, from: &str, to: &str) {
        let path = self.path("project/detections/sigma/whoami_all.yml");
        let rule = fs::read_to_string(&path).expect("a rule");
        assert!(rule.contains(from), "{rule}");
        fs::write(&path, rule.replace(from, to)).expect("a rule");
    }

    /// Makes the reports of the last job those of the main branch.
    fn keep(&self) {
        let _ = fs::remove_dir_all(self.path("main"));
        fs::rename(self.path("project/reports"), self.path("main")).expect("reports");
    }

    fn reported(&self, name: &str) -> String {
        fs::read_to_string(self.path("project/reports").join(name)).expect("a report")
    }

    /// Runs one script; whether it went on is its exit code.
    fn bash(&self, options: &[&str], script: &str, environment: &[(&str, &str)]) -> Ended {
        let comment = self.path("comment");
        let _ = fs::remove_file(&comment);
        let output = Command::new("bash")
            .args(["--noprofile", "--norc"])
            .args(options)
            .args(["-c", script])
            .current_dir(self.path("project"))
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.path("bin").display()),
            )
            .env("HOME", self.home.path())
            .env("MAIN", self.path("main"))
            .env("COMMENT", &comment)
            .envs(environment.iter().copied())
            .output()
            .expect("a finished script");
        let told = [output.stdout, output.stderr].concat();
        Ended {
            code: output.status.code().expect("an exit code"),
            log: String::from_utf8_lossy(&told).into_owned(),
            comment: fs::read_to_string(&comment).ok(),
        }
    }

    /// Runs the steps of the workflow, one shell each, until one fails.
    fn github(&self, event: &str) -> Ended {
        let [workflow, _] = documented();
        let job = &workflow["jobs"]["misfire"];
        let _ = fs::remove_dir_all(self.path("project/reports"));
        let _ = fs::remove_dir_all(self.path("project/main"));
        let file = |name: &str| {
            let path = self.path(name);
            fs::write(&path, "").expect("a file");
            path.display().to_string()
        };
        let (summary, output, path) = (file("summary"), file("output"), file("path"));
        let environment = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_NAME", event),
            ("GITHUB_BASE_REF", "main"),
            ("GITHUB_STEP_SUMMARY", summary.as_str()),
            ("GITHUB_OUTPUT", output.as_str()),
            ("GITHUB_PATH", path.as_str()),
            // What the workflow takes from expressions.
            ("PULL_REQUEST", "12"),
            ("GH_TOKEN", "none"),
        ];
        let mut ended = Ended {
            code: 0,
            log: String::new(),
            comment: None,
        };
        let steps = job["steps"].as_sequence().expect("steps");
        let scripts: Vec<_> = steps
            .iter()
            .filter(|step| step["run"].is_string())
            .collect();
        assert!(scripts.len() >= 4, "only {} steps are run", scripts.len());
        for step in scripts {
            // What a stranger can choose, such as a title, must not become a command.
            assert!(!text(&step["run"]).contains("${{"), "{step:?}");
            let one = self.bash(&["-e"], text(&step["run"]), &environment);
            ended.log.push_str(&one.log);
            ended.comment = one.comment;
            ended.code = one.code;
            if ended.code != 0 {
                break;
            }
        }
        ended
            .log
            .push_str(&fs::read_to_string(summary).expect("a summary"));
        ended
    }

    /// Runs the scripts of the pipeline's job, all in one shell.
    fn gitlab(&self, merge_request: &str) -> Ended {
        let [_, pipeline] = documented();
        let _ = fs::remove_dir_all(self.path("project/reports"));
        let _ = fs::remove_file(self.path("project/main.json"));
        let scripts = pipeline["misfire"]["script"]
            .as_sequence()
            .expect("scripts");
        assert!(scripts.len() >= 4);
        let script: Vec<_> = scripts.iter().map(text).collect();
        let project = self.path("project").display().to_string();
        let environment = [
            ("CI_PROJECT_DIR", project.as_str()),
            ("CI_API_V4_URL", "https://gitlab.example/api/v4"),
            ("CI_PROJECT_ID", "7"),
            ("CI_JOB_TOKEN", "none"),
            ("MISFIRE_TOKEN", "none"),
            ("CI_MERGE_REQUEST_IID", merge_request),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ];
        self.bash(&["-eo", "pipefail"], &script.join("\n"), &environment)
    }
}

/// What both services do; `job` runs the job, on the main branch or on a request.
fn as_documented(job: impl Fn(&Host, bool) -> Ended) {
    let host = Host::new();
    // On the main branch: all as expected, and every report is there.
    let ended = job(&host, false).exits(0);
    assert!(ended.comment.is_none(), "{}", ended.log);
    assert!(host.reported("run.json").contains("\"tests\""));
    assert!(host.reported("junit.xml").contains("<testsuites"));
    assert!(host.reported("summary.md").contains("all as expected"));
    assert!(host.reported("layer.json").contains("T1033"));
    assert!(host.reported("badge.svg").contains("proven"));
    assert!(host.reported("lint.sarif").contains("2.1.0"));
    host.keep();
    // A request that changes nothing.
    let ended = job(&host, true).exits(0);
    let page = ended.comment.expect("a comment");
    assert!(page.contains("nothing got worse"), "{page}");
    // A request that breaks the rule.
    host.rule(r"'\whoami.exe'", r"'\who.exe'");
    let ended = job(&host, true).exits(1);
    let page = ended.comment.expect("a comment");
    assert!(page.contains("stopped firing"), "{page}");
    assert_eq!(page, host.reported("diff.md"));
    // The same on the main branch, and where there is nothing to compare with.
    job(&host, false).exits(1);
    fs::rename(host.path("main"), host.path("good")).expect("reports");
    let ended = job(&host, true).exits(1);
    assert!(
        ended.log.contains("no run of the main branch"),
        "{}",
        ended.log
    );
    // What was broken before does not stop others.
    host.keep();
    let ended = job(&host, true).exits(0);
    assert!(
        ended
            .comment
            .expect("a comment")
            .contains("nothing got worse")
    );
    // Wrong content fails whatever there is to compare with.
    host.rule("detection:", "detektion:");
    job(&host, true).exits(2);
}

#[test]
fn the_workflow_does_what_the_page_says() {
    as_documented(|host, is_request| host.github(if is_request { "pull_request" } else { "push" }));
}

#[test]
fn the_pipeline_does_what_the_page_says() {
    as_documented(|host, is_request| host.gitlab(if is_request { "12" } else { "" }));
}

/// What the steps that are not scripts refer to is what the scripts write.
#[test]
fn what_is_kept_is_what_is_written() {
    let [workflow, pipeline] = documented();
    let steps = workflow["jobs"]["misfire"]["steps"]
        .as_sequence()
        .expect("steps");
    let upload = steps
        .iter()
        .find(|step| {
            step["uses"]
                .as_str()
                .is_some_and(|uses| uses.starts_with("actions/upload-artifact@"))
        })
        .expect("a step that keeps the reports");
    assert_eq!(text(&upload["with"]["name"]), "misfire");
    assert_eq!(text(&upload["with"]["path"]), "reports");
    assert_eq!(text(&upload["if"]), "always()");
    let kept = &pipeline["misfire"]["artifacts"];
    assert_eq!(text(&kept["when"]), "always");
    assert_eq!(text(&kept["reports"]["junit"]), "reports/junit.xml");
}
