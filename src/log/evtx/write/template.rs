//! Shapes as template definitions.

use ahash::AHashMap;
use sha2::{Digest, Sha256};

use super::WriteError;
use super::record::op;
use super::text::{hash, is_xml_name, push_utf16};

/// The longest name of an element or attribute, in UTF-16 units.
const MAX_NAME: usize = 1_024;
/// When the caches hold more than this, they start anew with the next chunk.
const MAX_TEMPLATES: usize = 1 << 14;
/// The same for names.
const MAX_NAMES: usize = 1 << 16;
/// The same for the bytes of shapes.
const MAX_SHAPE_BYTES: usize = 32 << 20;

/// The bytes before a definition's elements: next, GUID, size.
pub(super) const HEADER: usize = 24;
const FRAGMENT: [u8; 4] = [0x0f, 1, 1, 0];
/// The token of a substitution that always has a value.
const NORMAL: u8 = 0x0d;
/// The token of a substitution whose value may be null.
const OPTIONAL: u8 = 0x0e;
/// The element depends on no value.
const NO_DEPENDENCY: u16 = 0xffff;

/// A name of the string table.
pub(super) struct Name {
    /// Everything behind the link to the next name: hash, length, units, NUL.
    pub stored: Vec<u8>,
    pub hash: u16,
}

impl Name {
    fn new(text: &str) -> Result<Self, WriteError> {
        let mut units = Vec::with_capacity(text.len() * 2);
        push_utf16(text, &mut units);
        let count = units.len() / 2;
        if count > MAX_NAME || !is_xml_name(text) {
            return Err(WriteError::IllegalName {
                name: text.chars().take(80).collect(),
                limit: MAX_NAME,
            });
        }
        let hash = hash(text.encode_utf16()) as u16;
        let mut stored = Vec::with_capacity(units.len() + 6);
        stored.extend(hash.to_le_bytes());
        stored.extend((count as u16).to_le_bytes());
        stored.extend(units);
        stored.extend([0, 0]);
        Ok(Self { stored, hash })
    }

    /// The bytes of its entry in a chunk.
    pub fn size(&self) -> usize {
        4 + self.stored.len()
    }
}

/// Index of a [`Name`] in [`Templates`].
pub(super) type NameId = usize;
/// Index of a [`Template`] in [`Templates`].
pub(super) type TemplateId = usize;

/// A shape ready to be written into chunks.
pub(super) struct Template {
    pub guid: [u8; 16],
    steps: Vec<Step>,
    /// The bytes of a definition all of whose names are in the chunk already.
    pub size: usize,
    /// The names, each once.
    pub names: Vec<NameId>,
}

/// One step of writing a definition.
enum Step {
    /// Bytes as they are.
    Bytes(Vec<u8>),
    /// The value on which an element depends.
    Dependency(u16),
    /// A reference to a name.
    Name(NameId),
    /// A size (u32) of what follows, up to the matching [`Step::Sized`].
    Size,
    /// The end of what the last open size counts.
    Sized,
}

/// Every template and name that the writer knows.
#[derive(Default)]
pub(super) struct Templates {
    by_shape: AHashMap<Box<[u8]>, TemplateId>,
    by_name: AHashMap<String, NameId>,
    pub templates: Vec<Template>,
    pub names: Vec<Name>,
    shape_bytes: usize,
}

impl Templates {
    /// The template of a shape, made if it is new.
    pub fn of(&mut self, shape: &[u8]) -> Result<TemplateId, WriteError> {
        if let Some(&id) = self.by_shape.get(shape) {
            return Ok(id);
        }
        let template = self.compile(shape)?;
        let id = self.templates.len();
        self.templates.push(template);
        self.shape_bytes += shape.len();
        self.by_shape.insert(shape.into(), id);
        Ok(id)
    }

    /// Whether the caches have outgrown their bounds.
    pub fn is_full(&self) -> bool {
        self.templates.len() >= MAX_TEMPLATES
            || self.names.len() >= MAX_NAMES
            || self.shape_bytes >= MAX_SHAPE_BYTES
    }

    fn name(&mut self, text: &str) -> Result<NameId, WriteError> {
        if let Some(&id) = self.by_name.get(text) {
            return Ok(id);
        }
        let id = self.names.len();
        self.names.push(Name::new(text)?);
        self.by_name.insert(text.to_owned(), id);
        Ok(id)
    }

    fn compile(&mut self, shape: &[u8]) -> Result<Template, WriteError> {
        let mut steps = Steps::default();
        let mut operations = Operations(shape);
        let mut value = 0_u16;
        let mut attributes: Vec<&str> = Vec::new();
        let mut element = "";
        let mut dependency = 0;
        while let Some(operation) = operations.byte() {
            match operation {
                op::OPEN | op::OPEN_DEPENDENT => {
                    element = operations.text();
                    attributes.clear();
                    let has_attributes = matches!(
                        operations.peek(),
                        Some(op::LITERAL_ATTRIBUTE | op::VALUE_ATTRIBUTE)
                    );
                    steps.bytes(&[if has_attributes { 0x41 } else { 0x01 }]);
                    dependency = steps.0.len();
                    steps.push(Step::Dependency(NO_DEPENDENCY));
                    steps.push(Step::Size);
                    steps.push(Step::Name(self.name(element)?));
                    if has_attributes {
                        steps.push(Step::Size);
                    }
                }
                op::LITERAL_ATTRIBUTE | op::VALUE_ATTRIBUTE => {
                    let name = operations.text();
                    if attributes.contains(&name) {
                        return Err(WriteError::RepeatedAttribute {
                            element: element.to_owned(),
                            attribute: name.to_owned(),
                        });
                    }
                    attributes.push(name);
                    let name = self.name(name)?;
                    let content = if operation == op::LITERAL_ATTRIBUTE {
                        literal(operations.text())
                    } else {
                        substitution(OPTIONAL, &mut value, operations.byte())
                    };
                    let more = matches!(
                        operations.peek(),
                        Some(op::LITERAL_ATTRIBUTE | op::VALUE_ATTRIBUTE)
                    );
                    steps.bytes(&[if more { 0x46 } else { 0x06 }]);
                    steps.push(Step::Name(name));
                    steps.bytes(&content);
                    if !more {
                        steps.push(Step::Sized);
                    }
                }
                op::CONTENT => steps.bytes(&[0x02]),
                op::VALUE => steps.bytes(&substitution(NORMAL, &mut value, operations.byte())),
                op::OWN_VALUE => {
                    // Its element was the last to be opened.
                    steps.0[dependency] = Step::Dependency(value);
                    steps.bytes(&substitution(OPTIONAL, &mut value, operations.byte()));
                }
                // An empty element's end tag is its start tag's.
                end => {
                    steps.bytes(&[if end == op::EMPTY { 0x03 } else { 0x04 }]);
                    steps.push(Step::Sized);
                }
            }
        }
        Ok(self.finish(shape, steps.0))
    }

    fn finish(&self, shape: &[u8], steps: Vec<Step>) -> Template {
        let mut names = Vec::new();
        let mut size = HEADER + FRAGMENT.len() + 1;
        for step in &steps {
            match step {
                Step::Bytes(bytes) => size += bytes.len(),
                Step::Dependency(_) => size += 2,
                Step::Name(name) => {
                    size += 4;
                    names.push(*name);
                }
                Step::Size => size += 4,
                Step::Sized => {}
            }
        }
        names.sort_unstable();
        names.dedup();
        let mut guid = [0; 16];
        guid.copy_from_slice(&Sha256::digest(shape)[..16]);
        Template {
            guid,
            steps,
            size,
            names,
        }
    }
}

impl Template {
    /// Writes the definition. `link` is the definition before it in its bucket;
    /// `refer` writes a name or a reference to it.
    pub fn write(&self, link: u32, out: &mut Vec<u8>, mut refer: impl FnMut(NameId, &mut Vec<u8>)) {
        out.extend(link.to_le_bytes());
        out.extend(self.guid);
        let mut open = vec![size_field(out)];
        out.extend(FRAGMENT);
        for step in &self.steps {
            match step {
                Step::Bytes(bytes) => out.extend(bytes),
                Step::Dependency(value) => out.extend(value.to_le_bytes()),
                Step::Name(name) => refer(*name, out),
                Step::Size => open.push(size_field(out)),
                Step::Sized => close(open.pop(), out),
            }
        }
        out.push(0);
        close(open.pop(), out);
    }
}

/// Leaves room for a size and returns where it is.
fn size_field(out: &mut Vec<u8>) -> usize {
    out.extend([0; 4]);
    out.len()
}

/// Fills in the size of what was written since its field.
fn close(start: Option<usize>, out: &mut [u8]) {
    if let Some(start) = start {
        let size = (out.len() - start) as u32;
        out[start - 4..start].copy_from_slice(&size.to_le_bytes());
    }
}

/// A fixed text: token, string type, length in units, units.
fn literal(text: &str) -> Vec<u8> {
    let mut units = Vec::new();
    push_utf16(text, &mut units);
    let mut bytes = vec![0x05, 0x01];
    bytes.extend(((units.len() / 2) as u16).to_le_bytes());
    bytes.extend(units);
    bytes
}

/// A substitution: token, index, declared type.
fn substitution(token: u8, value: &mut u16, declared: Option<u8>) -> Vec<u8> {
    let [low, high] = value.to_le_bytes();
    // More values than 16 bits number do not fit a record, which is checked before it is written.
    *value = value.wrapping_add(1);
    vec![token, low, high, declared.unwrap_or_default()]
}

#[derive(Default)]
struct Steps(Vec<Step>);

impl Steps {
    fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if let Some(Step::Bytes(last)) = self.0.last_mut() {
            last.extend(bytes);
        } else {
            self.0.push(Step::Bytes(bytes.to_vec()));
        }
    }
}

/// Reads a shape back.
struct Operations<'a>(&'a [u8]);

impl<'a> Operations<'a> {
    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn text(&mut self) -> &'a str {
        let Some((length, rest)) = self.0.split_first_chunk::<4>() else {
            return "";
        };
        let length = (u32::from_le_bytes(*length) as usize).min(rest.len());
        let (text, rest) = rest.split_at(length);
        self.0 = rest;
        std::str::from_utf8(text).unwrap_or_default()
    }
}
