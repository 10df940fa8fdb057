//! Where a service is asked: regions, endpoints, and what configures them.

use misfire::collect::aws::{Environment, Service, Session};
use misfire::collect::{CollectError, wait_for};
use tempfile::TempDir;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, ResponseTemplate};

use super::super::support::{NEVER, Served, TestClock, client};
use super::support::{NOW, environment};

/// A home with these files in `.aws`.
fn home(config: &str, credentials: &str) -> TempDir {
    let home = TempDir::new().expect("a folder");
    let folder = home.path().join(".aws");
    std::fs::create_dir(&folder).expect("a folder");
    std::fs::write(folder.join("config"), config).expect("a file");
    std::fs::write(folder.join("credentials"), credentials).expect("a file");
    home
}

fn at_home(
    home: &TempDir,
    variables: &[(&str, &str)],
    profile: Option<&str>,
) -> Result<Session, CollectError> {
    let owned = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let environment = Environment::new(Some(home.path().to_owned()), owned);
    Session::new(environment, profile, client(&TestClock::at(NOW)))
}

fn region(session: &Session) -> Result<String, CollectError> {
    wait_for(NEVER, session.region())
}

const CONFIG: &str = "\
[default]
region = eu-west-1   # a comment

[profile lab]
  region=us-west-2
  services = local
  endpoint_url = http://127.0.0.1:1/

[profile plain]
region = eu-central-1

[services local]
s3 =
  endpoint_url = http://127.0.0.1:2
  other = 1
cloudwatch_logs =
  endpoint_url = http://127.0.0.1:3/
";

#[test]
fn the_region_is_the_environments_or_the_profiles() {
    let home = home(CONFIG, "");
    for (variables, profile, wanted) in [
        (&[][..], None, "eu-west-1"),
        (&[], Some("lab"), "us-west-2"),
        (&[("AWS_PROFILE", "plain")], None, "eu-central-1"),
        (
            &[("AWS_DEFAULT_REGION", "sa-east-1")],
            Some("lab"),
            "sa-east-1",
        ),
        (
            &[
                ("AWS_DEFAULT_REGION", "sa-east-1"),
                ("AWS_REGION", "ca-west-1"),
            ],
            None,
            "ca-west-1",
        ),
        (&[("AWS_REGION", "")], None, "eu-west-1"),
    ] {
        let session = at_home(&home, variables, profile).expect("a session");
        assert_eq!(region(&session).as_deref(), Ok(wanted), "{variables:?}");
    }
}

#[test]
fn without_a_region_it_is_the_one_of_the_machine() {
    let served = Served::new();
    served.mount(
        Mock::given(method("PUT"))
            .and(path("/latest/api/token"))
            .respond_with(ResponseTemplate::new(200).set_body_string("session-1")),
    );
    served.mount(
        Mock::given(method("GET"))
            .and(path("/latest/meta-data/placement/region"))
            .and(header("X-aws-ec2-metadata-token", "session-1"))
            .respond_with(ResponseTemplate::new(200).set_body_string("ap-south-1\n")),
    );
    let environment = environment(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &served.url())]);
    let session = Session::new(environment, None, client(&TestClock::at(NOW))).expect("it");
    assert_eq!(region(&session).as_deref(), Ok("ap-south-1"));
}

#[test]
fn no_region_at_all_is_told() {
    let environment = environment(&[("AWS_EC2_METADATA_DISABLED", "TRUE")]);
    let session = Session::new(environment, None, client(&TestClock::at(NOW))).expect("it");
    assert_eq!(
        region(&session).expect_err("none").to_string(),
        "AWS is configured wrongly: no region is set"
    );
}

#[test]
fn the_most_special_endpoint_counts() {
    let home = home(CONFIG, "");
    let of = |variables: &[(&str, &str)], profile, service| {
        let session = at_home(&home, variables, profile).expect("a session");
        session.endpoint(service, "eu-west-1")
    };
    let all = ("AWS_ENDPOINT_URL", "http://127.0.0.1:4");
    let one = ("AWS_ENDPOINT_URL_CLOUDTRAIL", "http://127.0.0.1:5/");
    let ignored = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    for (variables, profile, service, wanted) in [
        (
            &[all, one][..],
            Some("lab"),
            Service::CloudTrail,
            "http://127.0.0.1:5",
        ),
        (&[all, one], Some("lab"), Service::S3, "http://127.0.0.1:4"),
        (&[], Some("lab"), Service::S3, "http://127.0.0.1:2"),
        (&[], Some("lab"), Service::Logs, "http://127.0.0.1:3"),
        (&[], Some("lab"), Service::Sts, "http://127.0.0.1:1"),
        (
            &[],
            None,
            Service::Sts,
            "https://sts.eu-west-1.amazonaws.com",
        ),
        (
            &[all, ignored],
            Some("lab"),
            Service::S3,
            "https://s3.eu-west-1.amazonaws.com",
        ),
    ] {
        assert_eq!(of(variables, profile, service), wanted, "{service:?}");
    }
}

#[test]
fn partitions_have_domains_of_their_own() {
    let environment = environment(&[("AWS_REGION", "eu-west-1")]);
    let session = Session::new(environment, None, client(&TestClock::at(NOW))).expect("it");
    for (region, wanted) in [
        ("us-east-1", "https://logs.us-east-1.amazonaws.com"),
        ("us-gov-west-1", "https://logs.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "https://logs.cn-north-1.amazonaws.com.cn"),
        ("us-iso-east-1", "https://logs.us-iso-east-1.c2s.ic.gov"),
        (
            "us-isob-east-1",
            "https://logs.us-isob-east-1.sc2s.sgov.gov",
        ),
        ("eusc-de-east-1", "https://logs.eusc-de-east-1.amazonaws.eu"),
    ] {
        assert_eq!(session.endpoint(Service::Logs, region), wanted);
    }
    assert_eq!(
        session.endpoint(Service::Portal, "eu-west-1"),
        "https://portal.sso.eu-west-1.amazonaws.com"
    );
}

#[test]
fn files_can_lie_elsewhere() {
    let folder = TempDir::new().expect("a folder");
    let config = folder.path().join("my-config");
    std::fs::write(&config, "[profile a]\nregion = eu-north-1\n").expect("a file");
    let config = config.to_str().expect("text");
    let empty = TempDir::new().expect("a folder");
    let session = at_home(&empty, &[("AWS_CONFIG_FILE", config)], Some("a")).expect("it");
    assert_eq!(region(&session).as_deref(), Ok("eu-north-1"));
}

#[test]
fn a_profile_that_does_not_exist_is_told() {
    let home = home(CONFIG, "");
    for (variables, profile) in [
        (&[("AWS_PROFILE", "gone")][..], None),
        (&[], Some("gone")),
        (&[("AWS_PROFILE", "lab")], Some("gone")),
    ] {
        let error = at_home(&home, variables, profile).expect_err("there is none");
        assert_eq!(
            error.to_string(),
            "AWS is configured wrongly: there is no profile `gone`"
        );
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_with_its_line_and_without_its_words() {
    for (config, line) in [
        ("region = eu-west-1\n", 1),
        ("[default]\nhidden\n", 2),
        ("[default\n", 1),
        ("\n# a comment\n[default]\nregion = a\nhidden\n", 5),
    ] {
        let home = home(config, "");
        let error = at_home(&home, &[], None).expect_err(config);
        let told = error.to_string();
        assert!(
            told.starts_with(&format!("AWS is configured wrongly: line {line} of ")),
            "{told}"
        );
        assert!(!told.contains("hidden"));
    }
}
