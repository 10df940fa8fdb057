//! Atomics of Azure, whose activity log is read from a container on loopback.

use std::fs;

use serde_json::json;
use wiremock::matchers::method;
use wiremock::{Mock, Request, ResponseTemplate};

use super::cloud::{Cloud, notes, signal};

const SUBSCRIPTION: &str = "0b1f6471-1bf0-4dda-aec3-cb9272f09590";
const OTHER: &str = "11111111-1bf0-4dda-aec3-cb9272f09590";

/// Keeps when it was called and how, and hands out a token.
const AZ: &str = "#!/bin/sh
case $1 in
account) echo '{\"accessToken\": \"az-token-1\", \"expires_on\": 4102444800}' ;;
*) printf '%s|%s\\n' \"$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)\" \"$*\" >> \"$TMPDIR/az.txt\" ;;
esac
";

/// A project for Azure whose signal is that a command was run on a machine.
fn azure(profile: &str) -> Cloud {
    let mut cloud = Cloud::new();
    cloud.platform = "iaas:azure";
    cloud.commands = ["az vm run-command invoke", "az vm start"];
    cloud.signals = json!([{
        "id": "sent",
        "source": "azure-activity",
        "fields": {"operationName": "MICROSOFT.COMPUTE/VIRTUALMACHINES/RUNCOMMAND/ACTION"},
    }]);
    cloud.write_program("az", AZ);
    cloud.write(".azure/azureProfile.json", profile);
    cloud.variables = vec![("PYTHONIOENCODING", "utf-8".to_owned())];
    cloud
}

/// What the command line writes when somebody signs in.
fn profile(cloud_name: &str) -> String {
    format!(
        "\u{feff}{{\"installationId\": \"x\", \"subscriptions\": [\
         {{\"id\": \"{OTHER}\", \"name\": \"other\", \"isDefault\": false, \
         \"environmentName\": \"AzureCloud\"}},\
         {{\"id\": \"{SUBSCRIPTION}\", \"name\": \"lab\", \"state\": \"Enabled\", \
         \"isDefault\": true, \"environmentName\": \"{cloud_name}\"}}]}}"
    )
}

/// The container holds one record for each call of the command line.
fn exports(cloud: &mut Cloud) {
    cloud.config = format!(
        "[collect.azure]\nactivity = \"{}/insights-activity-logs\"\n",
        cloud.server.uri()
    );
    let calls = cloud.path("work/az.txt");
    let blob = |hour: &str| format!("{hour}m=00/PT1H.json");
    let respond = move |request: &Request| {
        let prefix = request.url.query_pairs().find(|(key, _)| key == "prefix");
        if let Some((_, prefix)) = prefix {
            let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
            let is_now = prefix.ends_with(&now.strftime("d=%d/h=%H/").to_string())
                && prefix.contains(&SUBSCRIPTION.to_uppercase());
            let listed = match is_now {
                true => format!("<Blob><Name>{}</Name></Blob>", blob(&prefix)),
                false => String::new(),
            };
            return ResponseTemplate::new(200).set_body_string(format!(
                "<EnumerationResults><Blobs>{listed}</Blobs><NextMarker/></EnumerationResults>"
            ));
        }
        let calls = fs::read_to_string(&calls).unwrap_or_default();
        let lines = calls.lines().enumerate().map(|(number, call)| {
            let (time, call) = call.split_once('|').expect("a call");
            let operation = match call.contains("run-command") {
                true => "RUNCOMMAND",
                false => "START",
            };
            json!({
                "time": time, "resourceId": "/SUBSCRIPTIONS/S/VM", "category": "Administrative",
                "operationName": format!("MICROSOFT.COMPUTE/VIRTUALMACHINES/{operation}/ACTION"),
                "resultType": "Success", "correlationId": number.to_string(),
            })
            .to_string()
                + "\n"
        });
        ResponseTemplate::new(200).set_body_string(lines.collect::<String>())
    };
    cloud.mount(Mock::given(method("GET")).respond_with(respond));
}

#[test]
fn the_subscription_of_the_command_line_is_asked_if_nobody_names_another() {
    let mut cloud = azure(&profile("AzureCloud"));
    exports(&mut cloud);
    let done = cloud.execute_to_the_end();
    assert_eq!(signal(&done), "seen", "{done:?}");
    assert_eq!(done.test()["evidence"], "simulated");
    let notes = notes(&done);
    let told = format!("the subscription is {SUBSCRIPTION}, which the Azure command line works in");
    assert!(notes.contains(&told), "{notes}");
    // What cleaned up is a later record of the same resource provider.
    assert!(notes.contains("the window is closed: "), "{notes}");
    // It is looked at for what the act left, and is no part of what is judged.
    assert_eq!(done.test()["records"], 1, "{done:?}");
    assert!(notes.contains("left in the account"), "{notes}");
    assert!(
        notes.contains("closed for MICROSOFT.COMPUTE only"),
        "{notes}"
    );
    assert!(!format!("{done:?}").contains("az-token"), "{done:?}");
}

#[test]
fn whoever_names_a_subscription_is_heard_before() {
    for (argument, variable, config, told) in [
        (
            Some(OTHER),
            Some(SUBSCRIPTION),
            None,
            "`--subscription` names",
        ),
        (
            None,
            Some(OTHER),
            Some(SUBSCRIPTION),
            "AZURE_SUBSCRIPTION_ID names",
        ),
        (None, None, Some(OTHER), "`misfire.toml` names"),
    ] {
        let mut cloud = azure(&profile("AzureCloud"));
        exports(&mut cloud);
        if let Some(id) = argument {
            cloud.arguments = vec!["--subscription".to_owned(), id.to_owned()];
        }
        if let Some(id) = variable {
            cloud.variables = vec![("AZURE_SUBSCRIPTION_ID", id.to_owned())];
        }
        if let Some(id) = config {
            cloud.config = format!("{}subscription = \"{id}\"\n", cloud.config);
        }
        let done = cloud.execute();
        let notes = notes(&done);
        assert!(
            notes.contains(&format!("is {OTHER}, which {told}")),
            "{notes}"
        );
        // The container holds nothing of it.
        assert_eq!(signal(&done), "unknown", "{done:?}");
    }
}

#[test]
fn a_profile_that_says_nothing_is_no_subscription() {
    for (text, told) in [
        ("{\"subscriptions\": []}".to_owned(), "names a subscription"),
        ("{\"subscriptions\": [".to_owned(), "is no profile"),
        (
            profile("AzureChinaCloud"),
            "chooses a subscription of `AzureChinaCloud`",
        ),
    ] {
        let mut cloud = azure(&text);
        exports(&mut cloud);
        let done = cloud.execute();
        assert_eq!(signal(&done), "unknown", "{done:?}");
        assert_eq!(done.verdict().0, "inconclusive", "{done:?}");
        let notes = notes(&done);
        assert!(notes.contains(told), "{notes}");
    }
}

#[test]
fn the_profile_is_where_the_environment_says() {
    let mut cloud = azure("no profile");
    exports(&mut cloud);
    cloud.write("elsewhere/azureProfile.json", &profile("AzureCloud"));
    let folder = cloud.path("elsewhere").display().to_string();
    cloud.variables = vec![("AZURE_CONFIG_DIR", folder)];
    let done = cloud.execute();
    assert_eq!(signal(&done), "seen", "{done:?}");
}

#[test]
fn without_a_resource_provider_a_window_stays_open() {
    let mut cloud = azure(&profile("AzureCloud"));
    exports(&mut cloud);
    cloud.commands = ["az rest --method post", "true"];
    cloud.signals = json!([{
        "id": "sent",
        "source": "azure-activity",
        "fields": {"operationName|endswith": "/RUNCOMMAND/ACTION"},
    }]);
    let done = cloud.execute();
    assert_eq!(signal(&done), "unknown", "{done:?}");
    let notes = notes(&done);
    assert!(notes.contains("names a resource provider"), "{notes}");
}
