//! Commands that count and group.

use crate::detect::spl::syntax::aggregation::{Aggregation, ByField};
use crate::detect::spl::syntax::name::Field;
use crate::detect::spl::syntax::options::{EventCondition, SpanLength, options};
use crate::detect::spl::syntax::search::SearchExpression;
use crate::detect::spl::syntax::span::Spanned;

/// `stats`.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// The options.
    pub options: StatsOptions,
    /// The columns; never empty.
    pub aggregations: Vec<Aggregation>,
    /// What rows are split by.
    pub by: Vec<ByField>,
}

options! {
    /// The options of `stats`.
    StatsOptions {
        /// Only take values that are all numbers.
        all_numeric: bool = "allnum",
        /// What stands between the values of `list` and `values`.
        delimiter: String = "delim",
        /// How many threads.
        partitions: u64 = "partitions",
        /// Split rows by each value of a field with several.
        dedup_split_values: bool = "dedup_splitvals",
    }
}

/// `eventstats`.
#[derive(Debug, Clone, PartialEq)]
pub struct EventStats {
    /// The options.
    pub options: EventStatsOptions,
    /// The columns; never empty.
    pub aggregations: Vec<Aggregation>,
    /// What rows are split by.
    pub by: Vec<ByField>,
}

options! {
    /// The options of `eventstats`.
    EventStatsOptions {
        /// Only take values that are all numbers.
        all_numeric: bool = "allnum",
    }
}

/// `streamstats`.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamStats {
    /// The options.
    pub options: StreamStatsOptions,
    /// The columns; never empty.
    pub aggregations: Vec<Aggregation>,
    /// What rows are split by.
    pub by: Vec<ByField>,
}

options! {
    /// The options of `streamstats`.
    StreamStatsOptions {
        /// Count the row itself in.
        current: bool = "current",
        /// How many rows to look back.
        window: u64 = "window",
        /// One window for all groups.
        global: bool = "global",
        /// Only take values that are all numbers.
        all_numeric: bool = "allnum",
        /// Start again when the group changes.
        reset_on_change: bool = "reset_on_change",
        /// Start again before a row for which this is true.
        reset_before: EventCondition = "reset_before",
        /// Start again after a row for which this is true.
        reset_after: EventCondition = "reset_after",
        /// How much time to look back.
        time_window: SpanLength = "time_window",
    }
}

/// `tstats`.
#[derive(Debug, Clone, PartialEq)]
pub struct Tstats {
    /// The options.
    pub options: TstatsOptions,
    /// The columns; never empty.
    pub aggregations: Vec<Aggregation>,
    /// Where the rows come from, if it says.
    pub source: Option<Spanned<TstatsSource>>,
    /// Which rows.
    pub condition: Option<SearchExpression>,
    /// What rows are split by.
    pub by: Vec<ByField>,
}

/// Where `tstats` takes its rows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TstatsSource {
    /// A data model, and the node within it.
    DataModel {
        /// The model.
        model: String,
        /// The node, if it says: `Processes` of `Endpoint.Processes`.
        node: Option<String>,
    },
    /// `sid=…`.
    Job(String),
    /// A namespace.
    Namespace(String),
}

options! {
    /// The options of `tstats`.
    TstatsOptions {
        /// Only rows of summaries.
        summaries_only: bool = "summariesonly",
        /// Summaries of older definitions, too.
        allow_old_summaries: bool = "allow_old_summaries",
        /// What to put where a field of the groups is missing.
        fill_null_value: String = "fillnull_value",
        /// Leave the statistics unfinished.
        prestats: bool = "prestats",
        /// Append to the rows that are there.
        append: bool = "append",
        /// Only on this server.
        local: bool = "local",
        /// How many rows at a time.
        chunk_size: u64 = "chunk_size",
        /// Reduced buckets, too.
        include_reduced_buckets: bool = "include_reduced_buckets",
        /// Whether summaries of groups are used.
        use_summary_index_values: bool = "use_summary_index_values",
    }
}

/// `transaction`.
#[derive(Debug, Clone, PartialEq)]
pub struct Transaction {
    /// The fields that the events share.
    pub fields: Vec<Field>,
    /// The options.
    pub options: TransactionOptions,
}

options! {
    /// The options of `transaction`.
    TransactionOptions {
        /// The name of a stored definition.
        name: String = "name",
        /// How long it lasts at most.
        max_span: SpanLength = "maxspan",
        /// How long between two events at most.
        max_pause: SpanLength = "maxpause",
        /// How many events at most.
        max_events: i64 = "maxevents",
        /// What begins it.
        starts_with: EventCondition = "startswith",
        /// What ends it.
        ends_with: EventCondition = "endswith",
        /// Events must share a field that both have.
        connected: bool = "connected",
        /// Events without the fields may be in any.
        unify_ends: bool = "unifyends",
        /// Keep what was given up.
        keep_evicted: bool = "keepevicted",
        /// Keep events in no transaction.
        keep_orphans: bool = "keeporphans",
        /// Whether fields keep every value.
        mv_list: String = "mvlist",
        /// What stands between values.
        delimiter: String = "delim",
        /// What stands for a missing value.
        null_string: String = "nullstr",
        /// Values with commas are read as several.
        mv_raw: bool = "mvraw",
        /// How many events to hold at most.
        max_open_events: u64 = "maxopenevents",
        /// How many transactions to hold at most.
        max_open_transactions: u64 = "maxopentxn",
    }
}
