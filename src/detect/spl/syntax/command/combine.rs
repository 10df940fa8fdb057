//! Commands that bring in tables and other searches, or hand results to them.

use super::Pipeline;
use crate::detect::spl::syntax::name::Field;
use crate::detect::spl::syntax::options::{choices, options};
use crate::detect::spl::syntax::search::SearchExpression;
use crate::detect::spl::syntax::span::Spanned;

/// `lookup`.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// The options.
    pub options: LookupOptions,
    /// The table.
    pub table: Field,
    /// Which column has to equal which field; never empty.
    pub matches: Vec<LookupMatch>,
    /// How the outputs are written; `None` if every column is one.
    pub mode: Option<OutputMode>,
    /// Which column becomes which field.
    pub outputs: Vec<LookupMatch>,
}

options! {
    /// The options of `lookup`.
    LookupOptions {
        /// Only on this server.
        local: bool = "local",
        /// Read the table again when it changes.
        update: bool = "update",
    }
}

/// A column of a table and a field of the event.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupMatch {
    /// The column.
    pub column: Field,
    /// The field, if it has another name.
    pub field: Option<Field>,
}

/// How a lookup writes its outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OutputMode {
    /// `OUTPUT`: over what is there.
    Output,
    /// `OUTPUTNEW`: only where nothing is.
    OutputNew,
}

/// `inputlookup`.
#[derive(Debug, Clone, PartialEq)]
pub struct InputLookup {
    /// The options.
    pub options: InputLookupOptions,
    /// The table.
    pub table: Field,
    /// Which rows.
    pub condition: Option<SearchExpression>,
}

options! {
    /// The options of `inputlookup`.
    InputLookupOptions {
        /// Append to the rows that are there.
        append: bool = "append",
        /// Fail if the table does.
        strict: bool = "strict",
        /// The first row.
        start: u64 = "start",
        /// How many rows at most.
        max: u64 = "max",
    }
}

/// `outputlookup`.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputLookup {
    /// The options.
    pub options: OutputLookupOptions,
    /// The table.
    pub table: Field,
}

options! {
    /// The options of `outputlookup`.
    OutputLookupOptions {
        /// Append to the rows that are there.
        append: bool = "append",
        /// Write an empty table.
        create_empty: bool = "create_empty",
        /// Write an empty table over another.
        override_if_empty: bool = "override_if_empty",
        /// How many rows at most.
        max: u64 = "max",
        /// The field that tells rows apart.
        key_field: Field = "key_field",
        /// Create the table in the app.
        create_in_app: bool = "createinapp",
        /// Where to create the table.
        create_context: String = "create_context",
        /// How to write the table.
        output_format: String = "output_format",
    }
}

/// `join`.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// The options.
    pub options: JoinOptions,
    /// The fields that have to be equal; empty for all in common.
    pub fields: Vec<Field>,
    /// `where left.a = right.b`: fields with different names.
    pub pairs: Vec<(Field, Field)>,
    /// The other search.
    pub subsearch: Spanned<Pipeline>,
}

options! {
    /// The options of `join`.
    JoinOptions {
        /// What becomes of rows without a partner.
        kind: JoinType = "type",
        /// Whether time matters.
        use_time: bool = "usetime",
        /// Whether the partner has to be earlier.
        earlier: bool = "earlier",
        /// Whether the partner's fields win.
        overwrite: bool = "overwrite",
        /// How many partners at most; zero for all.
        max: u64 = "max",
        /// What the rows that are there are called.
        left: String = "left",
        /// What the other search is called.
        right: String = "right",
    }
}

choices! {
    /// What `join` does with rows without a partner.
    JoinType {
        /// Drops them.
        Inner = "inner",
        /// Keeps them.
        Outer = "outer",
        /// Keeps them.
        Left = "left",
    }
}

/// `append`.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// The options.
    pub options: AppendOptions,
    /// The other search.
    pub subsearch: Spanned<Pipeline>,
}

options! {
    /// The options of `append`.
    AppendOptions {
        /// Look at all of the time of both.
        extend_time_range: bool = "extendtimerange",
        /// How many seconds at most.
        max_time: u64 = "maxtime",
        /// How many rows at most.
        max_out: u64 = "maxout",
        /// How many seconds to wait.
        timeout: u64 = "timeout",
    }
}

/// `appendpipe`.
#[derive(Debug, Clone, PartialEq)]
pub struct AppendPipe {
    /// Whether it runs for previews, if it says.
    pub run_in_preview: Option<bool>,
    /// What is done with the rows before they are appended.
    pub subpipeline: Spanned<Pipeline>,
}

options! {
    /// The options of `appendpipe`.
    AppendPipeOptions {
        /// Whether it runs for previews.
        run_in_preview: bool = "run_in_preview",
    }
}

/// `appendcols`.
#[derive(Debug, Clone, PartialEq)]
pub struct AppendCols {
    /// The options.
    pub options: AppendColsOptions,
    /// The other search.
    pub subsearch: Spanned<Pipeline>,
}

options! {
    /// The options of `appendcols`.
    AppendColsOptions {
        /// Whether the other search's fields win.
        override_fields: bool = "override",
        /// Look at all of the time of both.
        extend_time_range: bool = "extendtimerange",
        /// How many seconds at most.
        max_time: u64 = "maxtime",
        /// How many rows at most.
        max_out: u64 = "maxout",
        /// How many seconds to wait.
        timeout: u64 = "timeout",
    }
}

/// `foreach`.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreach {
    /// The options.
    pub options: ForeachOptions,
    /// The fields to go through; patterns allowed.
    pub fields: Vec<Field>,
    /// What stands between the brackets, as written: its placeholders
    /// (`<<FIELD>>`) are put in before it is read.
    pub body: Spanned<String>,
}

options! {
    /// The options of `foreach`.
    ForeachOptions {
        /// What it goes through.
        mode: ForeachMode = "mode",
        /// What stands for the field's name.
        field_str: String = "fieldstr",
        /// What stands for what the wildcards matched.
        match_str: String = "matchstr",
        /// What stands for the first wildcard.
        match_seg1: String = "matchseg1",
        /// What stands for the second wildcard.
        match_seg2: String = "matchseg2",
        /// What stands for the third wildcard.
        match_seg3: String = "matchseg3",
        /// What stands for the value.
        item_str: String = "itemstr",
        /// What stands for the round.
        iter_str: String = "iterstr",
    }
}

choices! {
    /// What `foreach` goes through.
    ForeachMode {
        /// Fields.
        MultiField = "multifield",
        /// The values of one field.
        MultiValue = "multivalue",
        /// The values of an array in JSON.
        JsonArray = "json_array",
        /// Whichever of the two the field has.
        AutoCollections = "auto_collections",
    }
}

/// `return`.
#[derive(Debug, Clone, PartialEq)]
pub struct Return {
    /// How many rows, if it says.
    pub count: Option<u64>,
    /// What of them; never empty.
    pub fields: Vec<Returned>,
}

/// What `return` gives of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Returned {
    /// `field`: the field and its value.
    Field(Field),
    /// `$field`: its value alone.
    Value(Field),
    /// `alias=field`: its value under another name.
    Alias {
        /// The other name.
        alias: Field,
        /// The field.
        field: Field,
    },
}

/// `format`.
#[derive(Debug, Clone, PartialEq)]
pub struct Format {
    /// The options.
    pub options: FormatOptions,
    /// The row prefix, column prefix, column separator, column end, row
    /// separator, and row end; none of them or all six.
    pub marks: Vec<String>,
}

options! {
    /// The options of `format`.
    FormatOptions {
        /// What stands between values of one field.
        mv_separator: String = "mvsep",
        /// How many rows at most.
        max_results: u64 = "maxresults",
        /// What stands for no rows.
        empty: String = "emptystr",
    }
}
