//! Values: what variables hold and pipelines carry.

use std::rc::Rc;

use super::ast::Block;

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(Rc<str>),
    Array(Array),
    /// A place among the shell's objects.
    Object(usize),
    Block(Rc<Block>),
    Type(Rc<str>),
    /// Something that nobody can know here.
    Unknown,
}

/// Values in a row; how deep it nests is bounded.
#[derive(Debug, Clone)]
pub(super) struct Array {
    items: Rc<Vec<Value>>,
    depth: u8,
}

/// An object: a .NET type and properties.
#[derive(Debug, Clone, Default)]
pub(super) struct Object {
    pub(super) kind: String,
    pub(super) properties: Vec<(String, Value)>,
}

/// The most levels of arrays within arrays; what is deeper is not followed.
const MOST_NESTED: u8 = 12;

impl Value {
    pub(super) fn text(text: impl AsRef<str>) -> Self {
        Self::Text(Rc::from(text.as_ref()))
    }

    pub(super) fn array(items: Vec<Value>) -> Self {
        let depth = items
            .iter()
            .map(|item| match item {
                Self::Array(array) => array.depth + 1,
                _ => 0,
            })
            .max()
            .unwrap_or(0);
        if depth > MOST_NESTED {
            return Self::Unknown;
        }
        Self::Array(Array {
            items: Rc::new(items),
            depth,
        })
    }

    /// What a pipeline's output is as one value: nothing, the only one, or an array.
    pub(super) fn collected(mut items: Vec<Value>) -> Self {
        match items.len() {
            0 => Self::Null,
            1 => items.pop().unwrap_or(Self::Null),
            _ => Self::array(items),
        }
    }

    /// The values that it sends down a pipeline.
    pub(super) fn items(&self) -> Vec<Value> {
        match self {
            Self::Null => Vec::new(),
            Self::Array(array) => array.items.as_ref().clone(),
            other => vec![other.clone()],
        }
    }

    pub(super) fn slice(&self) -> &[Value] {
        match self {
            Self::Array(array) => array.items.as_slice(),
            other => std::slice::from_ref(other),
        }
    }

    /// Whether it counts as true; `None` if that is not known.
    pub(super) fn truth(&self) -> Option<bool> {
        Some(match self {
            Self::Null => false,
            Self::Bool(value) => *value,
            Self::Integer(value) => *value != 0,
            Self::Real(value) => *value != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Array(array) => match array.items.as_slice() {
                [] => false,
                [only] => return only.truth(),
                _ => true,
            },
            Self::Object(_) | Self::Block(_) | Self::Type(_) => true,
            Self::Unknown => return None,
        })
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::Bool(value) => Some(i64::from(*value)),
            Self::Null => Some(0),
            Self::Real(value) => whole(*value),
            Self::Text(text) => {
                let text = text.trim();
                match text.strip_prefix("0x") {
                    Some(digits) => i64::from_str_radix(digits, 16).ok(),
                    None => text
                        .parse()
                        .ok()
                        .or_else(|| text.parse::<f64>().ok().and_then(whole)),
                }
            }
            _ => None,
        }
    }

    pub(super) fn real(&self) -> Option<f64> {
        match self {
            Self::Real(value) => Some(*value),
            Self::Text(text) => text.trim().parse().ok(),
            #[expect(clippy::cast_precision_loss, reason = "as PowerShell converts")]
            other => other.integer().map(|value| value as f64),
        }
    }
}

/// A number rounded as PowerShell rounds: half to even.
fn whole(value: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (value.abs() < 9e18).then(|| value.round_ties_even() as i64)
}

impl Value {
    pub(super) fn text_type(name: &str) -> Self {
        Self::Type(Rc::from(name))
    }
}
