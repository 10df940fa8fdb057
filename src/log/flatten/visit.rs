//! The walk over a record's JSON.

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::Context;
use crate::event::{Section, Slot};

/// `{"Event": {…}}`, or the inner object alone.
pub(super) struct EventDocument<'a, 'c>(pub(super) &'a mut Context<'c>);

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
            if key.starts_with('#') || key.ends_with(SEPARATE_ATTRIBUTES) {
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
        let raw =
            <&serde_json::value::RawValue as serde::Deserialize>::deserialize(deserializer)?.get();
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
pub(super) struct Object<'a, 'c> {
    pub(super) context: &'a mut Context<'c>,
    pub(super) section: Section,
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
        self.context.below("", "#text", |context| {
            context.put(section, slot, Some(text))
        });
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        let slot = Slot::Text(self.context.builder.decoded(text));
        let section = self.section;
        self.context.below("", "#text", |context| {
            context.put(section, slot, Some(text))
        });
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
            (_, key) => {
                if let Some(element) = key.strip_suffix(SEPARATE_ATTRIBUTES)
                    && !element.is_empty()
                {
                    map.next_value_seed(SeparateAttributes {
                        context,
                        section,
                        element,
                        key,
                    })?;
                    continue;
                }
            }
        }
        context.below(".", &key, |context| {
            map.next_value_seed(Field { context, section })
        })?;
    }
    Ok(count)
}

/// How `evtx_dump` names attributes that are to stand beside their element.
const SEPARATE_ATTRIBUTES: &str = "_attributes";

/// `"Provider_attributes": {"Name": …}`, or a field that is merely called so.
struct SeparateAttributes<'a, 'c, 'k> {
    context: &'a mut Context<'c>,
    section: Section,
    element: &'k str,
    key: &'k str,
}

impl<'de> DeserializeSeed<'de> for SeparateAttributes<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let raw = <&serde_json::value::RawValue as serde::Deserialize>::deserialize(deserializer)?;
        let section = self.section;
        let mut inner = serde_json::Deserializer::from_str(raw.get());
        if raw.get().starts_with('{') {
            self.context.below(".", self.element, |context| {
                Attributes { context, section }.deserialize(&mut inner)
            })
        } else {
            self.context.below(".", self.key, |context| {
                Field { context, section }.deserialize(&mut inner)
            })
        }
        .map_err(D::Error::custom)
    }
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
        self.context.put(self.section, slot, text);
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
            self.context.put(self.section, empty, None);
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
            self.context.put(self.section, list, None);
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
