//! Names of commands and functions.

use super::rules::{UNKNOWN_COMMAND, UNKNOWN_FUNCTION};
use super::{Linter, as_bad_as};
use crate::detect::lint::Remedy;
use crate::detect::spl::syntax::{Other, Span};
use crate::diagnostic::{Severity, did_you_mean};

/// The functions of `eval` and `where` that are documented.
const FUNCTIONS: &[&str] = &[
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "avg",
    "bit_and",
    "bit_or",
    "bit_not",
    "bit_xor",
    "bit_shift_left",
    "bit_shift_right",
    "case",
    "ceil",
    "ceiling",
    "cidrmatch",
    "coalesce",
    "commands",
    "cos",
    "cosh",
    "exact",
    "exp",
    "false",
    "floor",
    "hypot",
    "if",
    "in",
    "ipmask",
    "isarray",
    "isbool",
    "isdouble",
    "isint",
    "ismv",
    "isnotnull",
    "isnull",
    "isnum",
    "isobject",
    "isstr",
    "json",
    "json_append",
    "json_array",
    "json_array_to_mv",
    "json_delete",
    "json_entries",
    "json_extend",
    "json_extract",
    "json_extract_exact",
    "json_has_key_exact",
    "json_keys",
    "json_object",
    "json_set",
    "json_set_exact",
    "json_valid",
    "len",
    "like",
    "ln",
    "log",
    "lookup",
    "lower",
    "ltrim",
    "match",
    "max",
    "md5",
    "min",
    "mv_to_json_array",
    "mvappend",
    "mvcount",
    "mvdedup",
    "mvfilter",
    "mvfind",
    "mvindex",
    "mvjoin",
    "mvmap",
    "mvrange",
    "mvreverse",
    "mvsort",
    "mvzip",
    "now",
    "null",
    "nullif",
    "pi",
    "pow",
    "printf",
    "random",
    "relative_time",
    "replace",
    "round",
    "rtrim",
    "searchmatch",
    "sha1",
    "sha256",
    "sha512",
    "sigfig",
    "sin",
    "sinh",
    "spath",
    "split",
    "sqrt",
    "strftime",
    "strptime",
    "substr",
    "sum",
    "tan",
    "tanh",
    "time",
    "toarray",
    "tobool",
    "todouble",
    "toint",
    "tojson",
    "tomv",
    "tonumber",
    "toobject",
    "tostring",
    "trim",
    "true",
    "typeof",
    "upper",
    "urldecode",
    "urlencode",
    "validate",
    "xpath",
];

/// Functions of other languages, and what does the same here.
const FOREIGN_FUNCTIONS: &[(&str, &str)] = &[
    ("tolower", "lower"),
    ("tolowercase", "lower"),
    ("toupper", "upper"),
    ("touppercase", "upper"),
    ("lcase", "lower"),
    ("ucase", "upper"),
    ("iff", "if"),
    ("iif", "if"),
    ("length", "len"),
    ("strlen", "len"),
    ("substring", "substr"),
    ("isempty", "isnull"),
    ("isnotempty", "isnotnull"),
    ("isblank", "isnull"),
    ("strcat", "mvjoin"),
    ("concat", "mvjoin"),
    ("contains", "like"),
    ("matches", "match"),
    ("regex", "match"),
    ("rlike", "match"),
    ("ifnull", "coalesce"),
    ("nvl", "coalesce"),
];

/// Commands that are documented and that the tree has no form for.
const COMMANDS: &[&str] = &[
    "abstract",
    "accum",
    "addcoltotals",
    "addinfo",
    "analyzefields",
    "anomalies",
    "anomalousvalue",
    "anomalydetection",
    "apply",
    "arules",
    "associate",
    "autoregress",
    "bucketdir",
    "chart",
    "cluster",
    "cofilter",
    "collect",
    "concurrency",
    "contingency",
    "correlate",
    "datamodel",
    "datamodelsimple",
    "dbinspect",
    "dbxquery",
    "delete",
    "delta",
    "diff",
    "entitymerge",
    "erex",
    "eventcount",
    "expandtoken",
    "extract",
    "fieldformat",
    "fieldsummary",
    "filldown",
    "findkeywords",
    "findtypes",
    "fit",
    "folderize",
    "from",
    "fromjson",
    "gauge",
    "gentimes",
    "geom",
    "geomfilter",
    "geostats",
    "highlight",
    "history",
    "iconify",
    "inputcsv",
    "inputintelligence",
    "iplocation",
    "kmeans",
    "kv",
    "kvform",
    "loadjob",
    "localize",
    "localop",
    "makejson",
    "map",
    "mcatalog",
    "mcollect",
    "meta",
    "metadata",
    "metasearch",
    "meventcollect",
    "mpreview",
    "msearch",
    "mstats",
    "multikv",
    "multisearch",
    "mvcombine",
    "nomv",
    "outlier",
    "outputcsv",
    "outputtext",
    "overlap",
    "pivot",
    "predict",
    "rangemap",
    "rare",
    "redistribute",
    "relevancy",
    "reltime",
    "require",
    "rest",
    "reverse",
    "rtorder",
    "run",
    "savedsearch",
    "score",
    "script",
    "scrub",
    "searchtxn",
    "selfjoin",
    "sendalert",
    "sendemail",
    "set",
    "setfields",
    "sichart",
    "sirare",
    "sistats",
    "sitimechart",
    "sitop",
    "snowincident",
    "spath",
    "strcat",
    "summary",
    "tagcreate",
    "tagdelete",
    "tags",
    "timechart",
    "timewrap",
    "tojson",
    "top",
    "transpose",
    "trendline",
    "tscollect",
    "typeahead",
    "typelearner",
    "typer",
    "union",
    "uniq",
    "untable",
    "walklex",
    "where",
    "x11",
    "xmlunescape",
    "xpath",
    "xsdisplayconcept",
    "xsfindbestconcept",
    "xyseries",
];

/// Commands that the tree has a form for.
const READ: &[&str] = &[
    "search",
    "where",
    "eval",
    "table",
    "fields",
    "rename",
    "stats",
    "eventstats",
    "streamstats",
    "tstats",
    "sort",
    "dedup",
    "head",
    "tail",
    "rex",
    "regex",
    "fillnull",
    "bin",
    "bucket",
    "mvexpand",
    "makemv",
    "convert",
    "lookup",
    "inputlookup",
    "outputlookup",
    "spath",
    "xmlkv",
    "join",
    "append",
    "appendpipe",
    "appendcols",
    "foreach",
    "transaction",
    "replace",
    "addtotals",
    "makeresults",
    "return",
    "format",
];

/// Operators of other languages, and the command that does the same.
const FOREIGN_COMMANDS: &[(&str, &str)] = &[
    ("extend", "eval"),
    ("let", "eval"),
    ("project", "table"),
    ("project-away", "fields -"),
    ("project-rename", "rename"),
    ("summarize", "stats"),
    ("distinct", "dedup"),
    ("order", "sort"),
    ("limit", "head"),
    ("take", "head"),
    ("mv-expand", "mvexpand"),
    ("filter", "where"),
    ("parse", "rex"),
    ("group", "stats"),
    ("select", "table"),
    ("count", "stats count"),
    ("keep", "table"),
    ("drop", "fields -"),
];

impl Linter<'_> {
    pub(super) fn known_function(&mut self, name: &str, span: Span) {
        if FUNCTIONS.contains(&name) {
            return;
        }
        let foreign = FOREIGN_FUNCTIONS
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, own)| *own);
        let span = Span::new(span.start, span.start + name.len());
        let near = || {
            did_you_mean(name, FUNCTIONS.iter().copied())
                .filter(|near| name.len() > 3 && strsim::damerau_levenshtein(name, near) == 1)
        };
        let meant = foreign.or_else(near);
        // A later version may have brought what is like no function that is known.
        let severity = match meant {
            Some(_) => Severity::Error,
            None => Severity::Warning,
        };
        let message = format!("there is no function `{name}()`");
        // Only another spelling takes the same arguments for certain.
        let edits = match meant {
            Some(meant) if !["mvjoin", "like", "match"].contains(&meant) => {
                self.replace(span, meant)
            }
            _ => Vec::new(),
        };
        self.tell(&UNKNOWN_FUNCTION, span, message, |_, finding| {
            let finding = as_bad_as(severity)(finding);
            match meant {
                Some(meant) => {
                    let help = format!("did you mean `{meant}()`?");
                    finding
                        .fix(Remedy::Proposed, help.as_str(), edits)
                        .help(help)
                }
                None => finding,
            }
        });
    }

    /// Apps bring commands of their own, so only what is near to a command, or of
    /// another language, is told.
    pub(super) fn known_command(&mut self, other: &Other) {
        let name = other.name.node.as_str();
        if COMMANDS.contains(&name) {
            return;
        }
        let foreign = FOREIGN_COMMANDS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, own)| *own);
        let near = || {
            did_you_mean(name, COMMANDS.iter().chain(READ).copied())
                .filter(|near| near.len() > 3 && strsim::damerau_levenshtein(name, near) == 1)
        };
        let Some(meant) = foreign.or_else(near) else {
            return;
        };
        let message = format!("there is no command `{name}`");
        let edits = match foreign {
            Some(_) => Vec::new(),
            None => self.replace(other.name.span, meant),
        };
        self.tell(&UNKNOWN_COMMAND, other.name.span, message, |_, finding| {
            let help = format!("did you mean `{meant}`?");
            finding
                .fix(Remedy::Proposed, help.as_str(), edits)
                .help(help)
        });
    }
}
