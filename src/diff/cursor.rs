//! Walking through a JSON document that is not known to be right: whatever is wrong is
//! told with the place where it is.

use serde_json::{Map, Value as Json};

/// A value of a document and the way to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    value: &'a Json,
    way: Option<(&'a At<'a>, Step<'a>)>,
}

#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// What is wrong with a document, as a sentence that names the place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong(pub(super) String);

type Found<T> = Result<T, Wrong>;

impl<'a> At<'a> {
    pub(super) fn root(value: &'a Json) -> Self {
        Self { value, way: None }
    }

    /// The place, such as `tests[3].verdicts[0].verdict`.
    pub(super) fn place(&self) -> String {
        match self.way {
            None => String::new(),
            Some((parent, Step::Index(index))) => format!("{}[{index}]", parent.place()),
            Some((parent, Step::Key(key))) => match parent.place().as_str() {
                "" => key.to_owned(),
                place => format!("{place}.{key}"),
            },
        }
    }

    /// Says that a value is not what it must be.
    pub(super) fn wrong(&self, wanted: &str) -> Wrong {
        let place = match self.place().as_str() {
            "" => "the document".to_owned(),
            place => format!("`{place}`"),
        };
        let is = match self.value {
            Json::Null => "null",
            Json::Bool(_) => "a truth value",
            Json::Number(_) => "a number",
            Json::String(_) => "a text",
            Json::Array(_) => "a list",
            Json::Object(_) => "an object",
        };
        Wrong(format!("{place} is {is}, and {wanted} is expected"))
    }

    fn object(&self) -> Found<&'a Map<String, Json>> {
        self.value
            .as_object()
            .ok_or_else(|| self.wrong("an object"))
    }

    /// The value of a key that must be there.
    pub(super) fn get<'b>(&'b self, key: &'b str) -> Found<At<'b>> {
        let value = self.object()?.get(key);
        let step = |value| At {
            value,
            way: Some((self, Step::Key(key))),
        };
        value.map(step).ok_or_else(|| {
            let place = step(&Json::Null).place();
            Wrong(format!("`{place}` is missing"))
        })
    }

    /// The value of a key that an older version may not have written; null is none.
    pub(super) fn find<'b>(&'b self, key: &'b str) -> Found<Option<At<'b>>> {
        let value = self.object()?.get(key).filter(|value| !value.is_null());
        Ok(value.map(|value| At {
            value,
            way: Some((self, Step::Key(key))),
        }))
    }

    pub(super) fn text(&self) -> Found<String> {
        let text = self.value.as_str().ok_or_else(|| self.wrong("a text"))?;
        Ok(text.to_owned())
    }

    /// The text of a key that may be absent or null.
    pub(super) fn find_text(&self, key: &str) -> Found<Option<String>> {
        self.find(key)?.map(|at| at.text()).transpose()
    }

    /// The text of a key that must be there and may be null.
    pub(super) fn text_or_null(&self, key: &str) -> Found<Option<String>> {
        let at = self.get(key)?;
        match at.value {
            Json::Null => Ok(None),
            _ => at.text().map(Some),
        }
    }

    pub(super) fn truth(&self) -> Found<bool> {
        self.value
            .as_bool()
            .ok_or_else(|| self.wrong("true or false"))
    }

    pub(super) fn count(&self) -> Found<u64> {
        self.value
            .as_u64()
            .ok_or_else(|| self.wrong("a whole number"))
    }

    /// A word out of some that are known.
    pub(super) fn word<T: Copy>(&self, known: &[T], name: fn(T) -> &'static str) -> Found<T> {
        let text = self.text()?;
        let found = known.iter().find(|word| name(**word) == text);
        found.copied().ok_or_else(|| {
            let known: Vec<_> = known.iter().map(|word| name(*word)).collect();
            Wrong(format!(
                "`{}` is `{text}`, and this version knows {}",
                self.place(),
                known.join(", ")
            ))
        })
    }

    /// What each item of a list is read as.
    pub(super) fn each<T>(&self, read: impl Fn(&At<'_>) -> Found<T>) -> Found<Vec<T>> {
        let items = self.value.as_array().ok_or_else(|| self.wrong("a list"))?;
        let read = |(index, value)| {
            read(&At {
                value,
                way: Some((self, Step::Index(index))),
            })
        };
        items.iter().enumerate().map(read).collect()
    }

    /// What each item of a list is read as; nothing, if there is no such key.
    pub(super) fn find_each<T>(
        &self,
        key: &str,
        read: impl Fn(&At<'_>) -> Found<T>,
    ) -> Found<Vec<T>> {
        self.find(key)?.map_or(Ok(Vec::new()), |at| at.each(read))
    }

    /// What each value of an object is read as, with its key.
    pub(super) fn each_value<T>(
        &self,
        read: impl Fn(&At<'_>) -> Found<T>,
    ) -> Found<Vec<(String, T)>> {
        let read = |(key, value): (&String, _)| {
            let at = At {
                value,
                way: Some((self, Step::Key(key))),
            };
            Ok((key.clone(), read(&at)?))
        };
        self.object()?.iter().map(read).collect()
    }

    /// The value as it is written.
    pub(super) fn json(&self) -> String {
        self.value.to_string()
    }

    /// The value as people read it: a text without its quotes.
    pub(super) fn shown(&self) -> String {
        match self.value {
            Json::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}
