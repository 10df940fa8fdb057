//! Options of commands: `name=value`, each with a type.

use std::fmt;

use super::error::SyntaxError;
use super::expression::Expression;
use super::name::{FieldName, write_quoted};
use super::read::Cursor;
use super::search::SearchExpression;
use super::span::Spanned;

/// A type of option values.
pub(super) trait OptionValue: Sized {
    /// Reads a value from where the cursor stands.
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxError>;
    /// Prints the value so that it reads back.
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

/// The options of one command.
pub(super) trait OptionSet {
    /// Their names, in lower case.
    const NAMES: &'static [&'static str];
    /// Reads the value of the option with this name.
    fn set(&mut self, name: &str, cursor: &mut Cursor<'_>) -> Result<(), SyntaxError>;
}

/// The options of a command that takes none.
pub(super) struct NoOptions;

impl OptionSet for NoOptions {
    const NAMES: &'static [&'static str] = &[];

    fn set(&mut self, _: &str, _: &mut Cursor<'_>) -> Result<(), SyntaxError> {
        Ok(())
    }
}

/// Declares a struct of options with their names in SPL.
macro_rules! options {
    (
        $(#[$outer:meta])*
        $name:ident { $( $(#[$inner:meta])* $field:ident: $type:ty = $option:literal, )* }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $name {
            $( $(#[$inner])* pub $field: Option<$type>, )*
        }

        impl $crate::detect::spl::syntax::options::OptionSet for $name {
            const NAMES: &'static [&'static str] = &[$($option),*];

            fn set(
                &mut self,
                name: &str,
                cursor: &mut $crate::detect::spl::syntax::read::Cursor<'_>,
            ) -> Result<(), $crate::detect::spl::syntax::SyntaxError> {
                use $crate::detect::spl::syntax::options::OptionValue;
                match name {
                    $( $option => self.$field = Some(<$type as OptionValue>::read(cursor)?), )*
                    _ => {}
                }
                Ok(())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                use $crate::detect::spl::syntax::options::OptionValue;
                $(
                    if let Some(value) = &self.$field {
                        f.write_str(concat!(" ", $option, "="))?;
                        value.write(f)?;
                    }
                )*
                Ok(())
            }
        }
    };
}
pub(super) use options;

/// Declares an enum whose values are words in SPL.
macro_rules! choices {
    (
        $(#[$outer:meta])*
        $name:ident { $( $(#[$inner:meta])* $variant:ident = $word:literal, )* }
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $( $(#[$inner])* $variant, )*
        }

        impl $crate::detect::spl::syntax::options::OptionValue for $name {
            fn read(
                cursor: &mut $crate::detect::spl::syntax::read::Cursor<'_>,
            ) -> Result<Self, $crate::detect::spl::syntax::SyntaxError> {
                let text = cursor.option_text()?;
                match text.node.to_ascii_lowercase().as_str() {
                    $( $word => Ok(Self::$variant), )*
                    _ => Err($crate::detect::spl::syntax::SyntaxError::new(
                        text.span,
                        format!("`{}` is not a value of this option", text.node),
                    )
                    .expecting(&[$($word),*])),
                }
            }

            fn write(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(match self {
                    $( Self::$variant => $word, )*
                })
            }
        }
    };
}
pub(super) use choices;

/// The width of a bin or of a stretch of time, as written: `5m`, `1h@h`,
/// `100`, `2log10`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SpanLength {
    /// What was written.
    pub text: String,
}

impl SpanLength {
    /// The width in seconds, if it is a time whose units all have one length.
    #[must_use]
    pub fn seconds(&self) -> Option<f64> {
        let split = self
            .text
            .find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(self.text.len());
        let (amount, unit) = self.text.split_at(split);
        let unit = unit.split('@').next().unwrap_or_default();
        let amount = match amount {
            "" => 1.0,
            digits => digits.parse::<f64>().ok()?,
        };
        Some(amount * unit_seconds(unit)?)
    }
}

fn unit_seconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "us" => 0.000_001,
        "ms" => 0.001,
        "cs" => 0.01,
        "ds" => 0.1,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3_600.0,
        "d" | "day" | "days" => 86_400.0,
        "w" | "week" | "weeks" => 604_800.0,
        _ => return None,
    })
}

impl fmt::Display for SpanLength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl OptionValue for SpanLength {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxError> {
        Ok(Self {
            text: cursor.option_text()?.node,
        })
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = !self.text.is_empty()
            && self
                .text
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "@+-._".contains(letter));
        if plain {
            f.write_str(&self.text)
        } else {
            write_quoted(f, &self.text, '"')
        }
    }
}

impl OptionValue for bool {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxError> {
        let text = cursor.option_text()?;
        match text.node.to_ascii_lowercase().as_str() {
            "t" | "true" | "1" | "yes" => Ok(true),
            "f" | "false" | "0" | "no" => Ok(false),
            _ => Err(SyntaxError::new(
                text.span,
                format!("`{}` is neither true nor false", text.node),
            )
            .expecting(&["true", "false"])),
        }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl OptionValue for u64 {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxError> {
        let text = cursor.option_text()?;
        text.node.parse().map_err(|_| {
            SyntaxError::new(text.span, format!("`{}` is not a whole number", text.node))
                .expecting(&["whole number"])
        })
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl OptionValue for i64 {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxError> {
        let text = cursor.option_text()?;
        text.node.parse().map_err(|_| {
            SyntaxError::new(text.span, format!("`{}` is not a whole number", text.node))
                .expecting(&["whole number"])
        })
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl OptionValue for String {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxError> {
        Ok(cursor.option_text()?.node)
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quoted(f, self, '"')
    }
}

impl OptionValue for Spanned<FieldName> {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxError> {
        cursor.field()
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A condition that begins or ends a transaction.
#[derive(Debug, Clone, PartialEq)]
pub enum EventCondition {
    /// A search in quotes: `startswith="login"`.
    Text(String),
    /// `startswith=eval(…)`.
    Eval(Expression),
    /// `startswith=(…)`.
    Search(SearchExpression),
}

impl OptionValue for EventCondition {
    fn read(cursor: &mut Cursor<'_>) -> Result<Self, SyntaxError> {
        cursor.event_condition()
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventCondition::Text(text) => write_quoted(f, text, '"'),
            EventCondition::Eval(expression) => write!(f, "eval({expression})"),
            EventCondition::Search(expression) => write!(f, "({expression})"),
        }
    }
}
