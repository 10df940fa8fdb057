//! Operators that put rows together which belong to one course of events.

use super::cursor::Cursor;
use crate::detect::sumo::syntax::error::SyntaxError;
use crate::detect::sumo::syntax::name::Field;
use crate::detect::sumo::syntax::operator::{
    Merge, MergeStrategy, Operator, Showing, StateMatch, StateName, States, Transaction,
    TransactionResults, Transactionize,
};

const TRANSACTIONIZE: &[&str] = &[
    "maxspan",
    "maxpause",
    "maxlogs",
    "startswith",
    "endswith",
    "keeporphans",
];

impl Cursor<'_> {
    /// `transaction`.
    pub(super) fn transaction(&mut self) -> Result<Operator, SyntaxError> {
        self.expect_word("on")?;
        let on = self.fields()?;
        let fringe = if self.at_option("fringe") {
            self.eat_word("fringe");
            self.expect("=")?;
            Some(self.duration()?)
        } else {
            None
        };
        self.expect_word("with")?;
        let states = if self.eat_word("states") {
            let states = self.list(Self::state_name)?;
            let field = self.in_field()?;
            States::Values { states, field }
        } else {
            States::Matches(self.list(Self::state_match)?)
        };
        let mut results = None;
        let mut showing = Vec::new();
        if self.eat_word("results") {
            self.expect_word("by")?;
            results = Some(self.transaction_results()?);
            if self.eat_word("showing") {
                showing = self.list(Self::showing)?;
            }
        }
        Ok(Operator::Transaction(Box::new(Transaction {
            on,
            fringe,
            states,
            results,
            showing,
        })))
    }

    fn in_field(&mut self) -> Result<Option<Field>, SyntaxError> {
        if self.eat_word("in") {
            self.field().map(Some)
        } else {
            Ok(None)
        }
    }

    fn state_name(&mut self) -> Result<StateName, SyntaxError> {
        Ok(StateName {
            state: self.field()?,
            name: self.alias()?,
        })
    }

    /// A pattern and its state, with or without a further `with`.
    fn state_match(&mut self) -> Result<StateMatch, SyntaxError> {
        self.eat_word("with");
        let pattern = self.expect_text("pattern")?;
        let field = self.in_field()?;
        self.expect_word("as")?;
        let name = self.new_name()?;
        Ok(StateMatch {
            pattern,
            field,
            name,
        })
    }

    fn transaction_results(&mut self) -> Result<TransactionResults, SyntaxError> {
        for (word, results) in [
            ("transactions", TransactionResults::Transactions),
            ("transaction", TransactionResults::Transactions),
            ("states", TransactionResults::States),
            ("flow", TransactionResults::Flow),
        ] {
            if self.eat_word(word) {
                return Ok(results);
            }
        }
        Err(self.unexpected(&["`transactions`", "`states`", "`flow`"]))
    }

    fn showing(&mut self) -> Result<Showing, SyntaxError> {
        let mut aggregation = self.aggregation_function()?;
        let state = if self.eat_word("for") {
            Some(self.field()?)
        } else {
            None
        };
        aggregation.name = self.alias()?;
        Ok(Showing { aggregation, state })
    }

    /// `transactionize`.
    pub(super) fn transactionize(&mut self) -> Result<Operator, SyntaxError> {
        let fields = self.fields()?;
        let name = self.alias()?;
        let mut parameters = Vec::new();
        let mut query = None;
        while self.eat_mark(",") || !self.at_operator_end() {
            if self.at("(") {
                query = Some(self.parenthesised_query()?.node);
                break;
            }
            parameters.push(self.parameter("transactionize", TRANSACTIONIZE)?);
        }
        Ok(Operator::Transactionize(Box::new(Transactionize {
            fields,
            name,
            parameters,
            query,
        })))
    }

    /// `merge`.
    pub(super) fn merge(&mut self) -> Result<Operator, SyntaxError> {
        if self.at_operator_end() {
            return Ok(Operator::Merge(Vec::new()));
        }
        self.list(Self::merge_field).map(Operator::Merge)
    }

    fn merge_field(&mut self) -> Result<Merge, SyntaxError> {
        let field = self.field()?;
        let strategy = if self.eat_word("takedistinct") {
            Some(MergeStrategy::TakeDistinct)
        } else if self.eat_word("takefirst") {
            Some(MergeStrategy::TakeFirst)
        } else if self.eat_word("takelast") {
            Some(MergeStrategy::TakeLast)
        } else if self.eat_word("join") {
            let separator = if self.eat_word("with") {
                Some(self.expect_text("text")?.node)
            } else {
                None
            };
            Some(MergeStrategy::Join(separator))
        } else {
            None
        };
        let name = self.alias()?;
        Ok(Merge {
            field,
            strategy,
            name,
        })
    }
}
