//! Calls of an interface of Amazon Web Services, allowed or refused.

use serde_json::{Map, Value};

use super::answers::recorded;
use super::operations::Service;
use crate::activity::{ActivityKind, AwsCall, AwsCaller, CallError};
use crate::stage::simulate::world::{AwsCallerProfile, AwsProfile, Context, World};

/// Operations that read although their names do not say so, and the other way round
/// (recorded events of real accounts).
const READ_ONLY: &[&str] = &[
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
];
const NOT_READ_ONLY: &[&str] = &["GetFederationToken"];
/// How the names of operations that only read begin.
const READING: &[&str] = &[
    "Describe", "Get", "List", "Lookup", "Search", "BatchGet", "Head", "Check", "Validate",
    "Simulate", "Select", "Query", "Scan", "Filter", "Test", "Estimate", "Generate",
];

/// A client's session: who calls, from where, and as what program.
#[derive(Debug, Clone)]
pub(super) struct Client<'c> {
    /// The process that calls.
    pub(super) context: &'c Context,
    /// The account.
    pub(super) account: &'c AwsProfile,
    /// The region.
    pub(super) region: String,
    /// What the client calls itself.
    pub(super) user_agent: String,
}

/// What came of a call.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// The service did it.
    Done(Value),
    /// The caller may not.
    Refused(CallError),
}

/// One call.
#[derive(Debug)]
pub(super) struct Request<'r> {
    /// The service.
    pub(super) service: &'r Service,
    /// The operation in the interface.
    pub(super) operation: &'r str,
    /// Its parameters.
    pub(super) parameters: Map<String, Value>,
    /// What it answers, if it is allowed.
    pub(super) answer: Value,
    /// Whether it is only asked whether it would be allowed.
    pub(super) is_dry_run: bool,
}

impl Request<'_> {
    /// Whether it changes nothing.
    pub(super) fn is_read_only(&self) -> bool {
        is_read_only(self.operation)
    }
}

impl Client<'_> {
    /// Calls.
    pub(super) fn call(&self, world: &mut World, request: Request<'_>) -> Answer {
        let Request {
            service,
            operation,
            parameters,
            answer,
            is_dry_run,
        } = request;
        world.fetch(
            &self.context.process,
            &format!("https://{}/", service.host(&self.region)),
        );
        world.pause(120);
        let action = format!("{}:{operation}", permission_prefix(service));
        let refusal = self.is_denied(&action).then(|| {
            let resource = self.resource(service, operation, &parameters);
            self.refusal(&action, &resource)
        });
        let dry_run = || CallError {
            code: "DryRunOperation".to_owned(),
            message: "Request would have succeeded, but DryRun flag is set.".to_owned(),
        };
        let refusal = refusal.or_else(|| is_dry_run.then(dry_run));
        let region = match service.is_global() {
            true => "us-east-1",
            false => &self.region,
        };
        let parameters = match parameters.is_empty() {
            true => Value::Null,
            false => Value::Object(parameters),
        };
        let call = AwsCall {
            service: service.source.to_owned(),
            operation: operation.to_owned(),
            region: region.to_owned(),
            parameters,
            response: match &refusal {
                Some(_) => Value::Null,
                None => recorded(&answer),
            },
            error: refusal.clone(),
            read_only: is_read_only(operation),
            caller: caller(self.account, world),
            source: self.account.source,
            user_agent: self.user_agent.clone(),
            endpoint: service.host(region),
        };
        world.happen(Some(&self.context.process), ActivityKind::AwsCall(call));
        world.pause(60);
        match refusal {
            Some(error) => Answer::Refused(error),
            None => Answer::Done(answer),
        }
    }

    fn is_denied(&self, action: &str) -> bool {
        self.account.denied.iter().any(|denied| {
            denied.eq_ignore_ascii_case(action)
                || denied.strip_suffix('*').is_some_and(|beginning| {
                    let start = action.get(..beginning.len());
                    start.is_some_and(|start| start.eq_ignore_ascii_case(beginning))
                })
        })
    }

    /// The caller's own ARN.
    pub(super) fn arn(&self) -> String {
        self.account.arn()
    }

    /// The caller's name: of a role it is the session's.
    pub(super) fn name(&self) -> &str {
        match &self.account.caller {
            AwsCallerProfile::User { name, .. } => name,
            AwsCallerProfile::Role { session, .. } => session,
        }
    }

    /// The caller's unique id.
    pub(super) fn id(&self) -> String {
        match &self.account.caller {
            AwsCallerProfile::User { id, .. } => id.clone(),
            AwsCallerProfile::Role { id, session, .. } => format!("{id}:{session}"),
        }
    }

    /// The resource that a permission is needed for, where the message of a refusal
    /// names one.
    fn resource(
        &self,
        service: &Service,
        operation: &str,
        parameters: &Map<String, Value>,
    ) -> String {
        let account = &self.account.account;
        let region = &self.region;
        let text = |name: &str| match parameters.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Array(items) => items.first()?.as_str().map(str::to_owned),
            _ => None,
        };
        let instance = ["InstanceIds", "InstanceId", "Target"];
        if let Some(id) = instance.iter().find_map(|name| text(name)) {
            let kind = match id.starts_with("mi-") {
                true => format!("arn:aws:ssm:{region}:{account}:managed-instance"),
                false => format!("arn:aws:ec2:{region}:{account}:instance"),
            };
            return format!("{kind}/{id}");
        }
        match service.name {
            "iam" => {
                let user = text("UserName").map(|name| format!("user/{name}"));
                let role = text("RoleName").map(|name| format!("role/{name}"));
                user.or(role).map_or_else(
                    || format!("arn:aws:iam::{account}:*"),
                    |part| format!("arn:aws:iam::{account}:{part}"),
                )
            }
            "s3api" => text("Bucket").map_or_else(
                || "arn:aws:s3:::*".to_owned(),
                |bucket| format!("arn:aws:s3:::{bucket}"),
            ),
            "ssm" if operation == "SendCommand" => text("DocumentName").map_or_else(
                || "*".to_owned(),
                |name| format!("arn:aws:ssm:{region}:{account}:document/{name}"),
            ),
            "secretsmanager" => text("SecretId").map_or_else(
                || "*".to_owned(),
                |name| format!("arn:aws:secretsmanager:{region}:{account}:secret:{name}"),
            ),
            _ => "*".to_owned(),
        }
    }

    fn refusal(&self, action: &str, resource: &str) -> CallError {
        CallError {
            code: "AccessDenied".to_owned(),
            message: format!(
                "User: {} is not authorized to perform: {action} on resource: {resource} \
                 because no identity-based policy allows the {action} action",
                self.arn()
            ),
        }
    }
}

/// The name of a service in permissions.
fn permission_prefix(service: &Service) -> &'static str {
    match service.name {
        "s3api" => "s3",
        "configservice" => "config",
        name => name,
    }
}

fn is_read_only(operation: &str) -> bool {
    if READ_ONLY.contains(&operation) {
        return true;
    }
    !NOT_READ_ONLY.contains(&operation)
        && READING
            .iter()
            .any(|beginning| operation.starts_with(beginning))
}

fn caller(account: &AwsProfile, world: &World) -> AwsCaller {
    let digits = account.account.clone();
    match &account.caller {
        AwsCallerProfile::User {
            id,
            name,
            access_key,
        } => AwsCaller::User {
            account: digits,
            id: id.clone(),
            name: name.clone(),
            access_key: access_key.clone(),
        },
        AwsCallerProfile::Role {
            id,
            name,
            session,
            access_key,
        } => AwsCaller::Role {
            account: digits,
            id: id.clone(),
            name: name.clone(),
            session: session.clone(),
            access_key: access_key.clone(),
            since: world
                .started()
                .checked_sub(SIGNED_IN)
                .unwrap_or_else(|_| world.started()),
        },
    }
}

/// How long before the test its caller signed in.
const SIGNED_IN: jiff::SignedDuration = jiff::SignedDuration::from_mins(47);
