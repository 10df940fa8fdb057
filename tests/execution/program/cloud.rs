//! Atomics of clouds: performed here, and collected from a service on loopback.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;
use wiremock::matchers::{body_string_contains, header};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::project::{Begun, Done, MISFIRE};

const ATOMIC: &str = "0b9d1c52-8f0a-4c36-9b57-3c1f0e8d7a61";
const RULE: &str = "5e0f7a1c-2b3d-4e5f-8a9b-0c1d2e3f4a5b";
pub const CANARY: &str = "AmazonSSM.DescribeInstanceInformation";
pub const LOOKUP: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

/// Keeps when it was called, with what mark, and how.
const AWS: &str = "#!/bin/sh
printf '%s|%s|%s\\n' \"$(date -u +%Y-%m-%dT%H:%M:%SZ)\" \"$AWS_SDK_UA_APP_ID\" \"$*\" >> calls.txt
";

/// What happened in the cloud until now, as records of CloudTrail.
pub type Records = Arc<dyn Fn() -> Vec<Value> + Send + Sync>;

/// A project whose atomics call Systems Manager by a command line that only writes down
/// how it was called, and a service that stands in for AWS.
pub struct Cloud {
    folder: TempDir,
    runtime: tokio::runtime::Runtime,
    pub server: MockServer,
    pub platform: &'static str,
    /// What the rule asks for besides the name of the call.
    asks: &'static str,
    aws: &'static str,
    pub variables: Vec<(&'static str, String)>,
    /// What the configuration says besides.
    pub config: String,
    /// Arguments of the program besides.
    pub arguments: Vec<String>,
    /// How many atomics there are, one like the other.
    pub atomics: usize,
    /// The commands that act and clean up.
    pub commands: [&'static str; 2],
    /// The signals of the expectation.
    pub signals: Value,
}

impl Cloud {
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let server = runtime.block_on(MockServer::start());
        let cloud = Self {
            folder: TempDir::new().expect("a temporary folder"),
            runtime,
            server,
            platform: "iaas:aws",
            asks: "",
            aws: AWS,
            variables: Vec::new(),
            config: String::new(),
            arguments: Vec::new(),
            atomics: 1,
            commands: [
                "aws ssm send-command --region \"#{aws_region}\"",
                "aws ssm cancel-command --region \"#{aws_region}\"",
            ],
            signals: json!([{
                "id": "sent",
                "source": "cloudtrail",
                "fields": {"eventName": "SendCommand"},
            }]),
        };
        let identity = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
            <Arn>arn:aws:iam::111122223333:user/avery</Arn><Account>111122223333</Account>\
            </GetCallerIdentityResult></GetCallerIdentityResponse>";
        cloud.mount(
            Mock::given(body_string_contains("GetCallerIdentity"))
                .respond_with(ResponseTemplate::new(200).set_body_string(identity)),
        );
        cloud
    }

    pub fn mount(&self, mock: Mock) {
        self.runtime.block_on(mock.mount(&self.server));
    }

    /// The event history holds what this makes of each call: its time, its mark, and its
    /// arguments.
    /// Calls that show how far it has come are part of it.
    pub fn history(
        &self,
        records: impl Fn(&str, &str, &str) -> Vec<Value> + Send + Sync + 'static,
    ) {
        let all = self.records(records);
        let answer = move |_: &Request| {
            let events: Vec<Value> = all()
                .iter()
                .map(|record| json!({"CloudTrailEvent": record.to_string()}))
                .collect();
            ResponseTemplate::new(200).set_body_json(json!({"Events": events}))
        };
        self.mount(Mock::given(header("x-amz-target", LOOKUP)).respond_with(answer));
    }

    /// What this makes of each call, and the calls that show how far a log has come,
    /// which are answered.
    pub fn records(
        &self,
        records: impl Fn(&str, &str, &str) -> Vec<Value> + Send + Sync + 'static,
    ) -> Records {
        let calls = self.path("work/calls.txt");
        let canaries = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&canaries);
        let canary = move |request: &Request| {
            let agent = request.headers.get("user-agent").expect("a user agent");
            let time = jiff::Timestamp::now().to_string();
            let agent = agent.to_str().expect("text");
            let mut record = record(&time, agent, "canary");
            record["eventName"] = json!("DescribeInstanceInformation");
            kept.lock().expect("the canaries").push(record);
            ResponseTemplate::new(200).set_body_json(json!({}))
        };
        self.mount(Mock::given(header("x-amz-target", CANARY)).respond_with(canary));
        Arc::new(move || {
            let calls = fs::read_to_string(&calls).unwrap_or_default();
            let canaries = canaries.lock().expect("the canaries").clone();
            calls
                .lines()
                .flat_map(|call| {
                    let parts: Vec<&str> = call.splitn(3, '|').collect();
                    records(parts[0], parts[1], parts[2])
                })
                .chain(canaries)
                .collect()
        })
    }

    /// How often an operation was asked for, by its target.
    pub fn asked_for(&self, target: &str) -> usize {
        let requests = self.runtime.block_on(self.server.received_requests());
        let requests = requests.expect("requests are kept");
        let is_it = |request: &&Request| {
            let header = request.headers.get("x-amz-target");
            header.is_some_and(|header| header == target)
        };
        requests.iter().filter(is_it).count()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a writable file");
    }

    fn write_all(&self) {
        let [act, clean_up] = self.commands;
        let guids = (0..self.atomics).map(guid);
        let atomics: Vec<Value> = guids
            .clone()
            .map(|guid| {
                json!({
                    "name": "Send a command",
                    "auto_generated_guid": guid,
                    "description": "Sends it.",
                    "supported_platforms": [self.platform],
                    "input_arguments": {"aws_region": {
                        "description": "the region", "type": "string", "default": "eu-central-1",
                    }},
                    "dependency_executor_name": "sh",
                    "dependencies": [{
                        "description": "The command line must be there.",
                        "prereq_command": "aws sts get-caller-identity --region \"#{aws_region}\"",
                        "get_prereq_command": null,
                    }],
                    "executor": {
                        "name": "sh",
                        "elevation_required": false,
                        "command": act,
                        "cleanup_command": clean_up,
                    },
                })
            })
            .collect();
        let atomics = json!({
            "attack_technique": "T1021.008",
            "display_name": "Remote Services: Direct Cloud VM Connections",
            "atomic_tests": atomics,
        });
        let tests: Vec<Value> = guids
            .map(|guid| {
                json!({
                    "atomic": guid,
                    "run": {"ends": "exits", "exit_codes": [0]},
                    "signals": self.signals,
                    "detections": [{"rule": RULE}],
                })
            })
            .collect();
        let expectations = json!({"attack_technique": "T1021.008", "tests": tests});
        self.write("atomics/T1021.008/T1021.008.yaml", &atomics.to_string());
        self.write("expectations/T1021.008.yaml", &expectations.to_string());
        self.write(
            "detections/sent.yml",
            &format!(
                "title: Command Sent\nid: {RULE}\nstatus: test\nlogsource:\n    product: aws\n    \
                 service: cloudtrail\ndetection:\n    selection:\n        eventName: SendCommand\n{}    \
                 condition: selection\nlevel: low\n",
                self.asks
            ),
        );
        let config = format!("[execute]\nallow = [\"localhost\"]\n{}", self.config);
        self.write("misfire.toml", &config);
        self.write_program("aws", self.aws);
        fs::create_dir_all(self.path("work")).expect("a folder");
    }

    /// Puts a program into the path.
    pub fn write_program(&self, name: &str, text: &str) {
        let name = format!("bin/{name}");
        self.write(&name, text);
        fs::set_permissions(self.path(&name), fs::Permissions::from_mode(0o755))
            .expect("a program");
    }

    /// Executes, and asks the history once.
    pub fn execute(&self) -> Done {
        self.execute_waiting("0s")
    }

    /// Executes, and asks the history until it is closed, which takes two seconds.
    pub fn execute_to_the_end(&self) -> Done {
        self.execute_waiting("1m")
    }

    pub fn execute_waiting(&self, wait: &str) -> Done {
        Done::of(&mut self.command(wait))
    }

    fn command(&self, wait: &str) -> Command {
        self.write_all();
        let path = std::env::var("PATH").expect("a path");
        let mut command = Command::new(MISFIRE);
        command
            .args(["run", "--stage", "execute", "--yes", "--state", "state"])
            .args(["--format", "json", "--wait", wait])
            .args(&self.arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.path("work"))
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env(
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            )
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", self.server.uri())
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// How the command line was called, by the time, the mark, and the arguments.
    fn calls(&self) -> Vec<[String; 2]> {
        let text = fs::read_to_string(self.path("work/calls.txt")).expect("calls");
        let of = |line: &str| {
            let mut parts = line.splitn(3, '|').skip(1).map(str::to_owned);
            [parts.next(), parts.next()].map(|part| part.expect("a part"))
        };
        text.lines().map(of).collect()
    }
}

/// The GUID of one of the atomics.
fn guid(number: usize) -> String {
    format!("{}{number:02}", &ATOMIC[..ATOMIC.len() - 2])
}

/// A record of a call with that user agent.
pub fn record(time: &str, agent: &str, call: &str) -> Value {
    let name = match call {
        call if call.contains("send-command") => "SendCommand",
        call if call.contains("cancel-command") => "CancelCommand",
        _ => "GetCallerIdentity",
    };
    json!({
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "userName": "avery"},
        "eventTime": time,
        "eventSource": "ssm.amazonaws.com",
        "eventName": name,
        "awsRegion": "eu-central-1",
        "userAgent": agent,
        "eventID": format!("{time}/{agent}/{call}"),
        "eventType": "AwsApiCall",
    })
}

pub fn client(mark: &str) -> String {
    match mark {
        "" => "aws-cli/1.42.0".to_owned(),
        mark => format!("aws-cli/1.42.0 app/{mark}"),
    }
}

pub fn notes(done: &Done) -> String {
    let document = done.json();
    let notes = &document["tests"][0]["execution"]["notes"];
    assert!(notes.is_array(), "{document:#}");
    notes.to_string()
}

pub fn signal(done: &Done) -> Value {
    done.test()["telemetry"]["sent"]["state"].clone()
}

#[test]
fn what_carries_the_mark_is_of_the_run() {
    let cloud = Cloud::new();
    cloud.history(|time, mark, call| vec![record(time, &client(mark), call)]);
    let done = cloud.execute_to_the_end();
    assert_eq!(done.code, Some(0), "{done:?}");
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    assert_eq!(signal(&done), "seen");
    // It was a program on this machine that logged it.
    assert_eq!(done.test()["evidence"], "simulated");
    let calls = cloud.calls();
    let [check, act, clean_up] = &calls[..] else {
        panic!("{calls:?}");
    };
    assert_eq!(check[0], "", "only the act is marked");
    assert_eq!(clean_up[0], "", "only the act is marked");
    assert!(
        act[0].starts_with("misfire-") && act[0].len() <= 50,
        "{act:?}"
    );
    let notes = notes(&done);
    assert!(
        notes.contains("1 record carries the mark of the run"),
        "{notes}"
    );
    assert!(
        notes.contains("the credentials of the environment"),
        "{notes}"
    );
    assert!(notes.contains("the window is closed"), "{notes}");
    assert!(notes.contains("to appear"), "{notes}");
}

/// The mark changes the user agent that a rule may read.
#[test]
fn a_rule_that_reads_the_user_agent_is_told_of_the_mark() {
    let mark = |asks| {
        let mut cloud = Cloud::new();
        cloud.asks = asks;
        cloud.history(|time, mark, call| vec![record(time, &client(mark), call)]);
        let done = cloud.execute_to_the_end();
        let given = done.test()["verdicts"][0]["mark"].clone();
        (done.verdict().0, given)
    };
    assert_eq!(mark(""), ("fired".to_owned(), json!(null)));
    let (verdict, given) = mark("        userAgent|startswith: aws-cli/\n");
    assert_eq!(
        (verdict.as_str(), &given["influence"]),
        ("fired", &json!("none"))
    );
    assert_eq!(given["fields"][0]["field"], "userAgent");
    let added = given["fields"][0]["added"].as_str().expect("text");
    assert!(added.starts_with("app/misfire-"), "{added}");
    // It would have fired had misfire not been there.
    let (verdict, given) = mark("        userAgent: aws-cli/1.42.0\n");
    assert_eq!(verdict, "misfire");
    assert_eq!(given["reason"], "without it the detection would have fired");
}

#[test]
fn the_same_call_of_somebody_else_is_not_the_tests() {
    let cloud = Cloud::new();
    // The act itself is recorded as something that the rule does not find.
    cloud.history(|time, mark, call| {
        let mut own = record(time, &client(mark), call);
        if call.contains("send-command") {
            own["eventName"] = json!("ListCommands");
        }
        vec![own, record(time, "Boto3/1.40.0", "send-command")]
    });
    let done = cloud.execute_to_the_end();
    assert_eq!(done.verdict().0, "blind", "{done:?}");
    assert_eq!(signal(&done), "missing");
    let notes = notes(&done);
    assert!(notes.contains("of other clients left out"), "{notes}");
}

/// Calls that make something and undo it, as CloudTrail records them.
fn with_command(mut record: Value) -> Value {
    let command = json!("aa8e5b50-817a-455b-a1be-a75dc91ef687");
    match record["eventName"].as_str() {
        Some("SendCommand") => {
            record["responseElements"] = json!({"command": {"commandId": command}});
        }
        Some("CancelCommand") => record["requestParameters"] = json!({"commandId": command}),
        _ => {}
    }
    record
}

#[test]
fn what_the_clean_up_undid_in_the_account_is_not_left() {
    let cloud = Cloud::new();
    cloud.history(|time, mark, call| vec![with_command(record(time, &client(mark), call))]);
    let done = cloud.execute_to_the_end();
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    let execution = &done.test()["execution"];
    let residue = execution["residue"].to_string();
    assert!(!residue.contains("SendCommand"), "{residue}");
    // The clean-up's own records are no part of what is judged.
    assert_eq!(done.test()["records"], 1, "{done:?}");
    assert!(notes(&done).contains("left in the account"), "{done:?}");
}

#[test]
fn what_nothing_undid_in_the_account_is_left() {
    let cloud = Cloud::new();
    cloud.history(|time, mark, call| match call.contains("cancel-command") {
        true => Vec::new(),
        false => vec![with_command(record(time, &client(mark), call))],
    });
    let done = cloud.execute_to_the_end();
    let residue = done.test()["execution"]["residue"].to_string();
    assert!(
        residue.contains(
            "SendCommand (ssm.amazonaws.com) of aa8e5b50-817a-455b-a1be-a75dc91ef687 was not \
             seen to be undone"
        ),
        "{residue}"
    );
}

#[test]
fn as_long_as_marked_records_may_come_others_are_not_relied_upon() {
    let cloud = Cloud::new();
    cloud.history(|time, _, call| vec![record(time, "Boto3/1.40.0", call)]);
    let done = cloud.execute();
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    assert!(notes(&done).contains("no record carries the mark of the run yet"));

    // Nothing can come any more, so it is a client that sends no mark.
    let done = cloud.execute_to_the_end();
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    assert!(notes(&done).contains("by their time only"));
}

#[test]
fn a_mark_of_the_user_stays() {
    let mut cloud = Cloud::new();
    cloud.variables = vec![("AWS_SDK_UA_APP_ID", "nightly".to_owned())];
    cloud.history(|time, mark, call| vec![record(time, &client(mark), call)]);
    let done = cloud.execute_to_the_end();
    assert_eq!(done.verdict().0, "fired", "{done:?}");
    assert!(cloud.calls().iter().all(|call| call[0] == "nightly"));
    let notes = notes(&done);
    assert!(notes.contains("by their time only"), "{notes}");
}

#[test]
fn an_open_window_says_nothing_of_what_is_missing() {
    let cloud = Cloud::new();
    cloud.history(|_, _, _| Vec::new());
    let done = cloud.execute();
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    assert_eq!(signal(&done), "unknown");
    assert!(notes(&done).contains("the window is open"));
}

#[test]
fn whoever_does_not_want_to_wait_need_not() {
    let cloud = Cloud::new();
    cloud.history(|_, _, _| Vec::new());
    // Nothing shows how far this service has come, so the window would stay open.
    let missing = ResponseTemplate::new(404);
    cloud.mount(
        Mock::given(header("x-amz-target", CANARY))
            .respond_with(missing)
            .with_priority(1),
    );
    let mut begun = Begun::of(&mut cloud.command("1h"));
    begun.until_told("its log is asked");
    begun.signal("-INT");
    let done = begun.end();
    assert_eq!(done.code, Some(3), "{done:?}");
    assert_eq!(done.json()["summary"]["interrupted"], true, "{done:?}");
    // It had been cleaned up before that.
    assert_eq!(cloud.calls().len(), 3);
}

#[test]
fn what_cannot_be_collected_is_no_miss() {
    let refusals = [
        ("ExpiredTokenException", "have expired"),
        ("AccessDeniedException", "denied the request"),
        ("ThrottlingException", "throttled the request"),
    ];
    for (code, told) in refusals {
        let cloud = Cloud::new();
        // Who asks to wait for so long is not asked again.
        let refusal = ResponseTemplate::new(400)
            .insert_header("retry-after", "9000")
            .set_body_json(json!({"__type": code}));
        cloud.mount(Mock::given(header("x-amz-target", LOOKUP)).respond_with(refusal));
        let done = cloud.execute();
        assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
        assert_ne!(signal(&done), "missing", "{done:?}");
        let notes = notes(&done);
        assert!(notes.contains("its log was not collected"), "{notes}");
        assert!(notes.contains(told), "{notes}");
        let problems = done.json()["diagnostics"].to_string();
        assert!(problems.contains(told), "{problems}");
        // It was cleaned up all the same.
        assert_eq!(cloud.calls().len(), 3);
    }
}

#[test]
fn without_credentials_nothing_is_said() {
    let mut cloud = Cloud::new();
    cloud.variables = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        .map(|name| (name, String::new()))
        .into();
    cloud.history(|time, mark, call| vec![record(time, &client(mark), call)]);
    let done = cloud.execute();
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    assert!(notes(&done).contains("no credentials were found"));
}

#[test]
fn a_subscription_that_nobody_names_is_not_asked() {
    let mut cloud = Cloud::new();
    cloud.platform = "iaas:azure";
    let done = cloud.execute();
    assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
    assert!(notes(&done).contains("names a subscription"));
    assert!(cloud.calls().iter().all(|call| call[0].is_empty()));
}

#[test]
fn what_was_not_performed_says_why() {
    let mut cloud = Cloud::new();
    cloud.aws = "#!/bin/sh\nexit 3\n";
    let done = cloud.execute();
    assert_eq!(done.verdict().0, "not-run", "{done:?}");
    let why = done.test()["not_run"].to_string();
    assert!(why.contains("prerequisite"), "{why}");
}

#[test]
fn what_cloudtrail_itself_logs_is_recorded_although_its_clock_is_ahead() {
    let mut cloud = Cloud::new();
    // A proxy leads to the service of this test.
    let proxy = cloud.server.uri();
    cloud.variables = vec![
        ("AWS_ENDPOINT_URL", "http://aws.example".to_owned()),
        ("HTTP_PROXY", proxy.clone()),
        ("http_proxy", proxy),
    ];
    cloud.history(|time, mark, call| {
        let time: jiff::Timestamp = time.parse().expect("a time");
        let ahead = time + jiff::SignedDuration::from_secs(3);
        vec![record(&ahead.to_string(), &client(mark), call)]
    });
    let done = cloud.execute();
    assert_eq!(done.test()["evidence"], "recorded");
    assert_eq!(signal(&done), "seen");
    assert_eq!(done.test()["records"], 1);
    // Nothing that CloudTrail promises has come true yet, and what fired has fired.
    assert!(notes(&done).contains("the window is open"), "{done:?}");
    assert_eq!(done.verdict().0, "fired", "{done:?}");
}

#[test]
fn doctor_says_which_credentials_there_are_and_shows_none() {
    let abilities = |variables: &[(&str, &str)]| {
        let home = TempDir::new().expect("a temporary folder");
        let mut command = Command::new(MISFIRE);
        command
            .args(["doctor", "--format", "json"])
            .current_dir(home.path())
            .env_clear()
            .env("HOME", home.path())
            .envs(variables.iter().copied());
        let done = Done::of(&mut command);
        assert!(!done.stdout.contains("hush"), "{done:?}");
        let all = done.json()["execution"].clone();
        let all = all.as_array().expect("abilities").clone();
        ["aws", "azure"].map(|name| {
            let one = all.iter().find(|one| one["name"] == name);
            one.expect("an ability")["found"].clone()
        })
    };
    assert_eq!(abilities(&[]), [Value::Null, Value::Null]);
    let both = abilities(&[
        ("AWS_ACCESS_KEY_ID", "hush"),
        ("AWS_SECRET_ACCESS_KEY", "hush"),
        ("AZURE_TENANT_ID", "hush"),
        ("AZURE_CLIENT_ID", "hush"),
        ("AZURE_CLIENT_SECRET", "hush"),
    ]);
    let azure = "AZURE_TENANT_ID, AZURE_CLIENT_ID, and AZURE_CLIENT_SECRET";
    assert_eq!(both, [json!("the environment"), json!(azure)]);
    let half = abilities(&[("AWS_ACCESS_KEY_ID", "hush"), ("AZURE_TENANT_ID", "hush")]);
    assert_eq!(half, [Value::Null, Value::Null]);
}
