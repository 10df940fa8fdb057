//! Commands that choose, name, order, and make fields and rows.

use super::cursor::Cursor;
use crate::detect::spl::syntax::command::Command;
use crate::detect::spl::syntax::command::shape::{
    AddTotals, AddTotalsOptions, Assignment, Bin, BinOptions, Cast, Dedup, DedupOptions, Direction,
    FieldsMode, FillNull, FillNullOptions, Head, HeadLimit, HeadOptions, MakeResultsOptions,
    MvExpand, MvExpandOptions, Renaming, Sort, SortKey, Target,
};
use crate::detect::spl::syntax::error::SyntaxError;
use crate::detect::spl::syntax::name::{Field, FieldName};
use crate::detect::spl::syntax::options::{NoOptions, OptionSet};
use crate::detect::spl::syntax::span::Spanned;

impl Cursor<'_> {
    pub(super) fn eval(&mut self) -> Result<Command, SyntaxError> {
        let mut assignments = Vec::new();
        loop {
            let target = self.target()?;
            self.expect("=")?;
            let value = self.expression()?;
            assignments.push(Assignment { target, value });
            self.skip_blanks();
            if !self.eat(",") {
                break;
            }
            if self.at_command_end() {
                return Err(self.unexpected(&["field"]));
            }
        }
        if self.at_command_end() {
            Ok(Command::Eval(assignments))
        } else {
            Err(self.unexpected(&["operator", "`,`", "`|`"]))
        }
    }

    fn target(&mut self) -> Result<Target, SyntaxError> {
        self.skip_blanks();
        if let Some(field) = self.quoted_field()? {
            return Ok(Target::Named(field));
        }
        let start = self.position();
        let text = self
            .take_while(|letter| !letter.is_whitespace() && !"=()[]|,\"'`<>+/%!".contains(letter));
        if text.is_empty() {
            return Err(self.unexpected(&["field"]));
        }
        let span = self.span_from(start);
        Ok(if is_dynamic(text) {
            Target::Dynamic(Spanned::new(text.to_owned(), span))
        } else {
            Target::Named(Spanned::new(FieldName::bare(text), span))
        })
    }

    pub(super) fn table(&mut self) -> Result<Command, SyntaxError> {
        self.some_fields("table").map(Command::Table)
    }

    fn some_fields(&mut self, command: &str) -> Result<Vec<Field>, SyntaxError> {
        let fields = self.fields_until(&[])?;
        self.refuse_option::<NoOptions>(command)?;
        if fields.is_empty() {
            return Err(self.unexpected(&["field"]));
        }
        Ok(fields)
    }

    pub(super) fn fields(&mut self) -> Result<Command, SyntaxError> {
        self.skip_blanks();
        let mode = if self.eat("-") {
            FieldsMode::Remove
        } else {
            self.eat("+");
            FieldsMode::Keep
        };
        let fields = self.some_fields("fields")?;
        Ok(Command::Fields { mode, fields })
    }

    pub(super) fn rename(&mut self) -> Result<Command, SyntaxError> {
        let mut renamings = Vec::new();
        loop {
            self.skip_separators();
            if self.at_command_end() && !renamings.is_empty() {
                return Ok(Command::Rename(renamings));
            }
            let from = self.field()?;
            let Some(to) = self.alias()? else {
                return Err(self
                    .unexpected(&["`AS`"])
                    .with_help("write `rename old AS new`"));
            };
            renamings.push(Renaming { from, to });
        }
    }

    pub(super) fn sort(&mut self) -> Result<Command, SyntaxError> {
        self.skip_blanks();
        let limit = if self.eat_option("limit") {
            let start = self.position();
            match self.count()? {
                Some(count) => Some(count),
                None => {
                    self.rewind(start);
                    return Err(self.unexpected(&["whole number"]));
                }
            }
        } else {
            self.count()?
        };
        let keys = self.sort_keys()?;
        let reversed = self.eat_word("desc") || self.eat_word("d");
        Ok(Command::Sort(Sort {
            limit,
            keys,
            reversed,
        }))
    }

    /// Keys up to the end of the command, or to the word that reverses them.
    fn sort_keys(&mut self) -> Result<Vec<SortKey>, SyntaxError> {
        let mut keys = Vec::new();
        loop {
            self.skip_separators();
            let ended = self.at_command_end() || self.at_reversal();
            if ended && !keys.is_empty() {
                return Ok(keys);
            }
            keys.push(self.sort_key()?);
        }
    }

    /// Whether the word `desc` stands last in the command.
    fn at_reversal(&self) -> bool {
        let mut ahead = self.clone();
        (ahead.eat_word("desc") || ahead.eat_word("d")) && ahead.at_command_end()
    }

    fn sort_key(&mut self) -> Result<SortKey, SyntaxError> {
        let direction = if self.eat("-") {
            Some(Direction::Descending)
        } else if self.eat("+") {
            Some(Direction::Ascending)
        } else {
            None
        };
        self.skip_blanks();
        let cast = [
            ("auto(", Cast::Auto),
            ("str(", Cast::Text),
            ("ip(", Cast::Address),
            ("num(", Cast::Number),
        ]
        .into_iter()
        .find(|(mark, _)| self.eat_ignoring_case(mark))
        .map(|(_, cast)| cast);
        let opened = self.position();
        let field = self.field()?;
        if cast.is_some() {
            self.expect_closing(')', opened - 1, &[])?;
        }
        Ok(SortKey {
            direction,
            cast,
            field,
        })
    }

    fn eat_ignoring_case(&mut self, mark: &str) -> bool {
        let found = self
            .rest()
            .get(..mark.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(mark));
        if found {
            self.rewind(self.position() + mark.len());
        }
        found
    }

    pub(super) fn dedup(&mut self) -> Result<Command, SyntaxError> {
        let count = self.count()?;
        let mut options = DedupOptions::default();
        let mut fields = Vec::new();
        loop {
            self.options(&mut options)?;
            self.skip_separators();
            if self.at_command_end() || self.at_word("sortby") {
                break;
            }
            self.refuse_option::<DedupOptions>("dedup")?;
            fields.push(self.field()?);
        }
        if fields.is_empty() {
            return Err(self.unexpected(&["field"]));
        }
        let mut sort_by = Vec::new();
        if self.eat_word("sortby") {
            sort_by = self.sort_keys()?;
        }
        Ok(Command::Dedup(Dedup {
            count,
            fields,
            options,
            sort_by,
        }))
    }

    pub(super) fn head(&mut self) -> Result<Command, SyntaxError> {
        let mut options = HeadOptions::default();
        self.options(&mut options)?;
        self.skip_blanks();
        let written = self.eat_option("limit");
        let mut limit = self.count()?.map(HeadLimit::Count);
        if limit.is_none() && !written && self.at("(") {
            limit = Some(HeadLimit::While(self.parenthesised_expression()?));
        }
        if written && limit.is_none() {
            return Err(self.unexpected(&["whole number"]));
        }
        self.options(&mut options)?;
        Ok(Command::Head(Head { limit, options }))
    }

    pub(super) fn tail(&mut self) -> Result<Command, SyntaxError> {
        self.count().map(Command::Tail)
    }

    pub(super) fn fill_null(&mut self) -> Result<Command, SyntaxError> {
        let mut options = FillNullOptions::default();
        let fields = self.options_and_fields("fillnull", &mut options)?;
        Ok(Command::FillNull(FillNull {
            value: options.value,
            fields,
        }))
    }

    /// Options and fields in any order, up to the end of the command or a
    /// bracket.
    pub(super) fn options_and_fields<O: OptionSet>(
        &mut self,
        command: &str,
        options: &mut O,
    ) -> Result<Vec<Field>, SyntaxError> {
        let mut fields = Vec::new();
        loop {
            self.options(options)?;
            self.refuse_option_after_blanks::<O>(command)?;
            let more = self.fields_until(&[])?;
            if more.is_empty() {
                return Ok(fields);
            }
            fields.extend(more);
        }
    }

    fn refuse_option_after_blanks<O: OptionSet>(
        &mut self,
        command: &str,
    ) -> Result<(), SyntaxError> {
        self.skip_separators();
        self.refuse_option::<O>(command)
    }

    pub(super) fn bin(&mut self) -> Result<Command, SyntaxError> {
        let mut options = BinOptions::default();
        let field = self.one_field("bin", &mut options)?;
        let alias = self.alias()?;
        self.options(&mut options)?;
        self.refuse_option_after_blanks::<BinOptions>("bin")?;
        Ok(Command::Bin(Box::new(Bin {
            options,
            field,
            alias,
        })))
    }

    /// One field with options on both sides.
    pub(super) fn one_field<O: OptionSet>(
        &mut self,
        command: &str,
        options: &mut O,
    ) -> Result<Field, SyntaxError> {
        self.options(options)?;
        self.refuse_option_after_blanks::<O>(command)?;
        let field = self.field()?;
        self.options(options)?;
        Ok(field)
    }

    pub(super) fn mv_expand(&mut self) -> Result<Command, SyntaxError> {
        let mut options = MvExpandOptions::default();
        let field = self.one_field("mvexpand", &mut options)?;
        Ok(Command::MvExpand(MvExpand {
            field,
            limit: options.limit,
        }))
    }

    pub(super) fn add_totals(&mut self) -> Result<Command, SyntaxError> {
        let mut options = AddTotalsOptions::default();
        let fields = self.options_and_fields("addtotals", &mut options)?;
        Ok(Command::AddTotals(Box::new(AddTotals { options, fields })))
    }

    pub(super) fn make_results(&mut self) -> Result<Command, SyntaxError> {
        let mut options = MakeResultsOptions::default();
        self.options(&mut options)?;
        self.refuse_option_after_blanks::<MakeResultsOptions>("makeresults")?;
        Ok(Command::MakeResults(Box::new(options)))
    }
}

/// Whether a name has the value of a field in it: `{kind}`, but not `list{}`.
fn is_dynamic(text: &str) -> bool {
    text.match_indices('{').any(|(start, _)| {
        text.get(start + 1..)
            .and_then(|rest| rest.find('}'))
            .is_some_and(|length| length > 0)
    })
}
