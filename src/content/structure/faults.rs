//! What a JSON Schema finds wrong, told of the alternative that was meant.

use std::collections::BTreeSet;

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::schema::SchemaNode;

/// One thing that is wrong, and where in the value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    /// The keys and positions that lead to it.
    pub(super) path: Vec<String>,
    /// What it is.
    pub(super) kind: FaultKind,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum FaultKind {
    /// It has a key that it cannot have.
    UnknownKey { key: String, known: Vec<String> },
    /// It lacks a key.
    MissingKey {
        key: String,
        meaning: Option<String>,
        options: Vec<Value>,
    },
    /// It is of another type.
    Type { wanted: Vec<String>, need: Need },
    /// It is none of the allowed values.
    Choice { options: Vec<Value>, need: Need },
    /// It has fewer characters than this.
    TooShort(u64),
    /// It has more characters than this.
    TooLong(u64),
    /// It has fewer entries than this.
    TooFew { limit: u64, need: Need },
    /// It has more entries than this.
    TooMany(u64),
    /// An entry stands in it twice.
    Repeated,
    /// It does not look as it must.
    Pattern { meaning: Option<String> },
    /// It is out of range; the words for the range.
    Range(String),
    /// Its key does not look as it must.
    BadKey {
        key: String,
        meaning: Option<String>,
    },
    /// Anything else, in the words of the validator.
    Other(String),
}

/// Whether a value could as well be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// It could.
    Optional,
    /// It could not.
    Required,
}

/// More faults than this are not gathered; what is told is compared with each of
/// them.
pub(super) const GATHERED: usize = 500;

/// The faults of a value, each once, up to [`GATHERED`].
pub(super) fn faults(schema: &Value, validator: &Validator, instance: &Value) -> Vec<Fault> {
    let schema = SchemaNode::root(schema);
    let mut found = Vec::new();
    for error in validator.iter_errors(instance) {
        for fault in of_error(schema, &error) {
            if found.len() == GATHERED {
                return without_misspelled(one_for_a_value(found, instance));
            }
            if !found.contains(&fault) {
                found.push(fault);
            }
        }
    }
    without_misspelled(one_for_a_value(found, instance))
}

/// Leaves one fault for each value, the one that says most; faults of keys stay.
fn one_for_a_value(found: Vec<Fault>, instance: &Value) -> Vec<Fault> {
    let mut kept: Vec<Fault> = Vec::new();
    for fault in found {
        let Some(rank) = rank(&fault, instance) else {
            kept.push(fault);
            continue;
        };
        let earlier = kept
            .iter_mut()
            .find(|earlier| earlier.path == fault.path && self::rank(earlier, instance).is_some());
        match earlier {
            Some(earlier) if self::rank(earlier, instance) > Some(rank) => *earlier = fault,
            Some(_) => {}
            None => kept.push(fault),
        }
    }
    kept
}

/// How little a fault of a value says; none for a fault of a key.
fn rank(fault: &Fault, instance: &Value) -> Option<u8> {
    match fault.kind {
        FaultKind::UnknownKey { .. } | FaultKind::MissingKey { .. } | FaultKind::BadKey { .. } => {
            None
        }
        // The allowed words say more than that they are text.
        FaultKind::Choice { .. } => {
            let value = super::words::at(instance, &fault.path);
            let is_scalar = value.is_none_or(|value| !value.is_array() && !value.is_object());
            Some(if is_scalar { 0 } else { 2 })
        }
        FaultKind::Type { .. } => Some(1),
        _ => Some(3),
    }
}

/// Leaves out keys that are missing because they are misspelled: the unknown key
/// says what was meant.
fn without_misspelled(mut found: Vec<Fault>) -> Vec<Fault> {
    let mut meant = BTreeSet::new();
    for fault in &found {
        if let FaultKind::UnknownKey { key, known } = &fault.kind
            && let Some(known) = super::words::meant_by(key, known)
        {
            meant.insert((fault.path.clone(), known.to_owned()));
        }
    }
    found.retain(|fault| match &fault.kind {
        FaultKind::MissingKey { key, .. } => !meant.contains(&(fault.path.clone(), key.clone())),
        _ => true,
    });
    found
}

fn segments(location: &jsonschema::paths::Location) -> Vec<String> {
    location
        .segments()
        .map(|segment| segment.to_string())
        .collect()
}

fn of_error(root: SchemaNode<'_>, error: &ValidationError<'_>) -> Vec<Fault> {
    let path = segments(error.instance_path());
    let mut keyword = segments(error.evaluation_path());
    keyword.pop();
    let schema = root.walk(&keyword).unwrap_or(root);
    let one = |kind| {
        vec![Fault {
            path: path.clone(),
            kind,
        }]
    };
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = schema.properties();
            let present = error.instance().as_object();
            let is_free = |name: &str| !present.is_some_and(|object| object.contains_key(name));
            let free = known.iter().filter(|name| is_free(name));
            let free: Vec<_> = free.map(|name| (*name).to_owned()).collect();
            let unknown = unexpected
                .iter()
                // A key of an alternative that was not taken is told there.
                .filter(|key| !known.contains(&key.as_str()));
            unknown
                .flat_map(|key| {
                    one(FaultKind::UnknownKey {
                        key: key.clone(),
                        known: free.clone(),
                    })
                })
                .collect()
        }
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            let described = schema.property(key);
            one(FaultKind::MissingKey {
                key: key.to_owned(),
                meaning: described.and_then(SchemaNode::meaning),
                options: described.map_or_else(Vec::new, |of| cloned(of.options())),
            })
        }
        Kind::Type { .. } => {
            let wanted = match schema.keyword("type") {
                Some(Value::String(name)) => vec![name.clone()],
                Some(Value::Array(names)) => names
                    .iter()
                    .filter_map(|name| name.as_str().map(str::to_owned))
                    .collect(),
                _ => Vec::new(),
            };
            one(FaultKind::Type {
                wanted,
                need: need(root, &keyword),
            })
        }
        Kind::Constant { expected_value } => one(FaultKind::Choice {
            options: vec![expected_value.as_ref().clone()],
            need: need(root, &keyword),
        }),
        Kind::Enum { options } => one(FaultKind::Choice {
            options: options.as_array().cloned().unwrap_or_default(),
            need: need(root, &keyword),
        }),
        Kind::MinLength { limit } => one(FaultKind::TooShort(*limit)),
        Kind::MaxLength { limit } => one(FaultKind::TooLong(*limit)),
        Kind::MinItems { limit } | Kind::MinProperties { limit } => one(FaultKind::TooFew {
            limit: *limit,
            need: need(root, &keyword),
        }),
        Kind::MaxItems { limit } | Kind::MaxProperties { limit } => one(FaultKind::TooMany(*limit)),
        Kind::UniqueItems => one(FaultKind::Repeated),
        Kind::Pattern { .. } | Kind::Format { .. } => one(FaultKind::Pattern {
            meaning: schema.meaning().or_else(|| meaning_above(root, &keyword)),
        }),
        Kind::Minimum { limit } => one(FaultKind::Range(format!("at least {limit}"))),
        Kind::Maximum { limit } => one(FaultKind::Range(format!("at most {limit}"))),
        Kind::ExclusiveMinimum { limit } => one(FaultKind::Range(format!("more than {limit}"))),
        Kind::ExclusiveMaximum { limit } => one(FaultKind::Range(format!("less than {limit}"))),
        Kind::PropertyNames { error } => {
            let names = [schema.walk(&["propertyNames"]), Some(schema)];
            one(FaultKind::BadKey {
                key: error.instance().as_str().unwrap_or_default().to_owned(),
                meaning: names.into_iter().flatten().find_map(SchemaNode::meaning),
            })
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let branches = context.iter().map(|errors| {
                let faults = errors.iter().flat_map(|error| of_error(root, error));
                faults.collect()
            });
            best_branch(&path, error.instance(), branches.collect())
        }
        _ => one(FaultKind::Other(error.masked_with("the value").to_string())),
    }
}

/// Whether the property whose schema is at that path must be there.
fn need(root: SchemaNode<'_>, keyword: &[String]) -> Need {
    let property = keyword.iter().rposition(|part| part == "properties");
    let Some((place, name)) = property.and_then(|at| Some((at, keyword.get(at + 1)?))) else {
        return Need::Required;
    };
    let is_of_property = keyword[place + 2..].iter().all(|part| {
        matches!(part.as_str(), "$ref" | "anyOf" | "oneOf") || part.parse::<u8>().is_ok()
    });
    let required = root
        .walk(&keyword[..place])
        .and_then(|parent| parent.keyword("required"))
        .and_then(Value::as_array);
    let is_required = required.is_some_and(|names| names.iter().any(|known| known == name));
    if is_of_property && !is_required {
        Need::Optional
    } else {
        Need::Required
    }
}

/// What the property that a reference stands in says, where its target says
/// nothing.
fn meaning_above(root: SchemaNode<'_>, keyword: &[String]) -> Option<String> {
    let above = keyword.strip_suffix(&["$ref".to_owned()])?;
    root.walk(above)?.meaning()
}

fn cloned(values: Vec<&Value>) -> Vec<Value> {
    values.into_iter().cloned().collect()
}

/// How well a value fits an alternative; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Misfit {
    /// It is meant, with faults.
    Meant,
    /// A key of it says that another alternative is meant.
    OtherTag,
    /// It is of another type altogether, or another constant.
    OtherType,
}

/// The faults of the alternative that was most likely meant.
fn best_branch(path: &[String], instance: &Value, branches: Vec<Vec<Fault>>) -> Vec<Fault> {
    let misfit = |faults: &Vec<Fault>| misfit(path, faults);
    let Some(best) = branches.iter().map(misfit).min() else {
        return Vec::new();
    };
    let of_best: Vec<Vec<Fault>> = branches
        .into_iter()
        .filter(|faults| misfit(faults) == best)
        .collect();
    match best {
        Misfit::OtherType => vec![none_of(path, instance, &of_best)],
        Misfit::OtherTag => merged_choices(path, &of_best),
        Misfit::Meant => {
            let missing = missing_tags(path, &of_best);
            if of_best.len() > 1 && !missing.is_empty() {
                return missing;
            }
            of_best
                .into_iter()
                .min_by_key(|faults| (count_unknown(faults), faults.len()))
                .unwrap_or_default()
        }
    }
}

fn misfit(path: &[String], faults: &[Fault]) -> Misfit {
    let of_fault = |fault: &Fault| {
        let is_here = fault.path == path;
        let is_child = fault.path.len() == path.len() + 1;
        match fault.kind {
            FaultKind::Type { .. } | FaultKind::Choice { .. } if is_here => Misfit::OtherType,
            FaultKind::Choice { .. } if is_child => Misfit::OtherTag,
            _ => Misfit::Meant,
        }
    };
    faults.iter().map(of_fault).max().unwrap_or(Misfit::Meant)
}

/// The fault of a value that is none of the alternatives at all.
fn none_of(path: &[String], instance: &Value, branches: &[Vec<Fault>]) -> Fault {
    let here = branches.iter().flatten().filter(|fault| fault.path == path);
    let mut types = Vec::new();
    let mut options = Vec::new();
    let mut need = Need::Required;
    for fault in here {
        match &fault.kind {
            FaultKind::Type {
                wanted,
                need: of_key,
            } => {
                types.extend(wanted.iter().cloned());
                need = *of_key;
            }
            FaultKind::Choice {
                options: allowed,
                need: of_key,
            } => {
                options.extend(allowed.iter().cloned());
                need = *of_key;
            }
            _ => {}
        }
    }
    types.dedup();
    let is_scalar = !instance.is_array() && !instance.is_object() && !instance.is_null();
    let kind = if options.is_empty() || !(is_scalar || types.is_empty()) {
        FaultKind::Type {
            wanted: types,
            need,
        }
    } else {
        FaultKind::Choice { options, need }
    };
    Fault {
        path: path.to_vec(),
        kind,
    }
}

/// One fault for a tag that none of the alternatives has.
fn merged_choices(path: &[String], branches: &[Vec<Fault>]) -> Vec<Fault> {
    let mut merged: Vec<Fault> = Vec::new();
    for fault in branches.iter().flatten() {
        let FaultKind::Choice { options, .. } = &fault.kind else {
            continue;
        };
        if fault.path.len() != path.len() + 1 {
            continue;
        }
        let known = merged.iter_mut().find(|known| known.path == fault.path);
        match known.map(|known| &mut known.kind) {
            Some(FaultKind::Choice { options: known, .. }) => {
                known.extend(
                    options
                        .iter()
                        .filter(|option| !known.contains(option))
                        .cloned()
                        .collect::<Vec<_>>(),
                );
            }
            _ => merged.push(fault.clone()),
        }
    }
    merged
}

/// The tags that every alternative lacks, with all values that they can have.
fn missing_tags(path: &[String], branches: &[Vec<Fault>]) -> Vec<Fault> {
    let tags_of = |faults: &[Fault]| -> Vec<Fault> {
        let is_tag = |fault: &&Fault| {
            let FaultKind::MissingKey { options, .. } = &fault.kind else {
                return false;
            };
            fault.path == path && !options.is_empty()
        };
        faults.iter().filter(is_tag).cloned().collect()
    };
    let Some((first, others)) = branches.split_first() else {
        return Vec::new();
    };
    let mut tags = tags_of(first);
    for faults in others {
        let theirs = tags_of(faults);
        tags.retain_mut(|tag| {
            let FaultKind::MissingKey { key, options, .. } = &mut tag.kind else {
                return false;
            };
            let same = theirs.iter().find_map(|other| match &other.kind {
                FaultKind::MissingKey {
                    key: other_key,
                    options,
                    ..
                } if other_key == key => Some(options),
                _ => None,
            });
            if let Some(more) = same {
                for option in more {
                    if !options.contains(option) {
                        options.push(option.clone());
                    }
                }
            }
            same.is_some()
        });
    }
    tags
}

fn count_unknown(faults: &[Fault]) -> usize {
    faults
        .iter()
        .filter(|fault| matches!(fault.kind, FaultKind::UnknownKey { .. }))
        .count()
}
