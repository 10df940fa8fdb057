//! Searches, pipelines, and their commands.

pub(super) mod combine;
pub(super) mod shape;
pub(super) mod statistics;
pub(super) mod text;

pub use combine::{
    Append, AppendCols, AppendColsOptions, AppendOptions, AppendPipe, Foreach, ForeachMode,
    ForeachOptions, Format, FormatOptions, InputLookup, InputLookupOptions, Join, JoinOptions,
    JoinType, Lookup, LookupMatch, LookupOptions, OutputLookup, OutputLookupOptions, OutputMode,
    Return, Returned,
};
pub use shape::{
    AddTotals, AddTotalsOptions, Assignment, Bin, BinOptions, Cast, Dedup, DedupOptions, Direction,
    FieldsMode, FillNull, Head, HeadLimit, HeadOptions, MakeResultsOptions, MvExpand, Renaming,
    Sort, SortKey, Target,
};
pub use statistics::{
    EventStats, EventStatsOptions, Stats, StatsOptions, StreamStats, StreamStatsOptions,
    Transaction, TransactionOptions, Tstats, TstatsOptions, TstatsSource,
};
pub use text::{
    Conversion, Convert, MakeMv, MakeMvOptions, Regex, RegexTest, Replace, Replacement, Rex,
    RexMode, RexOptions, Spath, SpathOptions, XmlKv,
};

use super::expression::Expression;
use super::name::Field;
use super::search::SearchExpression;
use super::span::Spanned;

/// A whole search.
#[derive(Debug, Clone, PartialEq)]
pub struct Search {
    /// What it does.
    pub pipeline: Pipeline,
}

/// Commands, each of which works on what the one before it gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipeline {
    /// The commands; never empty. Text before the first pipe is a
    /// [`Command::Search`].
    pub commands: Vec<Spanned<Command>>,
}

/// One command of a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// `search`, written out or meant.
    Search(SearchExpression),
    /// `where`.
    Where(Expression),
    /// `eval`.
    Eval(Vec<Assignment>),
    /// `table`.
    Table(Vec<Field>),
    /// `fields`.
    Fields {
        /// Whether the fields stay or go.
        mode: FieldsMode,
        /// Which.
        fields: Vec<Field>,
    },
    /// `rename`.
    Rename(Vec<Renaming>),
    /// `stats`.
    Stats(Stats),
    /// `eventstats`.
    EventStats(EventStats),
    /// `streamstats`.
    StreamStats(Box<StreamStats>),
    /// `tstats`.
    Tstats(Box<Tstats>),
    /// `sort`.
    Sort(Sort),
    /// `dedup`.
    Dedup(Dedup),
    /// `head`.
    Head(Head),
    /// `tail`, and how many it keeps.
    Tail(Option<u64>),
    /// `rex`.
    Rex(Box<Rex>),
    /// `regex`.
    Regex(Regex),
    /// `fillnull`.
    FillNull(FillNull),
    /// `bin`, `bucket`, or `discretize`.
    Bin(Box<Bin>),
    /// `mvexpand`.
    MvExpand(MvExpand),
    /// `makemv`.
    MakeMv(Box<MakeMv>),
    /// `convert`.
    Convert(Convert),
    /// `lookup`.
    Lookup(Lookup),
    /// `inputlookup`.
    InputLookup(Box<InputLookup>),
    /// `outputlookup`.
    OutputLookup(Box<OutputLookup>),
    /// `spath`.
    Spath(Box<Spath>),
    /// `xmlkv`.
    XmlKv(XmlKv),
    /// `join`.
    Join(Box<Join>),
    /// `append`.
    Append(Box<Append>),
    /// `appendpipe`.
    AppendPipe(AppendPipe),
    /// `appendcols`.
    AppendCols(Box<AppendCols>),
    /// `foreach`.
    Foreach(Box<Foreach>),
    /// `transaction`.
    Transaction(Box<Transaction>),
    /// `replace`.
    Replace(Replace),
    /// `addtotals`.
    AddTotals(Box<AddTotals>),
    /// `makeresults`.
    MakeResults(Box<MakeResultsOptions>),
    /// `return`.
    Return(Return),
    /// `format`.
    Format(Box<Format>),
    /// Any other command, as written.
    Other(Other),
}

/// A command that the tree has no form for.
#[derive(Debug, Clone, PartialEq)]
pub struct Other {
    /// Its name, in lower case.
    pub name: Spanned<String>,
    /// What follows the name, as written, without blanks at its ends.
    pub arguments: Spanned<String>,
}

impl Command {
    /// The command's name in SPL.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Command::Search(_) => "search",
            Command::Where(_) => "where",
            Command::Eval(_) => "eval",
            Command::Table(_) => "table",
            Command::Fields { .. } => "fields",
            Command::Rename(_) => "rename",
            Command::Stats(_) => "stats",
            Command::EventStats(_) => "eventstats",
            Command::StreamStats(_) => "streamstats",
            Command::Tstats(_) => "tstats",
            Command::Sort(_) => "sort",
            Command::Dedup(_) => "dedup",
            Command::Head(_) => "head",
            Command::Tail(_) => "tail",
            Command::Rex(_) => "rex",
            Command::Regex(_) => "regex",
            Command::FillNull(_) => "fillnull",
            Command::Bin(_) => "bin",
            Command::MvExpand(_) => "mvexpand",
            Command::MakeMv(_) => "makemv",
            Command::Convert(_) => "convert",
            Command::Lookup(_) => "lookup",
            Command::InputLookup(_) => "inputlookup",
            Command::OutputLookup(_) => "outputlookup",
            Command::Spath(_) => "spath",
            Command::XmlKv(_) => "xmlkv",
            Command::Join(_) => "join",
            Command::Append(_) => "append",
            Command::AppendPipe(_) => "appendpipe",
            Command::AppendCols(_) => "appendcols",
            Command::Foreach(_) => "foreach",
            Command::Transaction(_) => "transaction",
            Command::Replace(_) => "replace",
            Command::AddTotals(_) => "addtotals",
            Command::MakeResults(_) => "makeresults",
            Command::Return(_) => "return",
            Command::Format(_) => "format",
            Command::Other(other) => &other.name.node,
        }
    }
}
