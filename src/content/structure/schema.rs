//! Looking things up in a JSON Schema.

use serde_json::Value;

/// References that lead to references, followed this far.
const MOST_REFERENCES: usize = 16;

/// A part of a schema, and the whole of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct SchemaNode<'s> {
    root: &'s Value,
    node: &'s Value,
}

impl<'s> SchemaNode<'s> {
    /// The whole schema.
    pub(super) fn root(root: &'s Value) -> Self {
        Self { root, node: root }
    }

    /// The part that an evaluation path leads to, through references.
    pub(super) fn walk<S: AsRef<str>>(self, segments: &[S]) -> Option<Self> {
        segments.iter().try_fold(self, |at, segment| {
            let segment = segment.as_ref();
            if segment == "$ref" {
                return at.follow_reference();
            }
            let node = match at.node {
                Value::Array(list) => list.get(segment.parse::<usize>().ok()?)?,
                other => other.get(segment)?,
            };
            Some(Self { node, ..at })
        })
    }

    /// The value of a keyword.
    pub(super) fn keyword(self, name: &str) -> Option<&'s Value> {
        self.node.get(name)
    }

    /// The schema of a property, whatever alternative it is of.
    pub(super) fn property(self, name: &str) -> Option<Self> {
        self.parts(MOST_REFERENCES).into_iter().find_map(|part| {
            let node = part.node.get("properties")?.get(name)?;
            Some(Self { node, ..part })
        })
    }

    /// The names of all properties, of all alternatives, in the schema's order.
    pub(super) fn properties(self) -> Vec<&'s str> {
        let mut names = Vec::new();
        for part in self.parts(MOST_REFERENCES) {
            let properties = part.node.get("properties").and_then(Value::as_object);
            for name in properties.into_iter().flat_map(|all| all.keys()) {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// The values that are allowed, if they are listed.
    pub(super) fn options(self) -> Vec<&'s Value> {
        let mut options = Vec::new();
        for part in self.parts(MOST_REFERENCES) {
            options.extend(part.node.get("const"));
            let list = part.node.get("enum").and_then(Value::as_array);
            options.extend(list.into_iter().flatten());
        }
        options
    }

    /// The first sentence that says what this is.
    pub(super) fn meaning(self) -> Option<String> {
        let described = |part: Self| {
            let described = part.node.get("description").or(part.node.get("title"))?;
            first_sentence(described.as_str()?)
        };
        described(self).or_else(|| self.follow_reference().and_then(described))
    }

    /// This and all that it is composed of.
    fn parts(self, deepest: usize) -> Vec<Self> {
        let mut parts = vec![self];
        if deepest == 0 {
            return parts;
        }
        if let Some(target) = self.follow_reference() {
            parts.extend(target.parts(deepest - 1));
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let list = self.node.get(keyword).and_then(Value::as_array);
            for node in list.into_iter().flatten() {
                parts.extend(Self { node, ..self }.parts(deepest - 1));
            }
        }
        parts
    }

    fn follow_reference(self) -> Option<Self> {
        let reference = self.node.get("$ref")?.as_str()?;
        let node = self.root.pointer(reference.strip_prefix('#')?)?;
        Some(Self { node, ..self })
    }
}

/// The first sentence of a doc comment, on one line, to stand behind a colon.
fn first_sentence(text: &str) -> Option<String> {
    let paragraph = text.split("\n\n").next()?;
    let line = paragraph.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentence = line.split(". ").next()?.trim_end_matches('.');
    let mut characters = sentence.chars();
    let first = characters.next()?;
    let rest = characters.as_str();
    // `ATT&CK` keeps its capital, `The` does not.
    let is_word = rest.starts_with(|next: char| next.is_lowercase() || next == ' ');
    Some(if is_word {
        first.to_lowercase().chain(rest.chars()).collect()
    } else {
        sentence.to_owned()
    })
}
