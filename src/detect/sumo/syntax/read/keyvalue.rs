//! `keyvalue`.

use super::cursor::{Cursor, begins_name, continues_name};
use super::parsing::{check_names, key_text};
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::operator::{
    KeyValue, KeyValueMode, Operator, References, Unmatched,
};
use crate::detect::sumo::syntax::span::Spanned;
use crate::detect::sumo::syntax::text::Text;

impl Cursor<'_> {
    /// `keyvalue` or `kv`.
    pub(super) fn key_value(&mut self) -> Result<Operator, SyntaxError> {
        let mut pairs = KeyValue {
            field: None,
            mode: KeyValueMode::Infer,
            delimiter: None,
            keys: Vec::new(),
            names: Vec::new(),
            references: References::Any,
            unmatched: Unmatched::Drop,
        };
        while !self.at_operator_end() {
            if pairs.field.is_none() && self.at_option("field") {
                pairs.field = self.field_option()?;
            } else if self.eat_word("infer") {
                pairs.mode = KeyValueMode::Infer;
            } else if self.eat_word("auto") {
                pairs.mode = KeyValueMode::Auto;
            } else if self.eat_word("regex") {
                pairs.mode = KeyValueMode::Regex(self.expect_text("regular expression")?);
            } else if self.eat_word("delim") {
                self.eat_mark("=");
                pairs.delimiter = Some(self.expect_text("delimiter")?);
            } else if self.eat_word("refonly") {
                pairs.references = References::Named;
            } else if self.eat_word("nodrop") {
                pairs.unmatched = Unmatched::Keep;
            } else if pairs.names.is_empty() && !pairs.keys.is_empty() && self.at_word("as") {
                pairs.names = self.names()?;
            } else if pairs.keys.is_empty() {
                self.eat_word("keys");
                pairs.keys = self.list(Self::key)?;
            } else {
                break;
            }
        }
        if pairs.keys.is_empty() && pairs.mode != KeyValueMode::Auto {
            return Err(self.unexpected(&["key", "`auto`"]));
        }
        check_names(&pairs.names, pairs.keys.len(), "key")?;
        Ok(Operator::KeyValue(pairs))
    }

    /// A key, which needs quotes only if it has blanks.
    fn key(&mut self) -> Result<Spanned<Text>, SyntaxError> {
        self.skip_blanks();
        if !self.peek().is_some_and(begins_name) {
            return self.expect_text("key");
        }
        let start = self.position();
        let word = self.take_while(|letter| continues_name(letter) || letter == '-');
        Ok(key_text(word, self.span_from(start)))
    }
}
