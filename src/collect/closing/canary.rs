//! What can be done to see how far a source has come.
//!
//! A canary is a record that we know to be from after the window's end. Anyone's
//! will do; where nothing else happens, a harmless deed of ours leaves one.

use std::fmt;

use super::stream::Stream;

/// What leaves a record in a stream and harms nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Canary {
    /// Starting a process that ends at once (`cmd /c exit`), which leaves Sysmon
    /// event 1 and, if process creation is audited, Security event 4688.
    ///
    /// Writing to the log with `eventcreate` would not do: its events go to
    /// another channel, which says nothing of this one.
    Process,
    /// A call of the same service in the same region that only reads.
    Call(Request),
    /// Nothing harmless does; the reason, a fragment of a sentence.
    Nothing(&'static str),
}

/// A call of an AWS service that only reads, needs no parameters, and is recorded as
/// a management event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The service as `eventSource` names it.
    pub service: &'static str,
    /// The operation as `eventName` names it.
    pub event_name: &'static str,
    /// The permission that it needs. A denied call leaves a record as well, so it
    /// serves without.
    pub permission: &'static str,
    /// How it is sent.
    pub form: Form,
}

/// How a call is sent; the names are those of the service's API reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `POST /` with a form that holds `Action` and `Version`.
    Query {
        /// `Action`.
        action: &'static str,
        /// `Version`.
        version: &'static str,
    },
    /// `POST /` of an empty JSON object, version 1.1, with `X-Amz-Target`.
    Json {
        /// `X-Amz-Target`.
        target: &'static str,
    },
    /// `GET` of a path.
    Get {
        /// The path.
        path: &'static str,
    },
}

/// The calls, by service. IAM's are recorded in `us-east-1` only.
const CALLS: &[Request] = &[
    Request {
        service: "cloudtrail.amazonaws.com",
        event_name: "DescribeTrails",
        permission: "cloudtrail:DescribeTrails",
        form: Form::Json {
            target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.DescribeTrails",
        },
    },
    Request {
        service: "ec2.amazonaws.com",
        event_name: "DescribeRegions",
        permission: "ec2:DescribeRegions",
        form: Form::Query {
            action: "DescribeRegions",
            version: "2016-11-15",
        },
    },
    Request {
        service: "guardduty.amazonaws.com",
        event_name: "ListDetectors",
        permission: "guardduty:ListDetectors",
        form: Form::Get { path: "/detector" },
    },
    Request {
        service: "iam.amazonaws.com",
        event_name: "GetAccountSummary",
        permission: "iam:GetAccountSummary",
        form: Form::Query {
            action: "GetAccountSummary",
            version: "2010-05-08",
        },
    },
    Request {
        service: "kms.amazonaws.com",
        event_name: "ListAliases",
        permission: "kms:ListAliases",
        form: Form::Json {
            target: "TrentService.ListAliases",
        },
    },
    Request {
        service: "lambda.amazonaws.com",
        event_name: "ListFunctions20150331",
        permission: "lambda:ListFunctions",
        form: Form::Get {
            path: "/2015-03-31/functions/",
        },
    },
    Request {
        service: "logs.amazonaws.com",
        event_name: "DescribeLogGroups",
        permission: "logs:DescribeLogGroups",
        form: Form::Json {
            target: "Logs_20140328.DescribeLogGroups",
        },
    },
    Request {
        service: "s3.amazonaws.com",
        event_name: "ListBuckets",
        permission: "s3:ListAllMyBuckets",
        form: Form::Get { path: "/" },
    },
    Request {
        service: "secretsmanager.amazonaws.com",
        event_name: "ListSecrets",
        permission: "secretsmanager:ListSecrets",
        form: Form::Json {
            target: "secretsmanager.ListSecrets",
        },
    },
    Request {
        service: "ssm.amazonaws.com",
        event_name: "DescribeInstanceInformation",
        permission: "ssm:DescribeInstanceInformation",
        form: Form::Json {
            target: "AmazonSSM.DescribeInstanceInformation",
        },
    },
    Request {
        service: "sts.amazonaws.com",
        event_name: "GetCallerIdentity",
        permission: "none",
        form: Form::Query {
            action: "GetCallerIdentity",
            version: "2011-06-15",
        },
    },
];

/// What leaves a record in that stream.
#[must_use]
pub fn canary_of(stream: &Stream) -> Canary {
    if stream.is_cloudtrail() {
        return cloudtrail(stream.part());
    }
    if stream.is_channel() {
        return channel(stream.part());
    }
    // Microsoft, "Azure Monitor activity log": operations that only read are not
    // recorded.
    Canary::Nothing(
        "the Azure activity log records no operation that only reads; any later change of the \
         same resource provider serves, such as the test's own clean-up or a tag on what it made",
    )
}

fn cloudtrail(service: &str) -> Canary {
    if service.eq_ignore_ascii_case("ec2-instance-connect.amazonaws.com") {
        return Canary::Nothing(
            "EC2 Instance Connect has no call that only reads; another push of a key serves",
        );
    }
    let found = CALLS
        .iter()
        .find(|call| call.service.eq_ignore_ascii_case(service));
    match found {
        Some(call) => Canary::Call(*call),
        None => Canary::Nothing("no call of this service is known that only reads"),
    }
}

fn channel(channel: &str) -> Canary {
    let by_process = ["Security", "Microsoft-Windows-Sysmon/Operational"];
    if by_process
        .iter()
        .any(|known| known.eq_ignore_ascii_case(channel))
    {
        return Canary::Process;
    }
    Canary::Nothing("nothing harmless is known to write to this channel; any later record serves")
}

impl fmt::Display for Canary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process => f.write_str("a process that ends at once"),
            Self::Call(request) => write!(f, "{} of {}", request.event_name, request.service),
            Self::Nothing(because) => f.write_str(because),
        }
    }
}
