//! The operations of Amazon Web Services that are known: a table that `.ci/aws-operations`
//! writes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A service as the command line names it.
#[derive(Debug)]
pub(super) struct Service {
    /// Its name on the command line, as `ssm`.
    pub(super) name: &'static str,
    /// Its name in records, as `ssm.amazonaws.com`.
    pub(super) source: &'static str,
    /// The first part of its host's name.
    pub(super) endpoint: &'static str,
    /// Its operations by their names on the command line, unparsed.
    operations: BTreeMap<&'static str, &'static str>,
}

/// An operation.
#[derive(Debug)]
pub(super) struct Operation {
    /// Its name in the interface, as `SendCommand`.
    pub(super) name: &'static str,
    /// Whether it answers anything.
    pub(super) answers: Answers,
    /// Its parameters.
    pub(super) parameters: Vec<Parameter>,
}

/// Whether an operation answers anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answers {
    /// It has an answer.
    Something,
    /// Its answer is always empty.
    Nothing,
}

/// A parameter of an operation.
#[derive(Debug)]
pub(super) struct Parameter {
    /// Its name on the command line, without the hyphens before it.
    pub(super) argument: &'static str,
    /// Its name in the interface.
    pub(super) name: String,
    /// What it holds.
    pub(super) kind: Kind,
    /// Whether it must be there.
    pub(super) need: Need,
}

/// Whether a parameter must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// The command line refuses to go without it.
    Required,
    /// It may be left out.
    Optional,
    /// It may be there; what it becomes in the call is not known.
    Opaque,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Text, times included.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// A truth value.
    Truth,
    /// Bytes.
    Bytes,
    /// A list.
    List(Box<Kind>),
    /// Members of any names.
    Map(Box<Kind>),
    /// Members of these names.
    Structure(Vec<(String, Kind)>),
    /// Anything.
    Any,
}

static SERVICES: LazyLock<BTreeMap<&'static str, Service>> =
    LazyLock::new(|| services(include_str!("operations.tsv")));

fn services(table: &'static str) -> BTreeMap<&'static str, Service> {
    let mut services = BTreeMap::new();
    let mut current: Option<Service> = None;
    for line in table.lines() {
        if let Some(head) = line.strip_prefix("@\t") {
            let mut parts = head.split('\t');
            let (Some(name), Some(source), Some(endpoint)) =
                (parts.next(), parts.next(), parts.next())
            else {
                continue;
            };
            let next = Service {
                name,
                source,
                endpoint,
                operations: BTreeMap::new(),
            };
            if let Some(done) = current.replace(next) {
                services.insert(done.name, done);
            }
        } else if let (Some(service), Some((name, rest))) = (&mut current, line.split_once('\t')) {
            service.operations.insert(name, rest);
        }
    }
    if let Some(done) = current {
        services.insert(done.name, done);
    }
    services
}

/// The service that the command line calls so.
pub(super) fn service(name: &str) -> Option<&'static Service> {
    SERVICES.get(name)
}

impl Service {
    /// The operation that the command line calls so.
    pub(super) fn operation(&self, name: &str) -> Option<Operation> {
        parse(self.operations.get(name)?)
    }

    /// The operation that the interface calls so.
    pub(super) fn operation_named(&self, name: &str) -> Option<Operation> {
        self.operations
            .values()
            .find(|line| line.split('\t').next() == Some(name))
            .and_then(|line| parse(line))
    }

    /// The host that its calls go to; services of no region have one host.
    pub(super) fn host(&self, region: &str) -> String {
        if self.is_global() {
            format!("{}.amazonaws.com", self.endpoint)
        } else {
            format!("{}.{region}.amazonaws.com", self.endpoint)
        }
    }

    /// Whether it has no regions: its records are of `us-east-1`.
    pub(super) fn is_global(&self) -> bool {
        matches!(self.name, "iam" | "organizations" | "account")
    }
}

fn parse(line: &'static str) -> Option<Operation> {
    let mut parts = line.split('\t');
    let name = parts.next()?;
    let answers = match parts.next() {
        Some("-") => Answers::Nothing,
        _ => Answers::Something,
    };
    let parameters = parts.map(parameter).collect();
    Some(Operation {
        name,
        answers,
        parameters,
    })
}

fn parameter(text: &'static str) -> Parameter {
    let (need, text) = match (text.strip_prefix('!'), text.strip_prefix('?')) {
        (Some(rest), _) => (Need::Required, rest),
        (_, Some(rest)) => (Need::Opaque, rest),
        (None, None) => (Need::Optional, text),
    };
    let (names, kind) = match text.split_once(':') {
        Some((names, kind)) => (names, parse_kind(&mut kind.chars().peekable())),
        None => (text, Kind::Text),
    };
    let (argument, name) = match names.split_once('=') {
        Some((argument, name)) => (argument, name.to_owned()),
        None => (names, pascal(names)),
    };
    Parameter {
        argument,
        name,
        kind,
        need,
    }
}

/// A name with hyphens as the interface writes it, unless it says otherwise.
fn pascal(name: &str) -> String {
    name.split('-')
        .map(|part| {
            let mut letters = part.chars();
            match letters.next() {
                Some(first) => first.to_uppercase().chain(letters).collect(),
                None => String::new(),
            }
        })
        .collect()
}

fn parse_kind(text: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Kind {
    match text.next() {
        Some('i') => Kind::Whole,
        Some('f') => Kind::Number,
        Some('b') => Kind::Truth,
        Some('B') => Kind::Bytes,
        Some('j') => Kind::Any,
        Some('[') => {
            let item = parse_kind(text);
            text.next();
            Kind::List(Box::new(item))
        }
        Some('{') => members(text),
        _ => Kind::Text,
    }
}

/// What follows an opening brace, up to the closing one.
fn members(text: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Kind {
    let mut members = Vec::new();
    let mut name = String::new();
    while let Some(sign) = text.next() {
        match sign {
            ':' if name.is_empty() => {
                let value = parse_kind(text);
                text.next();
                return Kind::Map(Box::new(value));
            }
            ':' => {
                let kind = parse_kind(text);
                members.push((std::mem::take(&mut name), kind));
            }
            ',' => {}
            '}' => break,
            other => name.push(other),
        }
    }
    Kind::Structure(members)
}
