//! JSON text into the fields of a batch, without a tree in between.
//!
//! Text without escapes stays where it is and becomes a span; only text that
//! has to be decoded is copied, once, behind the batch's text.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::event::{BatchBuilder, Section, Slot, Span};

/// What the frame of a Windows event says about where it belongs.
///
/// Kept between records to reuse its memory.
#[derive(Debug, Default)]
pub(super) struct Head {
    provider: Text,
    channel: Text,
    time: Option<Slot>,
    event_id: Option<u32>,
}

#[derive(Debug, Default)]
struct Text {
    present: bool,
    text: String,
}

impl Text {
    fn set(&mut self, text: &str) {
        self.present = true;
        self.text.clear();
        self.text.push_str(text);
    }

    fn get(&self) -> Option<&str> {
        self.present.then_some(self.text.as_str())
    }
}

impl Head {
    /// `System/Provider/@Name`.
    pub(super) fn provider(&self) -> Option<&str> {
        self.provider.get()
    }

    /// `System/Channel`.
    pub(super) fn channel(&self) -> Option<&str> {
        self.channel.get()
    }

    /// `System/EventID`.
    pub(super) fn event_id(&self) -> Option<u32> {
        self.event_id
    }

    /// `System/TimeCreated/@SystemTime`.
    pub(super) fn time(&self) -> Option<Span> {
        match self.time {
            Some(Slot::Text(span)) => Some(span),
            _ => None,
        }
    }

    fn clear(&mut self) {
        self.provider.present = false;
        self.channel.present = false;
        self.time = None;
        self.event_id = None;
    }
}

/// Flattens JSON records that are parts of one text.
#[derive(Debug)]
pub(super) struct Flattener<'t> {
    text: &'t str,
    path: String,
    head: Head,
}

impl<'t> Flattener<'t> {
    /// A flattener for records that stand in `text`.
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            path: String::new(),
            head: Head::default(),
        }
    }

    /// Adds the fields of a Windows event as the `evtx` library renders it:
    /// `{"Event": {"System": …, "EventData": …}}`.
    ///
    /// # Errors
    ///
    /// The text at `span` is not such an event; the open record is then to be
    /// abandoned.
    pub(super) fn windows_event(
        &mut self,
        span: Span,
        builder: &mut BatchBuilder,
    ) -> serde_json::Result<&Head> {
        self.head.clear();
        self.path.clear();
        let mut json = serde_json::Deserializer::from_str(&self.text[span.range()]);
        EventDocument(&mut self.context(builder)).deserialize(&mut json)?;
        json.end()?;
        Ok(&self.head)
    }

    /// Adds the fields of any other JSON object, nested names joined by dots.
    ///
    /// # Errors
    ///
    /// The text at `span` is not a JSON object; the open record is then to be
    /// abandoned.
    pub(super) fn object(
        &mut self,
        span: Span,
        builder: &mut BatchBuilder,
    ) -> serde_json::Result<()> {
        self.path.clear();
        let mut json = serde_json::Deserializer::from_str(&self.text[span.range()]);
        Object {
            context: &mut self.context(builder),
            section: Section::Body,
        }
        .deserialize(&mut json)?;
        json.end()
    }

    fn context<'c>(&'c mut self, builder: &'c mut BatchBuilder) -> Context<'c> {
        Context {
            base: self.text.as_ptr() as usize,
            builder,
            path: &mut self.path,
            head: &mut self.head,
            in_list: false,
        }
    }
}

struct Context<'c> {
    /// The address at which the batch's text starts: the place of a borrowed
    /// string is its own address less this one.
    base: usize,
    builder: &'c mut BatchBuilder,
    path: &'c mut String,
    head: &'c mut Head,
    in_list: bool,
}

impl Context<'_> {
    fn borrowed(&self, text: &str) -> Slot {
        let start = (text.as_ptr() as usize).wrapping_sub(self.base);
        Slot::Text(Span::new(start, start.wrapping_add(text.len())).unwrap_or_default())
    }

    fn put(&mut self, section: Section, slot: Slot) {
        let id = self.builder.name(self.path);
        if self.in_list {
            self.builder.repeatable_field(section, id, slot);
        } else {
            self.builder.field(section, id, slot);
        }
    }

    /// Runs `inner` with `part` added to the path.
    fn below<R>(&mut self, separator: &str, part: &str, inner: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.path.len();
        if length > 0 {
            self.path.push_str(separator);
        }
        self.path.push_str(part);
        let result = inner(self);
        self.path.truncate(length);
        result
    }

    fn note_frame(&mut self, text: Option<&str>, slot: Slot) {
        match self.path.as_str() {
            "Provider_Name" => self.head.provider.set(text.unwrap_or_default()),
            "Channel" => {
                if let Some(text) = text {
                    self.head.channel.set(text);
                }
            }
            "TimeCreated_SystemTime" => self.head.time = Some(slot),
            "EventID" => {
                self.head.event_id = match slot {
                    Slot::Integer(number) => u32::try_from(number).ok(),
                    _ => text.and_then(|text| text.trim().parse().ok()),
                }
            }
            _ => {}
        }
    }
}

/// `{"Event": {…}}`, or the inner object alone.
struct EventDocument<'a, 'c>(&'a mut Context<'c>);

impl<'de> DeserializeSeed<'de> for EventDocument<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for EventDocument<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a Windows event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut sections = 0;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            let section = match key.as_ref() {
                "Event" => {
                    map.next_value_seed(EventDocument(self.0))?;
                    sections += 1;
                    continue;
                }
                "System" => Section::System,
                "EventData" => Section::EventData,
                "UserData" => Section::UserData,
                "ProcessingErrorData" => Section::ProcessingErrorData,
                "RenderingInfo" => Section::RenderingInfo,
                _ => {
                    map.next_value::<serde::de::IgnoredAny>()?;
                    continue;
                }
            };
            sections += 1;
            if section == Section::UserData {
                map.next_value_seed(UserData(self.0))?;
            } else {
                map.next_value_seed(Object {
                    context: self.0,
                    section,
                })?;
            }
        }
        if sections == 0 {
            return Err(A::Error::custom(
                "the object holds no part of a Windows event",
            ));
        }
        Ok(())
    }
}

/// `UserData`: one element of the provider's own, whose children are the fields.
struct UserData<'a, 'c>(&'a mut Context<'c>);

impl<'de> DeserializeSeed<'de> for UserData<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UserData<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the user data of a Windows event")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if key.starts_with('#') {
                map.next_value::<serde::de::IgnoredAny>()?;
            } else {
                map.next_value_seed(Root {
                    context: self.0,
                    name: &key,
                })?;
            }
        }
        Ok(())
    }
}

/// The root element inside `UserData`; its name is no part of field names,
/// unless it holds a bare value.
struct Root<'a, 'c, 'k> {
    context: &'a mut Context<'c>,
    name: &'k str,
}

impl<'de> DeserializeSeed<'de> for Root<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let raw = <&serde_json::value::RawValue as serde::Deserialize>::deserialize(deserializer)
            .map_err(D::Error::custom)?
            .get();
        let mut inner = serde_json::Deserializer::from_str(raw);
        if raw.starts_with('{') {
            Object {
                context: self.context,
                section: Section::UserData,
            }
            .deserialize(&mut inner)
        } else {
            self.context.below("", self.name, |context| {
                Field {
                    context,
                    section: Section::UserData,
                }
                .deserialize(&mut inner)
            })
        }
        .map_err(D::Error::custom)
    }
}

/// An object whose members are fields, or a bare value in its place.
struct Object<'a, 'c> {
    context: &'a mut Context<'c>,
    section: Section,
}

impl<'de> DeserializeSeed<'de> for Object<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.section == Section::Body {
            deserializer.deserialize_map(self)
        } else {
            deserializer.deserialize_any(self)
        }
    }
}

impl<'de> Visitor<'de> for Object<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        // `<EventData>text</EventData>` has no name of its own.
        let slot = self.context.borrowed(text);
        let section = self.section;
        self.context
            .below("", "#text", |context| context.put(section, slot));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let slot = Slot::Text(self.context.builder.decoded(text));
        let section = self.section;
        self.context
            .below("", "#text", |context| context.put(section, slot));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        members(self.context, self.section, map).map(|_| ())
    }
}

/// Adds each member as a field; says how many there were.
fn members<'de, A: MapAccess<'de>>(
    context: &mut Context<'_>,
    section: Section,
    mut map: A,
) -> Result<usize, A::Error> {
    let mut count = 0;
    while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
        count += 1;
        match (section, key.as_ref()) {
            (Section::Body, _) => {}
            (_, "#attributes") => {
                map.next_value_seed(Attributes { context, section })?;
                continue;
            }
            (_, "#text") if !context.path.is_empty() => {
                map.next_value_seed(Field { context, section })?;
                continue;
            }
            _ => {}
        }
        context.below(".", &key, |context| {
            map.next_value_seed(Field { context, section })
        })?;
    }
    Ok(count)
}

/// The attributes of an element: `Provider/@Name` becomes `Provider_Name`.
struct Attributes<'a, 'c> {
    context: &'a mut Context<'c>,
    section: Section,
}

impl<'de> DeserializeSeed<'de> for Attributes<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Attributes<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the attributes of an element")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let section = self.section;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            if key.starts_with("xmlns") {
                map.next_value::<serde::de::IgnoredAny>()?;
                continue;
            }
            let length = self.context.path.len();
            if length == 0 {
                self.context.path.push_str("#attributes");
            }
            self.context.below("_", &key, |context| {
                map.next_value_seed(Field { context, section })
            })?;
            self.context.path.truncate(length);
        }
        Ok(())
    }
}

/// One value under the current path.
struct Field<'a, 'c> {
    context: &'a mut Context<'c>,
    section: Section,
}

impl Field<'_, '_> {
    fn put(self, text: Option<&str>, slot: Slot) {
        if self.section == Section::System {
            self.context.note_frame(text, slot);
        }
        self.context.put(self.section, slot);
    }
}

impl<'de> DeserializeSeed<'de> for Field<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Field<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        let slot = self.context.borrowed(text);
        self.put(Some(text), slot);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let slot = Slot::Text(self.context.builder.decoded(text));
        self.put(Some(text), slot);
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.put(None, Slot::Integer(number));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        let slot = match i64::try_from(number) {
            Ok(number) => Slot::Integer(number),
            // Beyond the signed range the digits are kept as they are.
            Err(_) => Slot::Text(self.context.builder.decoded(&number.to_string())),
        };
        self.put(None, slot);
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.put(None, Slot::Float(number));
        Ok(())
    }

    fn visit_bool<E>(self, truth: bool) -> Result<(), E> {
        self.put(None, Slot::Bool(truth));
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.put(None, Slot::Null);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        if members(self.context, self.section, map)? == 0 {
            let empty = Slot::Node(self.context.builder.decoded("{}"));
            self.context.put(self.section, empty);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let outer = std::mem::replace(&mut self.context.in_list, true);
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Item {
            context: self.context,
            section: self.section,
        })? {
            items.extend(item);
        }
        self.context.in_list = outer;
        // A list of objects only has its members' fields.
        if items.iter().any(Option::is_some) || items.is_empty() {
            let slots: Vec<Slot> = items.into_iter().flatten().collect();
            let list = self.context.builder.list(&slots);
            self.context.put(self.section, list);
        }
        Ok(())
    }
}

/// One element of a list: its slots, or `None` for an object, whose members
/// have become fields.
struct Item<'a, 'c> {
    context: &'a mut Context<'c>,
    section: Section,
}

type Items = Vec<Option<Slot>>;

impl<'de> DeserializeSeed<'de> for Item<'_, '_> {
    type Value = Items;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Items, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Item<'_, '_> {
    type Value = Items;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an element of a list")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Items, E> {
        Ok(vec![Some(self.context.borrowed(text))])
    }

    fn visit_str<E>(self, text: &str) -> Result<Items, E> {
        Ok(vec![Some(Slot::Text(self.context.builder.decoded(text)))])
    }

    fn visit_i64<E>(self, number: i64) -> Result<Items, E> {
        Ok(vec![Some(Slot::Integer(number))])
    }

    fn visit_u64<E>(self, number: u64) -> Result<Items, E> {
        Ok(vec![Some(match i64::try_from(number) {
            Ok(number) => Slot::Integer(number),
            Err(_) => Slot::Text(self.context.builder.decoded(&number.to_string())),
        })])
    }

    fn visit_f64<E>(self, number: f64) -> Result<Items, E> {
        Ok(vec![Some(Slot::Float(number))])
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Items, E> {
        Ok(vec![Some(Slot::Bool(truth))])
    }

    fn visit_unit<E>(self) -> Result<Items, E> {
        Ok(vec![Some(Slot::Null)])
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Items, A::Error> {
        members(self.context, self.section, map)?;
        Ok(vec![None])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Items, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(Item {
            context: self.context,
            section: self.section,
        })? {
            items.extend(item);
        }
        Ok(items)
    }
}
