//! Tables that queries look things up in.

use std::sync::{Arc, OnceLock};

use super::compare::Case;
use super::pattern::Glob;

/// A table.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// Its name in queries.
    pub name: String,
    /// The names of its columns.
    pub columns: Vec<Arc<str>>,
    /// Its rows, each with a cell for every column.
    pub rows: Vec<Box<[Arc<str>]>>,
    /// How each column is compared, in their order.
    pub matching: Vec<Matching>,
    /// Whether case counts.
    pub case: Option<Case>,
    /// How many rows answer at most.
    pub max_matches: Option<usize>,
    /// What the outputs are where no row matches.
    pub default: Option<Arc<str>>,
    /// Why the table's rows are not known, if they are not.
    pub missing: Option<String>,
    /// The cells of each column with wildcards as patterns, once one was asked for.
    patterns: OnceLock<Vec<Vec<Glob>>>,
}

/// How a cell is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Matching {
    /// They are the same.
    #[default]
    Exact,
    /// `*` in the cell stands for any run of characters.
    Wildcard,
    /// The cell is a network, the value an address.
    Network,
}

impl Table {
    /// Reads a table of comma-separated values, whose first line names the columns.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, with its line.
    pub fn from_csv(name: &str, text: &str) -> Result<Self, csv::Error> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let columns: Vec<Arc<str>> = reader.headers()?.iter().map(Into::into).collect();
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record?;
            let cells = (0..columns.len()).map(|index| record.get(index).unwrap_or("").into());
            rows.push(cells.collect());
        }
        Ok(Self {
            name: name.to_owned(),
            matching: vec![Matching::Exact; columns.len()],
            columns,
            rows,
            ..Self::default()
        })
    }

    /// A table that is named and not at hand.
    #[must_use]
    pub fn missing(name: &str, why: String) -> Self {
        Self {
            name: name.to_owned(),
            missing: Some(why),
            ..Self::default()
        }
    }

    /// The pattern that a cell of a column with wildcards is.
    pub(super) fn pattern(&self, row: usize, column: usize) -> Option<&Glob> {
        let case = self.case.unwrap_or(Case::Sensitive);
        let patterns = self.patterns.get_or_init(|| {
            let columns = self.matching.iter().enumerate();
            columns
                .map(|(column, matching)| match matching {
                    Matching::Wildcard => {
                        let cells = self.rows.iter();
                        let cells = cells.map(|cells| cells.get(column).map_or("", AsRef::as_ref));
                        cells.map(|cell| Glob::star(cell, case)).collect()
                    }
                    Matching::Exact | Matching::Network => Vec::new(),
                })
                .collect()
        });
        patterns.get(column)?.get(row)
    }

    /// The place of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| &**column == name)
    }
}
