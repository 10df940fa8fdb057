//! The operators that the vendor documents.

/// An operator that may follow a pipe, and where it is documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentedOperator {
    /// Its name. The case of a name is nothing: the documentation writes `KV`
    /// and `kv`, `parse XML` and `parse xml`.
    pub name: &'static str,
    /// The title of its page.
    pub page: &'static str,
}

const fn operator(name: &'static str, page: &'static str) -> DocumentedOperator {
    DocumentedOperator { name, page }
}

/// All operators that may follow a pipe and are no functions, by name.
pub const OPERATORS: &[DocumentedOperator] = &[
    operator("accum", "accum Search Operator"),
    operator("as", "as Search Operator"),
    operator("avg", "avg Grouping Operator"),
    operator("backshift", "backshift Search Operator"),
    operator("bin", "bin Search Operator"),
    operator("cat", "cat Search Operator"),
    operator("compare", "compare Search Operator"),
    operator("compose", "Subqueries"),
    operator("count", "count, count_distinct, count_frequent Operators"),
    operator(
        "count_distinct",
        "count, count_distinct, count_frequent Operators",
    ),
    operator(
        "count_frequent",
        "count, count_distinct, count_frequent Operators",
    ),
    operator("csv", "Parse CSV Formatted Logs"),
    operator("dedup", "dedup Search Operator"),
    operator("diff", "diff Search Operator"),
    operator("extract", "Parse Variable Patterns Using Regex"),
    operator("fields", "fields Search Operator"),
    operator("fillmissing", "fillmissing Search Operator"),
    operator("filter", "filter Search Operator"),
    operator("first", "first, last Grouping Operators"),
    operator("geoip", "geoip Search Operator"),
    operator("geolookup", "values Grouping Operator"),
    operator("join", "join Search Operator"),
    operator("json", "Parse JSON Formatted Logs"),
    operator("keyvalue", "Parse Keyvalue Formatted Logs"),
    operator("kv", "Parse Keyvalue Formatted Logs"),
    operator("last", "first, last Grouping Operators"),
    operator(
        "least_recent",
        "most_recent, least_recent Grouping Operators",
    ),
    operator("limit", "limit Search Operator"),
    operator("logcompare", "LogCompare"),
    operator("logexplain", "LogExplain"),
    operator("logreduce", "LogReduce"),
    operator("lookup", "lookup Search Operator"),
    operator("max", "min, max Grouping Operators"),
    operator("median", "median"),
    operator("merge", "Merge Operator"),
    operator("min", "min, max Grouping Operators"),
    operator(
        "most_recent",
        "most_recent, least_recent Grouping Operators",
    ),
    operator("order", "sort Search Operator"),
    operator("outlier", "outlier Search Operator"),
    operator("parse", "Parse Predictable Patterns Using an Anchor"),
    operator("pct", "pct (percentile) Operator"),
    operator("pct_sampling", "pct_sampling Grouping Operator"),
    operator("predict", "predict Search Operator"),
    operator("rollingstd", "rollingstd Search Operator"),
    operator("save", "save Search Operator"),
    operator("sessionize", "sessionize Search Operator"),
    operator("smooth", "smooth Search Operator"),
    operator("sort", "sort Search Operator"),
    operator("split", "Parse Delimited Logs Using Split"),
    operator("stddev", "stddev Grouping Operator"),
    operator("sum", "sum Grouping Operator"),
    operator("threatip", "threatip Search Operator"),
    operator("threatlookup", "threatlookup Search Operator"),
    operator("timeslice", "timeslice Search Operator"),
    operator("top", "top Search Operator"),
    operator("topk", "topk Search Operator"),
    operator("total", "total Search Operator"),
    operator("trace", "trace Search Operator"),
    operator("transaction", "Transaction Operator"),
    operator("transactionize", "Transactionize Operator"),
    operator("transpose", "transpose Search Operator"),
    operator("values", "values Grouping Operator"),
    operator("where", "where Search Operator"),
    operator("withtime", "most_recent, least_recent Grouping Operators"),
    operator("xml", "Parse XML Formatted Logs"),
];

/// The operator with this name, whatever its case.
#[must_use]
pub fn documented_operator(name: &str) -> Option<&'static DocumentedOperator> {
    OPERATORS
        .iter()
        .find(|operator| operator.name.eq_ignore_ascii_case(name))
}
