//! The smallest and the largest value.

use super::super::value::Value;

/// The smallest and the largest.
type Both<T> = (T, T);

/// The extremes of values, both as numbers and as texts: which of them counts is known
/// only at the end.
#[derive(Debug, Clone, Default)]
pub(super) struct Extremes {
    numbers: Option<Both<Value>>,
    texts: Option<Both<Box<str>>>,
    /// Whether any value is no number.
    has_text: bool,
}

impl Extremes {
    pub(super) fn add(&mut self, item: &Value) {
        match item.as_number() {
            Some(_) if self.has_text => {}
            Some(number) => match &mut self.numbers {
                None => self.numbers = Some((item.clone(), item.clone())),
                Some((least, greatest)) => {
                    if least.as_number().is_some_and(|least| number < least) {
                        *least = item.clone();
                    }
                    if greatest
                        .as_number()
                        .is_some_and(|greatest| number > greatest)
                    {
                        *greatest = item.clone();
                    }
                }
            },
            None => self.has_text = true,
        }
        let text = item.to_text();
        match &mut self.texts {
            None => self.texts = Some((text.as_ref().into(), text.into())),
            Some((least, greatest)) => {
                if *text < **least {
                    *least = text.into();
                } else if *text > **greatest {
                    *greatest = text.into();
                }
            }
        }
    }

    /// About how many bytes the values take.
    pub(super) fn size(&self) -> usize {
        let texts = self.texts.as_ref();
        2 * texts.map_or(0, |(least, greatest)| least.len() + greatest.len())
    }

    pub(super) fn least(&self) -> Value {
        self.chosen(|(least, _)| least, |(least, _)| least)
    }

    pub(super) fn greatest(&self) -> Value {
        self.chosen(|(_, greatest)| greatest, |(_, greatest)| greatest)
    }

    fn chosen(
        &self,
        of_numbers: fn(&Both<Value>) -> &Value,
        of_texts: fn(&Both<Box<str>>) -> &Box<str>,
    ) -> Value {
        if self.has_text {
            let texts = self.texts.as_ref();
            return texts.map_or(Value::Null, |texts| Value::text(of_texts(texts)));
        }
        let number = self.numbers.as_ref().map(of_numbers);
        match number {
            // The text of a number is shown as the number.
            Some(Value::Text(text)) => Value::text(text)
                .as_number()
                .map_or(Value::Null, Value::number),
            Some(number) => number.clone(),
            None => Value::Null,
        }
    }
}
