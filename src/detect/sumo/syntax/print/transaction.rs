//! Operators that put rows together, and that bring in other rows.

use std::fmt;

use super::query::Parenthesised;
use super::{alias, listed, optional, separated};
use crate::detect::sumo::syntax::operator::{
    Join, JoinTable, Lookup, LookupColumn, LookupColumns, LookupCondition, Merge, MergeStrategy,
    Showing, StateMatch, StateName, States, Table, Transaction, TransactionResults, Transactionize,
};

impl fmt::Display for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("transaction on ")?;
        separated(f, &self.on, ", ")?;
        optional(f, " fringe=", self.fringe.as_ref())?;
        match &self.states {
            States::Matches(matches) => {
                f.write_str(" with ")?;
                separated(f, matches, ", with ")?;
            }
            States::Values { states, field } => {
                listed(f, "with states", states)?;
                optional(f, " in ", field.as_ref())?;
            }
        }
        if let Some(results) = self.results {
            f.write_str(match results {
                TransactionResults::Transactions => " results by transactions",
                TransactionResults::States => " results by states",
                TransactionResults::Flow => " results by flow",
            })?;
        }
        listed(f, "showing", &self.showing)
    }
}

impl fmt::Display for StateMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pattern.fmt(f)?;
        optional(f, " in ", self.field.as_ref())?;
        write!(f, " as {}", self.name)
    }
}

impl fmt::Display for StateName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.fmt(f)?;
        alias(f, self.name.as_ref())
    }
}

impl fmt::Display for Showing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.aggregation.call(f)?;
        optional(f, " for ", self.state.as_ref())?;
        alias(f, self.aggregation.name.as_ref())
    }
}

impl fmt::Display for Transactionize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("transactionize ")?;
        separated(f, &self.fields, ", ")?;
        alias(f, self.name.as_ref())?;
        for parameter in &self.parameters {
            write!(f, " {parameter}")?;
        }
        match &self.query {
            Some(query) => write!(f, " {}", Parenthesised(query)),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Merge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.field.fmt(f)?;
        match &self.strategy {
            None => {}
            Some(MergeStrategy::TakeDistinct) => f.write_str(" takeDistinct")?,
            Some(MergeStrategy::TakeFirst) => f.write_str(" takeFirst")?,
            Some(MergeStrategy::TakeLast) => f.write_str(" takeLast")?,
            Some(MergeStrategy::Join(separator)) => {
                f.write_str(" join")?;
                optional(f, " with ", separator.as_ref())?;
            }
        }
        alias(f, self.name.as_ref())
    }
}

impl fmt::Display for Join {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("join ")?;
        separated(f, &self.tables, ", ")?;
        f.write_str(" on ")?;
        separated(f, &self.on, " and ")?;
        optional(f, " timewindow ", self.time_window.as_ref())
    }
}

impl fmt::Display for JoinTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} as {}", Parenthesised(&self.query.node), self.name)
    }
}

impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("lookup ")?;
        match &self.columns {
            LookupColumns::All => f.write_str("*")?,
            LookupColumns::Named(columns) => separated(f, columns, ", ")?,
        }
        write!(f, " from {} on ", self.table)?;
        separated(f, &self.on, ", ")
    }
}

impl fmt::Display for LookupColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.column.fmt(f)?;
        alias(f, self.name.as_ref())
    }
}

impl fmt::Display for LookupCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.left, self.right)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Table::Path(path) => write!(f, "path://{path}"),
            Table::Location(place) => f.write_str(place),
        }
    }
}
