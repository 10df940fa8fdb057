//! `hasThreatMatch`.

use super::cursor::{Cursor, Place};
use crate::detect::cse::syntax::error::SyntaxError;
use crate::detect::cse::syntax::expression::ExpressionKind;
use crate::detect::cse::syntax::field::Field;
use crate::detect::cse::syntax::threat::{ThreatMatch, Validity};

impl Cursor<'_> {
    /// The arguments, from the parenthesis on.
    pub(super) fn threat_match(&mut self) -> Result<ExpressionKind, SyntaxError> {
        let opened = self.position();
        self.expect("(")?;
        let fields = self.threat_fields()?;
        let mut filter = None;
        let mut validity = None;
        if self.comma() {
            validity = self.validity();
            if validity.is_none() {
                let outer = std::mem::replace(&mut self.place, Place::ThreatFilter);
                let condition = self.expression();
                self.place = outer;
                filter = Some(Box::new(condition?));
                if self.comma() {
                    validity = self.validity();
                    if validity.is_none() {
                        let words = Validity::ALL.map(|one| format!("`{}`", one.word()));
                        return Err(self.unexpected(&words.each_ref().map(String::as_str)));
                    }
                }
            }
        }
        self.expect_closing(')', opened, &["operator", "`,`"])?;
        Ok(ExpressionKind::ThreatMatch(ThreatMatch {
            fields,
            filter,
            validity,
        }))
    }

    fn threat_fields(&mut self) -> Result<Vec<Field>, SyntaxError> {
        self.skip_blanks();
        let opened = self.position();
        if !self.eat("[") {
            return Err(self
                .unexpected(&["`[`"])
                .with_help("write the fields as `[srcDevice_ip, dstDevice_ip]`"));
        }
        let mut fields = vec![self.field()?];
        while self.comma() {
            fields.push(self.field()?);
        }
        self.expect_closing(']', opened, &["`,`"])?;
        Ok(fields)
    }

    fn comma(&mut self) -> bool {
        self.skip_blanks();
        self.eat(",")
    }

    fn validity(&mut self) -> Option<Validity> {
        self.skip_blanks();
        Validity::ALL
            .into_iter()
            .find(|validity| self.eat_word(validity.word()))
    }
}
