//! Names of fields: whatever their case, they are the record's, or the query's own.
//!
//! Source: Sumo Logic, "Reference a Field with Special Characters"; "Parse JSON Formatted
//! Logs"; "fields Search Operator"; the message `Field … not found` of the product.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::deployment::Deployment;
use super::super::syntax::{Field, FieldName, Span};
use super::json::Inferring;
use super::{Fault, Lowerer};
use crate::detect::plan::{Expr, RAW};

/// Keys of the clouds' records whose values are objects or lists, in lower case.
const OBJECTS: [&str; 11] = [
    "additionaleventdata",
    "authorization",
    "claims",
    "httprequest",
    "identity",
    "properties",
    "requestparameters",
    "resources",
    "responseelements",
    "tlsdetails",
    "useridentity",
];

/// What the product has of every message, and is not made here, in lower case.
///
/// Source: Sumo Logic, "Built-in Metadata"; "Data Tiers".
const NOT_MADE: [&str; 6] = [
    RAW,
    "_size",
    "_messagecount",
    "_messageid",
    "_datatier",
    "__timeslice_end",
];

/// The fields that there are at one place of a query.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// What the query makes, by its name in lower case.
    made: BTreeMap<String, Arc<str>>,
    /// What of other fields is left.
    left: Left,
    /// The keys of messages that were named, by their names in lower case.
    keys: BTreeMap<String, Arc<str>>,
    others: Others,
    /// The results of aggregations that are numbers.
    numbers: BTreeSet<Arc<str>>,
    /// What `json auto` takes names from, if a text.
    inferring: Option<Inferring>,
    /// Fields that the product has from here on, and that are not made here, in lower case.
    unmade: BTreeSet<String>,
    /// The fields that only field extraction rules give, of those that were asked for.
    extracted: BTreeSet<Arc<str>>,
}

/// Which fields the operators before have left. Names are in lower case.
#[derive(Debug, Clone)]
enum Left {
    /// All of a message.
    Everything,
    /// All of a message but these.
    AllBut(BTreeSet<String>),
    /// Of a message these, and those that begin with an underscore.
    Only(BTreeSet<String>),
    /// These keys and results of an aggregation.
    Results(BTreeSet<String>),
}

/// What becomes of a name that no record is known to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    /// It is not found.
    Unfound,
    /// It is inferred, since `json auto` or its like came before.
    Inferred,
    /// It may be of an operator of which it is not known what it makes.
    Unsure,
}

/// Why there is no field of a name.
#[derive(Debug)]
pub(super) enum Missing {
    /// The product has none, since.
    NotFound(&'static str),
    /// The product has it, but it is not made here.
    NotMade(String),
    /// `json auto` may find it in a text.
    Inferred,
    /// An element of a list of the record's JSON.
    Element(Arc<str>),
}

/// Whether a key is one whose value is an object or a list.
pub(super) fn is_object(key: &str) -> bool {
    OBJECTS.contains(&key.to_lowercase().as_str())
}

impl Names {
    /// The fields of the messages of a deployment.
    pub(super) fn of_messages(deployment: &Deployment) -> Self {
        Self {
            made: BTreeMap::new(),
            left: Left::Everything,
            keys: BTreeMap::new(),
            others: match deployment.messages_are_whole {
                true => Others::Inferred,
                false => Others::Unfound,
            },
            numbers: BTreeSet::new(),
            inferring: None,
            unmade: BTreeSet::new(),
            extracted: BTreeSet::new(),
        }
    }

    /// The field of a name.
    pub(super) fn find(
        &mut self,
        name: &str,
        deployment: &Deployment,
    ) -> Result<Arc<str>, Missing> {
        let lower = name.to_lowercase();
        if self.unmade.contains(&lower) {
            return Err(Missing::NotMade(format!("the field `{name}`")));
        }
        if let Some(why) = self.left.lacks(&lower) {
            return self.unless_unsure(name, Missing::NotFound(why));
        }
        if let Some(made) = self.made.get(&lower) {
            return Ok(Arc::clone(made));
        }
        if self.inferring.is_some() && !lower.starts_with('_') {
            return Err(Missing::Inferred);
        }
        if is_object(name) && !deployment.messages_are_whole {
            return Err(Missing::NotMade(format!(
                "the JSON object `{name}` as one text"
            )));
        }
        if let Some(known) = deployment.spelled(&lower) {
            if deployment.is_extracted(&known) {
                self.extracted.insert(Arc::clone(&known));
            }
            return Ok(known);
        }
        if NOT_MADE.contains(&lower.as_str()) {
            return match deployment.messages_are_whole && lower == RAW {
                true => Ok(RAW.into()),
                false => Err(Missing::NotMade(format!("the field `{name}`"))),
            };
        }
        let path = match deployment.spelled_below(name) {
            Some(path) => path,
            None if self.others == Others::Inferred => name.to_owned(),
            None => {
                let why = "no record has it, and nothing before makes it";
                return self.unless_unsure(name, Missing::NotFound(why));
            }
        };
        match path.contains('[') {
            true if deployment.messages_are_whole => {
                Err(Missing::NotMade("one element of a JSON array".to_owned()))
            }
            true => Err(Missing::Element(path.as_str().into())),
            false => {
                let key = self.keys.entry(lower);
                Ok(Arc::clone(key.or_insert_with(|| path.into())))
            }
        }
    }

    fn unless_unsure(&self, name: &str, missing: Missing) -> Result<Arc<str>, Missing> {
        match self.others {
            Others::Unsure => Ok(name.into()),
            Others::Unfound | Others::Inferred => Err(missing),
        }
    }

    /// A field that is made; its name from now on. One that messages have keeps its
    /// spelling, so that it is the same field in any case.
    pub(super) fn make(&mut self, name: &str, deployment: &Deployment) -> Arc<str> {
        let lower = name.to_lowercase();
        let made = match self.made.get(&lower) {
            Some(made) => Arc::clone(made),
            None => {
                let known = self.keys.get(&lower).cloned();
                let known = known.or_else(|| deployment.spelled(&lower));
                known.unwrap_or_else(|| name.into())
            }
        };
        self.unmade.remove(&lower);
        self.made.insert(lower.clone(), Arc::clone(&made));
        self.left.gain(lower);
        made
    }

    /// A result of an aggregation that is a number.
    pub(super) fn count_as_number(&mut self, made: &Arc<str>) {
        self.numbers.insert(Arc::clone(made));
    }

    /// The results of aggregations that are left and are numbers.
    pub(super) fn numbers(&self) -> Vec<Arc<str>> {
        let left = self.numbers.iter();
        left.filter(|name| self.left.lacks(&name.to_lowercase()).is_none())
            .cloned()
            .collect()
    }

    /// The fields that an aggregation has left, by what they are called now; none if
    /// there are messages still.
    pub(super) fn results(&self) -> Option<Vec<Arc<str>>> {
        let Left::Results(left) = &self.left else {
            return None;
        };
        let names = left.iter();
        let spelled = names.map(
            |name| match self.made.get(name).or_else(|| self.keys.get(name)) {
                Some(known) => Arc::clone(known),
                None => name.as_str().into(),
            },
        );
        Some(spelled.collect())
    }

    /// From now on any name may be a column.
    pub(super) fn open(&mut self) {
        self.left = Left::Everything;
        self.others = Others::Unsure;
    }

    /// Another name for a field that is made.
    pub(super) fn also_call(&mut self, made: &Arc<str>, name: &str) {
        let lower = name.to_lowercase();
        self.left.gain(lower.clone());
        self.made.entry(lower).or_insert_with(|| Arc::clone(made));
    }

    /// Whether a name is of a field that the query makes.
    pub(super) fn is_made(&self, name: &str) -> bool {
        self.made.contains_key(&name.to_lowercase())
    }

    /// An aggregation: only its keys, and what is made from now on, are left.
    pub(super) fn aggregate(&mut self, keys: &[Arc<str>]) {
        let keys = keys.iter().map(|key| key.to_lowercase());
        self.left = Left::Results(keys.collect());
    }

    /// Only these fields stay.
    pub(super) fn keep(&mut self, names: &[Arc<str>]) {
        let names = names.iter().map(|name| name.to_lowercase()).collect();
        self.left = match self.left {
            Left::Results(_) => Left::Results(names),
            _ => Left::Only(names),
        };
    }

    /// These fields go.
    pub(super) fn remove(&mut self, names: &[Arc<str>]) {
        let names = names.iter().map(|name| name.to_lowercase());
        match &mut self.left {
            Left::Everything => self.left = Left::AllBut(names.collect()),
            Left::AllBut(gone) => gone.extend(names),
            Left::Only(left) | Left::Results(left) => {
                for name in names {
                    left.remove(&name);
                }
            }
        }
    }

    /// From now on names that no record is known to have are inferred.
    pub(super) fn infer(&mut self) {
        self.others = Others::Inferred;
    }

    /// From now on `json auto` finds names in a text.
    pub(super) fn infer_from(&mut self, inferring: Inferring) {
        self.inferring = Some(inferring);
    }

    /// The names that the query has made.
    pub(super) fn made(&self) -> Vec<Arc<str>> {
        self.made.values().cloned().collect()
    }

    /// A field that the product makes, and that is not made here.
    pub(super) fn leave_unmade(&mut self, name: &str) {
        self.unmade.insert(name.to_lowercase());
    }

    /// An operator of which it is not known what it makes.
    pub(super) fn lose_track(&mut self) {
        self.others = Others::Unsure;
    }

    /// Whether there are messages still, rather than the rows of an aggregation.
    pub(super) fn are_of_messages(&self) -> bool {
        !matches!(self.left, Left::Results(_))
    }

    /// Whether all of a message is left.
    pub(super) fn are_complete(&self) -> bool {
        matches!(self.left, Left::Everything)
    }

    /// The fields that were asked for and that only field extraction rules give.
    pub(super) fn extracted(&self) -> impl Iterator<Item = &Arc<str>> {
        self.extracted.iter()
    }
}

impl Left {
    /// Why a field is not left; `None` if it is.
    fn lacks(&self, name: &str) -> Option<&'static str> {
        match self {
            Self::Everything => None,
            Self::AllBut(gone) => gone
                .contains(name)
                .then_some("`fields` before takes it away"),
            Self::Only(left) => (!left.contains(name) && !name.starts_with('_'))
                .then_some("`fields` before keeps only others"),
            Self::Results(left) => (!left.contains(name))
                .then_some("an aggregation before leaves only its keys and results"),
        }
    }

    /// A field comes.
    fn gain(&mut self, name: String) {
        match self {
            Self::Everything => {}
            Self::AllBut(gone) => {
                gone.remove(&name);
            }
            Self::Only(left) | Self::Results(left) => {
                left.insert(name);
            }
        }
    }
}

impl Lowerer<'_> {
    /// A field that is read.
    pub(super) fn read(&mut self, name: &FieldName, span: Span) -> Result<Arc<str>, Fault> {
        let name = &name.text;
        let why = match self.names.find(name, &self.environment.deployment) {
            Ok(field) => return Ok(field),
            Err(Missing::NotMade(what)) => return Err(Fault::unsupported(what, span)),
            Err(Missing::Inferred) => {
                let field = self.make_named(name);
                if let Some(inferring) = self.names.inferring.clone() {
                    self.before.push(self.inferred(&inferring, name, &field));
                }
                return Ok(field);
            }
            Err(Missing::Element(path)) => {
                let field = self.make_named(&path);
                self.before
                    .push(self.inferred(&Inferring::of_record(span), &path, &field));
                return Ok(field);
            }
            Err(Missing::NotFound(why)) => why,
        };
        if self.is_meant() {
            self.repaired(format!("`{name}` is taken as null: {why}"), span);
            return Ok(name.as_str().into());
        }
        Err(Fault::invalid(
            format!("the field `{name}` is not found: {why}"),
            span,
        ))
    }

    /// A field that is read, as an expression.
    pub(super) fn field(&mut self, name: &FieldName, span: Span) -> Result<Expr, Fault> {
        let read = self.read(name, span)?;
        Ok(Expr::field(&read, self.span(span)))
    }

    /// A field that is made; its name from now on.
    pub(super) fn make(&mut self, field: &Field) -> Arc<str> {
        self.make_named(&field.node.text)
    }

    /// The same by its name alone.
    pub(super) fn make_named(&mut self, name: &str) -> Arc<str> {
        self.names.make(name, &self.environment.deployment)
    }
}
