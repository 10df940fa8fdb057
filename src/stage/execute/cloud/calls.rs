//! Which services a command calls, as far as its text says so.

use std::collections::BTreeSet;

/// Options of the AWS command line that stand before the service and take no value
/// (AWS CLI command reference, "aws", global options).
const SWITCHES: [&str; 7] = [
    "--debug",
    "--no-cli-auto-prompt",
    "--no-cli-pager",
    "--no-paginate",
    "--no-sign-request",
    "--no-verify-ssl",
    "--cli-auto-prompt",
];

/// The services that a script calls by the AWS command line, as CloudTrail names them
/// in `eventSource`, such as `ssm.amazonaws.com`.
///
/// What calls services in another way is not seen; so this says what a window has to be
/// closed for at least, never what was called.
#[must_use]
pub fn aws_services(script: &str) -> BTreeSet<String> {
    let joined = script.replace("\\\n", " ");
    let mut services = BTreeSet::new();
    for line in joined.lines() {
        let words: Vec<&str> = line
            .split(separates)
            .filter(|word| !word.is_empty())
            .collect();
        for (place, word) in words.iter().enumerate() {
            if *word != "aws" && !word.ends_with("/aws") {
                continue;
            }
            let rest = words.get(place + 1..).unwrap_or_default();
            services.extend(service(rest).map(event_source));
        }
    }
    services
}

fn separates(sign: char) -> bool {
    sign.is_whitespace() || "\"'`();|&<>".contains(sign)
}

/// The first word that is neither an option nor the value of one.
fn service<'w>(words: &[&'w str]) -> Option<&'w str> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            let is_name = word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
            return is_name.then_some(*word);
        }
        if !SWITCHES.contains(word) && !word.contains('=') {
            words.next();
        }
    }
    None
}

/// The name of a service in CloudTrail, by its name on the command line. Most are the
/// same; these are not (the `endpointPrefix` of botocore's models and the CloudTrail
/// user guide agree on them).
fn event_source(service: &str) -> String {
    let name = match service {
        "s3api" | "s3control" => "s3",
        "cloudwatch" => "monitoring",
        "elb" | "elbv2" => "elasticloadbalancing",
        "configservice" => "config",
        "stepfunctions" => "states",
        "sesv2" | "ses" => "ses",
        "efs" => "elasticfilesystem",
        "emr" => "elasticmapreduce",
        name => name,
    };
    format!("{name}.amazonaws.com")
}
