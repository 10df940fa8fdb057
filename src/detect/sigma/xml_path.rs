//! Values inside a field that holds XML, such as the task of Security 4698.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use quick_xml::name::QName;

/// What marks the path behind a field's name; no field name holds it.
const MARK: &str = "\u{1f}xml/";

/// More levels of elements than this are taken for an attack.
const DEEPEST: usize = 200;

/// The name under which the engine asks for what stands at `path` in a field.
pub(super) fn name(field: &str, path: &str) -> String {
    format!("{field}{MARK}{path}")
}

/// The field and the path in its XML, if the name asks for one.
pub(super) fn split(name: &str) -> Option<(&str, &str)> {
    name.split_once(MARK)
}

/// The name as its author wrote it.
pub(super) fn shown(name: &str) -> String {
    name.replace(MARK, "/")
}

/// The texts of every element to which `path` leads: names of elements, each
/// directly below the one before, anywhere in the document; `@name` at the end is
/// an attribute. Namespaces do not matter. Text that is no XML has none.
pub(super) fn texts(xml: &str, path: &str) -> Vec<String> {
    let mut steps: Vec<&str> = path.split('/').collect();
    let attribute = steps
        .last()
        .and_then(|last| last.strip_prefix('@'))
        .map(ToOwned::to_owned);
    if attribute.is_some() {
        steps.pop();
    }
    let mut walk = Walk {
        steps: &steps,
        attribute: attribute.as_deref(),
        open: Vec::new(),
        texts: Vec::new(),
    };
    // What stands before a fault is no less there.
    let _ = walk.read(xml);
    walk.texts
}

struct Walk<'p> {
    steps: &'p [&'p str],
    attribute: Option<&'p str>,
    /// The open elements: the name, and the text so far where it is wanted.
    open: Vec<(String, Option<String>)>,
    texts: Vec<String>,
}

impl Walk<'_> {
    fn read(&mut self, xml: &str) -> Result<(), quick_xml::Error> {
        let mut reader = Reader::from_str(xml);
        loop {
            match reader.read_event()? {
                Event::Start(start) if self.open.len() < DEEPEST => self.enter(&start),
                Event::Start(_) | Event::Eof => break,
                Event::Empty(start) => {
                    self.enter(&start);
                    self.leave();
                }
                Event::End(_) => self.leave(),
                Event::Text(text) => self.write(&text),
                Event::CData(text) => self.write(&text),
                Event::GeneralRef(reference) => {
                    let resolved = resolve(&reference);
                    self.write(&resolved);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn enter(&mut self, start: &quick_xml::events::BytesStart<'_>) {
        self.open.push((local(start.name()), None));
        if !self.is_there() {
            return;
        }
        match self.attribute {
            None => {
                if let Some((_, text)) = self.open.last_mut() {
                    *text = Some(String::new());
                }
            }
            Some(wanted) => {
                let attributes = start.attributes().flatten();
                for attribute in attributes {
                    if local(attribute.key) == wanted {
                        let text = quick_xml::escape::unescape(&attribute.value);
                        self.texts
                            .push(text.map_or_else(|_| attribute.value.to_string(), Into::into));
                    }
                }
            }
        }
    }

    fn leave(&mut self) {
        if let Some((_, Some(text))) = self.open.pop() {
            self.texts.push(text);
        }
    }

    fn write(&mut self, more: &str) {
        if let Some((_, Some(text))) = self.open.last_mut() {
            text.push_str(more);
        }
    }

    /// Whether the open elements end with the path.
    fn is_there(&self) -> bool {
        let names = self.open.iter().rev().map(|(name, _)| name.as_str());
        self.open.len() >= self.steps.len()
            && self
                .steps
                .iter()
                .rev()
                .zip(names)
                .all(|(step, name)| *step == name)
    }
}

fn local(name: QName<'_>) -> String {
    name.local_name().as_ref().to_owned()
}

fn resolve(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.into();
    }
    let name: &str = reference;
    quick_xml::escape::resolve_predefined_entity(name)
        .map_or_else(|| format!("&{name};"), ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::texts;

    const TASK: &str = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n\
        <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\r\n\
        <Actions Context=\"Author\"><Exec><Command>a.exe</Command><Arguments>x &amp;&#32;y</Arguments></Exec>\
        <Exec><Command>b.exe</Command></Exec></Actions></Task>";

    #[test]
    fn a_path_leads_to_every_element_that_it_fits() {
        assert_eq!(texts(TASK, "Exec/Command"), ["a.exe", "b.exe"]);
        assert_eq!(texts(TASK, "Command"), ["a.exe", "b.exe"]);
        assert_eq!(texts(TASK, "Task/Actions/Exec/Arguments"), ["x & y"]);
        assert_eq!(texts(TASK, "Actions/@Context"), ["Author"]);
        assert_eq!(texts(TASK, "Task/Exec"), [""; 0]);
        assert_eq!(texts("no xml", "Exec"), [""; 0]);
    }
}
