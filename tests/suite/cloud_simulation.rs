//! Calls that the command lines and PowerShell modules of clouds make, through the
//! binary: a script in, records out.

use serde_json::{Value, json};

use crate::support::home::Home;

/// What a simulated script left.
struct Left {
    document: Value,
}

impl Left {
    fn records(&self) -> Vec<&Value> {
        let events = self.document["events"].as_array().expect("events");
        events.iter().map(|event| &event["fields"]).collect()
    }

    /// The only record of an operation.
    fn record(&self, operation: &str) -> &Value {
        let found: Vec<_> = self
            .records()
            .into_iter()
            .filter(|record| record["eventName"] == operation)
            .collect();
        assert_eq!(found.len(), 1, "{operation} in {:#}", self.document);
        found[0]
    }

    fn operations(&self) -> Vec<&str> {
        self.document["events"]
            .as_array()
            .expect("events")
            .iter()
            .filter_map(|event| {
                let fields = &event["fields"];
                fields["eventName"]
                    .as_str()
                    .or_else(|| fields["operationName"].as_str())
            })
            .collect()
    }

    fn outcomes(&self) -> Vec<&str> {
        let commands = self.document["commands"].as_array().expect("commands");
        commands
            .iter()
            .filter_map(|command| command["outcome"].as_str())
            .collect()
    }

    fn assumptions(&self) -> String {
        self.document["commands"].to_string()
    }
}

fn simulate_on(shell: &str, platform: &str, script: &str, profile: Option<&str>) -> Left {
    let home = Home::new();
    let script: String = script
        .lines()
        .map(|line| format!("      {line}\n"))
        .collect();
    home.write(
        "atomics/T1651/T1651.yaml",
        &format!(
            "attack_technique: T1651\ndisplay_name: Cloud Administration Command\natomic_tests:\n\
             - name: Script\n  auto_generated_guid: 5be2bd1e-5ff9-4ba1-8f1c-8a4f7d3f2c11\n  \
             description: Runs a script\n  supported_platforms: ['{platform}']\n  executor:\n    \
             name: {shell}\n    command: |\n{script}"
        ),
    );
    let mut args = vec![
        "simulate",
        "--atomics",
        "atomics",
        "Script",
        "--format",
        "json",
    ];
    if let Some(profile) = profile {
        home.write("profile.yaml", profile);
        args.extend(["--host", "profile.yaml"]);
    }
    Left {
        document: home.misfire(&args).exits(0).json(),
    }
}

fn aws(script: &str) -> Left {
    simulate_on("sh", "iaas:aws", script, None)
}

fn azure(script: &str) -> Left {
    simulate_on("sh", "iaas:azure", script, None)
}

/// A profile with what differs from the bundled one.
fn profile(aws: &str, host: &str) -> String {
    format!(
        "name: other\nhost:\n  name: ops\n  domain: corp.example\n  platform: linux\n  \
         os: Ubuntu 24.04\n  build: 6.8.0\n  address: 10.20.8.77\n  time_zone: UTC\n  \
         user: {{domain: '', name: sam, sid: '1000'}}\n  \
         machine_guid: 2b7f6f0e-93c1-4f0e-8a37-6a1d0c5e9b44\n{host}aws:\n  \
         account: '444455556666'\n  region: us-west-2\n  caller:\n    role: {{id: \
         AROAJQABLZS4A3EXAMPLE, name: admin, session: sam, access_key: ASIAI44QH8DHBEXAMPLE}}\n  \
         source: 203.0.113.9\n  user_agent: aws-cli/2.31.3\n{aws}switches: {{sysmon: [], \
         security: []}}\n"
    )
}

#[test]
fn shorthand_json_and_lists_become_the_parameters_of_the_call() {
    let left = aws(
        "aws ssm describe-instance-information --filters Key=InstanceIds,Values=i-1,i-2 \
         Key=PingStatus,Values=Online --max-results 5\n\
         aws ec2 describe-instances --instance-ids i-1 i-2 --filters \
         'Name=instance-state-name,Values=running'\n\
         aws iam create-user --user-name eve --tags '[{\"Key\":\"a\",\"Value\":\"b\"}]'\n\
         aws iam update-login-profile --user-name eve --password 'S3cret!' --no-password-reset-required",
    );
    let filters = &left.record("DescribeInstanceInformation")["requestParameters"];
    assert_eq!(
        filters,
        &json!({
            "filters": [
                {"key": "InstanceIds", "values": ["i-1", "i-2"]},
                {"key": "PingStatus", "values": ["Online"]},
            ],
            "maxResults": 5,
        })
    );
    let instances = &left.record("DescribeInstances")["requestParameters"];
    assert_eq!(
        instances["instancesSet"],
        json!({"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]})
    );
    let user = left.record("CreateUser");
    assert_eq!(
        user["requestParameters"],
        json!({"userName": "eve", "tags": [{"key": "a", "value": "b"}]})
    );
    assert_eq!(user["awsRegion"], "us-east-1");
    assert_eq!(user["responseElements"]["user"]["userName"], "eve");
    let login = &left.record("UpdateLoginProfile")["requestParameters"];
    assert_eq!(
        login,
        &json!({"userName": "eve", "passwordResetRequired": false}),
        "the password is not recorded"
    );
}

#[test]
fn what_a_call_answers_goes_on_through_a_query() {
    let left = aws(
        "who=$(aws sts get-caller-identity --query Account --output text)\n\
         aws iam attach-user-policy --user-name eve --policy-arn arn:aws:iam::$who:policy/p",
    );
    let named = aws(
        "arn=$(aws sts get-caller-identity --query 'values(@)[?contains(@, `user`)] | [0]' --output text)\n\
         aws iam create-user --user-name \"${arn##*/}\"",
    );
    assert_eq!(
        named.record("CreateUser")["requestParameters"]["userName"],
        "avery"
    );
    let attached = &left.record("AttachUserPolicy")["requestParameters"];
    assert_eq!(attached["policyArn"], "arn:aws:iam::111122223333:policy/p");
    let left = aws(
        "aws sts get-caller-identity | grep -o 'user/[a-z]*' > who\n\
         aws iam list-user-policies --user-name $(cut -d/ -f2 who)",
    );
    assert_eq!(
        left.record("ListUserPolicies")["requestParameters"]["userName"],
        "avery"
    );
}

#[test]
fn the_command_that_calls_is_in_the_user_agent_and_the_region_in_the_host() {
    let left = aws("AWS_REGION=eu-west-3 aws ssm list-commands\n\
         aws cloudtrail describe-trails --region ap-south-1");
    let listed = left.record("ListCommands");
    assert_eq!(listed["awsRegion"], "eu-west-3");
    assert!(
        listed["userAgent"]
            .as_str()
            .is_some_and(|agent| agent.ends_with(" md/command#ssm.list-commands")),
        "{listed:#}"
    );
    let described = left.record("DescribeTrails");
    assert_eq!(
        described["tlsDetails"]["clientProvidedHostHeader"],
        "cloudtrail.ap-south-1.amazonaws.com"
    );
    assert_eq!(described["readOnly"], true);
}

#[test]
fn a_command_is_awaited_until_it_is_done_and_its_output_is_not_invented() {
    let left = aws(
        "id=$(aws ssm send-command --document-name AWS-RunShellScript --targets \
         Key=tag:env,Values=test --instance-ids i-1 --parameters commands=id --query \
         Command.CommandId --output text)\n\
         aws ssm wait command-executed --command-id $id --instance-id i-1\n\
         out=$(aws ssm get-command-invocation --command-id $id --instance-id i-1 --query \
         StandardOutputContent --output text)\n\
         state=$(aws ssm get-command-invocation --command-id $id --instance-id i-1 --query \
         Status --output text)\n\
         aws iam create-user --user-name \"$state\"",
    );
    let sent = left.record("SendCommand");
    let id = &sent["responseElements"]["command"]["commandId"];
    let asked: Vec<_> = left
        .records()
        .into_iter()
        .filter(|record| record["eventName"] == "GetCommandInvocation")
        .collect();
    assert!(asked.len() >= 4, "two for the wait, and two more");
    assert!(
        asked
            .iter()
            .all(|record| &record["requestParameters"]["commandId"] == id),
        "{asked:#?}"
    );
    let created = left.record("CreateUser");
    assert_eq!(created["requestParameters"]["userName"], "Success");
    assert_eq!(
        sent["requestParameters"]["parameters"],
        "HIDDEN_DUE_TO_SECURITY_REASONS"
    );
}

#[test]
fn a_denied_call_is_recorded_without_its_request_and_stops_what_depends_on_it() {
    let denied = profile("  denied: ['ssm:SendCommand', 'ec2:*']\n", "");
    let left = simulate_on(
        "sh",
        "iaas:aws",
        "aws ssm send-command --document-name AWS-RunShellScript --instance-ids i-1 --parameters \
         commands=id || exit\naws iam list-users",
        Some(&denied),
    );
    assert_eq!(left.operations(), ["SendCommand"]);
    let refused = left.record("SendCommand");
    assert_eq!(refused["errorCode"], "AccessDenied");
    assert_eq!(refused["requestParameters"], Value::Null);
    assert_eq!(refused["responseElements"], Value::Null);
    assert!(
        refused["errorMessage"].as_str().is_some_and(|text| text
            .contains("assumed-role/admin/sam is not authorized to perform: ssm:SendCommand on resource: arn:aws:ec2:us-west-2:444455556666:instance/i-1")),
        "{refused:#}"
    );
    let left = simulate_on(
        "sh",
        "iaas:aws",
        "aws ec2 stop-instances --instance-ids i-1",
        Some(&denied),
    );
    let refused = left.record("StopInstances");
    assert_eq!(refused["errorCode"], "Client.UnauthorizedOperation");
    assert_eq!(
        refused["requestParameters"]["instancesSet"],
        json!({"items": [{"instanceId": "i-1"}]}),
        "Amazon EC2 keeps the request"
    );
    assert_eq!(refused["userIdentity"]["type"], "AssumedRole");
}

#[test]
fn without_its_plug_in_a_session_is_started_and_ended_at_once() {
    let script = "aws ssm start-session --target i-1";
    let left = aws(script);
    assert_eq!(left.operations(), ["StartSession"]);
    let without = profile(
        "",
        "  absent: [/usr/local/sessionmanagerplugin/bin/session-manager-plugin]\n",
    );
    let left = simulate_on("sh", "iaas:aws", script, Some(&without));
    assert_eq!(left.operations(), ["StartSession", "TerminateSession"]);
    let started = left.record("StartSession");
    assert_eq!(
        left.record("TerminateSession")["requestParameters"]["sessionId"],
        started["responseElements"]["sessionId"]
    );
}

#[test]
fn a_file_of_which_nothing_is_known_is_left_out_and_told() {
    let left = aws(
        "aws iam create-policy --policy-name p --policy-document file:///opt/policy.json\n\
         echo '{\"Version\":\"2012-10-17\"}' > here.json\n\
         aws iam put-user-policy --user-name eve --policy-name q --policy-document file://here.json",
    );
    let unknown = &left.record("CreatePolicy")["requestParameters"];
    assert_eq!(unknown, &json!({"policyName": "p"}));
    assert!(
        left.assumptions()
            .contains("what it holds is not known, and is left out of the call"),
        "{}",
        left.assumptions()
    );
    let known = &left.record("PutUserPolicy")["requestParameters"];
    assert_eq!(known["policyDocument"], "{\"Version\":\"2012-10-17\"}\n");
}

#[test]
fn what_is_not_known_of_the_command_line_is_told_and_never_modelled() {
    let left = aws("aws nosuchservice do-it");
    assert!(left.outcomes().contains(&"not-interpreted"));
    let left = aws("aws iam nosuch-operation");
    assert!(left.outcomes().contains(&"not-interpreted"));
    // What a change answers is recorded, so that an answer that is not modelled keeps
    // the window open.
    let left = aws("aws iam create-open-id-connect-provider --url https://id.example");
    assert!(
        left.outcomes().contains(&"only-started"),
        "{:#}",
        left.document
    );
    // The command line refuses a parameter that the operation has not.
    let left = aws("aws iam list-users --nosuch 1\naws iam list-roles");
    assert_eq!(left.operations(), ["ListRoles"]);
    let left = aws("aws configure set region eu-west-1\naws --version\naws iam help");
    assert!(left.records().is_empty());
    assert!(!left.outcomes().contains(&"not-interpreted"));
}

#[test]
fn objects_are_data_events_and_buckets_are_not() {
    let left = aws(
        "aws s3 ls\naws s3 mb s3://loot\naws s3 cp secrets.txt s3://loot/secrets.txt\n\
         aws s3 rb s3://loot",
    );
    assert_eq!(
        left.operations(),
        ["ListBuckets", "CreateBucket", "DeleteBucket"]
    );
}

#[test]
fn the_modules_of_powershell_make_the_same_calls() {
    let left = simulate_on(
        "powershell",
        "iaas:aws",
        "Set-AWSCredential -ProfileName p\n\
         Send-SSMCommand -InstanceId i-1 -DocumentName AWS-RunPowerShellScript -Region us-east-2\n\
         Stop-CTLogging -Name trail\n\
         New-IAMAccessKey -UserName eve",
        None,
    );
    assert_eq!(
        left.operations(),
        ["SendCommand", "StopLogging", "CreateAccessKey"]
    );
    let sent = left.record("SendCommand");
    assert_eq!(sent["requestParameters"]["instanceIds"], json!(["i-1"]));
    assert_eq!(sent["awsRegion"], "us-east-2");
    let left = simulate_on(
        "command_prompt",
        "iaas:aws",
        "aws cloudtrail stop-logging --name trail",
        None,
    );
    assert_eq!(left.operations(), ["StopLogging"]);
}

#[test]
fn an_operation_of_azure_leaves_its_records_under_one_correlation() {
    let run = "az vm run-command invoke -g rg-1 -n vm-1 --command-id RunShellScript --scripts 'id'";
    let left = azure(run);
    let records = left.records();
    let kinds: Vec<_> = records
        .iter()
        .map(|record| record["resultType"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(kinds, ["Start", "Accept", "Success"]);
    assert!(
        records.iter().all(|record| {
            record["correlationId"] == records[0]["correlationId"]
                && record["resourceId"].as_str().is_some_and(|id| {
                    id.ends_with(
                        "/RESOURCEGROUPS/RG-1/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM-1",
                    )
                })
        }),
        "{records:#?}"
    );
    // What only reads leaves nothing, and neither does signing in.
    let left = azure("az login\naz account show\naz vm list -o table\naz vm show -g rg-1 -n vm-1");
    assert!(left.records().is_empty());
    assert!(!left.outcomes().contains(&"not-interpreted"));
    let left = azure("az nosuch create -n x");
    assert!(left.outcomes().contains(&"not-interpreted"));
}

#[test]
fn the_az_modules_ask_for_the_same_operations() {
    let left = simulate_on(
        "powershell",
        "iaas:azure",
        "Connect-AzAccount\nInvoke-AzVMRunCommand -ResourceGroupName rg-1 -VMName vm-1 -CommandId \
         RunShellScript -ScriptString 'id'\nGet-AzVM\nRemove-AzSnapshot -ResourceGroupName rg-1 \
         -SnapshotName s -Force",
        None,
    );
    let operations = left.operations();
    assert_eq!(
        operations,
        [
            "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION",
            "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION",
            "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION",
            "MICROSOFT.COMPUTE/SNAPSHOTS/DELETE",
            "MICROSOFT.COMPUTE/SNAPSHOTS/DELETE",
            "MICROSOFT.COMPUTE/SNAPSHOTS/DELETE",
        ]
    );
    let client = &left.records()[0]["identity"]["claims"]["appid"];
    assert_eq!(client, "1950a258-227b-4e31-a9cf-717495945fc2");
}

/// A query cannot exhaust the stack or the memory; one that is too large gives nothing
/// that is known.
#[test]
fn a_query_is_bounded() {
    let deep = format!("{}a", "!".repeat(300));
    let many = vec!["[@,@]"; 40].join("|");
    for query in [deep, many, "(".repeat(20_000), "a.".repeat(20_000)] {
        let left = aws(&format!(
            "aws sts get-caller-identity --query '{query}' || true\naws iam list-users"
        ));
        assert!(left.operations().contains(&"ListUsers"));
    }
}

#[test]
fn parameters_that_the_command_line_makes_itself_are_in_the_call() {
    let left = aws(
        "aws ec2 run-instances --image-id ami-1 --count 1:2 --no-ebs-optimized\n\
         aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 22 --cidr 0.0.0.0/0\n\
         aws ec2 modify-instance-attribute --instance-id i-1 --no-disable-api-termination",
    );
    let run = &left.record("RunInstances")["requestParameters"];
    assert!(run.to_string().contains("\"minCount\":1"), "{run:#}");
    assert!(run.to_string().contains("\"maxCount\":2"), "{run:#}");
    let opened = left.record("AuthorizeSecurityGroupIngress")["requestParameters"].to_string();
    for part in [
        "\"fromPort\":22",
        "\"cidrIp\":\"0.0.0.0/0\"",
        "\"ipProtocol\":\"tcp\"",
    ] {
        assert!(opened.contains(part), "{opened}");
    }
    let changed = &left.record("ModifyInstanceAttribute")["requestParameters"];
    assert_eq!(changed["disableApiTermination"], json!({"value": false}));
}

#[test]
fn what_the_client_refuses_is_no_call() {
    for script in [
        "aws iam create-user",
        "aws iam create-user --user-name",
        "aws ssm start-session",
        "aws ssm send-command --document-name d --timeout-seconds abc",
        "aws sts get-caller-identity --query 'Foo['",
        "aws sts get-caller-identity --output bogus",
        "aws sts get-caller-identity --region '../x y'",
        "aws sts get-caller-identity more words",
        "aws ec2-instance-connect ssh",
        "aws s3 mb s3://",
    ] {
        let left = aws(&format!("{script} || aws iam list-groups"));
        assert_eq!(left.operations(), ["ListGroups"], "{script}");
    }
}

#[test]
fn what_is_only_tried_out_is_not_done() {
    let left = aws("aws ec2 create-key-pair --key-name x --dry-run");
    let tried = left.record("CreateKeyPair");
    assert_eq!(tried["errorCode"], "Client.DryRunOperation");
    assert_eq!(tried["responseElements"], Value::Null);
    let left = simulate_on(
        "powershell",
        "iaas:azure",
        "Remove-AzVM -ResourceGroupName a -Name b -WhatIf",
        None,
    );
    assert!(left.records().is_empty());
}

/// What is not known never closes the window.
#[test]
fn what_is_not_followed_leaves_the_window_open() {
    for (shell, platform, script) in [
        ("sh", "iaas:aws", "aws iam list-users --profile other"),
        (
            "sh",
            "iaas:aws",
            "AWS_ACCESS_KEY_ID=AKIAX aws iam list-users",
        ),
        (
            "sh",
            "iaas:aws",
            "aws iam list-users --endpoint-url http://localhost:4566",
        ),
        (
            "sh",
            "iaas:aws",
            "aws iam create-user --cli-input-json file:///tmp/unknown.json",
        ),
        (
            "sh",
            "iaas:aws",
            "aws iam create-user --cli-input-yaml file:///tmp/unknown.yaml",
        ),
        (
            "sh",
            "iaas:aws",
            "aws iam put-user-policy --user-name a --policy-name b --policy-document file:///x",
        ),
        (
            "sh",
            "iaas:aws",
            "aws ec2 terminate-instances --instance-ids i-1",
        ),
        ("sh", "iaas:azure", "az cosmosdb keys list -g a -n b"),
        (
            "sh",
            "iaas:azure",
            "az webapp config appsettings list -g a -n b",
        ),
        ("sh", "iaas:azure", "az account lock create -n x"),
        ("sh", "iaas:azure", "az vm restart"),
        ("sh", "iaas:azure", "az vm delete --ids nonsense"),
        (
            "sh",
            "iaas:azure",
            "az login --service-principal -u a -p b\naz group create -n g",
        ),
        ("powershell", "iaas:azure", "Remove-AzVM a b"),
        ("powershell", "iaas:azure", "$v | Stop-AzVM -Force"),
        ("powershell", "iaas:aws", "Find-CTEvent -MaxResult 3"),
        ("powershell", "iaas:aws", "New-IAMUser bob"),
        (
            "sh",
            "iaas:aws",
            "aws ec2-instance-connect ssh --instance-id i-1",
        ),
        (
            "powershell",
            "iaas:aws",
            "Grant-EC2SecurityGroupIngress -GroupId sg-1 -IpPermission @{IpProtocol='tcp'}",
        ),
    ] {
        let left = simulate_on(shell, platform, script, None);
        let is_open = left
            .outcomes()
            .iter()
            .any(|outcome| matches!(*outcome, "only-started" | "not-interpreted"));
        assert!(is_open, "{script}: {:#}", left.document);
        assert!(!left.document.to_string().contains("unnamed"), "{script}");
    }
}

#[test]
fn short_and_repeated_options_of_az_are_understood() {
    let left = azure("az vm restart -gfirst -n x -n vm-2 -g rg-2");
    let resource = left.records()[0]["resourceId"].as_str().unwrap_or_default();
    assert!(
        resource.ends_with("/RESOURCEGROUPS/RG-2/PROVIDERS/MICROSOFT.COMPUTE/VIRTUALMACHINES/VM-2"),
        "{resource}"
    );
    let left = azure(
        "az vm delete --yes --ids /subscriptions/1/resourceGroups/a/x /subscriptions/1/resourceGroups/a/y",
    );
    assert_eq!(left.records().len(), 6, "three of each");
}

#[test]
fn our_tests_of_the_clouds_are_judged_as_expected() {
    let home = Home::new();
    let args = [
        "run",
        "--stage",
        "simulate",
        "T1021.008",
        "--format",
        "json",
    ];
    let report = home.misfire(&args).exits(0).json();
    let tests = report["tests"].as_array().expect("tests");
    assert_eq!(tests.len(), 4);
    for test in tests {
        let verdicts = test["verdicts"].as_array().expect("verdicts");
        assert!(!verdicts.is_empty(), "{test:#}");
        for verdict in verdicts {
            assert_eq!(verdict["verdict"], "fired", "{verdict:#}");
        }
    }
}
